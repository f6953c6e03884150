"""Saving all that was done to a photo as a project, and closing the photo."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, tr
from daps_desktop.document.project import EMBED_UP_TO, SUFFIX, Project, ViewState, write_project
from daps_desktop.document.source import FileStamp
from daps_desktop.ui.canvas.canvas import Canvas
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.common.file_dialogs import ask_save_path
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import SPACING
from daps_desktop.ui.common.widgets import hbox, label
from daps_desktop.ui.files.autosave import Autosave
from daps_desktop.ui.files.file_controller import FileController
from daps_desktop.ui.files.opened_photo import OpenedPhoto
from daps_desktop.ui.models.document_model import DocumentModel

Then = Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """What a document had come to when it was written down."""

    edits: int
    versions: frozenset[int]  # their numbers
    strokes: int


class ProjectController(QObject):
    """Knows where the open document is kept, if it is."""

    saved = Signal(Path)
    opened = Signal()
    closed = Signal()
    failed = Signal(UserError)

    def __init__(
        self, model: DocumentModel, files: FileController, autosave: Autosave, canvas: Canvas,
        background: BackgroundRunner, window: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._model, self._files, self._autosave = model, files, autosave
        self._canvas, self._background, self._window = canvas, background, window
        self.path: Path | None = None
        self._stamp: FileStamp | None = None
        self._opened: OpenedPhoto | None = None
        self._embed: bool | None = None  # what was last chosen for this document
        files.opened.connect(self._accept)
        files.keep_first = self.save

    # saving

    def save(self, then: Then | None = None) -> None:
        """Where it was saved before, else after asking; `then` follows once everything is saved."""
        if self.path is None:
            self.save_as(then)
        elif FileStamp.of(self.path) not in (self._stamp, None):
            self._ask_replace(then)
        else:
            self._write(self.path, then)

    def save_as(self, then: Then | None = None) -> None:
        if self._opened is None or self._model.document is None:
            return
        embed = self._opened.source.size <= EMBED_UP_TO if self._embed is None else self._embed
        dialog = SaveProjectDialog(self._suggested(), self._opened.source.size, embed, self._window)
        dialog.chosen.connect(lambda path, embedded: self._save_new(path, embedded, then))
        dialog.open()

    def _save_new(self, path: Path, embed: bool, then: Then | None) -> None:
        there = FileStamp.of(path)
        if there is None or (path == self.path and there == self._stamp):
            self.save_to(path, embed, then)
        else:
            self._files.ask_replace(path, lambda: self.save_to(path, embed, then))

    def save_to(self, path: Path, embed: bool, then: Then | None = None) -> None:
        """In the file `path`, which is replaced where it exists; `embed` is remembered for this photo."""
        self._embed = embed
        self._write(path, then)

    def _write(self, path: Path, then: Then | None) -> None:
        document, opened = self._model.document, self._opened
        if document is None or opened is None:
            return
        project = Project(
            document.photo, opened.source, document.mask.copy(), document.recipe, tuple(document.versions),
            self._view(), document.profile, document.framing, document.refused,
        )  # fmt: skip
        embed = opened.source.size <= EMBED_UP_TO if self._embed is None else self._embed
        spare, moment = self._autosave.photo_copy, self._snapshot()

        def write() -> FileStamp | None:
            write_project(project, path, embed=embed, spare=spare, overwrite=True)
            return FileStamp.of(path)

        self._background.run(write, partial(self._written, opened, path, moment, then), self.failed.emit)

    def _written(
        self, opened: OpenedPhoto, path: Path, moment: _Snapshot, then: Then | None, stamp: FileStamp
    ) -> None:
        if self._opened is not opened:  # another photo was opened meanwhile
            return
        self.path, self._stamp = path, stamp
        now = self._snapshot()
        # What was done while the file was being written is not in it, and stays unsaved.
        more = 0 if now == moment else max(now.strokes - moment.strokes, 1)
        self._autosave.restart_from(replace(opened, project_path=path, stamp=stamp), moment.versions, more)
        if now == moment:
            self._model.mark_saved()
        self.saved.emit(path)
        if then is not None:
            self._files.confirm_discard(then)

    def _snapshot(self) -> _Snapshot:
        document = self._model.document
        assert document is not None
        return _Snapshot(
            self._files.edits,
            frozenset(version.number for version in document.versions),
            self._autosave.strokes,
        )

    def _view(self) -> ViewState:
        view, shown = self._canvas.view, self._model.shown
        number = shown.number if shown else 0
        if view is None or self._canvas.fitting:
            return ViewState(shown=number)
        middle = view.to_photo(QPointF(view.widget.width() / 2, view.widget.height() / 2))
        return ViewState(view.scale, middle.y(), middle.x(), number)

    def _suggested(self) -> Path:
        if self.path is not None:
            return self.path
        return self._files.suggested("", SUFFIX)

    def _ask_replace(self, then: Then | None) -> None:
        assert self.path is not None
        path = self.path
        box = self._files.question(tr(labels.REPLACE_TITLE), str(UserError("project_changed", path=path)))
        other = box.addButton(tr("Save as…"), QMessageBox.ButtonRole.AcceptRole)
        other.clicked.connect(lambda: self.save_as(then))
        replace_button = box.addButton(tr(labels.REPLACE), QMessageBox.ButtonRole.DestructiveRole)
        replace_button.clicked.connect(lambda: self._write(path, then))
        box.open()

    # opening and closing

    def _accept(self, opened: OpenedPhoto) -> None:
        self._opened, self._embed = opened, None
        self.path, self._stamp = opened.project_path, opened.stamp
        self.opened.emit()

    def show_view(self, opened: OpenedPhoto) -> None:
        """As the photo was looked at when the project was saved; once the canvas shows it."""
        view = opened.project.view if opened.project else ViewState()
        if view.scale > 0:
            self._canvas.zoom_to(view.scale, QPointF(view.col, view.row))

    def close_photo(self) -> None:
        """Back to the first page, after a question where something would be lost."""
        self._files.confirm_discard(self._close)

    def _close(self) -> None:
        self._files.abandon()
        self._autosave.end()
        self._opened, self.path, self._stamp = None, None, None
        self._model.close()
        self.closed.emit()


class SaveProjectDialog(QDialog):
    """Where, and whether the photo goes along."""

    help_chapter = "saving"

    chosen = Signal(Path, bool)

    def __init__(self, suggested: Path, photo_bytes: int, embed: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._suggestion = suggested
        say(self, windowTitle=N_("Save the project"))
        self.name = QLineEdit(str(suggested))
        say(self.name, accessibleName=N_("Name of the file"))
        self.name.setMinimumWidth(420)
        browse = say(QPushButton(), text=N_("Browse…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        self.embed = QCheckBox(_embed_label(photo_bytes))
        self.embed.setChecked(embed)
        # A photo that came from no file has nowhere else to be.
        self.embed.setEnabled(photo_bytes > 0)
        lines = (
            label(N_("A project keeps the marks, all versions and how they were made."), "caption"),
            label(N_("Without the photo inside, the project finds it where it is now."), "caption"),
        )
        buttons = QDialogButtonBox()
        save = buttons.addButton(tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(tr(labels.CANCEL), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.name.textChanged.connect(lambda words: save.setEnabled(bool(Path(words.strip()).name)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACING, 3 * SPACING, 3 * SPACING, 2 * SPACING)
        layout.setSpacing(SPACING)
        layout.addWidget(lines[0])
        layout.addLayout(hbox(self.name, browse))
        layout.addSpacing(SPACING)
        layout.addWidget(self.embed)
        layout.addWidget(lines[1])
        layout.addSpacing(SPACING)
        layout.addWidget(buttons)

    def accept(self) -> None:
        super().accept()
        path = self._suggestion.parent / self.name.text().strip()
        self.chosen.emit(path if path.suffix.lower() == SUFFIX else path.with_name(path.name + SUFFIX),
                         self.embed.isChecked())  # fmt: skip

    def _browse(self) -> None:
        suggested = self._suggestion.with_name(Path(self.name.text()).name or self._suggestion.name)
        ask_save_path(
            self, tr("Save the project"), suggested, tr(labels.PROJECT_FILTER),
            lambda path: self.name.setText(str(path)),
        )  # fmt: skip


def _embed_label(photo_bytes: int) -> str:
    if photo_bytes == 0:
        return tr("Include the photo in the project")
    return tr("Include the photo in the project ({size} MB)").format(size=max(round(photo_bytes / 2**20), 1))
