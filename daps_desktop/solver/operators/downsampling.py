"""Photos that are too small: shrinking by one of the usual kernels, the world outside the frame unknown."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from daps_desktop.solver.operators.base import LinearOperator
from daps_desktop.solver.operators.conjugate_gradient import conjugate_gradient
from daps_desktop.solver.operators.noise import GaussianNoise
from daps_desktop.solver.operators.padding import pad_reflect


@dataclass(frozen=True, slots=True)
class ShrinkKernel:
    """How a photo was made small: a kernel stretched by the factor, after a blur of std `blur` large pixels.

    `shape` is the kernel for a factor of 1, 0 from `reach` on.
    """

    name: str
    shape: Callable[[Tensor], Tensor]
    reach: float
    blur: float = 0.0

    def taps(self, factor: int) -> Tensor:
        """(k,) float64 of sum 1, symmetric about the middle of the block of large pixels of one small one."""
        half = math.ceil(self.reach * factor + 4 * self.blur)
        centre = half + (factor - 1) / 2
        distance = torch.arange(2 * half + factor, dtype=torch.float64) - centre
        taps = self.shape(distance / factor)
        if self.blur:
            gaussian = torch.exp(-0.5 * ((distance[:, None] - distance) / self.blur) ** 2)
            taps = gaussian @ taps
        idle = int((taps.abs() > 1e-4 * taps.max()).to(torch.uint8).argmax())  # zeros at either end
        taps = taps[idle : len(taps) - idle]
        return taps / taps.sum()


def _area(x: Tensor) -> Tensor:
    return (x.abs() < 0.5).to(x)


def _bilinear(x: Tensor) -> Tensor:
    return (1 - x.abs()).clamp(min=0)


def _bicubic(x: Tensor) -> Tensor:
    """Keys 1981 with a = -1/2, as by MATLAB and Pillow."""
    x = x.abs()
    near, far = 1.5 * x**3 - 2.5 * x**2 + 1, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return torch.where(x <= 1, near, torch.where(x < 2, far, 0.0))


def _lanczos(x: Tensor) -> Tensor:
    """Three lobes, as by Pillow."""
    return torch.where(x.abs() < 3, torch.sinc(x) * torch.sinc(x / 3), 0.0)


def _between(x: Tensor) -> Tensor:
    """Between area and bicubic: told either, a result loses 0.7 dB where it was the other, with this 0.2."""
    return (_area(x) + _bicubic(x)) / 2


AREA = ShrinkKernel("area", _area, 0.5)
BILINEAR = ShrinkKernel("bilinear", _bilinear, 1.0)
BICUBIC = ShrinkKernel("bicubic", _bicubic, 2.0)
LANCZOS = ShrinkKernel("lanczos", _lanczos, 3.0)


UNKNOWN = ShrinkKernel("unknown", _between, 2.0)
KERNELS = {kernel.name: kernel for kernel in (UNKNOWN, AREA, BILINEAR, BICUBIC, LANCZOS)}


class DownsamplingOperator(LinearOperator):
    """Shrinks by `factor`: each small pixel is the same weighted mean of the large ones around it.

    Each entry of A A^T depends on the distance of two small pixels alone, as nothing happens at the
    borders: it is the same short filter g along rows and columns, of condition number about 4. The
    proximal step is x = z + A^T (A A^T + Sigma / prior_std^2)^-1 (y - A z), solved on the small grid.
    """

    def __init__(self, factor: int, height: int, width: int, kernel: ShrinkKernel = UNKNOWN) -> None:
        """height, width: of the small photo, in pixels."""
        self._taps = kernel.taps(factor)
        self._border = math.ceil((len(self._taps) - factor) / 2 / factor)  # unknown, in small pixels
        self._first = self._border * factor - (len(self._taps) - factor) // 2
        self.scale = factor
        self.pad = self._border * factor
        self.iterations = 8
        self.tolerance = 0.002  # each step takes two thirds off: no need to stop early for time
        self._size = height, width
        self._gram = _autocorrelation(self._taps, factor)
        # The largest value of the filter's spectrum, reached by wide photos.
        frequencies = torch.linspace(0, math.pi, 257, dtype=torch.float64)
        lags = torch.arange(len(self._gram), dtype=torch.float64) - len(self._gram) // 2
        self.norm = float((self._gram @ torch.cos(lags[:, None] * frequencies)).max())

    def __call__(self, x: Tensor) -> Tensor:
        return self._along_both(x[..., self._first :, self._first :], F.conv2d)[
            ..., : self._size[0], : self._size[1]
        ]

    def adjoint(self, r: Tensor) -> Tensor:
        spread = self._along_both(r, F.conv_transpose2d)
        height, width = self.domain_size(*self._size)
        after = height - self._first - spread.shape[-2], width - self._first - spread.shape[-1]
        return F.pad(spread, (self._first, after[1], self._first, after[0]))

    @torch.no_grad()
    def prox(self, z: Tensor, y: Tensor, noise: GaussianNoise, prior_std: float) -> Tensor:
        iterations = self.iterations if noise.is_white else self.dual_iterations

        def gram(w: Tensor) -> Tensor:
            return self._gram_apply(w) + noise.correlate(w) / prior_std**2

        return z + self.adjoint(conjugate_gradient(gram, y - self(z), iterations, self.tolerance))

    @torch.no_grad()
    def initial_estimate(self, y: Tensor) -> Tensor:
        """Bicubic enlargement; pixel (i, j) of y covers the block (scale i.., scale j..) of the result."""
        # antialias selects the kernel a = -1/2 here (a = -3/4 without); enlarging needs no antialias itself.
        seen = pad_reflect(y, self._border)
        return F.interpolate(seen, scale_factor=self.scale, mode="bicubic", antialias=True)

    def _along_both(self, x: Tensor, convolve: Callable[..., Tensor]) -> Tensor:
        """The taps along the rows and along the columns, one small pixel apart."""
        flat, taps = x.reshape(-1, 1, *x.shape[-2:]), self._taps.to(x)
        flat = convolve(flat, taps.view(1, 1, 1, -1), stride=(1, self.scale))
        flat = convolve(flat, taps.view(1, 1, -1, 1), stride=(self.scale, 1))
        return flat.view(*x.shape[:-2], *flat.shape[-2:])

    def _gram_apply(self, w: Tensor) -> Tensor:
        """A A^T w: the short filter along rows and columns, zeros outside."""
        flat, gram, reach = w.reshape(-1, 1, *w.shape[-2:]), self._gram.to(w), len(self._gram) // 2
        flat = F.conv2d(flat, gram.view(1, 1, 1, -1), padding=(0, reach))
        return F.conv2d(flat, gram.view(1, 1, -1, 1), padding=(reach, 0)).view(w.shape)


def _autocorrelation(taps: Tensor, step: int) -> Tensor:
    """sum_j taps[j] taps[j + step l] for l = -L .. L, where L is the last lag that is not zero."""
    last = (len(taps) - 1) // step
    half = [float(taps[: len(taps) - step * lag] @ taps[step * lag :]) for lag in range(last + 1)]
    return torch.tensor(half[:0:-1] + half, dtype=torch.float64)
