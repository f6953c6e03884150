"""Networks of either convention as a Denoiser: D(x, sigma) with x = x0 + sigma n in [-1, 1] units.

Both adapters run the network in its own precision and do the arithmetic around it in float32. Noise below
the range of training is treated as the lowest level known. Above it the input keeps its true scaling, so
that the network still sees unit variance, and only the level it is told stops at the highest known.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn


class Network:
    """A UNet2DModel as a function of (x, level) in float32, whatever precision its weights have."""

    def __init__(self, unet: nn.Module, device: torch.device, dtype: torch.dtype) -> None:
        # Channels-last is faster wherever convolutions have such kernels; Metal has none.
        self.memory_format = torch.contiguous_format if device.type == "mps" else torch.channels_last
        self.unet = unet.to(memory_format=self.memory_format).eval().requires_grad_(False)  # pyright: ignore[reportCallIssue]
        self.device = device
        self.dtype = dtype

    def __call__(self, x: Tensor, level: float) -> Tensor:
        """x (B, C, H, W); level is the number the network takes as its time."""
        x = x.to(dtype=self.dtype, memory_format=self.memory_format)
        levels = torch.full((x.shape[0],), level, dtype=torch.float32, device=x.device)
        return self.unet(x, levels, return_dict=False)[0].float()


class EDMDenoiser:
    """Preconditioning of Karras, Aittala, Aila, Laine 2022 (arXiv 2206.00364), table 1, on unshuffled pixels.

    `patch` is the side of the pixel blocks that become channels of the network.
    """

    def __init__(
        self,
        network: Network,
        *,
        patch: int,
        sigma_data: float,
        sigma_range: tuple[float, float],
        multiple: int,
    ) -> None:
        self.network = network
        self.patch = patch
        self.sigma_data = sigma_data
        self.sigma_min, self.sigma_max = sigma_range
        self.multiple = multiple

    @torch.no_grad()
    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        """x and the result are (B, 3, H, W) float32; sides are multiples of `multiple`."""
        sigma = max(sigma, self.sigma_min)
        total = math.hypot(sigma, self.sigma_data)
        c_skip = (self.sigma_data / total) ** 2
        c_out = sigma * self.sigma_data / total
        c_noise = math.log(min(sigma, self.sigma_max)) / 4
        out = self.network(nn.functional.pixel_unshuffle(x / total, self.patch), c_noise)
        return c_skip * x + c_out * nn.functional.pixel_shuffle(out, self.patch)


class DDPMDenoiser:
    """A variance-preserving network with discrete times (Ho 2020; for v Salimans 2022), at any noise level.

    `sigmas` holds the noise level of every time, rising; between them time is interpolated in log sigma.
    `prediction` is "epsilon", "v_prediction" or "sample". Channels after the third (a learned variance)
    are dropped.
    """

    def __init__(
        self, network: Network, *, sigmas: NDArray[np.float64], prediction: str, multiple: int
    ) -> None:
        self.network = network
        self.log_sigmas = np.log(sigmas)
        self.sigma_min, self.sigma_max = float(sigmas[0]), float(sigmas[-1])
        self.prediction = prediction
        self.multiple = multiple

    def time(self, sigma: float) -> float:
        return float(np.interp(math.log(sigma), self.log_sigmas, np.arange(self.log_sigmas.size)))

    @torch.no_grad()
    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        """x and the result are (B, 3, H, W) float32; sides are multiples of `multiple`."""
        sigma = max(sigma, self.sigma_min)
        scale = 1 / math.hypot(1, sigma)
        out = self.network(x * scale, self.time(sigma))[:, :3]
        if self.prediction == "sample":
            return out
        if self.prediction == "v_prediction":
            return scale**2 * x - sigma * scale * out
        return x - sigma * out


def schedule_sigmas(schedule: Mapping[str, Any]) -> NDArray[np.float64]:
    """The noise level sqrt((1 - abar) / abar) of every time of a diffusers scheduler configuration, rising.

    Raises: ValueError for an unknown beta schedule or betas outside 0..1.
    """
    beta = _betas(schedule)
    if beta.ndim != 1 or beta.size < 2 or not ((beta > 0) & (beta <= 1)).all():
        raise ValueError("its noise schedule is not one of betas between 0 and 1")
    abar = np.cumprod(1 - beta)
    if schedule.get("rescale_betas_zero_snr"):
        # Lin 2024 (arXiv 2305.08891), algorithm 1: the last time is pure noise.
        root = np.sqrt(abar)
        abar = ((root - root[-1]) * root[0] / (root[0] - root[-1])) ** 2
    abar = abar[abar > 1e-12]  # pure noise has no finite sigma
    return np.sqrt((1 - abar) / abar)


def _betas(schedule: Mapping[str, Any]) -> NDArray[np.float64]:
    if schedule.get("trained_betas") is not None:
        return np.asarray(schedule["trained_betas"], np.float64)
    count, kind = int(schedule["num_train_timesteps"]), schedule["beta_schedule"]
    if kind == "squaredcos_cap_v2":  # Nichol, Dhariwal 2021 (arXiv 2102.09672), equation 17
        level = np.cos((np.linspace(0, 1, count + 1) + 0.008) / 1.008 * np.pi / 2) ** 2
        return np.minimum(1 - level[1:] / level[:-1], 0.999)
    start, end = float(schedule["beta_start"]), float(schedule["beta_end"])
    if kind == "linear":
        return np.linspace(start, end, count)
    if kind == "scaled_linear":
        return np.linspace(start**0.5, end**0.5, count) ** 2
    raise ValueError(f"its noise schedule {kind!r} is not known")
