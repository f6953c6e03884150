"""Published weights of DRUNet, recognised by the names of their tensors.

Source: Zhang et al. 2021 (arXiv 2008.13751), section 4.1: trained on crops of 128 pixels from 0 to 1 with
noise from 0 to 50 of 255 grey levels.
"""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from daps_desktop.base.i18n import N_, words_of
from daps_desktop.networks.importers.safe_pickle import CheckpointError
from daps_desktop.networks.parameterisation import NoiseMapParameterisation

TRAINED_SIZE = 128
USE = NoiseMapParameterisation(sigma_max=50 / 127.5)
_LEVELS = ("m_down1", "m_down2", "m_down3", "m_body")


def is_drunet(state: Mapping[str, Tensor]) -> bool:
    return "m_head.weight" in state and "m_tail.weight" in state


def config_of(state: Mapping[str, Tensor]) -> dict[str, Any]:
    """The configuration that these weights fit. Raises: CheckpointError."""
    if state["m_head.weight"].shape[1:2] != (4,) or state["m_tail.weight"].shape[:1] != (3,):
        raise CheckpointError(N_("it does not work on RGB photos"))
    try:
        widths = [state[f"{level}.0.res.0.weight"].shape[0] for level in _LEVELS]
    except (KeyError, IndexError) as error:
        raise CheckpointError(N_("its layers do not fit together: {error}"), error=words_of(error)) from error
    blocks = len({name.split(".")[1] for name in state if name.startswith("m_body.")})
    return {"_class_name": "DRUNet", "widths": widths, "blocks": blocks, "in_channels": 3, "out_channels": 3}
