"""What is to be done to a photo, without the photo: repeated on others, kept with results, sent by mail."""

import base64
import json
from dataclasses import dataclass, field, replace
from typing import Any, cast

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.base.serialization import load_json
from daps_desktop.jobs.damage import MAX_KERNEL_BYTES, Damage, KernelBlur, MissingPixels
from daps_desktop.jobs.damage_text import format_damage, parse_damage
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task

VERSION = 1
DEFAULT_TASK = Task((MissingPixels(),))  # of a photo of which nothing is known yet
_KEYS, _KERNEL = {"version", "damage", "settings"}, "kernel"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is wrong, and how thoroughly it is undone; with a photo and a mask it gives one result."""

    task: Task = DEFAULT_TASK
    settings: SolverSettings = field(default_factory=SolverSettings)

    def to_json(self) -> dict[str, Any]:
        """With `kernel`, the picture of a blur as a PNG in base64, where the task holds one."""
        kernel = self.task.find(KernelBlur)
        image = base64.b64encode(kernel.picture).decode() if kernel else ""
        return {
            "version": VERSION,
            "damage": [format_damage(damage) for damage in self.task.damages],
            "settings": self.settings.to_json(),
            **({_KERNEL: image} if image else {}),
        }

    @classmethod
    def from_json(cls, data: object) -> "Recipe":
        """Raises: UserError if `data` is not a recipe, is of another version, or a value is out of range."""
        if not isinstance(data, dict) or data.keys() - {_KERNEL} != _KEYS:  # pyright: ignore[reportUnknownMemberType]
            raise UserError(
                "recipe_unreadable",
                detail=phrase(N_("it does not hold {names}"), names=", ".join(sorted(_KEYS))),
            )
        values = cast(dict[str, Any], data)
        if values["version"] != VERSION:
            raise UserError(
                "recipe_unreadable",
                detail=phrase(N_("version {there!r} is not {here}"), there=values["version"], here=VERSION),
            )
        damages, settings = values["damage"], values["settings"]
        if not isinstance(damages, list) or not isinstance(settings, dict):
            raise UserError(
                "recipe_unreadable",
                detail=phrase(N_("damage must be a list of strings, and settings an object")),
            )
        kinds = [parse_damage(str(damage)) for damage in cast(list[object], damages)]
        if _KERNEL in values:
            kinds = _with_picture(kinds, values[_KERNEL])
        return cls(Task(tuple(kinds)), SolverSettings.from_json(cast(dict[str, Any], settings)))


def _with_picture(damages: list[Damage], text: object) -> list[Damage]:
    """Raises: UserError where it is not the picture of a kernel among them."""
    try:
        image = base64.b64decode(text if isinstance(text, str) else "", validate=True)
    except ValueError:
        image = b""
    if not 0 < len(image) <= MAX_KERNEL_BYTES or not any(isinstance(d, KernelBlur) for d in damages):
        detail = phrase(N_("kernel is not a small image in base64, or belongs to no damage"))
        raise UserError("recipe_unreadable", detail=detail)
    return [replace(d, picture=image) if isinstance(d, KernelBlur) else d for d in damages]


def dump_recipe(recipe: Recipe) -> str:
    return json.dumps(recipe.to_json(), indent=1)


def parse_recipe(text: str) -> Recipe:
    """Raises: UserError if `text` is not a recipe."""
    try:
        data = load_json(text.encode("utf-8"))
    except ValueError:
        raise UserError("recipe_unreadable", detail=phrase(N_("it is not JSON"))) from None
    return Recipe.from_json(data)
