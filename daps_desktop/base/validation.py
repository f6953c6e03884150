"""Checks of values that come from outside; each raises the sentence for the user."""

from collections.abc import Sequence

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, Phrase, phrase, written


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
        detail = phrase(words, low=written(low), high=written(high), value=written(value))
        raise UserError("setting_value", name=name, detail=detail)
