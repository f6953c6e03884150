"""Prints cut out of a scan: to the bit, upright, with all that the scan says, and never over a file."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from daps_desktop.album.splitting import cut_out, split
from daps_desktop.base.errors import UserError
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Metadata, Photo
from daps_desktop.imaging.profile.print_outline import PrintOutline


def straight(left: float, top: float, right: float, bottom: float, border: int = 0) -> PrintOutline:
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return PrintOutline(corners, (border, border, border, border))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_print_that_lies_straight_is_cut_out_to_the_bit(dtype: type, channels: int) -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, np.iinfo(dtype).max, (120, 160, channels), dtype=dtype)
    told = cut_out(Photo(pixels), straight(20, 30, 90, 100))
    assert np.array_equal(told.pixels, pixels[30:100, 20:90])
    without = cut_out(Photo(pixels), straight(20, 30, 90, 100, border=5), borders=False)
    assert np.array_equal(without.pixels, pixels[35:95, 25:85])


def test_a_print_that_lies_askew_is_turned_upright() -> None:
    scan = np.full((400, 500, 3), 10, np.uint8)
    corners = cv2.boxPoints(((250, 200), (220, 140), 12.0))
    cv2.fillConvexPoly(scan, np.int32(corners), (200, 150, 100), cv2.LINE_AA)
    order = [corners[i] for i in (1, 2, 3, 0)]
    a, b, c, d = ((float(x) + 0.5, float(y) + 0.5) for x, y in order)
    told = cut_out(Photo(scan), PrintOutline((a, b, c, d)))
    assert (told.height, told.width) == pytest.approx((140, 220), abs=2)
    inner = told.pixels[3:-3, 3:-3]
    assert np.abs(inner.astype(int) - (200, 150, 100)).max() <= 1
    assert told.pixels.min() > 60  # no lid along the sides


def test_an_outline_at_the_edge_of_the_scan_is_cut_inside_it() -> None:
    scan = Photo(np.zeros((300, 300, 3), np.uint8))
    leaning = PrintOutline(((0, 12), (200, 0), (212, 188), (12, 200)))
    assert cut_out(scan, leaning).width >= 180


def test_an_outline_of_nothing_is_refused_in_words() -> None:
    with pytest.raises(UserError) as refused:
        cut_out(Photo(np.zeros((100, 100, 3), np.uint8)), straight(10, 10, 13, 90))
    assert refused.value.code == "split_small"


def test_files_keep_what_the_scan_says_and_none_is_written_over(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 65535, (200, 300, 3), dtype=np.uint16)
    write_photo(
        Photo(pixels, metadata=Metadata(dpi=(600.0, 600.0), xmp=b"<x:xmpmeta/>")), tmp_path / "page.tif"
    )
    before = (tmp_path / "page.tif").read_bytes()
    scan = read_photo(tmp_path / "page.tif")
    outlines = [straight(0, 0, 140, 200), straight(150, 0, 300, 200)]
    assert scan.path is not None
    paths = split(scan, scan.path, outlines, tmp_path / "prints")
    assert [path.name for path in paths] == ["page-1.tif", "page-2.tif"]
    second = read_photo(paths[1])
    assert np.array_equal(second.pixels, pixels[:, 150:])
    assert second.metadata.dpi == (600.0, 600.0) and second.metadata.xmp == b"<x:xmpmeta/>"
    paths[0].unlink()
    kept = paths[1].read_bytes()
    with pytest.raises(UserError) as refused:
        split(scan, scan.path, outlines, tmp_path / "prints")
    assert refused.value.code == "save_exists"
    assert not paths[0].exists() and paths[1].read_bytes() == kept
    assert (tmp_path / "page.tif").read_bytes() == before
