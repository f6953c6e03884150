"""Which picture of a file with several? Small pictures to choose from."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QDialog, QListView, QListWidget, QListWidgetItem, QPushButton, QWidget

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.ui.canvas.drawing.layer import to_qimage
from daps_desktop.ui.canvas.drawing.pyramid import display_image
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import SPACING
from daps_desktop.ui.common.widgets import hbox, label, vbox

_SIDE = 160  # pixels of a small picture
_MOST = 100  # pictures that are offered


@dataclass(frozen=True, slots=True)
class Pages:
    """The pictures of a file by the numbers of their pages, and the page it opens with by itself."""

    path: Path
    images: dict[int, QImage]
    usual: int


def pages_of(path: Path, photo: Photo) -> Pages | None:
    """What there is to choose where `photo` is one of several of its file; None where it is the only one.

    The frames of an animation are no pages: its first stands for it.
    """
    images: dict[int, QImage] = {}
    for page in range(1, min(photo.pages, _MOST) + 1):
        try:
            images[page] = _small(photo if page == photo.page else read_photo(path, page))
        except UserError as error:
            if error.code == "photo_page":
                return None
    return Pages(path, images, photo.page) if len(images) > 1 else None


def _small(photo: Photo) -> QImage:
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return to_qimage(display_image(photo)).scaled(2 * _SIDE, 2 * _SIDE, keep, smooth)


class PageDialog(QDialog):
    """`chosen` carries the number of a page."""

    chosen = Signal(int)

    def __init__(self, pages: Pages, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        say(self, windowTitle=N_("Which photo?"))
        words = phrase(
            N_("{name} holds {count} photos. Which one do you want to open?"),
            name=pages.path.name, count=len(pages.images),
        )  # fmt: skip
        self.list = say(QListWidget(), accessibleName=N_("Photos in the file"))
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setIconSize(QSize(_SIDE, _SIDE))
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setSpacing(SPACING)
        for page, image in pages.images.items():
            item = QListWidgetItem(QIcon(QPixmap.fromImage(image)), str(page), self.list)
            item.setData(Qt.ItemDataRole.UserRole, page)
            if page == pages.usual:
                self.list.setCurrentItem(item)
        self.button = say(QPushButton(), text=N_("Open"))
        self.button.setObjectName("restore")
        self.button.setDefault(True)
        cancel = say(QPushButton(), text=labels.CANCEL)
        cancel.setObjectName("segment")
        cancel.setAutoDefault(False)
        ends = hbox(cancel, self.button, spacing=2 * SPACING)
        ends.insertStretch(0)
        layout = vbox(label(words), self.list, spacing=2 * SPACING, margin=3 * SPACING)
        layout.addLayout(ends)
        self.setLayout(layout)
        self.resize(640, 480)
        self.list.itemActivated.connect(self.accept)
        self.button.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)

    def accept(self) -> None:
        super().accept()
        self.chosen.emit(self.list.currentItem().data(Qt.ItemDataRole.UserRole))
