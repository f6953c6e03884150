"""D(x, sigma) of a network, whatever its parameterisation: x = x0 + sigma n in [-1, 1] units.

The network runs in its own precision; the arithmetic around it is float32. Noise below the range of training
is treated as the lowest level known. Above it the input keeps its true scaling, so that the network still
sees the variance it knows, and only the level it is given stops at the highest known.
"""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from daps_desktop.networks import edm
from daps_desktop.networks.parameterisation import (
    DiscreteParameterisation,
    EdmParameterisation,
    NoiseMapParameterisation,
    Parameterisation,
)
from daps_desktop.networks.schedules import time_of

Function = Callable[[Tensor, Tensor], Tensor]  # F(x, level), (B, C, H, W) and (B,)


class NetworkDenoiser:
    """A network with what makes a denoiser of it; sides are multiples of `size_multiple`.

    Noise up to `sigma_max` is what it was trained on.
    """

    def __init__(self, network: Function, parameterisation: Parameterisation, size_multiple: int) -> None:
        self.network = network
        self.parameterisation = parameterisation
        self.size_multiple = size_multiple
        self.sigma_max = parameterisation.sigma_max

    @torch.no_grad()
    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        """x and the result are (B, 3, H, W) float32."""
        formula: Any = _FORMULAS[type(self.parameterisation)]
        return formula(self.network, x, sigma, self.parameterisation)


def _edm(network: Function, x: Tensor, sigma: float, known: EdmParameterisation) -> Tensor:
    sigmas = _batch(max(sigma, known.sigma_min), x)
    scaling = edm.scalings(sigmas, known.sigma_data)
    packed = F.pixel_unshuffle(x * scaling.into, known.pixel_patch)
    output = network(packed, edm.noise_input(sigmas.clamp(max=known.sigma_max)))
    return edm.from_output(F.pixel_shuffle(output, known.pixel_patch), x, scaling)


def _discrete(network: Function, x: Tensor, sigma: float, known: DiscreteParameterisation) -> Tensor:
    """Ho 2020 (arXiv 2006.11239); for v Salimans, Ho 2022 (arXiv 2202.00512).

    Channels after the third (a learned variance) are dropped.
    """
    sigma = max(sigma, known.sigmas[0])
    scale = 1 / (1 + sigma**2) ** 0.5
    output = network(x * scale, _batch(time_of(sigma, known.sigmas), x))[:, :3]
    if known.prediction == "sample":
        return output
    if known.prediction == "v_prediction":
        return scale**2 * x - sigma * scale * output
    return x - sigma * output


def _noise_map(network: Function, x: Tensor, sigma: float, known: NoiseMapParameterisation) -> Tensor:
    level = _batch(min(sigma, known.sigma_max) / 2, x)
    return 2 * network((x + 1) / 2, level) - 1


def _batch(level: float, x: Tensor) -> Tensor:
    return torch.full((x.shape[0],), level, dtype=torch.float32, device=x.device)


_FORMULAS = {
    EdmParameterisation: _edm,
    DiscreteParameterisation: _discrete,
    NoiseMapParameterisation: _noise_map,
}
