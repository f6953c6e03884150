"""The noise of a photo as the likelihood sees it: Gaussian, the same all over, with a spectrum."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from daps_desktop.imaging.profile.spectral_peak import SpectralPeak
from daps_desktop.solver.operators.fourier import fast_fft_size, irfft2, rfft2
from daps_desktop.solver.operators.padding import mirrored

FLOOR = 0.01  # [-1, 1] units: below this the rounding of the file would be taken for detail

NATURAL = 0.02  # the spectrum of photographs times the square of the frequency, [-1, 1] units squared
PEAK_REACH = 32  # pixels beyond the frame, mirrored, that filters for peaks look at
UNDER_PEAKS = 0.4  # the first level of a path under peaks, [-1, 1] units
NEARLY_WHITE = 1.6  # ratio of the largest to the smallest root of the spectrum


@dataclass(frozen=True, slots=True, eq=False)
class GaussianNoise:
    """n ~ N(0, Sigma): independent along three colour axes, stationary along each.

    `axes` (3, 3) has orthonormal rows; along row i the autocovariance is `lags[i]`, (2 L + 1, 2 L + 1) in
    [-1, 1] units squared, with the variance in its middle. `rms` is the std of one entry, which residuals are
    compared with. On grey photos all noise lies along the grey axis: there three equal channels count as one
    measurement, so that `lags` are three times the variance of a channel. `peaks`, in the same units, come on
    top of the spectrum.
    """

    axes: Tensor
    lags: Tensor
    rms: float
    peaks: tuple[SpectralPeak, ...] = ()

    @classmethod
    def white(cls, sigma: float) -> "GaussianNoise":
        """Independent in all channels and pixels, std `sigma` > 0 in [-1, 1] units."""
        exact = torch.float64
        return cls(torch.eye(3, dtype=exact), torch.full((3, 1, 1), sigma**2, dtype=exact), sigma)

    @property
    def is_white(self) -> bool:
        return not self.peaks and self.lags.shape[-1] == 1 and bool((self.lags == self.lags[0]).all())

    @property
    def sigma(self) -> float:
        """The std along the noisiest axis, peaks apart: white noise of it comes nearest."""
        middle = self.lags.shape[-1] // 2
        return float(self.lags[:, middle, middle].max()) ** 0.5

    @property
    def extremes(self) -> tuple[float, float]:
        """The least and the largest root of the spectrum, peaks apart: it lies between those white levels."""
        if self.is_white:
            return self.sigma, self.sigma
        grid = 4 * self.lags.shape[-1]
        spectra = self._smooth_spectra((grid, grid), range(3), self.lags)
        return float(spectra.min()) ** 0.5, float(spectra.max()) ** 0.5

    @property
    def smooth(self) -> "GaussianNoise":
        """The noise without peaks."""
        middle = self.lags.shape[-1] // 2
        rest = float(self.lags[:, middle, middle].sum())
        share = rest / (rest + sum(sum(peak.powers) for peak in self.peaks))
        return replace(self, peaks=(), rms=max(self.rms * share**0.5, FLOOR)) if self.peaks else self

    def scaled(self, factor: float) -> "GaussianNoise":
        """`factor` times as strong."""
        peaks = tuple(peak.scaled(factor) for peak in self.peaks)
        return GaussianNoise(self.axes, self.lags * factor**2, self.rms * factor, peaks)

    def admit(self, r: Tensor, sigma: float) -> Tensor:
        """F^-1 min(1, sigma / sqrt S) F r: a residual (B, 3, H, W), its noise cut to the level sigma.

        Where the noise is weaker than white noise of std sigma it stays as it is.
        """
        if self.is_white:
            return r * min(1.0, sigma / self.sigma)
        return self._along_axes(r, lambda S: (sigma / S.sqrt()).clamp(max=1))

    def shrink(self, r: Tensor, prior_std: float) -> Tensor:
        """F^-1 q / (q + S) F r with q = prior_std^2: how far directly observed values move to the photo."""
        if self.is_white:
            return r * data_weight(self.sigma, prior_std)
        return self._along_axes(r, lambda S: prior_std**2 / (prior_std**2 + S))

    def without_peaks(self, y: Tensor) -> Tensor:
        """y (B, 3, H, W) less the peaks: Wiener filter, the spectrum of photographs taken to fall as f^-2."""
        if not self.peaks:
            return y
        only = replace(self, lags=self.lags.new_zeros(3, 1, 1))

        def photograph(S: Tensor) -> Tensor:
            height, half = S.shape[-2:]
            square = np.add.outer(np.fft.fftfreq(height) ** 2, np.fft.rfftfreq(2 * half - 2) ** 2)
            square[0, 0] = 1e-12  # the mean stays
            natural = torch.as_tensor(NATURAL / square).to(S)
            return natural / (natural + S)

        return only._along_axes(y, photograph)

    def correlate(self, w: Tensor) -> Tensor:
        """Sigma w, (B, 3, H, W), zeros around."""
        if self.is_white:
            return w * self.sigma**2
        return self._along_axes(w, lambda S: S, mirror=False)

    def draw(self, like: Tensor, rng: torch.Generator) -> Tensor:
        """A sample of the noise, of the size of `like` (B, 3, H, W)."""
        white = torch.randn(like.shape, generator=rng, device=like.device, dtype=like.dtype)
        return self.sigma * white if self.is_white else self._along_axes(white, Tensor.sqrt)

    def spectra(self, grid: tuple[int, int], like: Tensor) -> Tensor:
        """S on the half spectrum of a grid, (3, h, w // 2 + 1), or its one value () where it is white."""
        return like.new_tensor(self.sigma**2) if self.is_white else self._spectra(grid, range(3), like)

    def rotate(self, x: Tensor) -> Tensor:
        """Colours (B, 3, H, W) along the axes."""
        return x if self.is_white else torch.einsum("kc,bchw->bkhw", self.axes.to(x), x)

    def rotate_back(self, x: Tensor) -> Tensor:
        return x if self.is_white else torch.einsum("kc,bkhw->bchw", self.axes.to(x), x)

    def _along_axes(self, x: Tensor, gain: Callable[[Tensor], Tensor], mirror: bool = True) -> Tensor:
        """Each axis filtered by a gain of its spectrum; plane by plane, as a large photo's take memory."""
        height, width = x.shape[-2:]
        around = PEAK_REACH if self.peaks else self.lags.shape[-1] - 1
        reach = around if mirror else 0
        extra = around + reach
        grid = fast_fft_size(height + extra), fast_fft_size(width + extra)
        rotated = self.rotate(x)
        if self.lags.shape[-1] == 1 and not self.peaks:
            return self.rotate_back(rotated * gain(self._spectra(grid, range(3), x)))
        for axis in range(3):
            plane = rotated[:, axis]
            if mirror:
                rows = mirrored(-reach, grid[0] - reach, height, x.device)
                cols = mirrored(-reach, grid[1] - reach, width, x.device)
                plane = plane.index_select(-2, rows).index_select(-1, cols)
            gains = gain(self._spectra(grid, range(axis, axis + 1), x)[0])
            filtered = irfft2(rfft2(plane, grid) * gains, grid)
            rotated[:, axis] = filtered[..., reach : reach + height, reach : reach + width]
        return self.rotate_back(rotated)

    def _spectra(self, grid: tuple[int, int], axes: range, like: Tensor) -> Tensor:
        """(n, h, w // 2 + 1) of some axes, or (n, 1, 1) where they are white."""
        smooth = self._smooth_spectra(grid, axes, like)
        if not self.peaks:
            return smooth
        down, right = (
            torch.as_tensor(np.concatenate(lines)).to(like)
            for lines in zip(*(peak.lines(*grid) for peak in self.peaks), strict=True)
        )
        powers = torch.tensor([peak.powers for peak in self.peaks]).repeat_interleave(2, 0).to(like)
        return smooth + torch.einsum("ki,kh,kw->ihw", powers[:, axes.start : axes.stop], down, right)

    def _smooth_spectra(self, grid: tuple[int, int], axes: range, like: Tensor) -> Tensor:
        """(n, h, w // 2 + 1) of some axes; not below the floor, as estimated lags may fall below zero."""
        side = self.lags.shape[-1]
        if side == 1:  # white along each axis: the same at all frequencies, (n, 1, 1)
            return self.lags[axes.start : axes.stop].to(like).clamp(min=FLOOR**2)
        placed = like.new_zeros(len(axes), *grid)
        placed[:, :side, :side] = self.lags[axes.start : axes.stop].to(like)
        placed = placed.roll((-(side // 2), -(side // 2)), dims=(-2, -1))
        return rfft2(placed, grid).real.clamp(min=FLOOR**2)


def data_weight(sigma_y: float, prior_std: float) -> float:
    """How far a directly observed value moves to the photo: prior_std^2 / (prior_std^2 + sigma_y^2)."""
    return prior_std**2 / (prior_std**2 + sigma_y**2)


def path_levels(noise: GaussianNoise, most: int, last: float) -> tuple[float, ...]:
    """Levels from the strongest of the noise's spectrum down to its weakest, or to `last` if that is higher.

    Under peaks they begin where a network smooths away what the peaks hide, however strong those are.
    Noise that is white, or as good as that, has one level, its own. `most` levels are taken where the
    spectrum spans a factor of five.
    """
    low, high = noise.extremes
    low = min(max(low, last), high)
    if noise.peaks:
        high = max(high, UNDER_PEAKS)
    elif high < NEARLY_WHITE * low:
        return (noise.sigma,)
    steps = max(1, round((most - 1) * min(1.0, math.log(high / low) / math.log(5))))
    return tuple(high * (low / high) ** (i / steps) for i in range(steps + 1))
