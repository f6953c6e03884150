"""The photos and projects that were open last, with small pictures of them."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMenu

from daps_desktop.base.i18n import N_
from daps_desktop.base.paths import make_private, user_folder
from daps_desktop.ui.canvas.drawing.layer import to_qimage
from daps_desktop.ui.canvas.drawing.pyramid import Pyramid
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.preferences import preferences
from daps_desktop.ui.files.file_controller import FileController
from daps_desktop.ui.files.opened_photo import OpenedPhoto

MAX_FILES = 8
THUMBNAIL = (160, 120)  # pixels of the screen, doubled for fine ones
_KEY = "recent"


@dataclass(frozen=True, slots=True)
class RecentFile:
    path: Path
    image: QImage  # null where there is none


class RecentFiles(QObject):
    """The list, latest first; `changed` brings those that still exist, found in the background."""

    changed = Signal(object)  # list[RecentFile]

    def __init__(
        self, files: FileController, background: BackgroundRunner, menu: QMenu, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._files, self._background = files, background
        self._pyramid: Pyramid | None = None  # of the photo that is open
        self.menu = say(QMenu(menu), title=N_("Open recent"))
        self.menu.setEnabled(False)
        files.opened.connect(self._accept)
        self.changed.connect(self._fill_menu)

    @property
    def paths(self) -> list[Path]:
        stored = preferences().value(_KEY, [])
        names = stored if isinstance(stored, list) else [stored] if stored else []
        return [Path(str(name)) for name in names][:MAX_FILES]

    def refresh(self) -> None:
        """Look in the background which of them are still there."""
        paths = self.paths
        self._background.run(lambda: [_look_up(p) for p in paths if _is_there(p)], self.changed.emit)

    def clear(self) -> None:
        for path in self.paths:
            _forget(path)
        preferences().remove(_KEY)
        self.changed.emit([])

    def add(self, path: Path) -> None:
        """`path` comes first, with the small picture of the photo that is open."""
        kept = [path, *(other for other in self.paths if other != path)]
        for forgotten in kept[MAX_FILES:]:
            _forget(forgotten)
        preferences().setValue(_KEY, [str(each) for each in kept[:MAX_FILES]])
        pyramid = self._pyramid
        if pyramid is not None:
            self._background.run(lambda: _remember(pyramid, path), lambda _: self.refresh())

    def _accept(self, opened: OpenedPhoto) -> None:
        self._pyramid = opened.pyramid
        path = opened.project_path or opened.source.file
        if path is not None:
            self.add(path)

    def _fill_menu(self, found: list[RecentFile]) -> None:
        self.menu.clear()
        self.menu.setEnabled(bool(found))
        for file in found:
            name = file.path.name.replace("&", "&&")
            action = self.menu.addAction(name, lambda path=file.path: self._files.open(path))
            action.setToolTip(str(file.path))
        self.menu.addSeparator()
        say(self.menu.addAction("", self.clear), text=N_("Clear this list"))


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _look_up(path: Path) -> RecentFile:
    return RecentFile(path, QImage(str(_thumbnail(path))))


def _remember(pyramid: Pyramid, path: Path) -> None:
    width, height = (2 * side for side in THUMBNAIL)
    small = to_qimage(pyramid.levels[-1]).scaled(
        width, height, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    target = _thumbnail(path)
    with suppress(OSError):  # where none can be written, the list goes without
        make_private(target.parent)
        small.save(str(target), quality=85)


def _forget(path: Path) -> None:
    with suppress(OSError):
        _thumbnail(path).unlink(missing_ok=True)


def _thumbnail(path: Path) -> Path:
    return user_folder() / "thumbnails" / f"{hashlib.sha256(str(path).encode()).hexdigest()[:24]}.jpg"
