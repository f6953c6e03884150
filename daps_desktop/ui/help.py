"""The Help menu: all shortcuts on one page, and what this program is."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from daps_desktop.ui import text
from daps_desktop.ui.actions import MENUS
from daps_desktop.ui.panels.parts import label
from daps_desktop.ui.theme import GRID


def show_shortcuts(parent: QWidget) -> None:
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(text.SHORTCUTS_TITLE)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    grid = QGridLayout()
    grid.setHorizontalSpacing(3 * GRID)
    columns = _lines()
    half = (len(columns) + 1) // 2
    for i, (words, keys) in enumerate(columns):
        grid.addWidget(QLabel(words), i % half, 2 * (i // half))
        shown = label(keys, "caption")
        shown.setWordWrap(False)
        grid.addWidget(shown, i % half, 2 * (i // half) + 1)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
    layout.setSpacing(2 * GRID)
    layout.addLayout(grid)
    layout.addWidget(buttons)
    dialog.open()


def show_about(parent: QWidget) -> None:
    box = QMessageBox(QMessageBox.Icon.NoIcon, text.ABOUT_TITLE, text.ABOUT, parent=parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.addButton(QMessageBox.StandardButton.Close)
    box.open()


def _lines() -> list[tuple[str, str]]:
    specs = [spec for _, menu in MENUS for spec in menu if spec is not None]
    keys = [(spec.label.rstrip("…"), ", ".join(spec.keys)) for spec in specs]
    return keys + [(what, how) for how, what in text.MOUSE_HELP]
