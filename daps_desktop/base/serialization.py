"""Frozen dataclasses to JSON and back, strictly: a wrong type, a missing value or a NaN is an error."""

import json
import sys
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
_SCALARS = (bool, int, float, str)
_MOST_VALUES = 2_000_000  # an album of 100,000 photos has 1.5 million; each may take a hundred bytes


def load_json(data: bytes) -> object:
    """What the UTF-8 text `data` says.

    Raises: ValueError, also for NaN, Infinity, endless nesting, and more values than any file of ours has.
    """
    if sum(data.count(sign) for sign in (b",", b"[", b"{")) > _MOST_VALUES:
        raise ValueError("it holds too many values")
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def dump_json(value: object) -> bytes:
    """Raises: ValueError for a number that is not finite."""
    return json.dumps(value, indent=1, allow_nan=False).encode("utf-8")


def to_plain(value: object) -> Any:
    """`value`, a dataclass or what its fields may hold, as `from_plain` reads it back."""
    if is_dataclass(value):
        return {f.name: to_plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in cast(list[object], value)]
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in cast(dict[object, object], value).items()}
    return value


def from_plain(kind: type[T], data: object) -> T:
    """The `kind` that `data` describes; keys it does not know are left aside, being those of a later version.

    Fields are scalars, lists, tuples, dicts with texts as keys, other dataclasses, or one of these or None.
    Raises: ValueError where a value is missing, of another type, or not finite.
    """
    return cast(T, _read(kind, data))


def _read(kind: Any, data: object) -> object:
    if is_dataclass(kind):
        return _read_dataclass(cast(type[Any], kind), data)
    if kind in _SCALARS:
        return _read_scalar(kind, data)
    if kind is object:  # checked by whoever reads it
        return data
    origin, parts = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return None if data is None else _read(next(p for p in parts if p is not NoneType), data)
    if origin is dict and isinstance(data, dict):
        items = cast(dict[object, object], data).items()
        return {_read(parts[0], key): _read(parts[1], value) for key, value in items}
    if origin in (list, tuple) and isinstance(data, list):
        return _read_sequence(origin, parts, cast(list[object], data))
    raise ValueError(f"{type(data).__name__} where {kind} belongs")


def _read_dataclass(kind: type[Any], data: object) -> object:
    if not isinstance(data, dict):
        raise ValueError(f"there is no {kind.__name__}")
    given, types = cast(dict[str, object], data), _types(kind)
    values: dict[str, object] = {}
    for field in fields(kind):
        if field.name in given:
            values[field.name] = _read(types[field.name], given[field.name])
        elif _needed(field):
            raise ValueError(f"{kind.__name__} does not say {field.name}")
    return kind(**values)


@cache
def _types(kind: type[Any]) -> dict[str, Any]:
    """Of the fields; they are worked out anew each time they are asked for, and an album has 100,000 rows."""
    return get_type_hints(kind)


def _needed(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _read_scalar(kind: type, data: object) -> object:
    if kind is float and type(data) in (int, float) and abs(cast(float, data)) <= sys.float_info.max:
        return float(cast(float, data))
    if type(data) is kind and kind is not float:
        return data
    raise ValueError(f"{type(data).__name__} where {kind.__name__} belongs")


def _read_sequence(origin: Any, parts: tuple[Any, ...], data: list[object]) -> object:
    if origin is list or parts[-1] is Ellipsis:
        items = [_read(parts[0], item) for item in data]
        return items if origin is list else tuple(items)
    if len(data) != len(parts):
        raise ValueError(f"{len(data)} values where {len(parts)} belong")
    return tuple(_read(part, item) for part, item in zip(parts, data, strict=True))


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number")
