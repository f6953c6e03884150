"""The album's window: which photos, what is done to them, where results go, and what became of each."""

from dataclasses import replace

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QProgressBar, QPushButton, QVBoxLayout, QWidget

from daps_desktop.album.model import DONE, Album, AlbumItem
from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, tr
from daps_desktop.imaging.export import ExportOptions
from daps_desktop.jobs.messages import Progress
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.ui.album.album_model import AlbumModel
from daps_desktop.ui.album.album_text import (
    RUNNING,
    STATES,
    format_marks,
    format_progress,
    format_recipe,
    format_verdict,
    item_note,
)
from daps_desktop.ui.album.item_table import PHOTO, cell, photo_table
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.banner import Banner
from daps_desktop.ui.common.live_text import keep_said, say
from daps_desktop.ui.common.theme import MIN_TARGET, SPACING
from daps_desktop.ui.common.widgets import (
    Section,
    SegmentedControl,
    add_choice,
    grow_to_fit,
    hbox,
    ignore_wheel,
    label,
    vbox,
)
from daps_desktop.ui.files.export_dialog import FORMAT_WORDS, POLICY_WORDS, no_default_button
from daps_desktop.ui.panels.find_section import SensitivitySlider

_PATIENCE_MS = 100  # before lines are rewrapped while the window is being made wider


class AlbumWindow(QDialog):
    """Mirrors an AlbumModel; the choices go back to it."""

    help_chapter = "album"

    photos_pressed = Signal()
    folder_pressed = Signal()
    own_recipe_pressed = Signal()
    recipe_file_pressed = Signal()
    place_pressed = Signal()
    open_pressed = Signal()
    save_pressed = Signal()
    compare_pressed = Signal(AlbumItem)

    def __init__(self, model: AlbumModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._rows: dict[str, int] = {}
        self._filled: tuple[tuple[AlbumItem, ...], Recipe] | None = None  # into the table
        self._progress: Progress | None = None
        say(self, windowTitle=N_("Album"))
        self.resize(960, 680)
        self.table = photo_table()
        self.photos, self.folder = _button(N_("Add photos…")), _button(N_("Add a folder…"))
        self.remove = _button(N_("Remove"))
        self.open_album, self.save_album = _button(N_("Open album…")), _button(N_("Save album as…"))
        self.recipe = label()
        self.own_recipe = _button(N_("Of the open photo"))
        self.recipe_file = _button(N_("From a file…"))
        self.finding = say(
            QCheckBox(), text=N_("Mark scratches and dust automatically in photos without marks of their own")
        )
        self.finding.setMinimumHeight(MIN_TARGET)
        self.sensitivity = SensitivitySlider()
        self.sensitivity.slider.setTracking(False)  # each change is noted on the disk
        self.place = label()
        self.choose, self.beside = _button(N_("Choose a folder…")), _button(N_("Next to the photos"))
        self.format = SegmentedControl(N_("Format"), FORMAT_WORDS)
        self.policy = QComboBox()
        self.banner = Banner()
        self.banner.report.hide()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        say(self.bar, accessibleName=N_("Progress"))
        self.line = label()
        self.run = QPushButton()
        self.run.setObjectName("restore")
        self._fill()
        self.setLayout(self._assemble())
        grow_to_fit(self)
        no_default_button(self)  # Enter in the table is for comparing
        ignore_wheel(self)
        self._connect()
        keep_said(self, self._say_album)

    def _fill(self) -> None:
        for policy in ("unique", "overwrite", "skip"):
            add_choice(self.policy, policy, POLICY_WORDS[policy])
        say(self.policy, accessibleName=N_("If a file of that name exists"))
        self.policy.setMinimumHeight(MIN_TARGET)

    def _assemble(self) -> QVBoxLayout:
        photos = hbox(self.photos, self.folder, self.remove)
        photos.addStretch()
        for button in (self.open_album, self.save_album):
            photos.addWidget(button)
        recipe = _line(self.recipe, self.own_recipe, self.recipe_file)
        place = _line(self.place, self.beside, self.choose)
        exists = label(N_("If a file of that name exists"))
        written = hbox(self.format, exists, self.policy, spacing=2 * SPACING)
        ends = hbox(self.line, self.run, spacing=2 * SPACING)
        ends.setStretch(0, 1)
        layout = vbox(spacing=2 * SPACING, margin=3 * SPACING)
        layout.addLayout(photos)
        layout.addWidget(self.table, 1)
        layout.addWidget(Section(N_("What is done to each"), recipe, self.finding, self.sensitivity))
        layout.addWidget(Section(N_("Where the results go"), place, _box(written)))
        layout.addWidget(self.banner)
        layout.addWidget(self.bar)
        layout.addLayout(ends)
        return layout

    def _connect(self) -> None:
        model = self._model
        for button, signal in (
            (self.photos, self.photos_pressed), (self.folder, self.folder_pressed),
            (self.own_recipe, self.own_recipe_pressed), (self.recipe_file, self.recipe_file_pressed),
            (self.choose, self.place_pressed), (self.open_album, self.open_pressed),
            (self.save_album, self.save_pressed),
        ):  # fmt: skip
            button.clicked.connect(signal)
        self.remove.clicked.connect(self._remove)
        self.beside.clicked.connect(lambda: model.change(replace(model.album, folder="")))
        self.finding.toggled.connect(lambda on: model.change(replace(model.album, find_scratches=on)))
        self.sensitivity.chosen.connect(lambda share: model.change(replace(model.album, sensitivity=share)))
        self.format.chosen.connect(lambda name: self._change_export(file_format=str(name)))
        self.policy.activated.connect(lambda _: self._change_export(policy=self.policy.currentData()))
        self.run.clicked.connect(self._start_or_stop)
        self.table.cellActivated.connect(lambda line, _: self._compare(line))
        self.table.itemSelectionChanged.connect(self._show_possible)
        wrapping = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        wrapping.timeout.connect(self.table.resizeRowsToContents)
        self.table.horizontalHeader().sectionResized.connect(lambda *_: wrapping.start())
        model.album_changed.connect(self.show_album)
        model.row_changed.connect(self.show_row)
        model.state_changed.connect(self._show_state)
        model.progressed.connect(self._show_progress)
        model.failed.connect(self.show_error)

    # what is chosen

    def _change_export(self, **changes: str) -> None:
        album = self._model.album
        values = {**album.export.to_json(), **changes}
        self._model.change(replace(album, export=ExportOptions.from_json(values)))

    def _remove(self) -> None:
        gone = {index.row() for index in self.table.selectedIndexes()}
        rows = tuple(row for i, row in enumerate(self._model.album.rows) if i not in gone)
        self._model.change(replace(self._model.album, rows=rows))

    def _start_or_stop(self) -> None:
        self.banner.hide()
        if self._model.running:
            self._model.stop()
        else:
            self._model.start()

    def _compare(self, line: int) -> None:
        chosen = self._model.album.rows[line]
        if chosen.state == DONE:
            self.compare_pressed.emit(chosen)

    # what is shown

    def show_album(self) -> None:
        """Refresh all of it."""
        album = self._model.album
        if self._filled != (album.rows, album.recipe):
            self._fill_table(album)
        self.recipe.setText(format_recipe(album))
        self.finding.blockSignals(True)
        self.finding.setChecked(album.find_scratches)
        self.finding.blockSignals(False)
        self.sensitivity.show_value(album.sensitivity)
        self.place.setText(album.folder or tr("Next to the photos, as NAME_restored"))
        self.format.pick(album.export.file_format)
        self.policy.setCurrentIndex(max(self.policy.findData(album.export.policy), 0))
        self._show_state()

    def _say_album(self) -> None:
        self._filled = None
        self.show_album()

    def _fill_table(self, album: Album) -> None:
        self._filled = album.rows, album.recipe
        self._rows = {photo.photo: i for i, photo in enumerate(album.rows)}
        self.table.setRowCount(len(album.rows))
        for photo in album.rows:
            self._fill_row(photo)
        self.table.resizeRowsToContents()

    def show_row(self, photo: AlbumItem) -> None:
        if photo.photo in self._rows:
            self._filled = None
            self._fill_row(photo)
            self.table.resizeRowToContents(self._rows[photo.photo])
            self._show_line()

    def _fill_row(self, photo: AlbumItem) -> None:
        line = self._rows[photo.photo]
        running = self._model.current is not None and self._model.current.photo == photo.photo
        told = (
            photo.path.name,
            tr(RUNNING if running else STATES[photo.state]),
            format_verdict(photo),
            format_marks(photo, self._model.album),
            photo.reason or item_note(photo, self._model.album),
        )
        for at, words in enumerate(told):
            self.table.setItem(line, at, cell(words, photo.photo if at == PHOTO else words))

    def showEvent(self, event: QShowEvent) -> None:
        """Only now it is known how wide the lines are."""
        super().showEvent(event)
        self.table.resizeRowsToContents()

    def show_error(self, error: UserError) -> None:
        self.banner.show_error(error)

    def _show_state(self) -> None:
        if not self._model.running:
            self._progress = None
        self._show_possible()
        self._show_line()

    def _show_possible(self) -> None:
        model = self._model
        free = not model.running and model.opening is None
        done = model.album.count(DONE)
        self.run.setText(_run_label(model, done > 0))
        to_do = done < len(model.album.rows)
        self.run.setEnabled(to_do and model.opening is None and not model.stopping)
        for part in (
            self.photos, self.folder, self.own_recipe, self.recipe_file, self.finding, self.choose,
            self.beside, self.format, self.policy, self.open_album, self.save_album,
        ):  # fmt: skip
            part.setEnabled(free)
        self.sensitivity.setEnabled(free and model.album.find_scratches)
        self.remove.setEnabled(free and bool(self.table.selectedIndexes()))

    def _show_progress(self, progress: Progress) -> None:
        self._progress = progress
        self._show_line()

    def _show_line(self) -> None:
        album = self._model.album
        share = self._progress.fraction if self._progress and self._model.current else 0.0
        over = sum(not row.open for row in album.rows)
        self.bar.setRange(0, max(100 * len(album.rows), 1))
        self.bar.setValue(int(100 * (over + share)))
        opening = self._model.opening
        self.line.setText(tr(labels.OPENING).format(name=opening.name) if opening else format_progress(album))


def _run_label(model: AlbumModel, begun: bool) -> str:
    if model.stopping:
        return tr(labels.STOPPING)
    if model.running:
        return tr(labels.STOP)
    return tr("Go on") if begun else tr("Restore all")


def _button(text: str) -> QPushButton:
    button = say(QPushButton(), text=text)
    button.setObjectName("segment")
    return button


def _line(words: QWidget, *buttons: QWidget) -> QWidget:
    layout = hbox(words, *buttons)
    layout.setStretch(0, 1)
    return _box(layout)


def _box(layout) -> QWidget:
    box = QWidget()
    box.setLayout(layout)
    return box
