"""What a sidecar says comes back, and nothing else is taken for one."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daps_desktop.base.errors import UserError
from daps_desktop.document.sidecar import (
    dump_sidecar,
    hash_pixels,
    is_sidecar,
    make_provenance,
    parse_sidecar,
    read_sidecar,
)
from daps_desktop.document.version import Version
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import GaussianBlur, MissingPixels
from daps_desktop.jobs.recipe import Recipe, dump_recipe
from daps_desktop.jobs.report import Report, StepReport
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from tests.imaging.photo_files import photo, picture

REPORT = Report(
    12, 40.0, 39.5, 512.0, 3.25, 1.05, "cpu", 7, "photo-start", "ab" * 32, "draft", "dapspp", "safest",
    ["scratches", "blur:sigma=1.5"], {"torch": "2.13.0"}, [StepReport(1.5, 3.0, 4, 2.0)], ["coarse_first"],
)  # fmt: skip
RECIPE = Recipe(Task((MissingPixels(), GaussianBlur(1.5))), SolverSettings(preset="draft", seed=7))


@pytest.fixture
def original(tmp_path: Path) -> Photo:
    write_photo(photo(), tmp_path / "aunt.png")
    return read_photo(tmp_path / "aunt.png")


def version(original: Photo) -> Version:
    mask = np.random.default_rng(1).random((original.height, original.width)) < 0.1
    return Version(3, original.with_pixels(255 - original.pixels), RECIPE, mask, REPORT)


def test_a_sidecar_comes_back(original: Photo) -> None:
    written = make_provenance(original, version(original), "cd" * 32)
    read = parse_sidecar(dump_sidecar(written))
    assert replace(read, mask=None) == replace(written, mask=None)
    np.testing.assert_array_equal(read.mask, written.mask)
    assert is_sidecar(dump_sidecar(written)) and not is_sidecar(dump_recipe(RECIPE).encode())


def test_it_knows_its_photo_to_the_last_bit(original: Photo, tmp_path: Path) -> None:
    told = make_provenance(original, version(original))
    write_photo(original, tmp_path / "elsewhere.tif")
    assert told.matches(read_photo(tmp_path / "elsewhere.tif"))
    other = original.pixels.copy()
    other[3, 3, 1] ^= 1
    assert not told.matches(original.with_pixels(other))
    assert told.origin.name == "aunt.png" and len(told.origin.file) == 64


def test_a_photo_whose_file_is_gone_or_never_was_is_known_by_its_pixels(
    original: Photo, tmp_path: Path
) -> None:
    (tmp_path / "aunt.png").unlink()
    for source in (original, replace(original, path=None)):
        told = make_provenance(source, version(source))
        assert told.origin.file == "" and told.matches(original)


def test_depth_and_byte_order_belong_to_the_hash() -> None:
    wide = picture(bits=16)
    assert hash_pixels(wide) == hash_pixels(wide.astype(">u2"))
    assert hash_pixels(wide) != hash_pixels(wide.reshape(50, 40, 3))
    assert hash_pixels(np.zeros((4, 4, 1), np.uint8)) != hash_pixels(np.zeros((2, 4, 1), np.uint16))


def test_repeating_names_the_prior_that_was_chosen_by_itself(original: Photo) -> None:
    told = make_provenance(original, version(original))
    assert told.repeated().settings == replace(RECIPE.settings, prior="photo-start")
    with pytest.raises(UserError) as caught:
        replace(told, report=None, name="safest of 4").repeated()
    assert caught.value.code == "sidecar_composite"


def _without(key: str) -> Callable[[dict[str, Any]], None]:
    return lambda data: data.pop(key)


def _with(*path_and_value: Any) -> Callable[[dict[str, Any]], None]:
    *path, value = path_and_value

    def change(data: dict[str, Any]) -> None:
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = value

    return change


@pytest.mark.parametrize(
    "mutilate",
    [
        _without("kind"), _without("photo"), _without("recipe"), _without("name"), _with("version", 2),
        _with("photo", "height", 41), _with("photo", "width", -5), _with("photo", "pixels", 5),
        _with("mask", None), _with("mask", "png", "!!"), _with("mask", "png", "AAAA"),
        _with("mask", "sha256", "0" * 64), _with("recipe", "damage", ["fire"]), _with("recipe", 3),
        _with("report", "steps", [{}]), _with("report", "seed", "seven"), _with("report", []),
        _with("report", "seconds_total", 10**400),
    ],
)  # fmt: skip
def test_a_mutilated_sidecar_is_refused_in_words(
    original: Photo, mutilate: Callable[[dict[str, Any]], None]
) -> None:
    data = json.loads(dump_sidecar(make_provenance(original, version(original))))
    mutilate(data)
    with pytest.raises(UserError):
        parse_sidecar(json.dumps(data).encode())


@given(
    st.binary() | st.recursive(st.none() | st.text(), st.lists, max_leaves=5).map(json.dumps).map(str.encode)
)
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with pytest.raises(UserError):
        parse_sidecar(data)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        read_sidecar(tmp_path / "nothing.json")
    assert caught.value.code == "file_unreadable"
