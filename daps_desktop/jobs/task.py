"""What is to be undone in one run: damages that go together."""

from dataclasses import dataclass
from typing import TypeVar

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, Phrase, phrase
from daps_desktop.jobs.damage import Blur, CameraBlur, Damage, Kernel, Motion, Phase, Scratches, Small

D = TypeVar("D", bound="Damage")
_BLURS = (Blur, Motion, Kernel, CameraBlur)


@dataclass(frozen=True, slots=True)
class Task:
    """All that is to be undone in one run; each kind of damage at most once.

    Raises: UserError if a kind is given twice, or two kinds that exclude each other.
    """

    damages: tuple[Damage, ...]

    def __post_init__(self) -> None:
        kinds = [type(d) for d in self.damages]
        for kind in kinds:
            if kinds.count(kind) > 1:
                raise UserError(
                    "damage_combination", detail=phrase(N_("{name} is given twice"), name=kind.name)
                )
        self._at_most_one(_BLURS, phrase(N_("a photo can be undone one kind of blur at a time")))
        if self.has(Phase) and len(kinds) > 1:
            raise UserError(
                "damage_combination", detail=phrase(N_("phase cannot be combined with other damage"))
            )

    def _at_most_one(self, kinds: tuple[type[Damage], ...], detail: Phrase) -> None:
        if sum(isinstance(d, kinds) for d in self.damages) > 1:
            raise UserError("damage_combination", detail=detail)

    def has(self, kind: type[Damage]) -> bool:
        return any(isinstance(d, kind) for d in self.damages)

    def find(self, kind: type[D]) -> D | None:
        return next((d for d in self.damages if isinstance(d, kind)), None)

    def without(self, kind: type[Damage]) -> "Task":
        return Task(tuple(d for d in self.damages if not isinstance(d, kind)))

    @property
    def repair_only(self) -> bool:
        """True where nothing but the hole may change, so that all other pixels must come out bit for bit."""
        return bool(self.damages) and all(isinstance(d, Scratches) for d in self.damages)

    @property
    def scale(self) -> int:
        """How many times larger the result is than the photo."""
        small = self.find(Small)
        return small.factor if small else 1
