"""Files made to do harm: refused soon, with a reason, in little memory, nothing written or waited for."""

import base64
import io
import json
import os
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from daps_desktop.album.album_file import read_album, revalidated, write_album
from daps_desktop.album.model import Album, AlbumItem
from daps_desktop.base.errors import UserError
from daps_desktop.base.serialization import load_json, to_jsonable
from daps_desktop.document.project import is_project, read_original, read_project, write_project
from daps_desktop.document.sidecar import dump_sidecar, make_provenance, read_recipe, read_sidecar
from daps_desktop.document.source import hash_file
from daps_desktop.document.version import Version
from daps_desktop.imaging.formats.limits import check_compression_ratio
from daps_desktop.imaging.formats.png_codec import encode_mask
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.recipe import Recipe
from tests.document.test_project import project_in, rebuilt
from tests.fuzz.limits import soon_and_in_little
from tests.imaging.photo_files import all_kinds, by_pillow, by_tifffile, picture

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pipes, devices and memory as Linux has them")


def refusal(read: Callable[[Path], object], path: Path) -> UserError:
    with soon_and_in_little(), pytest.raises(UserError) as caught:
        read(path)
    return caught.value


# Pictures that say they are large


def png_of(width: int, height: int) -> bytes:
    """A PNG of that size whose pixels are missing after the first kilobytes."""
    return _png(struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 0), bytes(1 << 20))


def bilevel_png(side: int) -> bytes:
    """A whole PNG of one bit a pixel, all black."""
    return _png(struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0), bytes((-(-side // 8) + 1) * side))


def _png(header: bytes, rows: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    data = zlib.compress(rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def saying(kind: str, side: int) -> bytes:
    """A small picture that says it has `side` pixels in either direction."""
    if kind == "png":
        return png_of(side, side)
    data = bytearray(all_kinds()[kind])
    if kind == "jpeg progressive":
        struct.pack_into(">HH", data, data.index(b"\xff\xc2") + 5, side, side)
    elif kind == "bmp":
        struct.pack_into("<ii", data, 18, side, side)
    elif kind == "webp lossless":
        struct.pack_into("<I", data, data.index(b"VP8L") + 9, side - 1 | (side - 1) << 14)
    else:
        for tag in (256, 257):
            at = data.index(struct.pack("<HH", tag, 4))
            struct.pack_into("<I", data, at + 8, side)
    return bytes(data)


@pytest.mark.parametrize("side", [13_000, 60_000])
@pytest.mark.parametrize("kind", ["png", "jpeg progressive", "bmp", "webp lossless", "tiff", "tiff lzw 16"])
def test_a_small_file_cannot_ask_for_much_memory(tmp_path: Path, kind: str, side: int) -> None:
    """13,000 lies within what is opened at all, but no honest file of a few kilobytes is so large."""
    path = tmp_path / "photo"
    path.write_bytes(saying(kind, min(side, 16_383) if kind == "webp lossless" else side))
    assert refusal(read_photo, path).code in ("photo_too_large", "photo_truncated", "photo_unsupported")


@pytest.mark.parametrize("kind", ["png", "jpeg progressive", "webp lossless", "bmp"])
def test_a_file_larger_than_any_photo_is_not_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "photo"
    path.write_bytes(all_kinds()[kind])
    os.truncate(path, 3 << 30)  # takes no room on the disk
    assert "3.2 GB" in str(refusal(read_photo, path))


def test_what_packs_tightest_is_still_honest(tmp_path: Path) -> None:
    """One colour, 200 MB of it: deflate makes 1032 bytes one, and no more."""
    check_compression_ratio(tmp_path, 200_000_000, 200_000_000 // 1032)
    with pytest.raises(UserError, match="too short"):
        check_compression_ratio(tmp_path, 200_000_000, 100_000)


def tiff_with(tag: int, value: int) -> bytes:
    data = bytearray(by_tifffile(picture(), photometric="rgb", byteorder="<", compression="zlib"))
    at = next(at for at in range(8, len(data)) if data[at : at + 2] == struct.pack("<H", tag))
    struct.pack_into("<I", data, at + 8, value)
    return bytes(data)


def test_a_tiff_without_rows_or_without_most_of_its_strips_is_no_photo(tmp_path: Path) -> None:
    for data in (tiff_with(257, 0), tiff_with(256, 0), tiff_with(257, 40_000)):
        (tmp_path / "photo").write_bytes(data)
        assert refusal(read_photo, tmp_path / "photo").code == "photo_truncated"


@pytest.mark.parametrize("at", [24, 25, 26, 27, 28])
def test_a_png_that_its_decoder_warns_of_says_nothing_beside(
    tmp_path: Path, at: int, capfd: pytest.CaptureFixture[str]
) -> None:
    data = bytearray(all_kinds()["png"])
    data[at] = 99
    data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    (tmp_path / "photo").write_bytes(data)
    with pytest.raises(UserError):
        read_photo(tmp_path / "photo")
    assert capfd.readouterr() == ("", "")


# Projects


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / "own").mkdir()
    write_project(project_in(tmp_path / "own"), tmp_path / "own" / "work.daps", embed=True)
    return tmp_path / "own" / "work.daps"


@pytest.mark.parametrize(
    "name", ["../../evil.png", "/tmp/daps-evil.png", "photo.png/../../evil.png", "..\\evil.png"]
)
def test_no_name_in_a_project_leads_outside(
    tmp_path: Path, work: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither as the photo, nor as a part that no one asks for."""
    scratch = tmp_path / "a" / "b" / "scratch"
    scratch.mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    with zipfile.ZipFile(work) as archive:
        told = json.loads(archive.read("manifest.json"))
        photo = archive.read(told["embedded"])
    other = rebuilt(work, tmp_path / "other.daps", manifest=json.dumps({**told, "embedded": name}).encode())
    with zipfile.ZipFile(other, "a") as archive:
        archive.writestr(name, photo)
    with zipfile.ZipFile(work, "a") as archive:
        archive.writestr(name, b"x")
    before = sorted(tmp_path.rglob("*"))
    assert refusal(read_project, other).code == "project_damaged"
    assert not read_original(other, tmp_path / "copy")
    read_project(work)
    assert sorted(tmp_path.rglob("*")) == before
    assert not Path("/tmp/daps-evil.png").exists()


def test_a_link_in_a_project_is_not_followed(tmp_path: Path, work: Path) -> None:
    (tmp_path / "secret.txt").write_text("Dear diary")
    with zipfile.ZipFile(work) as archive:
        told = json.loads(archive.read("manifest.json"))
    told["source"]["sha256"] = ""
    other = rebuilt(work, tmp_path / "other.daps", photo=None, manifest=json.dumps(told).encode())
    link = zipfile.ZipInfo(told["embedded"])
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(other, "a") as archive:
        archive.writestr(link, str(tmp_path / "secret.txt"))
    assert refusal(read_project, other).code == "project_damaged"


def test_a_photo_inside_that_lies_about_its_size_is_refused(tmp_path: Path, work: Path) -> None:
    with zipfile.ZipFile(work) as archive:
        told = json.loads(archive.read("manifest.json"))
    told["source"]["sha256"] = ""
    manifest = json.dumps(told).encode()
    photos = {
        "huge": png_of(60_000, 60_000),
        "large": png_of(13_000, 13_000),
        "other": by_pillow("PNG", Image.new("L", (8, 8))),
    }
    for name, photo in photos.items():
        other = rebuilt(work, tmp_path / f"{name}.daps", photo=photo, manifest=manifest)
        assert refusal(read_project, other).code == "project_damaged"
    wide = rebuilt(work, tmp_path / "wide.daps", hole=encode_mask(np.zeros((41, 56), dtype=bool)))
    assert "size of the photo" in str(refusal(read_project, wide))


def test_pictures_that_unfold_together_are_refused(tmp_path: Path, work: Path) -> None:
    """A zip in place of the photo, and parts that are packed."""
    nested = io.BytesIO()
    with zipfile.ZipFile(nested, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("photo.tif", bytes(8 << 20))
    inside = rebuilt(work, tmp_path / "inside.daps", photo=nested.getvalue())
    assert refusal(read_project, inside).code == "project_damaged"
    packed = tmp_path / "packed.daps"
    with zipfile.ZipFile(work) as old, zipfile.ZipFile(packed, "w") as new:
        for info in old.infolist():
            way = zipfile.ZIP_STORED if info.filename == "manifest.json" else zipfile.ZIP_DEFLATED
            new.writestr(info.filename, old.read(info), way)
    assert "not stored" in str(refusal(read_project, packed))


def test_a_mask_beside_a_result_is_no_larger_than_any_photo(tmp_path: Path) -> None:
    photo = Photo(picture(8, 8))
    version = Version(1, photo, Recipe(), np.zeros((8, 8), bool), None)
    told = json.loads(dump_sidecar(make_provenance(photo, version)))
    told["photo"] |= {"height": 20_000, "width": 20_000}
    told["mask"]["png"] = base64.b64encode(bilevel_png(20_000)).decode()
    (tmp_path / "x.json").write_text(json.dumps(told))
    assert refusal(read_sidecar, tmp_path / "x.json").code == "sidecar_unreadable"


# What never ends


@pytest.mark.parametrize(
    "read", [read_project, read_photo, read_recipe, read_sidecar, read_album, is_project]
)
def test_pipes_and_devices_are_not_waited_for(tmp_path: Path, read: Callable[[Path], object]) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        if read is is_project:
            assert not is_project(path)
        else:
            refusal(read, path)


def test_an_album_that_leads_to_a_device_is_read(tmp_path: Path) -> None:
    rows = (
        AlbumItem("/dev/zero", "done", str(tmp_path / "a.png"), "00", "11"),
        AlbumItem(str(tmp_path / "a\0b"), "done", "/dev/zero", "00", "11"),
        AlbumItem("\ud800", "saving", "\ud800", "00", "11"),
    )
    write_album(Album(rows=rows), tmp_path / "album.json")
    with soon_and_in_little():
        album = revalidated(read_album(tmp_path / "album.json"))
    assert [row.state for row in album.rows] == ["waiting"] * 3
    with pytest.raises(OSError, match="ordinary"):
        hash_file(Path("/dev/zero"))


@pytest.mark.parametrize(
    ("piece", "times"), [(b"[],", 3_000_000), (b'{"a":', 300_000), (b"{},", 2_000_001), (b"[", 300_000)]
)
def test_json_without_end_is_refused(tmp_path: Path, piece: bytes, times: int) -> None:
    text = b"[" + piece * times
    (tmp_path / "x.json").write_bytes(text)
    for read in (read_recipe, read_sidecar, read_album):
        refusal(read, tmp_path / "x.json")


def test_an_album_of_a_hundred_thousand_photos_is_not_too_much() -> None:
    row = json.dumps(to_jsonable(AlbumItem("/x.jpg", "done", "/y.jpg"))).encode()
    told = load_json(b"[" + b",".join([row] * 100_000) + b"]")
    assert isinstance(told, list)
