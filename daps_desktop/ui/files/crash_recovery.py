"""The offer to go on with work that a crash or a power cut left behind."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame, QWidget

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, ntr, tr
from daps_desktop.document.journal import UnsavedWork, discard, lock_folder, recover, unsaved_work
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import SPACING
from daps_desktop.ui.common.widgets import hbox, label, segment_button, vbox
from daps_desktop.ui.files.file_controller import FileController
from daps_desktop.ui.files.opened_photo import OpenedPhoto, build_pyramid


class RecoveryCard(QFrame):
    """One offer: recover, discard, or later."""

    help_chapter = "saving"

    recover_pressed = Signal(object)  # Unsaved
    discard_pressed = Signal(object)

    def __init__(self, unsaved: UnsavedWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.sentence = label(partial(format_offer, unsaved))
        say(self.sentence, accessibleDescription=N_("Unsaved work"))
        self.recover = segment_button(N_("Recover"))
        self.discard = segment_button(N_("Discard"))
        self.later = segment_button(N_("Later"))
        self.recover.clicked.connect(lambda: self.recover_pressed.emit(unsaved))
        self.discard.clicked.connect(lambda: self.discard_pressed.emit(unsaved))
        self.later.clicked.connect(self.hide)
        layout = vbox(self.sentence, margin=SPACING)
        buttons = hbox(self.recover, self.discard, self.later)
        buttons.addStretch()
        layout.addLayout(buttons)
        self.setLayout(layout)


class CrashRecovery(QObject):
    """Finds journals that no running program holds, in the background, and opens one when asked."""

    found = Signal(object)  # list[Unsaved], the latest first

    def __init__(
        self, files: FileController, background: BackgroundRunner, folder: Path, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._files, self._background, self._folder = files, background, folder
        self._offers: list[UnsavedWork] = []
        self._beside: Path | None = None  # what the program was started with, until the offer is made
        files.opened.connect(self._offer_beside)
        files.failed.connect(self._see_first_page)
        self.found.connect(self._accept)

    def refresh(self) -> None:
        self._background.run(lambda: unsaved_work(self._folder), self.found.emit)

    def offer_beside(self, path: Path) -> None:
        """Ask once the photo at `path` is open: starting with one skips the first page."""
        self._beside = path

    def _see_first_page(self) -> None:
        self._beside = None

    def _accept(self, found: list[UnsavedWork]) -> None:
        self._offers = found
        self._offer_beside()

    def _offer_beside(self) -> None:
        if self._beside is None or not self._offers or not self._files.has_photo:
            return
        path, self._beside = str(self._beside.resolve()), None
        offer = next((o for o in self._offers if path in (o.path, o.project)), self._offers[0])
        words = [format_offer(offer)]
        if len(self._offers) > 1:
            words.append(tr("Other unsaved work is offered on the first page, when no photo is open."))
        box = self._files.question(tr("Go on with your last work?"), " ".join(words), no=N_("Later"))
        button = box.addButton(tr("Recover"), box.ButtonRole.AcceptRole)
        button.clicked.connect(lambda: self.recover(offer))
        box.open()

    def recover(self, unsaved: UnsavedWork, photo_at: Path | None = None) -> None:
        """Go on with it; `photo_at` is where its photo is, if not where it was."""

        def read() -> OpenedPhoto:
            lock = lock_folder(unsaved.folder)
            if lock is None:
                raise UserError("recovery_taken", name=unsaved.name)
            try:
                recovered = recover(unsaved.folder, photo_at)
                project = recovered.project
                pyramid = build_pyramid(project.photo)
            except BaseException:
                lock.release()
                raise
            photo, source, strokes = project.photo, project.source, recovered.strokes
            return OpenedPhoto(
                photo, pyramid, source, project, recovered.path, recovered.stamp, lock, strokes
            )

        failed = self._files.or_ask_for_photo(lambda found, _: self.recover(unsaved, found))
        self._files.confirm_discard(lambda: self._files.open_with(unsaved.name, read, failed))

    def discard(self, unsaved: UnsavedWork) -> None:
        """After a question: this is the only copy."""
        box = self._files.question(
            tr("Throw this work away?"),
            format_offer(unsaved)
            + " "
            + tr("Discarding it cannot be undone. The photo itself is unchanged."),
        )
        button = box.addButton(tr("Discard"), box.ButtonRole.DestructiveRole)
        button.clicked.connect(lambda: self._discard(unsaved.folder))
        box.open()

    def _discard(self, folder: Path) -> None:
        self._background.run(lambda: discard(folder), lambda _: self.refresh())


def format_offer(unsaved: UnsavedWork) -> str:
    """ "Your last work on grandmother.jpg was not saved: 14 strokes, 2 versions." """
    return tr("Your last work on {name} was not saved: {what}.").format(
        name=unsaved.name, what=", ".join(_amounts(unsaved.strokes, unsaved.versions))
    )


def _amounts(strokes: int, versions: int) -> list[str]:
    told: list[str] = []
    if strokes:
        told.append(ntr("{count} stroke", "{count} strokes", strokes).format(count=strokes))
    if versions:
        told.append(ntr("{count} version", "{count} versions", versions).format(count=versions))
    return told
