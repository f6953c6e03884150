"""How long a run would take: asked of the engine, which learns from runs, when that may have changed."""

from collections.abc import Mapping
from functools import partial
from uuid import uuid4

from PySide6.QtCore import QObject, Signal

from daps_desktop.base.i18n import ntr, tr
from daps_desktop.document.kernel_file import with_kernel_read
from daps_desktop.imaging.mask import Mask, downsampled
from daps_desktop.jobs.messages import Hardware, Message, TimeEstimate
from daps_desktop.jobs.requests import MARKS_STEP, EstimateRequest, Request
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.ui.common import formatting
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.engine_question import EngineQuestion
from daps_desktop.ui.models.job_model import JobModel, network_of

_PATIENCE_MS = 500  # after the last change: not in the middle of one
_FIRST_SIZE = (1224, 1632)  # of the photo that is assumed before there is one


class EstimateModel(EngineQuestion):
    """It says as well which priors will restore: requests ask for these."""

    changed = Signal(object)  # seconds by quality; empty while unknown
    hardware_known = Signal(object)  # the computer in plain words, in the language of when they are asked for

    def __init__(self, model: DocumentModel, job: JobModel, parent: QObject | None = None) -> None:
        super().__init__(model, job, parent, _PATIENCE_MS)
        self._speeds: dict[tuple[str, str], float] = {}  # what a trial found, by `network_of`
        self.seconds: dict[str, float] = {}
        for signal in (model.photo_opened, model.task_changed, model.settings_changed, model.mask_edited):
            signal.connect(self.ask_soon)

    def ask_soon(self, *_: object) -> None:
        """What counts has changed: the task, the marks, or what is known of the photo."""
        self._timer.start()

    def start(self) -> None:
        """Try the computer out before there is a photo."""
        if self._model.document is None:
            self._estimate(Task(()), SolverSettings(), *_FIRST_SIZE)

    def forget(self) -> None:
        """Priors have come or gone: nothing that was found still holds."""
        self._speeds.clear()
        self._job.priors.clear()
        self.ask_soon()

    def _take_answer(self, request: Request, message: Message) -> None:
        if not isinstance(message, TimeEstimate) or not isinstance(request, EstimateRequest):
            self._show({})
            return
        network = network_of(request.settings)
        self._speeds[network], self._job.priors[network] = message.speed, message.priors
        self.hardware_known.emit(partial(format_hardware_speed, message.hardware, message.typical))
        if self._model.document is not None:
            self._show(message.seconds)

    def _ask(self) -> None:
        document = self._model.document
        if document is None or self._job.running:
            return
        marks, task = None, with_kernel_read(document.effective_task)
        if document.marked_share and task.needs_mask:
            marks = downsampled(document.mask, MARKS_STEP)  # no thin scratch falls through
        self._estimate(task, document.settings, document.photo.height, document.photo.width, marks)

    def _estimate(
        self, task: Task, settings: SolverSettings, height: int, width: int, marks: Mask | None = None
    ) -> None:
        speed = self._speeds.get(network_of(settings))
        profile = self._model.document.profile if self._model.document else None
        self._send(EstimateRequest(uuid4().hex, height, width, task, settings, marks, speed, profile))

    def _show(self, seconds: Mapping[str, float]) -> None:
        self.seconds = dict(seconds)
        self.changed.emit(self.seconds)


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
