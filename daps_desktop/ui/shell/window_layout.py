"""Where the window and its docks are: remembered from one start to the next, and put back on demand."""

from PySide6.QtCore import QByteArray, QObject, Qt
from PySide6.QtWidgets import QDockWidget, QFrame, QMainWindow, QScrollArea, QToolBar, QWidget

from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.preferences import preferences

# A state of another number is left aside; to be raised when docks change their meaning.
VERSION = 1
_LEAST = 40  # pixels of a dock that is scrolled
_GEOMETRY, _STATE = "window/geometry", "window/state"


class WindowLayout(QObject):
    """Tools and docks come with the first photo and go with it; the first page is quiet."""

    def __init__(self, window: QMainWindow, always: tuple[QWidget, ...]) -> None:
        super().__init__(window)
        self._window = window
        self._always = always  # what every photo comes with
        self._factory = window.saveState(VERSION)
        self._state = self._factory  # of the page with the photo
        self._quiet = False

    def restore(self) -> None:
        """As it was when the program was last closed, as far as the screens are still there."""
        store = preferences()
        geometry, state = store.value(_GEOMETRY), store.value(_STATE)
        if isinstance(geometry, QByteArray):
            self._window.restoreGeometry(geometry)
        if isinstance(state, QByteArray) and self._window.restoreState(state, VERSION):
            self._state = self._window.saveState(VERSION)

    def save(self) -> None:
        store = preferences()
        store.setValue(_GEOMETRY, self._window.saveGeometry())
        store.setValue(_STATE, self._state if self._quiet else self._window.saveState(VERSION))

    def reset(self) -> None:
        self._state = self._factory
        if not self._quiet:
            self.show_tools()

    def hide_tools(self) -> None:
        if not self._quiet and self._window.isVisible():
            self._state = self._window.saveState(VERSION)
        self._quiet = True
        for part in (*self._window.findChildren(QDockWidget), *self._window.findChildren(QToolBar)):
            part.hide()

    def show_tools(self) -> None:
        self._quiet = False
        self._window.restoreState(self._state, VERSION)
        for part in self._always:
            part.show()


def scrolled(content: QWidget) -> QScrollArea:
    """In a window that is too small for it, the content is scrolled and pushes nothing away."""
    area = QScrollArea()
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setMinimumSize(1, _LEAST)
    return area


def add_dock(
    window: QMainWindow,
    name: str,
    title: str,
    content: QWidget,
    area: Qt.DockWidgetArea,
    head: QWidget | None = None,
) -> QDockWidget:
    """A dock in the window; only one with a head can be moved."""
    dock = say(QDockWidget(), windowTitle=title)
    dock.setObjectName(name)
    dock.setTitleBarWidget(head or QWidget())
    dock.setWidget(content)
    if head is None:
        dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
    window.addDockWidget(area, dock)
    return dock
