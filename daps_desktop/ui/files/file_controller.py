"""Opening and saving: dialogs that do not block, slow work elsewhere, a question before anything is lost."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from daps_desktop.album.discovery import left_out, photos_at
from daps_desktop.base.errors import UserError
from daps_desktop.base.files import write_file
from daps_desktop.base.i18n import tr
from daps_desktop.document.project import SUFFIX, is_project
from daps_desktop.imaging.export import free_path
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.ui.canvas.drawing.layer import to_qimage
from daps_desktop.ui.canvas.drawing.pyramid import display_image
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.common.file_dialogs import (
    ask_file,
    ask_files,
    ask_folder,
    ask_save_path,
    photo_filter,
    photo_or_project_filter,
)
from daps_desktop.ui.common.theme import NAME
from daps_desktop.ui.files.opened_photo import (
    SAMPLE,
    OpenedPhoto,
    open_photo,
    open_project,
    open_sample,
    photo_of_image,
)
from daps_desktop.ui.files.page_dialog import PageDialog, Pages, pages_of
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel

_PHOTO_SOUGHT = ("project_photo_missing", "project_photo_changed")
_MAX_NAME = 240  # bytes: systems take 255, and a number may come behind it
_KEPT_OF_NAME = 50  # characters of one that would be longer, of up to four bytes each


class FileController(QObject):
    """All ways by which photos and marks come in and go out."""

    opening = Signal(str)  # the name, while it is being read
    opening_failed = Signal()  # for want of an answer, which is being asked for
    opened = Signal(OpenedPhoto)
    several = Signal(list)  # paths of photos, of which the first is being opened
    left_out = Signal(UserError)  # of the folders they are from
    saved = Signal(Path)
    failed = Signal(UserError)

    def __init__(
        self, model: DocumentModel, job: JobModel, background: BackgroundRunner, window: QWidget
    ) -> None:
        super().__init__(window)
        self._model = model
        self._job = job
        self._background = background
        self._window = window
        self.folder = Path.home()
        self.ask_again: Callable[[], object] | None = None  # for the name of what was written last
        # Saves the project and then goes on; the project controller sets it.
        self.keep_first: Callable[[Callable[[], None]], None] = lambda go_on: None
        self._left_out: tuple[Path, UserError] | None = None  # of the folder of that photo, once it is open
        self.edits = 0  # ever made, so that no two states have the same
        for signal in (
            model.mask_edited, model.task_changed, model.settings_changed, model.version_added,
            model.version_renamed,
        ):  # fmt: skip
            signal.connect(self._count)

    @property
    def has_photo(self) -> bool:
        return self._model.document is not None

    # in

    def ask_open(self) -> None:
        ask_files(self._window, tr(labels.OPEN_TITLE), self.folder, photo_or_project_filter(), self.open_all)

    def ask_open_folder(self) -> None:
        ask_folder(self._window, tr(labels.FOLDER_TITLE), self.folder, lambda path: self.open_all([path]))

    def open_all(self, paths: list[Path]) -> None:
        """Open a photo or a project; several, and those of a folder, become an album with the first open."""
        if len(paths) == 1 and not paths[0].is_dir():
            self.open(paths[0])
        elif paths:
            self._background.run(
                lambda: (photos_at(paths), left_out(paths)), self._open_several, self.failed.emit
            )

    def _open_several(self, looked: tuple[list[Path], UserError | None]) -> None:
        found, rest = looked
        photos = [path for path in found if path.suffix.lower() != SUFFIX]
        if len(photos) > 1:
            self.several.emit(photos)
            if rest is not None:
                self.left_out.emit(rest)
        elif rest is not None:
            self._left_out = found[0], rest
        self.open(found[0])

    def open(self, path: Path) -> None:
        """Read the photo or the project at `path`, after asking about unsaved work."""
        self.confirm_discard(lambda: self.read(path))
        self.folder = path.parent

    def read(
        self, path: Path, photo_at: Path | None = None, accept_changed: bool = False, page: int | None = None
    ) -> None:
        """`open` without a question about unsaved work; of several photos in a file that of the `page`, which
        is asked for where it is None. `photo_at` is where the photo of a project is, if not where it was."""

        def read() -> OpenedPhoto | Pages:
            if is_project(path):
                return open_project(path, photo_at, accept_changed)
            photo = read_photo(path, page)
            return (pages_of(path, photo) if page is None else None) or open_photo(photo)

        self.open_with(
            path.name, read, self.or_ask_for_photo(lambda at, changed: self.read(path, at, changed))
        )

    def open_with(
        self,
        name: str,
        read: Callable[[], OpenedPhoto | Pages],
        failed: Callable[[UserError], None] | None = None,
    ) -> None:
        """Open what `read` gives, which is called in the background; `name` is shown meanwhile."""
        edits = self.edits

        def take(opened: OpenedPhoto | Pages) -> None:
            if isinstance(opened, Pages):
                self.opening_failed.emit()
                self._ask_page(opened)
                return
            if self.edits == edits:
                self._accept(opened)
                return
            self.opening_failed.emit()  # until it is said what becomes of what was done while it was read
            self.confirm_discard(lambda: self._accept(opened))

        self.opening.emit(name)
        self._background.run(read, take, failed or self.failed.emit)

    def _ask_page(self, pages: Pages) -> None:
        dialog = PageDialog(pages, self._window)
        dialog.chosen.connect(lambda page: self.read(pages.path, page=page))
        dialog.open()

    def open_sample(self) -> None:
        """The photo that comes with the program, as if it lay where the user keeps pictures."""
        self.confirm_discard(lambda: self.open_with(SAMPLE.name, open_sample))

    def paste(self) -> None:
        """Open the picture on the clipboard."""
        image = QGuiApplication.clipboard().image()
        if image.isNull():
            self.failed.emit(UserError("clipboard_empty"))
            return
        self.confirm_discard(
            lambda: self.open_with(tr(labels.PASTED_NAME), lambda: open_photo(photo_of_image(image)))
        )

    def abandon(self) -> None:
        """Forget the job on the photo that goes, and how the last one on it ended."""
        self._job.discard()

    def _accept(self, opened: OpenedPhoto) -> None:
        self.abandon()
        self._model.open(opened.photo, opened.project, unsaved=opened.leftover is not None)
        self.opened.emit(opened)
        if self._left_out and opened.photo.path == self._left_out[0]:
            self.failed.emit(self._left_out[1])
        self._left_out = None
        shown = opened.project.view.shown if opened.project else 0
        versions = {version.number: version for version in opened.versions}
        self._model.show_version(versions.get(shown) or (opened.versions[-1] if versions else None))

    def or_ask_for_photo(self, again: Callable[[Path, bool], object]) -> Callable[[UserError], None]:
        """Takes an error; where it is that a photo lies elsewhere or has changed, it is asked where it is.

        `again` gets the place, and whether a photo that has changed will do.
        """

        def failed(error: UserError) -> None:
            if error.code not in _PHOTO_SOUGHT:
                self.failed.emit(error)
                return
            place = Path(str(error.params["path"]))
            seek = partial(ask_file, self._window, tr(labels.OPEN_TITLE), place.parent, photo_filter())
            self.opening_failed.emit()
            box = self.question(tr("Where is the photo?"), str(error))
            locate = box.addButton(tr("Locate…"), QMessageBox.ButtonRole.AcceptRole)
            locate.clicked.connect(lambda: seek(lambda found: again(found, False)))
            if error.code == "project_photo_changed":
                use = box.addButton(tr("Use this photo anyway"), QMessageBox.ButtonRole.DestructiveRole)
                use.clicked.connect(lambda: again(place, True))
            box.open()

        return failed

    # out

    def copy(self) -> None:
        """Put the version that is shown on the clipboard."""
        result = self._model.shown
        if result is not None:
            self._background.run(
                lambda: to_qimage(display_image(result.photo)), QGuiApplication.clipboard().setImage
            )

    def ask_write(
        self, title: str, filters: str, addition: str, suffix: str, make: Callable[[], bytes]
    ) -> None:
        """Ask for a name next to the original and write there what `make` gives, in the background."""
        self.ask_name(title, filters, self.suggested(addition, suffix), lambda path: self.write(path, make))

    def write(self, path: Path, make: Callable[[], bytes], overwrite: bool = False) -> None:
        self._background.run(
            lambda: write_file(path, make(), overwrite=overwrite),
            lambda _: self.saved.emit(path),
            self.or_replace(path, lambda: self.write(path, make, overwrite=True)),
        )

    def ask_name(self, title: str, filters: str, suggested: Path, then: Callable[[Path], None]) -> None:
        """Whether one that exists may be replaced is asked in our own words, when the writing is refused."""
        self.ask_again = partial(self.ask_name, title, filters, suggested, then)
        ask_save_path(self._window, title, suggested, filters, then)

    def suggested(self, addition: str, suffix: str) -> Path:
        """A name that does not exist yet, next to the original."""
        document = self._model.document
        path = document.photo.path if document else None
        origin = path or self.folder / tr(labels.PASTED_NAME)
        stem, ending = origin.stem, addition + suffix
        if len(os.fsencode(stem + ending)) > _MAX_NAME:
            stem = stem[:_KEPT_OF_NAME]
        return free_path(origin.with_name(stem + ending))

    def or_replace(self, path: Path, again: Callable[[], None]) -> Callable[[UserError], None]:
        def failed(error: UserError) -> None:
            if error.code == "save_exists":
                self.ask_replace(path, again)
            else:
                self.failed.emit(error)

        return failed

    def ask_replace(self, path: Path, again: Callable[[], None]) -> None:
        box = self.question(tr(labels.REPLACE_TITLE), tr(labels.REPLACE_TEXT).format(name=path.name))
        replace_button = box.addButton(tr(labels.REPLACE), QMessageBox.ButtonRole.DestructiveRole)
        replace_button.clicked.connect(again)
        box.open()

    # before something is lost

    def _count(self, *_: object) -> None:
        self.edits += 1

    def confirm_discard(self, go_on: Callable[[], None]) -> None:
        """Do `go_on` at once where nothing would be lost, otherwise after a question."""
        unsaved, running = self._model.unsaved, self._job.running
        if not unsaved and not running:
            go_on()
            return
        lines = [tr(labels.UNSAVED_TEXT)] * unsaved + [tr(labels.RUNNING_TEXT)] * running
        box = self.question(
            tr(labels.UNSAVED_TITLE) if unsaved else tr(labels.RUNNING_TITLE), "\n\n".join(lines)
        )
        if unsaved:
            save = box.addButton(tr(labels.SAVE_FIRST), QMessageBox.ButtonRole.AcceptRole)
            save.clicked.connect(lambda: self.keep_first(go_on))
        words = tr(labels.DISCARD) if unsaved else tr(labels.STOP)
        box.addButton(words, QMessageBox.ButtonRole.DestructiveRole).clicked.connect(go_on)
        box.open()

    def question(self, title: str, text: str, no: str = labels.CANCEL) -> QMessageBox:
        box = QMessageBox(QMessageBox.Icon.NoIcon, NAME, title, parent=self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)  # with all that its answers would need
        box.setInformativeText(text)
        cancel = box.addButton(tr(no), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(cancel)
        box.setEscapeButton(cancel)
        return box
