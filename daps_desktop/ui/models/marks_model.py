"""The marks of the open document and what was chosen for it: every change becomes a signal."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from daps_desktop.base.i18n import tr
from daps_desktop.document.document import Document
from daps_desktop.imaging.mask import Mask, MaskEdit, draw_line
from daps_desktop.imaging.rect import Rect
from daps_desktop.imaging.selection import Selection
from daps_desktop.jobs.damage import MissingPixels
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.ui.common import labels
from daps_desktop.ui.models.undo_commands import MaskCommand, SoftEdgeCommand, UndoStack

Point = tuple[float, float]  # (row, col)


@dataclass(frozen=True, slots=True)
class _Layer:
    """A mask of its own, kept in a document without anything else, with the steps that made it."""

    of: Document
    stack: UndoStack


class MarksModel(QObject):
    """What the tools draw, in steps of undo, and the task and settings that go with it."""

    mask_changed = Signal(Rect)  # while a stroke is drawn, and after every edit
    layer_changed = Signal(Rect)  # the same for a layer, which is worked on in place of the marks
    stroke_taken = Signal(Selection)  # that is to be worked on at once, and leaves no mark
    mask_edited = Signal()  # when a stroke is done, undone or redone: time to count pixels
    task_changed = Signal(Task)
    settings_changed = Signal(SolverSettings)
    history_changed = Signal()  # what can be undone, redone or lost

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document: Document | None = None
        self.undo_stack = UndoStack(self)
        self.undo_stack.indexChanged.connect(self.history_changed)
        self.undo_stack.cleanChanged.connect(self.history_changed)
        self._layer: _Layer | None = None
        self.stroking = False
        self._touched = Rect(0, 0, 0, 0)

    @property
    def _worked(self) -> Document | None:
        """Whose mask the tools change: the document's marks, or a layer that lies in their place."""
        return self._layer.of if self._layer else self.document

    def begin_scratch_mask(self) -> None:
        """From now on the tools work on an empty layer of the photo's size, with its own steps of undo."""
        assert self.document is not None
        self.stroking = False
        stack = UndoStack(self)
        stack.indexChanged.connect(self.history_changed)
        self._layer = _Layer(Document(self.document.photo), stack)
        self.history_changed.emit()

    def end_scratch_mask(self) -> Mask | None:
        """Back to the marks; the (H, W) layer as it is now, or None where there was none."""
        layer, self._layer = self._layer, None
        self.stroking = False
        self.history_changed.emit()
        if layer is None:
            return None
        layer.stack.deleteLater()
        return layer.of.mask

    @property
    def active_mask(self) -> Mask | None:
        """What the tools change now, (H, W): the marks, or a layer in their place; None without a photo."""
        return self._worked.mask if self._worked else None

    @property
    def has_marks(self) -> bool:
        """True where there is something in what the tools change now."""
        return self._worked is not None and self._worked.marked_share > 0

    @property
    def layer(self) -> Mask | None:
        return self._layer.of.mask if self._layer else None

    @property
    def active_stack(self) -> UndoStack:
        """What undo and redo go through now."""
        return self._layer.stack if self._layer else self.undo_stack

    def _tell_changed(self, rect: Rect) -> None:
        (self.layer_changed if self._layer else self.mask_changed).emit(rect)

    def begin_stroke(self) -> None:
        self.stroking = self._worked is not None
        self._touched = Rect(0, 0, 0, 0)

    def draw(self, start: Point, end: Point, radius: float, value: bool) -> None:
        """One piece of the stroke; the mask changes at once, so that it is seen under the brush."""
        if self._worked is None or not self.stroking:
            return
        rect = draw_line(self._worked.mask, start, end, radius, value)
        if not rect.empty:
            self._touched = self._touched.union(rect)
            self._tell_changed(rect)

    def end_stroke(self, name: str, labels: NDArray[np.uint16] | None = None) -> None:
        """Make the whole stroke one step of undo.

        Where `labels`, (H, W), are given, it keeps of what it marked only what has one, if anything has.
        """
        if self._worked is None or not self.stroking:
            return
        self.stroking = False
        if not self._touched.empty:
            if labels is not None:
                self._worked.narrow_stroke(self._touched, labels[self._touched.slices] > 0)
                self._tell_changed(self._touched)
            self._remember(name, self._worked.commit_stroke(self._touched))

    def take_stroke(self, labels: NDArray[np.uint16] | None = None) -> None:
        """End the stroke, leave the marks as they were before, and give what it marked away.

        `labels` as in `end_stroke`.
        """
        if self._worked is None or not self.stroking:
            return
        self.stroking = False
        rect = self._touched
        if rect.empty:
            return
        if labels is not None:
            self._worked.narrow_stroke(rect, labels[rect.slices] > 0)
        marked = self._worked.mask[rect.slices].copy()
        self._worked.revert_stroke(rect)
        self._tell_changed(rect)
        stroke = Selection(rect, marked & ~self._worked.mask[rect.slices])
        if not stroke.empty:
            self.stroke_taken.emit(stroke)

    def cancel_stroke(self) -> None:
        """Leave the marks as they were before the stroke under way."""
        if self._worked is not None and self.stroking:
            self.stroking = False
            self._worked.revert_stroke(self._touched)
            self._tell_changed(self._touched)

    def mark(self, region: Selection, value: bool, name: str) -> None:
        """Mark or unmark a part of the photo, as one step of undo."""
        if self._worked is None or region.empty:
            return
        patch = self._worked.mark(region, value)
        self._tell_changed(patch.rect)
        self._remember(name, patch)

    def set_mask(self, mask: Mask, name: str) -> None:
        """Replace the whole mask, as one step of undo."""
        if self._worked is None or self.stroking:
            return
        patch = self._worked.replace_mask(mask)
        if not patch.rect.empty:
            self._tell_changed(patch.rect)
            self._remember(name, patch)

    def clear_mask(self) -> None:
        if self._worked is not None:
            self.set_mask(np.zeros_like(self._worked.mask), tr(labels.UNDO_CLEAR))

    def invert_mask(self) -> None:
        if self._worked is not None:
            self.set_mask(~self._worked.mask, tr(labels.UNDO_INVERT))

    def mark_all(self) -> None:
        if self._worked is not None:
            self.set_mask(np.ones_like(self._worked.mask), tr(labels.UNDO_ALL))

    def set_soft_edge(self, width: int) -> None:
        """Another width of the marks' soft edge in pixels, as one step of undo."""
        if self.document is None or self.stroking or width == self.document.settings.soft_edge:
            return
        before = self.document.settings.soft_edge
        self.undo_stack.push(SoftEdgeCommand(tr(labels.UNDO_SOFT_EDGE), before, width, self._write_soft_edge))

    def _write_soft_edge(self, width: int) -> None:
        if self.document is not None:
            self.set_settings(replace(self.document.settings, soft_edge=width))

    def undo(self) -> None:
        if not self.stroking:
            self.active_stack.undo()

    def redo(self) -> None:
        if not self.stroking:
            self.active_stack.redo()

    def _remember(self, name: str, patch: MaskEdit) -> None:
        """Make an edit that changed something a step of undo."""
        if np.array_equal(patch.before, patch.after):
            return
        self.active_stack.push(MaskCommand(name, patch, self._write))
        if self._layer is not None:
            return
        if (patch.after & ~patch.before).any():
            self._want_repair()
        self.mask_edited.emit()

    def _want_repair(self) -> None:
        """Marking something means wanting it filled in."""
        assert self.document is not None
        task = self.document.task
        if not task.needs_mask and task.takes_mask:
            self.set_task(Task((MissingPixels(), *task.damages)))

    def _write(self, rect: Rect, pixels: Mask) -> None:
        assert self._worked is not None  # a stack goes with what it changes
        self._worked.write(rect, pixels)
        self._tell_changed(rect)
        if self._layer is None:
            self.mask_edited.emit()

    # choices

    def set_task(self, task: Task) -> None:
        if self.document is not None and task != self.document.task:
            self.document.task = task
            self.task_changed.emit(task)

    def set_settings(self, settings: SolverSettings) -> None:
        if self.document is not None and settings != self.document.settings:
            self.document.settings = settings
            self.settings_changed.emit(settings)
