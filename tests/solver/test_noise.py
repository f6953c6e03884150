"""Noise with a spectrum: the M-step against dense linear algebra, the path against the exact posterior."""

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from daps_desktop.imaging.profile.noise_model import NoiseModel
from daps_desktop.imaging.profile.spectral_peak import SpectralPeak
from daps_desktop.restoration.plan import noise_of
from daps_desktop.solver.operators import (
    Chain,
    Convolution,
    DownsamplingOperator,
    GaussianNoise,
    Identity,
    LinearOperator,
    MaskOperator,
    gaussian_kernel,
    random_mask,
)
from daps_desktop.solver.operators.noise import UNDER_PEAKS, path_levels
from daps_desktop.solver.problem import Problem
from daps_desktop.solver.samplers import dapspp
from daps_desktop.solver.tensors import GREY_LEVELS_PER_UNIT

SIDE, LARGE = 12, 48
PRIOR_STD = 0.3


def coarse(reach: int = 3, sigma: float = 0.2, width: float = 0.8) -> Tensor:
    """(2 reach + 1, 2 reach + 1): the autocovariance of white noise blurred by `width` pixels."""
    at = torch.arange(-reach, reach + 1, dtype=torch.float64)
    line = torch.exp(-at.square() / (4 * width**2))
    return sigma**2 * torch.outer(line, line)


def skewed() -> GaussianNoise:
    """Three colour axes of their own, coarse along the first, weak and fine along the others."""
    axes = torch.linalg.qr(torch.tensor([[1.0, 2, 3], [0, 1, 1], [1, 0, 1]], dtype=torch.float64))[0]
    fine = torch.zeros(7, 7, dtype=torch.float64)
    fine[3, 3] = 0.05**2
    lags = torch.stack([coarse(), fine, 4 * fine])
    return GaussianNoise(axes, lags, math.sqrt(float(lags[:, 3, 3].mean())))


def dotted(side: int = 64) -> GaussianNoise:
    """A screen and streaks along rows, over faint white noise."""
    white = GaussianNoise.white(0.02)
    peaks = (
        SpectralPeak(0.21, -0.12, (1 / 64, 1 / 64), (0.02, 0.01, 0.005)),
        SpectralPeak(0.0, 0.0, (0.6, 1 / side), (0.01, 0.01, 0.0)),
    )
    return replace(white, peaks=peaks)


def covariance(noise: GaussianNoise, height: int, width: int) -> Tensor:
    """Dense Sigma of a picture (3, h, w), by applying it to every unit vector."""
    units = torch.eye(3 * height * width, dtype=torch.float64).view(-1, 3, height, width)
    return noise.correlate(units).flatten(1)


def operators() -> list[tuple[str, LinearOperator]]:
    known = random_mask(SIDE, SIDE, 0.3, 1).double()
    return [
        ("mask", MaskOperator(known)),
        ("shrink", DownsamplingOperator(2, SIDE, SIDE)),
        ("blur and mask", Chain(blur(), MaskOperator(known))),
    ]


def blur(side: int = SIDE) -> Convolution:
    return Convolution(gaussian_kernel(0.7), side, side, dtype=torch.float64, iterations=60, tolerance=1e-9)


@pytest.mark.parametrize("name, A", operators(), ids=lambda value: value if isinstance(value, str) else "")
def test_the_step_solves_its_equation(name: str, A: LinearOperator) -> None:
    """A^T Sigma^-1 (A x - y) + (x - z) / r^2 = 0 on what is seen, Sigma inverted densely."""
    noise = skewed()
    A.tolerance, A.dual_iterations = 1e-10, 400
    torch.manual_seed(0)
    y = torch.randn(1, 3, SIDE, SIDE, dtype=torch.float64)
    z = torch.randn_like(A.adjoint(y))
    x = A.prox(z, y, noise, PRIOR_STD)
    seen = torch.ones(1, 1, SIDE, SIDE) if A.known_mask is None else A.known_mask
    kept = seen.expand(1, 3, SIDE, SIDE).flatten() > 0
    sigma = covariance(noise, SIDE, SIDE)[kept][:, kept]
    pull = torch.zeros(3 * SIDE * SIDE, dtype=torch.float64)
    pull[kept] = torch.linalg.solve(sigma, (A(x) - y).flatten()[kept])
    gradient = A.adjoint(pull.view(y.shape)) + (x - z) / PRIOR_STD**2
    scale = float((A.adjoint(pull.view(y.shape))).abs().max())
    assert float(gradient.abs().max()) < 0.02 * scale


def test_the_step_of_a_blur_solves_its_equation_away_from_the_border() -> None:
    noise, A = skewed(), blur(LARGE)
    torch.manual_seed(0)
    truth = torch.randn(1, 3, *A.domain_size(LARGE, LARGE), dtype=torch.float64)
    y, z = A(truth), truth + 0.1 * torch.randn_like(truth)
    x = A.prox(z, y, noise, PRIOR_STD)
    exact = Chain(blur(LARGE), MaskOperator(torch.ones(1, 1, LARGE, LARGE, dtype=torch.float64)))
    exact.tolerance, exact.dual_iterations = 1e-10, 400
    wanted = exact.prox(z, y, noise, PRIOR_STD)
    assert float((x - wanted)[..., 15:-15, 15:-15].abs().max()) < 0.05 * float((wanted - z).abs().max())


@pytest.mark.parametrize("A", [Identity(), blur(), DownsamplingOperator(2, SIDE, SIDE)])
def test_white_noise_given_as_a_spectrum_is_white_noise(A: LinearOperator) -> None:
    white = GaussianNoise.white(0.1)
    lags = torch.zeros(3, 5, 5, dtype=torch.float64)
    lags[:, 2, 2] = 0.01
    spectral = GaussianNoise(white.axes, lags, 0.1)
    assert white.is_white and not spectral.is_white
    torch.manual_seed(0)
    y = torch.randn(1, 3, SIDE, SIDE, dtype=torch.float64)
    z = torch.randn_like(A.adjoint(y))
    expected = A.prox(z, y, white, PRIOR_STD)
    torch.testing.assert_close(A.prox(z, y, spectral, PRIOR_STD), expected, atol=2e-3, rtol=0)


@pytest.mark.parametrize("size", [(64, 64), (96, 250), (30, 512)], ids=str)
def test_peaks_have_their_variance_on_a_grid_of_any_size(size: tuple[int, int]) -> None:
    """The mean of the whole spectrum is the variance; the half spectrum lacks the twins of its columns."""
    noise = dotted()
    S = noise.spectra(size, torch.zeros(1, dtype=torch.float64))
    twice = torch.full((size[1] // 2 + 1,), 2.0, dtype=torch.float64)
    twice[[0, -1]] = 1
    variance = (S * twice).sum((1, 2)) / (size[0] * size[1])
    wanted = torch.tensor([0.03, 0.02, 0.005], dtype=torch.float64) + 0.02**2
    torch.testing.assert_close(variance, wanted, rtol=0.02, atol=0)


def test_what_is_drawn_under_peaks_waves_as_they_say() -> None:
    """From pixel to pixel along a screen's wave and its own lines the covariance is that of the formula."""
    noise = replace(dotted(), peaks=dotted().peaks[:1])
    drawn = draw(noise, 128, 64)[:, 0].double()
    for down, right in ((0, 1), (3, 2), (8, -5)):
        seen = float((drawn * drawn.roll((-down, -right), (1, 2))).mean())
        width = math.exp(-2 * (math.pi / 64) ** 2 * (down**2 + right**2))
        assert seen == pytest.approx(
            0.02 * width * math.cos(2 * math.pi * (0.21 * down - 0.12 * right)), abs=2e-3
        )


def test_a_photo_less_its_peaks_keeps_everything_else() -> None:
    """Of two waves the one at the peak goes, and of the smooth rest next to nothing does."""
    y, x = (t.double() for t in torch.meshgrid(torch.arange(128), torch.arange(128), indexing="ij"))
    wave = 0.15 * torch.cos(2 * math.pi * (0.21 * y - 0.12 * x))
    lines = 0.1 * torch.randn(128, 1, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    kept = (
        0.5 * torch.sin(x / 30)
        + 0.3 * torch.cos(y / 40)
        + 0.1 * torch.cos(2 * math.pi * (0.21 * y + 0.12 * x))
    )
    left = dotted(512).without_peaks((kept + wave + lines).expand(1, 3, -1, -1))[0, 0] - kept
    inside = left[24:-24, 24:-24]
    assert float(inside.std()) < 0.25 * float((wave + lines).std())
    assert GaussianNoise.white(0.1).without_peaks(kept) is kept


def test_a_path_under_peaks_begins_high_however_faint_the_rest() -> None:
    levels = path_levels(dotted(), 4, 0.04)
    assert len(levels) == 4 and levels[0] == pytest.approx(UNDER_PEAKS) and levels[-1] == pytest.approx(0.02)
    whole = (0.02**2 + (0.03 + 0.02 + 0.005) / 3) ** 0.5
    assert replace(dotted(), rms=whole).smooth.rms == pytest.approx(0.02)


def test_a_spectrum_that_spans_less_takes_fewer_levels() -> None:
    """Neighbours in a row that correlate by a: from 1 - 2 a to 1 + 2 a, here a factor of two of the roots."""
    lags = torch.zeros(3, 3, 3, dtype=torch.float64)
    lags[:, 1] = 0.01 * torch.tensor([0.3, 1.0, 0.3], dtype=torch.float64)
    levels = path_levels(GaussianNoise(torch.eye(3, dtype=torch.float64), lags, 0.1), 4, 0.0)
    assert levels == pytest.approx((0.1 * 1.6**0.5, 0.1 * 0.4**0.5), rel=0.02)


def test_the_step_under_peaks_solves_its_equation() -> None:
    """In the middle, where the frame is far: (x - y) / S + (x - z) / r^2 = 0, frequency by frequency."""
    noise, side = dotted(), 96
    torch.manual_seed(0)
    truth = torch.zeros(1, 3, side, side, dtype=torch.float64)
    y = truth + draw(noise, side, 1).double()
    x = Identity().prox(truth, y, noise, 0.3)
    S = noise.spectra((side, side), truth)
    wanted = torch.fft.irfft2(torch.fft.rfft2(y) * 0.09 / (0.09 + S), (side, side))
    inside = (..., slice(32, -32), slice(32, -32))
    assert float((x - wanted)[inside].std()) < 0.15 * float(y[inside].std())
    assert float(x[inside].std()) < 0.5 * float(y[inside].std())


def test_what_is_let_in_is_no_louder_than_the_level() -> None:
    torch.manual_seed(0)
    side, level = 128, 0.1
    noise = GaussianNoise(torch.eye(3, dtype=torch.float64), coarse().expand(3, 7, 7), 0.2)
    drawn = draw(noise, side)
    spectrum = torch.fft.rfft2(noise.admit(drawn, level)).abs().square().mean((0, 1)) / side**2
    assert float(spectrum.mean()) < level**2
    assert float(spectrum.quantile(0.99)) < 2 * level**2  # the mean of 24 periodograms scatters by a fifth
    torch.testing.assert_close(noise.admit(drawn, 10.0), drawn, atol=1e-5, rtol=0)


def draw(noise: GaussianNoise, side: int, count: int = 8) -> Tensor:
    roots = noise.spectra((side, side), torch.zeros(1)).sqrt()
    return torch.fft.irfft2(torch.fft.rfft2(torch.randn(count, 3, side, side)) * roots, (side, side))


def test_levels_go_through_the_spectrum_and_white_noise_has_one() -> None:
    assert path_levels(GaussianNoise.white(0.1), 4, 0.04) == pytest.approx((0.1,))
    levels = path_levels(skewed(), 4, 0.04)
    assert len(levels) == 4 and list(levels) == sorted(levels, reverse=True)
    assert levels[0] == pytest.approx(skewed().extremes[1]) and levels[-1] == pytest.approx(0.05, rel=0.3)


class Exact:
    """E[x0 | x0 + sigma n] where x0 is white with std 0.5."""

    size_multiple, sigma_max = 1, math.inf

    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        return x * 0.25 / (0.25 + sigma**2)


def test_in_a_gaussian_world_the_path_comes_near_the_posterior_mean() -> None:
    """Its excess error is a small share of what the best white level leaves."""
    torch.manual_seed(0)
    side = 64
    noise = GaussianNoise(torch.eye(3, dtype=torch.float64), coarse(3, 0.3, 0.8).expand(3, 7, 7), 0.3)
    truth = 0.5 * torch.randn(8, 3, side, side)
    y = truth + draw(noise, side)
    best = error(noise.shrink(y, 0.5), truth)
    white = min(error(Exact().denoise(y, sigma), truth) for sigma in np.linspace(0.02, 0.6, 30))
    plan = dapspp.DapsPPConfig(0, 1, 0.1, rk4_below=0.0, final_sigmas=path_levels(noise, 6, 0.04))
    rng = torch.Generator().manual_seed(0)
    *_, last = dapspp.solve(Problem(Identity(), y, noise), Exact(), plan, y, rng)
    assert best < 0.8 * white
    assert error(last.x0_y, truth) < best + 0.5 * (white - best)


def error(x: Tensor, truth: Tensor) -> float:
    return float((x - truth).square().mean())


def test_grey_noise_in_three_channels_stays_along_the_grey_axis() -> None:
    model = NoiseModel.white(10, grey=True).of_channels()
    assert model.level == pytest.approx(10)
    noise = noise_of(model)
    assert not noise.is_white and noise.sigma == pytest.approx(3**0.5 * 10 / GREY_LEVELS_PER_UNIT)
    drawn = noise.draw(torch.zeros(1, 3, 64, 64), torch.Generator().manual_seed(0))
    assert float((drawn - drawn.mean(1, keepdim=True)).std()) < 0.15 * float(drawn.std())


def test_noise_of_a_grey_photo_counts_once() -> None:
    """Three equal channels are one measurement: the prior sees the whole of it along the grey axis."""
    grey, colour = noise_of(NoiseModel.white(10, grey=True)), noise_of(NoiseModel.white(10))
    assert grey.is_white and colour.is_white
    assert grey.sigma == pytest.approx(3**0.5 * colour.sigma)
    assert grey.rms == pytest.approx(colour.rms) == pytest.approx(10 / GREY_LEVELS_PER_UNIT)


def test_peaks_of_a_photo_reach_the_solver_whole() -> None:
    """In its units, three times as strong along the grey axis, and beside the level that is set by hand."""
    dots = SpectralPeak(0.2, 0.1, (0.01, 0.01), (3 * 8.0**2,))
    model = replace(NoiseModel.white(0.0, grey=True), peaks=(dots,))
    for level, by_hand in ((0.0, model), (10.0, model.at_level(10.0))):
        noise = noise_of(by_hand)
        assert noise.rms == pytest.approx(math.hypot(level, 8) / GREY_LEVELS_PER_UNIT)
        assert noise.peaks[0].powers == pytest.approx((3 * (8 / GREY_LEVELS_PER_UNIT) ** 2,) * 3)
        assert noise.scaled(2).peaks[0].powers[0] == pytest.approx(4 * noise.peaks[0].powers[0])
        assert noise.sigma > 0
    assert pickle.loads(pickle.dumps(model)) == model


@pytest.mark.parametrize(
    "wrong",
    [{"down": 0.6}, {"right": math.nan}, {"width": (0.0, 0.1)}, {"powers": (-1.0,)}, {"powers": (math.inf,)}],
)
def test_an_impossible_peak_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        replace(SpectralPeak(0.2, 0.1, (0.01, 0.01), (1.0,)), **wrong)
    with pytest.raises(ValueError):
        replace(NoiseModel.white(1.0), peaks=(SpectralPeak(0.2, 0.1, (0.01, 0.01), (1.0,)),))
