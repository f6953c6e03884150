"""What is asked of the engine beside the runs of the open photo, one thing at a time."""

from PySide6.QtCore import QObject, QTimer

from daps_desktop.jobs.messages import Message, ends_job
from daps_desktop.jobs.requests import Request
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel, JobState


class EngineQuestion(QObject):
    """A newer request takes the place of an older one, whose answer then comes too late.

    A run need not wait for the answer: the request is withdrawn, and made again after it by `_ask`.
    """

    def __init__(
        self, model: DocumentModel, job: JobModel, parent: QObject | None = None, patience_ms: int = 0
    ) -> None:
        super().__init__(parent)
        self._model, self._job = model, job
        self._request: Request | None = None  # that waits for its answer
        self._timer = QTimer(self)  # even without patience: a run may end because a photo is opened, or the
        self._timer.setSingleShot(True)  # next one begins, and only what holds after that is asked about
        self._timer.setInterval(patience_ms)
        self._timer.timeout.connect(self._ask)
        job.started.connect(self._withdraw)
        job.state_changed.connect(self._ask_after_run)

    def handle(self, message: Message) -> None:
        """Take a message of the engine; those about earlier requests come too late."""
        request = self._request
        if request is None or message.job_id != request.job_id:
            return
        if ends_job(message):
            self._request = None
            self._take_answer(request, message)
        else:
            self._take_progress(message)

    def _ask(self) -> None:
        """Make the request, where it is to be made now."""
        raise NotImplementedError

    def _take_answer(self, request: Request, message: Message) -> None:
        raise NotImplementedError

    def _take_progress(self, message: Message) -> None:
        pass

    def _send(self, request: Request) -> None:
        self._drop()
        self._request = request
        self._job.router.submit(request, self.handle)

    def _drop(self) -> None:
        if self._request is not None:
            self._job.router.cancel(self._request.job_id)
            self._request = None

    def _withdraw(self) -> None:
        self._drop()

    def _ask_after_run(self, state: JobState) -> None:
        if state is not JobState.RUNNING:
            self._timer.start()
