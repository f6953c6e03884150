"""EDM preconditioning, for use and for training alike.

Source: Karras, Aittala, Aila, Laine 2022 (arXiv 2206.00364), table 1: D(x, sigma) = c_skip x + c_out
F(c_in x, c_noise), with F the network.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from daps_desktop.solver.tensors import PHOTO_STD


@dataclass(frozen=True, slots=True)
class Scalings:
    """The four factors of one noise level each: `skip`, `out` and `into` (B, 1, 1, 1), `noise` (B,)."""

    skip: Tensor
    out: Tensor
    into: Tensor
    noise: Tensor


def scalings(sigma: Tensor, sigma_data: float = PHOTO_STD) -> Scalings:
    """For noise levels sigma (B,), float32, in [-1, 1] units."""
    s = sigma.view(-1, 1, 1, 1)
    into = (s.square() + sigma_data**2).rsqrt()
    return Scalings((sigma_data * into).square(), s * sigma_data * into, into, noise_input(sigma))


def noise_input(sigma: Tensor) -> Tensor:
    """The network's input for noise levels (B,): c_noise = ln(sigma) / 4."""
    return sigma.log() / 4


def loss_weight(sigma: Tensor, sigma_data: float = PHOTO_STD) -> Tensor:
    """(B,) weights that make the squared errors of all noise levels alike: 1 / c_out^2."""
    return (sigma.square() + sigma_data**2) / (sigma * sigma_data).square()


def from_output(output: Tensor, x: Tensor, scaling: Scalings) -> Tensor:
    """D(x, sigma) from what the network gave, (B, C, H, W) float32."""
    return torch.addcmul(scaling.skip * x, scaling.out, output)
