"""Opens the album's window and does what its buttons ask for; shows a result in the main window."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from daps_desktop.album.discovery import find_photos, left_out
from daps_desktop.album.model import Album, AlbumItem
from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, tr
from daps_desktop.base.paths import user_folder
from daps_desktop.document.framing import Framing
from daps_desktop.document.project import Project
from daps_desktop.document.sidecar import read_recipe, read_sidecar
from daps_desktop.document.source import describe_source
from daps_desktop.document.version import Version
from daps_desktop.imaging.export import free_path, sidecar_path
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.frame import Frame
from daps_desktop.imaging.photo import Photo, at_depth
from daps_desktop.imaging.resize import resize
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.ui.album.album_model import AlbumModel
from daps_desktop.ui.album.album_window import AlbumWindow
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.common.file_dialogs import ask_file, ask_files, ask_folder, ask_save_path, photo_filter
from daps_desktop.ui.common.preferences import preferences
from daps_desktop.ui.files.export_file import last_options
from daps_desktop.ui.files.file_controller import FileController
from daps_desktop.ui.files.opened_photo import OpenedPhoto, build_pyramid
from daps_desktop.ui.files.recipe_controller import RECIPE_FILTER
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel

_KEY = "album/file"
_NAME = "album.json"
_ALBUM_FILTER = N_("Albums (*.json)")


class AlbumController(QObject):
    """One album at a time; it is made with its window, when that is first asked for."""

    def __init__(
        self, window: QWidget, model: DocumentModel, job: JobModel, files: FileController, actions: Actions,
        background: BackgroundRunner,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._window, self._model, self._job = window, model, job
        self._files, self._background = files, background
        self.album: AlbumModel | None = None
        self.window: AlbumWindow | None = None
        self._waiting: list[Path] = []  # for the album that is being read
        actions.connect("album", self.show)
        files.several.connect(self.take)
        files.left_out.connect(self._show_error)

    def show(self) -> None:
        """The window, with the album that was last worked on."""
        if self.window is None:
            self._build()
        assert self.window is not None
        self.window.show()
        self.window.activateWindow()

    def take(self, photos: list[Path]) -> None:
        """Show these photos as an album: behind those that are still to be done, else as a new one."""
        self.show()
        self._waiting = photos
        self._add_waiting()

    def _add_waiting(self) -> None:
        album = self.album
        if album is None or album.opening or not self._waiting:
            return
        photos, self._waiting = self._waiting, []
        if album.running:
            self._show_error(UserError("album_running"))
        elif any(row.open for row in album.album.rows):
            self.add(photos)
        else:
            album.begin(free_path(user_folder() / _NAME), self._new_album().with_photos(photos))

    def close(self) -> None:
        """The program ends."""
        if self.album is not None and self.window is not None:
            self.window.close()
            self.window.thumbnails.close()
            self.album.close()

    def _build(self) -> None:
        usual = user_folder() / _NAME
        # A new one has a file of its own: whatever cannot be read is not written over either.
        album = self.album = AlbumModel(self._job, free_path(usual), self._new_album(), self)
        album.state_changed.connect(self._add_waiting)
        album.album_changed.connect(self._add_waiting)
        album.album_changed.connect(lambda: preferences().setValue(_KEY, str(album.file)))
        window = self.window = AlbumWindow(album, self._window)
        window.photos_pressed.connect(
            lambda: ask_files(window, tr("Add photos"), self._folder, photo_filter(), self.add)
        )
        window.folder_pressed.connect(
            lambda: ask_folder(window, tr("Add a folder"), self._folder, self.add_folder)
        )
        window.place_pressed.connect(
            lambda: ask_folder(window, tr("Where the results go"), self._folder, self.put_into)
        )
        window.what.own_recipe_pressed.connect(self._take_own_recipe)
        window.what.recipe_file_pressed.connect(
            lambda: ask_file(window, tr("Recipe"), self._folder, tr(RECIPE_FILTER), self.take_recipe)
        )
        window.open_pressed.connect(
            lambda: ask_file(window, tr("Open an album"), self._folder, tr(_ALBUM_FILTER), self.open)
        )
        window.save_pressed.connect(self._ask_save)
        window.compare_pressed.connect(self.compare)
        last = Path(str(preferences().value(_KEY, usual)))
        with suppress(OSError):  # where it may not even be read, a new one begins
            if last.exists():
                album.open(last)

    def _new_album(self) -> Album:
        """Each photo as it needs, with the settings of the open one."""
        options = last_options()
        policy = "unique" if options.policy == "ask" else options.policy
        return Album(self._own_recipe(), replace(options, policy=policy), suggested=True)

    def _own_recipe(self) -> Recipe:
        return self._model.document.recipe if self._model.document else Recipe()

    # what the buttons ask for

    def add(self, photos: list[Path]) -> None:
        assert self.album is not None
        self.album.change(self.album.album.with_photos(photos))

    def add_folder(self, folder: Path) -> None:
        self._background.run(
            lambda: (find_photos(folder), left_out([folder])), self._add_found, self._show_error
        )

    def _add_found(self, looked: tuple[list[Path], UserError | None]) -> None:
        found, rest = looked
        self.add(found)
        if rest is not None:
            self._show_error(rest)

    def put_into(self, folder: Path) -> None:
        assert self.album is not None
        self.album.change(replace(self.album.album, folder=str(folder)))

    def take_recipe(self, path: Path) -> None:
        self._background.run(lambda: read_recipe(path), self._use, self._show_error)

    def _take_own_recipe(self) -> None:
        self._use(self._own_recipe())

    def _use(self, recipe: Recipe) -> None:
        assert self.album is not None
        self.album.change(replace(self.album.album, recipe=recipe, suggested=False))

    def open(self, file: Path) -> None:
        assert self.album is not None
        self.album.open(file)

    def save_as(self, file: Path) -> None:
        assert self.album is not None
        self.album.save_as(file)

    def compare(self, item: AlbumItem) -> None:
        """Open the photo with its result as a version in the main window."""
        self._files.confirm_discard(lambda: self._files.open_with(item.path.name, lambda: open_result(item)))
        self._window.activateWindow()

    def _show_error(self, error: UserError) -> None:
        self.show()
        assert self.window is not None
        self.window.show_error(error)

    def _ask_save(self) -> None:
        assert self.window is not None
        suggested = self._folder / _NAME
        ask_save_path(
            self.window, tr("Save the album"), suggested, tr(_ALBUM_FILTER), self.save_as, confirm=True
        )

    @property
    def _folder(self) -> Path:
        """Where files are looked for first."""
        document = self._model.document
        photo = document.photo.path if document else None
        return photo.parent if photo else Path.home()


def open_result(item: AlbumItem) -> OpenedPhoto:
    """The photo of a row with its result as a version; made in the background. Raises: UserError."""
    original, result = read_photo(item.path), read_photo(Path(item.output))
    beside = sidecar_path(Path(item.output))
    told = read_sidecar(beside) if beside.exists() else None
    if told is not None and not told.matches(original):
        told = None
    framing = None
    if told is not None and told.frame != Frame():
        framing = Framing(original, told.frame, np.zeros((original.height, original.width), bool))
    photo = framing.framed_photo() if framing else original
    if told is None:
        version = Version(1, _fitting(result, photo), Recipe(), None, None, item.path.stem)
    else:
        version = Version(1, _fitting(result, photo), told.recipe, told.mask, told.report)
    mask = np.zeros((photo.height, photo.width), bool) if version.mask is None else version.mask
    source = describe_source(original)
    project = Project(photo, source, mask, version.recipe, (version,), framing=framing)
    return OpenedPhoto(photo, build_pyramid(photo), source, project)


def _fitting(result: Photo, photo: Photo) -> Photo:
    """The result at the depth of the photo and a whole multiple of its size, as versions are."""
    scale = max(1, round(result.width / photo.width))
    result = resize(result, photo.height * scale, photo.width * scale)
    alpha = None if result.alpha is None else at_depth(result.alpha, photo.bits)
    return replace(result, pixels=at_depth(result.pixels, photo.bits), alpha=alpha)
