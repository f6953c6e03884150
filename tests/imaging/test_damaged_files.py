"""Whatever happens to a file, it is a photo or a sentence, quickly and with nothing on the standard error."""

import random
import time
from pathlib import Path

import pytest

from daps_desktop.base.errors import UserError
from daps_desktop.imaging.formats.reader import read_photo
from tests.imaging.photo_files import all_kinds

CASES = 24  # of each kind of damage, for each kind of file
SLOWEST_S = 5.0


@pytest.mark.parametrize("kind", all_kinds())
def test_damage_is_a_photo_or_a_sentence(
    tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(kind)
    path = tmp_path / "photo.jpg"
    for number in range(CASES):
        for damage in (cut_off, flipped_anywhere, flipped_in_front):
            path.write_bytes(damage(all_kinds_once[kind], rng))
            started = time.perf_counter()
            opens_or_says_why(path)
            assert time.perf_counter() - started < SLOWEST_S, (damage.__name__, number)
    assert capfd.readouterr() == ("", "")


all_kinds_once = all_kinds()


def opens_or_says_why(path: Path) -> None:
    try:
        photo = read_photo(path)
    except UserError as error:
        assert error.code.startswith("photo_")
    else:
        assert photo.pixels.shape[2] in (1, 3)


def cut_off(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def flipped_anywhere(data: bytes, rng: random.Random) -> bytes:
    return flipped(data, rng, len(data))


def flipped_in_front(data: bytes, rng: random.Random) -> bytes:
    return flipped(data, rng, min(len(data), 200))


def flipped(data: bytes, rng: random.Random, reach: int) -> bytes:
    damaged = bytearray(data)
    for _ in range(rng.choice((1, 1, 3, 10))):
        damaged[rng.randrange(reach)] = rng.randrange(256)
    return bytes(damaged)


@pytest.mark.parametrize("kind", [k for k in all_kinds() if not k.startswith(("tiff fax", "bmp"))])
def test_half_a_file_is_never_taken_for_a_whole_one(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "photo"
    data = all_kinds_once[kind]
    for share in (0.3, 0.5, 0.8):
        path.write_bytes(data[: int(share * len(data))])
        with pytest.raises(UserError) as caught:
            read_photo(path)
        assert caught.value.code == "photo_truncated"
