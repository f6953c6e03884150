"""The document as the window sees it: every change goes through here and becomes a signal."""

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject, Signal

from daps_desktop.document.document import Document
from daps_desktop.document.project import Project
from daps_desktop.document.version import Version
from daps_desktop.imaging.mask import Hole, HolePatch, draw_line
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.rect import Rect
from daps_desktop.imaging.selection import Region
from daps_desktop.jobs.damage import Scratches
from daps_desktop.jobs.messages import Finished
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.requests import JobRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.ui.common import labels
from daps_desktop.ui.models.undo_commands import HoleCommand, SoftEdgeCommand, UndoStack, VersionCommand

Point = tuple[float, float]  # (row, col)


@dataclass(frozen=True, slots=True)
class _Layer:
    """A hole of its own, kept in a document without anything else, with the steps that made it."""

    of: Document
    stack: UndoStack


class DocumentModel(QObject):
    """One open document or none."""

    photo_opened = Signal(Photo)
    hole_changed = Signal(Rect)  # while a stroke is drawn, and after every edit
    layer_changed = Signal(Rect)  # the same for a layer, which is worked on in place of the marks
    hole_edited = Signal()  # when a stroke is done, undone or redone: time to count pixels
    task_changed = Signal(Task)
    settings_changed = Signal(SolverSettings)
    history_changed = Signal()  # what can be undone, redone or lost
    version_added = Signal(Version)  # made by a job, or put together from others
    version_changed = Signal(Version)  # it has another name, or its pixels are kept elsewhere
    version_renamed = Signal(Version)
    version_shown = Signal(object)  # the Version that is looked at, compared and saved, or None
    saved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document: Document | None = None
        self.undo_stack = UndoStack(self)
        self.undo_stack.indexChanged.connect(self.history_changed)
        self.undo_stack.cleanChanged.connect(self.history_changed)
        self._layer: _Layer | None = None
        self.stroking = False
        self._touched = Rect(0, 0, 0, 0)
        self.shown: Version | None = None
        self._saved: dict[int, str] = {}  # versions in a project or a picture file, as they were called then
        self._saved_recipe: Recipe | None = None  # of the open project; a photo alone keeps none

    @property
    def unsaved(self) -> bool:
        """True where closing would lose marks, a result or a painting, or the open project says otherwise.

        What was ticked and chosen for a photo that is in no project is quickly done again, and is no work.
        """
        document = self.document
        if document is None:
            return False
        if self._saved_recipe not in (None, document.recipe) or not self.undo_stack.isClean():
            return True
        if self._layer is not None and self.anything_marked:
            return True
        return any(self._saved.get(version.number) != version.name for version in document.versions)

    @property
    def shown_unsaved(self) -> bool:
        """True where the version that is shown is in no file."""
        return self.shown is not None and self.shown.number not in self._saved

    def open(self, photo: Photo, held: Project | None = None, unsaved: bool = False) -> None:
        """Start anew with `photo`; what was chosen about damage and quality stays as it was.

        What a project `held` comes with it; `unsaved` says that it is kept nowhere else.
        """
        old = self.document
        self.end_layer()
        self.undo_stack.clear()
        self._saved.clear()
        self._saved_recipe = None
        self.shown = None
        self.document = Document(photo, old.task, old.settings) if old else Document(photo)
        if held is not None:
            self.document.take(held.hole, held.recipe, held.versions)
        if unsaved:
            self.undo_stack.resetClean()
        elif held is not None:
            self._remember_saved()
        self.photo_opened.emit(photo)
        self.version_shown.emit(None)
        if held is not None:
            self._tell_held()
        self.hole_edited.emit()

    def _tell_held(self) -> None:
        assert self.document is not None
        self.task_changed.emit(self.document.task)
        self.settings_changed.emit(self.document.settings)
        for version in self.document.versions:
            self.version_added.emit(version)

    def close(self) -> None:
        """No document any more."""
        self.end_layer()
        self.undo_stack.clear()
        self.shown = None
        self.document = None
        self.version_shown.emit(None)
        self.hole_edited.emit()

    def mark_saved(self) -> None:
        """All that there is, is in a project."""
        self.undo_stack.setClean()
        self._remember_saved()
        self.saved.emit()

    def _remember_saved(self) -> None:
        if self.document is not None:
            self._saved = {version.number: version.name for version in self.document.versions}
            self._saved_recipe = self.document.recipe

    def mark_exported(self, version: Version) -> None:
        """A picture file holds that version; the marks that it was made with are no loss any more."""
        assert self.document is not None
        self._saved[version.number] = version.name
        if self._saved_recipe is None and self.document.still_marked_as(version):
            self.undo_stack.setClean()
        self.saved.emit()

    # strokes

    @property
    def _worked(self) -> Document | None:
        """Whose hole the tools change: the document's marks, or a layer that lies in their place."""
        return self._layer.of if self._layer else self.document

    def begin_layer(self) -> None:
        """From now on the tools work on an empty layer of the photo's size, with its own steps of undo."""
        assert self.document is not None
        self.stroking = False
        stack = UndoStack(self)
        stack.indexChanged.connect(self.history_changed)
        self._layer = _Layer(Document(self.document.photo), stack)
        self.history_changed.emit()

    def end_layer(self) -> Hole | None:
        """Back to the marks; the (H, W) layer as it is now, or None where there was none."""
        layer, self._layer = self._layer, None
        self.stroking = False
        self.history_changed.emit()
        if layer is None:
            return None
        layer.stack.deleteLater()
        return layer.of.hole

    @property
    def worked_hole(self) -> Hole | None:
        """What the tools change now, (H, W): the marks, or a layer in their place; None without a photo."""
        return self._worked.hole if self._worked else None

    @property
    def anything_marked(self) -> bool:
        """True where there is something in what the tools change now."""
        return self._worked is not None and self._worked.marked_share > 0

    @property
    def layer(self) -> Hole | None:
        return self._layer.of.hole if self._layer else None

    @property
    def steps(self) -> UndoStack:
        """What undo and redo go through now."""
        return self._layer.stack if self._layer else self.undo_stack

    def _tell_changed(self, rect: Rect) -> None:
        (self.layer_changed if self._layer else self.hole_changed).emit(rect)

    def begin_stroke(self) -> None:
        self.stroking = self._worked is not None
        self._touched = Rect(0, 0, 0, 0)

    def draw(self, start: Point, end: Point, radius: float, value: bool) -> None:
        """One piece of the stroke; the hole changes at once, so that it is seen under the brush."""
        if self._worked is None or not self.stroking:
            return
        rect = draw_line(self._worked.hole, start, end, radius, value)
        if not rect.empty:
            self._touched = self._touched.union(rect)
            self._tell_changed(rect)

    def end_stroke(self, name: str) -> None:
        """Make the whole stroke one step of undo."""
        if self._worked is None or not self.stroking:
            return
        self.stroking = False
        if not self._touched.empty:
            self._remember(name, self._worked.settle(self._touched))

    def cancel_stroke(self) -> None:
        """Leave the marks as they were before the stroke under way."""
        if self._worked is not None and self.stroking:
            self.stroking = False
            self._worked.unsettle(self._touched)
            self._tell_changed(self._touched)

    def mark(self, region: Region, value: bool, name: str) -> None:
        """Mark or unmark a part of the photo, as one step of undo."""
        if self._worked is None or region.empty:
            return
        patch = self._worked.mark(region, value)
        self._tell_changed(patch.rect)
        self._remember(name, patch)

    def set_hole(self, hole: Hole, name: str) -> None:
        """Replace the whole hole, as one step of undo."""
        if self._worked is None or self.stroking:
            return
        patch = self._worked.replace_hole(hole)
        if not patch.rect.empty:
            self._tell_changed(patch.rect)
            self._remember(name, patch)

    def clear_hole(self) -> None:
        if self._worked is not None:
            self.set_hole(np.zeros_like(self._worked.hole), labels.UNDO_CLEAR)

    def invert_hole(self) -> None:
        if self._worked is not None:
            self.set_hole(~self._worked.hole, labels.UNDO_INVERT)

    def mark_all(self) -> None:
        if self._worked is not None:
            self.set_hole(np.ones_like(self._worked.hole), labels.UNDO_ALL)

    def set_soft_edge(self, width: int) -> None:
        """Another width of the marks' soft edge in pixels, as one step of undo."""
        if self.document is None or self.stroking or width == self.document.settings.soft_edge:
            return
        before = self.document.settings.soft_edge
        self.undo_stack.push(SoftEdgeCommand(labels.UNDO_SOFT_EDGE, before, width, self._write_soft_edge))

    def _write_soft_edge(self, width: int) -> None:
        if self.document is not None:
            self.set_settings(replace(self.document.settings, soft_edge=width))

    def undo(self) -> None:
        if not self.stroking:
            self.steps.undo()

    def redo(self) -> None:
        if not self.stroking:
            self.steps.redo()

    def _remember(self, name: str, patch: HolePatch) -> None:
        """Make an edit that changed something a step of undo."""
        if np.array_equal(patch.before, patch.after):
            return
        self.steps.push(HoleCommand(name, patch, self._write))
        if self._layer is not None:
            return
        if (patch.after & ~patch.before).any():
            self._want_repair()
        self.hole_edited.emit()

    def _want_repair(self) -> None:
        """Whoever marks something wants it filled in."""
        assert self.document is not None
        task = self.document.task
        if not task.has(Scratches):
            self.set_task(Task((Scratches(), *task.damages)))

    def _write(self, rect: Rect, pixels: Hole) -> None:
        assert self._worked is not None  # a stack goes with what it changes
        self._worked.write(rect, pixels)
        self._tell_changed(rect)
        if self._layer is None:
            self.hole_edited.emit()

    # choices and versions

    def set_task(self, task: Task) -> None:
        if self.document is not None and task != self.document.task:
            self.document.task = task
            self.task_changed.emit(task)

    def set_settings(self, settings: SolverSettings) -> None:
        if self.document is not None and settings != self.document.settings:
            self.document.settings = settings
            self.settings_changed.emit(settings)

    def add_result(self, request: JobRequest, finished: Finished) -> None:
        """Make a version of what a job on the open photo came to, and show it."""
        if self.document is not None and request.photo is self.document.photo:
            self.tell_added(self.document.add_version(request, finished))

    def tell_added(self, version: Version) -> None:
        """Show what was added; undoing it shows what was seen before, and loses nothing."""
        before = self.shown.number if self.shown else None
        self.version_added.emit(version)
        self.undo_stack.push(VersionCommand(labels.UNDO_VERSION, before, version.number, self._show_number))

    def _show_number(self, number: int | None) -> None:
        versions = self.document.versions if self.document else []
        self.show_version(next((version for version in versions if version.number == number), None))

    def replace_version(self, version: Version) -> None:
        """The same version with another name, or with its pixels kept elsewhere."""
        assert self.document is not None
        before = next(kept.name for kept in self.document.versions if kept.number == version.number)
        self.document.replace(version)
        if self.shown is not None and self.shown.number == version.number:
            self.shown = version
        self.version_changed.emit(version)
        if version.name != before:
            self.version_renamed.emit(version)

    def show_version(self, version: Version | None) -> None:
        self.shown = version
        self.version_shown.emit(version)
