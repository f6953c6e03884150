"""Everything about a run besides its start: the queue, what to do about failures, notifying."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow, QStatusBar

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, tr
from daps_desktop.base.logs import ENGINE_LOG, WINDOW_LOG, log_folder
from daps_desktop.document.project import SUFFIX
from daps_desktop.jobs.settings import DEFAULT_TILE, MIN_TILE, SolverSettings
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.banner import Banner
from daps_desktop.ui.files.file_controller import FileController
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel, JobState
from daps_desktop.ui.panels.run_box import RunBox
from daps_desktop.ui.workflow.bug_report import bug_report
from daps_desktop.ui.workflow.suggested_fixes import ANY_DEVICE, OTHER_PLACE, SMALLER_TILES, SUGGESTED_FIXES

_MIN_HALVED = 96  # pixels: tiles of less are not offered
_MESSAGE_MS = 8000
_PROJECT_ACTS = ("save_project_as",)


class RunController(QObject):
    """Connects job, run box and banners."""

    def __init__(
        self,
        window: QMainWindow,
        model: DocumentModel,
        job: JobModel,
        actions: Actions,
        run_box: RunBox,
        status: QStatusBar,
        hardware: Callable[[], str],
        files: FileController,
    ) -> None:
        super().__init__(window)
        self._window, self._model, self._job = window, model, job
        self._actions, self._status, self._files = actions, status, files
        self._hardware = hardware
        job.queue_changed.connect(run_box.show_queue)
        job.state_changed.connect(self._tell_who_looked_away)
        for signal in (job.queue_changed, job.state_changed):
            signal.connect(self._show_possible)
        run_box.stop_all_pressed.connect(job.stop_all)
        actions.connect("stop_all", job.stop_all)
        actions.connect("copy_report", lambda: self._copy_report(None, ""))
        self.watch(run_box.banner)
        self._show_possible()

    def watch(self, banner: Banner) -> None:
        """Make an offer wherever that banner reports something that can be fixed."""
        banner.shown.connect(lambda error: self._offer(banner, error))
        banner.report_pressed.connect(lambda: self._copy_report(banner.error, banner.details))

    def _show_possible(self) -> None:
        self._actions.enable(("stop_all",), self._job.queued > 0)

    def _tell_who_looked_away(self, state: JobState) -> None:
        """The window asks for attention when all is done; it does nothing where it is in front already."""
        if state in (JobState.FINISHED, JobState.FAILED) and not self._job.queued:
            QApplication.alert(self._window)

    # remedies

    def _offer(self, banner: Banner, error: UserError) -> None:
        remedy = SUGGESTED_FIXES.get(error.code)
        if remedy is None:
            return
        acts = _PROJECT_ACTS if _of_project(error) else remedy.acts
        act = next((name for name in acts if self._there(name)), None)
        if act == "restore":
            banner.add_fix(N_("Try again"), lambda: self._do(act))
        elif act is not None:
            banner.add_fix(remedy.text, lambda: self._do(act))

    def _there(self, name: str) -> bool:
        document = self._model.document
        if name == SMALLER_TILES:
            return document is not None and _smaller(document.settings).tile >= _MIN_HALVED
        if name == ANY_DEVICE:
            return document is not None
        if name == OTHER_PLACE:
            return self._files.ask_again is not None
        # A run that has just failed counts as running until all have heard of it.
        return name in self._actions and (name == "restore" or self._actions[name].isEnabled())

    def _do(self, name: str) -> None:
        document = self._model.document
        if name == OTHER_PLACE and self._files.ask_again is not None:
            self._files.ask_again()
            return
        if document is not None and name == SMALLER_TILES:
            self._model.set_settings(_smaller(document.settings))
        elif document is not None and name == ANY_DEVICE:
            self._model.set_settings(replace(document.settings, device="auto"))
        self._actions["restore" if name in (SMALLER_TILES, ANY_DEVICE) else name].trigger()

    # report

    def _copy_report(self, error: UserError | None, details: str) -> None:
        logs = [log_folder() / name for name in (WINDOW_LOG, ENGINE_LOG)]
        words = bug_report(self._model.document, self._hardware(), logs, error, details)
        QGuiApplication.clipboard().setText(words)
        self._status.showMessage(
            tr("The report is on the clipboard. It leaves your name out, and nothing was sent."), _MESSAGE_MS
        )


def _of_project(error: UserError) -> bool:
    return error.code.startswith("save_") and Path(str(error.params.get("path"))).suffix == SUFFIX


def _smaller(settings: SolverSettings) -> SolverSettings:
    """Tiles of half the side: a quarter of the memory."""
    return replace(settings, tile=max((settings.tile or DEFAULT_TILE) // 2, MIN_TILE))
