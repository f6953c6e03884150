"""Recipes come back as they were written, and nothing else is taken for one."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daps_desktop.base.errors import UserError
from daps_desktop.jobs.damage import (
    MAX_KERNEL_BYTES,
    Downsampling,
    GaussianBlur,
    JpegCompression,
    KernelBlur,
    MissingPixels,
    Noise,
)
from daps_desktop.jobs.recipe import Recipe, dump_recipe, parse_recipe
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task

_RECIPE = Recipe(
    Task((MissingPixels(), GaussianBlur(1.25), Downsampling(3), JpegCompression(35), Noise())),
    SolverSettings(preset="best", output="sample", noise=6.5, seed=77, samples=3, tile=256),
)


def test_a_recipe_comes_back() -> None:
    assert parse_recipe(dump_recipe(_RECIPE)) == _RECIPE
    assert parse_recipe(dump_recipe(Recipe())) == Recipe()


def test_kept_grain_is_named_only_where_there_is_some() -> None:
    """Albums know their work by the words of its recipe, and had none for it once."""
    assert "keep_grain" not in SolverSettings().to_json()
    kept = SolverSettings(keep_grain=30)
    assert kept.to_json()["keep_grain"] == 30 and SolverSettings.from_json(kept.to_json()) == kept
    for impossible in (-1, 101, 0.5, True):
        with pytest.raises(UserError):
            SolverSettings.from_json({"version": 1, "keep_grain": impossible})


def test_a_kernel_comes_back_with_its_picture_and_one_of_old_with_its_path() -> None:
    recipe = Recipe(Task((KernelBlur("shake, left=2.png", b"PNG\x00\xff"), Noise())))
    assert parse_recipe(dump_recipe(recipe)) == recipe
    old = Recipe(Task((KernelBlur("/home/anna/shake.png"),)))
    assert old.to_json().keys() == Recipe().to_json().keys()
    assert parse_recipe(dump_recipe(old)) == old


@pytest.mark.parametrize(
    "kernel", ["", "no base64!", 7, base64.b64encode(bytes(MAX_KERNEL_BYTES + 1)).decode()]
)
def test_what_is_no_kernel_is_refused(kernel: object) -> None:
    known = Recipe(Task((KernelBlur("shake.png", b"PNG"),))).to_json()
    with pytest.raises(UserError):
        parse_recipe(json.dumps({**known, "kernel": kernel}))
    with pytest.raises(UserError):
        parse_recipe(json.dumps({**Recipe().to_json(), "kernel": known["kernel"]}))


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2}, {"damage": "scratches"}, {"damage": ["fire"]}, {"damage": [["blur"]]},
        {"settings": []}, {"settings": {"version": 1, "preset": []}},
        {"settings": {"version": 1, "samples": "three"}}, {"settings": {"version": 1, "samples": 2.5}},
        {"settings": {"version": 1, "prior": 7}}, {"settings": {"version": 1, "wish": 1}}, {"more": 1},
    ],
)  # fmt: skip
def test_what_is_no_recipe_is_refused_in_words(change: dict[str, object]) -> None:
    with pytest.raises(UserError):
        parse_recipe(json.dumps({**_RECIPE.to_json(), **change}))


@given(
    st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5).map(json.dumps)
)
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(UserError):
        parse_recipe(text)
