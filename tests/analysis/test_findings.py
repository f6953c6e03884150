"""What a photo says about itself, against damage of known strength."""

import cv2
import numpy as np
import pytest

from daps_desktop.analysis.diagnosis import Diagnosis, diagnose
from daps_desktop.analysis.jpeg_quality import quality_from_pixels, quality_from_tables
from daps_desktop.analysis.profile import measure_profile
from daps_desktop.imaging.jpeg_tables import tables_for_quality
from daps_desktop.imaging.photo import JpegTables, Photo
from daps_desktop.jobs.damage import (
    Damage,
    Fading,
    GaussianBlur,
    Greyscale,
    JpegCompression,
    Noise,
)
from tests.analysis.scenes import scene
from tests.analysis.test_fading import faded

CLEAN = [scene(seed, 360, 480) for seed in (41, 42, 43)]
FINE = [scene(seed, 360, 480, fine=True) for seed in (41, 42, 43)]


def diagnosed(pixels: np.ndarray, jpeg: JpegTables | None = None) -> Diagnosis:
    return diagnose(measure_profile(Photo(pixels, jpeg=jpeg)))


def suggested(pixels: np.ndarray, kind: type[Damage], jpeg: JpegTables | None = None) -> Damage | None:
    return next((s.damage for s in diagnosed(pixels, jpeg).suggestions if isinstance(s.damage, kind)), None)


def compressed(pixels: np.ndarray, quality: int) -> np.ndarray:
    data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1].copy()


@pytest.mark.parametrize("quality", [10, 37, 50, 75])
def test_the_quality_is_read_from_tables_and_from_pixels(quality: int) -> None:
    tables = tables_for_quality(quality)
    assert quality_from_tables(tables) == quality
    assert quality_from_pixels(compressed(FINE[0], quality)) == pytest.approx(quality, abs=1)


def test_no_traces_are_seen_where_there_are_none() -> None:
    assert all(quality_from_pixels(clean) is None for clean in CLEAN)
    assert quality_from_pixels(compressed(CLEAN[0], 20)[3:, 5:]) is None  # off the grid
    assert quality_from_pixels(CLEAN[0][:7, :7]) is None


def test_jpeg_goes_by_the_file_where_it_can() -> None:
    bad = compressed(FINE[1], 30)
    assert suggested(bad, JpegCompression, tables_for_quality(30)) == JpegCompression()
    read = suggested(bad, JpegCompression)
    assert isinstance(read, JpegCompression) and abs(read.quality - 30) <= 1
    assert suggested(CLEAN[1], JpegCompression, tables_for_quality(95)) is None


def test_each_damage_is_suggested_for_what_it_is() -> None:
    rng = np.random.default_rng(1)
    noisy = np.clip(CLEAN[0] + rng.normal(0, 14, CLEAN[0].shape), 0, 255).astype(np.uint8)
    assert isinstance(suggested(noisy, Noise), Noise)
    soft = cv2.GaussianBlur(FINE[1], (0, 0), 2.5)
    blur = suggested(soft, GaussianBlur)
    assert isinstance(blur, GaussianBlur) and blur.sigma == pytest.approx(2.5, rel=0.3)
    assert isinstance(suggested(faded(CLEAN[2]), Fading), Fading)


def test_a_clean_photo_needs_nothing_and_a_damaged_one_does() -> None:
    assert all(diagnosed(clean).remark and not diagnosed(clean).suggestions for clean in CLEAN)
    assert diagnosed(faded(CLEAN[0])).remark is None


def test_missing_colours_are_offered_and_are_no_damage() -> None:
    grey = np.repeat(CLEAN[0][..., :1], 3, axis=2)
    assert suggested(grey, Greyscale) == Greyscale()
    assert suggested(CLEAN[0], Greyscale) is None
    assert diagnosed(grey).remark


def test_suggestions_come_with_reasons_the_clearest_first() -> None:
    soft = cv2.GaussianBlur(faded(CLEAN[0]), (0, 0), 3)
    found = diagnosed(soft).suggestions
    assert len(found) >= 2 and all(s.reason and 0 < s.strength <= 1 for s in found)
    assert [s.strength for s in found] == sorted((s.strength for s in found), reverse=True)
