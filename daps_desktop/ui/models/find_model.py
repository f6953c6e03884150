"""What looks like damage in the open photo: looked for by the engine when someone asks."""

from uuid import uuid4

from PySide6.QtCore import QObject, Signal

from daps_desktop.base.errors import UserError
from daps_desktop.jobs.messages import Failed, FindResult, Message, Progress
from daps_desktop.jobs.proposals import Proposals
from daps_desktop.jobs.requests import FindRequest, Request
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.engine_question import EngineQuestion
from daps_desktop.ui.models.job_model import JobModel


class FindModel(EngineQuestion):
    """One search at a time."""

    progressed = Signal(object)  # the share that is done, or None while a run is waited for
    found = Signal(Proposals)
    failed = Signal(UserError, str)  # and what there is for a report
    ended = Signal()  # one way or another; what was found or what failed follows

    def __init__(self, model: DocumentModel, job: JobModel, parent: QObject | None = None) -> None:
        super().__init__(model, job, parent)
        self.looking = False  # or waiting for a run to end
        model.photo_opened.connect(self.cancel)

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

    def _take_progress(self, message: Message) -> None:
        if isinstance(message, Progress):
            self.progressed.emit(message.fraction)

    def _take_answer(self, request: Request, message: Message) -> None:
        self.looking = False
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
        self.progressed.emit(0.0)
        self._send(FindRequest(uuid4().hex, document.photo, document.settings.device))

    def _withdraw(self) -> None:
        super()._withdraw()
        if self.looking:
            self.progressed.emit(None)
