"""How a denoiser D(x, sigma) comes of a network: EDM, a schedule and its prediction, or a noise map."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from daps_desktop.networks.schedules import schedule_sigmas

PATCHES = (1, 2, 4, 8)


@dataclass(frozen=True, slots=True)
class EdmParameterisation:
    """D = c_skip x + c_out F(c_in x, ln(sigma) / 4), see `edm`.

    F sees blocks of `pixel_patch` x `pixel_patch` pixels as channels; noise levels are in [-1, 1] units.
    """

    kind: ClassVar = "edm"

    sigma_data: float
    sigma_min: float
    sigma_max: float
    pixel_patch: int = 1


@dataclass(frozen=True, slots=True)
class DiscreteParameterisation:
    """A variance-preserving network with discrete times (Ho 2020, arXiv 2006.11239).

    `prediction` is "epsilon", "v_prediction" or "sample"; `sigmas` the noise level of every time, rising, in
    [-1, 1] units.
    """

    kind: ClassVar = "discrete"

    prediction: str
    schedule: Mapping[str, Any] = field(repr=False, compare=False)
    sigmas: tuple[float, ...] = field(repr=False)

    @classmethod
    def of(cls, prediction: str, schedule: Mapping[str, Any]) -> "DiscreteParameterisation":
        """Raises: ValueError for an unknown schedule."""
        return cls(prediction, schedule, tuple(schedule_sigmas(schedule).tolist()))

    @property
    def sigma_max(self) -> float:
        return self.sigmas[-1]


@dataclass(frozen=True, slots=True)
class NoiseMapParameterisation:
    """A plain denoiser F(x, sigma) of pictures from 0 to 1, trained up to a largest noise level.

    `sigma_max` is in [-1, 1] units like all noise levels here, which is twice the network's own.
    """

    kind: ClassVar = "noise-map"

    sigma_max: float


Parameterisation = EdmParameterisation | DiscreteParameterisation | NoiseMapParameterisation


def section_of(parameterisation: Parameterisation) -> dict[str, Any]:
    """The section `parameterisation` of a card: what `read_card` reads back."""
    values = {entry.name: getattr(parameterisation, entry.name) for entry in fields(parameterisation)}
    values.pop("sigmas", None)  # they follow from the schedule
    return {"kind": parameterisation.kind, **values}
