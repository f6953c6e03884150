"""Pictures of folders and archives are decoded as they are; what cannot be read is left out and counted."""

import shutil
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from daps_desktop.base.errors import UserError
from daps_desktop.training.data.photos import MAX_SIDE, decode_all, find_photos, sample_to_fit
from daps_desktop.training.loop import dataset as module
from daps_desktop.training.loop.dataset import load_data
from daps_desktop.training.loop.settings import RunSettings
from tests.fakes.full_disk import room_for
from tests.training.conftest import picture


def test_pixels_arrive_bit_for_bit_from_folder_and_archive(folder: Path, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "some.tar", "w") as archive:
        for name in ("03.png", "01.png"):
            archive.add(folder / name, f"inner/{name}")
    found = decode_all(find_photos([tmp_path / "some.tar", folder]), tmp_path)
    assert len(found) == 2 + 20
    for photo, seed in zip(found, (1, 3, 0), strict=False):
        assert np.array_equal(photo, picture(seed))
    assert [path.name for path in tmp_path.iterdir()] == ["some.tar"]


def test_avif_grey_and_large_pictures_come_as_rgb_of_modest_size(tmp_path: Path) -> None:
    Image.fromarray(picture(1)).save(tmp_path / "a.avif", quality=95)
    Image.fromarray(picture(2)[..., 0]).save(tmp_path / "b.png")
    Image.fromarray(np.full((300, 3000, 3), 77, np.uint8)).save(tmp_path / "c.jpg")
    avif, grey, large = decode_all(find_photos([tmp_path]), tmp_path)
    assert np.abs(avif.astype(float) - picture(1)).mean() < 3
    assert np.array_equal(grey, picture(2)[..., :1].repeat(3, axis=2))
    assert large.shape == (102, MAX_SIDE, 3)
    assert abs(large.astype(float) - 77).max() <= 1


def test_broken_and_small_pictures_are_left_out_and_counted(
    folder: Path, settings: RunSettings, tmp_path: Path
) -> None:
    mixed = Path(shutil.copytree(folder, tmp_path / "mixed"))
    whole = (mixed / "07.png").read_bytes()
    (mixed / "07.png").write_bytes(whole[: len(whole) // 2])
    (mixed / "08.png").write_text("not a picture")
    (mixed / "notes.txt").write_text("not a picture")
    Image.open(mixed / "09.png").resize((200, 120)).save(mixed / "tiny.png")
    Image.open(mixed / "09.png").resize((900, 300)).save(mixed / "sub.jpg")
    settings = replace(settings, photos=(str(mixed),))
    data = load_data(settings)
    assert (data.found, data.broken, data.small, data.crowded) == (22, 2, 1, 0)
    assert len(data.photos) + len(data.clean) == 19
    assert not any(np.array_equal(photo[4:260, 12:268], picture(0)[4:260, 12:268]) for photo in data.photos)
    (mixed / "00.png").rename(mixed / "zz.png")  # was held out, and is a stranger now
    again = load_data(replace(settings, held_out=data.held_out))
    assert len(again.clean) == len(data.clean) - 1 and len(again.photos) == len(data.photos) + 1


def test_the_disk_is_not_filled(
    settings: RunSettings, monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path: Path
) -> None:
    size = 264 * 280 * 3
    monkeypatch.setattr(module, "_MAX_BYTES", 5 * size)
    data = load_data(settings)
    assert (len(data.photos), data.crowded) == (5, 11)
    files = [(file, (264, 280)) for file in find_photos([folder])]
    assert sample_to_fit(files, 5 * size, 0) != sample_to_fit(files, 5 * size, 1)
    with room_for(3 * size), pytest.raises(UserError, match="file too large"):
        decode_all(find_photos([folder]), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["run"] and not list((tmp_path / "run").iterdir())


def test_nothing_to_learn_from_is_said(settings: RunSettings, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        load_data(replace(settings, photos=(str(tmp_path),)))
    assert caught.value.code == "photos_few"
    with pytest.raises(UserError) as caught:
        find_photos([tmp_path / "nowhere"])
    assert caught.value.code == "photo_missing"
