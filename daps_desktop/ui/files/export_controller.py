"""Results into files: saved beside the photo at once, or exported with choices and encoded meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from daps_desktop.base.errors import UserError
from daps_desktop.base.files import save_errors
from daps_desktop.base.i18n import N_, Phrase, capitalised, join_sentences, tr
from daps_desktop.document.version import Version
from daps_desktop.imaging.before_after import before_after
from daps_desktop.imaging.export import ExportOptions, encode, export_size, lost, prepared
from daps_desktop.imaging.frame import Frame
from daps_desktop.imaging.photo import Photo
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.files.export_dialog import ExportDialog
from daps_desktop.ui.files.export_file import (
    beside,
    caption,
    last_options,
    remember_options,
    within_memory,
    write_export,
)
from daps_desktop.ui.files.file_controller import FileController
from daps_desktop.ui.models.document_model import DocumentModel

_PATIENCE_MS = 250  # a slider on its way is not worth encoding


@dataclass(frozen=True, slots=True)
class EncodedExport:
    """A file before it is written."""

    version: Version
    options: ExportOptions
    data: bytes
    lost: tuple[Phrase, ...] = ()  # what it has no place for


class ExportController(QObject):
    """Saves the version that is shown, or opens the dialog for it."""

    saving = Signal(bool)
    saved = Signal(Path)
    exported = Signal(Path)
    lost = Signal(tuple)  # what a saved file has no place for, in phrases

    def __init__(
        self,
        window: QWidget,
        model: DocumentModel,
        files: FileController,
        actions: Actions,
        background: BackgroundRunner,
    ) -> None:
        super().__init__(window)
        self._window, self._model, self._files, self._background = window, model, files, background
        self.dialog: ExportDialog | None = None
        self._photo: Photo | None = None  # in its frame
        self._original: Photo | None = None
        self._frame = Frame()
        self._version: Version | None = None
        self._encoded: EncodedExport | None = None
        self._encoding = False
        self._then: Callable[[EncodedExport], None] | None = None
        self._new_folder: Path | None = None  # that may be made
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._encode)
        self._saving = False
        actions.connect("export", self.ask)
        actions.connect("save_result", self.save)

    def save(self) -> None:
        """Put the version that is shown beside the photo, in the format of the last export, unasked."""
        document, version = self._model.document, self._model.shown
        if document is None or version is None or self._saving:
            return
        original, frame = document.original, document.frame
        options = replace(last_options(), policy="unique")
        self._files.ask_again = self.ask

        def work() -> Path | None:
            path = beside(original, options)
            data = within_memory(path, lambda: encode(version.photo, options))
            return write_export(data, path, options, original, frame, version)

        def done(path: Path | None) -> None:
            self._show_saving(False)
            assert path is not None  # another name is found where one is taken
            if self._model.document is document:
                self._model.mark_exported(version)
            self.saved.emit(path)
            self.lost.emit(lost(version.photo, options))

        def failed(error: UserError) -> None:
            self._show_saving(False)
            self._files.failed.emit(error)

        self._show_saving(True)
        self._background.run(work, done, failed)

    def _show_saving(self, saving: bool) -> None:
        self._saving = saving
        self.saving.emit(saving)

    def ask(self) -> None:
        """Show the dialog, with what was chosen the last time, for the version shown now."""
        document, version = self._model.document, self._model.shown
        if document is None or version is None or self.dialog is not None:
            return
        self._photo, self._version, self._encoded = document.photo, version, None
        self._frame, self._original = document.frame, document.original
        self._encoding = False  # whatever became of the last one
        self._files.ask_again = self.ask
        options = last_options()
        path = beside(document.photo, options)
        dialog = self.dialog = ExportDialog(version.photo, options, path, self._window)
        dialog.changed.connect(self._look_again)
        dialog.export_pressed.connect(self._export)
        dialog.finished.connect(self._forget)
        self._look_again()
        dialog.open()

    def _forget(self) -> None:
        self._timer.stop()
        self.dialog, self._then, self._encoded = None, None, None
        self._new_folder = None
        self._photo = self._original = self._version = (
            None  # they may be the last thing that holds a large file open
        )

    # the weight of the file

    def _look_again(self) -> None:
        assert self.dialog is not None
        self.dialog.show_size(N_("Calculating file size…"))
        self._timer.start(_PATIENCE_MS)

    def _encode(self) -> None:
        """One at a time; what was chosen meanwhile comes next."""
        if self.dialog is None or self._encoding:
            return
        assert self._photo is not None and self._version is not None
        options, before, version = self.dialog.options, self._photo, self._version
        after, path = version.photo, self.dialog.path
        image = options.picture
        captions = None
        if image != "result":
            width = export_size(after, options.longest_side)[1]
            captions = caption(tr("Before"), width), caption(tr("After"), width)

        def made() -> EncodedExport:
            if captions is None:
                return EncodedExport(version, options, encode(after, options), lost(after, options))
            small = prepared(after, options)
            joined = before_after(before, small, captions, split=image == "split")
            whole = replace(options, longest_side=0, metadata=False)
            return EncodedExport(version, options, encode(joined, whole))

        self._encoding = True
        self._background.run(lambda: within_memory(path, made), self._accept, self._accept_failure)

    def _accept(self, encoded: EncodedExport) -> None:
        self._encoding = False
        if self.dialog is None:
            return
        if not self._is_current(encoded):
            self._timer.start(0)
            return
        self._encoded = encoded
        weight, told = format_file_size(len(encoded.data)), encoded.lost
        self.dialog.show_size(
            lambda: join_sentences(capitalised(weight), *map(str, told)) if told else weight
        )
        if self._then is not None:
            then, self._then = self._then, None
            then(encoded)

    def _is_current(self, encoded: EncodedExport) -> bool:
        assert self.dialog is not None
        same_file = _file_of(encoded.options) == _file_of(self.dialog.options)
        return same_file and encoded.version is self._version

    def _accept_failure(self, error: UserError) -> None:
        self._encoding = False
        if self.dialog is not None:
            self._then = None
            self.dialog.show_size("")
            self.dialog.show_error(error)

    # the file

    def _export(self) -> None:
        assert self.dialog is not None
        folder = self.dialog.path.parent
        if not folder.exists() and folder != self._new_folder:
            self._ask_new_folder(folder)
            return
        self.dialog.banner.hide()
        self.dialog.show_saving(True)
        ready = self._encoded
        if ready is not None and self._is_current(ready):
            self._write(ready)
        else:
            self._then = self._write
            self._timer.start(0)

    def _ask_new_folder(self, folder: Path) -> None:
        words = tr("{folder} does not exist yet.").format(folder=folder)
        box = self._files.question(tr("Make this folder?"), words)
        make = box.addButton(tr("Make the folder"), QMessageBox.ButtonRole.AcceptRole)
        make.clicked.connect(lambda: self._export_into(folder))
        box.open()

    def _export_into(self, folder: Path) -> None:
        self._new_folder = folder
        if self.dialog is not None:
            self._export()

    def _write(self, ready: EncodedExport, overwrite: bool = False) -> None:
        if self.dialog is None:
            return
        assert self._photo is not None and self._version is not None
        photo, version, wished, options = self._photo, self._version, self.dialog.path, self.dialog.options
        original, frame = self._original or photo, self._frame
        policy = "overwrite" if overwrite else options.policy
        kept = version if options.picture == "result" else None
        options, folder = replace(options, policy=policy), self._new_folder

        def work() -> Path | None:
            if folder is not None and folder == wished.parent:
                with save_errors(wished):
                    folder.mkdir(parents=True, exist_ok=True)
            return write_export(ready.data, wished, options, original, frame, version)

        def failed(error: UserError) -> None:
            if self.dialog is None:
                self._files.failed.emit(error)
                return
            self.dialog.show_saving(False)
            if error.code == "save_exists":
                self._files.ask_replace(wished, lambda: self._write(ready, overwrite=True))
            else:
                self.dialog.show_error(error)

        self._background.run(work, lambda path: self._done(path, wished, photo, kept), failed)

    def _done(self, path: Path | None, wished: Path, photo: Photo, kept: Version | None) -> None:
        """`kept` is the version that is alone in the file, not side by side with the photo."""
        if path is None:
            if self.dialog is not None:
                self.dialog.show_error(UserError("album_exists", path=wished))
            return
        if self.dialog is not None:
            remember_options(self.dialog.last_options())
            self.dialog.accept()
        document = self._model.document
        if kept is not None and document is not None and document.photo is photo:
            self._model.mark_exported(kept)
        self.exported.emit(path)


def _file_of(options: ExportOptions) -> ExportOptions:
    """Only what the bytes of the file depend on."""
    return replace(options, policy="unique", sidecar=False)


def format_file_size(size: int) -> str:
    """The size on disk, to the byte and as text."""
    if size < 1_000_000:
        return tr("{kilobytes:.1f} KB on disk").format(kilobytes=size / 1e3)
    return tr("{megabytes:.1f} MB on disk").format(megabytes=size / 1e6)
