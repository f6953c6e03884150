"""1 What is wrong with it? Cards to tick, each with its few values; together they are the task."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QSlider, QWidget

from daps_desktop.base.i18n import N_, tr
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import (
    Blur,
    CameraBlur,
    Clipped,
    Damage,
    Faded,
    Grey,
    Jpeg,
    Kernel,
    Motion,
    Noise,
    Phase,
    Scratches,
    Small,
)
from daps_desktop.jobs.task import Task
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import GRID, HIT
from daps_desktop.ui.common.widgets import NumberRow, Segments, column, row
from daps_desktop.ui.panels.card import Card
from daps_desktop.ui.panels.noise_field import NoiseField

_USUAL_QUALITY = 40
_VALUE = 6 * GRID  # pixels for a number beside its slider


class ScratchesCard(Card):
    kind, picture = Scratches, "scratches"
    title, line = labels.SCRATCHES, labels.SCRATCHES_LINE


class DustCard(Card):
    """The same damage as scratches to the solver: pixels that tell nothing. Only finding it differs."""

    kind, picture = Scratches, "dust"
    title, line = N_("Dust and stains"), N_("Specks you mark, or let the program look for.")


class BlurCard(Card):
    kind, picture = Blur, "blur"
    title, line = labels.BLURRED, labels.BLURRED_LINE

    def __init__(self) -> None:
        self._size = NumberRow(labels.SIZE, labels.UNIT_PIXELS, 0.2, 20, Blur().sigma)
        super().__init__(self._size)
        self._size.changed.connect(self.changed)

    def damage(self) -> Blur:
        return Blur(self._size.value)

    def _show_values(self, damage: Damage) -> None:
        assert isinstance(damage, Blur)
        self._size.show_value(damage.sigma)


class MotionCard(Card):
    kind, picture = Motion, "motion"
    title, line = labels.SHAKEN, labels.SHAKEN_LINE

    def __init__(self) -> None:
        self._length = NumberRow(labels.LENGTH, labels.UNIT_PIXELS, 1, 99, Motion().length)
        self._angle = NumberRow(labels.ANGLE, labels.UNIT_DEGREES, -90, 90, Motion().angle, decimals=0)
        values = QWidget()
        values.setLayout(column(self._length, self._angle, spacing=GRID // 2))
        super().__init__(values)
        self._length.changed.connect(self.changed)
        self._angle.changed.connect(self.changed)

    def damage(self) -> Motion:
        return Motion(self._length.value, self._angle.value)

    def _show_values(self, damage: Damage) -> None:
        assert isinstance(damage, Motion)
        self._length.show_value(damage.length)
        self._angle.show_value(damage.angle)


class SmallCard(Card):
    kind, picture = Small, "small"
    title, line = labels.SMALL, labels.SMALL_LINE

    def __init__(self) -> None:
        self._factor = Segments(labels.FACTOR, [(n, f"×{n}") for n in (2, 3, 4, 8)])
        super().__init__(self._factor)
        self._factor.picked.connect(self.changed)

    def damage(self) -> Small:
        return Small(int(str(self._factor.value)))

    def _show_values(self, damage: Damage) -> None:
        assert isinstance(damage, Small)
        self._factor.pick(damage.factor)


class NoiseCard(Card):
    kind, picture = Noise, "noise"
    title, line = labels.NOISE, labels.NOISE_LINE

    def __init__(self) -> None:
        self.level = NoiseField()
        super().__init__(self.level)


class JpegCard(Card):
    kind, picture = Jpeg, "jpeg"
    title, line = labels.BLOCKS, labels.BLOCKS_LINE

    def __init__(self) -> None:
        self.automatic = say(QCheckBox(), text=N_("As the file says"))
        self.automatic.setMinimumHeight(HIT)
        self.quality = NumberRow(N_("Quality it was saved with"), "", 1, 100, _USUAL_QUALITY, decimals=0)
        values = QWidget()
        values.setLayout(column(self.automatic, self.quality, spacing=GRID // 2))
        super().__init__(values)
        self.show_tables(False)
        self.automatic.toggled.connect(self._pick_automatic)
        self.quality.changed.connect(self.changed)

    def show_tables(self, known: bool) -> None:
        """Whether the file itself says how it was compressed."""
        self.automatic.setVisible(known)
        self.automatic.blockSignals(True)
        self.automatic.setChecked(known)
        self.automatic.blockSignals(False)
        self.quality.setVisible(not known)

    def damage(self) -> Jpeg:
        return Jpeg(0 if self.automatic.isChecked() else round(self.quality.value))

    @property
    def said(self) -> Jpeg:
        """That the last photo's file told its own quality does not hold for this one."""
        return self.damage()

    def _show_values(self, damage: Damage) -> None:
        assert isinstance(damage, Jpeg)
        automatic = damage.quality == 0 and not self.automatic.isHidden()
        self.automatic.setChecked(automatic)
        self.quality.setVisible(not automatic)
        if damage.quality:
            self.quality.show_value(damage.quality)

    def _pick_automatic(self, automatic: bool) -> None:
        self.quality.setVisible(not automatic)
        self.changed.emit()


class FadedCard(Card):
    kind, picture = Faded, "faded"
    title, line = N_("Faded or yellowed"), N_("Brings colours back; can be undone.")

    def __init__(self) -> None:
        self.amount = QSlider(Qt.Orientation.Horizontal)
        self.amount.setRange(0, 100)
        self.amount.setMinimumHeight(HIT)
        say(self.amount, accessibleName=N_("Strength of the colour correction"))
        self._percent = QLabel()
        self._percent.setMinimumWidth(_VALUE)
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        values = QWidget()
        values.setLayout(row(say(QLabel(), text=N_("Strength")), self.amount, self._percent))
        super().__init__(values)
        self._show_values(Faded())
        self.amount.valueChanged.connect(self._show_percent)
        self.amount.valueChanged.connect(self.changed)

    def damage(self) -> Faded:
        return Faded(self.amount.value() / 100)

    def _show_values(self, damage: Damage) -> None:
        assert isinstance(damage, Faded)
        self.amount.setValue(round(100 * damage.amount))
        self._show_percent()

    def _show_percent(self) -> None:
        self._percent.setText(f"{self.amount.value()} %")


class GreyCard(Card):
    kind, picture = Grey, "grey"
    title = labels.GREY
    line = N_("Colours are a guess. The built-in prior guesses timidly; one of the right kind does better.")


# Each pair cannot be undone together, and why.
_ONE_BLUR = N_("Not together with “{other}”: a photo can be undone one kind of blur at a time.")
_AFTER = N_("Not together with “{other}”: they are undone one after the other.")
_RIVALS: dict[type[Damage], Mapping[type[Damage], str]] = {
    Blur: {Motion: _ONE_BLUR, Kernel: _ONE_BLUR, CameraBlur: _ONE_BLUR},
    Motion: {Blur: _ONE_BLUR, Kernel: _ONE_BLUR, CameraBlur: _ONE_BLUR},
    Jpeg: {Grey: _AFTER, Clipped: _AFTER},
    Grey: {Jpeg: _AFTER},
}


class DamageCards(QWidget):
    """All cards; `task_picked` carries what they say together.

    Damage that has no card (it was named under Advanced, or came with a recipe) stays as it is.
    """

    help_chapter = "damage"

    task_picked = Signal(Task)

    def __init__(self) -> None:
        super().__init__()
        self.noise = NoiseCard()
        self.jpeg = JpegCard()
        self.dust = DustCard()
        self.cards: tuple[Card, ...] = (
            ScratchesCard(), self.dust, BlurCard(), MotionCard(), SmallCard(), self.noise, self.jpeg,
            FadedCard(), GreyCard(),
        )  # fmt: skip
        self._others: tuple[Damage, ...] = ()
        self._asked: Task | None = None  # that is shown
        self.setLayout(column(*self.cards, spacing=GRID // 2))
        for card in self.cards:
            card.changed.connect(self._tell)

    def card(self, kind: type[Damage]) -> Card:
        return next(card for card in self.cards if card.kind is kind)

    def show_photo(self, photo: Photo) -> None:
        self.jpeg.show_tables(photo.jpeg is not None)
        for card in self.cards:
            card.suggest(None)

    def show_task(self, task: Task) -> None:
        self._asked = task
        kinds = [card.kind for card in self.cards]
        self._others = tuple(damage for damage in task.damages if type(damage) not in kinds)
        for card in self.cards:
            if card is not self.dust:
                card.show_damage(None if self._as_dust(card, task) else task.find(card.kind))
        if not task.has(Scratches):
            self.dust.show_damage(None)
        self._show_possible()

    def settle(self) -> None:
        """Tell if the cards cannot say the task they show: a value that came from the last photo's file."""
        jpeg = self.jpeg.damage()
        if self.jpeg.ticked and self._asked is not None and self._asked.find(Jpeg) != jpeg:
            self._tell()

    def _as_dust(self, card: Card, task: Task) -> bool:
        """Whether it is the other card of the same damage that is ticked."""
        return card.kind is Scratches and not card.ticked and self.dust.ticked and task.has(Scratches)

    def _tell(self) -> None:
        self._show_possible()
        self.task_picked.emit(Task((*self._ticked(), *self._others)))

    def _ticked(self) -> tuple[Damage, ...]:
        """What is ticked, each damage once."""
        return tuple(dict.fromkeys(card.said for card in self.cards if card.ticked))

    def _show_possible(self) -> None:
        titles = {card.kind: card.title for card in self.cards if card.ticked}
        titles |= {type(damage): damage.name for damage in self._others}
        for card in self.cards:
            rivals = {**_RIVALS.get(card.kind, {}), Phase: _AFTER}
            reasons = [_reason(why, titles[rival]) for rival, why in rivals.items() if rival in titles]
            card.forbid("" if card.ticked or not reasons else reasons[0])


def _reason(why: str, other: str) -> Callable[[], str]:
    return lambda: tr(why).format(other=tr(other))
