"""The look of the marks in the View menu, remembered between runs."""

from collections.abc import Iterable
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from daps_desktop.base.i18n import N_
from daps_desktop.ui.canvas.drawing.mask_overlay import OPACITIES, Overlay
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.preferences import preferences
from daps_desktop.ui.models.document_model import DocumentModel

K = TypeVar("K", str, int)

_NAMES = {"red": N_("Red"), "green": N_("Green"), "blue": N_("Blue")}
_COLOUR, _OPACITY = "overlay/colour", "overlay/opacity"  # in the preferences


class OverlayMenu(QObject):
    """Colours and opacities to choose from; each choice is seen at once and kept."""

    def __init__(
        self, menu: QMenu, overlay: Overlay, model: DocumentModel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._overlay = overlay
        self._model = model
        for signal in (model.photo_opened, model.task_changed, model.settings_changed):
            signal.connect(self._follow)
        self._recall()
        self.colours = self._add(
            say(menu.addMenu(""), title=N_("Colour of the marks")), _NAMES.items(), overlay.colour
        )
        opacities = [(percent, f"{percent} %") for percent in OPACITIES]
        self.opacities = self._add(
            say(menu.addMenu(""), title=N_("Opacity of the marks")), opacities, overlay.opacity
        )
        self.colours.triggered.connect(lambda action: self._choose(action.data(), overlay.opacity))
        self.opacities.triggered.connect(lambda action: self._choose(overlay.colour, action.data()))

    def _add(self, menu: QMenu, choices: Iterable[tuple[K, str]], now: K) -> QActionGroup:
        group = QActionGroup(self)
        for value, words in choices:
            action = say(group.addAction(""), text=words)
            action.setData(value)
            action.setCheckable(True)
            action.setChecked(value == now)
            menu.addAction(action)
        return group

    def _choose(self, colour: str, opacity: int) -> None:
        self._overlay.set_look(colour, opacity)
        store = preferences()
        store.setValue(_COLOUR, colour)
        store.setValue(_OPACITY, opacity)

    def _follow(self) -> None:
        """The overlay is as soft as the filling will be."""
        if self._model.document is not None:
            self._overlay.set_soft_edge(self._model.document.soft_edge)

    def _recall(self) -> None:
        store = preferences()
        colour = str(store.value(_COLOUR, self._overlay.colour))
        opacity = str(store.value(_OPACITY, self._overlay.opacity))
        self._overlay.set_look(colour, int(opacity) if opacity.isdecimal() else 0)
