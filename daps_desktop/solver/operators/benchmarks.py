"""The benchmark problems of the papers: random and box masks, phase retrieval, a camera's blur."""

import torch
import torch.nn.functional as F
from torch import Tensor

from daps_desktop.imaging.colour import (
    SRGB_LIGHT_THRESHOLD,
    SRGB_OFFSET,
    SRGB_POWER,
    SRGB_SLOPE,
    SRGB_THRESHOLD,
)
from daps_desktop.solver.operators.base import NonlinearOperator
from daps_desktop.solver.operators.convolution import Convolution, gaussian_kernel
from daps_desktop.solver.operators.fourier import centred_fft2

SATURATION_SHARPNESS = 40.0  # 1 / the width in which the sensor's response bends over, full scale = 1


def random_mask(height: int, width: int, fraction: float, seed: int) -> Tensor:
    """Observed (1, 1, H, W): `fraction` of the pixels, drawn at random, is lost in all channels."""
    rng = torch.Generator().manual_seed(seed)
    lost = torch.randperm(height * width, generator=rng)[: round(fraction * height * width)]
    known_mask = torch.ones(height * width)
    known_mask[lost] = 0
    return known_mask.view(1, 1, height, width)


def box_mask(height: int, width: int, size: int = 0) -> Tensor:
    """Observed (1, 1, H, W): a square of `size` pixels in the middle is lost; 0: half of the shorter side."""
    size = min(size or min(height, width) // 2, height, width)
    top, left = (height - size) // 2, (width - size) // 2
    known_mask = torch.ones(1, 1, height, width)
    known_mask[..., top : top + size, left : left + size] = 0
    return known_mask


class FourierMagnitude(NonlinearOperator):
    """y = |F P (x / 2 + 1/2)|: zeros around, centred orthonormal Fourier transform, its modulus.

    The photo is `oversample` / 8 of the side wider on each side. Shifted and turned images, and any image
    with other phases, may explain y as well: several starts are needed, and no start is better than grey.
    """

    norm = 0.5

    def __init__(self, oversample: float, height: int, width: int) -> None:
        """height, width: of the image that is sought, in pixels."""
        self._sides = int(oversample / 8 * height), int(oversample / 8 * width)
        self._size = height, width

    def __call__(self, x: Tensor) -> Tensor:
        tall, wide = self._sides
        return centred_fft2(F.pad(x / 2 + 0.5, (wide, wide, tall, tall))).abs()

    def initial_estimate(self, y: Tensor) -> Tensor:
        """Mid-grey: the modulus says nothing without phases."""
        return y.new_zeros(*y.shape[:2], *self._size)

    def domain_size(self, height: int, width: int) -> tuple[int, int]:
        """Of the image for a modulus of height x width."""
        return height - 2 * self._sides[0], width - 2 * self._sides[1]


class CameraBlurOperator(NonlinearOperator):
    """sRGB to linear light, Gaussian blur with unknown border, exposure, a sensor that saturates, sRGB.

    `norm` is the slope on smooth images; beside a small bright light the encoding is steeper.
    """

    def __init__(
        self,
        sigma: float,
        exposure: float,
        height: int,
        width: int,
        *,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """sigma: in pixels; exposure: gain before saturation; height, width: of the photo, in pixels."""
        self._blur = Convolution(gaussian_kernel(sigma), height, width, device=device, dtype=dtype)
        self._exposure = exposure
        self.pad = self._blur.pad
        self.norm = max(1.0, exposure)

    def __call__(self, x: Tensor) -> Tensor:
        light = self._exposure * self._blur(srgb_to_linear((x + 1) / 2))
        return 2 * linear_to_srgb(_saturated(light)) - 1

    @torch.no_grad()
    def initial_estimate(self, y: Tensor) -> Tensor:
        """The photo darkened by the exposure."""
        light = srgb_to_linear((y.clamp(-1, 1) + 1) / 2) / self._exposure
        return super().initial_estimate(2 * linear_to_srgb(light) - 1)


def _saturated(light: Tensor) -> Tensor:
    """min(light, 1), the corner rounded so that a slope is left."""
    return light - F.softplus(light - 1, beta=SATURATION_SHARPNESS)


def srgb_to_linear(value: Tensor) -> Tensor:
    """IEC 61966-2-1, its straight part continued below 0."""
    curved = ((value.clamp(min=SRGB_THRESHOLD) + SRGB_OFFSET) / (1 + SRGB_OFFSET)) ** SRGB_POWER
    return torch.where(value <= SRGB_THRESHOLD, value / SRGB_SLOPE, curved)


def linear_to_srgb(light: Tensor) -> Tensor:
    """The inverse of srgb_to_linear."""
    curved = (1 + SRGB_OFFSET) * light.clamp(min=SRGB_LIGHT_THRESHOLD) ** (1 / SRGB_POWER) - SRGB_OFFSET
    return torch.where(light <= SRGB_LIGHT_THRESHOLD, SRGB_SLOPE * light, curved)
