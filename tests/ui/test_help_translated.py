"""The guide in other languages: it says what the window says, in the words of the catalogue."""

import gettext
import re
from pathlib import Path

import pytest

from daps_desktop.base import i18n
from daps_desktop.base.paths import resource
from daps_desktop.ui.common.actions import MENUS
from daps_desktop.ui.help.guide import NAMES

OTHERS = [name for name in i18n.LANGUAGES if resource(f"help/{name}").is_dir() and name != "en"]
FORMATS = {"PNG", "TIFF", "JPEG", "WebP"}
# Keys as Qt names them in German.
KEYS = {
    "Strg": "Ctrl", "Umschalt": "Shift", "Entf": "Delete", "Rücktaste": "Backspace",
    "Bild aufwärts": "PgUp", "Bild abwärts": "PgDown",
}  # fmt: skip
Words = gettext.NullTranslations


@pytest.fixture(params=OTHERS)
def folder(request: pytest.FixtureRequest) -> Path:
    return resource(f"help/{request.param}")


@pytest.fixture
def words(folder: Path) -> Words:
    return gettext.translation(i18n.DOMAIN, str(resource("languages")), [folder.name])


def test_there_is_every_chapter_with_the_same_parts(folder: Path) -> None:
    assert {path.stem for path in folder.iterdir()} == set(NAMES)
    for path in folder.iterdir():
        assert _shape(path) == _shape(resource(f"help/en/{path.name}")), path.name


def test_every_action_it_names_is_in_the_menus_with_that_key(folder: Path, words: Words) -> None:
    keys = {
        f"{_label(words.gettext(title))} › {_label(words.gettext(spec.label))}": spec.keys
        for title, specs in MENUS for spec in specs if spec
    }  # fmt: skip
    named = re.findall(r"\*(\w+ › [^*]+)\*(?: ?[|(（] ?`([^`]+)`)?", _all(folder))
    assert len(named) > 40
    assert not [
        (action, key) for action, key in named
        if action not in keys or (key and _portable(key) not in keys[action])
    ]  # fmt: skip


def test_every_word_in_bold_is_one_of_the_window(folder: Path, words: Words) -> None:
    catalogue = {_spaced(message) for message in words._catalog.values()}  # type: ignore[attr-defined]
    bold = {_spaced(found) for found in re.findall(r"\*\*([^*]+)\*\*", _all(folder))}
    assert bold - catalogue - FORMATS == set()


def test_every_message_it_explains_is_said(folder: Path, words: Words) -> None:
    said = " ".join(words._catalog.values())  # type: ignore[attr-defined]
    quoted = re.findall(r"[“„]([^“”]+)[”“]", (folder / "trouble.md").read_text(encoding="utf-8"))
    assert len(quoted) > 15
    assert [message for message in quoted if message not in said] == []


def _all(folder: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.iterdir()))


def _spaced(words: str) -> str:
    """As it is shown, wherever a line ends in the source."""
    return " ".join(words.split())


def _label(words: str) -> str:
    """Without the letter that opens a menu, which stands behind it in Chinese."""
    return re.sub(r"\(&.\)|&", "", words)


def _portable(keys: str) -> str:
    return "+".join(KEYS.get(key, key) for key in keys.split("+"))


def _shape(path: Path) -> tuple[list[str], list[str]]:
    """How its lines begin (headings, rows, lists, pictures), and where it leads to."""
    source = path.read_text(encoding="utf-8")
    begins = re.findall(r"^(?:#+ |\||- |\d\. |```|!\[)", source, re.M)
    return begins, sorted(re.findall(r"\]\(([^)]*)\)", source))
