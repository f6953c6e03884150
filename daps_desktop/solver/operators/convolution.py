"""Blur: convolution with any kernel, the world outside the frame unknown."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, Phrase, phrase
from daps_desktop.solver.operators.base import LinearOperator
from daps_desktop.solver.operators.conjugate_gradient import conjugate_gradient
from daps_desktop.solver.operators.fourier import fast_fft_size, irfft2, rfft2
from daps_desktop.solver.operators.noise import GaussianNoise

MAX_KERNEL = 255  # pixels a side
TOLERANCE = 0.01  # of what is sought outside the frame; inside, the error is a tenth of that or less
BATCH_PIXELS = 2**20  # planes are transformed together up to this size, one by one above: memory


class Convolution(LinearOperator):
    """A x = the valid part of kernel * x; x has an unknown border of the kernel's radius.

    By FFT on a grid F at least as large as x. The wrap-around of the FFT reaches only entries outside the
    valid part, so A = V C with C circulant and V the choice of the valid entries.

    Proximal step, exact in the limit: with Q = C^T C + c I, c = (sigma / prior_std)^2, N = I - V^T V (the
    entries of C x that no one has seen) and R = y - A z,
        (Q - C^T N C) d = C^T V^T R,  x = z + d.
    Had we seen g = V^T R + u, where u = N C d, everywhere, the answer would be d = Q^-1 C^T g, two FFTs.
    So only u has to be found, from (I - N G N) u = N G V^T R with G = C Q^-1 C^T: conjugate gradients on the
    unseen frame alone, two FFTs a step. Noise with a spectrum S makes c a function of frequency,
    S / prior_std^2, and this exact but for what the noise of frame and picture share: near the border.
    """

    def __init__(
        self,
        kernel: Tensor,
        height: int,
        width: int,
        *,
        iterations: int = 3,
        tolerance: float = TOLERANCE,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """kernel: (k, l), sum 1, its centre in the middle; height, width: of the blurred photo, in pixels."""
        self.iterations = iterations
        self.tolerance = tolerance
        self.pad = max((side // 2 for side in kernel.shape), default=0)
        self._size = height, width
        self._latent = self.domain_size(height, width)
        self._grid = fast_fft_size(self._latent[0]), fast_fft_size(self._latent[1])
        spectrum = rfft2(_centred_at_origin(kernel.double().cpu(), self._grid), self._grid)
        self.norm = float(spectrum.abs().max())
        self._spectrum = spectrum.to(device=device, dtype=dtype.to_complex())

    def __call__(self, x: Tensor) -> Tensor:
        return self._filter(x, self._spectrum)[..., *self._valid]

    def adjoint(self, r: Tensor) -> Tensor:
        return self._filter(self._framed(r), self._spectrum.conj())[..., : self._latent[0], : self._latent[1]]

    @torch.no_grad()
    def prox(self, z: Tensor, y: Tensor, noise: GaussianNoise, prior_std: float) -> Tensor:
        ratios = noise.spectra(self._grid, z) / prior_std**2
        ratios = ratios.expand(len(z), *ratios.shape).flatten(0, 1) if ratios.ndim else ratios
        together = max(1, BATCH_PIXELS // math.prod(self._grid))
        planes_z, planes_y = (noise.rotate(t).reshape(-1, *t.shape[-2:]) for t in (z, y))
        steps = [
            self._step(planes_z[part], planes_y[part], ratios[part] if ratios.ndim else ratios)
            for part in (slice(i, i + together) for i in range(0, len(planes_z), together))
        ]
        return z + noise.rotate_back(torch.cat(steps).view(z.shape))

    def _step(self, z: Tensor, y: Tensor, ratio: Tensor) -> Tensor:
        """x - z for planes (P, H, W); `ratio` is S / prior_std^2, one for all or one of each plane."""
        power = self._spectrum.abs().square()
        smooth = power / (power + ratio)  # the spectrum of G
        seen = self._framed(y - self(z))
        right = self._unseen(self._filter(seen, smooth))
        border = conjugate_gradient(
            lambda u: u - self._unseen(self._filter(u, smooth)), right, self.iterations, self.tolerance
        )
        sharpen = self._spectrum.conj() / (power + ratio)
        return self._filter(seen + border, sharpen)[..., : self._latent[0], : self._latent[1]]

    @property
    def _valid(self) -> tuple[slice, slice]:
        height, width = self._size
        return slice(self.pad, self.pad + height), slice(self.pad, self.pad + width)

    def _filter(self, x: Tensor, spectrum: Tensor) -> Tensor:
        """Circular filter on the grid; x is continued by zeros up to its size."""
        return irfft2(rfft2(x, self._grid) * spectrum, self._grid)

    def _framed(self, r: Tensor) -> Tensor:
        """V^T r: valid entries in their place on the grid, zeros around."""
        framed = r.new_zeros(*r.shape[:-2], *self._grid)
        framed[..., *self._valid] = r
        return framed

    def _unseen(self, u: Tensor) -> Tensor:
        """N u, in place."""
        u[..., *self._valid] = 0
        return u


def _centred_at_origin(kernel: Tensor, grid: tuple[int, int]) -> Tensor:
    placed = kernel.new_zeros(grid)
    placed[: kernel.shape[0], : kernel.shape[1]] = kernel
    return placed.roll((-(kernel.shape[0] // 2), -(kernel.shape[1] // 2)), dims=(0, 1))


def gaussian_kernel(sigma: float) -> Tensor:
    """(k, k) float64, sum 1: a Gaussian of `sigma` pixels, truncated at 4 sigma."""
    radius = max(1, int(4 * sigma + 0.5))
    offsets = torch.arange(-radius, radius + 1, dtype=torch.float64)
    taps = torch.exp(-0.5 * (offsets / sigma) ** 2)
    taps = taps / taps.sum()
    return torch.outer(taps, taps)


def motion_kernel(length: float, angle: float) -> Tensor:
    """(k, k) float64, sum 1: an antialiased line `length` pixels long, `angle` degrees anticlockwise."""
    radius = math.ceil((length + 1) / 2)
    offsets = torch.arange(-radius, radius + 1, dtype=torch.float64)
    right, up = offsets[None, :], -offsets[:, None]
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    along, across = right * cos + up * sin, up * cos - right * sin
    line = (length / 2 + 0.5 - along.abs()).clamp(0, 1) * (1 - across.abs()).clamp(0, 1)
    return line / line.sum()


def kernel_from_image(image: NDArray[np.generic], path: str = "") -> Tensor:
    """(k, k) float64, sum 1, k odd: a picture of the blur, white on black, its centre of mass in the middle.

    picture: (H, W) or (H, W, C), any values not below 0. Raises: UserError("kernel_file").
    """
    grey = np.asarray(image, dtype=np.float64)
    grey = grey.mean(axis=2) if grey.ndim == 3 else grey
    _check(grey.ndim == 2 and grey.size > 0, path, phrase(N_("it is not a picture")))
    finite = bool(np.isfinite(grey).all()) and float(grey.min()) >= 0
    _check(finite, path, phrase(N_("it holds negative or infinite values")))
    _check(float(grey.max()) > 0, path, phrase(N_("it is all black")))
    largest = max(grey.shape)
    wide = phrase(N_("it is {width} pixels wide, more than {most}"), width=largest, most=MAX_KERNEL)
    _check(largest <= MAX_KERNEL, path, wide)
    kernel = torch.tensor(grey)
    return _balanced(kernel / kernel.sum())


def _balanced(kernel: Tensor) -> Tensor:
    """The kernel in the smallest odd square whose middle is the pixel nearest to its centre of mass."""
    row, tall = _middle(kernel.sum(1))
    col, wide = _middle(kernel.sum(0))
    radius = max(tall, wide)
    height, width = kernel.shape
    # Negative padding crops.
    sides = (radius - col, radius - (width - 1 - col), radius - row, radius - (height - 1 - row))
    return F.pad(kernel, sides)


def _middle(profile: Tensor) -> tuple[int, int]:
    """(index nearest to the centre of mass, largest distance from it to an entry that is not zero)."""
    index = torch.arange(len(profile), dtype=profile.dtype)
    middle = round(float(index @ profile))
    return middle, int((index - middle).abs()[profile > 0].max())


def _check(ok: bool, path: str, detail: Phrase) -> None:
    if not ok:
        raise UserError("kernel_file", path=path, detail=detail)
