"""What else was in a file is in the result, in whatever format, or no program misses it."""

import io
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from daps_desktop.imaging.formats.metadata import exif, iptc, xmp
from daps_desktop.imaging.formats.metadata.cicp import grey_profile, rgb_profile
from daps_desktop.imaging.formats.metadata.icc import srgb_profile
from daps_desktop.imaging.formats.metadata.kept import KINDS
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import encode_photo, lost_in
from daps_desktop.imaging.photo import Metadata, Photo
from tests.imaging.photo_files import by_libheif, by_pillow, by_tifffile, exif_block, photo, picture

HEAD = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
TAIL = "</rdf:RDF></x:xmpmeta>"
RECORDS = b"\x1c\x02\x78\0\x05Hello\x1c\x02\x50\0\x04Anna"
RESOURCES = b"8BIM\x03\xed\0\0\0\0\0\x02ab8BIM\x04\x04\0\0" + struct.pack(">I", len(RECORDS)) + RECORDS


def opened(tmp_path: Path, data: bytes) -> Photo:
    path = tmp_path / "photo"
    path.write_bytes(data)
    return read_photo(path)


def saved(tmp_path: Path, source: Photo, ending: str) -> Photo:
    return opened(tmp_path, encode_photo(source, Path(f"x{ending}")))


def png(*chunks: tuple[bytes, bytes], grey: bool = False) -> bytes:
    data = by_pillow("PNG", Image.fromarray(picture()[..., 0] if grey else picture()))
    added = b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )
    return data[:33] + added + data[33:]


def test_texts_of_any_keyword_stay_in_a_png(tmp_path: Path) -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Title", "Summer")
    told.add_text("Where", "Zürich", zip=True)
    told.add_itxt("Who", "Анна")
    source = opened(tmp_path, by_pillow("PNG", pnginfo=told))
    texts = (("Title", "Summer"), ("Where", "Zürich"), ("Who", "Анна"))
    assert source.metadata.texts == texts
    assert saved(tmp_path, source, ".png").metadata.texts == texts


@pytest.mark.parametrize("ending", [".jpg", ".tif", ".webp"])
def test_texts_of_a_png_become_captions_elsewhere(tmp_path: Path, ending: str) -> None:
    source = Photo(picture(), metadata=Metadata(texts=(("Title", "Summer"), ("Comment", "Анна & Co"))))
    data = encode_photo(source, Path(f"x{ending}"))
    for words in ("Title: Summer", "Анна"):
        assert words.encode() in data
    if ending == ".jpg":
        assert opened(tmp_path, data).metadata.texts == (("Comment", "Title: Summer\nАнна & Co"),)


def test_the_comment_of_a_jpeg_stays(tmp_path: Path) -> None:
    source = opened(tmp_path, by_pillow("JPEG", comment="Grandma, 1931"))
    for ending in (".jpg", ".png"):
        assert saved(tmp_path, source, ending).metadata.texts == (("Comment", "Grandma, 1931"),)


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt"])
@pytest.mark.parametrize("name", [b"exif", b"APP1"])
def test_exif_in_a_text_of_hexadecimal_digits_is_exif(tmp_path: Path, kind: bytes, name: bytes) -> None:
    block = b"Exif\0\0" + exif_block(6)
    text = b"\n" + name + b"\n%8d\n" % len(block) + block.hex().encode() + b"\n"
    content = b"Raw profile type " + name + b"\0" + (text if kind == b"tEXt" else b"\0" + zlib.compress(text))
    source = opened(tmp_path, png((kind, content)))
    assert np.array_equal(source.pixels, np.rot90(picture(), -1))
    assert exif.parse(source.metadata.exif or b"").orientation == 1
    assert source.metadata.texts == ()


def test_captions_in_photoshops_block_are_found_wherever_it_stands(tmp_path: Path) -> None:
    text = b"Raw profile type 8bim\0\n8bim\n  %d\n" % len(RESOURCES) + RESOURCES.hex().encode()
    tags = [(34377, "B", len(RESOURCES), RESOURCES, True)]
    in_tiff = by_tifffile(picture(), photometric="rgb", metadata=None, extratags=tags)
    padded = RECORDS + b"\0" * (-len(RECORDS) % 4)
    longs = [(33723, "I", len(padded) // 4, struct.unpack(f"<{len(padded) // 4}I", padded), True)]
    as_longs = by_tifffile(picture(), photometric="rgb", metadata=None, extratags=longs, byteorder="<")
    for data in (png((b"tEXt", text)), in_tiff, as_longs):
        found = opened(tmp_path, data).metadata.iptc
        assert found is not None
        assert found.rstrip(b"\0") == RECORDS
        assert b"Hello" in (iptc.to_xmp(found) or b"")


def test_long_xmp_stays_whole_in_a_jpeg(tmp_path: Path) -> None:
    packet = (HEAD + f'<rdf:Description a:b="{"long " * 40_000}"/>' + TAIL).encode()
    source = Photo(picture(), metadata=Metadata(xmp=packet))
    found = saved(tmp_path, source, ".jpg").metadata.xmp or b""
    assert b"long " * 40_000 in found
    assert b"HasExtendedXMP" not in found
    assert found.count(b"<rdf:RDF") == found.count(b"</rdf:RDF>") == 1


def test_what_xmp_says_of_a_film_or_map_behind_the_photo_goes(tmp_path: Path) -> None:
    attributes = ' GCamera:MotionPhoto="1" GCamera:MotionPhotoVersion="1" hdrgm:Version="1.0" dc:format="x"'
    listed = "<Container:Directory><rdf:Seq><rdf:li/></rdf:Seq></Container:Directory>"
    element = "<HDRGainMap:HDRGainMapVersion>65536</HDRGainMap:HDRGainMapVersion>"
    packet = f"{HEAD}<rdf:Description{attributes}>{listed}{element}</rdf:Description>{TAIL}".encode()
    kept = f'{HEAD}<rdf:Description dc:format="x"></rdf:Description>{TAIL}'.encode()
    source = opened(tmp_path, by_pillow("JPEG", xmp=packet))
    assert source.metadata.xmp == kept and "behind the photo" in str(source.remarks)


def test_changing_a_hostile_packet_takes_no_time() -> None:
    for piece in (
        b"<Container:Directory",
        b"<rdf:RDF ",
        b' hdrgm:a="',
        b'xmlns:%d="http://ns.adobe.com/tiff/1.0/"',
    ):
        packet = b" ".join(piece.replace(b"%d", b"a%d" % k) for k in range(20_000))
        xmp.without_companions(xmp.without_orientation(xmp.joined(packet, packet)))


# Colours of PNG


def chunk_of_points(*points: float) -> tuple[bytes, bytes]:
    return b"cHRM", struct.pack(">8I", *(round(value * 100_000) for value in points))


SRGB_POINTS = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
P3_POINTS = (0.3127, 0.3290, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)


def test_a_png_that_states_its_colours_gets_a_profile_for_them(tmp_path: Path) -> None:
    gamma = b"gAMA", struct.pack(">I", 100_000)
    linear = opened(tmp_path, png(gamma, chunk_of_points(*P3_POINTS))).metadata.icc
    assert linear == rgb_profile(P3_POINTS[2:], P3_POINTS[:2], 1.0, "RGB")
    assert opened(tmp_path, png(gamma, grey=True)).metadata.icc == grey_profile(1.0)
    named = opened(tmp_path, png((b"cICP", bytes((12, 13, 0, 1))))).metadata.icc
    assert named == rgb_profile(P3_POINTS[2:], P3_POINTS[:2], None, "Display P3")
    assert "Display P3".encode("utf-16-be") in (named or b"")


def test_a_png_that_states_srgb_needs_no_profile(tmp_path: Path) -> None:
    gamma = b"gAMA", struct.pack(">I", 45_455)
    points = chunk_of_points(*SRGB_POINTS)
    wrong = b"gAMA", struct.pack(">I", 1)
    for chunks in ((gamma, points), (points,), ((b"sRGB", b"\0"), chunk_of_points(*P3_POINTS)), (wrong,)):
        assert opened(tmp_path, png(*chunks)).metadata.icc is None


def test_a_grey_photo_keeps_the_curve_of_its_rgb_profile(tmp_path: Path) -> None:
    linear = rgb_profile(SRGB_POINTS[2:], SRGB_POINTS[:2], 1.0, "RGB")
    grey = Photo(picture(channels=1), metadata=Metadata(icc=linear))
    icc = saved(tmp_path, grey, ".png").metadata.icc or b""
    assert icc[16:20] == b"GRAY"
    middle = np.full((1, 1), 128, np.uint8)
    shown = imagecodecs.cms_transform(
        middle, icc, srgb_profile(), colorspace="gray", outcolorspace="rgb", outdtype="u1"
    )
    assert abs(int(shown[0, 0, 1]) - 188) <= 1  # half of the light in sRGB


def test_nothing_is_added_where_nothing_was(tmp_path: Path) -> None:
    data = encode_photo(Photo(photo().pixels), Path("x.jpg"))
    with Image.open(io.BytesIO(data)) as image:
        assert not {"comment", "xmp", "exif", "icc_profile"} & {*image.info}


# The table of what is kept where

EXIF, PACKET = b"Exif\0\0" + exif_block(), f'{HEAD}<rdf:Description a:b="told"/>{TAIL}'.encode()
ALL = {"icc_profile": srgb_profile(), "exif": EXIF, "xmp": PACKET}
SOURCES = {
    "JPEG": lambda: by_pillow(
        "JPEG", **ALL, comment="Summer", extra=iptc.jpeg_segment(RECORDS), dpi=(300, 300)
    ),
    "PNG": lambda: encode_photo(
        Photo(picture(), metadata=Metadata(srgb_profile(), EXIF[6:], PACKET, (300, 300), RECORDS, SUMMER)),
        Path("x.png"),
    ),
    "TIFF": lambda: by_pillow(
        "TIFF",
        icc_profile=srgb_profile(),
        dpi=(300, 300),
        tiffinfo={700: PACKET, 33723: RECORDS, 33432: "Copyright of a photographer"},
    ),
    "WEBP": lambda: by_pillow("WEBP", **ALL),
    "AVIF": lambda: by_pillow("AVIF", **ALL),
    "HEIC": lambda: by_libheif(picture(), **ALL),
    "JPEG XL": lambda: bytes(
        imagecodecs.jpegxl_encode_jpeg(by_pillow("JPEG", **ALL))  # the only way to tell of a profile here
    ),
    "BMP": lambda: by_pillow("BMP", dpi=(300, 300)),
}
SUMMER = (("Comment", "Summer"),)


def told_by(metadata: Metadata) -> set[str]:
    """The kinds of the table that are somewhere in it, in whatever form."""
    captions = b"".join((metadata.iptc or b"", metadata.xmp or b"", metadata.exif or b""))
    found = {
        "colour profile": metadata.icc is not None,
        "EXIF": b"Copyright of a photographer" in (metadata.exif or b""),
        "XMP": b'a:b="told"' in (metadata.xmp or b""),
        "IPTC": b"Hello" in captions and b"Anna" in captions,
        "texts": "Summer" in str(metadata.texts) or b"Summer" in captions,
        "resolution": metadata.dpi == pytest.approx((300, 300), rel=1e-3),
    }
    return {kind for kind, is_there in found.items() if is_there}


@pytest.mark.parametrize("name", SOURCES)
def test_what_is_found_is_kept_as_the_table_says(tmp_path: Path, name: str) -> None:
    source = opened(tmp_path, SOURCES[name]())
    found = {kind.words for kind in KINDS if name in kind.found and kind.words != "infrared channel"}
    assert told_by(source.metadata) == found
    for ending in (".png", ".tif", ".jpg", ".webp"):
        assert lost_in(source, Path(f"x{ending}")) == ()
        assert told_by(saved(tmp_path, source, ending).metadata) == found


def test_what_a_format_has_no_place_for_is_named() -> None:
    """Too long for a JPEG, or no place left in XMP where it should go."""
    texts = (("Who", "Anna"),)
    torn = Photo(picture(), metadata=Metadata(xmp=b"<x/>", iptc=RECORDS, texts=texts))
    assert [lost_in(torn, Path(f"x{ending}")) for ending in (".jpg", ".png", ".tif")] == [()] * 3
    assert [str(loss).split(":")[-1] for loss in lost_in(torn, Path("x.webp"))] == [" IPTC.", " texts."]
    long = Photo(picture(), metadata=Metadata(exif=exif_block() + bytes(70_000), xmp=b"x" * 70_000))
    assert [str(loss).split(":")[-1] for loss in lost_in(long, Path("x.jpg"))] == [" XMP.", " EXIF."]
    assert lost_in(long, Path("x.tif")) == ()
    inks = Photo(picture(), metadata=Metadata(icc=srgb_profile()[:16] + b"CMYK" + srgb_profile()[20:]))
    assert ["colour profile" in str(loss) for loss in lost_in(inks, Path("x.png"))] == [True]


def test_a_long_comment_is_not_cut_and_two_captions_both_stay(tmp_path: Path) -> None:
    long = "Grandma " * 10_000
    source = Photo(picture(), metadata=Metadata(exif=described_block(), texts=(("Comment", long),)))
    for ending in (".jpg", ".tif", ".webp"):
        assert long.encode() in (saved(tmp_path, source, ending).metadata.xmp or b"")
    captioned = replace(source, metadata=Metadata(xmp=iptc.to_xmp(RECORDS), texts=SUMMER))
    packet = saved(tmp_path, captioned, ".webp").metadata.xmp or b""
    assert b">Hello<" in packet and b">Summer<" in packet


def described_block() -> bytes:
    block = Image.Exif()
    block[0x010E] = "A description"
    return block.tobytes().removeprefix(b"Exif\0\0")


def test_a_grey_photo_in_a_format_of_colours_keeps_its_curve(tmp_path: Path) -> None:
    grey = Photo(picture(channels=1), metadata=Metadata(icc=grey_profile(1.0)))
    icc = saved(tmp_path, grey, ".webp").metadata.icc or b""
    assert icc[16:20] == b"RGB "
    middle = np.full((1, 1, 3), 128, np.uint8)
    shown = imagecodecs.cms_transform(
        middle, icc, srgb_profile(), colorspace="rgb", outcolorspace="rgb", outdtype="u1"
    )
    assert np.abs(shown.astype(int) - 188).max() <= 1
