"""Schedule, flow, bias, islands and conversions, each against what it must be."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from daps_desktop.imaging.mask import Mask
from daps_desktop.restoration.regions import CELL, MARGIN, context_boxes, mask_width
from daps_desktop.solver.denoisers.bias_corrected import BiasCorrectedDenoiser, gaussian
from daps_desktop.solver.denoisers.denoiser import synchronize
from daps_desktop.solver.operators.conjugate_gradient import dot
from daps_desktop.solver.samplers.ode import euler, rk4
from daps_desktop.solver.samplers.schedule import karras_sigmas
from daps_desktop.solver.tensors import to_pixels, to_tensor, to_thumbnail


def test_levels_fall_and_end_at_zero() -> None:
    levels = karras_sigmas(50, 100.0, 0.1, rho=-7)
    assert levels[0] == pytest.approx(100.0)
    assert levels[-1] == 0.0
    assert levels[-2] > 0.1
    assert all(a > b for a, b in itertools.pairwise(levels))
    assert sum(level <= 0.5 for level in levels[:-1]) == 16  # as published: 50 + 3 * 16 = 98 evaluations


class Shrinker:
    """The exact denoiser of N(0, 1/4) on every pixel: the flow from sigma to s scales x by a known factor."""

    size_multiple = 1
    sigma_max = 100.0

    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        return x * (0.25 / (0.25 + sigma**2))


@pytest.mark.parametrize("sigma", [0.1, 0.3, 0.5])
def test_rk4_follows_the_flow_and_euler_lags(sigma: float) -> None:
    x = torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    exact = x * ((0.25 + 0.01**2) / (0.25 + sigma**2)) ** 0.5
    error = (rk4(Shrinker(), x, sigma) - exact).abs().max()
    assert error < 5e-3 * exact.abs().max()
    assert error < (euler(Shrinker(), x, sigma, 5) - exact).abs().max()


def test_a_card_that_works_on_by_itself_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[str] = []
    monkeypatch.setattr(torch.mps, "synchronize", lambda: waited.append("mps"))
    monkeypatch.setattr(torch.cuda, "synchronize", waited.append)
    for device in ("cpu", "mps", "cuda"):
        with FakeTensorMode():
            synchronize(torch.empty(1, device=device))
    assert waited == ["mps", torch.device("cuda", 0)]


def test_products_are_exact_where_the_device_can_be() -> None:
    for device, exact in (("cpu", torch.float64), ("mps", torch.float32)):
        with FakeTensorMode():
            x = torch.empty(2, 3, 4, 4, device=device)
            assert dot(x, x).dtype is exact and dot(x, x).shape == (2, 1, 1, 1)


def test_gaussian_keeps_constants_and_its_own_width() -> None:
    assert torch.allclose(gaussian(torch.ones(1, 2, 9, 40), 8.0), torch.ones(1, 2, 9, 40), atol=1e-6)
    spike = torch.zeros(1, 1, 65, 65)
    spike[..., 32, 32] = 1
    spread = gaussian(spike, 4.0)[0, 0].sum(0)
    position = torch.arange(65) - 32
    assert (spread * position**2).sum().sqrt() == pytest.approx(4.0, rel=0.03)


holes = st.lists(
    st.tuples(st.integers(0, 299), st.integers(0, 399), st.integers(1, 40), st.integers(1, 40)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60)
@given(holes)
def test_islands_are_disjoint_and_give_every_hole_its_context(boxes: list[tuple[int, int, int, int]]) -> None:
    mask: Mask = np.zeros((300, 400), dtype=bool)
    for top, left, height, width in boxes:
        mask[top : top + height, left : left + width] = True
    covered = np.zeros(mask.shape, dtype=int)
    for rect in context_boxes(mask):
        assert not rect.empty
        covered[rect.slices] += 1
        inner = mask[rect.slices]
        rows, cols = np.flatnonzero(inner.any(1)), np.flatnonzero(inner.any(0))
        assert rows[0] >= MARGIN or rect.top == 0
        assert cols[0] >= MARGIN or rect.left == 0
        assert inner.shape[0] - rows[-1] > MARGIN or rect.bottom == 300
        assert inner.shape[1] - cols[-1] > MARGIN or rect.right == 400
    assert covered.max() == 1
    assert (covered[mask] == 1).all()


def test_no_hole_no_islands() -> None:
    assert context_boxes(np.zeros((50, 50), dtype=bool)) == []


def test_a_speck_on_a_large_photo_costs_a_small_island() -> None:
    mask = np.zeros((4000, 6000), dtype=bool)
    mask[2000:2004, 3000:3004] = True
    (rect,) = context_boxes(mask)
    assert rect.bottom - rect.top <= 128 + 2 * CELL
    assert rect.right - rect.left <= 128 + 2 * CELL


def test_hole_width_is_that_of_the_largest_disc() -> None:
    mask = np.zeros((100, 100), dtype=bool)
    assert mask_width(mask) == 0
    mask[10:14, :] = True
    assert 4 <= mask_width(mask) <= 5
    mask[40:80, 40:80] = True
    assert 40 <= mask_width(mask) <= 42


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
def test_pixels_survive_the_way_to_a_tensor_and_back(dtype: type, channels: int) -> None:
    white = np.iinfo(dtype).max
    pixels = np.random.default_rng(0).integers(0, white, (37, 23, channels), dtype=dtype, endpoint=True)
    pixels[0, 0], pixels[0, 1] = 0, white
    tensor = to_tensor(pixels)
    assert tensor.shape == (1, 3, 37, 23)
    assert tensor.min() == -1 and tensor.max() == 1
    assert np.array_equal(to_pixels(tensor, pixels.dtype, channels), pixels)


def test_values_outside_the_range_are_clipped_not_wrapped() -> None:
    x = torch.tensor([-3.0, 3.0]).view(1, 1, 1, 2).expand(1, 3, 1, 2)
    assert to_pixels(x, np.dtype(np.uint8), 3).ravel().tolist() == [0, 0, 0, 255, 255, 255]


def test_preview_is_the_average() -> None:
    x = torch.zeros(1, 3, 40, 40)
    x[..., :20] = 1.0
    small = to_thumbnail(x, 2, 4)
    assert small.shape == (2, 4, 3)
    assert small[0, :, 0].tolist() == [255, 255, 128, 128]


def test_a_thin_picture_is_smoothed_along_its_length_as_far_as_any_other() -> None:
    noise = torch.randn(1, 1, 3, 400, generator=torch.Generator().manual_seed(0))
    assert gaussian(noise, 8.0).std() < 0.25


class Tinting:
    """Returns the picture a little too bright, as a network with wrong local means does."""

    size_multiple = 1
    sigma_max = 100.0

    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        return x + 0.05


def test_a_tint_in_the_hole_is_taken_out_by_what_is_observed_around() -> None:
    image = gaussian(torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0)), 4.0)
    observed = torch.ones(1, 1, 64, 64)
    observed[..., 30:36, 8:56] = 0
    corrected = BiasCorrectedDenoiser(Tinting(), image, observed).denoise(image, 0.1)
    assert (corrected - image).abs().max() < 0.005
    nothing = BiasCorrectedDenoiser(Tinting(), image, torch.zeros(1, 1, 64, 64)).denoise(image, 0.1)
    assert torch.allclose(nothing, image + 0.05)
