"""The right side of the Check panel: a map over a small copy of the photo, or why there is none."""

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from daps_desktop.base.i18n import N_
from daps_desktop.ui.canvas.drawing.heat_map import HeatMap
from daps_desktop.ui.common.actions import Actions, action_button
from daps_desktop.ui.common.live_text import Words, say
from daps_desktop.ui.common.theme import SPACING
from daps_desktop.ui.common.widgets import SegmentedControl, hbox, label, vbox

MapKind = Literal["residual", "spread"]

NOTES: dict[MapKind, str] = {
    "residual": N_(
        "Bright: the result, damaged again in the supposed way, is further from your photo than its noise. "
        "Dark is no proof that the details are right."
    ),
    "spread": N_(
        "Bright: the samples disagree, so what is seen there is a guess. Dark is no proof: all samples can "
        "be wrong in the same way. This is not a probability."
    ),
}
NO_IMAGE = N_("What was measured here is not an image of the photo, so there is no map of it.")
NO_MAP = N_("No map is kept with this version. Restore again to see one.")
NO_RUN = N_("This version was combined from others: no run stands behind it, so there is no map.")
NO_SOLVING = N_("Only colours were changed, by a curve: nothing of the photo is left unexplained.")
NO_VERSION = N_("The map appears here with the result.")
NO_SAMPLES = N_("It takes at least two samples to see where they differ: press “Try 3 more”.")
WORKING = N_("Comparing the versions…")

_BROAD = 1.6  # times what button and scale take: there is room for the picture next to them


class MapView(QWidget):
    """The photo in grey with the map over it, and what its colours mean."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(160, 80)
        self._photo = QImage()
        self.heat: HeatMap | None = None

    def show_photo(self, photo: QImage) -> None:
        self._photo = photo.convertToFormat(QImage.Format.Format_Grayscale8)
        self.update()

    def show_heat(self, heat: HeatMap) -> None:
        self.heat = heat
        say(self, accessibleName=heat.title)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.heat is None:
            return
        size = self._photo.size() if not self._photo.isNull() else self.heat.image.size()
        place, scale = self._places(self.heat)
        fitted = size.scaled(place.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRectF(0, 0, fitted.width(), fitted.height())
        target.moveCenter(place.center())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, self._photo)
        self.heat.paint(painter, target)
        self.heat.paint_scale(painter, scale, self.palette().windowText().color())

    def _places(self, heat: HeatMap) -> tuple[QRectF, QRectF]:
        """Where the picture goes and where its scale: next to button and scale, else between them."""
        whole, button = QRectF(self.rect()), QRectF(self.childrenRect())
        needed = heat.scale_size(QFontMetricsF(self.font()))
        scale = QRectF(QPointF(0, whole.bottom() - needed.height()), needed)
        taken = max(needed.width(), button.width()) + 2 * SPACING
        if whole.width() > _BROAD * taken:
            return whole.adjusted(taken, 0, 0, 0), scale
        scale.setWidth(whole.width())
        return whole.adjusted(0, button.bottom() + SPACING, 0, -needed.height() - SPACING / 2), scale


class MapPanel(QWidget):
    """Two maps to choose from; each says next to it what it does not prove."""

    chosen = Signal(str)  # the MapKind

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.kinds = SegmentedControl(
            N_("Map"), [("residual", N_("Not explained")), ("spread", N_("Where versions differ"))]
        )
        self.view = MapView()
        self.why = label("", "caption")
        self.why.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note = label(NOTES["residual"], "caption")
        self._places = QStackedWidget()
        for place in (self.why, self.view):
            self._places.addWidget(place)
        head = hbox(self.kinds)
        head.addStretch(1)
        # In the room next to the picture, above the scale.
        corner = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        beside = vbox()
        beside.addWidget(action_button(actions, "heat"), 0, corner)
        self.view.setLayout(beside)
        layout = vbox(self._places, self.note, spacing=SPACING // 2)
        layout.insertLayout(0, head)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.kinds.chosen.connect(self._pick)
        self.show_none(NO_VERSION)

    @property
    def kind(self) -> MapKind:
        return "spread" if self.kinds.value == "spread" else "residual"

    def sizeHint(self) -> QSize:
        return QSize(320, 200)

    def show_heat(self, heat: HeatMap) -> None:
        self.view.show_heat(heat)
        self._places.setCurrentWidget(self.view)

    def show_none(self, why: Words) -> None:
        self.view.heat = None
        say(self.why, text=why)
        self._places.setCurrentWidget(self.why)

    def _pick(self, kind: str) -> None:
        say(self.note, text=NOTES[self.kind])
        self.chosen.emit(kind)
