"""What the program does with each kind of damage: one table, which all that asks about kinds goes by.

What else a kind needs stands in two tables of the same keys: its operator in restoration/forward_model, its
card and words in ui/panels/damage_cards.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from typing import Literal

from daps_desktop.jobs.damage import (
    BoxMask,
    CameraBlur,
    Clipping,
    Damage,
    Downsampling,
    Fading,
    GaussianBlur,
    Greyscale,
    JpegCompression,
    KernelBlur,
    MissingPixels,
    MotionBlur,
    Noise,
    PhaseRetrieval,
    RandomMask,
    Toning,
)


class Stage(IntEnum):
    """Where its operator stands in the forward model, in the order of events."""

    NONE = auto()  # nowhere: the noise level says it
    CURVE = auto()  # nowhere: a curve of colours, undone apart from the solver
    BLUR = auto()
    DOWNSAMPLING = auto()
    COLOUR = auto()
    MASK = auto()
    RECORDING = auto()  # what is not linear: sensor and file. One at most
    ALONE = auto()  # in place of all others


@dataclass(frozen=True, slots=True)
class Traits:
    """What holds of every damage of one kind.

    `excludes` holds in both directions and is given for one of the two kinds only. Kinds of blur, kinds of
    the stage RECORDING, and one that is ALONE and any other exclude each other without being named there.
    """

    stage: Stage = Stage.NONE
    excludes: frozenset[type[Damage]] = frozenset()
    mask: Literal["needs", "may", "none"] = "may"
    blur: bool = False
    keeps_grain: bool = False  # the photo's noise is texture to continue, not to be removed
    fully_observed: bool = False  # as many measured values as there are pixels seen
    adds_colour: bool = False  # a result in colour of a grey photo
    needs_file_values: bool = False  # speaks of the values as they are in the file
    in_image_domain: bool = True  # the measurement is itself a picture of the scene
    can_simulate: bool = True  # can be applied to a photo, too


TRAITS: dict[type[Damage], Traits] = {
    MissingPixels: Traits(Stage.MASK, mask="needs", keeps_grain=True, fully_observed=True),
    GaussianBlur: Traits(Stage.BLUR, blur=True, fully_observed=True),
    MotionBlur: Traits(Stage.BLUR, blur=True, fully_observed=True),
    KernelBlur: Traits(Stage.BLUR, blur=True, fully_observed=True),
    Downsampling: Traits(Stage.DOWNSAMPLING),
    Noise: Traits(fully_observed=True),
    JpegCompression: Traits(
        Stage.RECORDING, frozenset({Greyscale}), keeps_grain=True, needs_file_values=True
    ),
    Greyscale: Traits(Stage.COLOUR, keeps_grain=True, adds_colour=True),
    Fading: Traits(Stage.CURVE, can_simulate=False),
    Toning: Traits(Stage.CURVE, frozenset({Greyscale}), can_simulate=False),
    Clipping: Traits(Stage.RECORDING, keeps_grain=True),
    RandomMask: Traits(Stage.MASK),
    BoxMask: Traits(Stage.MASK),
    PhaseRetrieval: Traits(Stage.ALONE, mask="none", in_image_domain=False),
    CameraBlur: Traits(Stage.RECORDING, frozenset({Downsampling, Greyscale}), blur=True),
}


class Conflict(Enum):
    """Why two kinds of damage cannot be undone in one run."""

    TWO_BLURS = auto()
    ALONE = auto()  # one of them goes with nothing else
    IN_TURN = auto()  # they are undone one after the other


def conflict(one: type[Damage], other: type[Damage]) -> Conflict | None:
    """Why the two kinds exclude each other; None where they go together."""
    a, b = TRAITS[one], TRAITS[other]
    if Stage.ALONE in (a.stage, b.stage):
        return Conflict.ALONE
    if a.blur and b.blur:
        return Conflict.TWO_BLURS
    if a.stage == b.stage == Stage.RECORDING or other in a.excludes or one in b.excludes:
        return Conflict.IN_TURN
    return None
