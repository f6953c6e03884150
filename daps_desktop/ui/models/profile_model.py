"""What the open photo says of itself: asked of the engine once a photo, and kept with its document."""

from uuid import uuid4

from PySide6.QtCore import QObject, Signal

from daps_desktop.jobs.messages import Message, ProfileResult
from daps_desktop.jobs.requests import ProfileRequest, Request
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.engine_question import EngineQuestion
from daps_desktop.ui.models.job_model import JobModel


class ProfileModel(EngineQuestion):
    changed = Signal(object)  # the PhotoProfile, or None while nothing is known of the photo

    def __init__(self, model: DocumentModel, job: JobModel, parent: QObject | None = None) -> None:
        super().__init__(model, job, parent)
        model.photo_opened.connect(self._begin)

    def _take_answer(self, request: Request, message: Message) -> None:
        document = self._model.document
        asked = isinstance(request, ProfileRequest) and document and document.photo is request.photo
        if isinstance(message, ProfileResult) and document and asked:
            document.profile = message.profile
            self.changed.emit(message.profile)

    def _begin(self) -> None:
        self._drop()
        self.changed.emit(self._model.document.profile if self._model.document else None)
        self._timer.start()

    def _ask(self) -> None:
        document = self._model.document
        if document is None or document.profile is not None or self._request or self._job.running:
            return
        self._send(ProfileRequest(uuid4().hex, document.photo))
