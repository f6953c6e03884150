"""A frame around the part of the window that has the keyboard."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget


class FocusFrame(QFrame):
    """Around a widget that Tab has come to and that does not show it itself; the mouse brings none."""

    _BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
    _FOR_A_WHILE = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)

    def __init__(self, around: QWidget) -> None:
        super().__init__(around)
        self.setObjectName("focus")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        around.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event:
            case QFocusEvent() if event.reason() in self._FOR_A_WHILE:
                pass
            case QFocusEvent():
                self.setVisible(event.gotFocus() and event.reason() in self._BY_KEY)
                self.raise_()
            case QResizeEvent():
                self.resize(event.size())
        return False
