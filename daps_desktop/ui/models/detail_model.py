"""One detail of the photo made sharp before the run, so that the size of *Blurred* is chosen by eye."""

from dataclasses import replace
from uuid import uuid4

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal

from daps_desktop.base.errors import UserError
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.damage import GaussianBlur
from daps_desktop.jobs.messages import Failed, Message, RestoreResult
from daps_desktop.jobs.requests import Request, RestoreRequest
from daps_desktop.jobs.task import Task
from daps_desktop.ui.common.theme import DETAIL_SIDE
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.engine_question import EngineQuestion
from daps_desktop.ui.models.job_model import JobModel

_REST_MS = 300  # of the slider


class DetailModel(EngineQuestion):
    """Asks again when the blur changes."""

    changed = Signal(object, object)  # Photo | None as it was, Photo | None made sharp
    failed = Signal(UserError)

    def __init__(self, model: DocumentModel, job: JobModel, parent: QObject | None = None) -> None:
        super().__init__(model, job, parent, _REST_MS)
        self._asked: GaussianBlur | None = None  # what is shown, or on its way
        self._part: Photo | None = None  # the detail as it was, found once a photo
        model.photo_opened.connect(self._forget)
        model.task_changed.connect(self._ask_soon)

    def _ask_soon(self, *_: object) -> None:
        blur = self._blur()
        if blur == self._asked:
            return
        self._withdraw()
        self.changed.emit(self._part, None)  # what is shown is of another size
        if blur is not None:
            self._timer.start()

    def _blur(self) -> GaussianBlur | None:
        document = self._model.document
        return document.task.find(GaussianBlur) if document else None

    def _ask(self) -> None:
        document, blur = self._model.document, self._blur()
        if document is None or blur is None or blur == self._asked or self._job.running:
            return
        if self._part is None:
            self._part = _detail(document.photo)
        self._asked = blur
        settings = replace(document.settings, preset="draft")
        self._send(
            RestoreRequest(uuid4().hex, self._part, None, Task((blur,)), settings, profile=document.profile)
        )

    def _take_answer(self, request: Request, message: Message) -> None:
        if isinstance(message, RestoreResult):
            self.changed.emit(self._part, message.photo)
        elif isinstance(message, Failed):
            self.failed.emit(UserError(message.code, **message.params))

    def _withdraw(self) -> None:
        super()._withdraw()
        self._timer.stop()
        self._asked = None

    def _forget(self, *_: object) -> None:
        self._withdraw()
        self._part = None
        self.changed.emit(None, None)
        self._ask_soon()


def _detail(photo: Photo) -> Photo:
    """The DETAIL_SIDE x DETAIL_SIDE pixels where edges are strongest, less of a photo that is smaller."""
    step = max(1, max(photo.height, photo.width) // 1024)  # a large photo is looked at in its coarse form
    grey = photo.pixels[::step, ::step].mean(axis=2, dtype=np.float32)
    slope = np.abs(cv2.Laplacian(cv2.GaussianBlur(grey, (0, 0), 2), cv2.CV_32F))
    height, width = min(DETAIL_SIDE, photo.height), min(DETAIL_SIDE, photo.width)
    around = cv2.boxFilter(slope, -1, (max(1, width // step), max(1, height // step)))
    row, col = divmod(int(around.argmax()), around.shape[1])
    top = min(max(row * step - height // 2, 0), photo.height - height)
    left = min(max(col * step - width // 2, 0), photo.width - width)
    rect = Rect(top, left, top + height, left + width)
    alpha = None if photo.alpha is None else photo.alpha[rect.slices].copy()
    return Photo(np.ascontiguousarray(photo.pixels[rect.slices]), alpha)
