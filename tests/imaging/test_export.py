"""What leaves the program: at the size asked for, saying what it is to, under a name that takes nothing."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from daps_desktop.base.errors import UserError
from daps_desktop.imaging.before_after import before_after
from daps_desktop.imaging.export import (
    ENDINGS,
    POLICIES,
    ExportOptions,
    default_path,
    encode,
    prepared,
    resolve_conflict,
    save_fallback,
    sidecar_path,
    write,
)
from daps_desktop.imaging.formats.metadata import exif
from daps_desktop.imaging.formats.metadata.iptc import to_xmp
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import lost_in, write_photo
from daps_desktop.imaging.photo import Metadata, Photo
from daps_desktop.imaging.resize import resize, resize_pixels
from tests.imaging.photo_files import XMP, photo, picture

RDF = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
IPTC = b"\x1c\x02\x78\x00\x0bGrandmother"


def written(tmp_path: Path, options: ExportOptions, source: Photo | None = None) -> Photo:
    path = tmp_path / f"out{options.ending}"
    path.write_bytes(encode(source or photo(), options))
    return read_photo(path)


@pytest.mark.parametrize("name", ENDINGS)
def test_options_come_back_and_nonsense_is_refused(name: str) -> None:
    options = ExportOptions(name, 16, 80, 1200, 300.0, False, "overwrite", "split", False)
    assert ExportOptions.from_json(options.to_json()) == options
    for change in ({"quality": "high"}, {"policy": "hope"}, {"version": 2}, {"dpi": 0.1}, {"bits": True}):
        with pytest.raises(UserError):
            ExportOptions.from_json({**options.to_json(), **change})


@pytest.mark.parametrize("name", ["png", "tiff"])
@pytest.mark.parametrize("bits", [8, 16])
def test_what_is_not_resized_keeps_every_bit(tmp_path: Path, name: str, bits: int) -> None:
    read = written(tmp_path, ExportOptions(name, dpi=240), photo(bits=bits))
    np.testing.assert_array_equal(read.pixels, picture(bits=bits))
    assert read.metadata.dpi == pytest.approx((240, 240), rel=1e-3)


@pytest.mark.parametrize("name", ENDINGS)
def test_size_and_resolution_are_those_asked_for(tmp_path: Path, name: str) -> None:
    read = written(tmp_path, ExportOptions(name, longest_side=25, dpi=150))
    assert (read.width, read.height) == (25, 20)
    assert read.metadata.dpi == pytest.approx((150, 150), rel=1e-3)
    assert read.metadata.exif is not None
    block = exif.parse(read.metadata.exif)
    assert block.number((exif.EXIF_IFD, 0xA002)) == 25
    assert block.dpi == pytest.approx((150, 150), rel=1e-3)


def test_a_resolution_in_the_exif_is_changed_where_it_stands() -> None:
    block = exif.with_dpi(photo().metadata.exif, (72, 72))
    changed = exif.set_dpi(block, (300, 150))
    assert len(changed) == len(block)
    assert exif.parse(changed).dpi == (300, 150)


@pytest.mark.parametrize("name", ENDINGS)
def test_metadata_is_kept_or_left_out_but_the_profile_stays(tmp_path: Path, name: str) -> None:
    source = replace(photo(), metadata=replace(photo().metadata, iptc=IPTC))
    kept = written(tmp_path, ExportOptions(name), source).metadata
    assert kept.exif and kept.xmp and kept.icc == source.metadata.icc
    assert kept.iptc == (None if name == "webp" else IPTC)  # which has no place for it
    plain = written(tmp_path, ExportOptions(name, metadata=False, dpi=0), source)
    left = plain.metadata
    assert (left.xmp, left.iptc) == (None, None) and left.icc == source.metadata.icc
    said = exif.parse(left.exif).main.entries.keys() if left.exif else set()
    assert said <= set(exif.resolution("<", (1, 1)))


def test_iptc_is_read_by_another_program(tmp_path: Path) -> None:
    source = replace(photo(), metadata=Metadata(iptc=IPTC))
    write_photo(source, tmp_path / "a.jpg")
    with Image.open(tmp_path / "a.jpg") as image:
        assert image.info["photoshop"][0x0404] == IPTC


@pytest.mark.parametrize("name", ["png", "webp"])
def test_what_iptc_says_is_said_in_xmp_unless_that_speaks_of_it(tmp_path: Path, name: str) -> None:
    words = {120: ["Grandmother & “Rex”"], 25: ["family", "dog <old>"], 80: ["Ida"], 90: ["Köln"]}
    words |= {55: ["19310500"], 5: ["a" * 40_000]}
    records = b"".join(record(number, text) for number, texts in words.items() for text in texts)
    described = b"<dc:description>Granny</dc:description>"
    packet = XMP.replace(b"<rdf:RDF/>", b"<rdf:RDF>" + described + b"</rdf:RDF>")
    source = replace(photo(), metadata=Metadata(iptc=records, xmp=packet))
    found = written(tmp_path, ExportOptions(name), source).metadata.xmp or b""
    assert described in found and b"Grandmother" not in found
    root = ElementTree.fromstring(found.replace(described, b"").replace(b"<rdf:RDF>", RDF))
    told = {
        item.tag.partition("}")[2]: [entry.text for entry in item.iter() if (entry.text or "").strip()]
        for item in next(root.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description"))
    }
    same = {"subject": words[25], "creator": words[80], "City": words[90], "title": words[5]}
    assert told == same | {"DateCreated": ["1931-05"]}
    assert len(lost_in(source, Path(f"x.{name}"))) == (name == "webp")


def record(number: int, text: str) -> bytes:
    data = text.encode()
    size = len(data).to_bytes(2, "big") if len(data) < 32768 else b"\x80\x04" + len(data).to_bytes(4, "big")
    return b"\x1c\x02" + bytes([number]) + size + data


def test_iptc_of_old_programs_and_torn_iptc_are_read_as_far_as_they_go() -> None:
    assert "Großmutter".encode() in (to_xmp(b"\x1c\x02\x78\x00\x0aGro\xdfmutter") or b"")
    assert to_xmp(b"\x1c\x02\x78\x00\xffGrandmother") is None and to_xmp(b"") is None


def test_iptc_too_long_for_a_jpeg_is_left_out(tmp_path: Path) -> None:
    write_photo(replace(photo(), metadata=Metadata(iptc=b"\x1c" * 70_000)), tmp_path / "a.jpg")
    assert read_photo(tmp_path / "a.jpg").metadata.iptc is None


# Sizes


def test_light_is_averaged_and_not_the_values_of_the_file() -> None:
    black_and_white = np.zeros((40, 40, 3), np.uint8)
    black_and_white[:, ::2] = 255
    small = resize_pixels(black_and_white, 20, 20)
    assert (small == 188).all()  # half the light in sRGB


@pytest.mark.parametrize("size", [(1, 1), (7, 90), (31, 17), (97, 53), (150, 160)])
def test_a_flat_picture_stays_flat_at_any_size(size: tuple[int, int]) -> None:
    flat = np.full((97, 53, 3), 40_000, np.uint16)
    assert (resize_pixels(flat, *size) == 40_000).all()


def test_a_slope_stays_where_it_is() -> None:
    slope = np.repeat(np.linspace(0, 65535, 300).astype(np.uint16)[None, :, None], 20, axis=0)
    for width in (71, 150, 450):
        there = resize_pixels(slope, 20, width)[10, :, 0].astype(float)
        expected = np.interp((np.arange(width) + 0.5) * 300 / width - 0.5, np.arange(300), slope[0, :, 0])
        assert np.abs(there - expected)[5:-5].max() < 300  # of 65535: less than a pixel's step


def test_transparency_is_resized_too_and_the_same_size_is_the_same_photo() -> None:
    source = photo(alpha=True)
    smaller = resize(source, 20, 25)
    assert smaller.alpha is not None and smaller.alpha.shape == (20, 25)
    assert resize(source, source.height, source.width) is source


def test_a_picture_larger_than_the_program_opens_is_refused() -> None:
    with pytest.raises(UserError, match="megapixels"):
        prepared(Photo(picture(100, 100)), ExportOptions(longest_side=15_000))


# Before and after


@pytest.mark.parametrize("split", [False, True])
def test_before_and_after_stand_in_one_picture(split: bool) -> None:
    before, after = Photo(picture(40, 60)), Photo(255 - picture(40, 60))
    caption = np.zeros((12, 20), np.uint8)
    caption[4:8, 4:16] = 255
    pixels = before_after(before, after, (caption, caption), split=split).pixels
    assert pixels.shape == (52, 60 if split else 121, 3)
    middle = 30 if split else 60
    np.testing.assert_array_equal(pixels[:40, :middle], before.pixels[:, :middle])
    np.testing.assert_array_equal(pixels[:40, middle + 1 :], after.pixels[:, 31:] if split else after.pixels)
    assert (pixels[:40, middle] == 255).all()
    assert pixels[46, 10].max() < 100 and (pixels[46, 22:30] == 255).all()
    assert pixels[46, middle + 11].max() < 100


def test_before_and_after_differ_in_size_depth_and_colour() -> None:
    before, after = Photo(picture(20, 30, channels=1, bits=16)), Photo(picture(40, 60))
    caption = np.zeros((10, 200), np.uint8)  # wider than there is room for
    joined = before_after(before, after, (caption, caption), split=False)
    assert joined.pixels.shape == (50, 121, 3) and joined.bits == 8


# Names


def test_the_name_is_beside_the_original(tmp_path: Path) -> None:
    assert default_path(tmp_path / "aunt.jpeg", ".png") == tmp_path / "aunt_restored.png"
    assert sidecar_path(tmp_path / "aunt_restored.png").name == "aunt_restored.png.daps.json"


def test_policies_for_a_name_that_is_taken(tmp_path: Path) -> None:
    taken, original = tmp_path / "a.png", tmp_path / "o.png"
    taken.write_bytes(b"dear")
    original.write_bytes(b"dearest")
    assert resolve_conflict(taken, "unique", original) == tmp_path / "a_2.png"
    assert resolve_conflict(taken, "skip", original) is None
    assert resolve_conflict(taken, "overwrite", original) == taken
    with pytest.raises(UserError) as caught:
        resolve_conflict(taken, "ask", original)
    assert caught.value.code == "save_exists"
    for policy in ("unique", "overwrite"):
        assert resolve_conflict(original, policy, original) == tmp_path / "o_2.png"
    with pytest.raises(UserError) as caught:
        resolve_conflict(original, "ask", original)
    assert caught.value.code == "save_original"


@pytest.mark.parametrize("policy", POLICIES)
def test_a_name_too_long_for_the_disk_is_told_whatever_the_policy(tmp_path: Path, policy: str) -> None:
    path = tmp_path / f"{'x' * 300}.png"
    with pytest.raises(UserError) as caught:
        resolve_conflict(path, policy, None)
    assert caught.value.code == "save_failed"
    assert save_fallback(b"photo", path, caught.value) is caught.value


def test_the_original_is_not_replaced_even_where_files_may_be(tmp_path: Path) -> None:
    original = tmp_path / "o.png"
    original.write_bytes(b"dearest")
    with pytest.raises(UserError) as caught:
        write(b"new", original, overwrite=True, original=original)
    assert caught.value.code == "save_original"
    assert original.read_bytes() == b"dearest"
