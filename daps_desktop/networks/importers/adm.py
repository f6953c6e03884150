"""Guided-diffusion (ADM) checkpoints as a UNet2DModel, exactly.

Source: Dhariwal, Nichol 2021 (arXiv 2105.05233): residual blocks that shrink and enlarge, scale-shift norm,
attention with heads of 64 channels whose query, key and value lie together head by head. A checkpoint holds
no settings, so they are read off the names and shapes of its tensors.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from daps_desktop.base.i18n import N_, words_of
from daps_desktop.networks.importers.safe_pickle import CheckpointError

State = Mapping[str, Tensor]

GROUPS = 32
HEAD_CHANNELS = 64


@dataclass(frozen=True, slots=True)
class AdmConfig:
    """The settings of an ADM network. `attention` says for each level, finest first, whether it attends."""

    widths: tuple[int, ...]
    blocks: int
    attention: tuple[bool, ...]
    resampling: str  # "resnet" or "conv"
    scale_shift: bool
    out_channels: int

    @property
    def trained_size(self) -> int:
        """Side in pixels: the family has 4 levels for 64, one more for each doubling."""
        return 2 ** (len(self.widths) + 2)

    def input_index(self, level: int, block: int) -> int:
        """Position in input_blocks; block == blocks is the step down to the next level."""
        return 1 + level * (self.blocks + 1) + block

    def output_index(self, level: int, block: int) -> int:
        return (len(self.widths) - 1 - level) * (self.blocks + 1) + block


def convert(
    state: State, head_channels: int = HEAD_CHANNELS
) -> tuple[dict[str, Any], dict[str, Tensor], AdmConfig]:
    """The UNet2DModel configuration, its state dict, and the layout they were read from.

    Raises: CheckpointError for other networks and for those a UNet2DModel cannot express.
    """
    try:
        layout = infer_config(state)
        return _config(layout, head_channels), _weights(state, layout, head_channels), layout
    except (LookupError, RuntimeError) as error:
        raise CheckpointError(N_("its layers do not fit together: {error}"), error=words_of(error)) from error


def infer_config(state: State) -> AdmConfig:
    """Raises: CheckpointError."""
    _reject_unknown_keys(state)
    ups = [k for k in range(_count(state, "output_blocks")) if _up(state, k)]
    levels = len(ups) + 1
    total = _count(state, "output_blocks")
    if not ups or total % levels or ups[0] + 1 != total // levels:
        raise CheckpointError(N_("its levels cannot be determined"))
    blocks = total // levels - 1
    first = [1 + level * (blocks + 1) for level in range(levels)]
    try:
        widths = tuple(state[f"input_blocks.{k}.0.out_layers.3.weight"].shape[0] for k in first)
        emb = state["input_blocks.1.0.emb_layers.1.weight"].shape[0]
    except KeyError as error:
        raise CheckpointError(N_("it lacks {error}"), error=words_of(error)) from error
    if state["time_embed.0.weight"].shape[1] != widths[0]:
        raise CheckpointError(N_("its time embedding is not as wide as its first level"))
    return AdmConfig(
        widths=widths,
        blocks=blocks,
        attention=tuple(f"input_blocks.{k}.1.qkv.weight" in state for k in first),
        resampling="resnet" if _up(state, ups[0]) == "in_layers.2" else "conv",
        scale_shift=emb == 2 * widths[0],
        out_channels=state["out.2.weight"].shape[0],
    )


def _reject_unknown_keys(state: State) -> None:
    known = ("time_embed.0.weight", "input_blocks.0.0.weight", "middle_block.1.qkv.weight", "out.2.weight")
    if any(name not in state for name in known):
        raise CheckpointError(
            N_("it is neither a guided-diffusion checkpoint nor a folder with a configuration")
        )
    if "label_emb.weight" in state:
        raise CheckpointError(
            N_("it needs a class label (class-conditional); an unconditional one is needed")
        )
    if state["input_blocks.0.0.weight"].shape[1] != 3 or state["out.2.weight"].shape[0] not in (3, 6):
        raise CheckpointError(N_("it does not work on RGB photos alone"))


def _count(state: State, prefix: str) -> int:
    return len({name.split(".")[1] for name in state if name.startswith(f"{prefix}.")})


def _up(state: State, index: int) -> str | None:
    """The name of the convolution that enlarges after output block `index`, relative to its layer, if any."""
    for layer in (1, 2):
        for name in ("in_layers.2", "conv"):
            if f"output_blocks.{index}.{layer}.{name}.weight" in state:
                return name
    return None


def _config(layout: AdmConfig, head_channels: int) -> dict[str, Any]:
    plain = {
        "resnet": ("ResnetDownsampleBlock2D", "ResnetUpsampleBlock2D"),
        "conv": ("DownBlock2D", "UpBlock2D"),
    }
    down, up = plain[layout.resampling]
    return {
        "_class_name": "UNet2DModel",
        "sample_size": layout.trained_size,
        "in_channels": 3,
        "out_channels": layout.out_channels,
        "block_out_channels": list(layout.widths),
        "layers_per_block": layout.blocks,
        "down_block_types": ["AttnDownBlock2D" if attends else down for attends in layout.attention],
        "up_block_types": ["AttnUpBlock2D" if attends else up for attends in reversed(layout.attention)],
        "downsample_type": layout.resampling,
        "upsample_type": layout.resampling,
        "attention_head_dim": head_channels,
        "norm_num_groups": GROUPS,
        "attn_norm_num_groups": GROUPS,  # otherwise scale-shift leaves the middle attention without
        "norm_eps": 1e-5,
        "resnet_time_scale_shift": "scale_shift" if layout.scale_shift else "default",
        "flip_sin_to_cos": True,  # cosines first
        "freq_shift": 0,
    }


def _weights(state: State, layout: AdmConfig, head_channels: int) -> dict[str, Tensor]:
    out: dict[str, Tensor] = {}
    for source, target in {
        "time_embed.0": "time_embedding.linear_1",
        "time_embed.2": "time_embedding.linear_2",
        "input_blocks.0.0": "conv_in",
        "out.0": "conv_norm_out",
        "out.2": "conv_out",
    }.items():
        out |= _renamed(state, {source: target})
    for part in (0, 2):
        out |= _resnet(state, f"middle_block.{part}", f"mid_block.resnets.{part // 2}")
    out |= _attention(state, "middle_block.1", "mid_block.attentions.0", head_channels)
    for level in range(len(layout.widths)):
        out |= _level(state, layout, level, head_channels)
    unused = len(state) - _used(out)
    if unused:
        raise CheckpointError(N_("it has {unused} tensors more than its layout explains"), unused=unused)
    return out


def _used(out: Mapping[str, Tensor]) -> int:
    """How many tensors of the checkpoint `out` came from: query, key and value were one."""
    return len(out) - 2 * sum(".to_q." in name for name in out)


def _level(state: State, layout: AdmConfig, level: int, head_channels: int) -> dict[str, Tensor]:
    """All blocks of one level: down the left side and up the right one."""
    down, up = f"down_blocks.{level}", f"up_blocks.{len(layout.widths) - 1 - level}"
    pairs = [(f"input_blocks.{layout.input_index(level, j)}", down, j) for j in range(layout.blocks)]
    pairs += [(f"output_blocks.{layout.output_index(level, j)}", up, j) for j in range(layout.blocks + 1)]
    out: dict[str, Tensor] = {}
    for source, target, j in pairs:
        out |= _resnet(state, f"{source}.0", f"{target}.resnets.{j}")
        if layout.attention[level]:
            out |= _attention(state, f"{source}.1", f"{target}.attentions.{j}", head_channels)
    if level < len(layout.widths) - 1:
        out |= _resampler(
            state,
            f"input_blocks.{layout.input_index(level, layout.blocks)}.0",
            "op",
            f"{down}.downsamplers.0",
        )
    if level > 0:
        layer = 2 if layout.attention[level] else 1
        source = f"output_blocks.{layout.output_index(level, layout.blocks)}.{layer}"
        out |= _resampler(state, source, "conv", f"{up}.upsamplers.0")
    return out


def _resampler(state: State, source: str, conv: str, target: str) -> dict[str, Tensor]:
    if f"{source}.{conv}.weight" in state:
        return _renamed(state, {f"{source}.{conv}": f"{target}.conv"})
    return _resnet(state, source, target)


def _resnet(state: State, source: str, target: str) -> dict[str, Tensor]:
    names = {
        "in_layers.0": "norm1",
        "in_layers.2": "conv1",
        "emb_layers.1": "time_emb_proj",
        "out_layers.0": "norm2",
        "out_layers.3": "conv2",
    }
    if f"{source}.skip_connection.weight" in state:
        names["skip_connection"] = "conv_shortcut"
    return _renamed(state, {f"{source}.{old}": f"{target}.{new}" for old, new in names.items()})


def _attention(state: State, source: str, target: str, head_channels: int) -> dict[str, Tensor]:
    out = _renamed(state, {f"{source}.norm": f"{target}.group_norm"})
    for kind in ("weight", "bias"):
        # (heads, query | key | value, channels of a head, inputs): head by head, not all queries first.
        qkv = state[f"{source}.qkv.{kind}"]
        split = qkv.reshape(-1, 3, head_channels, *qkv.shape[1:2])
        for part, name in enumerate(("to_q", "to_k", "to_v")):
            out[f"{target}.{name}.{kind}"] = split[:, part].flatten(0, 1).contiguous()
        projection = state[f"{source}.proj_out.{kind}"]
        out[f"{target}.to_out.0.{kind}"] = projection.reshape(projection.shape[:2]).contiguous()
    return out


def _renamed(state: State, names: Mapping[str, str]) -> dict[str, Tensor]:
    return {
        f"{new}.{kind}": state[f"{old}.{kind}"] for old, new in names.items() for kind in ("weight", "bias")
    }
