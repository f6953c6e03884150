"""The ADM network of Dhariwal, Nichol 2021 (arXiv 2105.05233), written for the tests alone, plainly.

It knows nothing of diffusers. Module names follow those in published checkpoints, so that its state dict
is laid out like theirs.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from torch import Tensor, nn


@dataclass(frozen=True)
class Settings:
    channels: int
    mult: tuple[int, ...]
    blocks: int
    attend: tuple[int, ...]  # downsampling factors at which there is attention
    head_channels: int
    updown: bool = True
    scale_shift: bool = True
    out_channels: int = 6


def timestep_embedding(t: Tensor, dim: int) -> Tensor:
    """Cosines, then sines, of t times frequencies falling geometrically from 1 to almost 1 / 10000."""
    half = dim // 2
    freqs = torch.tensor([10000 ** (-i / half) for i in range(half)])
    angles = t.float()[:, None] * freqs[None]
    return torch.cat([angles.cos(), angles.sin()], 1)


class Res(nn.Module):
    def __init__(self, cin: int, cout: int, emb: int, scale_shift: bool, step: str = "") -> None:
        super().__init__()
        self.step = step
        self.scale_shift = scale_shift
        self.in_layers = nn.Sequential(nn.GroupNorm(32, cin), nn.SiLU(), nn.Conv2d(cin, cout, 3, padding=1))
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(emb, 2 * cout if scale_shift else cout))
        self.out_layers = nn.Sequential(
            nn.GroupNorm(32, cout), nn.SiLU(), nn.Dropout(0.0), nn.Conv2d(cout, cout, 3, padding=1)
        )
        self.skip_connection = nn.Identity() if cin == cout else nn.Conv2d(cin, cout, 1)

    def resample(self, x: Tensor) -> Tensor:
        if self.step == "down":
            return functional.avg_pool2d(x, 2)
        return x.repeat_interleave(2, 2).repeat_interleave(2, 3) if self.step == "up" else x

    def forward(self, x: Tensor, emb: Tensor) -> Tensor:
        norm, act, conv = self.in_layers
        h = conv(self.resample(act(norm(x))))
        e = self.emb_layers(emb)[:, :, None, None]
        if self.scale_shift:
            scale, shift = e.chunk(2, 1)
            h = self.out_layers[1:](self.out_layers[0](h) * (1 + scale) + shift)
        else:
            h = self.out_layers(h + e)
        return self.skip_connection(self.resample(x)) + h


class Attention(nn.Module):
    """Heads lie one after another in the projection, each as its queries, keys and values."""

    def __init__(self, channels: int, head_channels: int) -> None:
        super().__init__()
        self.head_channels = head_channels
        self.norm = nn.GroupNorm(32, channels)
        self.qkv = nn.Conv1d(channels, 3 * channels, 1)
        self.proj_out = nn.Conv1d(channels, channels, 1)

    def forward(self, x: Tensor, emb: Tensor) -> Tensor:
        flat = x.flatten(2)
        heads = []
        for head in self.qkv(self.norm(flat)).split(3 * self.head_channels, 1):
            q, k, v = head.split(self.head_channels, 1)
            weight = (q.transpose(1, 2) @ k / math.sqrt(self.head_channels)).softmax(-1)
            heads.append(v @ weight.transpose(1, 2))
        return x + self.proj_out(torch.cat(heads, 1)).reshape(x.shape)


class Shrink(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.op = nn.Conv2d(channels, channels, 3, stride=2, padding=1)

    def forward(self, x: Tensor, emb: Tensor) -> Tensor:
        return self.op(x)


class Enlarge(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor, emb: Tensor) -> Tensor:
        return self.conv(x.repeat_interleave(2, 2).repeat_interleave(2, 3))


class Adm(nn.Module):
    def __init__(self, s: Settings) -> None:
        super().__init__()
        self.s = s
        self.emb = 4 * s.channels
        self.time_embed = nn.Sequential(
            nn.Linear(s.channels, self.emb), nn.SiLU(), nn.Linear(self.emb, self.emb)
        )
        self.input_blocks = nn.ModuleList([nn.ModuleList([nn.Conv2d(3, s.channels, 3, padding=1)])])
        skips, ch = [s.channels], s.channels
        for level, mult in enumerate(s.mult):
            for _ in range(s.blocks):
                self.input_blocks.append(self.stage(ch, mult * s.channels, level))
                ch = mult * s.channels
                skips.append(ch)
            if level < len(s.mult) - 1:
                self.input_blocks.append(
                    nn.ModuleList([self.res(ch, ch, "down") if s.updown else Shrink(ch)])
                )
                skips.append(ch)
        self.middle_block = nn.ModuleList(
            [self.res(ch, ch), Attention(ch, s.head_channels), self.res(ch, ch)]
        )
        self.output_blocks = nn.ModuleList()
        for level, mult in reversed(list(enumerate(s.mult))):
            for i in range(s.blocks + 1):
                stage = self.stage(ch + skips.pop(), mult * s.channels, level)
                ch = mult * s.channels
                if level and i == s.blocks:
                    stage.append(self.res(ch, ch, "up") if s.updown else Enlarge(ch))
                self.output_blocks.append(stage)
        self.out = nn.Sequential(nn.GroupNorm(32, ch), nn.SiLU(), nn.Conv2d(ch, s.out_channels, 3, padding=1))

    def res(self, cin: int, cout: int, step: str = "") -> Res:
        return Res(cin, cout, self.emb, self.s.scale_shift, step)

    def stage(self, cin: int, cout: int, level: int) -> nn.ModuleList:
        layers: list[nn.Module] = [self.res(cin, cout)]
        if 2**level in self.s.attend:
            layers.append(Attention(cout, self.s.head_channels))
        return nn.ModuleList(layers)

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        emb = self.time_embed(timestep_embedding(t, self.s.channels))
        h = self.input_blocks[0][0](x)
        skips = [h]
        for stage in self.input_blocks[1:]:
            for layer in stage:
                h = layer(h, emb)
            skips.append(h)
        for layer in self.middle_block:
            h = layer(h, emb)
        for stage in self.output_blocks:
            h = torch.cat([h, skips.pop()], 1)
            for layer in stage:
                h = layer(h, emb)
        return self.out(h)


def random_adm(settings: Settings, seed: int = 0) -> Adm:
    """With every tensor drawn at random: a layer left at zero or one would hide a mistake."""
    generator = torch.Generator().manual_seed(seed)
    network = Adm(settings).eval().requires_grad_(False)
    for name, parameter in network.named_parameters():
        fan_in = parameter[0].numel() if parameter.ndim > 1 else 4
        parameter.copy_(torch.randn(parameter.shape, generator=generator) / math.sqrt(fan_in))
        if parameter.ndim == 1 and name.endswith("weight"):
            parameter.add_(1)  # norms
    return network
