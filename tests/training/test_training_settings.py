"""What a run is told survives its file, and nonsense is refused in words."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from daps_desktop.core.errors import UserError
from daps_desktop.training.settings import (
    Architecture,
    Budget,
    Recipe,
    RunSettings,
    read_settings,
    write_settings,
)


def test_settings_survive_their_file(settings: RunSettings) -> None:
    Path(settings.out).mkdir()
    write_settings(settings)
    assert read_settings(Path(settings.out)) == settings


def test_settings_of_another_version_are_refused(settings: RunSettings) -> None:
    data = json.loads(json.dumps(settings.to_json())) | {"version": 99}
    with pytest.raises(UserError, match="99 is not 1"):
        RunSettings.from_json(data)


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        read_settings(tmp_path)
    assert caught.value.code == "run_missing"


def test_late_patches_come_late_and_cost_as_many_pixels() -> None:
    recipe = Recipe(batch=16, patch=64, late_patch=128, late_from=0.5)
    assert [(recipe.patch_at(p), recipe.batch_at(p)) for p in (0, 0.49, 0.5, 1)] == [
        (64, 16),
        (64, 16),
        (128, 4),
        (128, 4),
    ]
    assert replace(recipe, late_patch=0).patch_at(1) == 64


def test_the_budget_is_spent_by_the_clock_or_by_steps() -> None:
    assert Budget(minutes=2).progress(elapsed_s=30, step=10**6) == pytest.approx(0.25)
    assert Budget(minutes=2, steps=8).progress(elapsed_s=1e6, step=2) == pytest.approx(0.25)
    assert Budget(minutes=2).progress(elapsed_s=1e6, step=0) == 1


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Recipe, {"batch": 0}),
        (Recipe, {"patch": 60}),
        (Recipe, {"lr": 0.0}),
        (Recipe, {"decay_from": 1.0}),
        (Budget, {"minutes": float("nan")}),
        (Architecture, {"widths": (20, 40)}),
        (Architecture, {"pixel_patch": 3}),
    ],
)
def test_nonsense_is_refused(kind: type, values: dict[str, object]) -> None:
    with pytest.raises(UserError, match=next(iter(values))):
        kind(**values)
