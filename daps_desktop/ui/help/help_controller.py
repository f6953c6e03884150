"""The Help menu: the guide, opened at the chapter of the part in use, and what this program is."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QCursor, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox, QWidget

from daps_desktop.base.i18n import tr
from daps_desktop.ui.canvas.canvas import Canvas
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.help.help_window import HelpWindow

_KEY = "guide_key"


class HelpController(QObject):
    """Opens the guide; its key works in every window of the program, also before a dialog is answered."""

    def __init__(self, window: QMainWindow, actions: Actions) -> None:
        super().__init__(window)
        self._window, self._action = window, actions["help"]
        self.window: HelpWindow | None = None
        actions.connect("help", self.open)
        actions.connect("about", lambda: show_about(window))
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def open(self) -> None:
        """Show the chapter of the part in use; where there is none, the one shown last."""
        part = QApplication.focusWidget()
        name = find_chapter(part)
        if isinstance(part, Canvas):  # where the focus lies unless the user works with Tab
            name = find_chapter(QApplication.widgetAt(QCursor.pos())) or name
        if self.window is None:
            self.window = HelpWindow(self._window)
        self.window.show_chapter(name)

    def _follow(self, _old: QWidget | None, focused: QWidget | None) -> None:
        """Give the window's dialogs the key too, as it is now: its own does not reach them."""
        dialog = focused.window() if focused is not None else None
        if dialog is None or dialog is self.window or not _belongs(dialog, self._window):
            return
        shortcut = dialog.findChild(QShortcut, _KEY, Qt.FindChildOption.FindDirectChildrenOnly)
        if shortcut is None:
            shortcut = QShortcut(dialog)
            shortcut.setObjectName(_KEY)
            shortcut.activated.connect(self.open)
        shortcut.setKeys(self._action.shortcuts())


def _belongs(dialog: QWidget, window: QWidget) -> bool:
    """Whether it was opened from the window, or from what was; the window itself was not."""
    above = dialog.parentWidget()
    while above is not None and above is not window:
        above = above.parentWidget()
    return above is not None


def find_chapter(part: QWidget | None) -> str:
    """The `help_chapter` of the class of a widget, or of what it lies in; "" where none has one."""
    while part is not None:
        if chapter := getattr(part, "help_chapter", ""):
            return chapter
        part = part.parentWidget()
    return ""


def show_about(parent: QWidget) -> None:
    box = QMessageBox(QMessageBox.Icon.NoIcon, tr(labels.ABOUT_TITLE), tr(labels.ABOUT), parent=parent)
    box.setInformativeText(tr(labels.ABOUT_OFFLINE))
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)  # the command can be copied
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.addButton(QMessageBox.StandardButton.Close)
    box.open()
