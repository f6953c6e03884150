"""Checks of values that come from outside; each raises the sentence for the user."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, Phrase, format_exact, phrase


def check_value(name: str, ok: bool, detail: Phrase) -> None:
    """Raises: UserError (`setting_value`)."""
    if not ok:
        raise UserError("setting_value", name=name, detail=detail)


def check_choice(name: str, value: object, known: Sequence[str]) -> None:
    """Raises: UserError (`setting_value`)."""
    words = N_("{value} is not one of {known}")
    check_value(name, value in known, phrase(words, value=repr(value), known=", ".join(known)))


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Raises: UserError (`setting_value`)."""
    if not low <= value <= high:
        words = N_("must be between {low} and {high}, not {value}")
        detail = phrase(words, low=format_exact(low), high=format_exact(high), value=format_exact(value))
        raise UserError("setting_value", name=name, detail=detail)


class Allowed(Protocol):
    """What a value may be, said where the value is declared."""

    def refusal(self, key: str, value: object) -> Phrase | None:
        """Why `value` is not allowed for what is called `key`; None where it is."""
        ...

    def usage(self) -> str:
        """As help and guide write it."""
        ...


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`, without those ends that a value must be above or below.

    `unit` is a message of `N_`. `periodic`: an angle, which begins again and may be any number.
    """

    low: float
    high: float = math.inf
    unit: str = ""
    above: bool = False
    below: bool = False
    periodic: bool = False

    def refusal(self, key: str, value: object) -> Phrase | None:
        if isinstance(value, int | float) and self._holds(value):
            return None
        unit = phrase(self.unit) if self.unit else ""
        numbers = {name: format_exact(n) for name, n in (("low", self.low), ("high", self.high))}
        said = format_exact(value) if isinstance(value, float) else value
        return phrase(self._words(), key=key, unit=unit, value=said, **numbers)

    def _holds(self, value: float) -> bool:
        if self.periodic:
            return math.isfinite(value)
        inside = self.low <= value <= self.high
        return inside and not (self.above and value == self.low) and not (self.below and value == self.high)

    def _words(self) -> str:
        if self.periodic:
            return N_("{key} must be a number of degrees")
        if math.isinf(self.high):
            return N_("{key} must be {low} at least, not {value}")
        if self.below:
            return N_("{key} must be above {low} and below {high}, not {value}")
        if self.above:
            return N_("{key} must be above {low} and at most {high}, not {value}")
        return N_("{key} must be between {low} and {high}{unit}, not {value}")

    def usage(self) -> str:
        high = "" if math.isinf(self.high) or self.high > _LONG else format_exact(self.high)
        return f"{format_exact(self.low)}..{high}"


_LONG = 1e6  # a bound beyond it is that of the computer, and does not concern the user


class OneOf:
    """One of a few values."""

    def __init__(self, *known: object) -> None:
        self.known = known

    def refusal(self, key: str, value: object) -> Phrase | None:
        words = N_("{key} must be one of {known}, not {value}")
        known = ", ".join(map(str, self.known))
        return None if value in self.known else phrase(words, key=key, known=known, value=value)

    def usage(self) -> str:
        return "/".join(map(str, self.known))
