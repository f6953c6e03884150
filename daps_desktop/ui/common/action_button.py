"""Buttons that stand for actions."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QToolButton

from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.theme import HIT


def action_button(actions: Actions, name: str, wide: bool = False) -> QToolButton:
    """A button with the words, tooltip and state of its action; `wide` takes all the room there is."""
    button = QToolButton()
    button.setDefaultAction(actions[name])
    button.setObjectName("segment")
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    button.setMinimumHeight(HIT)
    across = QSizePolicy.Policy.Expanding if wide else QSizePolicy.Policy.Minimum
    button.setSizePolicy(across, QSizePolicy.Policy.Fixed)
    return button
