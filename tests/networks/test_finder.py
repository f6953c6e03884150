"""The damage finder that ships with the program: unaltered, the same on every runtime and in every tile."""

import shutil
import tracemalloc
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
import pytest
import torch

from daps_desktop.base.errors import UserError
from daps_desktop.base.paths import resource
from daps_desktop.imaging.photo import Pixels
from daps_desktop.networks import catalogue, finder, loader
from daps_desktop.networks.card import CARD, FINDER, WEIGHTS, read_card, verify
from daps_desktop.networks.finder import DamageFinder
from daps_desktop.networks.runtime.choice import AGREEMENT, candidates
from tests.engine.playing import scratched

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def photo() -> Pixels:
    return scratched(240)[0][:200, :300]


def test_its_card_tells_what_it_is() -> None:
    card = catalogue.damage_finder()
    assert card.details["role"] == FINDER and verify(card) and card.licence == "Apache-2.0"
    for name in ("README.md", "CREDITS.csv"):
        assert (card.folder / name).is_file()
    told = (card.folder / "README.md").read_text(encoding="utf-8")
    assert card.sha256 in told and "FilmDamageSimulator" in told


def test_it_is_no_prior_and_a_prior_is_no_finder() -> None:
    with pytest.raises(UserError, match="no denoiser"):
        read_card(resource("finder"))
    assert FINDER not in {card.name for card in catalogue.installed()}


def test_all_runtimes_find_the_same(photo: Pixels) -> None:
    card = catalogue.damage_finder()
    plain, *others = (
        DamageFinder(runtime.load(card), card.size_multiple).probabilities(photo)
        for runtime in candidates(card, CPU)
    )
    for other in others:
        off = (other.astype(float) - plain) / 255
        assert np.sqrt((off**2).mean()) < AGREEMENT


def test_tiles_are_not_to_be_seen(photo: Pixels, monkeypatch: pytest.MonkeyPatch) -> None:
    found = loader.open_finder("cpu")
    whole = found.probabilities(photo)
    monkeypatch.setattr(finder, "_TILE", 192)
    shares: list[float] = []
    tiled = found.probabilities(photo, shares.append)
    assert len(shares) == 12 + 4 and shares == sorted(shares) and shares[0] == 0 and shares[-1] < 1
    assert ((tiled >= 128) != (whole >= 128)).mean() < 0.001


class Idle:
    """A network that finds nothing, at once."""

    device, dtype, memory_mb, name = CPU, torch.float32, 0.0, "idle"
    versions: ClassVar[dict[str, str]] = {}

    def __call__(self, x: torch.Tensor, level: torch.Tensor) -> torch.Tensor:
        return x[:, :1] * 0 - 9


def test_what_either_look_finds_counts(photo: Pixels, monkeypatch: pytest.MonkeyPatch) -> None:
    found = loader.open_finder("cpu")
    both = found.probabilities(photo)
    monkeypatch.setattr(finder, "_SCALES", (1,))
    alone = found.probabilities(photo)
    small = cv2.resize(photo, (150, 100), interpolation=cv2.INTER_AREA)
    half = found.probabilities(np.asarray(small, np.uint8))
    assert np.array_equal(both, np.maximum(alone, cv2.resize(half, (300, 200))))
    assert (both > alone).any() and (alone == both).any()


def test_a_scan_without_detail_is_looked_at_as_if_it_were_smaller(photo: Pixels) -> None:
    found = loader.open_finder("cpu")
    large = photo.repeat(2, 0).repeat(2, 1)
    small = found.probabilities(photo)
    seen = found.probabilities(large, finest=2)
    enlarged = cv2.resize(small, (600, 400))  # in one step, not in two
    assert np.abs(seen.astype(int) - enlarged).mean() < 1
    assert small.max() > 200


def test_a_large_scan_takes_few_bytes_a_pixel() -> None:
    scan = np.zeros((4000, 5000, 1), np.uint8)
    tracemalloc.start()
    found = DamageFinder(Idle(), 8).probabilities(scan)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.shape == scan.shape[:2] and not found.any() and most < 2.7 * scan.size


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 2000, 1), (2000, 3, 3), (7, 9, 1)])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_nothing_is_damaged_where_there_is_nothing(shape: tuple[int, int, int], kind: type) -> None:
    found = loader.open_finder("cpu").probabilities(np.zeros(shape, kind))
    assert found.shape == shape[:2] and found.dtype == np.uint8 and found.max() < 128


def test_depth_makes_no_difference(photo: Pixels) -> None:
    found = loader.open_finder("cpu")
    deep = photo.astype(np.uint16) * np.uint16(257)
    off = np.abs(found.probabilities(deep).astype(int) - found.probabilities(photo))
    assert off.max() <= 8  # shrunk, 8 bits are rounded
    grey = np.rint(photo.mean(axis=2, keepdims=True)).astype(np.uint8)
    assert np.array_equal(found.probabilities(grey), found.probabilities(grey.repeat(3, axis=2)))


@pytest.mark.parametrize("name", [CARD, WEIGHTS, ""])
@pytest.mark.parametrize("altered", [True, False], ids=["altered", "missing"])
def test_one_that_is_not_as_it_came_is_not_used(
    name: str, altered: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "finder"
    if name:
        shutil.copytree(resource("finder"), copy)
        if altered:
            (copy / name).write_bytes((copy / name).read_bytes()[:-9])
        else:
            (copy / name).unlink()
    monkeypatch.setattr(catalogue, "resource", lambda _: copy)
    with pytest.raises(UserError) as refused:
        loader.open_finder("cpu")
    assert refused.value.code == "finder_damaged"
