"""The frame of the open photo: set in place of the canvas, and taken over by the document."""

from collections.abc import Sequence
from threading import Event

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMessageBox, QToolBar, QWidget

from daps_desktop.base.i18n import N_, tr
from daps_desktop.document.document import Document
from daps_desktop.document.spool import spool
from daps_desktop.imaging.frame import Frame
from daps_desktop.imaging.photo import Photo
from daps_desktop.ui.canvas.canvas import Canvas
from daps_desktop.ui.canvas.drawing.layer import to_qimage
from daps_desktop.ui.canvas.drawing.pyramid import Pyramid
from daps_desktop.ui.canvas.toolbox import ToolBox
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.common.theme import Colours
from daps_desktop.ui.files.file_controller import FileController
from daps_desktop.ui.files.opened_photo import build_pyramid
from daps_desktop.ui.framing.frame_editor import FrameEditor
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel

ANEW_TITLE = N_("Begin the versions anew?")
ANEW_TEXT = N_(
    "The versions so far show the photo in its present frame. In another frame there are none yet. "
    "Undo brings back frame and versions."
)
_PREVIEW_SIDE = 2048  # pixels: as many as most screens show


class _StoppedError(Exception):
    """Raised inside the work that is to end."""


class FrameController(QObject):
    """While a frame is set everything else rests: the rest of the window speaks of the photo as it was."""

    ended = Signal()  # one way or another

    def __init__(
        self, window: QMainWindow, model: DocumentModel, job: JobModel, files: FileController, canvas: Canvas,
        tools: ToolBox, actions: Actions, background: BackgroundRunner,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._window, self._model, self._job, self._files = window, model, job, files
        self._canvas, self._tools, self._actions, self._background = canvas, tools, actions, background
        self.editor = FrameEditor()
        self.editor.hide()
        self.replaced: Sequence[QWidget] = (canvas,)  # what the editor stands in place of
        self._locked: list[QWidget] = []
        self._stop = Event()  # of the frame being applied
        self._ready: tuple[Photo, Pyramid] | None = None  # the photo just framed, with what it is drawn from
        actions.connect("frame", self.begin)
        self.editor.applied.connect(self._ask_anew)
        self.editor.cancelled.connect(self._cancel)
        model.photo_opened.connect(self.end)
        model.reframed.connect(self._show_framed)
        for signal in (model.photo_opened, model.mask_edited, job.state_changed):
            signal.connect(self._show_possible)
        self._show_possible()

    @property
    def framing(self) -> bool:
        return not self.editor.isHidden()

    def set_colours(self, colours: Colours) -> None:
        self.editor.view.surround = QColor(colours.surround)
        self.editor.view.update()

    def begin(self) -> None:
        """Show the untouched photo, with the frame it is in, once its picture is made."""
        document = self._model.document
        if document is None or self.framing or self._job.running:
            return
        original = document.original

        def show(pyramid: Pyramid) -> None:
            if self._model.document is document and not self._job.running and not self.framing:
                self._show_editor(document, pyramid)

        self._background.run(lambda: build_pyramid(original), show)

    def _show_editor(self, document: Document, pyramid: Pyramid) -> None:
        levels = pyramid.levels
        level = next((one for one in levels if max(one.shape[:2]) <= _PREVIEW_SIDE), levels[-1])
        original = document.original
        picture = QPixmap.fromImage(self._canvas.screen_colour.shown(to_qimage(level)))
        self.editor.begin(picture, (original.height, original.width), document.frame)
        for part in self.replaced:
            part.hide()
        self._lock()
        self.editor.show()
        self.editor.view.setFocus()

    def end(self) -> None:
        """Back to the photo."""
        if not self.framing:
            return
        self._stop.set()
        self.editor.hide()
        self.editor.show_progress(None)
        for part in self.replaced:
            part.show()
        for part in self._locked:
            part.setEnabled(True)
        self._locked.clear()
        for menu in self._actions.menus.values():
            menu.menuAction().setEnabled(True)
        self._canvas.setFocus()
        self.ended.emit()

    def _lock(self) -> None:
        """No key reaches what cannot be seen; the guide can be asked."""
        window = self._window
        self._locked = [*window.findChildren(QDockWidget), *window.findChildren(QToolBar)]
        for part in self._locked:
            part.setEnabled(False)
        for title, menu in self._actions.menus.items():
            menu.menuAction().setEnabled(title == labels.MENU_HELP)

    # what it comes to

    def _cancel(self) -> None:
        """A frame that is being applied is stopped, and can be set on; otherwise all stays as it was."""
        if self.editor.busy:
            self._stop.set()
        else:
            self.end()

    def _ask_anew(self, frame: Frame) -> None:
        document = self._model.document
        if document is None or frame == document.frame:
            self.end()
        elif document.versions:
            box = self._files.question(tr(ANEW_TITLE), tr(ANEW_TEXT))
            button = box.addButton(tr("Apply the frame"), QMessageBox.ButtonRole.AcceptRole)
            button.clicked.connect(lambda: self.apply(frame))
            box.open()
        else:
            self.apply(frame)

    def apply(self, frame: Frame) -> None:
        """Go on with the photo in that frame."""
        document = self._model.document
        if document is None:
            return

        stop = self._stop = Event()

        def take(made: tuple[Document, Pyramid] | None) -> None:
            if made is None or stop.is_set():
                self.editor.show_progress(None)
            elif self._model.document is document:
                framed, pyramid = made
                self._ready = framed.photo, pyramid
                self._model.reframe(framed)

        self.editor.show_progress(0.0)  # a large photo takes a while to warp
        self._background.run(lambda: self._framed(document, frame, stop), take, self._fail)

    def _framed(self, document: Document, frame: Frame, stop: Event) -> tuple[Document, Pyramid] | None:
        """On the helper thread; None where it was stopped."""

        def show(done: float) -> None:
            if not stop.is_set():
                self.editor.show_progress(done)

        def advance(done: float) -> None:
            if stop.is_set() or self._background.closed:
                raise _StoppedError
            self._background.on_window(lambda: show(done))

        try:
            framed = document.reframed(frame, advance)
        except _StoppedError:
            return None
        if framed.framing is not None:
            framed.photo = spool(framed.photo)
        return framed, build_pyramid(framed.photo)

    def _fail(self, error: Exception) -> None:
        self.end()
        self._files.failed.emit(error)

    def _show_framed(self, document: Document) -> None:
        ready, self._ready = self._ready, None
        known = ready is not None and ready[0] is document.photo
        pyramid = ready[1] if ready is not None and known else build_pyramid(document.photo)
        self._canvas.show_photo(pyramid, document.mask)
        self._tools.show_photo(pyramid)

    def _show_possible(self) -> None:
        self._actions.enable(("frame",), self._model.document is not None and not self._job.running)
