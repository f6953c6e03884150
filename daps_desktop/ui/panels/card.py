"""One card: a small picture, a name to tick, and below it, while it is ticked, what that does and how."""

from dataclasses import dataclass, fields

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QPushButton, QVBoxLayout, QWidget

from daps_desktop.base.i18n import N_, tr
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import Damage, allowed
from daps_desktop.ui.common.live_text import Words, said, say
from daps_desktop.ui.common.theme import MIN_TARGET, SPACING
from daps_desktop.ui.common.widgets import hbox, label, vbox
from daps_desktop.ui.panels.damage_pictures import DamageThumbnail, Degrade
from daps_desktop.ui.panels.value_fields import MakeField, ValueField

TAKE = N_("Take")
BELOW_NAME = 26  # pixels: where a tick box's words begin


@dataclass(frozen=True, slots=True)
class Face:
    """What a card says and asks. Its words are messages of `N_`; `fields` go by the damage's values."""

    title: str
    line: str
    picture: Degrade
    fields: tuple[tuple[str, MakeField], ...] = ()
    name: str = ""  # where it is not that of the damage


class Suggestion(QWidget):
    """What the photo itself says, with a button to take it; with none where that is ticked already."""

    def __init__(self) -> None:
        super().__init__()
        self.text = label("", "reason")
        self.take = say(QPushButton(), text=TAKE)
        self.take.setObjectName("segment")
        layout = hbox(self.text, self.take)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.setVisible(False)

    def show_text(self, words: Words, taken: bool = False) -> None:
        say(self.text, text=words)
        say(self.take, accessibleName=lambda: f"{tr(TAKE)}: {said(words)}")
        self.take.setVisible(not taken)
        self.setVisible(bool(words))


class Card(QFrame):
    """One kind of damage; `changed` when the user says something else of it."""

    changed = Signal()

    def __init__(self, kind: type[Damage], face: Face) -> None:
        super().__init__()
        self.setObjectName("card")
        self.kind = kind
        self.name = face.name or kind.name
        self.title, self.line = face.title, face.line
        self.fields = _made_fields(kind, face)
        for made in self.fields.values():
            made.changed.connect(self.changed)
        values = self._made_values()
        self._suggested: Damage | None = None
        self._reason: Words = ""
        self._shown: tuple[Damage, Damage] | None = None  # as it was given, and as the fields can show it
        self.tick = say(QCheckBox(), text=self.title, accessibleName=self.title)
        self.tick.setMinimumHeight(MIN_TARGET - 4)
        say(self.tick, accessibleDescription=self.line)
        self.below = label(self.line, "caption")
        self.below.setContentsMargins(BELOW_NAME, 0, 0, 0)
        self.below.setVisible(False)
        self.thumbnail = DamageThumbnail(face.picture)
        self.suggestion = Suggestion()
        self.values = values or QWidget()
        self._has_values = values is not None
        self.values.setContentsMargins(0, SPACING // 2, 0, 0)
        self.values.setVisible(False)
        self.setLayout(self._assemble())
        self.tick.toggled.connect(self._show_ticked)
        self.tick.toggled.connect(self.changed)
        self.suggestion.take.clicked.connect(self._accept)

    def _assemble(self) -> QVBoxLayout:
        head = hbox(self.thumbnail, spacing=SPACING + 2)
        words = vbox(self.tick, self.below, spacing=0)
        words.addStretch()
        head.addLayout(words, 1)
        layout = vbox(spacing=0, margin=SPACING // 2)
        layout.addLayout(head)
        layout.addWidget(self.suggestion)
        layout.addWidget(self.values)
        return layout

    @property
    def checked(self) -> bool:
        return self.tick.isChecked()

    def damage(self) -> Damage:
        """What the fields say."""
        return self.kind(**{key: made.value for key, made in self.fields.items()})

    @property
    def given(self) -> Damage:
        """The damage: to the last digit as it was given, until a field is changed."""
        damage = self.damage()
        given, told = self._shown or (damage, damage)
        return given if damage == told else damage

    def show_damage(self, damage: Damage | None) -> None:
        """Tick or untick the card and show the values, without emitting a signal."""
        self.blockSignals(True)
        self.tick.setChecked(damage is not None)
        if damage is not None:
            self._show_values(damage)
            self._shown = damage, self.damage()
        self.blockSignals(False)
        self._show_suggestion()

    def suggest(self, damage: Damage | None, reason: Words = "") -> None:
        """Offer what the photo says of itself; None takes the offer back."""
        self._suggested, self._reason = damage, reason
        self._show_suggestion()

    def disable(self, reason: Words) -> None:
        """Why the card cannot be ticked now; empty where it can."""
        self.tick.setEnabled(not reason)
        self.thumbnail.setEnabled(not reason)
        say(self.below, text=reason or self.line)
        say(self.tick, toolTip=reason or self.line)
        self.below.setVisible(self.checked or bool(reason))

    def show_photo(self, _photo: Photo) -> None:
        """Another photo: nothing is known of it yet."""
        self.suggest(None)

    def reset(self) -> None:
        """Show the usual values, without emitting a signal, whether ticked or not."""
        self._shown = None
        for f in fields(self.kind):
            if f.name in self.fields:
                self.fields[f.name].show_value(f.default)

    def _made_values(self) -> QWidget | None:
        """What stands below the name while the card is ticked; None where nothing does."""
        if not self.fields:
            return None
        box = QWidget()
        box.setLayout(vbox(*self.fields.values(), spacing=SPACING // 2))
        return box

    def _show_values(self, damage: Damage) -> None:
        for key, made in self.fields.items():
            made.show_value(getattr(damage, key))

    def _show_ticked(self, ticked: bool) -> None:
        self.values.setVisible(ticked and self._has_values)
        self.below.setVisible(ticked)
        self.setProperty("picked", ticked)
        self.style().unpolish(self)
        self.style().polish(self)
        self._show_suggestion()

    def _show_suggestion(self) -> None:
        taken = self.checked and self.given == self._suggested
        told = self._suggested is not None and self.tick.isEnabled()
        self.suggestion.show_text(self._reason if told else "", taken)

    def _accept(self) -> None:
        self.show_damage(self._suggested)
        self.changed.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The whole card can be clicked."""
        left, at = event.button() is Qt.MouseButton.LeftButton, event.position().toPoint()
        if left and self.rect().contains(at) and self.tick.isEnabled():
            self.tick.toggle()


def _made_fields(kind: type[Damage], face: Face) -> dict[str, ValueField]:
    usual = {f.name: f.default for f in fields(kind)}
    return {key: make(allowed(kind, key), usual[key]) for key, make in face.fields}
