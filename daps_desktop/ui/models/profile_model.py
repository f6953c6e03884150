"""What the open photo says of itself: asked of the engine once a photo, and kept with its document."""

from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal

from daps_desktop.jobs.messages import Message, ProfileResult, ends_job
from daps_desktop.jobs.requests import ProfileRequest
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel, JobState


class ProfileModel(QObject):
    """A run need not wait for the answer: the question is withdrawn, and asked again after it."""

    changed = Signal(object)  # the PhotoProfile, or None while nothing is known of the photo

    def __init__(self, model: DocumentModel, job: JobModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._job = model, job
        self._request: ProfileRequest | None = None  # that waits for its answer
        self._timer = QTimer(self)  # one that runs out at once: where a run ends because a photo is opened,
        self._timer.setSingleShot(True)  # only the new one is asked about
        self._timer.timeout.connect(self._ask)
        model.photo_opened.connect(self._begin)
        job.started.connect(self._drop)
        job.state_changed.connect(self._ask_after_run)

    def handle(self, message: Message) -> None:
        """Take an answer of the engine; those to earlier requests come too late."""
        if self._request is None or message.job_id != self._request.job_id or not ends_job(message):
            return
        request, self._request = self._request, None
        document = self._model.document
        if isinstance(message, ProfileResult) and document and document.photo is request.photo:
            document.profile = message.profile
            self.changed.emit(message.profile)

    def _begin(self) -> None:
        self._drop()
        self.changed.emit(self._model.document.profile if self._model.document else None)
        self._timer.start()

    def _ask_after_run(self, state: JobState) -> None:
        if state is not JobState.RUNNING:
            self._timer.start()

    def _ask(self) -> None:
        document = self._model.document
        if document is None or document.profile is not None or self._request or self._job.running:
            return
        self._request = ProfileRequest(uuid4().hex, document.photo)
        self._job.router.submit(self._request, self.handle)

    def _drop(self) -> None:
        if self._request is not None:
            self._job.router.cancel(self._request.job_id)
            self._request = None
