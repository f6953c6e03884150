"""White = repair, whatever kind of picture the mask is."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from daps_desktop.base.errors import UserError
from daps_desktop.imaging.formats.mask_file import read_mask, write_mask
from daps_desktop.imaging.photo import Photo
from tests.imaging.photo_files import exif_block, photo

HOLE = np.zeros((40, 50), bool)
HOLE[5:12, 20:45] = True


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    write_mask(HOLE, tmp_path / "mask.png")
    assert np.array_equal(read_mask(tmp_path / "mask.png", photo()), HOLE)
    with pytest.raises(UserError, match="already exists"):
        write_mask(HOLE, tmp_path / "mask.png")
    write_mask(~HOLE, tmp_path / "mask.png", overwrite=True)
    assert np.array_equal(read_mask(tmp_path / "mask.png", photo()), ~HOLE)
    with pytest.raises(UserError, match="ending"):
        write_mask(HOLE, tmp_path / "mask.jpg")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_any_mode_will_do(tmp_path: Path, mode: str) -> None:
    grey = Image.fromarray(HOLE.astype(np.uint8) * 255)
    image = Image.fromarray(HOLE.astype(np.uint16) * 65535) if mode == "I;16" else grey.convert(mode)
    image.save(tmp_path / "mask.png")
    assert np.array_equal(read_mask(tmp_path / "mask.png", photo()), HOLE)


def test_half_is_the_border(tmp_path: Path) -> None:
    values = np.zeros((40, 50), np.uint8)
    values[:, 0], values[:, 1] = 127, 128
    for name, image in (("a", Image.fromarray(values)), ("b", Image.fromarray(np.dstack([values] * 3)))):
        image.save(tmp_path / f"{name}.png")
        mask = read_mask(tmp_path / f"{name}.png", photo())
        assert mask[:, 1].all()
        assert mask.sum() == 40


def test_white_paint_on_a_transparent_sheet(tmp_path: Path) -> None:
    sheet = np.full((40, 50, 4), 255, np.uint8)
    sheet[..., 3] = HOLE * 255
    Image.fromarray(sheet).save(tmp_path / "mask.png")
    assert np.array_equal(read_mask(tmp_path / "mask.png", photo()), HOLE)


PAINTS = {"red": (200, 10, 10), "black": (0, 0, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}


@pytest.mark.parametrize("colour", PAINTS)
def test_paint_of_any_colour_on_a_transparent_sheet(tmp_path: Path, colour: str) -> None:
    sheet = np.zeros((40, 50, 4), np.uint8)
    sheet[HOLE] = (*PAINTS[colour], 255)
    Image.fromarray(sheet).save(tmp_path / "mask.png")
    assert np.array_equal(read_mask(tmp_path / "mask.png", photo()), HOLE)


def test_two_colours_on_a_transparent_sheet(tmp_path: Path) -> None:
    sheet = np.zeros((40, 50, 4), np.uint8)
    sheet[HOLE] = (20, 0, 90, 255)
    sheet[:20][HOLE[:20]] = (255, 240, 0, 255)
    Image.fromarray(sheet).save(tmp_path / "mask.png")
    assert np.array_equal(read_mask(tmp_path / "mask.png", photo()), HOLE)


def test_black_and_white_with_transparent_parts(tmp_path: Path) -> None:
    sheet = np.zeros((40, 50, 4), np.uint8)
    sheet[HOLE] = 255
    sheet[:30, :, 3] = 255
    Image.fromarray(sheet).save(tmp_path / "mask.png")
    assert np.array_equal(read_mask(tmp_path / "mask.png", photo()), HOLE)


@pytest.mark.parametrize("colour", ["red", "blue", "white"])
def test_paint_of_any_colour_on_black(tmp_path: Path, colour: str) -> None:
    image = np.zeros((40, 50, 3), np.uint8)
    image[HOLE] = PAINTS[colour]
    Image.fromarray(image).save(tmp_path / "mask.png")
    assert np.array_equal(read_mask(tmp_path / "mask.png", photo()), HOLE)


@pytest.mark.parametrize("colour", ["red", "blue", "black"])
def test_black_means_repair_where_that_is_said(tmp_path: Path, colour: str) -> None:
    image = np.full((40, 50, 3), 255, np.uint8)
    image[HOLE] = PAINTS[colour]
    Image.fromarray(image).save(tmp_path / "mask.png")
    assert np.array_equal(read_mask(tmp_path / "mask.png", photo(), inverted=True), HOLE)


def test_a_mask_that_marks_most_of_the_photo_is_asked_about(tmp_path: Path) -> None:
    write_mask(~HOLE, tmp_path / "mask.png")
    with pytest.raises(UserError, match="--invert-mask") as caught:
        read_mask(tmp_path / "mask.png", photo(), inverted=None)
    assert caught.value.code == "mask_inverted"
    assert np.array_equal(read_mask(tmp_path / "mask.png", photo(), inverted=True), HOLE)
    assert np.array_equal(read_mask(tmp_path / "mask.png", photo(), inverted=False), ~HOLE)
    write_mask(HOLE, tmp_path / "plain.png")
    assert np.array_equal(read_mask(tmp_path / "plain.png", photo(), inverted=None), HOLE)
    half = np.arange(50) < np.full((40, 1), 25)
    write_mask(half, tmp_path / "half.png")
    assert np.array_equal(read_mask(tmp_path / "half.png", photo(), inverted=None), half)


def test_a_stroke_painted_faintly_beside_full_ones_is_not_dropped(tmp_path: Path) -> None:
    values = HOLE * np.uint8(255)
    values[30:34, 5:40] = 100  # 39 %
    Image.fromarray(values).save(tmp_path / "mask.png")
    mask = read_mask(tmp_path / "mask.png", photo())
    assert np.array_equal(mask, values > 0)
    values[32, 20] = 255  # one pixel of full paint, and what is around it is but a soft edge
    Image.fromarray(values).save(tmp_path / "mask.png")
    assert np.array_equal(read_mask(tmp_path / "mask.png", photo()), values > 127)


@pytest.mark.parametrize("quality", [20, 50, 90])
def test_edges_that_are_soft_or_ring_end_at_half(tmp_path: Path, quality: int) -> None:
    hard = np.kron(HOLE, np.ones((4, 4))) * 255
    soft = np.asarray(Image.fromarray(hard.astype(np.uint8)).filter(ImageFilter.GaussianBlur(3)))
    large = Photo(np.zeros((160, 200, 1), np.uint8))
    for values in (hard.astype(np.uint8), soft):
        Image.fromarray(values).save(tmp_path / "mask.jpg", quality=quality)
        wrong = read_mask(tmp_path / "mask.jpg", large) ^ (values > 127)
        assert wrong.mean() < 0.005


def test_a_mask_is_turned_by_its_own_exif(tmp_path: Path) -> None:
    on_its_side = Image.fromarray(np.rot90(HOLE, 1).astype(np.uint8) * 255)
    on_its_side.save(tmp_path / "mask.png", exif=b"Exif\0\0" + exif_block(6))
    assert np.array_equal(read_mask(tmp_path / "mask.png", photo()), HOLE)


def test_another_size_is_refused_with_both_sizes(tmp_path: Path) -> None:
    write_mask(HOLE.T, tmp_path / "mask.png")
    with pytest.raises(UserError, match="40 × 50 pixels but the photo is 50 × 40"):
        read_mask(tmp_path / "mask.png", photo())
