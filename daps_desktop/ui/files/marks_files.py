"""Marks as picture files: out as white on black, in from whatever another program painted."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox, QWidget

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import tr
from daps_desktop.imaging.formats.mask_file import read_mask, write_mask
from daps_desktop.imaging.mask import Mask
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.common.file_dialogs import ask_file, photo_filter
from daps_desktop.ui.files.file_controller import FileController
from daps_desktop.ui.models.document_model import DocumentModel


class MarksFiles(QObject):
    """Import and export of the open photo's marks."""

    def __init__(
        self, window: QWidget, model: DocumentModel, files: FileController, actions: Actions,
        background: BackgroundRunner,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._window, self._model, self._files, self._background = window, model, files, background
        actions.connect("import_mask", self.ask_import)
        actions.connect("export_mask", self.ask_export)

    def ask_export(self) -> None:
        document = self._model.document
        if document is not None:
            self._files.ask_name(
                tr(labels.EXPORT_TITLE), tr(labels.MASK_FILTER), self._files.suggested("_marks", ".png"),
                self.export,
            )  # fmt: skip

    def export(self, path: Path, overwrite: bool = False) -> None:
        document = self._model.document
        if document is None:
            return
        mask = document.mask.copy()
        self._background.run(
            lambda: write_mask(mask, path, overwrite=overwrite),
            lambda _: self._files.saved.emit(path),
            self._files.or_replace(path, lambda: self.export(path, overwrite=True)),
        )

    def ask_import(self) -> None:
        ask_file(self._window, tr(labels.IMPORT_TITLE), self._files.folder, photo_filter(), self.read)

    def read(self, path: Path, inverted: bool | None = None) -> None:
        """Take the marks in a picture; `inverted`: whether black means repair, None asks where it may."""
        document = self._model.document
        if document is None:
            return

        def take(mask: Mask) -> None:
            if self._model.document is document:
                self._model.set_mask(mask, tr(labels.UNDO_IMPORT))

        def failed(error: UserError) -> None:
            if error.code == "mask_inverted" and self._model.document is document:
                self._ask_meaning(float(str(error.params["share"])), lambda black: self.read(path, black))
            else:
                self._files.failed.emit(error)

        self._background.run(lambda: read_mask(path, document.photo, inverted=inverted), take, failed)

    def _ask_meaning(self, share: float, again: Callable[[bool], None]) -> None:
        """Some programs paint white what is to be kept."""
        words = tr(
            "White would mark {white:.0%} of the photo to be redrawn, black {black:.0%}. "
            "Most marks are on the smaller part."
        )
        text = words.format(white=share, black=1 - share)
        box = self._files.question(tr("Which colour is the damage?"), text)
        for colour, black in ((tr("Black"), True), (tr("White"), False)):
            button = box.addButton(colour, QMessageBox.ButtonRole.AcceptRole)
            button.clicked.connect(lambda _checked=False, black=black: again(black))
        box.open()
