"""Puts previews and results in the place of the photo; the split line sweeps once at the end."""

from collections import OrderedDict

from PySide6.QtCore import QObject, QVariantAnimation, Slot
from PySide6.QtWidgets import QApplication, QStyle

from daps_desktop.document.version import Version
from daps_desktop.jobs.messages import Preview
from daps_desktop.ui.canvas.canvas import Canvas
from daps_desktop.ui.canvas.drawing.compare_state import ALONE, CompareMode, CompareState
from daps_desktop.ui.canvas.drawing.pyramid import Pyramid, display_image
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel, JobState

_SWEEP_MS = 200
_KEPT_BYTES = 2**29  # of pyramids of versions, or one that is larger
_UNDECIDED = (*ALONE, CompareMode.SPLIT)  # where what comes next is to be seen at once


class ResultView(QObject):
    """Decides what lies on the result's side: a preview in a run, else the version shown, else nothing."""

    def __init__(
        self,
        model: DocumentModel,
        job: JobModel,
        canvas: Canvas,
        compare: CompareState,
        background: BackgroundRunner,
    ) -> None:
        super().__init__(canvas)
        self._model = model
        self._job = job
        self._canvas = canvas
        self._compare = compare
        self._background = background
        self._last: Pyramid | None = None  # of the version that is shown
        self._recent: OrderedDict[int, Pyramid] = OrderedDict()  # of versions that were, by their numbers
        self._preview_seen = False
        self._held = False
        self._looking_back = False  # at a version that was picked during the run
        self._newest = 0  # number of the version that was made last and has not been seen yet
        self._sweep = QVariantAnimation(self)
        self._sweep.setDuration(_SWEEP_MS)
        self._sweep.setStartValue(1.0)
        self._sweep.setEndValue(0.5)
        self._sweep.valueChanged.connect(compare.set_position)
        model.photo_opened.connect(self._recent.clear)
        model.version_added.connect(self._expect)
        model.version_shown.connect(self._prepare)
        model.version_repainted.connect(self._drop)
        job.started.connect(self._begin)
        job.previewed.connect(self._show_preview)
        job.state_changed.connect(self._take_back)

    def freeze(self, pyramid: Pyramid) -> None:
        """Show this, which the user is working on, whatever else comes."""
        self._held = True
        self._canvas.show_result(pyramid)

    def thaw(self) -> None:
        """Go back to the version that is shown."""
        self._held = False
        self._canvas.show_result(self._last)
        self._prepare(self._model.shown)

    def _forget(self) -> None:
        if self._model.document is None:
            self._recent.clear()
        self._last = None
        self._canvas.show_result(None)

    def _begin(self) -> None:
        self._preview_seen = self._looking_back = False

    @Slot(Preview)
    def _show_preview(self, preview: Preview) -> None:
        if self._held or self._looking_back:
            return
        self._canvas.show_result(Pyramid.of(preview.pixels))
        if not self._preview_seen:
            self._preview_seen = True
            if self._compare.chosen in _UNDECIDED:
                self._compare.set_mode(CompareMode.RESULT)

    def _drop(self, version: Version) -> None:
        """It looks otherwise now."""
        self._recent.pop(version.number, None)

    def _expect(self, version: Version) -> None:
        self._newest = version.number

    def _prepare(self, version: Version | None) -> None:
        """Make the small copies of a large picture off the window's thread."""
        if version is None:
            self._forget()
            return
        self._looking_back = self._job.running and version.number != self._newest
        if version.number != self._newest:
            self._newest = 0  # looking elsewhere first does not wait for it
        if (ready := self._recent.get(version.number)) is not None:
            self._show_version(version, ready)
            return

        document = self._model.document

        def prepare() -> Pyramid | None:
            return Pyramid.of(display_image(version.photo)) if self._wanted(version) else None

        def take(pyramid: Pyramid | None) -> None:
            if self._model.document is document:  # a version of another photo may have the same number
                self._show_version(version, pyramid)

        self._background.run(prepare, take)

    def _wanted(self, version: Version) -> bool:
        """False where another one was chosen meanwhile."""
        shown = self._model.shown
        return shown is not None and version.number == shown.number

    def _show_version(self, version: Version, pyramid: Pyramid | None) -> None:
        if pyramid is None or not self._wanted(version):
            return
        self._remember(version.number, pyramid)
        if self._held:
            return
        self._canvas.show_result(pyramid)
        if version.number == self._newest:
            self._newest = 0
            self._reveal()
        elif self._compare.chosen in ALONE:
            self._compare.set_mode(CompareMode.SPLIT)

    def _remember(self, number: int, pyramid: Pyramid) -> None:
        """Going to and fro between a few versions does not load them again."""
        self._last = self._recent[number] = pyramid
        self._recent.move_to_end(number)
        while len(self._recent) > 1 and sum(kept.bytes for kept in self._recent.values()) > _KEPT_BYTES:
            self._recent.popitem(last=False)

    def _reveal(self) -> None:
        """What has just come is drawn over the photo once, unless another comparison was chosen."""
        if self._compare.chosen not in (*_UNDECIDED, CompareMode.RESULT):
            return
        self._compare.set_mode(CompareMode.SPLIT)
        if QApplication.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration):
            self._sweep.start()
        else:
            self._compare.set_position(0.5)

    def _take_back(self, state: JobState) -> None:
        """A stopped or failed job leaves no picture behind."""
        over = state in (JobState.CANCELLED, JobState.FAILED)
        if over and self._preview_seen and not self._held:
            self._canvas.show_result(self._last)
            if self._last is None:
                self._compare.show_alone()
