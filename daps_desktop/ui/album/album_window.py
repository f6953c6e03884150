"""The album's window: which photos, what is done to them, where results go, and what became of each."""

from dataclasses import replace

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QDialog, QProgressBar, QPushButton, QVBoxLayout, QWidget

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
    format_verdict,
    item_note,
)
from daps_desktop.ui.album.item_table import PHOTO, RESULT, cell, photo_table
from daps_desktop.ui.album.item_thumbnails import ItemThumbnails
from daps_desktop.ui.album.what_section import WhatSection
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
    segment_button,
    vbox,
)
from daps_desktop.ui.files.export_dialog import FORMAT_WORDS, POLICY_WORDS, no_default_button

_PATIENCE_MS = 100  # before lines are rewrapped while the window is being made wider


class AlbumWindow(QDialog):
    """Mirrors an AlbumModel; the choices go back to it."""

    help_chapter = "album"

    photos_pressed = Signal()
    folder_pressed = Signal()
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
        self.thumbnails = ItemThumbnails(self.table)
        self.photos, self.folder = segment_button(N_("Add photos…")), segment_button(N_("Add a folder…"))
        self.remove = segment_button(N_("Remove"))
        self.open_album, self.save_album = (
            segment_button(N_("Open album…")),
            segment_button(N_("Save album as…")),
        )
        self.what = WhatSection()
        self.place = label()
        self.choose, self.beside = (
            segment_button(N_("Choose a folder…")),
            segment_button(N_("Next to the photos")),
        )
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
        place = _line(self.place, self.beside, self.choose)
        exists = label(N_("If a file of that name exists"))
        written = hbox(self.format, exists, self.policy, spacing=2 * SPACING)
        ends = hbox(self.line, self.run, spacing=2 * SPACING)
        ends.setStretch(0, 1)
        layout = vbox(spacing=2 * SPACING, margin=3 * SPACING)
        layout.addLayout(photos)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.what)
        layout.addWidget(Section(N_("Where the results go"), place, _box(written)))
        layout.addWidget(self.banner)
        layout.addWidget(self.bar)
        layout.addLayout(ends)
        return layout

    def _connect(self) -> None:
        model = self._model
        for button, signal in (
            (self.photos, self.photos_pressed), (self.folder, self.folder_pressed),
            (self.choose, self.place_pressed), (self.open_album, self.open_pressed),
            (self.save_album, self.save_pressed),
        ):  # fmt: skip
            button.clicked.connect(signal)
        self.remove.clicked.connect(self._remove)
        self.beside.clicked.connect(lambda: model.change(replace(model.album, folder="")))
        self.what.changed.connect(model.change)
        self.format.chosen.connect(lambda name: self._change_export(file_format=str(name)))
        self.policy.activated.connect(lambda _: self._change_export(policy=self.policy.currentData()))
        self.run.clicked.connect(self._start_or_stop)
        self.table.cellActivated.connect(lambda line, _: self._compare(line))
        self.table.itemSelectionChanged.connect(self._show_chosen)
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

    def _show_chosen(self) -> None:
        self.what.show_chosen(self._selected)
        self._show_possible()

    @property
    def _selected(self) -> set[str]:
        """The photos of the lines that are selected."""
        rows = self._model.album.rows
        lines = {index.row() for index in self.table.selectedIndexes()}
        return {rows[line].photo for line in lines if line < len(rows)}

    def _remove(self) -> None:
        gone = self._selected
        rows = tuple(row for row in self._model.album.rows if row.photo not in gone)
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
        self.what.show_album(album)
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
            self.thumbnails.forget(photo.output)
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
            item_note(photo, self._model.album),
        )
        pictures = {PHOTO: photo.photo, RESULT: photo.output if photo.state == DONE else ""}
        for at, words in enumerate(told):
            self.table.setItem(
                line, at, cell(words, photo.photo if at == PHOTO else words, pictures.get(at, ""))
            )

    def showEvent(self, event: QShowEvent) -> None:
        """Only now it is known how wide the lines are."""
        super().showEvent(event)
        self.thumbnails.look()
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
            self.photos, self.folder, self.choose, self.beside, self.format, self.policy, self.open_album,
            self.save_album,
        ):  # fmt: skip
            part.setEnabled(free)
        self.what.set_free(free)
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


def _line(words: QWidget, *buttons: QWidget) -> QWidget:
    layout = hbox(words, *buttons)
    layout.setStretch(0, 1)
    return _box(layout)


def _box(layout) -> QWidget:
    box = QWidget()
    box.setLayout(layout)
    return box
