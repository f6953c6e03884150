"""What is written comes back: pixels, depth and all the file says about the photo, in every format."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from daps_desktop.imaging.formats.metadata import exif, ifd
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Metadata, Photo, at_depth, compose
from tests.imaging.photo_files import XMP, exif_block, full_metadata, photo, picture

LOSSLESS = ("png", "tif")
LOSSY = ("jpg", "webp")


@pytest.mark.parametrize("ending", LOSSLESS)
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("alpha", [False, True])
def test_lossless_formats_keep_every_bit(
    tmp_path: Path, ending: str, bits: int, channels: int, alpha: bool
) -> None:
    written = photo(channels, bits, alpha)
    path = tmp_path / f"a.{ending}"
    write_photo(written, path)
    read = read_photo(path)
    assert read.bits == bits
    assert np.array_equal(read.pixels, written.pixels)
    assert (read.alpha is None) == (not alpha)
    if alpha:
        assert np.array_equal(read.alpha, written.alpha)


@pytest.mark.parametrize("ending", LOSSY)
@pytest.mark.parametrize("bits", [8, 16])
def test_lossy_formats_stay_close_and_have_8_bits(tmp_path: Path, ending: str, bits: int) -> None:
    smooth = np.zeros((40, 50, 3), np.uint8) + np.arange(50, dtype=np.uint8)[:, None] * 5
    write_photo(Photo(at_depth(smooth, bits)), tmp_path / f"a.{ending}")
    read = read_photo(tmp_path / f"a.{ending}")
    assert read.bits == 8
    assert np.abs(read.pixels.astype(int) - smooth).mean() < 2


@pytest.mark.parametrize("ending", LOSSLESS + LOSSY)
@pytest.mark.parametrize("channels", [1, 3])
def test_what_the_file_says_is_carried(tmp_path: Path, ending: str, channels: int) -> None:
    path = tmp_path / f"a.{ending}"
    written = full_metadata(channels)
    write_photo(photo(channels), path)
    read = read_photo(path).metadata
    no_grey = ending == "webp" and channels == 1  # all is in colours there, and a grey profile would not fit
    assert read.icc == (None if no_grey else written.icc)
    assert read.xmp == XMP
    assert read.dpi == pytest.approx(written.dpi, rel=1e-4)
    assert read.exif is not None
    assert_same_tags(read.exif, written.exif)
    if ending in ("png", "jpg"):
        assert read.exif == written.exif


def assert_same_tags(found: bytes, expected: bytes | None) -> None:
    assert expected is not None
    here, there = exif.parse(found).main, exif.parse(expected).main
    for ours, theirs in ((here, there), *zip(here.children.values(), there.children.values(), strict=True)):
        assert (
            theirs.entries.items()
            and {tag: e.data for tag, e in theirs.entries.items()}.items()
            <= {tag: e.data for tag, e in ours.entries.items()}.items()
        )


@pytest.mark.parametrize("ending", LOSSLESS + LOSSY)
def test_other_programs_read_the_same(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    write_photo(photo(), path)
    with Image.open(path) as image:
        tags = image.getexif()
        assert tags[0x8298] == "Copyright of a photographer"
        assert tags.get_ifd(0x8825)[1] == "N"
        assert tags.get_ifd(0x8769)[0xA002] == 50
        assert image.info["icc_profile"] == full_metadata().icc


def test_tiff_is_read_alike_by_tifffile(tmp_path: Path) -> None:
    written = photo(bits=16, alpha=True)
    write_photo(written, tmp_path / "a.tif")
    array = tifffile.imread(tmp_path / "a.tif")
    assert np.array_equal(array[..., :3], written.pixels)
    assert np.array_equal(array[..., 3], written.alpha)


@pytest.mark.parametrize("ending", LOSSLESS + LOSSY)
def test_pixel_sizes_in_the_exif_follow_the_picture(tmp_path: Path, ending: str) -> None:
    larger = replace(photo(), pixels=picture(80, 100))
    write_photo(larger, tmp_path / f"a.{ending}")
    block = exif.parse(read_photo(tmp_path / f"a.{ending}").metadata.exif or b"")
    assert block.number((ifd.EXIF_IFD, 0xA002)) == 100
    assert block.number((ifd.EXIF_IFD, 0xA003)) == 80


@pytest.mark.parametrize("ending", LOSSLESS)
@pytest.mark.parametrize("bits", [8, 16])
def test_pixels_outside_the_hole_are_bit_for_bit_the_same(tmp_path: Path, ending: str, bits: int) -> None:
    before = tmp_path / f"before.{ending}"
    write_photo(photo(bits=bits), before)
    original = read_photo(before)
    mask = np.zeros((original.height, original.width), bool)
    mask[10:20, 15:30] = True
    other = original.white - original.pixels
    write_photo(original.with_pixels(compose(original.pixels, other, mask)), tmp_path / f"after.{ending}")
    result = read_photo(tmp_path / f"after.{ending}").pixels
    assert sha(result[~mask]) == sha(picture(bits=bits)[~mask])
    assert sha(result[mask]) == sha(other[mask])


def sha(array: np.ndarray) -> str:
    return hashlib.sha256(array.tobytes()).hexdigest()


def test_the_same_photo_gives_the_same_bytes(tmp_path: Path) -> None:
    for ending in LOSSLESS + LOSSY:
        for name in "ab":
            write_photo(photo(), tmp_path / f"{name}.{ending}")
        assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


@pytest.mark.parametrize("ending", LOSSLESS)
@pytest.mark.parametrize("channels", [1, 3])
def test_a_part_of_a_larger_picture_is_written(tmp_path: Path, ending: str, channels: int) -> None:
    for number, part in enumerate(
        (picture(channels=channels)[5:20, 7:31], picture(channels=3)[:, :, :channels])
    ):
        write_photo(Photo(part.copy(order="F") if number else part), tmp_path / f"{number}.{ending}")
        assert np.array_equal(read_photo(tmp_path / f"{number}.{ending}").pixels, part)


def test_depth_can_be_chosen_and_rounds(tmp_path: Path) -> None:
    deep = np.arange(65536, dtype=np.uint16).reshape(256, 256, 1)
    write_photo(Photo(deep), tmp_path / "a.png", bits=8)
    assert np.array_equal(read_photo(tmp_path / "a.png").pixels, np.round(deep / 257))
    write_photo(read_photo(tmp_path / "a.png"), tmp_path / "b.tif", bits=16)
    assert np.array_equal(read_photo(tmp_path / "b.tif").pixels, np.round(deep / 257) * 257)


def test_jpeg_lays_transparency_on_white(tmp_path: Path) -> None:
    dark = np.full((16, 16, 3), 40, np.uint8)
    alpha = np.zeros((16, 16), np.uint8)
    alpha[:, 8:] = 255
    write_photo(Photo(dark, alpha), tmp_path / "a.jpg")
    read = read_photo(tmp_path / "a.jpg").pixels
    assert read[:, :8].min() > 250
    assert abs(read[:, 8:].mean() - 40) < 2


def test_webp_keeps_transparency(tmp_path: Path) -> None:
    write_photo(photo(alpha=True), tmp_path / "a.webp")
    assert np.array_equal(read_photo(tmp_path / "a.webp").alpha, photo(alpha=True).alpha)


def test_jpeg_is_written_without_chroma_subsampling(tmp_path: Path) -> None:
    write_photo(photo(), tmp_path / "a.jpg")
    tables = read_photo(tmp_path / "a.jpg").jpeg
    assert tables is not None
    assert tables.sampling == (1, 1)


def test_quality_makes_a_difference(tmp_path: Path) -> None:
    for ending in LOSSY:
        for quality in (50, 95):
            write_photo(photo(), tmp_path / f"{quality}.{ending}", quality=quality)
        assert (tmp_path / f"50.{ending}").stat().st_size < 0.7 * (tmp_path / f"95.{ending}").stat().st_size


def test_a_profile_for_other_colours_is_left_out(tmp_path: Path) -> None:
    coloured = Photo(picture(), metadata=full_metadata(channels=1))
    for ending in LOSSLESS + LOSSY:
        write_photo(coloured, tmp_path / f"a.{ending}")
        assert read_photo(tmp_path / f"a.{ending}").metadata.icc is None


def test_what_the_exif_says_of_another_file_does_not_get_into_a_tiff(tmp_path: Path) -> None:
    """Tiles, a directory below, a camera's raw format: as programs copy them from the file they developed."""
    block = exif.parse(exif_block())
    order = block.order
    block.main.entries.update({
        322: ifd.pack_short(order, 16), 323: ifd.pack_short(order, 16), 324: ifd.pack_longs(order, [8]),
        330: ifd.pack_longs(order, [8]), 50706: ifd.IfdEntry(1, b"\1\4\0\0"),
    })  # fmt: skip
    write_photo(Photo(picture(), metadata=Metadata(exif=exif.pack(block))), tmp_path / "a.tif")
    read = read_photo(tmp_path / "a.tif")
    assert np.array_equal(read.pixels, picture())
    assert read.metadata.exif is not None
    assert exif.parse(read.metadata.exif).main.entries.keys() >= {0x010F, 0x8298}


def test_blocks_too_large_for_jpeg_do_not_stop_it(tmp_path: Path) -> None:
    bulky = Photo(picture(), metadata=Metadata(exif=exif_block() + bytes(70_000), xmp=b"x" * 70_000))
    write_photo(bulky, tmp_path / "a.jpg")
    assert read_photo(tmp_path / "a.jpg").metadata == Metadata()
    write_photo(bulky, tmp_path / "a.png")
    assert read_photo(tmp_path / "a.png").metadata.xmp == b"x" * 70_000
