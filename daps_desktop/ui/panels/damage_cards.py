"""1 What is wrong with it? Cards to tick, each with its few values; together they are the task."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QWidget

from daps_desktop.core.task import Blur, Damage, Grey, Jpeg, Motion, Noise, Scratches, Small, Task
from daps_desktop.ui import text
from daps_desktop.ui.panels.noise_field import NoiseField
from daps_desktop.ui.panels.parts import NumberRow, Segments, column, label
from daps_desktop.ui.theme import GRID, HIT


class Card(QFrame):
    """One kind of damage; its line and values are shown while it is ticked."""

    changed = Signal()  # what the card says about the photo
    kind: type[Damage]

    def __init__(self, title: str, line: str, values: QWidget | None = None) -> None:
        super().__init__()
        self.setObjectName("card")
        self.tick = QCheckBox(title)
        self.tick.setMinimumHeight(HIT)
        self.tick.setAccessibleName(title)
        self.tick.setAccessibleDescription(line)
        self.setToolTip(line)
        self._body = QWidget()
        self._body.setLayout(column(label(line, "caption"), *([values] if values else [])))
        self._body.setVisible(False)
        layout = column(self.tick, self._body, spacing=0)
        layout.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        self._body.setContentsMargins(0, 0, 0, GRID // 2)
        self.setLayout(layout)
        self.tick.toggled.connect(self._show_ticked)
        self.tick.toggled.connect(self.changed)

    @property
    def ticked(self) -> bool:
        return self.tick.isChecked()

    def damage(self) -> Damage:
        return self.kind()

    def show_damage(self, damage: Damage | None) -> None:
        """Tick or untick the card and show the values, without telling anybody."""
        self.blockSignals(True)
        self.tick.setChecked(damage is not None)
        if damage is not None:
            self._show_values(damage)
        self.blockSignals(False)

    def _show_values(self, damage: Damage) -> None:
        """For cards that have values."""

    def _show_ticked(self, ticked: bool) -> None:
        self._body.setVisible(ticked)
        self.setProperty("picked", ticked)
        self.style().unpolish(self)
        self.style().polish(self)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """The whole card can be clicked."""
        self.tick.toggle()


class ScratchesCard(Card):
    kind = Scratches

    def __init__(self) -> None:
        super().__init__(text.SCRATCHES, text.SCRATCHES_LINE)


class BlurCard(Card):
    kind = Blur

    def __init__(self) -> None:
        self._size = NumberRow(text.SIZE, text.UNIT_PIXELS, 0.2, 20, Blur().sigma)
        super().__init__(text.BLURRED, text.BLURRED_LINE, self._size)
        self._size.changed.connect(self.changed)

    def damage(self) -> Blur:
        return Blur(self._size.value)

    def _show_values(self, damage: Damage) -> None:
        assert isinstance(damage, Blur)
        self._size.show_value(damage.sigma)


class MotionCard(Card):
    kind = Motion

    def __init__(self) -> None:
        self._length = NumberRow(text.LENGTH, text.UNIT_PIXELS, 1, 99, Motion().length)
        self._angle = NumberRow(text.ANGLE, text.UNIT_DEGREES, -90, 90, Motion().angle, decimals=0)
        values = QWidget()
        values.setLayout(column(self._length, self._angle, spacing=GRID // 2))
        super().__init__(text.SHAKEN, text.SHAKEN_LINE, values)
        self._length.changed.connect(self.changed)
        self._angle.changed.connect(self.changed)

    def damage(self) -> Motion:
        return Motion(self._length.value, self._angle.value)

    def _show_values(self, damage: Damage) -> None:
        assert isinstance(damage, Motion)
        self._length.show_value(damage.length)
        self._angle.show_value(damage.angle)


class SmallCard(Card):
    kind = Small

    def __init__(self) -> None:
        self._factor = Segments(text.FACTOR, [(n, f"×{n}") for n in (2, 3, 4, 8)])
        super().__init__(text.SMALL, text.SMALL_LINE, self._factor)
        self._factor.picked.connect(self.changed)

    def damage(self) -> Small:
        return Small(int(str(self._factor.value)))

    def _show_values(self, damage: Damage) -> None:
        assert isinstance(damage, Small)
        self._factor.pick(damage.factor)


class NoiseCard(Card):
    kind = Noise

    def __init__(self) -> None:
        self.level = NoiseField()
        super().__init__(text.NOISE, text.NOISE_LINE, self.level)


class JpegCard(Card):
    kind = Jpeg

    def __init__(self) -> None:
        super().__init__(text.BLOCKS, text.BLOCKS_LINE)


class GreyCard(Card):
    kind = Grey

    def __init__(self) -> None:
        super().__init__(text.GREY, text.GREY_LINE)


class DamageCards(QWidget):
    """All cards; `task_picked` carries what they say together."""

    task_picked = Signal(Task)

    def __init__(self) -> None:
        super().__init__()
        self.noise = NoiseCard()
        self.cards: tuple[Card, ...] = (
            ScratchesCard(), BlurCard(), MotionCard(), SmallCard(), self.noise, JpegCard(), GreyCard(),
        )  # fmt: skip
        self.setLayout(column(*self.cards, spacing=6))
        for card in self.cards:
            card.changed.connect(lambda card=card: self._tell(card))

    def card(self, kind: type[Damage]) -> Card:
        return next(card for card in self.cards if card.kind is kind)

    def show_task(self, task: Task) -> None:
        for card in self.cards:
            card.show_damage(task.find(card.kind))

    def _tell(self, latest: Card) -> None:
        self._untick_rival(latest)
        self.task_picked.emit(Task(tuple(card.damage() for card in self.cards if card.ticked)))

    def _untick_rival(self, latest: Card) -> None:
        """A photo can be undone one kind of blur at a time: the last one ticked stays."""
        rivals = {Blur: Motion, Motion: Blur}
        if latest.ticked and latest.kind in rivals:
            self.card(rivals[latest.kind]).show_damage(None)
