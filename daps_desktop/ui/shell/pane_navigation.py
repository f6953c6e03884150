"""Going through the window by the keyboard: from part to part by one key, within a part by Tab."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from daps_desktop.ui.common.actions import Actions


def no_focus_on_click(window: QWidget) -> None:
    """A click leaves the keys with the photo: Space moves it and presses no button a second time."""
    for button in window.findChildren(QAbstractButton):
        if button.group() is None:  # of a group, Tab comes to one alone
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)


class PaneNavigation(QObject):
    """Knows the parts in the order in which work goes through them; a hidden one is passed over."""

    def __init__(self, window: QWidget, actions: Actions, parts: Sequence[QWidget]) -> None:
        super().__init__(window)
        self._parts = parts
        actions.connect("next_part", lambda: self._go(1))
        actions.connect("previous_part", lambda: self._go(-1))

    def _go(self, step: int) -> None:
        keys_at = QApplication.focusWidget()
        now = next((i for i, part in enumerate(self._parts) if _holds(part, keys_at)), -step)
        for i in range(1, len(self._parts) + 1):
            stop = _first_stop(self._parts[(now + i * step) % len(self._parts)])
            if stop is not None:
                stop.setFocus(Qt.FocusReason.TabFocusReason)
                return


def _holds(part: QWidget, widget: QWidget | None) -> bool:
    return widget is not None and (part is widget or part.isAncestorOf(widget))


def _first_stop(part: QWidget) -> QWidget | None:
    """Where Tab would enter the part, if it can be seen."""
    return next((widget for widget in _chain(part) if _holds(part, widget) and _is_stop(widget)), None)


def _chain(first: QWidget) -> Iterator[QWidget]:
    """All widgets of the window in the order of the Tab key."""
    yield first
    widget = first.nextInFocusChain()
    while widget is not None and widget is not first:
        yield widget
        widget = widget.nextInFocusChain()


def _is_stop(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
