"""What can be done now, and what the window's title says of it."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from daps_desktop.base.i18n import tr
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.live_text import keep_said
from daps_desktop.ui.common.theme import NAME
from daps_desktop.ui.files.project_controller import ProjectController
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel

_WITH_PHOTO = ("save_project", "save_project_as", "close", "overlay", "import_mask", "export_mask",
               "fit", "actual", "zoom_in", "zoom_out", "split_scan")  # fmt: skip


class ActionStates(QObject):
    """Enables the actions that make sense; the title says whose photo it is and whether it is saved."""

    def __init__(
        self,
        window: QMainWindow,
        model: DocumentModel,
        job: JobModel,
        actions: Actions,
        projects: ProjectController,
    ) -> None:
        super().__init__(window)
        self._window, self._model, self._job, self._actions = window, model, job, actions
        self._projects = projects
        for signal in (
            model.photo_opened, model.task_changed, model.settings_changed, model.version_shown,
            model.version_renamed, model.mask_edited, model.history_changed, model.saved, job.state_changed,
            projects.opened,
        ):  # fmt: skip
            signal.connect(self._show)
        keep_said(window, self._show)

    def _show(self) -> None:
        document, model, job, act = self._model.document, self._model, self._job, self._actions
        act.enable(_WITH_PHOTO, document is not None)
        act.enable(("save_result", "export", "copy"), model.shown is not None)
        act.enable(("undo",), model.active_stack.canUndo())
        act.enable(("redo",), model.active_stack.canRedo())
        runnable = document is not None and bool(document.task.damages)
        act.enable(("restore",), runnable and not job.running)
        act.enable(("stop",), job.running and not job.stopping)
        if document is None:
            self._window.setWindowTitle(NAME)
            self._window.setWindowModified(False)
            return
        path = document.photo.path or self._projects.path
        name = path.name if path else tr(labels.PASTED_NAME)
        self._window.setWindowTitle(f"{name}[*] – {NAME}")
        self._window.setWindowModified(model.unsaved)
