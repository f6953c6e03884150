"""Heal as you paint: what a stroke marks is repaired at once, in the version shown, as one step of undo."""

from collections import deque
from dataclasses import dataclass, replace
from uuid import uuid4

import numpy as np
from PySide6.QtCore import QObject, Signal

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, tr
from daps_desktop.document.version import Version
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.rect import Rect
from daps_desktop.imaging.selection import Selection
from daps_desktop.imaging.soft_edge import expanded
from daps_desktop.jobs.damage import MissingPixels
from daps_desktop.jobs.messages import Failed, Message, RestoreResult, ends_job
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.task import Task
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel
from daps_desktop.ui.models.undo_commands import PixelsCommand

UNDO_HEAL = N_("heal")
HEALED = N_("Healed by hand")
_AROUND = 64  # pixels around a stroke from which it is filled in
_TASK = Task((MissingPixels(),))


@dataclass(frozen=True, slots=True)
class _Pending:
    """A stroke that is being repaired in a picture: of a version, or of the photo where that is None."""

    job_id: str
    version: Version | None
    picture: Photo
    rect: Rect  # of the picture: the stroke with what lies around it


class HealModel(QObject):
    """One stroke after another; a run of the open photo goes first.

    The first stroke makes a version of its own, on which the following ones go on as long as it is shown.
    """

    changed = Signal()  # another stroke waits, or one less
    failed = Signal(UserError, str)  # and what there is for a report

    def __init__(self, model: DocumentModel, job: JobModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._job = model, job
        self.waiting: deque[Selection] = deque()  # strokes, in pixels of the photo; the first is under way
        self._pending: _Pending | None = None
        self._own: set[int] = set()  # versions that strokes made
        model.stroke_taken.connect(self._take)
        model.photo_opened.connect(self._forget)
        job.state_changed.connect(self._go_on)

    def _take(self, stroke: Selection) -> None:
        self.waiting.append(stroke)
        self.changed.emit()
        self._go_on()

    def _forget(self) -> None:
        if self._pending is not None:
            self._job.router.cancel(self._pending.job_id)
        self._pending = None
        self._own.clear()
        self.waiting.clear()
        self.changed.emit()

    def _go_on(self) -> None:
        document = self._model.document
        if document is None or self._pending or not self.waiting or self._job.running:
            return
        version = self._model.shown
        picture = version.photo if version else document.photo
        scale = picture.height // document.photo.height
        stroke = self.waiting[0]
        inside = stroke.inside.repeat(scale, axis=0).repeat(scale, axis=1)
        top, left, bottom, right = (
            scale * side
            for side in (stroke.rect.top, stroke.rect.left, stroke.rect.bottom, stroke.rect.right)
        )
        rect = expanded(Rect(top, left, bottom, right), _AROUND).clipped(picture.height, picture.width)
        mask = np.zeros((rect.bottom - rect.top, rect.right - rect.left), bool)
        mask[top - rect.top : bottom - rect.top, left - rect.left : right - rect.left] = inside
        mask.setflags(write=False)
        alpha = None if picture.alpha is None else picture.alpha[rect.slices].copy()
        part = Photo(np.ascontiguousarray(picture.pixels[rect.slices]), alpha)
        settings = replace(document.settings, preset="draft")
        request = RestoreRequest(uuid4().hex, part, mask, _TASK, settings, profile=document.profile)
        self._pending = _Pending(request.job_id, version, picture, rect)
        self._job.router.submit(request, self.handle)

    def handle(self, message: Message) -> None:
        """Take an answer of the engine; those about strokes of another photo come too late."""
        pending = self._pending
        if pending is None or message.job_id != pending.job_id or not ends_job(message):
            return
        self._pending = None
        if isinstance(message, RestoreResult) and not self._is_current(pending):
            self._go_on()  # another version is shown, or that one was changed: there, from its own pixels
            return
        self.waiting.popleft()
        if isinstance(message, RestoreResult):
            self._apply(pending, message.photo)
        elif isinstance(message, Failed):
            self.failed.emit(UserError(message.code, **message.params), message.details)
        self.changed.emit()
        self._go_on()

    def _is_current(self, pending: _Pending) -> bool:
        """Whether what is shown is still what it was made from."""
        shown, document = self._model.shown, self._model.document
        picture = shown.photo if shown else document.photo if document else None
        return picture is not None and picture.pixels is pending.picture.pixels

    def _apply(self, pending: _Pending, part: Photo) -> None:
        document, version = self._model.document, pending.version
        assert document is not None
        if version is None or version.number not in self._own:
            version = Version(
                document.next_number,
                pending.picture.with_pixels(_patched(pending.picture, pending.rect, part)),
                Recipe(_TASK, replace(document.settings, preset="draft")),
                None,
                None,
                tr(HEALED),
                painted=True,
            )
            self._own.add(version.number)
            self._model.announce_version(document.append_version(version))
            return
        before = pending.picture.pixels[pending.rect.slices].copy()
        self._model.undo_stack.push(
            PixelsCommand(tr(UNDO_HEAL), version.number, pending.rect, before, part.pixels, self._write)
        )

    def _write(self, number: int, rect: Rect, pixels: np.ndarray) -> None:
        """Put them into that version, and show it."""
        document = self._model.document
        assert document is not None
        version = document.version(number)
        if version is not None:
            photo = version.photo.with_pixels(_patched(version.photo, rect, Photo(pixels)))
            self._model.repaint_version(replace(version, photo=photo))


def _patched(picture: Photo, rect: Rect, part: Photo) -> np.ndarray:
    pixels = picture.pixels.copy()
    pixels[rect.slices] = part.pixels
    return pixels
