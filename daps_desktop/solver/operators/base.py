"""What every forward operator offers the solver: A, its proximal step, a start and the sizes involved."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import cast

import torch
from torch import Tensor

from daps_desktop.solver.operators.conjugate_gradient import conjugate_gradient, dot
from daps_desktop.solver.operators.noise import GaussianNoise
from daps_desktop.solver.operators.padding import crop, pad_reflect


class Operator(ABC):
    """y = A(x) + noise. Fixed at construction, no hidden state; tensors are (B, C, H, W) in [-1, 1] units.

    The latent image x is the *result* (`scale` times the photo) with an unknown border of `pad` pixels on
    each side.
    """

    norm: float = 1.0
    """||A||, or a Lipschitz bound where A is not linear."""
    linear: bool = False
    pixelwise: bool = False
    """True where each entry of A(x) depends on the same entry of x alone."""
    scale: int = 1
    pad: int = 0
    known_mask: Tensor | None = None
    """(1 or B, 1, H, W), 1 = trust the photo; None where all of it counts."""

    @abstractmethod
    def __call__(self, x: Tensor) -> Tensor: ...

    @abstractmethod
    def prox(self, z: Tensor, y: Tensor, noise: GaussianNoise, prior_std: float) -> Tensor:
        """argmin (A x - y)^T Sigma^-1 (A x - y) / 2 + |x - z|^2 / 2 prior_std^2, Sigma that of the noise.

        What is not linear knows white noise alone and takes `noise.sigma`.
        """

    def initial_estimate(self, y: Tensor) -> Tensor:
        """A classical estimate of the latent image: here the photo itself, mirrored into the border."""
        return pad_reflect(y, self.pad)

    def residual(self, x: Tensor, y: Tensor) -> Tensor:
        """A(x) - y, of the size of y; entries that are not observed mean nothing."""
        return self(x) - y

    @torch.no_grad()
    def residual_rms(self, x: Tensor, y: Tensor) -> float:
        """RMS of the residual over observed entries only, in y's units; about sigma_y when all is well."""
        squares = self.residual(x, y).square()
        if self.known_mask is None:
            return float(squares.mean().sqrt())
        count = self.known_mask.expand_as(squares).sum().clamp(min=1)
        return float(((squares * self.known_mask).sum() / count).sqrt())

    def domain_size(self, height: int, width: int) -> tuple[int, int]:
        """(height, width) of the latent image for a photo of that size."""
        return self.scale * height + 2 * self.pad, self.scale * width + 2 * self.pad

    def embed(self, photo: Tensor) -> Tensor:
        """A clean photo of the result's size, mirrored out to the latent size: A(embed(photo)) is damaged."""
        return pad_reflect(photo, self.pad)

    def crop(self, x: Tensor) -> Tensor:
        """The latent image without its unknown border."""
        return crop(x, self.pad)


class LinearOperator(Operator):
    """A(x) = A x with its exact transpose; the proximal step is by conjugate gradients unless overridden."""

    linear = True
    iterations: int = 10
    """Conjugate-gradient steps at most; a sampler cannot tell ten from the exact solution."""
    dual_iterations: int = 20
    """The same under noise with a spectrum, whose equation is worse conditioned."""
    tolerance: float = 0.01
    """They stop earlier where the equation is solved to that share of its right side."""

    @abstractmethod
    def adjoint(self, r: Tensor) -> Tensor:
        """A^T r, of the latent size."""

    @torch.no_grad()
    def prox(self, z: Tensor, y: Tensor, noise: GaussianNoise, prior_std: float) -> Tensor:
        if not noise.is_white:
            return self._dual_prox(z, y, noise, prior_std)
        ratio = (noise.sigma / prior_std) ** 2
        right = self.adjoint(y - self(z))

        def normal(d: Tensor) -> Tensor:
            return self.adjoint(self(d)) + ratio * d

        return z + conjugate_gradient(normal, right, self.iterations, self.tolerance)

    def _dual_prox(self, z: Tensor, y: Tensor, noise: GaussianNoise, prior_std: float) -> Tensor:
        """x = z + A^T (A A^T + Sigma / r^2)^-1 (y - A z): needs no inverse of Sigma, under a mask neither."""
        seen = 1.0 if self.known_mask is None else self.known_mask

        def gram(w: Tensor) -> Tensor:
            return self(self.adjoint(w)) + seen * noise.correlate(w) / prior_std**2

        residual = seen * (y - self(z))
        return z + self.adjoint(conjugate_gradient(gram, residual, self.dual_iterations, self.tolerance))


_Pulled = tuple[Tensor, Callable[[Tensor], tuple[Tensor]]]


class NonlinearOperator(Operator):
    """The proximal step is Gauss-Newton from z: inner conjugate gradients, Armijo halving as a safeguard."""

    steps: int = 10
    inner_iterations: int = 10
    halvings: int = 12

    @torch.no_grad()
    def prox(self, z: Tensor, y: Tensor, noise: GaussianNoise, prior_std: float) -> Tensor:
        """A stationary point, or the best of `steps` decreasing steps; never worse than z."""
        ratio = (noise.sigma / prior_std) ** 2

        def cost(x: Tensor) -> Tensor:
            """The objective times 2 sigma_y^2, per sample."""
            misfit, change = self(x) - y, x - z
            return dot(misfit, misfit) + ratio * dot(change, change)

        x = z
        for _ in range(self.steps):
            step, descent = self._gauss_newton_step(x, z, y, ratio)
            length = _armijo(cost, x, step, descent, self.halvings)
            if not bool(length.any()):
                break
            x = x + length * step
        return x

    def _gauss_newton_step(self, x: Tensor, z: Tensor, y: Tensor, ratio: float) -> tuple[Tensor, Tensor]:
        """(d, <-gradient, d>) with d the minimiser of the objective linearised about x."""
        value, transpose = cast(_Pulled, torch.func.vjp(self.__call__, x))

        def adjoint(u: Tensor) -> Tensor:
            return transpose(u)[0]

        # J^T is linear, so its own transpose is J: nothing of A is computed again for each d.
        _, forward = cast(_Pulled, torch.func.vjp(adjoint, torch.zeros_like(value)))

        def normal(d: Tensor) -> Tensor:
            return adjoint(forward(d)[0]) + ratio * d

        downhill = adjoint(y - value) + ratio * (z - x)
        step = conjugate_gradient(normal, downhill, self.inner_iterations)
        return step, 2 * dot(downhill, step)


def _armijo(
    cost: Callable[[Tensor], Tensor], x: Tensor, step: Tensor, descent: Tensor, halvings: int
) -> Tensor:
    """The longest of 1, 1/2, 1/4 ... that lowers the cost enough, per sample; 0 where none does."""
    before = cost(x)
    length = torch.ones_like(before)
    good = torch.zeros_like(before, dtype=torch.bool)
    for _ in range(halvings):
        good = cost(x + length.to(x.dtype) * step) < before - 1e-4 * length * descent
        if bool(good.all()):
            break
        length = torch.where(good, length, length / 2)
    return torch.where(good, length, 0.0).to(x.dtype)
