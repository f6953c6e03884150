"""The only bridge between photos (uint8 or uint16, H W C) and tensors ([-1, 1], 1 3 H W)."""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from daps_desktop.imaging.photo import Pixels

GREY_LEVELS_PER_UNIT = 127.5  # one [-1, 1] unit in grey levels of 0-255
PHOTO_STD = 0.5  # std of a photograph in [-1, 1] units; sigma_data of EDM


def to_tensor(pixels: Pixels, device: torch.device | str = "cpu") -> Tensor:
    """(1, 3, H, W) float32 in [-1, 1]; a grey photo is repeated to three channels."""
    white = float(np.iinfo(pixels.dtype).max)
    tensor = torch.as_tensor(pixels.astype(np.float32)).to(device).permute(2, 0, 1)[None]
    tensor = tensor.mul_(2 / white).sub_(1)
    return tensor.expand(1, 3, *tensor.shape[-2:]).contiguous()


def to_pixels(x: Tensor, dtype: np.dtype[np.uint8 | np.uint16], channels: int) -> Pixels:
    """(H, W, channels) of the given depth from (1, 3, H, W), clipped and rounded; grey is the mean."""
    white = float(np.iinfo(dtype).max)
    planes = x[0].mean(0, keepdim=True) if channels == 1 else x[0]
    scaled = planes.add(1).mul_(white / 2).clamp_(0, white).round_()
    return np.ascontiguousarray(scaled.permute(1, 2, 0).cpu().numpy().astype(dtype))


def to_thumbnail(x: Tensor, height: int, width: int) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 from (1, 3, H, W), reduced by area averages."""
    small = F.interpolate(x, (height, width), mode="area") if (height, width) != x.shape[-2:] else x
    return to_pixels(small, np.dtype(np.uint8), 3)  # type: ignore[return-value]
