"""A scan of several prints: says so when one is opened, shows their outlines, cuts them into an album."""

from pathlib import Path

from PySide6.QtCore import QObject, QSize
from PySide6.QtWidgets import QWidget

from daps_desktop.album.splitting import split
from daps_desktop.base.i18n import tr
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.ui.album.album_controller import AlbumController
from daps_desktop.ui.album.split_dialog import SplitDialog
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.common.file_dialogs import ask_folder
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.profile_model import ProfileModel
from daps_desktop.ui.panels.prints_line import PrintsLine
from daps_desktop.ui.results.thumbnails import thumbnail

_SHOWN = QSize(800, 800)


class SplitController(QObject):
    """Proposes only; nothing is written before a folder was chosen."""

    def __init__(
        self, window: QWidget, model: DocumentModel, profile: ProfileModel, line: PrintsLine,
        album: AlbumController, actions: Actions, background: BackgroundRunner,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._window, self._model, self._line = window, model, line
        self._album, self._background = album, background
        self.dialog: SplitDialog | None = None
        profile.changed.connect(self._propose)
        model.photo_opened.connect(self._close)
        line.pressed.connect(self.show)
        actions.connect("split_scan", self.show)

    def show(self) -> None:
        """The outlines that were found on the open scan, or none yet."""
        document = self._model.document
        if document is None:
            return
        self._close()
        found, photo = list(document.profile.prints) if document.profile else [], document.photo
        image, size = thumbnail(photo, _SHOWN), QSize(photo.width, photo.height)
        self.dialog = SplitDialog(image, size, found, self._name.stem, self._window)
        self.dialog.cut_pressed.connect(self._ask)
        self.dialog.open()

    def _propose(self, profile: PhotoProfile | None) -> None:
        self._line.show_count(len(profile.prints) if profile else 0)

    def _ask(self) -> None:
        assert self.dialog is not None
        ask_folder(self.dialog, tr("Where the photos go"), self._folder, self.cut)

    def cut(self, folder: Path) -> None:
        """Write the photos into a folder of their own there, and open them as an album."""
        dialog, document = self.dialog, self._model.document
        if dialog is None or document is None:
            return
        scan, name, outlines = document.photo, self._name, list(dialog.outlines)
        borders, place = dialog.borders.isChecked(), folder / self._name.stem
        dialog.setEnabled(False)
        self._background.run(
            lambda: split(scan, name, outlines, place, borders), self._open_album, dialog.show_error
        )

    def _open_album(self, photos: list[Path]) -> None:
        self._close()
        self._album.take(photos)

    def _close(self) -> None:
        if self.dialog is not None:
            self.dialog.close()
            self.dialog.deleteLater()
            self.dialog = None

    @property
    def _name(self) -> Path:
        document = self._model.document
        photo = document.photo.path if document else None
        return photo or Path(tr("Scan"))

    @property
    def _folder(self) -> Path:
        return self._name.parent if self._name.is_absolute() else Path.home()
