"""1 What is wrong with it? Cards to tick, each with its few values; together they are the task."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from daps_desktop.base.i18n import N_, phrase, tr
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
    Toning,
)
from daps_desktop.jobs.damage_traits import Conflict, conflict
from daps_desktop.jobs.task import Task
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.live_text import Words
from daps_desktop.ui.common.widgets import vbox
from daps_desktop.ui.panels import damage_pictures
from daps_desktop.ui.panels.card import Card, Face
from daps_desktop.ui.panels.own_cards import BlurCard, GreyCard, JpegCard, NoiseCard
from daps_desktop.ui.panels.value_fields import choice_field, number_field, percent_field, words_field


@dataclass(frozen=True, slots=True)
class DamageEntry:
    """What the window knows of one kind of damage. Words are messages of `N_`."""

    done: str = ""  # what was done, said of a version; the word of the damage where there is none
    faces: tuple[Face, ...] = ()  # of its cards; without one it can be named under Advanced
    card: type[Card] = Card
    short: str = ""  # what was done, in a version's name


_TONES = {"sepia": N_("Sepia"), "selenium": N_("Selenium"), "neutral": N_("Neutral")}
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
_GREY = Face(labels.GREY, N_("Colours are a guess."), damage_pictures.half_grey)
_TONE = Face(
    N_("Tone"),
    N_("For black and white: sepia, selenium, or none."),
    damage_pictures.half_sepia,
    (("to", words_field(N_("Tone"), _TONES)),),
)

CARDS: dict[type[Damage], DamageEntry] = {
    MissingPixels: DamageEntry(
        N_("scratches and tears filled in"), (_SCRATCHES, _DUST), short=N_("scratches")
    ),
    GaussianBlur: DamageEntry(N_("sharpened"), (_BLUR,), BlurCard, short=N_("blur")),
    MotionBlur: DamageEntry(N_("camera shake removed"), (_MOTION,), short=N_("shake")),
    KernelBlur: DamageEntry(N_("sharpened with a given kernel"), short=N_("blur")),
    CameraBlur: DamageEntry(N_("sharpened in linear light"), short=N_("blur")),
    Downsampling: DamageEntry(N_("made larger"), (_SMALL,), short=N_("size")),
    Noise: DamageEntry(N_("noise removed"), (_NOISE,), NoiseCard, short=N_("grain")),
    JpegCompression: DamageEntry(N_("JPEG blocks removed"), (_JPEG,), JpegCard, short=N_("JPEG blocks")),
    Fading: DamageEntry(N_("fading corrected"), (_FADED,), short=N_("fading")),
    Greyscale: DamageEntry(N_("coloured"), (_GREY,), GreyCard, short=N_("colour")),
    Toning: DamageEntry(N_("given another tone"), (_TONE,), short=N_("tone")),
    Clipping: DamageEntry(N_("clipped highlights filled in"), short=N_("highlights")),
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


def short(damage: Damage) -> str:
    """The same in a word or two."""
    words = CARDS[type(damage)].short
    return tr(words) if words else damage.name


class DamageCards(QWidget):
    """All cards; `task_chosen` carries what they say together.

    Damage that has no card (it was named under Advanced, or came with a recipe) stays as it is.
    """

    help_chapter = "damage"

    task_chosen = Signal(Task)
    priors_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._of = {kind: [entry.card(kind, face) for face in entry.faces] for kind, entry in CARDS.items()}
        self.cards: tuple[Card, ...] = tuple(card for cards in self._of.values() for card in cards)
        self._others: tuple[Damage, ...] = ()
        self._asked: Task | None = None  # that is shown
        self.setLayout(vbox(*self.cards, spacing=1))
        for card in self.cards:
            card.changed.connect(self._tell)
        grey = self.card(Greyscale)
        assert isinstance(grey, GreyCard)
        grey.priors.clicked.connect(self.priors_wanted)
        grey.tone.clicked.connect(self._exchange_colour_for_tone)

    def _exchange_colour_for_tone(self) -> None:
        self.card(Greyscale).show_damage(None)
        self.card(Toning).show_damage(Toning())
        self._tell()

    def card(self, kind: type[Damage]) -> Card:
        """The first of its cards."""
        return self._of[kind][0]

    @property
    def blur(self) -> BlurCard:
        card = self.card(GaussianBlur)
        assert isinstance(card, BlurCard)
        return card

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
