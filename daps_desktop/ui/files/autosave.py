"""Every stroke, choice and version into the journal, without keeping the window waiting."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from shiboken6 import isValid

from daps_desktop.base.errors import UserError
from daps_desktop.base.locks import FolderLock
from daps_desktop.base.os_errors import describe_os_error
from daps_desktop.document.journal import Journal, JournalHeader, discard
from daps_desktop.document.version import Version
from daps_desktop.imaging.mask import bounding_box
from daps_desktop.imaging.rect import Rect
from daps_desktop.ui.files.file_controller import FileController
from daps_desktop.ui.files.opened_photo import OpenedPhoto
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.undo_commands import FrameCommand, MaskCommand

_PIECE_MS = 100  # pieces of a stroke go out together
_SYNC_MS = 350  # with the above less than half a second
_RESCUE_S = 2.0
_WASTE = 1.5  # two rectangles become one where that holds no more than so much besides them

Work = Callable[[Journal], object]


@dataclass
class _OpenJournal:
    """The journal of one document, as its thread knows it."""

    journal: Journal | None = None
    failed: bool = False  # nothing more can be written
    incomplete: bool = False  # nor is every picture in it


class Autosave(QObject):
    """Follows the model. All writing happens on threads of its own: one for what is small, in order, and
    one for pictures, so that no stroke waits for a version to be packed."""

    failed = Signal(UserError)

    def __init__(self, model: DocumentModel, files: FileController, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._model, self._folder = model, folder
        self._thread = ThreadPoolExecutor(1, "files-journal")
        self._pictures = ThreadPoolExecutor(1, "files-journal-pictures")
        self._held: _OpenJournal | None = None
        self._pieces: list[Rect] = []
        self._recipe_changed = False
        self._strokes = 0
        self._step = 0  # of the undo stack
        self._piece_timer = _timer(self, _PIECE_MS, self._write_pieces)
        self._sync_timer = _timer(self, _SYNC_MS, lambda: self._do(Journal.sync))
        self._opened: OpenedPhoto | None = None
        model.photo_opened.connect(self._follow_photo)
        files.opened.connect(self._begin)
        model.mask_changed.connect(self._note_piece)
        model.undo_stack.indexChanged.connect(self._count_stroke)
        model.task_changed.connect(self._note_recipe)
        model.settings_changed.connect(self._note_recipe)
        model.version_added.connect(self._write_version)
        model.version_renamed.connect(self._write_version)
        model.version_removed.connect(self._note_removed)

    # the life of a journal

    @Slot(OpenedPhoto)
    def _begin(self, opened: OpenedPhoto) -> None:
        """A new journal for what was opened; work that was recovered is in it before the old one goes."""
        self._start(opened, opened.strokes)
        if opened.leftover is not None:
            for version in opened.versions:
                self._write_version(version)
            self._retire(opened.leftover)

    def _follow_photo(self) -> None:
        """Another frame begins a journal that holds all of it; another photo ends the journal."""
        document, opened = self._model.document, self._opened
        if document is not None and opened is not None and document.original is opened.original:
            self._start(opened, self._strokes)  # the versions are added as they are told
        else:
            self.end()

    def restart_from(self, opened: OpenedPhoto, kept: frozenset[int], strokes: int) -> None:
        """A new journal on top of its project, just saved, which holds the versions of the numbers `kept`."""
        document = self._model.document
        assert document is not None
        self._start(opened, strokes)
        for version in document.versions:
            if version.number not in kept:
                self._write_version(version)
        for number in kept - {version.number for version in document.versions}:
            self._write_gone(number)

    def _start(self, opened: OpenedPhoto, strokes: int) -> None:
        document = self._model.document
        assert document is not None
        before, held = self._held, _OpenJournal()
        self._held, self._opened = held, opened
        self._pieces.clear()
        self._strokes, self._step = strokes, self._model.undo_stack.index()
        photo, project = document.photo, opened.project_path
        framing = document.framing
        start = JournalHeader(
            opened.source, photo.height, photo.width, str(project or ""), opened.stamp,
            framing.frame if framing else None,
        )  # fmt: skip
        self._thread.submit(self._create, held, start)
        keep = partial(Journal.keep_photo, photo=document.original, source=start.source, project=project)
        self._do(lambda _: self._on_pictures(held, keep))
        if framing is not None:
            self._do(lambda _: self._on_pictures(held, lambda journal: journal.keep_marks(framing.marks)))
        self._note_piece(bounding_box(document.mask))
        self._note_recipe()
        self._do(lambda journal: journal.strokes(strokes))
        self._write_pieces()
        if before is not None:  # what stands in it stands in the new one
            self._thread.submit(self._run, before, Journal.discard)

    def _create(self, held: _OpenJournal, start: JournalHeader) -> None:
        try:
            held.journal = Journal.create(self._folder, start)
        except OSError as error:
            self._give_up(held, error)

    def end(self) -> None:
        """Everything is saved, or thrown away on purpose: the journal goes."""
        self._piece_timer.stop()
        self._pieces.clear()
        if self._held is not None:
            self._do(Journal.discard)
            self._held = None
        self._opened = None

    def close(self) -> None:
        """`end`, and the threads end too."""
        self.end()
        self._sync_timer.stop()
        self._thread.shutdown(wait=True)
        self._pictures.shutdown(wait=True, cancel_futures=True)

    def flush(self) -> None:
        """Bring all that is marked to the disk before anything else happens; waits for it a moment."""
        self._write_pieces()
        done = self._do(Journal.sync)
        if done is not None:
            done.result(timeout=_RESCUE_S)

    # what is written

    @property
    def strokes(self) -> int:
        """How many stand since the last save."""
        return self._strokes

    @property
    def photo_copy(self) -> Path | None:
        """The copy of the photo next to the journal, if there is one yet."""
        journal = self._held.journal if self._held else None
        return next(journal.folder.glob("photo*"), None) if journal else None

    @Slot(Rect)
    def _note_piece(self, rect: Rect) -> None:
        if self._held is None or rect.empty:
            return
        last = self._pieces[-1] if self._pieces else rect
        both = last.union(rect)
        if self._pieces and both.pixels <= _WASTE * (last.pixels + rect.pixels):
            self._pieces[-1] = both
        else:
            self._pieces.append(rect)
        if not self._piece_timer.isActive():
            self._piece_timer.start()

    def _note_recipe(self, *_: object) -> None:
        self._recipe_changed = True
        if not self._piece_timer.isActive():
            self._piece_timer.start()

    @Slot(int)
    def _count_stroke(self, step: int) -> None:
        """One more for an edit of the marks, one less for taking one back; other steps do not count."""
        if self._held is None or not isValid(self._model.undo_stack):  # nothing is open, or all is to go
            return
        back, self._step = step < self._step, step
        # Where the stack is full, a step that is added takes the place of the first, and all move up.
        moved = self._model.undo_stack.command(step if back else step - 1)
        if not isinstance(moved, MaskCommand | FrameCommand):
            return
        self._strokes = max(self._strokes + (-1 if back else 1), 0)
        strokes = self._strokes
        self._write_pieces()
        self._do(lambda journal: journal.strokes(strokes))

    def _write_pieces(self) -> None:
        document = self._model.document
        if document is None:
            return
        if self._pieces:  # all at once, as every task for the thread takes its time from the window
            patches = [(rect, document.mask[rect.slices].copy()) for rect in self._pieces]
            self._pieces.clear()
            self._do(lambda journal: [journal.patch(*patch) for patch in patches])
        if self._recipe_changed:
            recipe, self._recipe_changed = document.recipe, False
            self._do(lambda journal: journal.recipe(recipe))

    @Slot(Version)
    def _write_version(self, version: Version) -> None:
        document, held = self._model.document, self._held
        if document is None or held is None:
            return
        photo = document.photo
        self._do(lambda _: self._on_pictures(held, lambda journal: journal.version(version, photo)))

    def _note_removed(self, version: Version) -> None:
        self._write_gone(version.number)

    def _write_gone(self, number: int) -> None:
        """After the version itself, on the same thread."""
        held = self._held
        if held is not None:
            self._do(lambda _: self._on_pictures(held, lambda journal: journal.gone(number)))

    def _retire(self, leftover: FolderLock) -> None:
        """Remove the journal that was recovered, once all that it held is in the new one."""
        held = self._held
        assert held is not None

        def retire(journal: Journal) -> None:
            journal.sync()
            leftover.release()
            if not (held.failed or held.incomplete):
                discard(leftover.folder)

        self._do(lambda _: self._on_pictures(held, retire))

    # threads

    def _do(self, work: Work) -> Future[None] | None:
        if self._held is None:
            return None
        if not self._sync_timer.isActive():
            self._sync_timer.start()
        return self._thread.submit(self._run, self._held, work)

    def _on_pictures(self, held: _OpenJournal, work: Work) -> None:
        """Called on the thread of what is small, so that the journal is there and the order is kept."""
        self._pictures.submit(self._run, held, work, image=True)

    def _run(self, held: _OpenJournal, work: Work, image: bool = False) -> None:
        if held.journal is None or (held.failed and work is not Journal.discard):
            return
        try:
            work(held.journal)
        except (OSError, UserError) as error:
            if held.journal.open:  # else it went away under the work, as it was to
                self._give_up(held, error, image)

    def _give_up(self, held: _OpenJournal, error: OSError | UserError, image: bool = False) -> None:
        """Said once for a document; what is on the screen is not concerned. Where a picture found no room,
        strokes may."""
        said = held.failed or held.incomplete
        held.failed, held.incomplete = held.failed or not image, held.incomplete or image
        if said:
            return
        detail = describe_os_error(error) if isinstance(error, OSError) else error
        self.failed.emit(UserError("journal_failed", detail=detail))


def _timer(parent: QObject, wait_ms: int, then: Callable[[], object]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(wait_ms)
    timer.timeout.connect(then)
    return timer
