"""Damages as text, `NAME:key=value,...`, as the command line and recipes write them."""

from collections.abc import Callable
from dataclasses import MISSING, Field, asdict, fields
from typing import Any, cast

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, format_exact, phrase
from daps_desktop.jobs.damage import Damage, KernelBlur, allowed, value_fields
from daps_desktop.jobs.damage_traits import TRAITS


def parse_damage(text: str) -> Damage:
    """The damage that `NAME[:key=value,...]` names.

    Raises: UserError for an unknown name or key, or a value out of range.
    """
    name, _, rest = text.partition(":")
    by_name = {kind.name: kind for kind in TRAITS}
    kind = by_name.get(name)
    if kind is None:
        raise UserError("damage_unknown", name=name, known=", ".join(by_name))
    values: dict[str, Any] = {}
    items = [rest] if kind is KernelBlur else rest.split(",")  # the name of a file may hold commas
    for item in filter(None, items):
        key, _, value = item.partition("=")
        values[key] = _parse_value(kind, key, value)
    return kind(**values)


def _parse_value(kind: type[Damage], key: str, value: str) -> object:
    known: dict[str, Field[Any]] = {f.name: f for f in value_fields(kind)}
    if key not in known:
        detail = phrase(N_("there is no value called {key}"), key=repr(key))
        raise UserError("damage_value", name=kind.name, detail=detail)
    default: object = known[key].default
    assert default is not MISSING
    convert = cast(Callable[[str], object], type(default))
    try:
        return convert(value)
    except ValueError:
        words = N_("{text} is not a whole number") if convert is int else N_("{text} is not a number")
        detail = phrase(words, text=f"{key}={value}")
        raise UserError("damage_value", name=kind.name, detail=detail) from None


def format_damage(damage: Damage) -> str:
    """The text that `parse_damage` reads back, but for pictures; a usual word goes without saying."""
    usual = {f.name: f.default for f in fields(damage)}
    told = {k: v for k, v in asdict(damage).items() if not isinstance(v, bytes)}
    said = {k: v for k, v in told.items() if not (isinstance(v, str) and v == usual[k])}
    values = ",".join(f"{k}={v if isinstance(v, str) else format_exact(v)}" for k, v in said.items())
    return f"{damage.name}:{values}" if values else damage.name


def usage(kind: type[Damage]) -> str:
    """How the command line's help describes this kind and the values it takes."""
    values = ", ".join(values_of(kind))
    return f"{kind.name}: {values}" if values else kind.name


def values_of(kind: type[Damage]) -> list[str]:
    """Each value of this kind, as `key=LOW..HIGH` or `key=ONE/OTHER`."""
    return [f"{f.name}={allowed(kind, f.name).usage()}" for f in value_fields(kind)]
