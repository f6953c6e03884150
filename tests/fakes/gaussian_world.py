"""Gaussian random fields: a world whose denoiser, posterior mean and samples are known exactly."""

import math

import torch
from torch import Tensor

from daps_desktop.solver.operators import GaussianNoise, LinearOperator, MaskOperator, gaussian_kernel
from daps_desktop.solver.operators.conjugate_gradient import conjugate_gradient

SIDE = 64


class GaussianWorld:
    """Periodic fields, spectrum 1 / f^2, standard deviation 1/2, three independent channels."""

    def __init__(self, side: int = SIDE) -> None:
        f = torch.fft.fftfreq(side, dtype=torch.float64) * side
        f2 = f[:, None] ** 2 + f[None, :] ** 2
        power = 1 / f2.clamp(min=1)
        self.side = side
        self.power = (power / power.mean() * 0.25).float()

    def filter(self, x: Tensor, spectrum: Tensor) -> Tensor:
        return torch.fft.ifft2(torch.fft.fft2(x) * spectrum).real

    def draw(self, count: int, seed: int) -> Tensor:
        noise = torch.randn(count, 3, self.side, self.side, generator=torch.Generator().manual_seed(seed))
        return self.filter(noise, self.power.sqrt())

    def posterior_mean(self, A: LinearOperator, y: Tensor, sigma_y: float) -> Tensor:
        """E[x | y], by conjugate gradients on x = S^(1/2) w, where w has the identity as covariance."""
        root = self.power.sqrt()
        right = self.filter(A.adjoint(y), root)

        def normal(w: Tensor) -> Tensor:
            return self.filter(A.adjoint(A(self.filter(w, root))), root) + sigma_y**2 * w

        return self.filter(conjugate_gradient(normal, right, 400), root)

    def high_power(self, x: Tensor) -> Tensor:
        """Power above half of the Nyquist frequency, summed over all of x."""
        f = torch.fft.fftfreq(self.side).abs() * 2
        high = torch.maximum(f[:, None], f[None, :]) > 0.5
        return (torch.fft.fft2(x).abs().square() * high).sum()


class ExactDenoiser:
    """E[x0 | x0 + sigma n] in a GaussianWorld: the Wiener filter."""

    size_multiple = 1
    sigma_max = math.inf

    def __init__(self, world: GaussianWorld) -> None:
        self.world = world

    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        return self.world.filter(x, self.world.power / (self.world.power + sigma**2))


class CircularBlur(LinearOperator):
    """A Gaussian blur of 3 pixels with periodic borders, diagonal in Fourier space."""

    def __init__(self, side: int = SIDE) -> None:
        kernel = gaussian_kernel(3.0).float()
        placed = torch.zeros(side, side)
        placed[: kernel.shape[0], : kernel.shape[1]] = kernel
        shift = (-(kernel.shape[0] // 2),) * 2
        self.response = torch.fft.fft2(placed.roll(shift, (0, 1)))

    def __call__(self, x: Tensor) -> Tensor:
        return torch.fft.ifft2(torch.fft.fft2(x) * self.response).real

    def adjoint(self, r: Tensor) -> Tensor:
        return torch.fft.ifft2(torch.fft.fft2(r) * self.response.conj()).real

    def prox(self, z: Tensor, y: Tensor, noise: GaussianNoise, prior_std: float) -> Tensor:
        ratio = (noise.sigma / prior_std) ** 2
        step = self.response.conj() / (self.response.abs().square() + ratio)
        return z + torch.fft.ifft2(torch.fft.fft2(y - self(z)) * step).real


class BoxShrink(LinearOperator):
    """Averages of blocks of 4 x 4 pixels; A A^T = 1/16."""

    norm = 0.25

    def __call__(self, x: Tensor) -> Tensor:
        return torch.nn.functional.avg_pool2d(x, 4)

    def adjoint(self, r: Tensor) -> Tensor:
        return r.repeat_interleave(4, -1).repeat_interleave(4, -2) / 16

    def prox(self, z: Tensor, y: Tensor, noise: GaussianNoise, prior_std: float) -> Tensor:
        return z + self.adjoint((y - self(z)) / (1 / 16 + (noise.sigma / prior_std) ** 2))


def random_sites(side: int = SIDE) -> MaskOperator:
    """70 % of the pixels lost at random."""
    kept = torch.rand(1, 1, side, side, generator=torch.Generator().manual_seed(1)) > 0.7
    return MaskOperator(kept.float())


def psnr(x: Tensor, truth: Tensor) -> float:
    """Over the whole batch, for a range of 2."""
    return float(10 * torch.log10(4 / (x - truth).square().mean()))
