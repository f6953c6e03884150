"""The versions in a row below the canvas: a click or an arrow key shows one."""

from html import escape

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListView, QListWidget, QListWidgetItem, QWidget

from daps_desktop.base.i18n import N_
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import SPACING
from daps_desktop.ui.results.thumbnails import SIZE

_NUMBER = Qt.ItemDataRole.UserRole
_ITEM = QSize(SIZE.width() + 2 * SPACING, SIZE.height() + 4 * SPACING)
_LEFT_TO_OTHERS = (Qt.Key.Key_Backslash, Qt.Key.Key_Space)  # held keys of the window


class Filmstrip(QListWidget):
    """Knows versions by their numbers; `chosen` says which one is to be shown."""

    chosen = Signal(int)
    menu_wanted = Signal(int, QPoint)  # for a version, at a place on the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        say(self, accessibleName=N_("Versions"))
        say(self, accessibleDescription=N_("Arrow keys go from version to version."))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setMovement(QListView.Movement.Static)
        self.setWrapping(False)
        self.setIconSize(SIZE)
        self.setGridSize(_ITEM)
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(_ITEM.height() + 2 * SPACING)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_menu)
        self.currentItemChanged.connect(self._pick)

    def add(self, number: int, title: str, story: str) -> None:
        """In the order of the numbers, so that a version that comes back stands where it stood."""
        item = QListWidgetItem(QIcon(_blank()), title)
        item.setData(_NUMBER, number)
        item.setSizeHint(_ITEM)
        self.insertItem(sum(other < number for other in self.numbers), item)
        self.describe(number, title, story)

    def remove(self, number: int) -> None:
        blocked = self.blockSignals(True)  # what is shown next is not for the strip to say
        self.takeItem(self.numbers.index(number))
        self.blockSignals(blocked)

    def describe(self, number: int, title: str, story: str) -> None:
        item = self._item(number)
        if item is not None:
            item.setText(title)
            item.setToolTip(_as_it_stands(story))
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, story)

    def show_image(self, number: int, image: QImage) -> None:
        item = self._item(number)
        if item is not None:
            item.setIcon(_untinted(QPixmap.fromImage(image)))

    def show_current(self, number: int | None) -> None:
        """Mark the version that is seen, without asking for it."""
        blocked = self.blockSignals(True)
        numbers = self.numbers
        row = numbers.index(number) if number in numbers else -1
        self.setCurrentRow(row)  # -1: none
        if row >= 0:
            self.scrollToItem(self.item(row))
        self.blockSignals(blocked)
        self.viewport().update()

    def step(self, steps: int) -> None:
        """Show the version so many places to the right."""
        if self.count():
            self.setCurrentRow(min(max(self.currentRow() + steps, 0), self.count() - 1))

    @property
    def numbers(self) -> list[int]:
        return [self.item(row).data(_NUMBER) for row in range(self.count())]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letter keys and held keys belong to the window, which knows them as shortcuts."""
        if event.key() in _LEFT_TO_OTHERS or (event.text() and event.text().isprintable()):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A right click asks for the menu of a version without showing it."""
        if event.button() != Qt.MouseButton.RightButton:
            super().mousePressEvent(event)

    def _pick(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(_NUMBER))

    def _ask_menu(self, at: QPoint) -> None:
        item = self.itemAt(at) or self.currentItem()
        if item is not None:
            self.menu_wanted.emit(item.data(_NUMBER), self.viewport().mapToGlobal(at))

    def _item(self, number: int) -> QListWidgetItem | None:
        rows = (self.item(row) for row in range(self.count()))
        return next((item for item in rows if item.data(_NUMBER) == number), None)


def _as_it_stands(text: str) -> str:
    """Markup that shows the words: a tooltip obeys what looks like markup, as a name from a file may."""
    return "<p>" + "<br>".join(map(escape, text.splitlines())) + "</p>"


def _untinted(pixmap: QPixmap) -> QIcon:
    """An icon that looks the same where its item is selected."""
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


def _blank() -> QPixmap:
    """What holds the place of a picture that is being made."""
    pixmap = QPixmap(SIZE)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap
