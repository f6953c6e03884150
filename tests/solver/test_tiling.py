"""Tiles over a large picture: coverage, seams, memory, and what is left out."""

import itertools

import pytest
import torch
from torch import Tensor

from daps_desktop.base.errors import UserError
from daps_desktop.solver.denoisers.bias_corrected import gaussian
from daps_desktop.solver.denoisers.tiled import CONTEXT, TiledDenoiser, tile_boxes, tile_overlap
from daps_desktop.solver.device_errors import out_of_memory


class LocalAverage:
    """A denoiser whose estimate depends on a neighbourhood of a few pixels."""

    size_multiple = 8
    sigma_max = 100.0

    def __init__(self) -> None:
        self.sizes: list[torch.Size] = []

    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        assert x.shape[-1] % 8 == x.shape[-2] % 8 == 0
        self.sizes.append(x.shape)
        return gaussian(x, 2.0)


@pytest.mark.parametrize("tile", [64, 96, 384])
@pytest.mark.parametrize("length", [31, 32, 64, 65, 100, 353, 1000])
def test_parts_cover_the_side_evenly_and_fit_into_a_tile(length: int, tile: int) -> None:
    boxes = list(tile_boxes(length, 32, tile))
    rows = [rows for rows, _ in boxes]
    assert {i for part in rows for i in range(part.start, part.stop)} == set(range(length))
    assert {part.stop - part.start for part in rows} == {rows[0].stop}
    assert rows[0].stop + 2 * CONTEXT <= tile
    assert all(a.stop - b.start >= tile_overlap(tile) - 1 for a, b in itertools.pairwise(rows))
    assert sum(part.stop - part.start for part in rows) <= length + len(rows) * (tile_overlap(tile) + 1)


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("size", [(50, 70), (200, 131), (64, 300)])
def test_tiles_agree_with_the_whole(size: tuple[int, int], batch: int) -> None:
    x = torch.randn(1, 3, *size, generator=torch.Generator().manual_seed(0))
    tiled = TiledDenoiser(LocalAverage(), tile=64, batch=batch).denoise(x, 0.1)
    whole = gaussian(x, 2.0)
    inside = (..., slice(8, -8), slice(8, -8))
    assert (tiled - whole)[inside].abs().max() < 0.02
    assert tiled.shape == x.shape


def test_no_seam_on_a_smooth_sky() -> None:
    sky = torch.linspace(-0.5, 0.5, 300)[None, None, None, :].expand(1, 3, 200, 300).contiguous()
    tiled = TiledDenoiser(LocalAverage(), tile=64).denoise(sky, 0.1)
    steps = tiled[..., 8:-8, 8:-8].diff(dim=-1)
    assert steps.std() < 1e-4


def test_only_active_tiles_are_computed() -> None:
    x = torch.randn(1, 3, 256, 256, generator=torch.Generator().manual_seed(0))
    known = torch.full_like(x, 7.0)
    active = torch.zeros(1, 1, 256, 256, dtype=torch.bool)
    active[..., 12, 12] = True
    inner = LocalAverage()
    estimate = TiledDenoiser(inner, tile=64, active=active, known=known).denoise(x, 0.1)
    assert len(inner.sizes) == 1
    assert torch.equal(estimate[..., 40:, :], known[..., 40:, :])
    assert torch.allclose(estimate[..., 8:24, 8:24], gaussian(x, 2.0)[..., 8:24, 8:24], atol=0.02)


class LittleMemory(LocalAverage):
    """Runs out of memory above a number of pixels in one call."""

    def __init__(self, pixels: int) -> None:
        super().__init__()
        self.pixels = pixels

    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        if x.shape[0] * x.shape[-1] * x.shape[-2] > self.pixels:
            raise torch.OutOfMemoryError
        return super().denoise(x, sigma)


def test_running_out_of_memory_halves_the_batch_then_the_tile() -> None:
    x = torch.randn(1, 3, 300, 300, generator=torch.Generator().manual_seed(0))
    heard: list[tuple[int, int]] = []
    denoiser = TiledDenoiser(
        LittleMemory(64 * 64), tile=128, batch=4, on_shrink=lambda tile, batch: heard.append((tile, batch))
    )
    estimate = denoiser.denoise(x, 0.1)
    assert heard == [(128, 2), (128, 1), (64, 1)]
    assert (estimate - gaussian(x, 2.0))[..., 8:-8, 8:-8].abs().max() < 0.02


def test_the_smallest_tile_is_tried_from_any_size() -> None:
    heard: list[int] = []
    denoiser = TiledDenoiser(
        LittleMemory(64 * 64), tile=384, on_shrink=lambda tile, batch: heard.append(tile)
    )
    denoiser.denoise(torch.zeros(1, 3, 400, 400), 0.1)
    assert heard == [192, 96, 64]


def test_too_little_memory_for_the_smallest_tile_is_said_in_words() -> None:
    with pytest.raises(UserError, match="memory ran out"):
        TiledDenoiser(LittleMemory(100), tile=128).denoise(torch.zeros(1, 3, 200, 200), 0.1)


def test_the_allocator_of_this_processor_is_understood() -> None:
    with pytest.raises((RuntimeError, MemoryError)) as refused:
        torch.empty(2**58)
    assert out_of_memory(refused.value)


def test_other_errors_are_not_taken_for_a_lack_of_memory() -> None:
    class Wrong(LocalAverage):
        def denoise(self, x: Tensor, sigma: float) -> Tensor:
            raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes"):
        TiledDenoiser(Wrong(), tile=64).denoise(torch.zeros(1, 3, 64, 64), 0.1)


def test_a_check_can_end_the_run_between_tiles() -> None:
    seen: list[float] = []

    def check(share: float) -> None:
        seen.append(share)
        if share > 0.4:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        TiledDenoiser(LocalAverage(), tile=64, check=check).denoise(torch.zeros(1, 3, 200, 200), 0.1)
    assert seen[0] == 0 and seen == sorted(seen)
