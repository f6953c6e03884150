"""How long a run would take: asked of the engine, which learns from runs, when that may have changed."""

from collections.abc import Mapping
from functools import partial
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal

from daps_desktop.base.i18n import ntr, tr
from daps_desktop.document.kernel_file import with_kernel_read
from daps_desktop.imaging.mask import Mask, downsampled
from daps_desktop.jobs.messages import Hardware, Message, TimeEstimate
from daps_desktop.jobs.requests import MARKS_STEP, EstimateRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.ui.common import formatting
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel, JobState

_PATIENCE_MS = 500  # after the last change: not in the middle of one
_FIRST_SIZE = (1224, 1632)  # of the photo that is assumed before there is one

What = tuple[str, str]  # prior and device


class EstimateModel(QObject):
    """Asks the engine, and no more than one thing at a time."""

    changed = Signal(object)  # seconds by quality; empty while unknown
    hardware_known = Signal(object)  # the computer in plain words, in the language of when they are asked for

    def __init__(self, model: DocumentModel, job: JobModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._job = model, job
        self._request: EstimateRequest | None = None  # that waits for its answer
        self._speeds: dict[What, float] = {}  # what a trial found
        self.seconds: dict[str, float] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PATIENCE_MS)
        self._timer.timeout.connect(self._ask)
        for signal in (model.photo_opened, model.task_changed, model.settings_changed, model.mask_edited):
            signal.connect(self.ask_soon)
        job.started.connect(self._drop)
        job.state_changed.connect(self._ask_after_run)

    def ask_soon(self, *_: object) -> None:
        """What counts has changed: the task, the marks, or what is known of the photo."""
        self._timer.start()

    def start(self) -> None:
        """Try the computer out before there is a photo."""
        if self._model.document is None:
            self._send(Task(()), SolverSettings(), *_FIRST_SIZE)

    def handle(self, message: Message) -> None:
        """Take an answer of the engine; those to earlier requests come too late."""
        if self._request is None or message.job_id != self._request.job_id:
            return
        request, self._request = self._request, None
        if not isinstance(message, TimeEstimate):
            self._show({})
            return
        self._speeds[_what(request.settings)] = message.speed
        self.hardware_known.emit(partial(format_hardware_speed, message.hardware, message.typical))
        if self._model.document is not None:
            self._show(message.seconds)

    def _ask_after_run(self, state: JobState) -> None:
        if state is not JobState.RUNNING:
            self.ask_soon()

    def _ask(self) -> None:
        document = self._model.document
        if document is None or self._job.running:
            return
        marks, task = None, with_kernel_read(document.effective_task)
        if document.marked_share and task.needs_mask:
            marks = downsampled(document.mask, MARKS_STEP)  # no thin scratch falls through
        self._send(task, document.settings, document.photo.height, document.photo.width, marks)

    def _send(
        self, task: Task, settings: SolverSettings, height: int, width: int, marks: Mask | None = None
    ) -> None:
        self._drop()
        speed = self._speeds.get(_what(settings))
        profile = self._model.document.profile if self._model.document else None
        self._request = EstimateRequest(uuid4().hex, height, width, task, settings, marks, speed, profile)
        self._job.router.submit(self._request, self.handle)

    def _drop(self) -> None:
        if self._request is not None:
            self._job.router.cancel(self._request.job_id)
            self._request = None

    def _show(self, seconds: Mapping[str, float]) -> None:
        self.seconds = dict(seconds)
        self.changed.emit(self.seconds)


def _what(settings: SolverSettings) -> What:
    return settings.prior, settings.device


def format_hardware_speed(hardware: Hardware, typical: float) -> str:
    """ "2 cores, no graphics card. A 2-megapixel repair takes 50 to 70 s." """
    cores = ntr("{count} core", "{count} cores", hardware.cores).format(count=hardware.cores)
    takes = tr("A 2-megapixel repair takes {time}.").format(time=formatting.forecast(typical))
    if hardware.gpu_name:
        computer = tr("{card}, {cores}.").format(card=hardware.gpu_name, cores=cores)
    elif hardware.device == "mps":
        computer = tr("Apple graphics, {cores}.").format(cores=cores)
    else:
        computer = tr("{cores}, no graphics card.").format(cores=cores)
    return tr("This computer: {computer} {takes}").format(computer=computer, takes=takes)
