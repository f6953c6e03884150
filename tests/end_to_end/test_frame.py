"""Photos framed from the command line: depth, profile and orientation stay, and mistakes are told."""

import numpy as np
import pytest
from PIL import Image, ImageCms

from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.frame import Frame, apply
from daps_desktop.imaging.photo import Metadata, Photo
from daps_desktop.imaging.rect import Rect
from tests.end_to_end.conftest import Desk
from tests.end_to_end.test_cli import refused

ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture
def photo(desk: Desk) -> Photo:
    """deep.tif: 16 bits with transparency and a profile."""
    rng = np.random.default_rng(4)
    pixels = rng.integers(0, 65536, (80, 120, 3), np.uint16)
    clear = rng.integers(0, 65536, (80, 120), np.uint16)
    write_photo(Photo(pixels, clear, Metadata(icc=ICC, dpi=(600, 600))), desk.path("deep.tif"))
    return read_photo(desk.path("deep.tif"))


def test_turn_mirror_and_crop_keep_bits_profile_and_resolution(desk: Desk, photo: Photo) -> None:
    words = ("--crop", "5,10,60,70", "--turn", "90", "--mirror")
    assert desk.run("frame", desk.path("deep.tif"), "-o", desk.path("out.tif"), *words) == 0
    out = read_photo(desk.path("out.tif"))
    crop = np.s_[10:80, 5:65]
    np.testing.assert_array_equal(out.pixels, np.fliplr(np.rot90(photo.pixels, -1))[crop])
    assert photo.alpha is not None
    np.testing.assert_array_equal(out.alpha, np.fliplr(np.rot90(photo.alpha, -1))[crop])
    assert out.metadata.icc == ICC and out.metadata.dpi == photo.metadata.dpi


def test_straighten_and_corners_are_one_warp(desk: Desk, photo: Photo) -> None:
    words = ("--straighten", "-2.5", "--corners", "10,5", "110,8", "112,70", "6,75")
    assert desk.run("frame", desk.path("deep.tif"), "-o", desk.path("out.tif"), *words) == 0
    frame = Frame(((10, 5), (110, 8), (112, 70), (6, 75)), angle=-2.5)
    np.testing.assert_array_equal(read_photo(desk.path("out.tif")).pixels, apply(photo, frame).pixels)


def test_what_exif_says_of_the_orientation_and_the_size_is_true_afterwards(desk: Desk) -> None:
    rows, cols = np.mgrid[:64, :96]
    image = Image.fromarray(np.stack([rows * 2, cols * 2, rows + cols], axis=-1).astype(np.uint8))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker"
    exif.get_ifd(0x8769).update({0xA002: 96, 0xA003: 64})
    image.save(desk.path("turned.jpg"), exif=exif, quality=95)
    upright = read_photo(desk.path("turned.jpg"))
    assert (upright.height, upright.width) == (96, 64)
    words = ("--turn", "270", "--crop", "0,0,80,60")
    assert desk.run("frame", desk.path("turned.jpg"), "-o", desk.path("out.jpg"), *words) == 0
    with Image.open(desk.path("out.jpg")) as out:
        assert out.size == (80, 60)
        told = out.getexif()
        assert told.get(0x0112, 1) == 1 and told[0x010F] == "Maker"
        inner = told.get_ifd(0x8769)
        assert (inner.get(0xA002, 80), inner.get(0xA003, 60)) == (80, 60)
        np.testing.assert_allclose(np.asarray(out, int)[30, 40], upright_at(upright, 30, 40), atol=6)


def upright_at(upright: Photo, row: int, col: int) -> np.ndarray:
    return apply(upright, Frame(turns=3, crop=Rect(0, 0, 60, 80))).pixels[row, col].astype(int)


@pytest.mark.parametrize(
    "words, said",
    [
        ("--crop 0,0,200,50", "outside the photo of 120 × 80"),
        ("--crop 0,0,1,1", "below 16 pixels"),
        ("--crop 0,0,40", "4 numbers"),
        ("--crop 0,0,inf,40", "4 numbers"),
        ("--straighten 10 --crop 0,0,60,60", "leaves empty"),
        ("--straighten 60", "45 degrees"),
        ("--corners 10,5 112,70 110,8 6,75", "do not go round"),
        ("--corners 10,5 130,8 112,70 6,75", "outside the photo of 120 × 80"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_written(
    desk: Desk, photo: Photo, capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    told = refused(desk, capsys, "frame", desk.path("deep.tif"), "-o", desk.path("out.tif"), *words.split())
    assert said in told


def test_the_original_is_never_replaced_by_mistake(desk: Desk, photo: Photo) -> None:
    place = desk.path("deep.tif")
    before = place.read_bytes()
    assert desk.run("frame", place, "-o", place, "--turn", "90", "--force") == 2
    assert place.read_bytes() == before
