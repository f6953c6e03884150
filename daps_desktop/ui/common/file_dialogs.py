"""Questions for files and folders: they block nothing, and leave nothing behind once they are answered."""

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QProcess, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from daps_desktop.base.i18n import tr
from daps_desktop.imaging.formats.endings import READABLE_PATTERNS

_KINDS = {".jpeg": ".jpg", ".tiff": ".tif"}  # as name filters call them

Mode = QFileDialog.FileMode
OnChosen = Callable[[Path], object]


def ask_file(parent: QWidget, title: str, folder: Path, filters: str, then: OnChosen) -> None:
    """Which file? One that exists."""
    dialog = _dialog(parent, title, folder, filters)
    dialog.setFileMode(Mode.ExistingFile)
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    dialog.open()


def ask_files(
    parent: QWidget, title: str, folder: Path, filters: str, then: Callable[[list[Path]], object]
) -> None:
    """Which files? One or more that exist."""
    dialog = _dialog(parent, title, folder, filters)
    dialog.setFileMode(Mode.ExistingFiles)
    dialog.filesSelected.connect(lambda names: then([Path(name) for name in names]))
    dialog.open()


def ask_folder(parent: QWidget, title: str, folder: Path, then: OnChosen) -> None:
    dialog = _dialog(parent, title, folder, "")
    dialog.setFileMode(Mode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    dialog.open()


def ask_save_path(
    parent: QWidget, title: str, suggested: Path, filters: str, then: OnChosen, *, confirm: bool = False
) -> None:
    """Under which name is something to be written? `confirm`: Qt itself asks where there is such a file."""
    dialog = _dialog(parent, title, suggested.parent, filters)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite, not confirm)
    dialog.selectNameFilter(_filter_for(filters, suggested.suffix))
    dialog.filterSelected.connect(lambda name: dialog.setDefaultSuffix(_suffix_of(name)))
    dialog.setDefaultSuffix(suggested.suffix)
    dialog.selectFile(suggested.name)
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    dialog.open()


def show_in_folder(path: Path) -> None:
    """Open the folder of a file, with the file picked out where the system can do that."""
    if sys.platform == "win32":
        QProcess.startDetached("explorer", ["/select,", str(path)])
    elif sys.platform == "darwin":
        QProcess.startDetached("open", ["-R", str(path)])
    else:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def _dialog(parent: QWidget, title: str, folder: Path, filters: str) -> QFileDialog:
    dialog = QFileDialog(parent, title, str(folder), filters)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


def _filter_for(filters: str, suffix: str) -> str:
    wanted = f"*{_KINDS.get(suffix, suffix)}"
    return next((part for part in filters.split(";;") if wanted in part), filters.split(";;")[0])


def _suffix_of(name_filter: str) -> str:
    """ "png" of "PNG (*.png)"; nothing of one that takes all files."""
    return name_filter.rpartition("*.")[2].rstrip(")") if "*." in name_filter else ""


def photo_filter() -> str:
    """For dialogs: the photos that can be opened."""
    return tr("Photos ({patterns});;All files (*)").format(patterns=READABLE_PATTERNS)


def photo_or_project_filter() -> str:
    words = tr("Photos and projects ({patterns});;All files (*)")
    return words.format(patterns=f"{READABLE_PATTERNS} *.daps")
