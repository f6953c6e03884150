"""The Help menu: what this program is."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from daps_desktop.ui import text


def show_about(parent: QWidget) -> None:
    box = QMessageBox(QMessageBox.Icon.NoIcon, text.ABOUT_TITLE, text.ABOUT, parent=parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.addButton(QMessageBox.StandardButton.Close)
    box.open()
