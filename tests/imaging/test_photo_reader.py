"""Files of every kind are read as what they show, the right way up, at their own depth."""

import io
import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageOps

from daps_desktop.base.errors import UserError
from daps_desktop.imaging.formats.metadata import exif
from daps_desktop.imaging.formats.metadata.icc import srgb_profile
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.photo import Photo
from tests.imaging.icc import cmyk_profile
from tests.imaging.photo_files import all_kinds, by_pillow, by_tifffile, exif_block, picture, png_header

LOSSY = (
    "jpeg",
    "jpeg progressive",
    "jpeg cmyk",
    "png palette",
    "webp",
    "avif",
    "heic",
    "heic 16",
    "jxl of a jpeg",
    "bmp palette",
    "tiff jpeg",
    "tiff fax",
)


def opened(tmp_path: Path, data: bytes) -> Photo:
    path = tmp_path / "photo"
    path.write_bytes(data)
    return read_photo(path)


def refused(tmp_path: Path, data: bytes) -> UserError:
    with pytest.raises(UserError) as caught:
        opened(tmp_path, data)
    return caught.value


@pytest.mark.parametrize(("kind", "data"), all_kinds().items())
def test_every_kind_is_read(tmp_path: Path, kind: str, data: bytes) -> None:
    photo = opened(tmp_path, data)
    turned_too = {(40, 50), (50, 40)}
    assert photo.pixels.shape[:2] in turned_too
    assert photo.pixels.shape[2] == (1 if kind == "tiff fax" else 3)
    assert photo.bits == (16 if "16" in kind or "float" in kind else 8)
    assert not photo.pixels.flags.writeable
    assert photo.file_format == kind.split()[0].upper().replace("JXL", "JPEG XL")


@pytest.mark.parametrize("kind", [kind for kind in all_kinds() if kind not in LOSSY])
def test_lossless_kinds_are_exact(tmp_path: Path, kind: str) -> None:
    photo = opened(tmp_path, all_kinds()[kind])
    expected = picture(bits=16) if "16" in kind else picture()
    if kind == "tiff float":
        assert np.abs(photo.pixels / 257 - expected).max() < 0.01
    elif kind == "png":  # its EXIF says that it lies on its side
        assert np.array_equal(photo.pixels, np.rot90(expected, -1))
    else:
        assert np.array_equal(photo.pixels, expected)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_modes_show_what_pillow_shows(tmp_path: Path, mode: str, file_format: str) -> None:
    image = Image.fromarray(picture(channels=4), "RGBA").convert("RGB" if mode == "P" else mode).convert(mode)
    photo = opened(tmp_path, by_pillow(file_format, image))
    grey = mode in ("1", "L", "LA")
    shown = np.asarray(image.convert("L" if grey else "RGB"))
    assert np.array_equal(photo.pixels[..., 0] if grey else photo.pixels, shown)
    assert (photo.alpha is not None) == ("A" in mode)
    if "A" in mode:
        assert np.array_equal(photo.alpha, np.asarray(image.getchannel("A")))


def test_a_palette_with_transparency_has_alpha(tmp_path: Path) -> None:
    image = Image.fromarray(picture()).convert("P", palette=Image.Palette.ADAPTIVE, colors=4)
    photo = opened(tmp_path, by_pillow("PNG", image, transparency=bytes([0, 90, 255, 255])))
    assert np.array_equal(photo.alpha, np.array([0, 90, 255, 255], np.uint8)[np.asarray(image)])


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_low_bytes_of_16_bit_png_survive(tmp_path: Path, channels: int) -> None:
    values = np.random.default_rng(0).integers(0, 65536, (20, 30, channels)).astype(np.uint16)
    values = values[..., 0] if channels == 1 else values
    photo = opened(tmp_path, bytes(imagecodecs.png_encode(values)))
    whole = photo.pixels if photo.alpha is None else np.dstack([photo.pixels, photo.alpha])
    assert np.array_equal(whole, values.reshape(20, 30, channels))
    assert (photo.pixels & 0xFF).std() > 60


# Orientation


def test_each_orientation_is_applied_once(tmp_path: Path) -> None:
    for orientation in range(1, 9):
        for file_format in ("JPEG", "PNG", "WEBP"):
            data = by_pillow(file_format, exif=b"Exif\0\0" + exif_block(orientation))
            photo = opened(tmp_path, data)
            with Image.open(io.BytesIO(data)) as image:
                expected = np.asarray(ImageOps.exif_transpose(image))
            assert np.array_equal(photo.pixels, expected), (orientation, file_format)
            assert photo.metadata.exif is not None
            assert exif.parse(photo.metadata.exif).orientation == 1
            if photo.jpeg:
                assert photo.jpeg.orientation == orientation


@pytest.mark.parametrize("bigtiff", [False, True])
def test_orientation_of_a_tiff_is_applied_once(tmp_path: Path, bigtiff: bool) -> None:
    turned = [(274, "H", 1, 6, True)]
    data = by_tifffile(picture(), photometric="rgb", extratags=turned, byteorder=">", bigtiff=bigtiff)
    photo = opened(tmp_path, data)
    assert np.array_equal(photo.pixels, np.rot90(picture(), -1))
    assert exif.parse(photo.metadata.exif or b"").orientation == 1


def test_avif_is_turned_by_its_own_box_only(tmp_path: Path) -> None:
    photo = opened(tmp_path, by_pillow("AVIF", exif=b"Exif\0\0" + exif_block(6), quality=95))
    assert np.abs(photo.pixels.astype(int) - np.rot90(picture(), -1)).mean() < 6


def test_resolution_turns_with_the_pixels(tmp_path: Path) -> None:
    data = by_pillow("JPEG", exif=b"Exif\0\0" + exif_block(6), dpi=(300, 200))
    assert opened(tmp_path, data).metadata.dpi == (200, 300)


def test_no_resolution_is_made_up(tmp_path: Path) -> None:
    for kind in ("jpeg", "png", "webp", "tiff deflate"):
        assert opened(tmp_path, all_kinds()[kind]).metadata.dpi is None, kind


# JPEG


def test_jpeg_tables_are_the_file_s_own(tmp_path: Path) -> None:
    luma, chroma = list(range(1, 65)), list(range(101, 165))
    data = by_pillow("JPEG", qtables=[luma, chroma], subsampling=1)
    tables = opened(tmp_path, data).jpeg
    assert tables is not None
    assert tables.chroma is not None
    assert tables.sampling == (1, 2)
    zigzag_start = [(0, 0), (0, 1), (1, 0), (2, 0), (1, 1), (0, 2)]  # (row, col) as they stand in the file
    stored = data[data.index(b"\xff\xdb") + 5 :][:64]
    assert [tables.luma[place] for place in zigzag_start] == list(stored[:6])
    assert sorted(tables.luma.ravel()) == luma
    assert sorted(tables.chroma.ravel()) == chroma


@pytest.mark.parametrize(("subsampling", "expected"), [(0, (1, 1)), (1, (1, 2)), (2, (2, 2))])
def test_chroma_sampling(tmp_path: Path, subsampling: int, expected: tuple[int, int]) -> None:
    tables = opened(tmp_path, by_pillow("JPEG", subsampling=subsampling)).jpeg
    assert tables is not None
    assert tables.sampling == expected


def test_a_grey_jpeg_has_no_chroma_table(tmp_path: Path) -> None:
    tables = opened(tmp_path, by_pillow("JPEG", Image.fromarray(picture()).convert("L"))).jpeg
    assert tables is not None
    assert tables.chroma is None


def test_jpegs_not_coded_as_luma_and_chroma_tell_no_tables(tmp_path: Path) -> None:
    assert opened(tmp_path, all_kinds()["jpeg cmyk"]).jpeg is None
    rgb = opened(tmp_path, by_pillow("JPEG", keep_rgb=True, quality=95))
    assert rgb.jpeg is None
    assert np.abs(rgb.pixels.astype(int) - picture()).mean() < 3


# Inks


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF"])
def test_inks_go_through_their_own_profile(tmp_path: Path, file_format: str) -> None:
    cyan = Image.new("CMYK", (32, 32), (255, 0, 0, 0))
    by_formula = opened(tmp_path, by_pillow(file_format, cyan))
    by_profile = opened(tmp_path, by_pillow(file_format, cyan, icc_profile=cmyk_profile()))
    assert np.abs(by_formula.pixels.astype(int) - (0, 255, 255)).max() < 3
    red, green, blue = by_profile.pixels.astype(int).mean((0, 1))
    assert red > green + 60
    assert red > blue + 60
    for photo in (by_formula, by_profile):
        assert photo.metadata.icc == srgb_profile()


def test_deep_inks_stay_deep(tmp_path: Path) -> None:
    inks = np.zeros((20, 30, 4), np.uint16) + np.arange(30, dtype=np.uint16)[:, None] * 999
    photo = opened(tmp_path, by_tifffile(inks, photometric="separated"))
    assert photo.bits == 16
    white = 65535
    expected = np.round((white - inks[..., :3].astype(float)) * (white - inks[..., 3:]) / white)
    assert np.abs(photo.pixels - expected).max() <= 1


def test_a_useless_profile_gives_way_to_the_formula(tmp_path: Path) -> None:
    cyan = Image.new("CMYK", (32, 32), (255, 0, 0, 0))
    photo = opened(tmp_path, by_pillow("TIFF", cyan, icc_profile=b"not a profile" * 20))
    assert np.abs(photo.pixels.astype(int) - (0, 255, 255)).max() < 3


# TIFF


def test_the_first_page_is_read_and_the_rest_counted(tmp_path: Path) -> None:
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for number in range(3):
            writer.write(np.full((20, 30), number, np.uint8), photometric="minisblack", metadata=None)
        writer.write(np.zeros((5, 5), np.uint8), subfiletype=1, metadata=None)  # a thumbnail is no page
    photo = opened(tmp_path, file.getvalue())
    assert photo.pages == 3
    assert photo.pixels.max() == 0


def test_a_chain_of_pages_that_bites_its_tail_ends(tmp_path: Path) -> None:
    data = bytearray(by_tifffile(picture(), photometric="rgb"))
    (at,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    struct.pack_into("<I", data, at + 2 + 12 * count, at)
    assert opened(tmp_path, bytes(data)).pages == 1


@pytest.mark.parametrize("tag", [256, 257])
def test_a_list_where_a_number_belongs_does_not_fill_the_memory(tmp_path: Path, tag: int) -> None:
    data = bytearray(by_tifffile(picture(), photometric="rgb", byteorder="<"))
    at = data.index(struct.pack("<HHI", tag, 4, 1))
    struct.pack_into("<II", data, at + 4, 100, 8)
    assert refused(tmp_path, bytes(data)).code in ("photo_unsupported", "photo_truncated")


def test_more_numbers_than_any_photo_has_are_refused(tmp_path: Path) -> None:
    data = bytearray(by_tifffile(picture(channels=10), photometric="minisblack", planarconfig="contig"))
    for tag, size in ((256, 14_000), (257, 14_000)):
        struct.pack_into("<I", data, data.index(struct.pack("<HHI", tag, 4, 1)) + 8, size)
    assert refused(tmp_path, bytes(data)).code == "photo_unsupported"


def test_inverted_grey_is_turned_round(tmp_path: Path) -> None:
    grey = picture(channels=1)[..., 0]
    for array in (grey, grey.astype(np.uint16) * 257):
        photo = opened(tmp_path, by_tifffile(array, photometric="miniswhite"))
        assert np.array_equal(photo.pixels[..., 0], np.iinfo(array.dtype).max - array)


def test_twelve_bits_fill_sixteen(tmp_path: Path) -> None:
    values = np.arange(0, 4096, 2, dtype=np.uint16).reshape(32, 64)
    data = by_tifffile(values, photometric="minisblack", bitspersample=12)
    assert np.array_equal(opened(tmp_path, data).pixels[..., 0], np.round(values / 4095 * 65535))


def test_palettes_of_tiff_are_looked_up(tmp_path: Path) -> None:
    image = Image.fromarray(picture()).convert("P", palette=Image.Palette.ADAPTIVE)
    assert np.array_equal(opened(tmp_path, by_pillow("TIFF", image)).pixels, np.asarray(image.convert("RGB")))


def test_premultiplied_colours_are_freed_of_alpha(tmp_path: Path) -> None:
    stored = np.zeros((16, 16, 4), np.uint8) + np.array([50, 100, 25, 128], np.uint8)
    photo = opened(tmp_path, by_tifffile(stored, photometric="rgb", extrasamples=["assocalpha"]))
    assert photo.pixels[0, 0].tolist() == [100, 199, 50]
    assert photo.alpha is not None
    assert photo.alpha[0, 0] == 128


def test_extra_channels_that_are_no_alpha_are_left_out(tmp_path: Path) -> None:
    stored = picture(channels=5)
    photo = opened(tmp_path, by_tifffile(stored, photometric="rgb", extrasamples=["unspecified"] * 2))
    assert np.array_equal(photo.pixels, stored[..., :3])
    assert photo.alpha is None


def test_floats_beyond_white_are_refused_in_words(tmp_path: Path) -> None:
    error = refused(tmp_path, by_tifffile(picture().astype(np.float32), photometric="rgb"))
    assert error.code == "photo_unsupported"
    assert "outside 0 to 1" in str(error)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_floats_that_are_no_numbers_are_refused(tmp_path: Path, value: float) -> None:
    values = np.zeros((20, 30), np.float32)
    values[3, 4] = value
    assert refused(tmp_path, by_tifffile(values)).code == "photo_not_finite"


def test_kinds_of_numbers_that_are_no_photo_are_refused(tmp_path: Path) -> None:
    for kind in (np.int16, np.uint32, np.complex64):
        assert refused(tmp_path, by_tifffile(np.zeros((20, 30), kind))).code == "photo_unsupported"


@pytest.mark.parametrize("compression", [None, "zlib"])
def test_luma_and_chroma_are_never_taken_for_red_green_and_blue(
    tmp_path: Path, compression: str | None
) -> None:
    planes = np.asarray(Image.fromarray(picture()).convert("YCbCr"))
    data = by_tifffile(planes, photometric="ycbcr", compression=compression)
    assert refused(tmp_path, data).code == "photo_unsupported"
    data = by_pillow("TIFF", compression="jpeg", quality=95)  # the same planes, and a decoder that knows them
    assert np.abs(opened(tmp_path, data).pixels.astype(int) - picture()).mean() < 6


# What is no photo


def test_too_large_is_refused_at_once_and_before_decoding(tmp_path: Path) -> None:
    started = time.perf_counter()
    error = refused(tmp_path, png_header(60_000, 60_000))
    assert time.perf_counter() - started < 0.1
    assert error.code == "photo_too_large"
    assert "60000 × 60000" in str(error)


@pytest.mark.parametrize("kind", ["jpeg", "bmp", "tiff", "webp", "webp lossless"])
def test_too_large_in_other_formats(tmp_path: Path, kind: str) -> None:
    data = bytearray(all_kinds()[kind])
    if kind == "jpeg":
        at = data.index(b"\xff\xc0") + 5
        struct.pack_into(">HH", data, at, 60_000, 60_000)
    elif kind == "bmp":
        struct.pack_into("<ii", data, 18, 60_000, 60_000)
    elif kind == "tiff":
        data = bytearray(by_tifffile(picture(), photometric="rgb", byteorder="<"))
        for tag in (256, 257):
            at = data.index(struct.pack("<HH", tag, 4))
            struct.pack_into("<I", data, at + 8, 60_000)
    elif kind == "webp":
        at = data.index(b"VP8X") + 12
        data[at : at + 6] = b"\xff\x3f\x00" * 2
    else:
        at = data.index(b"VP8L") + 9
        struct.pack_into("<I", data, at, 16_383 - 1 | (16_383 - 1) << 14)
    assert refused(tmp_path, bytes(data)).code == "photo_too_large"


def test_just_under_the_limit_is_not_too_large(tmp_path: Path) -> None:
    """Pillow's own limit lies lower and must not be met first."""
    for width in (10_000, 19_999):
        data = bytearray(by_pillow("JPEG", Image.fromarray(picture()).convert("L")))
        struct.pack_into(">HH", data, data.index(b"\xff\xc0") + 5, 10_000, width)
        assert refused(tmp_path, bytes(data[:-100])).code == "photo_truncated"


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    for text in (
        b"Dear diary,\n",
        b"BM is how a bitmap begins, and many a text",
        b"RIFFxxxxWAVE",
        b"\0" * 100,
    ):
        assert refused(tmp_path, text).code == "photo_not_image"
    assert refused(tmp_path, b"").code == "photo_empty"


def test_the_ending_does_not_decide(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(all_kinds()["png"])
    assert read_photo(path).file_format == "PNG"
    path.write_text("text called .jpg")
    with pytest.raises(UserError, match="not a picture"):
        read_photo(path)


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    def code(path: Path) -> str:
        with pytest.raises(UserError) as caught:
            read_photo(path)
        return caught.value.code

    (tmp_path / "file").write_bytes(b"x")
    assert code(tmp_path / "nothing.png") == "photo_missing"
    assert code(tmp_path / "file" / "below.png") == "photo_missing"
    assert code(tmp_path / ("long" * 100)) == "photo_missing"
    assert code(tmp_path / "null\0byte") == "photo_missing"
    assert code(tmp_path) == "photo_is_folder"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_does_not_keep_us_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(UserError, match="not a picture"):
        read_photo(tmp_path / "pipe.jpg")


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="needs the rights of Unix")
def test_no_permission_is_said(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(all_kinds()["png"])
    path.chmod(0)
    if os.access(path, os.R_OK):  # the superuser may read anything of ours, but nothing after giving that up
        code = read_as_nobody(path)
    else:
        with pytest.raises(UserError) as caught:
            read_photo(path)
        code = caught.value.code
    assert code == "photo_no_permission"


def read_as_nobody(path: Path) -> str:
    """The error's code, from a process of its own without the superuser's rights."""
    program = f"""
import os
from pathlib import Path
from daps_desktop.base.errors import UserError
from daps_desktop.imaging.formats.reader import read_photo
os.seteuid(65534)
try:
    read_photo(Path({str(path)!r}))
except UserError as error:
    print(error.code)
"""
    for folder in (path.parent, *list(path.parent.parents)[:2]):
        folder.chmod(0o755)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip()
