"""The document as the window sees it: every change goes through here and becomes a signal."""

from PySide6.QtCore import QObject, Signal

from daps_desktop.base.i18n import tr
from daps_desktop.document.document import Document
from daps_desktop.document.project import Project
from daps_desktop.document.version import Version
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.messages import RestoreResult
from daps_desktop.jobs.recipe import DEFAULT_TASK, Recipe
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.ui.common import labels
from daps_desktop.ui.models.marks_model import MarksModel
from daps_desktop.ui.models.undo_commands import DeleteCommand, FrameCommand, VersionCommand


class DocumentModel(MarksModel):
    """One open document or none."""

    photo_opened = Signal(Photo)  # or seen in another frame
    reframed = Signal(Document)  # follows the above where it was
    version_added = Signal(Version)  # made by a job, or put together from others
    version_changed = Signal(Version)  # it has another name, or its pixels are kept elsewhere
    version_renamed = Signal(Version)
    version_repainted = Signal(Version)  # some of its pixels are others
    version_removed = Signal(Version)
    version_shown = Signal(object)  # the Version that is looked at, compared and saved, or None
    saved = Signal()
    choices_kept_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown: Version | None = None
        self._saved: dict[int, str] = {}  # versions in a project or a picture file, as they were called then
        self.choices_kept = False  # the next photo begins with what was chosen for the last one
        self._last_recipe = Recipe()
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
        if self._layer is not None and self.has_marks:
            return True
        return any(self._saved.get(version.number) != version.name for version in document.versions)

    @property
    def untouched(self) -> bool:
        """True where a photo was opened and nothing was chosen, marked or made for it yet."""
        document = self.document
        if document is None or self._saved_recipe is not None or document.versions:
            return False
        return not self.choices_kept and not self.has_marks and document.task == DEFAULT_TASK

    @property
    def shown_unsaved(self) -> bool:
        """True where the version that is shown is in no file."""
        return self.shown is not None and self.shown.number not in self._saved

    def open(self, photo: Photo, held: Project | None = None, unsaved: bool = False) -> None:
        """Start afresh with `photo`: from what it is itself, or, where choices are kept, from those for the
        last one.

        What a project `held` comes with it; `unsaved` says that it is kept nowhere else.
        """
        self._remember_recipe()
        self.end_scratch_mask()
        self.undo_stack.clear()
        self._saved.clear()
        self._saved_recipe = None
        self.shown = None
        chosen = self._last_recipe if self.choices_kept else Recipe()
        self.document = Document(photo, chosen.task, chosen.settings)
        if held is not None:
            self.document.load(held.mask, held.recipe, held.versions, held.framing)
            self.document.profile, self.document.refused = held.profile, held.refused
        if unsaved:
            self.undo_stack.resetClean()
        elif held is not None:
            self._remember_saved()
        self.photo_opened.emit(photo)
        self.version_shown.emit(None)
        if held is not None:
            self._tell_held()
        self.mask_edited.emit()

    def _tell_held(self) -> None:
        assert self.document is not None
        self.task_changed.emit(self.document.task)
        self.settings_changed.emit(self.document.settings)
        for version in self.document.versions:
            self.version_added.emit(version)

    def reframe(self, document: Document) -> None:
        """Go on with the photo in another frame, as one step of undo: undone, all is as it was, with its
        versions. `document` is what the open one made of itself.
        """
        assert self.document is not None
        before = (self.document, self.shown)
        self.end_scratch_mask()
        self.undo_stack.push(FrameCommand(tr(labels.UNDO_FRAME), before, (document, None), self._put))

    def _put(self, document: Document, shown: Version | None) -> None:
        if self.document is not None:  # what was chosen is a matter of the photo, and not of its frame
            document.task, document.settings = self.document.task, self.document.settings
        self.document, self.shown = document, None
        self.photo_opened.emit(document.photo)
        self.version_shown.emit(None)
        self.reframed.emit(document)
        for version in document.versions:
            self.version_added.emit(version)
        self.mask_edited.emit()
        self.show_version(shown)

    def close(self) -> None:
        """No document any more."""
        self._remember_recipe()
        self.end_scratch_mask()
        self.undo_stack.clear()
        self.shown = None
        self.document = None
        self.version_shown.emit(None)
        self.mask_edited.emit()

    def keep_choices(self, kept: bool) -> None:
        self.choices_kept = kept
        self.choices_kept_changed.emit(kept)

    def _remember_recipe(self) -> None:
        if self.document is not None:
            self._last_recipe = self.document.recipe

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

    # versions

    def add_result(self, request: RestoreRequest, finished: RestoreResult) -> None:
        """Make a version of the result of a job on the open photo, and show it."""
        if self.document is not None and request.photo is self.document.photo:
            self.announce_version(self.document.add_version(request, finished))

    def announce_version(self, version: Version) -> None:
        """Show what was added; undoing it shows what was seen before, and loses nothing."""
        before = self.shown.number if self.shown else None
        self.version_added.emit(version)
        self.show_version(version)
        self.undo_stack.push(
            VersionCommand(tr(labels.UNDO_VERSION), before, version.number, self._show_number)
        )

    def _show_number(self, number: int | None) -> None:
        if not self.undo_stack.versions_come:
            self.show_version(self.document.version(number) if self.document else None)

    def delete_version(self, version: Version) -> None:
        """Take a version out of the history, as a step of undo."""
        self.undo_stack.push(
            DeleteCommand(tr(labels.UNDO_DELETE), version.number, self._take_version, self._put_back)
        )

    def _take_version(self, number: int) -> Version:
        assert self.document is not None
        version = self.document.version(number)
        assert version is not None
        neighbour = self.document.remove_version(version)
        self.version_removed.emit(version)
        if self.shown is version:
            self.show_version(neighbour)
        return version

    def _put_back(self, version: Version) -> None:
        assert self.document is not None
        self.version_added.emit(self.document.append_version(version))
        self.show_version(version)

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

    def repaint_version(self, version: Version) -> None:
        """The same version with other pixels, which is shown."""
        self.replace_version(version)
        self._saved.pop(version.number, None)
        self.version_repainted.emit(version)
        self.show_version(version)

    def show_version(self, version: Version | None) -> None:
        self.shown = version
        self.version_shown.emit(version)
