"""In place of the photo while its frame is set: what can be chosen, above the view."""

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSlider,
    QWidget,
)

from daps_desktop.base.i18n import N_
from daps_desktop.imaging.frame import MAX_ANGLE, Frame, Size
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import MIN_TARGET, SPACING
from daps_desktop.ui.common.widgets import add_choice, hbox, segment_button, vbox
from daps_desktop.ui.framing.editing import mirrored, settled, straightened, turned
from daps_desktop.ui.framing.frame_view import FrameView, Mode

RATIO, STRAIGHTEN = N_("Proportions"), N_("Straighten")
_FREE, _ORIGINAL = "free", "original"
_NAMED = {_FREE: N_("Free"), _ORIGINAL: N_("As the photo")}
_RATIOS = {"1:1": 1.0, "3:2": 3 / 2, "4:3": 4 / 3, "5:4": 5 / 4, "16:9": 16 / 9}
_PER_DEGREE = 10  # stops of the slider
_DECIMALS = 2


class FrameEditor(QWidget):
    """Enter and Esc answer from anywhere in it."""

    help_chapter = "framing"

    applied = Signal(Frame)
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        say(self, accessibleName=N_("Frame"))
        self.view = FrameView()
        self.ratio = QComboBox()
        say(self.ratio, accessibleName=RATIO, toolTip=N_("Width to height of what is kept"))
        self.ratio.setMinimumHeight(MIN_TARGET)
        for value in (*_NAMED, *_RATIOS):
            if value in _NAMED:
                add_choice(self.ratio, value, _NAMED[value])
            else:
                self.ratio.addItem(value, value)
        self.upright = _button(
            N_("Upright"), N_("The proportions on end: 2:3 in place of 3:2"), checkable=True
        )
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(-round(MAX_ANGLE) * _PER_DEGREE, round(MAX_ANGLE) * _PER_DEGREE)
        self.slider.setMinimumSize(12 * SPACING, MIN_TARGET)
        say(
            self.slider,
            accessibleName=STRAIGHTEN,
            toolTip=N_("Turns the photo by up to 45 degrees either way"),
        )
        self.angle = QDoubleSpinBox()
        self.angle.setRange(-MAX_ANGLE, MAX_ANGLE)
        self.angle.setDecimals(_DECIMALS)
        self.angle.setSingleStep(0.1)
        self.angle.setMinimumHeight(MIN_TARGET)
        say(self.angle, suffix=labels.UNIT_DEGREES, accessibleName=N_("Angle in degrees, clockwise"))
        self.level = _button(
            N_("Level by a line"), N_("Draw a line along what should be level or upright"), checkable=True
        )
        self.left = _button(N_("Turn left"), N_("A quarter turn to the left"))
        self.right = _button(N_("Turn right"), N_("A quarter turn to the right"))
        self.mirror = _button(N_("Mirror"), N_("Swaps left and right"))
        self.corners = _button(
            N_("Corners"),
            N_("Put the four corners on those of a print photographed at an angle; it becomes a rectangle"),
            checkable=True,
        )
        self.reset = _button(N_("Reset"), N_("The whole photo, as its file holds it"))
        self.cancel = _button(labels.CANCEL, N_("Leaves the photo as it was (Esc)"))
        self.apply = _button(N_("Apply"), N_("Goes on with the photo in this frame (Enter)"))
        self.apply.setProperty("primary", True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        say(self.bar, accessibleName=N_("Progress"))
        self.setLayout(self._arranged())
        self.show_progress(None)
        self._connect()

    def _arranged(self) -> QHBoxLayout:
        name = say(QLabel(), text=STRAIGHTEN)
        name.setBuddy(self.angle)
        above = hbox(self.ratio, self.upright, name, self.slider, self.angle, self.level)
        above.setStretch(3, 1)
        below = hbox(self.left, self.right, self.mirror, self.corners, self.reset)
        below.addStretch(1)
        rows = vbox()
        rows.addLayout(above)
        rows.addLayout(below)
        tools = QWidget()
        tools.setObjectName("panel")
        tools.setLayout(rows)
        scroll = QScrollArea()
        self._tools, self._scroll = tools, scroll
        scroll.setWidget(tools)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumWidth(1)
        bar = hbox(scroll)
        bar.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        bar.addLayout(vbox(self.apply, self.cancel))
        whole = vbox(spacing=0)
        whole.addLayout(bar)
        whole.addWidget(self.bar)
        whole.addWidget(self.view, 1)
        outer = hbox()
        outer.addLayout(whole)
        self._set = (self.ratio, self.upright, self.slider, self.angle, self.level, self.left, self.right,
                     self.mirror, self.corners, self.reset, self.apply, self.view)  # fmt: skip
        return outer

    def _connect(self) -> None:
        view = self.view
        view.changed.connect(self._show)
        self.ratio.activated.connect(lambda _index: self._choose_ratio())
        self.upright.toggled.connect(lambda _on: self._choose_ratio())
        self.slider.valueChanged.connect(lambda stop: self._straighten(stop / _PER_DEGREE))
        self.angle.valueChanged.connect(self._straighten)
        self.level.toggled.connect(lambda on: self._choose_mode(Mode.LEVEL, on))
        self.corners.toggled.connect(lambda on: self._choose_mode(Mode.CORNERS, on))
        self.left.clicked.connect(lambda: self._turn(lambda frame, size: turned(frame, size, False)))
        self.right.clicked.connect(lambda: self._turn(lambda frame, size: turned(frame, size, True)))
        self.mirror.clicked.connect(lambda: self._turn(mirrored))
        self.reset.clicked.connect(self._reset)
        self.cancel.clicked.connect(self.cancelled)
        self.apply.clicked.connect(self._apply)

    def begin(self, picture: QPixmap, photo: Size, frame: Frame) -> None:
        """The untouched photo, as a picture of any size, and the frame that it is in."""
        self.ratio.setCurrentIndex(0)
        self.upright.setChecked(False)
        self.view.begin(picture, photo, frame)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the tools are scrolled, and what applies the frame stays."""
        tools, scroll = self._tools.sizeHint(), self._scroll
        narrow = scroll.width() < tools.width()
        scroll.setFixedHeight(
            tools.height() + (scroll.horizontalScrollBar().sizeHint().height() if narrow else 0)
        )
        super().resizeEvent(event)

    @property
    def busy(self) -> bool:
        return not self.bar.isHidden()

    def show_progress(self, done: float | None) -> None:
        """How far the frame is applied, 0 to 1, and a button that stops it; None: it can be set."""
        busy = done is not None
        if busy is self.busy and not busy:
            return
        for part in self._set:
            part.setEnabled(not busy)
        self.bar.setVisible(busy)
        self.bar.setValue(round(100 * (done or 0)))
        say(self.cancel, text=labels.STOP if busy else labels.CANCEL)
        if busy and not self.cancel.hasFocus():
            self.cancel.setFocus()
        elif not busy:
            self._show()
            self.view.setFocus()

    # what is chosen

    def _choose_ratio(self) -> None:
        value, view = str(self.ratio.currentData()), self.view
        view.set_mode(Mode.CROP)
        height, width = view.frame.turned_size(view.photo)
        ratio = {_FREE: 0.0, _ORIGINAL: width / height, **_RATIOS}[value]
        view.ratio = 1 / ratio if ratio and self.upright.isChecked() else ratio
        if ratio:
            view.set_crop(view.frame.largest_crop(view.photo, view.ratio))

    def _straighten(self, angle: float) -> None:
        view = self.view
        view.set_mode(Mode.CROP)
        if angle != view.frame.angle:
            view.set_frame(straightened(view.frame, view.photo, angle))

    def _choose_mode(self, mode: Mode, on: bool) -> None:
        if on or self.view.mode is mode:
            self.view.set_mode(mode if on else Mode.CROP)
            self.view.setFocus()

    def _turn(self, turn: Callable[[Frame, Size], Frame]) -> None:
        view = self.view
        view.set_mode(Mode.CROP)
        before = view.frame.turns % 2
        frame = turn(view.frame, view.photo)
        if frame.turns % 2 != before and view.ratio:
            view.ratio = 1 / view.ratio
            _quietly(self.upright, not self.upright.isChecked())
        view.set_frame(frame)

    def _reset(self) -> None:
        self.ratio.setCurrentIndex(0)
        _quietly(self.upright, False)
        self.view.ratio = 0.0
        self.view.leave_mode()
        self.view.set_frame(Frame())

    def _apply(self) -> None:
        self.view.set_mode(Mode.CROP)
        self.applied.emit(settled(self.view.frame, self.view.photo))

    def _show(self) -> None:
        view = self.view
        _quietly(self.level, view.mode is Mode.LEVEL)
        _quietly(self.corners, view.mode is Mode.CORNERS)
        self.upright.setEnabled(bool(view.ratio))
        with QSignalBlocker(self.slider), QSignalBlocker(self.angle):
            self.slider.setValue(round(view.frame.angle * _PER_DEGREE))
            self.angle.setValue(view.frame.angle)

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.busy:
            if event.key() == Qt.Key.Key_Escape:
                self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.view.mode is Mode.CROP:
                self._apply()
            else:  # corners are taken first, and looked at
                self.view.set_mode(Mode.CROP)
        elif event.key() == Qt.Key.Key_Escape:
            if not self.view.leave_mode():
                self.cancelled.emit()
        else:
            super().keyPressEvent(event)


def _quietly(button: QPushButton, on: bool) -> None:
    with QSignalBlocker(button):
        button.setChecked(on)


def _button(words: str, explanation: str, checkable: bool = False) -> QPushButton:
    button = say(segment_button(words), toolTip=explanation)
    button.setCheckable(checkable)
    return button
