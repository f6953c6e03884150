"""Several photos with one recipe, and what became of each: plain values."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.export import ExportOptions
from daps_desktop.jobs.proposals import DEFAULT, SENSITIVITY
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.verdict import Agreement, Repair

WAITING, SAVING, DONE, FAILED, SKIPPED = STATES = ("waiting", "saving", "done", "failed", "skipped")
_DOUBTED = {Repair.TRACE.value, Repair.UNKNOWN.value, Agreement.DISAGREES.value}
NO_MARKS, FROM_FILE, FOUND = MARKS = ("", "file", "found")


@dataclass(frozen=True, slots=True)
class AlbumItem:
    """One photo and its fate. `key` is what the result was made from: photo, marks, recipe, export."""

    photo: str  # path
    state: str = WAITING
    output: str = ""  # path
    sha256: str = ""  # of the output
    key: str = ""
    marks: str = NO_MARKS  # where the marks came from
    agreement: str = ""
    residual: float = 0.0  # over the noise level
    redrawn: float | None = None  # share of the photo
    seconds: float = 0.0
    reason: str = ""  # why it failed or was skipped, or what is to be known of it, as text
    prior_sha256: str = ""  # of the prior that made the result; "": of none, or it is not known
    undone: tuple[str, ...] = ()  # the damages undone, as they are spelt
    places: int | None = None  # found to look damaged; None: nobody looked
    sensitivity: float | None = None  # with which this photo is looked through; None: that of the album
    repair: str = ""  # what can be said of the marks that were filled in; "": none were
    traces: int = 0  # places at which one is left, or may be,
    repaired: int = 0  # of so many

    def __post_init__(self) -> None:
        if self.state not in STATES or self.marks not in MARKS:
            raise ValueError(
                phrase(N_("a photo is {state!r}, its marks {marks!r}"), state=self.state, marks=self.marks)
            )
        if self.sensitivity is not None and (refusal := SENSITIVITY.refusal("sensitivity", self.sensitivity)):
            raise ValueError(refusal)

    @property
    def path(self) -> Path:
        return Path(self.photo)

    @property
    def to_look_at(self) -> bool:
        """Whether it is restored, and a person should look whether it is well, which cannot be said."""
        return self.state == DONE and (self.repair in _DOUBTED or self.agreement in _DOUBTED)

    @property
    def open(self) -> bool:
        """Whether there is still something to do for this photo."""
        return self.state in (WAITING, SAVING)


@dataclass(frozen=True, slots=True)
class Album:
    """`folder` is "" for results next to their originals, `masks` "" for marks next to the photos.

    `suggested`: each photo is restored as it asks for itself; of the recipe only the settings count then.
    `prior_sha256` is that of the prior that will restore, "" where any may; its file does not keep it.
    """

    recipe: Recipe = field(default_factory=Recipe)
    export: ExportOptions = field(default_factory=ExportOptions)
    folder: str = ""
    masks: str = ""
    find_scratches: bool = True
    sensitivity: float = DEFAULT  # with which they are looked for, 0 to 1
    rows: tuple[AlbumItem, ...] = ()
    prior_sha256: str = ""
    suggested: bool = False

    def with_row(self, item: AlbumItem) -> "Album":
        """With `item` in place of the one of the same photo."""
        return replace(self, rows=tuple(item if old.photo == item.photo else old for old in self.rows))

    def with_photos(self, photos: list[Path]) -> "Album":
        """With these photos behind those it has; one it has already is not taken twice."""
        known = {row.photo for row in self.rows}
        fresh = [str(path) for path in photos if str(path) not in known]
        return replace(self, rows=self.rows + tuple(AlbumItem(photo) for photo in dict.fromkeys(fresh)))

    def count(self, state: str) -> int:
        return sum(row.state == state for row in self.rows)

    @property
    def put_aside(self) -> int:
        """How many are to be looked at."""
        return sum(row.to_look_at for row in self.rows)
