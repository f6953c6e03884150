"""What can be done about versions: look at them, try more, average, name, and use their settings again."""

from dataclasses import replace
from functools import partial
from uuid import uuid4

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QInputDialog, QMenu

from daps_desktop.base.i18n import ntr, tr
from daps_desktop.document.spool import spool_version
from daps_desktop.document.version import Version
from daps_desktop.document.version_ops import mean_photo, new_seeds, samples_of, with_seed
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.settings import MAX_SAMPLES, SolverSettings
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.common.live_text import keep_said
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel
from daps_desktop.ui.results.thumbnails import thumbnail
from daps_desktop.ui.results.version_text import description, titles
from daps_desktop.ui.results.versions_panel import VersionsPanel

TRIES = 3
_MAX_NAME = 40
_WITH_ONE = (
    "use_settings", "rename_version", "delete_version", "try_more", "previous_version", "next_version",
)  # fmt: skip
_MENU = ("use_settings", "rename_version", "paint_from", None, "export", None, "delete_version")


class VersionsController(QObject):
    """Mirrors the document's versions in the strip, and acts on the one that is shown."""

    source_chosen = Signal(Version)  # to paint with

    def __init__(
        self,
        model: DocumentModel,
        job: JobModel,
        actions: Actions,
        background: BackgroundRunner,
        preview_side: int,
    ) -> None:
        super().__init__(background)  # which goes with the window
        self._model = model
        self._job = job
        self._actions = actions
        self._background = background
        self._preview_side = preview_side
        self._asked: list[SolverSettings] = []  # of samples of this photo that may still come
        self.panel = VersionsPanel(actions)
        self.panel.strip.chosen.connect(self._show)
        self.panel.strip.menu_wanted.connect(self._open_menu)
        handlers = {
            "use_settings": self.use_settings,
            "rename_version": self.ask_name,
            "delete_version": self.delete,
            "try_more": self.queue_samples,
            "safest": self.average,
            "previous_version": lambda: self.panel.strip.step(-1),
            "next_version": lambda: self.panel.strip.step(1),
        }
        for name, handler in handlers.items():
            actions.connect(name, handler)
        model.photo_opened.connect(self._forget)
        model.version_added.connect(self._add)
        model.version_changed.connect(self._describe_all)
        model.version_removed.connect(self._remove)
        model.version_repainted.connect(self._take_picture)
        model.version_shown.connect(self._follow)
        model.history_changed.connect(self._show_free)
        job.state_changed.connect(self._pass_over_versions)
        keep_said(self.panel, self._describe_all)
        self._show_possible()

    # what is done

    def use_settings(self) -> None:
        """Bring back marks, damage and settings of the version shown; the marks are a step of undo."""
        version = self._model.shown
        if version is None:
            return
        if version.mask is not None:
            self._model.set_mask(version.mask, tr("marks of “{name}”").format(name=self._title(version)))
        self._model.set_task(version.recipe.task)
        self._model.set_settings(version.recipe.settings)

    def ask_name(self) -> None:
        version = self._model.shown
        if version is None:
            return
        dialog = QInputDialog(self.panel)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(tr("Rename “{name}”").format(name=self._title(version)))
        dialog.setLabelText(tr("Name"))
        dialog.setTextValue(version.name)
        dialog.textValueSelected.connect(partial(self.rename, version.number))
        dialog.open()

    def rename(self, number: int, name: str) -> None:
        version = self._find(number)
        if version is not None:
            self._model.replace_version(replace(version, name=" ".join(name.split())[:_MAX_NAME]))

    def delete(self) -> None:
        """Delete the version that is shown; undo brings it back."""
        if self._model.shown is not None:
            self._model.delete_version(self._model.shown)

    def queue_samples(self) -> None:
        """Draw more samples of what the version that is shown was made for."""
        document, version = self._model.document, self._model.shown
        if document is None or version is None:
            return
        drawn = [kept.recipe.settings for kept in document.versions]
        for seed in new_seeds([*drawn, *self._asked], TRIES):
            recipe = with_seed(version.recipe, seed)
            self._asked.append(recipe.settings)
            self._job.enqueue(
                RestoreRequest(
                    uuid4().hex,
                    document.photo,
                    version.mask,
                    recipe.task,
                    recipe.settings,
                    self._preview_side,
                    profile=document.profile,
                )
            )

    def average(self) -> None:
        """Make a version of the mean of the latest samples that were drawn for the one that is shown."""
        document, samples = self._model.document, self._samples()[-MAX_SAMPLES:]
        if document is None or len(samples) < 2:
            return
        settings = replace(samples[0].recipe.settings, output="safest", samples=len(samples), seed=0)
        name = ntr("mean of {count} sample", "mean of {count} samples", len(samples)).format(
            count=len(samples)
        )

        def add(photo: Photo) -> None:
            if self._model.document is document:
                recipe = replace(samples[0].recipe, settings=settings)
                mask = samples[0].mask
                version = Version(document.next_number, photo, recipe, mask, None, name)
                self._model.announce_version(document.append_version(version))

        self._background.run(lambda: mean_photo(samples), add)

    # what is shown

    def _show(self, number: int) -> None:
        shown, version = self._model.shown, self._find(number)
        if version is not None and (shown is None or shown.number != number):
            self._model.show_version(version)

    def _follow(self, version: Version | None) -> None:
        self.panel.strip.show_current(version.number if version else None)
        self._show_possible()

    def _show_possible(self) -> None:
        self._actions.enable(("safest",), len(self._samples()) > 1)
        self._show_free()

    def _show_free(self) -> None:
        """While one version is painted into another, neither can be exchanged."""
        free = self._model.shown is not None and self._model.layer is None
        self._actions.enable(_WITH_ONE, free)

    def _add(self, version: Version) -> None:
        """Take a version up."""
        self.panel.strip.add(version.number, "", "")
        self._describe_all()
        self.panel.show_any(True)
        self._show_possible()
        self._take_picture(version)

    def _take_picture(self, version: Version) -> None:
        """Its small picture is made, and its pixels leave the memory, in the background."""
        document = self._model.document
        assert document is not None
        before = [kept.mask for kept in document.versions if kept.number < version.number]
        holes = [mask for mask in reversed(before) if mask is not None]

        def prepared() -> tuple[QImage, Version]:
            return thumbnail(version.photo), spool_version(version, holes)

        def take(made: tuple[QImage, Version]) -> None:
            if self._model.document is document:
                image, away = made
                self.panel.strip.show_image(version.number, image)
                now = self._find(version.number)
                if now is not None and now.photo is version.photo:  # not repainted meanwhile
                    self._move_out(away)

        self._background.run(prepared, take)

    def _move_out(self, away: Version) -> None:
        """Forget the pixels in memory; the version may have been named meanwhile."""
        version = self._find(away.number)
        if version is not None:
            self._model.replace_version(replace(away, name=version.name))

    def _remove(self, version: Version) -> None:
        self.panel.strip.remove(version.number)
        self.panel.show_any(bool(self.panel.strip.numbers))
        self._describe_all()

    def _describe_all(self, *_: object) -> None:
        """All of them, as the name of one tells it from the others."""
        versions = self._model.document.versions if self._model.document else []
        names = titles(versions)
        for version in versions:
            title = names[version.number]
            self.panel.strip.describe(version.number, title, description(version, title))

    def _title(self, version: Version) -> str:
        return titles(self._model.document.versions)[version.number] if self._model.document else ""

    def _pass_over_versions(self) -> None:
        """During a run undo takes back paint, not the versions that come meanwhile."""
        self._model.undo_stack.versions_come = self._job.running
        self._model.history_changed.emit()

    def _forget(self) -> None:
        self._asked.clear()
        self.panel.strip.clear()
        self.panel.show_any(False)

    def _open_menu(self, number: int, at: QPoint) -> None:
        menu = QMenu(self.panel)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in _MENU:
            if name is None:
                menu.addSeparator()
            else:
                entry = menu.addAction(self._actions[name].text())
                entry.triggered.connect(partial(self._act_on, number, name))
        menu.popup(at)

    def _act_on(self, number: int, name: str) -> None:
        version = self._find(number)
        if name == "paint_from" and version is not None:
            self.source_chosen.emit(version)  # into the one that is shown
            return
        self._show(number)
        self._actions[name].trigger()

    # what there is

    def _find(self, number: int) -> Version | None:
        return self._model.document.version(number) if self._model.document else None

    def _samples(self) -> list[Version]:
        document, shown = self._model.document, self._model.shown
        return samples_of(shown, document.versions) if document and shown else []
