"""From the export dialog to the file: encodes in the background what is chosen, and writes it once asked."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from daps_desktop.base.errors import UserError
from daps_desktop.base.files import write_file
from daps_desktop.base.i18n import N_, phrase, tr
from daps_desktop.document.sidecar import dump_sidecar, make_provenance
from daps_desktop.document.version import Version
from daps_desktop.imaging.before_after import before_after
from daps_desktop.imaging.export import (
    ExportOptions,
    default_path,
    encode,
    export_size,
    prepared,
    resolve_conflict,
    sidecar_path,
    write,
)
from daps_desktop.imaging.frame import Frame
from daps_desktop.imaging.photo import Photo
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.common.preferences import preferences
from daps_desktop.ui.files.caption_image import caption
from daps_desktop.ui.files.export_dialog import ExportDialog
from daps_desktop.ui.files.file_controller import FileController
from daps_desktop.ui.models.document_model import DocumentModel

_KEY = "export/options"
_PATIENCE_MS = 250  # a slider on its way is not worth encoding


@dataclass(frozen=True, slots=True)
class EncodedExport:
    """A file before it is written."""

    version: Version
    options: ExportOptions
    data: bytes


class ExportController(QObject):
    """Opens the dialog for the version that is shown."""

    exported = Signal(Path)

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
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._encode)
        actions.connect("export", self.ask)

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
        path = default_path(document.photo.path or Path.home() / tr(labels.PASTED_NAME), options.ending)
        dialog = self.dialog = ExportDialog(version.photo, options, path, self._window)
        dialog.changed.connect(self._look_again)
        dialog.export_pressed.connect(self._export)
        dialog.finished.connect(self._forget)
        self._look_again()
        dialog.open()

    def _forget(self) -> None:
        self._timer.stop()
        self.dialog, self._then, self._encoded = None, None, None
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
                return EncodedExport(version, options, encode(after, options))
            small = prepared(after, options)
            joined = before_after(before, small, captions, split=image == "split")
            whole = replace(options, longest_side=0, metadata=False)
            return EncodedExport(version, options, encode(joined, whole))

        def work() -> EncodedExport:
            try:
                return made()
            except MemoryError as error:
                raise UserError("save_failed", path=path, detail=phrase(N_("the memory ran out"))) from error

        self._encoding = True
        self._background.run(work, self._accept, self._accept_failure)

    def _accept(self, encoded: EncodedExport) -> None:
        self._encoding = False
        if self.dialog is None:
            return
        if not self._is_current(encoded):
            self._timer.start(0)
            return
        self._encoded = encoded
        self.dialog.show_size(format_file_size(len(encoded.data)))
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
        self.dialog.banner.hide()
        self.dialog.show_saving(True)
        ready = self._encoded
        if ready is not None and self._is_current(ready):
            self._write(ready)
        else:
            self._then = self._write
            self._timer.start(0)

    def _write(self, ready: EncodedExport, overwrite: bool = False) -> None:
        if self.dialog is None:
            return
        assert self._photo is not None and self._version is not None
        photo, version, wished, options = self._photo, self._version, self.dialog.path, self.dialog.options
        original, frame = self._original or photo, self._frame
        policy = "overwrite" if overwrite else options.policy
        kept = version if options.picture == "result" else None

        def work() -> Path | None:
            path = resolve_conflict(wished, policy, photo.path)
            if path is not None:
                digest = write(ready.data, path, overwrite=policy == "overwrite", original=photo.path)
                if options.sidecar:
                    told = dump_sidecar(make_provenance(original, version, digest, frame))
                    write_file(sidecar_path(path), told, overwrite=True)
            return path

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
            preferences().setValue(_KEY, json.dumps(self.dialog.last_options().to_json()))
            self.dialog.accept()
        document = self._model.document
        if kept is not None and document is not None and document.photo is photo:
            self._model.mark_exported(kept)
        self.exported.emit(path)


def last_options() -> ExportOptions:
    """What was chosen the last time; what is shipped where that cannot be read."""
    try:
        data = json.loads(str(preferences().value(_KEY, "")))
        return ExportOptions.from_json(data)
    except (ValueError, AttributeError, UserError):
        return ExportOptions()


def _file_of(options: ExportOptions) -> ExportOptions:
    """Only what the bytes of the file depend on."""
    return replace(options, policy="unique", sidecar=False)


def format_file_size(size: int) -> str:
    """The size on disk, to the byte and as text."""
    if size < 1_000_000:
        return tr("{kilobytes:.1f} KB on disk").format(kilobytes=size / 1e3)
    return tr("{megabytes:.1f} MB on disk").format(megabytes=size / 1e6)
