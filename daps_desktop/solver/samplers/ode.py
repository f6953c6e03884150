"""From x at noise level sigma to an estimate of the clean image, by the prior alone.

The probability-flow ODE in the variance-exploding form is dx/dsigma = (x - D(x, sigma)) / sigma
(Karras et al. 2022, eq. 1 with sigma(t) = t). It is never integrated to 0, where it divides by 0.
"""

from itertools import pairwise

import torch
from torch import Tensor

from daps_desktop.solver.denoisers.denoiser import Denoiser
from daps_desktop.solver.samplers.schedule import karras_sigmas

SIGMA_END = 0.01  # where the flow stops: DAPS' inner sigma_min


def ode_derivative(denoiser: Denoiser, x: Tensor, sigma: float) -> Tensor:
    return (x - denoiser.denoise(x, sigma)).div_(sigma)


@torch.no_grad()
def tweedie(denoiser: Denoiser, x: Tensor, sigma: float) -> Tensor:
    """The posterior mean E[x0 | x] = x + sigma^2 score; 1 evaluation."""
    return denoiser.denoise(x, sigma)


@torch.no_grad()
def rk4(denoiser: Denoiser, x: Tensor, sigma: float, sigma_end: float = SIGMA_END) -> Tensor:
    """One classical Runge-Kutta step from sigma to sigma_end: a sample, not a mean; 4 evaluations."""
    h = sigma_end - sigma
    k1 = ode_derivative(denoiser, x, sigma)
    k2 = ode_derivative(denoiser, torch.add(x, k1, alpha=h / 2), sigma + h / 2)
    total = k1.add_(k2, alpha=2)
    k3 = ode_derivative(denoiser, torch.add(x, k2, alpha=h / 2), sigma + h / 2)
    del k2
    total = total.add_(k3, alpha=2)
    k4 = ode_derivative(denoiser, torch.add(x, k3, alpha=h), sigma_end)
    del k3
    return torch.add(x, total.add_(k4), alpha=h / 6)


@torch.no_grad()
def euler(denoiser: Denoiser, x: Tensor, sigma: float, steps: int, sigma_end: float = SIGMA_END) -> Tensor:
    """`steps` Euler steps of the flow on the poly-7 grid from sigma to sigma_end, as DAPS does."""
    grid = [*karras_sigmas(steps, sigma, sigma_end, rho=7)[:-1], sigma_end]
    for now, following in pairwise(grid):
        x = torch.add(x, ode_derivative(denoiser, x, now), alpha=following - now)
    return x
