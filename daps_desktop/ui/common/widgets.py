"""Small widgets and layouts that panels and dialogs share."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QButtonGroup,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from daps_desktop.base.i18n import tr
from daps_desktop.ui.common.live_text import Words, keep_said, said, say
from daps_desktop.ui.common.theme import CAPTION, MIN_TARGET, SPACING, TITLE

_FRAME = 48  # pixels of the screen that the window's own frame may take
_TO_PARENT = (QEvent.Type.ShowToParent, QEvent.Type.HideToParent)
_CHANGES = (QEvent.Type.LayoutRequest, QEvent.Type.Resize, QEvent.Type.Show)


def label(words: Words = "", name: str = "") -> QLabel:
    """A line of text that wraps; `name` is heading, caption or nothing."""
    result = say(QLabel(), text=words) if words else QLabel()
    result.setTextFormat(Qt.TextFormat.PlainText)  # what files of others say is shown, not obeyed
    result.setObjectName(name)
    result.setWordWrap(True)
    sizes = {"caption": CAPTION, "reason": CAPTION, "wrong": CAPTION, "title": TITLE}
    if name in sizes:
        font = result.font()
        font.setPointSizeF(font.pointSizeF() * sizes[name])
        font.setBold(name == "title")
        result.setFont(font)
    return result


def vbox(*children: QWidget, spacing: int = SPACING, margin: int = 0) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(spacing)
    for child in children:
        layout.addWidget(child)
    return layout


def hbox(*children: QWidget, spacing: int = SPACING) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for child in children:
        layout.addWidget(child)
    return layout


class SegmentedControl(QWidget):
    """Buttons in a row of which exactly one is down; each stands for a value."""

    chosen = Signal(object)

    def __init__(
        self, name: str, choices: Sequence[tuple[object, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        say(self, accessibleName=name)
        self._values: dict[QAbstractButton, object] = {}
        self._group = QButtonGroup(self)
        layout = hbox(spacing=SPACING // 2)
        for value, words in choices:
            button = say(QPushButton(), text=words)
            button.setObjectName("segment")
            button.setCheckable(True)
            say(button, accessibleName=lambda words=words: f"{said(name)}: {said(words)}")
            self._group.addButton(button)
            self._values[button] = value
            layout.addWidget(button)
        self.setLayout(layout)
        self._group.buttonToggled.connect(self._let_tab_in)
        self._group.buttons()[0].setChecked(True)
        self._group.buttonClicked.connect(lambda button: self.chosen.emit(self._values[button]))

    @property
    def value(self) -> object:
        return next(value for button, value in self._values.items() if button.isChecked())

    def pick(self, value: object) -> None:
        """Put the button of `value` down without a signal; None lets none be down."""
        self._group.setExclusive(value is not None)
        for button, its in self._values.items():
            button.setChecked(its == value)

    def _let_tab_in(self) -> None:
        """Tab comes to the button that is down; from there arrow keys choose among the others."""
        chosen = self._group.checkedButton() or self._group.buttons()[0]
        for button in self._values:
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus if button is chosen else Qt.FocusPolicy.NoFocus)

    def button(self, value: object) -> QAbstractButton:
        return next(button for button, its in self._values.items() if its == value)


def segment_button(words: Words) -> QPushButton:
    """A quiet button, as in a row of choices."""
    button = say(QPushButton(), text=words)
    button.setObjectName("segment")
    return button


def add_choice(box: QComboBox, value: str, message: str) -> None:
    box.addItem("", value)
    keep_said(box, lambda: box.setItemText(box.findData(value), tr(message)), value)


class NumberRow(QWidget):
    """A name and a number with its unit."""

    changed = Signal(float)

    def __init__(
        self, name: str, unit: str, low: float, high: float, value: float, decimals: int = 1
    ) -> None:
        super().__init__()
        self.box = QDoubleSpinBox()
        self.box.setRange(low, high)
        self.box.setDecimals(decimals)
        self.box.setSingleStep(0.5 if decimals else 1)
        self.box.setValue(value)
        say(self.box, suffix=unit, accessibleName=name)
        self.box.setMinimumHeight(MIN_TARGET)
        self.box.setFixedWidth(112)
        self.box.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.box.setKeyboardTracking(False)
        words = say(QLabel(), text=name)
        words.setBuddy(self.box)
        self.setLayout(hbox(words, self.box))
        self.box.valueChanged.connect(self.changed)

    @property
    def value(self) -> float:
        return self.box.value()

    def show_value(self, value: float) -> None:
        """Show a number without emitting a signal."""
        self.box.blockSignals(True)
        self.box.setValue(value)
        self.box.blockSignals(False)


class _NoWheel(QObject):
    """Leaves the wheel to what scrolls below."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Wheel:
            event.ignore()
            return True
        return False


def ignore_wheel(panel: QWidget) -> None:
    """Let the wheel scroll the panel, and change nothing that comes under the mouse meanwhile."""
    no_wheel = _NoWheel(panel)
    for kind in (QSlider, QAbstractSpinBox, QComboBox):
        for part in panel.findChildren(kind):
            part.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # not by the wheel either
            part.installEventFilter(no_wheel)


class ShrinkingArea(QScrollArea):
    """As high as what it holds where there is room for that, and scrolled where there is less.

    It takes no room while all that it holds is hidden.
    """

    def __init__(self, *children: QWidget, width: int, least: int) -> None:
        super().__init__()
        self._children, self._least, self._width = children, least, width
        content = QWidget()
        content.setObjectName("panel")
        self._layout = vbox(*children)
        content.setLayout(self._layout)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        for part in (content, *children):
            part.installEventFilter(self)
        self._follow()

    def sizeHint(self) -> QSize:
        return QSize(self._width, self._layout.totalHeightForWidth(self._width))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(self._least, self.sizeHint().height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _TO_PARENT:
            self._follow()
        elif event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        self.setVisible(any(not child.isHidden() for child in self._children))
        self.updateGeometry()


class Section(QFrame):
    """A heading with what belongs to it."""

    def __init__(self, heading: str, *children: QWidget) -> None:
        super().__init__()
        say(self, accessibleName=heading)
        self.setLayout(vbox(label(heading, "heading"), *children))


def grow_to_fit(dialog: QDialog) -> None:
    """Let the dialog grow as soon as its words take more lines, as far as the screen allows."""
    dialog.installEventFilter(_GrowToFit(dialog))


class _GrowToFit(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _CHANGES and isinstance(watched, QDialog):
            layout = watched.layout()
            needed = layout.totalHeightForWidth(watched.width()) if layout else 0
            room = watched.screen().availableSize().height() - _FRAME
            watched.setMinimumHeight(max(min(needed, room), 0))
        return False
