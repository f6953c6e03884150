"""Discrete noise schedules, for use and for import alike: which noise level belongs to which time.

Numpy alone, so that a card can be read without torch.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from daps_desktop.base.i18n import N_, phrase

# What diffusers and the unconditional ADM checkpoints (arXiv 2105.05233) use where nothing else is said.
LINEAR: dict[str, Any] = {
    "num_train_timesteps": 1000,
    "beta_schedule": "linear",
    "beta_start": 1e-4,
    "beta_end": 0.02,
}
NAMES = (*LINEAR, "trained_betas", "rescale_betas_zero_snr")


def schedule_sigmas(schedule: Mapping[str, Any]) -> NDArray[np.float64]:
    """The noise level sqrt((1 - abar) / abar) of every time of a diffusers scheduler configuration, rising.

    Raises: ValueError for an unknown beta schedule or betas outside 0..1.
    """
    beta = _betas(schedule)
    if beta.ndim != 1 or beta.size < 2 or not ((beta > 0) & (beta <= 1)).all():
        raise ValueError(phrase(N_("its noise schedule is not one of betas between 0 and 1")))
    abar = np.cumprod(1 - beta)
    if schedule.get("rescale_betas_zero_snr"):
        # Lin 2024 (arXiv 2305.08891), algorithm 1: the last time is pure noise.
        root = np.sqrt(abar)
        abar = ((root - root[-1]) * root[0] / (root[0] - root[-1])) ** 2
    abar = abar[abar > 1e-12]  # pure noise has no finite sigma
    if abar.size < 2:
        raise ValueError(phrase(N_("its noise schedule leaves no picture to be seen")))
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
    raise ValueError(phrase(N_("its noise schedule {kind!r} is not known"), kind=kind))


def time_of(sigma: float, sigmas: tuple[float, ...]) -> float:
    """The time of a noise level, interpolated in log sigma; the ends hold beyond them."""
    return float(np.interp(np.log(sigma), np.log(sigmas), np.arange(len(sigmas))))
