"""The cards that ask for more than the values of their damage, or say more."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QPushButton, QWidget

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_
from daps_desktop.base.validation import Range
from daps_desktop.imaging.photo import Photo, to_rgb8
from daps_desktop.jobs.damage import Damage, JpegCompression, allowed
from daps_desktop.ui.canvas.drawing.layer import to_qimage
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import DETAIL_SIDE, SPACING
from daps_desktop.ui.common.widgets import NumberRow, check_box, hbox, label, segment_button, vbox
from daps_desktop.ui.panels.card import BELOW_NAME, Card
from daps_desktop.ui.panels.value_fields import NoiseField

DETAIL = N_("A detail with this size")
HOLD = N_("Hold the mouse button or the space bar to see the photo as it was.")
NO_DETAIL = N_("The detail could not be shown; the photo is as it was.")
_RIM = 4  # pixels of the button around the picture, which is shown pixel for pixel
_USUAL_QUALITY = 40
TIMID = N_(
    "The built-in prior hardly colours: the result stays nearly grey. Other priors may do better. Most black "
    "and white photos look better in a tone."
)


class DetailView(QWidget):
    """A detail made sharp; pressed, as it was. Its room is kept while that is on its way."""

    def __init__(self) -> None:
        super().__init__()
        self.button = say(QPushButton(), accessibleName=DETAIL, toolTip=HOLD)
        self.button.setFixedSize(DETAIL_SIDE + 2 * _RIM, DETAIL_SIDE + 2 * _RIM)
        self.button.setIconSize(QSize(DETAIL_SIDE, DETAIL_SIDE))
        self.words = label(DETAIL, "caption")
        layout = vbox(self.button, self.words, spacing=0)
        layout.setAlignment(self.button, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(layout)
        self.setMaximumHeight(200)
        self._before, self._after = QIcon(), QIcon()
        self.button.pressed.connect(lambda: self.button.setIcon(self._before))
        self.button.released.connect(lambda: self.button.setIcon(self._after))

    def show_detail(self, before: Photo | None, after: Photo | None) -> None:
        self._before = _icon(before) if before else QIcon()
        self._after = _icon(after) if after else self._before  # until it is there
        self.button.setIcon(self._before if self.button.isDown() else self._after)
        say(self.words, text=DETAIL)

    def show_error(self, _error: UserError) -> None:
        self.show_detail(None, None)
        say(self.words, text=NO_DETAIL)


def _icon(photo: Photo) -> QIcon:
    return QIcon(QPixmap.fromImage(to_qimage(to_rgb8(photo))))


class BlurCard(Card):
    """Shows below its size what that makes of a detail."""

    def _made_values(self) -> QWidget:
        self.detail = DetailView()
        box = QWidget()
        box.setLayout(vbox(*self.fields.values(), self.detail, spacing=SPACING // 2))
        return box


class NoiseCard(Card):
    """Its value is one of the settings: the noise level."""

    def _made_values(self) -> QWidget:
        self.level = NoiseField()
        return self.level

    def reset(self) -> None:
        self.level.reset()


class JpegCard(Card):
    """Its quality is asked for only where the file itself does not say how it was compressed."""

    def _made_values(self) -> QWidget:
        self.automatic = check_box(N_("Use the file's own tables"))
        values = allowed(JpegCompression, "quality")
        assert isinstance(values, Range)
        name = N_("Quality it was saved with")
        self.quality = NumberRow(name, "", values.low + 1, values.high, _USUAL_QUALITY, decimals=0)
        box = QWidget()
        box.setLayout(vbox(self.automatic, self.quality, spacing=SPACING // 2))
        self.show_tables(False)
        self.automatic.toggled.connect(self._pick_automatic)
        self.quality.changed.connect(self.changed)
        return box

    def show_photo(self, photo: Photo) -> None:
        super().show_photo(photo)
        self.show_tables(photo.jpeg is not None)

    def reset(self) -> None:
        self.show_tables(not self.automatic.isHidden())
        self.quality.show_value(_USUAL_QUALITY)

    def show_tables(self, known: bool) -> None:
        """Whether the file itself says how it was compressed."""
        self.automatic.setVisible(known)
        self.automatic.blockSignals(True)
        self.automatic.setChecked(known)
        self.automatic.blockSignals(False)
        self.quality.setVisible(not known)

    def damage(self) -> JpegCompression:
        return JpegCompression(0 if self.automatic.isChecked() else round(self.quality.value))

    @property
    def given(self) -> JpegCompression:
        """That the last photo's file gave its own quality does not hold for this one."""
        return self.damage()

    def _show_values(self, damage: Damage) -> None:
        assert isinstance(damage, JpegCompression)
        automatic = damage.quality == 0 and not self.automatic.isHidden()
        self.automatic.setChecked(automatic)
        self.quality.setVisible(not automatic)
        if damage.quality:
            self.quality.show_value(damage.quality)

    def _pick_automatic(self, automatic: bool) -> None:
        self.quality.setVisible(not automatic)
        self.changed.emit()


class GreyCard(Card):
    """Says before the run what is to be expected of it, and what does better."""

    def _made_values(self) -> QWidget:
        self.priors = segment_button(N_("Priors…"))
        self.tone = segment_button(N_("Give it a tone instead"))
        words = label(TIMID, "caption")
        words.setContentsMargins(BELOW_NAME, 0, 0, 0)
        box = QWidget()
        buttons = hbox(self.priors, self.tone)
        buttons.addStretch()
        layout = vbox(words, spacing=SPACING // 2)
        layout.addLayout(buttons)
        box.setLayout(layout)
        return box
