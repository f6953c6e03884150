"""What looks like damage in the open photo: looked for by the engine when someone asks."""

from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal

from daps_desktop.base.errors import UserError
from daps_desktop.jobs.messages import Failed, FindResult, Message, Progress
from daps_desktop.jobs.proposals import Proposals
from daps_desktop.jobs.requests import FindRequest
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel, JobState


class FindModel(QObject):
    """One search at a time. A run need not wait for it: it is withdrawn, and begun again after the run."""

    progressed = Signal(object)  # the share that is done, or None while a run is waited for
    found = Signal(Proposals)
    failed = Signal(UserError, str)  # and what there is for a report
    ended = Signal()  # one way or another; what was found or what failed follows

    def __init__(self, model: DocumentModel, job: JobModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._job = model, job
        self._request: FindRequest | None = None  # that waits for its answer
        self.looking = False  # or waiting for a run to end
        self._timer = QTimer(self)  # one that runs out at once: the next run may begin as one ends
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._ask)
        model.photo_opened.connect(self.cancel)
        job.started.connect(self._withdraw)
        job.state_changed.connect(self._ask_after_run)

    def find(self) -> None:
        """Look through the open photo; a search under way is given up for this one."""
        self._drop()
        self.looking = self._model.document is not None
        self._ask()

    def cancel(self) -> None:
        """Nothing is heard of the search any more."""
        self._drop()
        if self.looking:
            self.looking = False
            self.ended.emit()

    def handle(self, message: Message) -> None:
        """Take a message of the engine; those about earlier searches come too late."""
        if self._request is None or message.job_id != self._request.job_id:
            return
        if isinstance(message, Progress):
            self.progressed.emit(message.fraction)
            return
        self._request, self.looking = None, False
        self.ended.emit()
        if isinstance(message, FindResult):
            self.found.emit(message.proposals)
        elif isinstance(message, Failed):
            self.failed.emit(UserError(message.code, **message.params), message.details)

    def _ask(self) -> None:
        document = self._model.document
        if document is None or not self.looking or self._request:
            return
        if self._job.running:
            self.progressed.emit(None)
            return
        self._request = FindRequest(uuid4().hex, document.photo, document.settings.device)
        self.progressed.emit(0.0)
        self._job.router.submit(self._request, self.handle)

    def _withdraw(self) -> None:
        if self.looking:
            self._drop()
            self.progressed.emit(None)

    def _ask_after_run(self, state: JobState) -> None:
        if state is not JobState.RUNNING:
            self._timer.start()

    def _drop(self) -> None:
        if self._request is not None:
            self._job.router.cancel(self._request.job_id)
            self._request = None
