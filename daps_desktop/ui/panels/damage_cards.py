"""1 What is wrong with it? Cards to tick, each with its few values; together they are the task."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from daps_desktop.base.i18n import N_, phrase, tr
from daps_desktop.base.validation import Range
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import (
    BoxMask,
    CameraBlur,
    Clipping,
    Damage,
    Downsampling,
    Fading,
    GaussianBlur,
    Greyscale,
    JpegCompression,
    KernelBlur,
    MissingPixels,
    MotionBlur,
    Noise,
    PhaseRetrieval,
    RandomMask,
    allowed,
)
from daps_desktop.jobs.damage_traits import Conflict, conflict
from daps_desktop.jobs.task import Task
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.live_text import Words, say
from daps_desktop.ui.common.theme import MIN_TARGET, SPACING
from daps_desktop.ui.common.widgets import NumberRow, vbox
from daps_desktop.ui.panels import damage_pictures
from daps_desktop.ui.panels.card import Card, Face
from daps_desktop.ui.panels.noise_field import NoiseField
from daps_desktop.ui.panels.value_fields import choice_field, number_field, percent_field

_USUAL_QUALITY = 40


class NoiseCard(Card):
    """Its value is one of the settings: the noise level."""

    def _made_values(self) -> QWidget:
        self.level = NoiseField()
        return self.level

    def reset(self) -> None:
        self.level.reset()


class JpegCard(Card):
    """Its quality is asked for only where the file itself does not say how it was compressed."""

    def _made_values(self) -> QWidget:
        self.automatic = say(QCheckBox(), text=N_("Use the file's own tables"))
        self.automatic.setMinimumHeight(MIN_TARGET)
        values = allowed(JpegCompression, "quality")
        assert isinstance(values, Range)
        name = N_("Quality it was saved with")
        self.quality = NumberRow(name, "", values.low + 1, values.high, _USUAL_QUALITY, decimals=0)
        box = QWidget()
        box.setLayout(vbox(self.automatic, self.quality, spacing=SPACING // 2))
        self.show_tables(False)
        self.automatic.toggled.connect(self._pick_automatic)
        self.quality.changed.connect(self.changed)
        return box

    def show_photo(self, photo: Photo) -> None:
        super().show_photo(photo)
        self.show_tables(photo.jpeg is not None)

    def reset(self) -> None:
        self.show_tables(not self.automatic.isHidden())
        self.quality.show_value(_USUAL_QUALITY)

    def show_tables(self, known: bool) -> None:
        """Whether the file itself says how it was compressed."""
        self.automatic.setVisible(known)
        self.automatic.blockSignals(True)
        self.automatic.setChecked(known)
        self.automatic.blockSignals(False)
        self.quality.setVisible(not known)

    def damage(self) -> JpegCompression:
        return JpegCompression(0 if self.automatic.isChecked() else round(self.quality.value))

    @property
    def given(self) -> JpegCompression:
        """That the last photo's file gave its own quality does not hold for this one."""
        return self.damage()

    def _show_values(self, damage: Damage) -> None:
        assert isinstance(damage, JpegCompression)
        automatic = damage.quality == 0 and not self.automatic.isHidden()
        self.automatic.setChecked(automatic)
        self.quality.setVisible(not automatic)
        if damage.quality:
            self.quality.show_value(damage.quality)

    def _pick_automatic(self, automatic: bool) -> None:
        self.quality.setVisible(not automatic)
        self.changed.emit()


@dataclass(frozen=True, slots=True)
class DamageEntry:
    """What the window knows of one kind of damage. Words are messages of `N_`."""

    done: str = ""  # what was done, said of a version; the word of the damage where there is none
    faces: tuple[Face, ...] = ()  # of its cards; without one it can be named under Advanced
    card: type[Card] = Card


_SCRATCHES = Face(labels.SCRATCHES, labels.SCRATCHES_LINE, damage_pictures.scratched)
# The same damage as scratches to the solver: pixels without information. Only finding it differs.
_DUST = Face(
    N_("Dust and stains"),
    N_("Specks you mark, or let the program look for."),
    damage_pictures.dusty,
    name="dust",
)
_BLUR = Face(
    labels.BLURRED,
    labels.BLURRED_LINE,
    damage_pictures.blurred,
    (("sigma", number_field(labels.SIZE, labels.UNIT_PIXELS)),),
)
_MOTION = Face(
    labels.SHAKEN,
    labels.SHAKEN_LINE,
    damage_pictures.shaken,
    (
        ("length", number_field(labels.LENGTH, labels.UNIT_PIXELS)),
        ("angle", number_field(labels.ANGLE, labels.UNIT_DEGREES, decimals=0)),
    ),
)
_SMALL = Face(
    labels.SMALL,
    labels.SMALL_LINE,
    damage_pictures.small,
    (("factor", choice_field(labels.FACTOR, "×{}")),),
)
_NOISE = Face(labels.NOISE, labels.NOISE_LINE, damage_pictures.noisy)
_JPEG = Face(labels.BLOCKS, labels.BLOCKS_LINE, damage_pictures.compressed)
_FADED = Face(
    N_("Faded or yellowed"),
    N_("Brings colours back; can be undone."),
    damage_pictures.faded,
    (("amount", percent_field(N_("Strength"), N_("Strength of the colour correction"))),),
)
_GREY = Face(
    labels.GREY,
    N_("Colours are a guess. The built-in prior guesses timidly; one of the right kind does better."),
    damage_pictures.half_grey,
)

CARDS: dict[type[Damage], DamageEntry] = {
    MissingPixels: DamageEntry(N_("scratches and tears filled in"), (_SCRATCHES, _DUST)),
    GaussianBlur: DamageEntry(N_("sharpened"), (_BLUR,)),
    MotionBlur: DamageEntry(N_("camera shake removed"), (_MOTION,)),
    KernelBlur: DamageEntry(N_("sharpened with a given kernel")),
    CameraBlur: DamageEntry(N_("sharpened in linear light")),
    Downsampling: DamageEntry(N_("made larger"), (_SMALL,)),
    Noise: DamageEntry(N_("noise removed"), (_NOISE,), NoiseCard),
    JpegCompression: DamageEntry(N_("JPEG blocks removed"), (_JPEG,), JpegCard),
    Fading: DamageEntry(N_("fading corrected"), (_FADED,)),
    Greyscale: DamageEntry(N_("coloured"), (_GREY,)),
    Clipping: DamageEntry(N_("clipped highlights filled in")),
    RandomMask: DamageEntry(),
    BoxMask: DamageEntry(),
    PhaseRetrieval: DamageEntry(),
}

# Why a card cannot be ticked.
_AFTER = N_("Not together with “{other}”: they are undone one after the other.")
_ONE_BLUR = N_("Not together with “{other}”: a photo can be undone one kind of blur at a time.")
_REASONS = {
    Conflict.TWO_BLURS: _ONE_BLUR,
    Conflict.ALONE: _AFTER,
    Conflict.IN_TURN: _AFTER,
}


def done(damage: Damage) -> str:
    """What was done where this was undone."""
    words = CARDS[type(damage)].done
    return tr(words) if words else damage.name


class DamageCards(QWidget):
    """All cards; `task_chosen` carries what they say together.

    Damage that has no card (it was named under Advanced, or came with a recipe) stays as it is.
    """

    help_chapter = "damage"

    task_chosen = Signal(Task)

    def __init__(self) -> None:
        super().__init__()
        self._of = {kind: [entry.card(kind, face) for face in entry.faces] for kind, entry in CARDS.items()}
        self.cards: tuple[Card, ...] = tuple(card for cards in self._of.values() for card in cards)
        self._others: tuple[Damage, ...] = ()
        self._asked: Task | None = None  # that is shown
        self.setLayout(vbox(*self.cards, spacing=SPACING // 4))
        for card in self.cards:
            card.changed.connect(self._tell)

    def card(self, kind: type[Damage]) -> Card:
        """The first of its cards."""
        return self._of[kind][0]

    @property
    def noise(self) -> NoiseCard:
        card = self.card(Noise)
        assert isinstance(card, NoiseCard)
        return card

    def show_photo(self, photo: Photo, kept: bool = False) -> None:
        """Another photo; what was set for the last one stays on the cards where it is `kept`."""
        for card in self.cards:
            card.show_photo(photo)
            if not kept:
                card.show_damage(None)
                card.reset()

    def show_task(self, task: Task) -> None:
        self._asked = task
        self._others = tuple(damage for damage in task.damages if not self._of[type(damage)])
        for kind, cards in self._of.items():
            damage = task.find(kind)
            told = [card for card in cards if card.checked] or cards[:1]
            for card in cards:
                card.show_damage(damage if card in told else None)
        self._show_possible()

    def sync(self) -> None:
        """Report a task that the cards cannot express: a value that came from the last photo's file."""
        asked, ticked = self._asked, (card for card in self.cards if card.checked)
        if asked is not None and any(card.given != asked.find(card.kind) for card in ticked):
            self._tell()

    def _tell(self) -> None:
        self._show_possible()
        self.task_chosen.emit(Task((*self._ticked(), *self._others)))

    def _ticked(self) -> Sequence[Damage]:
        """What is ticked, each damage once."""
        return tuple(dict.fromkeys(card.given for card in self.cards if card.checked))

    def _show_possible(self) -> None:
        titles = {card.kind: card.title for card in self.cards if card.checked}
        titles |= {type(damage): damage.name for damage in self._others}
        for card in self.cards:
            reason = "" if card.checked else next(_reasons(card.kind, titles), "")
            card.disable(reason)


def _reasons(kind: type[Damage], chosen: dict[type[Damage], str]) -> Iterator[Words]:
    """Why this kind cannot be undone with those that are chosen, which are given with their titles."""
    for other, title in chosen.items():
        why = None if other is kind else conflict(kind, other)
        if why is not None:
            yield phrase(_REASONS[why], other=phrase(title))
