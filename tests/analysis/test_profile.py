"""What a photo says of itself: the same each time, through JSON and back, whatever the photo is."""

import math
import time
from dataclasses import replace

import numpy as np
import pytest
import skimage.data
from hypothesis import given
from hypothesis import strategies as st

from daps_desktop.analysis.diagnosis import CLEAN, diagnose
from daps_desktop.analysis.profile import measure_profile
from daps_desktop.base.serialization import dump_json, from_jsonable, load_json, to_jsonable
from daps_desktop.imaging.jpeg_tables import tables_for_quality
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.noise_model import NoiseModel
from daps_desktop.imaging.profile.photo_profile import FadingStrength, FoundPlaces, PhotoProfile
from daps_desktop.imaging.profile.print_outline import PrintOutline
from daps_desktop.imaging.profile.tone_curve import ToneCurve
from daps_desktop.jobs.damage import Noise
from tests.analysis.scenes import scene

SPOTLESS = PhotoProfile(
    noise=NoiseModel.white(1.0),
    tone=None,
    grey=False,
    blur_sigma=0.3,
    jpeg_quality=None,
    jpeg_from_file=False,
    fading=FadingStrength(0.9, 0.0, 0.0, 0.0, False, False),
    places=FoundPlaces(0, 0),
    prints=(),
)


def remark(**changes: object) -> str:
    return str(diagnose(replace(SPOTLESS, **changes)).remark)


# What is said where nothing needs restoring


def test_clean_is_said_only_where_all_was_looked_at_and_nothing_seen() -> None:
    assert remark() == CLEAN
    for unsure in (
        {"blur_sigma": None},
        {"places": None},
        {"places": FoundPlaces(0, 1)},
        {"blur_sigma": None, "places": FoundPlaces(1, 7)},
    ):
        assert remark(**unsure) == "Nothing stands out"


@pytest.mark.parametrize(("cast", "offered"), [(0.4, True), (0.6, True), (0.7, False), (1.0, False)])
def test_a_colour_too_strong_for_faded_dyes_is_that_of_the_scene(cast: float, offered: bool) -> None:
    """A canyon has as little contrast as a faded print, and more colour than any."""
    fading = FadingStrength(0.31, 0.105, cast, 1.0, True, False)
    assert bool(diagnose(replace(SPOTLESS, fading=fading)).suggestions) == offered


def test_what_shows_a_little_is_said_and_not_offered() -> None:
    assert remark(noise=NoiseModel.white(4.2)) == "Some grain: about 4 of 255"
    assert remark(blur_sigma=1.1) == "Slightly soft: about 1.1 pixels"
    both = replace(SPOTLESS, noise=NoiseModel.white(2.0), blur_sigma=0.8)
    assert not diagnose(both).suggestions
    assert str(diagnose(both).remark) == "Some grain: about 2 of 255; Slightly soft: about 0.8 pixels"


def test_where_damage_shows_nothing_else_is_remarked() -> None:
    assert diagnose(replace(SPOTLESS, noise=NoiseModel.white(7.0), blur_sigma=1.1)).remark is None
    assert diagnose(replace(SPOTLESS, grey=True)).remark is not None


@pytest.mark.parametrize("name", ["chelsea", "coffee", "rocket", "camera", "astronaut"])
def test_clean_photographs_are_not_offered_to_be_denoised(name: str) -> None:
    pixels = getattr(skimage.data, name)()
    found = diagnose(measure_profile(Photo(pixels.reshape(*pixels.shape[:2], -1)))).suggestions
    assert not [suggestion for suggestion in found if isinstance(suggestion.damage, Noise)]


# What is measured


def test_coarse_grain_is_told_from_white_noise() -> None:
    import cv2

    rng = np.random.default_rng(0)
    white = rng.normal(0, 10, (400, 400, 1)).astype(np.float32)
    coarse = cv2.GaussianBlur(white, (0, 0), 1.0)[..., None] * 3.5
    for noise, correlation in ((white, 0.0), (coarse, math.exp(-1 / 4))):
        photo = Photo(np.clip(128 + noise, 0, 255).astype(np.uint8))
        assert measure_profile(photo).noise.correlation == pytest.approx(correlation, abs=0.15)


def test_the_file_says_its_quality_where_it_can() -> None:
    pixels = scene(41, 120, 160)
    told = measure_profile(Photo(pixels, jpeg=tables_for_quality(35)))
    assert (told.jpeg_quality, told.jpeg_from_file) == (35, True)
    assert measure_profile(Photo(pixels)).jpeg_quality is None


def test_of_large_photos_parts_are_looked_at_in_a_moment() -> None:
    large = np.tile(scene(42, 500, 500), (8, 12, 1))
    measure_profile(Photo(large[:600, :600].copy()))
    started = time.process_time()
    profile = measure_profile(Photo(large))
    assert time.process_time() - started < 12  # not the time of all 24 megapixels
    assert profile.noise.level == pytest.approx(1.5, abs=0.5)


# Photos that say nothing

SIZES = [(1, 1), (1, 24), (2, 3), (7, 7), (8, 8), (16, 5), (24, 24), (90, 70)]
FILLS = {
    "black": lambda shape: np.zeros(shape),
    "white": lambda shape: np.ones(shape),
    "even": lambda shape: np.full(shape, 0.4),
    "noise": lambda shape: np.random.default_rng(0).random(shape),
    "no blue": lambda shape: np.random.default_rng(1).random(shape) * ([1, 1, 0] if shape[2] == 3 else 1),
    "ramp": lambda shape: np.broadcast_to(np.linspace(0, 1, shape[1])[None, :, None], shape),
}


def picture(fill: str, size: tuple[int, int], channels: int, dtype: type, alpha: bool) -> Photo:
    top = np.iinfo(dtype).max
    pixels = np.rint(FILLS[fill]((*size, channels)) * top).astype(dtype)
    return Photo(pixels, np.full(size, top, dtype) if alpha else None)


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_photo_has_a_profile_in_finite_numbers(fill: str, size: tuple[int, int]) -> None:
    for channels, dtype in ((1, np.uint8), (3, np.uint8), (1, np.uint16), (3, np.uint16)):
        photo = picture(fill, size, channels, dtype, alpha=channels == 3)
        profile = measure_profile(photo)
        assert profile == measure_profile(photo)
        assert from_jsonable(PhotoProfile, load_json(dump_json(to_jsonable(profile)))) == profile  # no NaN
        assert profile.grey == (channels == 1 or fill not in ("noise", "no blue"))
        assert diagnose(profile).remark != CLEAN


@pytest.mark.parametrize("fill", ["black", "white", "even"])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_an_empty_photo_cannot_tell_and_is_offered_nothing(fill: str, size: tuple[int, int]) -> None:
    profile = measure_profile(picture(fill, size, 3, np.uint8, alpha=True))
    assert (profile.noise.level, profile.blur_sigma, profile.jpeg_quality) == (0, None, None)
    found = diagnose(profile)
    assert [suggestion.damage.name for suggestion in found.suggestions] == ["grey"]
    assert str(found.remark) == "Nothing stands out"


# As JSON

shares, places = st.floats(0, 1), st.floats(-1e6, 1e6)
profiles = st.builds(
    PhotoProfile,
    noise=st.builds(lambda level, grey: NoiseModel.white(level, grey=grey), st.floats(0, 255), st.booleans()),
    tone=st.none()
    | st.builds(ToneCurve, st.lists(st.tuples(*[st.floats(-1, 1)] * 3), min_size=2, max_size=5).map(tuple)),
    grey=st.booleans(),
    blur_sigma=st.none() | st.floats(0, 1000),
    jpeg_quality=st.none() | st.integers(1, 100),
    jpeg_from_file=st.booleans(),
    fading=st.builds(FadingStrength, shares, shares, shares, shares, st.booleans(), st.booleans()),
    places=st.none() | st.builds(FoundPlaces, st.integers(0, 10**6), st.integers(0, 10**6)),
    prints=st.lists(
        st.builds(PrintOutline, st.tuples(*[st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))] * 4)),
        max_size=2,
    ).map(tuple),
)


@given(profiles)
def test_a_profile_comes_back_from_json_to_the_last_bit(profile: PhotoProfile) -> None:
    assert from_jsonable(PhotoProfile, load_json(dump_json(to_jsonable(profile)))) == profile


@pytest.mark.parametrize(
    "wrong",
    [
        {"noise": None},
        {"noise": {"level": -1.0, "correlation": 0.0}},
        {"noise": {"level": 256.0, "correlation": 0.0}},
        {"noise": {"level": 5.0, "correlation": 1.5}},
        {"grey": 1},
        {"blur_sigma": -0.1},
        {"blur_sigma": "soft"},
        {"jpeg_quality": 0},
        {"jpeg_quality": 40.5},
        {"fading": {"contrast": 2.0, "yellow": 0.0}},
        {"places": {"usual": 1}},
    ],
    ids=str,
)
def test_what_is_no_profile_is_refused(wrong: dict[str, object]) -> None:
    told = to_jsonable(SPOTLESS)
    assert from_jsonable(PhotoProfile, told) == SPOTLESS
    with pytest.raises(ValueError):
        from_jsonable(PhotoProfile, {**told, **wrong})


@pytest.mark.parametrize("name", to_jsonable(SPOTLESS))
def test_a_profile_that_lacks_something_is_none(name: str) -> None:
    told = to_jsonable(SPOTLESS)
    del told[name]
    with pytest.raises(ValueError):
        from_jsonable(PhotoProfile, told)
