"""What is to be done, carried from photo to photo: by a file, the clipboard, or the sidecar of a result."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, tr
from daps_desktop.document.document import Document
from daps_desktop.document.sidecar import Provenance, read_recipe, read_sidecar, reproduction_message
from daps_desktop.jobs.messages import RestoreResult
from daps_desktop.jobs.recipe import Recipe, dump_recipe, parse_recipe
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.common.file_dialogs import OnChosen, ask_file
from daps_desktop.ui.files.file_controller import FileController
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel

RECIPE_FILTER = N_("Recipes (*.json)")
_WITH_PHOTO = ("save_recipe", "load_recipe", "copy_recipe", "paste_recipe", "repeat")


class RecipeController(QObject):
    """The recipe of the open photo, out and in."""

    message = Signal(str)  # a sentence for the status line

    def __init__(
        self, window: QWidget, model: DocumentModel, job: JobModel, files: FileController, actions: Actions,
        background: BackgroundRunner,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._window, self._model, self._job, self._files = window, model, job, files
        self._actions, self._background = actions, background
        self._repeating: Provenance | None = None
        actions.connect("save_recipe", self.ask_save)
        actions.connect("load_recipe", lambda: self._ask(tr("Load a recipe"), self.load))
        actions.connect("copy_recipe", self.copy)
        actions.connect("paste_recipe", self.paste)
        actions.connect("repeat", lambda: self._ask(tr("Repeat from a recipe"), self.repeat))
        model.photo_opened.connect(self._forget)
        job.finished.connect(self._compare)
        for signal in (model.photo_opened, model.version_shown):
            signal.connect(self._show_possible)
        self._show_possible()

    # out

    def ask_save(self) -> None:
        """Where to? What is chosen now is written there."""
        if self._model.document is not None:
            data = dump_recipe(self._model.document.recipe).encode()
            self._files.ask_write(tr("Save the recipe"), tr(RECIPE_FILTER), "_recipe", ".json", lambda: data)

    def copy(self) -> None:
        if self._model.document is not None:
            QGuiApplication.clipboard().setText(dump_recipe(self._model.document.recipe))
            self.message.emit(tr("The recipe is on the clipboard, to be pasted into another photo."))

    # in

    def paste(self) -> None:
        try:
            self._use(parse_recipe(QGuiApplication.clipboard().text()))
        except UserError as error:
            self._files.failed.emit(error)

    def load(self, path: Path) -> None:
        """Take what the file says about damage and quality; marks stay as they are."""
        document = self._model.document

        def take(recipe: Recipe) -> None:
            if self._model.document is document:
                self._use(recipe)

        self._background.run(lambda: read_recipe(path), take, self._files.failed.emit)

    def repeat(self, path: Path) -> None:
        """Take damage, quality and marks from the sidecar of a result, if it came of this very photo."""
        document = self._model.document
        if document is None:
            return

        def read() -> tuple[Recipe, Provenance, Document | None]:
            told = read_sidecar(path)
            recipe = told.repeated()
            if not told.matches(document.original):
                raise UserError("sidecar_other_photo", path=path.name, name=told.origin.name)
            return recipe, told, None if told.frame == document.frame else document.reframed(told.frame)

        self._background.run(read, lambda found: self._set_up(document, *found), self._files.failed.emit)

    def _set_up(
        self, document: Document, recipe: Recipe, given: Provenance, reframed: Document | None
    ) -> None:
        if self._model.document is not document:
            return
        if reframed is not None:
            self._model.reframe(reframed)
        if given.mask is not None:
            self._model.set_mask(given.mask, tr("marks of a recipe"))
        self._use(recipe)
        self._repeating = given
        self.message.emit(tr("Everything is as it was then; press Restore to make the same result again."))

    def _use(self, recipe: Recipe) -> None:
        self._model.set_task(recipe.task)
        self._model.set_settings(recipe.settings)
        self.message.emit(tr("The recipe is set for this photo."))

    def _compare(self, finished: RestoreResult) -> None:
        told, request = self._repeating, self._job.request
        if told is None or request is None:
            return
        if Recipe(request.task, request.settings) == told.repeated():
            self._background.run(lambda: reproduction_message(told, finished), self.message.emit)

    def _forget(self) -> None:
        self._repeating = None

    def _show_possible(self) -> None:
        self._actions.enable(_WITH_PHOTO, self._model.document is not None)

    @property
    def _folder(self) -> Path:
        document = self._model.document
        return document.photo.path.parent if document and document.photo.path else Path.home()

    def _ask(self, title: str, then: OnChosen) -> None:
        ask_file(self._window, title, self._folder, tr(RECIPE_FILTER), then)
