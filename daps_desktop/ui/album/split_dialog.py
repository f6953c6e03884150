"""The prints of one scan: their outlines to correct, with or without borders, and one button that cuts."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QDialog, QPushButton, QWidget

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, ntr, tr
from daps_desktop.imaging.profile.print_outline import PrintOutline
from daps_desktop.ui.album.outline_view import OutlineView
from daps_desktop.ui.common.banner import Banner
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import MIN_TARGET, SPACING
from daps_desktop.ui.common.widgets import grow_to_fit, hbox, label, vbox
from daps_desktop.ui.files.export_dialog import no_default_button

CUT = N_("Cut into an album")


class SplitDialog(QDialog):
    """Says what is to be cut; the scan itself stays as it is."""

    help_chapter = "several"

    cut_pressed = Signal()

    def __init__(
        self, image: QImage, size: QSize, outlines: list[PrintOutline], name: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        say(self, windowTitle=N_("Photos in this scan"))
        self.resize(900, 760)
        self.view = OutlineView()
        self.line = label()
        self.add, self.remove = _button(N_("Add an outline")), _button(N_("Remove the outline"))
        self.borders = say(QCheckBox(), text=N_("Keep the borders of the prints"))
        self.borders.setChecked(True)
        self.borders.setMinimumHeight(MIN_TARGET)
        place = N_(
            "You choose where; there the photos get a folder of their own, {name}. The scan stays as it is."
        )
        self.place = label(lambda: tr(place).format(name=name), "caption")
        self.banner = Banner()
        self.banner.report.hide()
        self.cut = say(QPushButton(), text=CUT)
        self.cut.setObjectName("restore")
        tools = hbox(self.line, self.add, self.remove)
        tools.setStretch(0, 1)
        layout = vbox(spacing=2 * SPACING, margin=3 * SPACING)
        layout.addWidget(self.view, 1)
        layout.addLayout(tools)
        for part in (self.borders, self.place, self.banner, self.cut):
            layout.addWidget(part)
        self.setLayout(layout)
        grow_to_fit(self)
        no_default_button(self)
        self.add.clicked.connect(self.view.add)
        self.remove.clicked.connect(self.view.remove)
        self.cut.clicked.connect(self._press)
        self.view.changed.connect(self._show)
        self.view.show_scan(image, size, outlines)

    @property
    def outlines(self) -> list[PrintOutline]:
        return self.view.outlines

    def show_error(self, error: UserError) -> None:
        self.setEnabled(True)
        self.banner.show_error(error)

    def _press(self) -> None:
        self.banner.hide()
        self.cut_pressed.emit()

    def _show(self) -> None:
        count = len(self.outlines)
        self.remove.setEnabled(count > 0)
        self.cut.setEnabled(count > 0)
        say(self.line, text=lambda: _words(self.outlines, self.view.chosen))


def _words(outlines: list[PrintOutline], chosen: int) -> str:
    count = len(outlines)
    if not count:
        return tr("There is no outline: add one around each print.")
    words = ntr(
        "{count} photo; number {number} is turned by {angle:.1f}°.",
        "{count} photos; number {number} is turned by {angle:.1f}°.",
        count,
    )
    return words.format(count=count, number=chosen + 1, angle=outlines[chosen].angle)


def _button(text: str) -> QPushButton:
    button = say(QPushButton(), text=text)
    button.setObjectName("segment")
    button.setMinimumHeight(MIN_TARGET)
    return button
