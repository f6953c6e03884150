"""EXIF blocks keep what they say, but for the orientation and the thumbnail."""

import io
import random
from dataclasses import replace

import pytest
from PIL import Image

from daps_desktop.imaging.formats.metadata import exif, ifd
from tests.imaging.photo_files import exif_block


def with_thumbnail(order: str) -> bytes:
    """A block with maker's notes in the middle and a thumbnail behind."""
    parsed = exif.parse(exif_block(8))
    if order == "<":
        image = Image.Exif()
        image.load(b"Exif\0\0" + exif_block(8))
        image.endian = "<"
        parsed = exif.parse(image.tobytes().removeprefix(b"Exif\0\0"))
    parsed.main.children[ifd.EXIF_IFD].entries[0x927C] = ifd.IfdEntry(7, b"notes of the maker")
    block = bytearray(exif.pack(parsed))
    at, picture = len(block), b"\xff\xd8a small picture of before\xff\xd9"
    small = ifd.Ifd({0x0201: ifd.pack_longs(order, [at + 30]), 0x0202: ifd.pack_longs(order, [len(picture)])})
    next_at = exif.parse(bytes(block)).main.next_at
    block[next_at : next_at + 4] = at.to_bytes(4, "little" if order == "<" else "big")
    return bytes(block + ifd.pack_directory(small, order, at) + picture)


@pytest.mark.parametrize("order", ["<", ">"])
def test_upright_changes_the_orientation_and_drops_the_thumbnail_only(order: str) -> None:
    block = with_thumbnail(order)
    upright = exif.without_orientation(exif.PREFIX + block)
    assert exif.stated_orientation(exif.PREFIX + block) == 8
    assert upright is not None
    assert b"picture of before" not in upright
    assert exif.parse(upright).orientation == 1
    assert upright.index(b"notes of the maker") == block.index(b"notes of the maker")
    changed = sum(a != b for a, b in zip(upright, block, strict=False))
    assert changed <= 5  # one number, and the pointer to the thumbnail


def test_packed_blocks_say_the_same_to_others() -> None:
    for order in "<>":
        parsed = exif.parse(with_thumbnail(order))
        tags = Image.Exif()
        tags.load(exif.PREFIX + exif.pack(parsed))
        assert tags[0x8298] == "Copyright of a photographer"
        assert tags.get_ifd(ifd.EXIF_IFD)[0x9003] == "1999:12:31 23:59:59"
        assert tags.get_ifd(ifd.GPS_IFD)[2] == (48.0, 51.0, 30.0)


def test_resolution_is_added_where_there_is_none() -> None:
    assert exif.parse(exif.with_dpi(None, (300.0, 72.5))).dpi == (300.0, 72.5)
    grown = exif.parse(exif.with_dpi(exif_block(), (300.0, 300.0)))
    assert grown.dpi == (300.0, 300.0)
    assert grown.main.entries[0x8298].data.startswith(b"Copyright")
    centimetres = exif.parse(exif.with_dpi(None, (100.0, 100.0)))
    centimetres.main.entries[exif.RESOLUTION_UNIT] = ifd.pack_short("<", 3)
    assert centimetres.dpi == (254.0, 254.0)


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_orientation_that_means_nothing_is_upright(value: int) -> None:
    parsed = exif.parse(exif_block())
    parsed.main.entries[exif.ORIENTATION] = ifd.pack_short(parsed.order, value)
    assert exif.stated_orientation(exif.pack(parsed)) is None


def test_blocks_that_are_none_are_dropped() -> None:
    for block in (b"", b"II", b"no block at all", b"II*\0\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff"):
        assert exif.without_orientation(block) is None
        assert exif.stated_orientation(block) is None


def test_a_block_that_points_into_itself_ends() -> None:
    block = bytearray(exif_block())
    parsed = exif.parse(bytes(block))
    loop = replace(ifd.pack_longs(parsed.order, [8]))
    nested = ifd.Ifd({0x8769: loop}, {})
    assert exif.parse(exif.pack(exif.Exif(parsed.order, nested))).main.children


def test_damaged_blocks_never_raise_more_than_value_error() -> None:
    rng = random.Random(3)
    for order in "<>":
        block = with_thumbnail(order)
        for _ in range(300):
            damaged = bytearray(block)
            for _ in range(rng.choice((1, 2, 8))):
                damaged[rng.randrange(len(damaged))] = rng.randrange(256)
            cut = bytes(damaged[: rng.randrange(8, len(damaged) + 1)])
            upright = exif.without_orientation(cut)
            assert exif.stated_orientation(cut) in (None, *range(1, 9))
            if upright is not None:
                exif.with_size(upright, 40, 50)
                exif.pack(exif.parse(upright))


def test_pillow_finds_the_orientation_where_we_do() -> None:
    with Image.open(io.BytesIO(_jpeg(with_thumbnail(">")))) as image:
        assert image.getexif()[exif.ORIENTATION] == exif.parse(with_thumbnail(">")).orientation == 8


def _jpeg(block: bytes) -> bytes:
    file = io.BytesIO()
    Image.new("L", (8, 8)).save(file, "JPEG", exif=exif.PREFIX + block)
    return file.getvalue()
