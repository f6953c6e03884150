"""What a scanner saw in infrared comes along from the file or beside it, and stays in a TIFF."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile

from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import encode_photo, lost_in
from daps_desktop.imaging.frame import Frame, apply
from daps_desktop.imaging.photo import Photo
from tests.imaging.photo_files import picture


def channel(dtype: str = "uint16") -> np.ndarray:
    height, width = picture().shape[:2]
    values = np.arange(height * width) % np.iinfo(dtype).max
    return values.reshape(height, width).astype(dtype)


def scan(path: Path, *extras: tuple[int, np.ndarray]) -> Path:
    """An RGB TIFF with more values a pixel, each of the kind that the file says."""
    pixels = picture().astype(np.uint16) * np.uint16(257)
    planes = np.concatenate([pixels, *(plane[..., None] for _, plane in extras)], axis=2)
    tifffile.imwrite(path, planes, photometric="rgb", extrasamples=[kind for kind, _ in extras])
    return path


def test_a_fourth_value_is_infrared_and_stays_in_a_tiff(tmp_path: Path) -> None:
    photo = read_photo(scan(tmp_path / "scan.tif", (0, channel())))
    assert photo.alpha is None and photo.infrared is not None and np.array_equal(photo.infrared, channel())
    again = tmp_path / "again.tif"
    again.write_bytes(encode_photo(photo, again))
    back = read_photo(again)
    assert np.array_equal(back.pixels, photo.pixels) and np.array_equal(back.infrared, photo.infrared)
    with tifffile.TiffFile(again) as file:
        assert file.pages[0].extrasamples == (0,) and np.array_equal(file.asarray()[..., 3], channel())
    assert lost_in(photo, again) == ()
    assert ["infrared" in str(loss) for loss in lost_in(photo, Path("x.png"))] == [True]


def test_transparency_is_not_taken_for_it(tmp_path: Path) -> None:
    opacity = np.full_like(channel(), 65535)
    photo = read_photo(scan(tmp_path / "a.tif", (2, opacity)))
    assert photo.infrared is None and photo.alpha is not None
    both = read_photo(scan(tmp_path / "b.tif", (2, opacity), (0, channel())))
    assert np.array_equal(both.alpha, opacity) and np.array_equal(both.infrared, channel())
    again = tmp_path / "c.tif"
    again.write_bytes(encode_photo(both, again))
    back = read_photo(again)
    assert np.array_equal(back.alpha, opacity) and np.array_equal(back.infrared, channel())


def test_it_goes_with_the_photo_that_is_turned_and_drops_off_one_of_another_size(tmp_path: Path) -> None:
    photo = read_photo(scan(tmp_path / "scan.tif", (0, channel())))
    turned = apply(photo, Frame(turns=1))
    assert np.array_equal(turned.infrared, np.rot90(channel(), -1))
    smaller = photo.with_pixels(photo.pixels[::2, ::2])
    assert smaller.infrared is None and photo.with_pixels(photo.pixels + 1).infrared is photo.infrared


@pytest.mark.parametrize("name", ["scan_ir.tif", "scan-IR.png", "scan.ir.tiff"])
def test_a_file_beside_is_used_and_has_no_place_in_the_result(tmp_path: Path, name: str) -> None:
    path = tmp_path / "scan.png"
    path.write_bytes(encode_photo(Photo(picture()), path))
    beside = tmp_path / name
    beside.write_bytes(encode_photo(Photo(channel("uint8")[..., None]), beside))
    photo = read_photo(path)
    assert photo.infrared_beside and np.array_equal(photo.infrared, channel("uint8"))
    target = tmp_path / "result.tif"
    target.write_bytes(encode_photo(photo, target))
    assert read_photo(target).infrared is None and lost_in(photo, Path("x.jpg")) == ()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (encode_photo(Photo(picture()[:10]), Path("x.png")), "photo has others"),
        (b"\x89PNG\r\n\x1a\nbroken", "scan_ir.png is not used"),
    ],
)
def test_one_that_does_not_fit_is_named_and_the_photo_opens(
    tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "scan.png"
    path.write_bytes(encode_photo(Photo(picture()), path))
    (tmp_path / "scan_ir.png").write_bytes(content)
    photo = read_photo(path)
    (remark,) = photo.remarks
    assert photo.infrared is None and told in str(remark) and replace(photo, remarks=()).remarks == ()
