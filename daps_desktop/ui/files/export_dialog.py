"""The dialog before a result leaves: what, how large, where to, and what the file will weigh."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QLineEdit,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, tr
from daps_desktop.imaging.export import ENDINGS, EXACT, ExportOptions
from daps_desktop.imaging.photo import Photo
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.banner import Banner
from daps_desktop.ui.common.file_dialogs import ask_save_path
from daps_desktop.ui.common.live_text import Words, say
from daps_desktop.ui.common.theme import MIN_TARGET, SPACING
from daps_desktop.ui.common.widgets import (
    NumberRow,
    Section,
    SegmentedControl,
    add_choice,
    check_box,
    grow_to_fit,
    hbox,
    ignore_wheel,
    label,
    segment_button,
    vbox,
)
from daps_desktop.ui.files.export_size import SizeFields

_WIDTH = 520
_ALIASES = {".tiff": "tiff", ".jpeg": "jpeg"}
POLICY_WORDS = {
    "unique": N_("Find a free name"),
    "ask": N_("Ask"),
    "overwrite": N_("Replace it"),
    "skip": N_("Leave it alone"),
}


class ExportDialog(QDialog):
    """Holds what was chosen; its opener encodes, and reports here how large it came out."""

    help_chapter = "saving"

    changed = Signal()  # the file would be another one
    export_pressed = Signal()

    def __init__(self, photo: Photo, shown: ExportOptions, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        say(self, windowTitle=N_("Export"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self._photo, self._folder, self._saving = photo, path.parent, False
        self.picture = SegmentedControl(
            N_("Picture"),
            (
                ("result", N_("Result")),
                ("side_by_side", N_("Before and after")),
                ("split", N_("Split in the middle")),
            ),
        )
        self.format = SegmentedControl(N_("Format"), tuple(labels.FORMAT_NAMES.items()))
        self.bits = SegmentedControl(N_("Depth"), ((8, N_("8 bit")), (16, N_("16 bit"))))
        self.quality = NumberRow(N_("Quality"), "", 1, 100, shown.quality, decimals=0)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.size_fields = SizeFields(photo, shown.longest_side, shown.dpi)
        self.metadata = check_box(N_("Keep the photo's metadata"), checked=shown.metadata)
        self.metadata_line = label(
            N_("Date, camera, place and captions (EXIF, XMP, IPTC). The colour profile always stays."),
            "caption",
        )
        self.sidecar = check_box(N_("Save provenance in a sidecar file"), checked=shown.sidecar)
        self.sidecar_line = label(
            N_("Photo, marks, recipe and versions in NAME.daps.json, to make the same result again."),
            "caption",
        )
        self.name = QLineEdit(str(path))
        self.policy = QComboBox()
        self.line = label("", "caption")
        self.weight = label()
        self.banner = Banner()
        self.banner.report.hide()
        self.button = say(QPushButton(), text=N_("Export"))
        self.cancel = say(QPushButton(), text=labels.CANCEL)
        self._fill(shown)
        self.setLayout(self._assemble())
        no_default_button(self)
        ignore_wheel(self)
        grow_to_fit(self)
        self.button.setDefault(True)
        self._connect()
        self._show_format()

    def _fill(self, shown: ExportOptions) -> None:
        self.picture.pick(shown.picture)
        self.format.pick(shown.file_format)
        self.bits.pick(shown.bits or self._photo.bits)
        self.slider.setRange(1, 100)
        self.slider.setValue(shown.quality)
        say(self.slider, accessibleName=N_("Quality"))
        self.slider.setMinimumHeight(MIN_TARGET)
        for policy, words in POLICY_WORDS.items():
            add_choice(self.policy, policy, words)
        self.policy.setCurrentIndex(self.policy.findData(shown.policy))
        say(self.policy, accessibleName=N_("If a file of that name exists"))
        self.policy.setMinimumHeight(MIN_TARGET)
        say(self.name, accessibleName=N_("File"))
        self.name.setMinimumHeight(MIN_TARGET)
        self.name.setCursorPosition(len(self.name.text()))

    def _assemble(self) -> QVBoxLayout:
        self.browse = segment_button(N_("Choose…"))
        self.button.setObjectName("restore")
        self.cancel.setObjectName("segment")
        self.cancel.setMinimumHeight(MIN_TARGET)
        quality = QWidget()
        quality.setLayout(hbox(self.quality, self.slider, spacing=2 * SPACING))
        formats = QWidget()
        formats.setLayout(hbox(self.format, self.bits, spacing=2 * SPACING))
        where = QWidget()
        where.setLayout(hbox(self.name, self.browse))
        taken = QWidget()
        taken.setLayout(hbox(label(N_("If a file of that name exists")), self.policy))
        ends = QWidget()
        buttons = hbox(self.weight, self.cancel, self.button, spacing=2 * SPACING)
        buttons.setStretch(0, 1)
        ends.setLayout(buttons)
        return vbox(
            Section(N_("Picture"), self.picture),
            Section(N_("Format"), formats, quality, self.line),
            Section(N_("Size"), self.size_fields),
            stacked(self.metadata, self.metadata_line, self.sidecar, self.sidecar_line),
            Section(N_("File"), where, taken),
            self.banner,
            ends,
            spacing=2 * SPACING,
            margin=3 * SPACING,
        )

    def _connect(self) -> None:
        for segments in (self.picture, self.bits):
            segments.chosen.connect(lambda _: self._change())
        self.format.chosen.connect(self._take_format)
        self.quality.changed.connect(lambda value: self.slider.setValue(int(value)))
        self.slider.valueChanged.connect(self._take_quality)
        self.size_fields.changed.connect(self._change)
        self.metadata.toggled.connect(lambda _: self._change())
        self.name.editingFinished.connect(self._take_name)
        self.name.textChanged.connect(self._show_possible)
        self.browse.clicked.connect(self._browse)
        self.button.clicked.connect(self.export_pressed)
        self.cancel.clicked.connect(self.reject)

    @property
    def options(self) -> ExportOptions:
        bits = self.bits.value
        assert isinstance(bits, int)
        return ExportOptions(
            str(self.format.value),
            0 if bits == self._photo.bits else bits,
            int(self.quality.value),
            self.size_fields.longest_side,
            self.size_fields.dpi,
            self.metadata.isChecked(),
            str(self.policy.currentData()),
            str(self.picture.value),
            self.sidecar.isChecked(),
        )

    @property
    def path(self) -> Path:
        """A name alone means the folder that was suggested."""
        return self._folder / self.name.text().strip()

    @property
    def _named(self) -> bool:
        return bool(Path(self.name.text().strip()).name)

    def last_options(self) -> ExportOptions:
        """What the next photo begins with: the result, at its own size and depth."""
        return replace(self.options, longest_side=0, bits=0, picture="result")

    def show_size(self, words: Words) -> None:
        say(self.weight, text=words)

    def show_saving(self, saving: bool) -> None:
        self._saving = saving
        say(self.button, text=N_("Exporting…") if saving else N_("Export"))
        self._show_possible()

    def _show_possible(self) -> None:
        self.button.setEnabled(self._named and not self._saving)

    def show_error(self, error: UserError) -> None:
        self.show_saving(False)
        self.banner.show_error(error)

    # what was changed

    def _take_format(self, name: object) -> None:
        if self._named:
            self.name.setText(str(self.path.with_suffix(ENDINGS[str(name)])))
        self._show_format()
        self._change()

    def _take_quality(self, quality: int) -> None:
        self.quality.show_value(quality)
        self._change()

    def _take_name(self) -> None:
        """An ending that was typed chooses the format; any other gets that of the format behind it."""
        ending = self.path.suffix.lower()
        known = {ending: name for name, ending in ENDINGS.items()} | _ALIASES
        if ending in known and known[ending] != self.format.value:
            self.format.pick(known[ending])
            self._show_format()
            self._change()
        elif ending not in known and self._named:
            self.name.setText(f"{self.name.text().strip()}{ENDINGS[str(self.format.value)]}")

    def _browse(self) -> None:
        """What becomes of a file that exists is chosen in this dialog."""
        ask_save_path(self, tr("Export"), self.path, labels.SAVE_FILTER, self._take_path)

    def _take_path(self, path: Path) -> None:
        self.name.setText(str(path))
        self._take_name()

    def _change(self) -> None:
        self._show_line()
        self.changed.emit()

    # what is shown

    def _show_format(self) -> None:
        exact = self.format.value in EXACT
        self.quality.setEnabled(not exact)
        self.slider.setEnabled(not exact)
        self.bits.setEnabled(exact)
        self._show_line()

    def _show_line(self) -> None:
        say(self.line, text=self._format_line())

    def _format_line(self) -> str:
        """What becomes of the pixels that were not touched."""
        if self.picture.value != "result":
            return N_("For showing: before and after side by side, not for further work.")
        if self.format.value not in EXACT:
            return N_("This format re-encodes every pixel, including those that were not touched.")
        if self.size_fields.longest_side:
            return N_("At another size every pixel is resampled.")
        if self.bits.value == 8 and self._photo.bits == 16:
            return N_("From 16 to 8 bits every pixel is rounded.")
        return N_("Pixels that were not touched stay as they were, bit for bit.")


def no_default_button(dialog: QDialog) -> None:
    """Enter presses no button but the default one, whatever has the focus."""
    for button in dialog.findChildren(QPushButton):
        button.setAutoDefault(False)


def stacked(*children: QWidget) -> QWidget:
    box = QWidget()
    box.setLayout(vbox(*children, spacing=SPACING // 2))
    return box
