"""What other programs open is opened, with the same pixels; what is left of a file is told from the whole."""

import io
import struct
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image, ImageCms

from daps_desktop.base.errors import UserError
from daps_desktop.imaging.formats import png_chunks
from daps_desktop.imaging.formats.metadata import exif, xmp
from daps_desktop.imaging.formats.metadata.icc import srgb_profile
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.jpeg_tables import tables_for_quality
from daps_desktop.imaging.photo import Photo, at_full_range
from tests.imaging.photo_files import (
    XMP,
    by_libheif,
    by_pillow,
    by_tifffile,
    by_two_lenses,
    exif_block,
    in_jxl_boxes,
    palette_tiff,
    picture,
    tiff_pages,
)

P3, BT2020, SRGB_CURVE, PQ, HLG = 12, 9, 13, 16, 18


def opened(tmp_path: Path, data: bytes, page: int | None = None) -> Photo:
    path = tmp_path / "photo"
    path.write_bytes(data)
    return read_photo(path, page)


def refused(tmp_path: Path, data: bytes) -> str:
    with pytest.raises(UserError) as caught:
        opened(tmp_path, data)
    return caught.value.code


def pixels_of(data: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image)


# JPEG without its end


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("end", [b"", b"\xff", b"rubbish" * 90, b"\0" * 5000, b"\xff\xc4\0\x20rubbish" * 9])
def test_a_jpeg_without_its_end_is_read_and_said(tmp_path: Path, progressive: bool, end: bytes) -> None:
    whole = by_pillow("JPEG", progressive=progressive)
    photo = opened(tmp_path, whole[:-2] + end)
    assert np.array_equal(photo.pixels, pixels_of(whole))
    assert [str(remark) for remark in photo.remarks] == [
        "The file lacks its end; all of the picture is there."
    ]


def test_what_stands_behind_the_end_of_a_jpeg_is_nothing_to_speak_of(tmp_path: Path) -> None:
    whole = by_pillow("JPEG")
    photo = opened(tmp_path, whole + b"rubbish" * 900)
    assert np.array_equal(photo.pixels, pixels_of(whole))
    assert not photo.remarks


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("rest", [b"", b"\0" * 5000])
def test_a_part_of_a_jpeg_is_refused(tmp_path: Path, progressive: bool, rest: bytes) -> None:
    whole = by_pillow("JPEG", Image.fromarray(picture(90, 120)), progressive=progressive)
    scan = whole.index(b"\xff\xda") + 14
    for kept in np.linspace(scan, len(whole) - 60, 20).astype(int):
        assert refused(tmp_path, whole[:kept] + rest) == "photo_truncated", kept


def test_a_progressive_jpeg_cut_between_two_scans_is_refused(tmp_path: Path) -> None:
    whole = by_pillow("JPEG", progressive=True)
    scans = [at for at in range(len(whole)) if whole[at : at + 2] == b"\xff\xda"]
    assert refused(tmp_path, whole[: scans[-1]]) == "photo_truncated"


def test_a_jpeg_of_twelve_bits_fills_sixteen(tmp_path: Path) -> None:
    deep = picture(bits=16) >> 4
    data = bytes(imagecodecs.jpeg8_encode(deep, bitspersample=12, level=99, subsampling="444"))
    photo = opened(tmp_path, data)
    assert (photo.bits, photo.file_format) == (16, "JPEG")
    assert np.abs(photo.pixels / 65535 - deep / 4095).mean() < 0.002
    assert refused(tmp_path, data[: len(data) // 2]) == "photo_truncated"
    assert opened(tmp_path, data[:-2]).remarks


@pytest.mark.parametrize("bits", [8, 16])
def test_a_lossless_jpeg_is_exact(tmp_path: Path, bits: int) -> None:
    grey = picture(channels=1, bits=bits)[..., 0]
    data = bytes(imagecodecs.jpeg8_encode(grey, lossless=True, bitspersample=bits))
    assert np.array_equal(opened(tmp_path, data).pixels[..., 0], grey)


# TIFF with a careless header


def tiff(array: NDArray[np.generic], changed: dict[int, int | None], **options: object) -> bytes:
    """A TIFF in which the tags have another first value, or are gone."""
    data = bytearray(by_tifffile(array, byteorder="<", metadata=None, **options))
    (at,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    entries = [bytes(data[place : place + 12]) for place in range(at + 2, at + 2 + 12 * count, 12)]
    kept = [entry for entry in entries if changed.get(entry[0] | entry[1] << 8, 0) is not None]
    table = b"".join(_with_value(data, entry, changed) for entry in kept)
    table += b"\0\0\0\0" + bytes(12 * (len(entries) - len(kept)))
    data[at : at + 2 + len(table)] = struct.pack("<H", len(kept)) + table
    return bytes(data)


def _with_value(data: bytearray, entry: bytes, changed: dict[int, int | None]) -> bytes:
    tag, kind, count, place = struct.unpack("<HHII", entry)
    value = changed.get(tag)
    if value is None:
        return entry
    code, size = ("<H", 2) if kind == 3 else ("<I", 4)
    value = min(value, 256**size - 1)
    if count * size <= 4:
        return entry[:8] + struct.pack(code, value).ljust(4, b"\0")
    struct.pack_into(code, data, place, value)
    return entry


CARELESS = {"zero": {279: 0}, "huge": {279: 1 << 25}, "absent": {279: None}}


@pytest.mark.parametrize("rows", [None, 7])
@pytest.mark.parametrize("compression", [None, "lzw", "zlib", "packbits"])
@pytest.mark.parametrize("fault", CARELESS)
def test_sizes_of_strips_that_cannot_be_are_mended(
    tmp_path: Path, fault: str, compression: str | None, rows: int | None
) -> None:
    options = {"photometric": "rgb", "compression": compression, "rowsperstrip": rows}
    data = tiff(picture(), CARELESS[fault], **options)
    assert np.array_equal(opened(tmp_path, data).pixels, picture())
    cut = data[:-40]  # tifffile puts pixels last
    assert refused(tmp_path, cut) == "photo_truncated"


def test_rows_per_strip_can_be_left_out(tmp_path: Path) -> None:
    data = tiff(picture(), {278: None, 279: None}, photometric="rgb")
    assert np.array_equal(opened(tmp_path, data).pixels, picture())


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_palettes_of_few_bits_are_looked_up(tmp_path: Path, bits: int) -> None:
    rng = np.random.default_rng(bits)
    index = rng.integers(0, 1 << bits, (20, 32)).astype(np.uint8)
    colours = rng.integers(0, 256, (3, 1 << bits))
    data = palette_tiff(index, colours, bits)
    photo = opened(tmp_path, data)
    assert np.array_equal(photo.pixels, np.moveaxis(colours[:, index], 0, -1))


# Several pictures in a file


@pytest.mark.parametrize("kind", [0, 1])
def test_the_photo_is_taken_and_not_its_preview(tmp_path: Path, kind: int) -> None:
    before, behind = tiff_pages((20, 30, kind), (80, 120, 0)), tiff_pages((80, 120, 0), (20, 30, kind))
    hanging = tiff_pages((20, 30, kind), below=(80, 120))
    for data, value in ((before, 1), (behind, 0), (hanging, 99)):
        photo = opened(tmp_path, data)
        assert (photo.height, photo.pixels.max(), photo.pages) == (80, value, 1)


def test_each_page_can_be_asked_for(tmp_path: Path) -> None:
    data = tiff_pages((20, 30, 1), (80, 120, 0), (70, 90, 0), (80, 120, 0))
    for page in (1, 2, 3):
        photo = opened(tmp_path, data, page)
        assert (photo.pixels.max(), photo.page, photo.pages) == (page, page, 3)
    assert opened(tmp_path, data).page == 1
    for page in (0, 4, -1):
        with pytest.raises(UserError, match="from 1 to 3"):
            opened(tmp_path, data, page)
    with pytest.raises(UserError, match="no page 2"):
        opened(tmp_path, by_pillow("JPEG"), 2)


def test_a_jpeg_of_two_lenses_has_two_photos_and_one_with_a_map_has_one(tmp_path: Path) -> None:
    assert opened(tmp_path, by_two_lenses(together=False)).pages == 1
    data = by_two_lenses()
    first, second = (opened(tmp_path, data, page) for page in (None, 2))
    assert (first.page, first.pages, second.page, second.pages) == (1, 2, 2, 2)
    assert np.abs(first.pixels.astype(int) - (255 - second.pixels.astype(int))).mean() < 8


def test_each_page_of_a_tiff_says_how_it_lies(tmp_path: Path) -> None:
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        writer.write(picture(), photometric="rgb", metadata=None)
        writer.write(picture(), photometric="rgb", metadata=None, extratags=[(274, "H", 1, 6, True)])
    assert np.array_equal(opened(tmp_path, file.getvalue(), 2).pixels, np.rot90(picture(), -1))
    assert np.array_equal(opened(tmp_path, file.getvalue(), 1).pixels, picture())


def test_the_tags_of_a_bigtiff_are_kept_like_those_of_any(tmp_path: Path) -> None:
    tags = [(271, "s", 0, "Maker", True), (315, "s", 0, "Anna", True), (33432, "s", 0, "Of Anna", True)]
    told = []
    for big in (False, True):
        data = by_tifffile(
            picture(), photometric="rgb", bigtiff=big, description="A day at sea", datetime=True,
            resolution=(1200, 600), resolutionunit="INCH", software="Scanner", metadata=None, extratags=tags,
        )  # fmt: skip
        photo = opened(tmp_path, data)
        assert photo.metadata.dpi == (1200, 600)
        told.append(
            {tag: entry.data for tag, entry in exif.parse(photo.metadata.exif or b"").main.entries.items()}
        )
    assert {*told[0]} == {*told[1]} >= {270, 271, 282, 283, 296, 305, 306, 315, 33432}
    assert {**told[0], 306: b""} == {**told[1], 306: b""}


# HEIC and AVIF


def test_a_heic_is_turned_once_whatever_its_exif_says(tmp_path: Path) -> None:
    data = by_libheif(picture(), exif=b"Exif\0\0" + exif_block(6))
    photo = opened(tmp_path, data)
    assert np.abs(photo.pixels.astype(int) - np.rot90(picture(), -1)).mean() < 4
    unturned = data.replace(b"irot\3", b"irot\0")
    assert unturned != data
    assert np.abs(opened(tmp_path, unturned).pixels.astype(int) - picture()).mean() < 4
    block = exif.parse(photo.metadata.exif or b"")
    assert block.orientation == 1
    assert block.main.entries[0x010F].data == b"Maker of cameras\0"


def test_a_heic_keeps_depth_transparency_and_what_it_says(tmp_path: Path) -> None:
    rgba = picture(channels=4)
    photo = opened(tmp_path, by_libheif(rgba, xmp=b"<x:xmpmeta/>"))
    assert photo.alpha is not None
    assert np.abs(photo.alpha.astype(int) - rgba[..., 3]).mean() < 4
    assert photo.metadata.xmp == b"<x:xmpmeta/>"
    deep = opened(tmp_path, by_libheif(np.full((40, 50, 3), 65535, np.uint16)))
    assert (deep.bits, deep.pixels.min()) == (16, 65535)  # 1023 of 1023
    assert opened(tmp_path, by_libheif(picture(channels=1)[..., 0])).pixels.shape == (40, 50, 1)


def test_of_several_pictures_in_a_heic_the_largest_is_taken(tmp_path: Path) -> None:
    small, large = np.full((32, 32, 3), 40, np.uint8), np.full((64, 80, 3), 200, np.uint8)
    photo = opened(tmp_path, by_libheif(small, large, primary_index=0))
    assert (photo.height, photo.page, photo.pages) == (64, 2, 2)
    assert opened(tmp_path, by_libheif(small, large), 1).height == 32


def test_a_heic_whose_parts_have_names_that_are_no_text_is_refused(tmp_path: Path) -> None:
    """At which its library ends the process."""
    data = by_libheif(picture(), exif=b"Exif\0\0" + exif_block())
    assert refused(tmp_path, data.replace(b"Exif\0", b"Ex\xbd\xfc\0", 1)) == "photo_truncated"


def test_a_heic_cut_short_is_refused(tmp_path: Path) -> None:
    data = by_libheif(picture())
    for kept in (60, 400, len(data) // 2, len(data) - 30):
        assert refused(tmp_path, data[:kept]) == "photo_truncated", kept


def as_srgb(photo: Photo) -> NDArray[np.uint8]:
    """What a screen shows that obeys profiles."""
    profile = ImageCms.ImageCmsProfile(io.BytesIO(photo.metadata.icc or srgb_profile()))
    shown = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
    return np.asarray(ImageCms.profileToProfile(Image.fromarray(photo.pixels), profile, shown, 1))


def test_colours_named_by_numbers_get_a_profile(tmp_path: Path) -> None:
    """Display P3 (0.7, 0.4, 0.3) is (0.753, 0.383, 0.265) in sRGB, by CSS Color 4."""
    flat = np.zeros((48, 48, 3), np.uint8) + np.array([178, 102, 76], np.uint8)
    photo = opened(tmp_path, by_libheif(flat, color_primaries=P3, transfer_characteristics=SRGB_CURVE))
    assert np.abs(photo.pixels.astype(int) - flat).max() <= 3
    assert np.abs(as_srgb(photo)[0, 0] - np.array([192, 98, 68])).max() <= 4
    assert opened(tmp_path, by_libheif(flat)).metadata.icc is None


@pytest.mark.parametrize(("curve", "paper_white"), [(PQ, 0.58), (HLG, 0.75)])
def test_hdr_is_toned_down_and_said(tmp_path: Path, curve: int, paper_white: float) -> None:
    ramp = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (64, 1))
    data = by_libheif(np.dstack([ramp] * 3), color_primaries=BT2020, transfer_characteristics=curve)
    photo = opened(tmp_path, data)
    row = photo.pixels[32, :, 1] / 65535
    assert "HDR" in str(photo.remarks[0])
    assert photo.metadata.icc is not None
    assert (np.diff(row) > -0.01).all()
    assert row[-1] > 0.97  # the brightest is white, and paper white is near it
    assert 0.82 < row[round(paper_white * 63)] < 0.93


def test_an_avif_of_ten_bits_keeps_them(tmp_path: Path) -> None:
    deep = picture(bits=16) >> 6
    data = bytes(imagecodecs.avif_encode(deep, level=100, bitspersample=10))
    photo = opened(tmp_path, data)
    assert photo.bits == 16
    assert np.abs(photo.pixels / 65535 - deep / 1023).mean() < 0.01


# JPEG XL


def jxl(*colours: int, orientation: int = 1) -> bytes:
    """A picture without loss, whose header states those colours, as values and bits in turn."""
    coded = bytes(imagecodecs.jpegxl_encode(picture(), lossless=True))
    plain = _jxl_header(((1, 1),))
    assert coded.startswith(plain)
    pairs = tuple(zip(colours[::2], colours[1::2], strict=True))
    return _jxl_header(pairs, orientation) + coded[len(plain) :]


def _jxl_header(colours: tuple[tuple[int, int], ...], orientation: int = 1) -> bytes:
    sides = ((1, 1), (4, 5), (6, 3))  # 5 times 8, as 4 to 5
    turned = ((1, 1), (orientation - 1, 3), (0, 3)) if orientation > 1 else ((0, 1),)
    fields = (*sides, (0, 1), *turned, (0, 3), (1, 1), (0, 3), *colours)
    fields += ((1, 1),) if orientation > 1 else ()  # tones as usual
    fields += ((0, 2), (1, 1))
    value = at = 0
    for number, size in fields:
        value, at = value | number << at, at + size
    return b"\xff\x0a" + value.to_bytes((at + 7) // 8, "little")


def test_a_jpeg_xl_means_its_colours_and_is_turned_once(tmp_path: Path) -> None:
    """Display P3 with the curve of sRGB; and a profile, which no library at hand gives."""

    def kind(number: int) -> list[int]:
        return [0, 2] if number == 0 else [1, 2] if number == 1 else [2, 2, number - 2, 4]

    p3 = [0, 1, 0, 1, *kind(0), *kind(1), *kind(11), 0, 1, *kind(13), *kind(0)]
    photo = opened(tmp_path, jxl(*p3))
    assert np.array_equal(photo.pixels, picture())
    assert "Display P3".encode("utf-16-be") in (photo.metadata.icc or b"")
    turned = opened(tmp_path, jxl(1, 1, orientation=6))
    assert np.array_equal(turned.pixels, np.rot90(picture(), -1)) and turned.metadata.icc is None
    assert refused(tmp_path, jxl(0, 1, 1, 1, *kind(0))) == "photo_unsupported"


def test_what_boxes_of_a_jpeg_xl_say_is_kept(tmp_path: Path) -> None:
    coded = imagecodecs.jpegxl_encode(picture(bits=16) >> 6, lossless=True, bitspersample=10)
    packed = b"xml " + bytes(imagecodecs.brotli_encode(XMP))
    photo = opened(tmp_path, in_jxl_boxes(coded, Exif=bytes(4) + exif_block(6), brob=packed))
    assert photo.bits == 16
    assert np.array_equal(photo.pixels, at_full_range(picture(bits=16) >> 6, 10))
    assert photo.metadata.xmp == XMP
    assert exif.parse(photo.metadata.exif or b"").orientation == 1
    jpeg = opened(tmp_path, bytes(imagecodecs.jpegxl_encode_jpeg(by_pillow("JPEG", quality=80))))
    assert jpeg.jpeg is not None and np.array_equal(jpeg.jpeg.luma, tables_for_quality(80).luma)


# Orientation in XMP

FORMS = {
    "attribute": '<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/>',
    "element": '<rdf:Description xmlns:t="http://ns.adobe.com/tiff/1.0/"><t:Orientation>6</t:Orientation>'
    "</rdf:Description>",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("stated", [None, 6])
def test_orientation_in_xmp_counts_once_and_is_then_upright(
    tmp_path: Path, form: str, stated: int | None
) -> None:
    packet = f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{FORMS[form]}</x:xmpmeta>'.encode()
    block = {} if stated is None else {"exif": b"Exif\0\0" + exif_block(stated)}
    photo = opened(tmp_path, png_chunks.insert_metadata(by_pillow("PNG", **block), _only_xmp(packet)))
    assert np.array_equal(photo.pixels, np.rot90(picture(), -1))
    assert xmp.orientation(photo.metadata.xmp or b"") == 1
    assert photo.metadata.xmp == packet.replace(b'"6"', b'"1"').replace(b">6<", b">1<")


def _only_xmp(packet: bytes) -> png_chunks.Metadata:
    return png_chunks.Metadata(xmp=packet)
