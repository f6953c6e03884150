"""Damages as text, `NAME:key=value,...`, as the command line and recipes write them."""

from collections.abc import Callable
from dataclasses import MISSING, Field, asdict, fields
from typing import Any, cast

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase, written
from daps_desktop.jobs.damage import KINDS, Damage, Kernel

_BY_NAME = {kind.name: kind for kind in KINDS}


def parse_damage(text: str) -> Damage:
    """The damage that `NAME[:key=value,...]` names.

    Raises: UserError for an unknown name or key, or a value out of range.
    """
    name, _, rest = text.partition(":")
    kind = _BY_NAME.get(name)
    if kind is None:
        raise UserError("damage_unknown", name=name, known=", ".join(_BY_NAME))
    values: dict[str, Any] = {}
    items = [rest] if kind is Kernel else rest.split(",")  # the name of a file may hold commas
    for item in filter(None, items):
        key, _, value = item.partition("=")
        values[key] = _parse_value(kind, key, value)
    return kind(**values)


def _parse_value(kind: type[Damage], key: str, value: str) -> object:
    known: dict[str, Field[Any]] = {f.name: f for f in fields(kind)}
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
    """The text that `parse_damage` reads back; a word that is the usual one goes without saying."""
    usual = {f.name: f.default for f in fields(damage)}
    said = {k: v for k, v in asdict(damage).items() if not (isinstance(v, str) and v == usual[k])}
    values = ",".join(f"{k}={v if isinstance(v, str) else written(v)}" for k, v in said.items())
    return f"{damage.name}:{values}" if values else damage.name
