"""The layers of the built-in priors' U-Net: residual, without normalisation and without attention.

Normalisation takes local means away, which a denoiser must keep, and attention costs more on a processor than
it brings at this size. Without either the network is a chain of convolutions, sums and ReLUs that any
runtime fuses well. Plain torch, so that a run need not wait for diffusers to be imported.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LevelEmbedding(nn.Module):
    """The noise level c (B,) as `width` features (B, width): c, sin(c f), cos(c f), f geometric in 0.5..8."""

    frequencies: Tensor

    def __init__(self, width: int, count: int = 16) -> None:
        super().__init__()
        # On the processor even where the weights are yet to come: this is in no file.
        octaves = torch.linspace(0, math.log(16), count, device="cpu")
        self.register_buffer("frequencies", 0.5 * octaves.exp(), persistent=False)
        self.linear_1 = nn.Linear(2 * count + 1, width)
        self.linear_2 = nn.Linear(width, width)

    def forward(self, level: Tensor) -> Tensor:
        phase = level[:, None] * self.frequencies
        features = torch.cat([level[:, None], phase.sin(), phase.cos()], 1)
        return F.silu(self.linear_2(F.silu(self.linear_1(features))))


class Block(nn.Module):
    """x + B (relu(A x) * (1 + s)): A, B are 3 x 3 convolutions, s scales each channel by the noise level."""

    def __init__(self, width: int, embedding: int) -> None:
        super().__init__()
        self.conv_1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv_2 = nn.Conv2d(width, width, 3, padding=1)
        self.scale = nn.Linear(embedding, width)
        nn.init.zeros_(self.scale.weight)
        nn.init.zeros_(self.scale.bias)
        # Without normalisation many blocks of usual size would blow the signal up.
        with torch.no_grad():
            self.conv_2.weight.mul_(0.2)

    def forward(self, x: Tensor, embedded: Tensor) -> Tensor:
        hidden = F.relu(self.conv_1(x))
        scale = 1 + self.scale(embedded)[:, :, None, None].to(hidden.dtype)
        return x + self.conv_2(hidden * scale)


class Level(nn.ModuleList):
    """Blocks of one width, one after the other."""

    def __init__(self, width: int, blocks: int, embedding: int) -> None:
        super().__init__(Block(width, embedding) for _ in range(blocks))

    def forward(self, x: Tensor, embedded: Tensor) -> Tensor:
        for block in self:
            x = block(x, embedded)
        return x


class NormFreeLayers(nn.Module):
    """F(x, level): x (B, 3, H, W), sides multiples of 2^(levels - 1); level (B,) float32; the result like x.

    Between the levels a strided 2 x 2 convolution goes down and a transposed one up; skips are added.
    `widths` holds the channels of each level, finest first; `blocks` the blocks of a level on each side.
    """

    def __init__(
        self,
        widths: Sequence[int] = (16, 32, 64, 128),
        blocks: int = 4,
        embedding: int = 64,
        in_channels: int = 3,
        out_channels: int = 3,
    ) -> None:
        super().__init__()
        *finer, coarsest = widths
        self.embed = LevelEmbedding(embedding)
        self.conv_in = nn.Conv2d(in_channels, widths[0], 3, padding=1)
        self.down = nn.ModuleList(Level(width, blocks, embedding) for width in finer)
        self.shrink = nn.ModuleList(nn.Conv2d(fine, coarse, 2, stride=2) for fine, coarse in pairwise(widths))
        self.middle = Level(coarsest, blocks, embedding)
        self.grow = nn.ModuleList(
            nn.ConvTranspose2d(coarse, fine, 2, stride=2) for fine, coarse in pairwise(widths)
        )
        self.up = nn.ModuleList(Level(width, blocks, embedding) for width in finer)
        self.conv_out = nn.Conv2d(widths[0], out_channels, 3, padding=1)
        with torch.no_grad():
            self.conv_out.weight.mul_(0.1)  # begins near D(x) = c_skip x

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        embedded = self.embed(level)
        hidden, skips = self.conv_in(x), []
        for blocks, shrink in zip(self.down, self.shrink, strict=True):
            skips.append(blocks(hidden, embedded))
            hidden = shrink(skips[-1])
        hidden = self.middle(hidden, embedded)
        for blocks, grow in zip(reversed(self.up), reversed(self.grow), strict=True):
            hidden = blocks(grow(hidden) + skips.pop(), embedded)
        return self.conv_out(hidden)
