"""DRUNet: a U-Net without biases that is given the noise level as a fourth channel.

Source: Zhang, Li, Zuo, Zhang, Van Gool, Timofte 2021, Plug-and-Play Image Restoration with Deep Denoiser
Prior, IEEE TPAMI (arXiv 2008.13751), section 3.1. Its tensors are named as in the published weights.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class DRUNet(nn.Module):
    """F(x, level): x (B, 3, H, W), sides multiples of 8; level (B,) fills a fourth channel; result like x.

    Without biases it is homogeneous: F(a x, a level) = a F(x, level) for a > 0. Skips are added.
    """

    def __init__(
        self,
        widths: Sequence[int] = (64, 128, 256, 512),
        blocks: int = 4,
        in_channels: int = 3,
        out_channels: int = 3,
    ) -> None:
        super().__init__()
        first, second, third, last = widths
        self.m_head = _conv(in_channels + 1, first)
        self.m_down1 = _down(first, second, blocks)
        self.m_down2 = _down(second, third, blocks)
        self.m_down3 = _down(third, last, blocks)
        self.m_body = _residual(last, blocks)
        self.m_up3 = _up(last, third, blocks)
        self.m_up2 = _up(third, second, blocks)
        self.m_up1 = _up(second, first, blocks)
        self.m_tail = _conv(first, out_channels)

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        noise_map = torch.zeros_like(x[:, :1]) + level[:, None, None, None].to(x.dtype)
        full = self.m_head(torch.cat([x, noise_map], 1))
        half = self.m_down1(full)
        quarter = self.m_down2(half)
        eighth = self.m_down3(quarter)
        hidden = self.m_up3(self.m_body(eighth) + eighth)
        hidden = self.m_up2(hidden + quarter)
        hidden = self.m_up1(hidden + half)
        return self.m_tail(hidden + full)


class _Residual(nn.Module):
    """x + B relu(A x). ReLU has no weights, but a place in the numbering of the published ones."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.res = nn.Sequential(_conv(width, width), nn.ReLU(), _conv(width, width))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.res(x)


def _conv(inputs: int, outputs: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)


def _residual(width: int, blocks: int) -> nn.Sequential:
    return nn.Sequential(*(_Residual(width) for _ in range(blocks)))


def _down(fine: int, coarse: int, blocks: int) -> nn.Sequential:
    return nn.Sequential(*_residual(fine, blocks), nn.Conv2d(fine, coarse, 2, stride=2, bias=False))


def _up(coarse: int, fine: int, blocks: int) -> nn.Sequential:
    return nn.Sequential(nn.ConvTranspose2d(coarse, fine, 2, stride=2, bias=False), *_residual(fine, blocks))
