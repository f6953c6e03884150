"""A tone: grey values go through a curve exactly, and come back; nothing else of the photo changes."""

import threading

import numpy as np
import pytest

from daps_desktop.base.errors import UserError
from daps_desktop.engine.dispatch import run_job
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.imaging.profile.tone_curve import TONES, in_tone
from daps_desktop.jobs.damage import Fading, Greyscale, MissingPixels, Toning
from daps_desktop.jobs.messages import Message, Notice, RestoreResult
from daps_desktop.jobs.recipe import Recipe, dump_recipe, parse_recipe
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.jobs.verdict import judge

CHOSEN = ["sepia", "selenium", "neutral"]


def ramp(depth: type) -> Pixels:
    """A grey photo that holds every value of 8 bits, in (192, 256, 1)."""
    top = np.iinfo(depth).max
    return np.tile((np.arange(256) * (top // 255)).astype(depth), (192, 1))[..., None]


def given(pixels: Pixels, to: str, *more: Fading) -> tuple[Photo, list[Message]]:
    messages: list[Message] = []
    task = Task((*more, Toning(to)))
    run_job(
        RestoreRequest("t", Photo(pixels), None, task, SolverSettings()), threading.Event(), messages.append
    )
    result = messages[-1]
    assert isinstance(result, RestoreResult), result
    assert judge(result.report, task, None).redrawn == 0 and judge(result.report, task, None).recoloured
    return result.photo, messages


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
@pytest.mark.parametrize("to", ["sepia", "selenium"])
def test_grey_in_is_the_curve_out_at_the_depth_of_the_photo(depth: type, to: str) -> None:
    grey = ramp(depth)
    photo, messages = given(grey, to)
    assert photo.pixels.dtype == depth and photo.pixels.shape == (192, 256, 3) and len(messages) == 1
    np.testing.assert_array_equal(photo.pixels, TONES[to].apply(grey[..., 0]))
    values = photo.pixels.astype(float) / np.iinfo(depth).max
    np.testing.assert_allclose(values @ (0.299, 0.587, 0.114), grey[..., 0] / np.iinfo(depth).max, atol=2e-3)
    assert (np.diff(photo.pixels[0].astype(int), axis=0) >= 0).all()  # lighter stays lighter
    assert (photo.pixels[0, 128] != grey[0, 128]).any()
    np.testing.assert_array_equal(given(np.repeat(grey, 3, axis=2), to)[0].pixels, photo.pixels)


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_neutral_takes_the_tone_out_and_leaves_grey_as_it_is(depth: type) -> None:
    grey = ramp(depth)
    toned = in_tone(grey, TONES["sepia"])
    photo, _ = given(toned, "neutral")
    assert (photo.pixels == photo.pixels[..., :1]).all()
    off = photo.pixels[..., :1].astype(int) - grey
    assert np.abs(off).max() <= 1 if depth is np.uint8 else np.abs(off).max() <= 2
    assert given(grey, "neutral")[0].pixels.shape == grey.shape
    again = given(toned, "sepia")[0].pixels.astype(int)
    assert np.abs(again - toned).max() <= (1 if depth is np.uint8 else 2)  # a luma is rounded, too


def test_what_colours_a_photo_had_is_noticed() -> None:
    colours = np.random.default_rng(2).integers(0, 255, (12, 16, 3)).repeat(16, 0).repeat(16, 1)
    _, messages = given(colours.astype(np.uint8), "sepia")
    assert isinstance(messages[0], Notice) and messages[0].code == "tone_over_colours"


def test_fading_goes_before_the_tone() -> None:
    photo, _ = given(ramp(np.uint8) // 2 + 60, "neutral", Fading(1.0))
    assert photo.pixels.min() < 30 and photo.pixels.max() > 225


def test_a_tone_is_kept_with_the_recipe_and_goes_with_no_colouring() -> None:
    for to in CHOSEN:
        recipe = Recipe(Task((MissingPixels(), Toning(to))))
        assert parse_recipe(dump_recipe(recipe)) == recipe
    with pytest.raises(UserError):
        Task((Toning(), Greyscale()))
