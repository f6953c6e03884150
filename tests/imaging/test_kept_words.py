"""What else was in a file is in the result, in whatever format, or no program misses it."""

import io
import struct
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from daps_desktop.imaging.formats.metadata import exif, iptc, xmp
from daps_desktop.imaging.formats.metadata.cicp import grey_profile, rgb_profile
from daps_desktop.imaging.formats.metadata.icc import srgb_profile
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import encode_photo, lost_in
from daps_desktop.imaging.photo import Metadata, Photo
from tests.imaging.photo_files import by_pillow, by_tifffile, exif_block, photo, picture

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
    packet = f"{HEAD}<rdf:Description{attributes}>{listed}</rdf:Description>{TAIL}".encode()
    kept = f'{HEAD}<rdf:Description dc:format="x"></rdf:Description>{TAIL}'.encode()
    assert opened(tmp_path, by_pillow("JPEG", xmp=packet)).metadata.xmp == kept


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


def test_what_a_format_has_no_place_for_is_named() -> None:
    xmp_and_captions = Photo(
        picture(), metadata=Metadata(xmp=b"<x/>", iptc=RECORDS, texts=(("Who", "Anna"),))
    )
    assert lost_in(xmp_and_captions, Path("x.jpg")) == ()
    assert ["IPTC" in str(loss) for loss in lost_in(xmp_and_captions, Path("x.png"))] == [True]
    assert len(lost_in(xmp_and_captions, Path("x.webp"))) == 2
    long = Photo(picture(), metadata=Metadata(exif=exif_block() + bytes(70_000), xmp=b"x" * 70_000))
    assert ["EXIF" in str(loss) for loss in lost_in(long, Path("x.jpg"))] == [True, False]
    assert lost_in(long, Path("x.tif")) == ()
