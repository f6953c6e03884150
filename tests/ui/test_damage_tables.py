"""Kinds of damage: every kind is in every table, and a new one is known everywhere by its rows in them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
from torch import Tensor

from daps_desktop import cli
from daps_desktop.analysis.diagnosis import ESTIMATES
from daps_desktop.base.paths import resource
from daps_desktop.base.validation import Range
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.jobs.damage import Damage, GaussianBlur, Greyscale, checked_field
from daps_desktop.jobs.damage_text import values_of
from daps_desktop.jobs.damage_traits import TRAITS, Stage, Traits
from daps_desktop.jobs.recipe import Recipe, dump_recipe
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.restoration.forward_model import FACTORIES, Measurement, build_operator
from daps_desktop.solver.operators import Chain, LinearOperator
from daps_desktop.ui.panels import damage_pictures
from daps_desktop.ui.panels.card import Face
from daps_desktop.ui.panels.damage_cards import CARDS, DamageEntry, done
from daps_desktop.ui.panels.value_fields import number_field
from tests.end_to_end.conftest import Desk as Folder
from tests.end_to_end.conftest import desk as folder  # noqa: F401
from tests.ui.conftest import Desk

ROOT = Path(__file__).resolve().parents[2]


def undescribed() -> Iterator[str]:
    """What the README does not say of a damage, and the guide not of its cards."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    guide = (resource("help/en") / "damage.md").read_text(encoding="utf-8")
    for kind, entry in CARDS.items():
        values = ", ".join(f"`{value}`" for value in values_of(kind))
        if f"\n| `{kind.name}` | {values + ' ' * bool(values)}|" not in readme:
            yield kind.name
        yield from (face.title for face in entry.faces if f"\n## {face.title}\n" not in guide)


def test_every_kind_is_in_every_table_and_described() -> None:
    assert FACTORIES.keys() == TRAITS.keys() == CARDS.keys()
    assert all(CARDS[kind].faces for kind in ESTIMATES)
    assert len({kind.name for kind in TRAITS}) == len(TRAITS)
    assert list(undescribed()) == []


# A new kind


@dataclass(frozen=True, slots=True)
class Dark(Damage):
    """Too little light fell on the film."""

    name: ClassVar[str] = "dark"
    light: float = checked_field(0.5, Range(0.1, 0.9))


class Dimming(LinearOperator):
    def __init__(self, light: float) -> None:
        self.norm = self._light = light

    def __call__(self, x: Tensor) -> Tensor:
        return self._light * x

    def adjoint(self, r: Tensor) -> Tensor:
        return self._light * r


@pytest.fixture
def dark(monkeypatch: pytest.MonkeyPatch) -> None:
    face = Face("Too dark", "Too little light.", damage_pictures.faded, (("light", number_field("Light")),))
    monkeypatch.setitem(TRAITS, Dark, Traits(Stage.COLOUR, frozenset({Greyscale})))
    monkeypatch.setitem(FACTORIES, Dark, lambda dark, _measured: Dimming(dark.light))
    monkeypatch.setitem(CARDS, Dark, DamageEntry("made brighter", (face,)))


pytestmark = pytest.mark.usefixtures("own_preferences")


def test_a_new_kind_has_a_card_with_its_range_and_its_reason(dark: None, opened: Desk) -> None:
    cards, model = opened.window.panel.cards, opened.window.model
    model.set_task(Task(()))
    cards.card(Dark).tick.click()
    box = cards.card(Dark).fields["light"].row.box  # type: ignore[attr-defined]
    assert (box.minimum(), box.maximum()) == (0.1, 0.9)
    box.setValue(0.3)
    assert opened.document.task == Task((Dark(0.3),))
    assert "Too dark" in cards.card(Greyscale).below.text() and not cards.card(Greyscale).tick.isEnabled()
    assert done(Dark()) == "made brighter"
    model.set_task(Task(()))  # before the tables forget it


def test_a_new_kind_is_known_to_the_command_line(
    dark: None,
    folder: Folder,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        cli.main(["restore", "--help"])
    assert "dark: light=0.1..0.9" in " ".join(capsys.readouterr().out.split())
    dimmed, out = folder.path("dimmed.png"), "out.png"
    assert folder.run("degrade", folder.photo, "-o", dimmed, "--damage", "dark:light=0.1") == 0
    assert read_photo(dimmed).pixels.std() < 0.2 * read_photo(folder.photo).pixels.std()
    assert folder.restore(out, "--damage", "dark:light=0.9") == 0
    assert folder.restore("no.png", "--damage", "dark:light=1") == 2
    assert "light must be between 0.1 and 0.9" in capsys.readouterr().err


def test_a_new_kind_goes_through_a_batch(dark: None, folder: Folder) -> None:  # noqa: F811
    settings = SolverSettings(preset="draft", noise=5.0, prior="tiny", device="cpu")
    recipe, out = folder.path("recipe.json"), folder.path("out")
    recipe.write_text(dump_recipe(Recipe(Task((Dark(),)), settings)))
    assert json.loads(recipe.read_text())["damage"] == ["dark:light=0.5"]
    folder.mask.unlink()
    assert folder.run("batch", folder.folder, "--recipe", recipe, "-o", out) == 0
    assert len(list(out.glob("*.png"))) == 1


def test_a_new_kind_stands_where_its_stage_says(dark: None) -> None:
    A = build_operator(Task((Dark(), GaussianBlur())), Measurement(16, 16))
    assert isinstance(A, Chain) and isinstance(A.links[-1], Dimming)


def test_a_new_kind_is_missed_in_the_guide(dark: None) -> None:
    assert list(undescribed()) == ["dark", "Too dark"]
