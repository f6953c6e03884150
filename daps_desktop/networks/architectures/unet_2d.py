"""The UNet2DModel of diffusers, which checkpoints of DDPM and ADM networks are brought in as."""

from diffusers.models.unets import unet_2d
from torch import Tensor


class UNet2DModel(unet_2d.UNet2DModel):
    """F(x, level) as every architecture here: x (B, C, H, W); level (B,), the number it takes as its time."""

    def forward(self, x: Tensor, level: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        return super().forward(x, level, return_dict=False)[0]
