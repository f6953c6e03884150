"""Frozen dataclasses to JSON and back, strictly: a wrong type, a missing value or a NaN is an error."""

import json
import math
from typing import Any, TypeVar

import msgspec

from daps_desktop.base.i18n import N_, phrase, words_of

T = TypeVar("T")
_MAX_VALUES = 2_000_000  # an album of 100,000 photos has 1.5 million; each may take a hundred bytes


def load_json(data: bytes) -> object:
    """What the UTF-8 text `data` says.

    Raises: ValueError, also for NaN, Infinity, endless nesting, and more values than any file of ours has.
    """
    if sum(data.count(sign) for sign in (b",", b"[", b"{")) > _MAX_VALUES:
        raise ValueError(phrase(N_("it holds too many values")))
    # Not by msgspec: names of files that are no UTF-8 hold lone surrogates, which it refuses.
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_finite, parse_float=_finite)
    except RecursionError:
        raise ValueError(phrase(N_("it is nested too deeply"))) from None
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise ValueError(phrase(N_("it is not JSON"))) from None


def dump_json(value: object) -> bytes:
    """Raises: ValueError for a number that is not finite."""
    return json.dumps(value, indent=1, allow_nan=False).encode("utf-8")


def to_jsonable(value: object) -> Any:
    """`value`, a dataclass or what its fields may hold, as `from_jsonable` reads it back."""
    return msgspec.to_builtins(value, enc_hook=_plain_float)


def from_jsonable(kind: type[T], data: object) -> T:
    """The `kind` that `data` describes; keys it does not know are left aside, being those of a later version.

    Fields are scalars, lists, tuples, dicts with texts as keys, other dataclasses, or one of these or None.
    Raises: ValueError where a value is missing or of another type.
    """
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        own = error.__cause__  # what a dataclass found itself
        told = phrase(N_("a value in it is of the wrong kind: {told}"), told=str(error))
        raise ValueError(words_of(own) if isinstance(own, ValueError) else told) from error


def _plain_float(value: object) -> float:
    """NumPy's own floats are floats too."""
    if isinstance(value, float):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no place in a file")


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(phrase(N_("{name} is not a number"), name=number))
    return value
