"""The window: connects its parts to the two models, and shows what comes of them."""

import traceback
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent

from daps_desktop.base import i18n
from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import tr
from daps_desktop.jobs.messages import RestoreResult
from daps_desktop.ui.common import labels, preferences
from daps_desktop.ui.common.banner import Banner
from daps_desktop.ui.common.theme import Colours, Theme
from daps_desktop.ui.files.opened_photo import OpenedPhoto
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel, JobState
from daps_desktop.ui.shell.action_states import ActionStates
from daps_desktop.ui.shell.application import speak
from daps_desktop.ui.shell.shortcuts import ShortcutsDialog
from daps_desktop.ui.shell.window_layout import WindowLayout
from daps_desktop.ui.shell.window_parts import PREVIEW_SIDE, WindowParts

_MESSAGE_MS = 6000


class MainWindow(WindowParts):
    """Knows neither engine nor thread."""

    def __init__(self, model: DocumentModel, job: JobModel, theme: Theme) -> None:
        super().__init__(model, job, theme)
        self._closing = False
        self._connect_actions()
        self._connect_models()
        self.layout_ = WindowLayout(self, (self.tool_strip, self.task_dock, self.versions_dock))
        self.layout_.restore()
        self.layout_.hide_tools()
        self.recent.refresh()
        self.recovery.refresh()
        self._set_colours(theme.colours)
        ActionStates(self, model, job, self.actions_, self.projects)

    # connections

    def _connect_actions(self) -> None:
        act = self.actions_
        handlers = {
            "open": self.files.ask_open, "open_folder": self.files.ask_open_folder, "paste": self.files.paste,
            "save_project": self.projects.save, "save_project_as": self.projects.save_as,
            "close": self.projects.close_photo, "quit": self.close,
            "sample": self.files.open_sample,
            "undo": self.model.undo, "redo": self.model.redo,
            "copy": self.files.copy,
            "fit": self.canvas.fit, "actual": self.canvas.zoom_actual,
            "zoom_in": self.canvas.zoom_in, "zoom_out": self.canvas.zoom_out,
            "reset_layout": lambda: self.layout_.reset(),
            "restore": self.restore, "stop": self.job.stop,
            "shortcuts": lambda: ShortcutsDialog(self.shortcuts, self).open(),
        }  # fmt: skip
        for name, handler in handlers.items():
            act.connect(name, handler)
        act["overlay"].setChecked(True)
        act["overlay"].toggled.connect(self.canvas.overlay.set_shown)
        act["check"].toggled.connect(self._open_check)
        self.check_dock.visibilityChanged.connect(self._show_check_open)
        file_menu = act.menus[labels.MENU_FILE]
        file_menu.insertMenu(act["paste"], self.recent.menu)

    def _connect_models(self) -> None:
        model, job, files = self.model, self.job, self.files
        self.theme.changed.connect(self._set_colours)
        self.appearance.language_chosen.connect(self._speak)
        files.opening.connect(self._show_opening)
        files.opened.connect(self._show_opened)
        files.failed.connect(self._show_error)
        files.saved.connect(self._show_saved)
        files.opening_failed.connect(self._show_not_opening)
        self._connect_projects()
        model.photo_opened.connect(self.status.show_photo)
        model.mask_changed.connect(self.canvas.mask_changed)
        for signal in (model.mask_edited, model.task_changed, model.settings_changed):
            signal.connect(self._show_marked)
        model.version_shown.connect(self.check.show_version)
        job.state_changed.connect(self._show_fate)
        job.started.connect(self.check.start)
        job.progressed.connect(self.check.add)
        job.finished.connect(self._accept_result)
        self.canvas.view_changed.connect(self.status.show_zoom)
        self.canvas.hovered.connect(self.status.show_position)
        self.panel.run_box.pressed.connect(self.restore_or_stop)
        run_box, exporting = self.panel.run_box, self.exporting
        run_box.save_pressed.connect(exporting.save)
        run_box.export_pressed.connect(exporting.ask)
        exporting.saving.connect(run_box.show_saving)
        exporting.saved.connect(self._show_saved)
        exporting.exported.connect(self._show_exported)
        exporting.lost.connect(self.panel.show_lost)
        self.recipes.message.connect(lambda words: self.status.showMessage(words, _MESSAGE_MS))
        self.welcome.open_pressed.connect(files.ask_open)
        self.welcome.sample_pressed.connect(files.open_sample)
        self.welcome.recent_pressed.connect(self.open)

    def _connect_projects(self) -> None:
        projects, recovery, welcome = self.projects, self.recovery, self.welcome
        projects.saved.connect(self._show_saved)
        projects.saved.connect(self.recent.add)
        projects.closed.connect(self._show_closed)
        for part in (projects, self.autosave):
            part.failed.connect(self._show_error)
        self.recent.changed.connect(welcome.recent.show_files)
        welcome.clear_pressed.connect(self.recent.clear)
        recovery.found.connect(welcome.show_offers)
        welcome.recover_pressed.connect(recovery.recover)
        welcome.discard_pressed.connect(recovery.discard)

    # what is done

    def open(self, path: Path) -> None:
        """A photo, a project, or a folder of photos."""
        self.files.open_all([path])

    def begin_with(self, path: Path) -> None:
        """Open what the program was started with; work that a crash left behind is offered all the same."""
        self.recovery.offer_beside(path)
        self.open(path)

    def rescue(self) -> None:
        """Bring the marks to the disk, before anything else that may go wrong."""
        self.autosave.flush()

    def restore(self) -> None:
        """Start a job on the document as it stands, with what is proposed to be marked."""
        document = self.model.document
        if document is None or self.job.running:
            return
        if document.task.needs_mask:
            self.finder.settle(self._start)
        else:
            self._start()

    def _start(self) -> None:
        document = self.model.document
        assert document is not None
        if document.mask_missing:
            self._show_error(UserError("mask_needed"))
            return
        prior = self.job.prior_sha256(document.settings)
        self.job.start(document.request(uuid4().hex, PREVIEW_SIDE, prior))

    def restore_or_stop(self) -> None:
        if self.job.running:
            self.job.stop()
        else:
            self.restore()

    def _accept_result(self, finished: RestoreResult) -> None:
        assert self.job.request is not None  # of the job that ends with this message
        self.model.add_result(self.job.request, finished)

    # what is shown

    def _set_colours(self, colours: Colours) -> None:
        self.actions_.set_colours(colours)
        self.canvas.set_colours(colours)
        self.framing.set_colours(colours)
        self.check.set_colours(colours)

    def _speak(self) -> None:
        """Everything in the language that was chosen; photo, versions and a run go on as they are."""
        self.status.clearMessage()
        speak(i18n.set_language(preferences.language()))

    def _show_opening(self, name: str) -> None:
        self.welcome.show_opening(name)
        self.status.showMessage(tr(labels.OPENING).format(name=name))

    def _show_opened(self, opened: OpenedPhoto) -> None:
        document = self.model.document
        assert document is not None
        self._show_not_opening()
        self.canvas.show_photo(opened.pyramid, document.mask)
        self.tools.show_photo(opened.pyramid)
        if self.pages.currentIndex() == 0:
            self.layout_.show_tools()
        self.pages.setCurrentIndex(1)
        self.projects.show_view(opened)
        self.canvas.setFocus()

    def _show_closed(self) -> None:
        """The first page again, quiet and with what was open on it."""
        self.layout_.hide_tools()
        self.pages.setCurrentIndex(0)
        self.canvas.show_nothing()
        self.tools.show_photo(None)
        self.status.clear()
        self._show_not_opening()
        self.recent.refresh()
        self.recovery.refresh()

    def _show_not_opening(self) -> None:
        self.welcome.show_opening("")
        self.status.clearMessage()

    def _show_error(self, error: UserError) -> None:
        self._show_not_opening()
        self._banner().show_error(error)

    def show_bug(self, error: BaseException) -> None:
        """Say that the program is at fault, with the traceback to copy; the marks stay as they are."""
        self._show_not_opening()
        details = "".join(traceback.format_exception(error))
        self._banner().show_error(UserError("bug", detail=type(error).__name__), details)

    def _banner(self) -> Banner:
        return self.panel.run_box.banner if self.model.document else self.welcome.banner

    def _show_saved(self, path: Path, words: str = labels.SAVED) -> None:
        self.status.showMessage(tr(words).format(name=path.name), _MESSAGE_MS)
        self.panel.run_box.show_saved(path, words)

    def _show_exported(self, path: Path) -> None:
        self._show_saved(path, labels.EXPORTED)

    def _show_marked(self) -> None:
        self.status.show_marked(self.model.document)

    def _open_check(self, opened: bool) -> None:
        """Whole, where the window is high enough."""
        self.check_dock.setVisible(opened)
        whole = self.check.head.sizeHint().height() + self.check.minimumHeight()
        if opened and self.check_dock.height() < whole:
            self.resizeDocks([self.check_dock], [whole], Qt.Orientation.Vertical)

    def _show_check_open(self) -> None:
        self.actions_["check"].setChecked(not self.check_dock.isHidden())

    def _show_fate(self, state: JobState) -> None:
        if state in (JobState.CANCELLED, JobState.FAILED):
            self.check.revert()

    # events

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backslash:
            self.compare.set_peeking(True)
        elif event.key() == Qt.Key.Key_Space:
            self.canvas.set_space_held(True)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_Backslash:
            self.compare.set_peeking(False)
        elif event.key() == Qt.Key.Key_Space:
            self.canvas.set_space_held(False)
        else:
            super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Keys that were held when another window came to the front are not held any more."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.compare.set_peeking(False)
            self.canvas.set_space_held(False)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = _dropped(event)
        if paths:
            event.acceptProposedAction()
            self.files.open_all(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._closing and (self.model.unsaved or self.job.running):
            event.ignore()
            self.files.confirm_discard(self._close_now)
            return
        self.job.discard()
        self.search.cancel()
        self.layout_.save()
        self.autosave.close()
        self.album.close()
        self.priors.close()
        self.background.close()
        event.accept()

    def _close_now(self) -> None:
        self._closing = True
        self.close()


def _dropped(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
