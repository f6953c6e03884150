"""Pictures of folders and archives arrive in the buffer as they are; what cannot be read is left out."""

import tarfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from daps_desktop.core.errors import UserError
from daps_desktop.training import photos as module
from daps_desktop.training.photos import find_photos, load_photos
from tests.training.conftest import picture


def test_pixels_arrive_bit_for_bit_from_folder_and_archive(folder: Path, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "some.tar", "w") as archive:
        for name in ("03.png", "01.png"):
            archive.add(folder / name, f"inner/{name}")
    found = load_photos(find_photos([tmp_path / "some.tar", folder]), shortest=64)
    assert len(found) == 2 + 20
    for index, seed in enumerate((1, 3, 0)):
        assert np.array_equal(found.photo(index).numpy(), picture(seed))


def test_avif_grey_and_large_pictures_come_as_rgb_of_modest_size(tmp_path: Path) -> None:
    Image.fromarray(picture(1)).save(tmp_path / "a.avif", quality=95)
    Image.fromarray(picture(2)[..., 0]).save(tmp_path / "b.png")
    Image.fromarray(np.full((300, 3000, 3), 77, np.uint8)).save(tmp_path / "c.jpg")
    found = load_photos(find_photos([tmp_path]), shortest=64)
    avif, grey, large = (found.photo(i).numpy() for i in range(3))
    assert np.abs(avif.astype(float) - picture(1)).mean() < 3
    assert np.array_equal(grey, picture(2)[..., :1].repeat(3, axis=2))
    assert large.shape == (102, module.LONGEST_SIDE, 3)
    assert abs(large.astype(float) - 77).max() <= 1


def test_damaged_small_and_foreign_files_are_left_out(tmp_path: Path) -> None:
    good = picture(0)
    Image.fromarray(good).save(tmp_path / "good.png")
    whole = (tmp_path / "good.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "notes.jpg").write_text("not a picture")
    (tmp_path / "notes.txt").write_text("not a picture")
    Image.fromarray(good[:63]).save(tmp_path / "small.png")
    found = load_photos(find_photos([tmp_path]), shortest=64)
    assert len(found) == 1
    assert np.array_equal(found.photo(0).numpy(), good)


def test_memory_is_kept_to_by_taking_a_random_part(folder: Path) -> None:
    files = find_photos([folder])
    assert len(load_photos(files, 64, memory_mb=1)) == 2**20 // (264 * 280 * 3)
    first, second = (load_photos(files, 64, memory_mb=1, seed=s).pixels for s in (0, 1))
    assert not torch.equal(first, second)


def test_nothing_to_learn_from_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        load_photos(find_photos([tmp_path]), 64)
    assert caught.value.code == "photos_missing"
    with pytest.raises(UserError) as caught:
        find_photos([tmp_path / "nowhere"])
    assert caught.value.code == "photo_missing"
