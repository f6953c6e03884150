"""What is opened: a photo with the copies it is drawn from, and all that was kept of it."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QImage

from daps_desktop.base.errors import UserError
from daps_desktop.base.locks import FolderLock
from daps_desktop.base.paths import resource
from daps_desktop.document.project import Project, read_project
from daps_desktop.document.source import FileStamp, SourceFile, describe_source
from daps_desktop.document.version import Version
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.ui.canvas.drawing.pyramid import Pyramid, display_image

SAMPLE = resource("sample/sample.jpg")


@dataclass(frozen=True, slots=True)
class OpenedPhoto:
    """A photo with the copies it is drawn from, made off the window's thread, and all that was kept of it.

    `leftover` is the journal that the work was recovered from, with `strokes` in it; the project file was
    `stamp` when it was read.
    """

    photo: Photo
    pyramid: Pyramid
    source: SourceFile
    project: Project | None = None
    project_path: Path | None = None
    stamp: FileStamp | None = None
    leftover: FolderLock | None = None
    strokes: int = 0

    @property
    def original(self) -> Photo:
        """The photo as its file holds it, which may be seen in a frame."""
        return self.project.original if self.project else self.photo

    @property
    def versions(self) -> tuple[Version, ...]:
        return self.project.versions if self.project else ()


def build_pyramid(photo: Photo) -> Pyramid:
    return Pyramid.of(display_image(photo))


def open_photo(photo: Photo) -> OpenedPhoto:
    """Raises: UserError where the file has gone since it was read."""
    try:
        return OpenedPhoto(photo, build_pyramid(photo), describe_source(photo))
    except OSError as error:
        raise UserError("photo_missing", path=photo.path) from error


def open_sample() -> OpenedPhoto:
    pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    # Its own folder belongs to the program and may not be written to.
    photo = replace(read_photo(SAMPLE), path=Path(pictures or Path.home()) / SAMPLE.name)
    return OpenedPhoto(photo, build_pyramid(photo), SourceFile(SAMPLE.name))


def open_project(path: Path, photo_at: Path | None, accept_changed: bool) -> OpenedPhoto:
    stamp = FileStamp.of(path)
    project = read_project(path, photo_at, accept_changed)
    photo = project.photo
    return OpenedPhoto(photo, build_pyramid(photo), project.source, project, path.resolve(), stamp)


def photo_of_image(image: QImage) -> Photo:
    """The photo that a pasted image holds: 8 bits, RGB."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(rgb.constBits(), dtype=np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    return Photo(rows[:, : 3 * rgb.width()].reshape(rgb.height(), rgb.width(), 3).copy())
