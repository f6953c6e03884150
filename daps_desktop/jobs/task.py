"""What is to be undone in one run: damages that go together."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, Phrase, phrase
from daps_desktop.jobs.damage import Damage
from daps_desktop.jobs.damage_traits import TRAITS, Conflict, Stage, Traits, conflict

D = TypeVar("D", bound="Damage")


@dataclass(frozen=True, slots=True)
class Task:
    """All that is to be undone in one run; each kind of damage at most once.

    To find out what a task asks for, ask its properties, which go by the traits of its damages.

    Raises: UserError if a kind is given twice, or two kinds that exclude each other.
    """

    damages: tuple[Damage, ...]

    def __post_init__(self) -> None:
        for one, other in combinations(self.damages, 2):
            detail = _clash(type(one), type(other))
            if detail:
                raise UserError("damage_combination", detail=detail)

    def check_mask(self, marked: bool) -> None:
        """Raises: UserError where marks are needed and missing, or there and of no use."""
        if self.needs_mask and not marked:
            raise UserError("mask_needed")
        if marked and not self.takes_mask:
            name = ", ".join(damage.name for damage in self.damages)
            raise UserError("damage_combination", detail=phrase(N_("{name} takes no mask"), name=name))

    def find(self, kind: type[D]) -> D | None:
        return next((d for d in self.damages if isinstance(d, kind)), None)

    def without(self, kind: type[Damage]) -> "Task":
        return Task(tuple(d for d in self.damages if not isinstance(d, kind)))

    @property
    def only_fills_mask(self) -> bool:
        """True where nothing but the mask may change, so that all other pixels must come out bit for bit."""
        return self._all(lambda traits: traits.mask == "needs")

    @property
    def needs_mask(self) -> bool:
        return self._any(lambda traits: traits.mask == "needs")

    @property
    def takes_mask(self) -> bool:
        """False where marks on the photo mean nothing."""
        return not self._any(lambda traits: traits.mask == "none")

    @property
    def maskless_part(self) -> "Task":
        """What can be undone where nothing is marked."""
        return self._part(lambda traits: traits.mask != "needs")

    @property
    def solved_part(self) -> "Task":
        """What the solver undoes: all but curves of colours, which are undone apart from it."""
        return self._part(lambda traits: traits.stage is not Stage.CURVE)

    @property
    def blurs(self) -> bool:
        return self._any(lambda traits: traits.blur)

    @property
    def keeps_grain(self) -> bool:
        """True where the grain of the photo is texture to continue: nothing that it hides is undone."""
        return self._all(lambda traits: traits.keeps_grain)

    @property
    def can_keep_grain(self) -> bool:
        """True where noise is taken out of a photo that shows all of it, of which some can be given back.

        What JPEG or a smaller size took from a photo lies in what it lacks as well, and is no grain.
        """
        solved = self.solved_part
        return solved.fully_observed and not solved.keeps_grain

    @property
    def fully_observed(self) -> bool:
        """True where the photo has as many measured values as it has pixels that are seen."""
        return self._all(lambda traits: traits.fully_observed)

    @property
    def adds_colour(self) -> bool:
        """True where the result of a grey photo has colours."""
        return self._any(lambda traits: traits.adds_colour)

    @property
    def needs_file_values(self) -> bool:
        """True where the values must reach the solver as they are in the file."""
        return self._any(lambda traits: traits.needs_file_values)

    @property
    def in_image_domain(self) -> bool:
        """True where what was measured is a picture of the scene, and not its Fourier transform, say."""
        return not self._any(lambda traits: not traits.in_image_domain)

    @property
    def scale(self) -> int:
        """How many times larger the result is than the photo."""
        return math.prod(damage.enlargement for damage in self.damages)

    @property
    def runs(self) -> int:
        """How many runs to take the best of; 0 where runs explain the photo alike, and may be averaged."""
        return max((damage.runs for damage in self.damages), default=0)

    def _any(self, holds: Callable[[Traits], bool]) -> bool:
        return any(holds(TRAITS[type(damage)]) for damage in self.damages)

    def _all(self, holds: Callable[[Traits], bool]) -> bool:
        """Whether it holds of all that is asked for, and anything is."""
        return bool(self.damages) and all(holds(TRAITS[type(damage)]) for damage in self.damages)

    def _part(self, holds: Callable[[Traits], bool]) -> "Task":
        return Task(tuple(damage for damage in self.damages if holds(TRAITS[type(damage)])))


def _clash(one: type[Damage], other: type[Damage]) -> Phrase | None:
    """Why two damages cannot be undone in one run; None where they can."""
    if one is other:
        return phrase(N_("{name} is given twice"), name=one.name)
    match conflict(one, other):
        case None:
            return None
        case Conflict.TWO_BLURS:
            return phrase(N_("a photo can be undone one kind of blur at a time"))
        case Conflict.ALONE:
            alone = one if TRAITS[one].stage is Stage.ALONE else other
            return phrase(N_("{name} cannot be combined with other damage"), name=alone.name)
        case Conflict.IN_TURN:
            words = N_("{one} and {other} are undone one after the other")
            return phrase(words, one=one.name, other=other.name)
