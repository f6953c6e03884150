"""White = repair, whatever kind of picture the mask is."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from daps_desktop.base.errors import UserError
from daps_desktop.imaging.formats.mask_file import read_mask, write_mask
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


def test_a_mask_is_turned_by_its_own_exif(tmp_path: Path) -> None:
    on_its_side = Image.fromarray(np.rot90(HOLE, 1).astype(np.uint8) * 255)
    on_its_side.save(tmp_path / "mask.png", exif=b"Exif\0\0" + exif_block(6))
    assert np.array_equal(read_mask(tmp_path / "mask.png", photo()), HOLE)


def test_another_size_is_refused_with_both_sizes(tmp_path: Path) -> None:
    write_mask(HOLE.T, tmp_path / "mask.png")
    with pytest.raises(UserError, match="40 × 50 pixels but the photo is 50 × 40"):
        read_mask(tmp_path / "mask.png", photo())
