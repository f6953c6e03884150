"""How large a picture becomes, in pixels or in centimetres on paper; all four numbers belong together."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.export import CM_PER_INCH
from daps_desktop.imaging.photo import Photo
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import SPACING
from daps_desktop.ui.common.widgets import NumberRow, SegmentedControl, hbox, label, segment_button, vbox

_USUAL_DPI = 300.0
_MAX_SIDE = 65_500


class SizeFields(QWidget):
    """In pixels, another resolution changes the size on paper; in centimetres, it changes the pixels."""

    changed = Signal()

    def __init__(self, photo: Photo, longest_side: int, dpi: float) -> None:
        super().__init__()
        self._photo = photo
        own = photo.metadata.dpi
        self._dpi = dpi or (own[0] if own else _USUAL_DPI)
        self._dpi_chosen = bool(dpi)
        self._longest = longest_side or max(photo.height, photo.width)  # pixels, a whole number in the end
        self.unit = SegmentedControl(N_("Unit of size"), (("px", N_("Pixels")), ("cm", N_("Centimetres"))))
        self.width_box = NumberRow(N_("Width"), N_(" px"), 1, _MAX_SIDE, 1, decimals=0)
        self.height_box = NumberRow(N_("Height"), N_(" px"), 1, _MAX_SIDE, 1, decimals=0)
        self.dpi_box = NumberRow(N_("Resolution"), N_(" dpi"), 1, 9600, self._dpi, 0)
        self.own = segment_button(N_("Original size"))
        self.paper = label("", "caption")
        self.setLayout(self._assemble())
        self.unit.chosen.connect(lambda _: self._show())
        self.width_box.changed.connect(lambda value: self._accept(value, photo.width))
        self.height_box.changed.connect(lambda value: self._accept(value, photo.height))
        self.dpi_box.changed.connect(self._take_dpi)
        self.own.clicked.connect(self._reset)
        self._show()

    def _assemble(self):
        fields = QGridLayout()
        fields.setSpacing(SPACING)
        fields.addWidget(self.width_box, 0, 0)
        fields.addWidget(self.height_box, 0, 1)
        fields.addWidget(self.dpi_box, 1, 0)
        fields.addWidget(self.own, 1, 1)
        layout = vbox()
        layout.addLayout(hbox(self.unit))
        layout.addLayout(fields)
        layout.addWidget(self.paper)
        return layout

    @property
    def longest_side(self) -> int:
        """Pixels; 0 where the size is left as it is."""
        longest = max(1, min(round(self._longest), _MAX_SIDE))
        return 0 if longest == max(self._photo.height, self._photo.width) else longest

    @property
    def dpi(self) -> float:
        """0 where the photo's own is left as it is."""
        return self._dpi if self._dpi_chosen else 0.0

    @property
    def _in_cm(self) -> bool:
        return self.unit.value == "cm"

    @property
    def _per_unit(self) -> float:
        """Pixels in one of the unit shown."""
        return self._dpi / CM_PER_INCH if self._in_cm else 1.0

    def _accept(self, value: float, side: int) -> None:
        longest = max(self._photo.height, self._photo.width)
        self._longest = min(max(value * self._per_unit * longest / side, 1.0), float(_MAX_SIDE))
        self._dpi_chosen |= self._in_cm
        self._tell()

    def _take_dpi(self, dpi: float) -> None:
        if self._in_cm:
            self._longest = min(self._longest * dpi / self._dpi, float(_MAX_SIDE))
        self._dpi, self._dpi_chosen = dpi, True
        self._tell()

    def _reset(self) -> None:
        self._longest = max(self._photo.height, self._photo.width)
        self._tell()

    def _tell(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        longest = max(self._photo.height, self._photo.width)
        scale = self._longest / longest
        for box, side in ((self.width_box, self._photo.width), (self.height_box, self._photo.height)):
            box.box.blockSignals(True)  # another unit is no other size
            box.box.setDecimals(1 if self._in_cm else 0)
            box.box.setMinimum(0.1 if self._in_cm else 1)
            say(box.box, suffix=N_(" cm") if self._in_cm else N_(" px"))
            box.box.setValue(side * scale / self._per_unit)
            box.box.blockSignals(False)
        self._show_paper(scale)

    def _show_paper(self, scale: float) -> None:
        per_cm = self._dpi / CM_PER_INCH
        width, height = (round(side * scale) for side in (self._photo.width, self._photo.height))
        words = N_("{width} × {height} pixels; printed at {dpi:.0f} dpi: {across:.1f} × {down:.1f} cm")
        facts = {"dpi": self._dpi, "across": width / per_cm, "down": height / per_cm}
        say(self.paper, text=phrase(words, width=width, height=height, **facts))
