"""What a prior may say of itself before it is believed: sizes and kinds, checked before anything is built.

Files of a prior come from anybody. A configuration of a few bytes can ask for more memory than there is, or
for layers without end; no number of it is used before it stands within bounds that no known prior comes near.
"""

import math
import re
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from daps_desktop.base.files import open_regular_file, read_bounded
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.base.serialization import load_json

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MAX_JSON = 16 * 2**20  # bytes of a card, a configuration, or the header of the weights
_MIN_NUMBER, _MAX_NUMBER = 1e-12, 1e6
_MAX_WIDTH, _MAX_LEVELS, _MAX_LAYERS = 8192, 8, 8
_DOWN = ("DownBlock2D", "AttnDownBlock2D", "ResnetDownsampleBlock2D")
_UP = ("UpBlock2D", "AttnUpBlock2D", "ResnetUpsampleBlock2D")
PREDICTIONS = ("epsilon", "v_prediction", "sample")
_OPTIONAL_INTS = {
    "in_channels": 256,
    "out_channels": 256,
    "layers_per_block": _MAX_LAYERS,
    "norm_num_groups": _MAX_WIDTH,
    "attn_norm_num_groups": _MAX_WIDTH,
    "attention_head_dim": _MAX_WIDTH,
    "time_embedding_dim": 4 * _MAX_WIDTH,
    "num_train_timesteps": 100_000,
    "downsample_padding": 8,
}
_OPTIONAL_NUMBERS = ("mid_block_scale_factor", "norm_eps")

Values = Mapping[str, Any]


def read_object(path: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises: OSError, ValueError."""
    return _object(read_bounded(path, _MAX_JSON))


def _object(data: bytes) -> dict[str, Any]:
    value = load_json(data)
    if not isinstance(value, dict):
        raise ValueError(phrase(N_("it holds no object")))
    return cast(dict[str, Any], value)


def read_shapes(weights: Path) -> dict[str, tuple[int, ...]]:
    """The shape of each tensor in a safetensors file, from its header alone. Raises: OSError, ValueError."""
    with open_regular_file(weights) as file:
        head = file.read(8)
        size = weights.stat().st_size
        length = struct.unpack("<Q", head)[0] if len(head) == 8 else 0
        if not 0 < length <= min(_MAX_JSON, size - 8):
            raise ValueError(phrase(N_("the header of its weights has an impossible length")))
        header = _object(file.read(length))
    return {name: _shape(entry, size) for name, entry in header.items() if name != "__metadata__"}


def _shape(entry: object, size: int) -> tuple[int, ...]:
    shape = cast(dict[str, Any], entry).get("shape") if isinstance(entry, dict) else None
    if not isinstance(shape, list) or not all(type(side) is int and 0 <= side <= size for side in shape):
        raise ValueError(phrase(N_("its weights have an impossible shape")))
    if len(shape) > 8 or math.prod(shape) > size:
        raise ValueError(phrase(N_("its weights claim to be larger than their file")))
    return tuple(cast(list[int], shape))


# Architectures


def check_network(network: Values) -> str:
    """The name of its architecture; without one it is a UNet2DModel.

    Raises: ValueError, KeyError unless this describes a known network of a possible size.
    """
    name = network.get("_class_name", "UNet2DModel")
    check = _CHECKS.get(name) if isinstance(name, str) else None
    if check is None:
        known = ", ".join(_CHECKS)
        raise ValueError(
            phrase(N_("its network is a {name}; known are {known}"), name=str(name)[:60], known=known)
        )
    check(network)
    return name


def _check_norm_free(network: Values) -> None:
    _check_convolutions(network)
    require_int(network, "embedding", 1, _MAX_WIDTH)


def _check_drunet(network: Values) -> None:
    _check_convolutions(network)
    if len(network["widths"]) != 4:
        raise ValueError(phrase(N_("a DRUNet has four levels")))


def _check_convolutions(network: Values) -> None:
    if _check_widths(network.get("widths")) < 2:
        raise ValueError(phrase(N_("its network needs two levels at least")))
    require_int(network, "blocks", 1, _MAX_LAYERS)
    for name in ("in_channels", "out_channels"):
        require_int(network, name, 1, _OPTIONAL_INTS[name])


def _check_unet_2d(network: Values) -> None:
    if network.get("num_class_embeds") or network.get("class_embed_type"):
        raise ValueError(phrase(N_("it needs a class label (class-conditional)")))
    for name, most in _OPTIONAL_INTS.items():
        if network.get(name) is not None:
            require_int(network, name, 0 if name == "downsample_padding" else 1, most)
    for name in _OPTIONAL_NUMBERS:
        if network.get(name) is not None:
            require_positive(network, name)
    _check_side(network.get("sample_size"))
    levels = _check_widths(network.get("block_out_channels"))
    for name, known in (("down_block_types", _DOWN), ("up_block_types", _UP)):
        _check_blocks(network.get(name), name, known, levels)


# What the configuration of each architecture may say; what builds it stands in `architectures/table.py`.
_CHECKS = {"NormFreeUNet": _check_norm_free, "DRUNet": _check_drunet, "UNet2DModel": _check_unet_2d}


def _check_widths(widths: object) -> int:
    """How many levels there are."""
    if not isinstance(widths, list) or not 1 <= len(widths) <= _MAX_LEVELS:
        raise ValueError(phrase(N_("its network does not have one to {most} levels"), most=_MAX_LEVELS))
    for level in range(len(widths)):
        require_int(dict(enumerate(widths)), level, 1, _MAX_WIDTH)
    return len(widths)


def _check_side(side: object) -> None:
    sides = cast(list[object], side) if isinstance(side, list) else [side or 1]
    if not sides or not all(type(each) is int and 1 <= each <= 65_536 for each in sides):
        raise ValueError(phrase(N_("sample_size must be a number of pixels")))


def _check_blocks(blocks: object, name: str, known: tuple[str, ...], levels: int) -> None:
    if not isinstance(blocks, list) or len(blocks) != levels or not all(block in known for block in blocks):
        raise ValueError(
            phrase(
                N_("its {name} are not {levels} of {known}"), name=name, levels=levels, known=", ".join(known)
            )
        )


# Conventions


def check_schedule(schedule: object) -> Values:
    """Raises: ValueError, KeyError unless its values are possible ones."""
    values = require_mapping(schedule, "schedule")
    betas = values.get("trained_betas")
    if betas is None:
        require_int(values, "num_train_timesteps", 2, 100_000)
        for name in ("beta_start", "beta_end"):
            require_positive(values, name)
    elif not isinstance(betas, list) or not all(type(beta) in (int, float) for beta in betas):
        raise ValueError(phrase(N_("trained_betas must be numbers")))
    return values


def require_mapping(value: object, name: str) -> Values:
    if not isinstance(value, dict):
        raise ValueError(phrase(N_("{name} is not an object"), name=name))
    return cast(dict[str, Any], value)


def require_one_of(values: Values, name: str, known: tuple[str, ...]) -> str:
    """Raises: ValueError, KeyError unless it is one of the known words."""
    value = values[name]
    if value not in known:
        raise ValueError(
            phrase(
                N_("{name} must be one of {known}, not {value!r}"),
                name=name,
                known=", ".join(known),
                value=str(value)[:40],
            )
        )
    return value


def require_int(values: Mapping[Any, Any], name: object, least: int, most: int) -> int:
    """Raises: ValueError, KeyError unless there is a whole number between these two."""
    value = values[name]
    if type(value) is not int or not least <= value <= most:
        raise ValueError(
            phrase(
                N_("{name} must be a whole number from {least} to {most}, not {value}"),
                name=name,
                least=least,
                most=most,
                value=str(value)[:20],
            )
        )
    return value


def require_positive(values: Values, name: str) -> float:
    """Raises: ValueError, KeyError unless there is a number above 0 whose square is one, too."""
    value = values[name]
    if type(value) not in (int, float) or not _MIN_NUMBER <= value <= _MAX_NUMBER:
        raise ValueError(
            phrase(
                N_("{name} must be a number from {least:g} to {most:g}, not {value}"),
                name=name,
                least=_MIN_NUMBER,
                most=_MAX_NUMBER,
                value=str(value)[:20],
            )
        )
    return float(value)
