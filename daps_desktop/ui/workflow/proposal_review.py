"""Find scratches and dust: looked for off the window's thread, shown as proposals, accepted as one edit."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QSinglePointEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit

from daps_desktop.analysis.scratches.detect import find_scratches
from daps_desktop.base.i18n import N_, tr
from daps_desktop.document.document import Document
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.proposals import Proposal, above_threshold, mask_of
from daps_desktop.ui.canvas.canvas import Canvas
from daps_desktop.ui.canvas.drawing.proposal_overlay import PROPOSED, PUT_ASIDE, ProposalOverlay
from daps_desktop.ui.canvas.toolbox import ToolBox
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.panels import find_section
from daps_desktop.ui.panels.find_section import FindSection

UNDO_FOUND = N_("accept what was found")
_SLACK = 5.0  # widget pixels next to a proposal that count as on it
_TRACE = 0.5  # strength of what was put aside
_REVIEWING = ("accept_found", "dismiss_found")
_DOWN = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.TabletPress)
_MOVED = (QEvent.Type.MouseMove, QEvent.Type.TabletMove)
_UP = (QEvent.Type.MouseButtonRelease, QEvent.Type.TabletRelease)


class ProposalReview(QObject):
    """Owns the proposals of the open photo; they are no part of the document until they are accepted."""

    def __init__(
        self,
        model: DocumentModel,
        canvas: Canvas,
        tools: ToolBox,
        actions: Actions,
        section: FindSection,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._model, self._canvas, self._tools, self._actions = model, canvas, tools, actions
        self._section = section
        self.background = BackgroundRunner(
            self
        )  # of its own: a large photo takes seconds, and saving must not wait
        self._review: _ReviewState | None = None
        self._looked_at: Document | None = None  # while its photo is looked through
        self._taken_press = False  # by a proposal, until the button or the pen comes up
        canvas.add_layer(lambda: self._review.proposed.layer if self._review else None)
        canvas.add_layer(lambda: self._review.put_aside.layer if self._review else None)
        canvas.installEventFilter(self)
        for name, handler in (
            ("find", self.find),
            ("accept_found", lambda: self._by_key(self.accept)),
            ("dismiss_found", lambda: self._by_key(self.dismiss)),
        ):
            actions.connect(name, handler)
        section.find_pressed.connect(self.find)
        section.accept_pressed.connect(self.accept)
        section.dismiss_pressed.connect(self.dismiss)
        section.sensitivity_chosen.connect(self._set_sensitivity)
        model.photo_opened.connect(self._forget)
        model.version_shown.connect(self._forget_closed)
        self._forget()

    @property
    def reviewing(self) -> bool:
        return self._review is not None

    @property
    def chosen(self) -> Sequence[Proposal]:
        """What *Accept all* would mark."""
        return self._review.chosen if self._review else ()

    def find(self) -> None:
        """Look through the open photo; what was proposed before is dropped."""
        document = self._model.document
        if document is None or self._looked_at is document:
            return
        self._forget()
        self._looked_at = document
        self._section.show_looking()
        pixels = document.photo.pixels
        self.background.run(lambda: find_scratches(pixels), lambda found: self._accept(document, found))

    def accept(self) -> None:
        """Mark all that is proposed and not excluded, as one step of undo."""
        worked = self._model.active_mask
        if worked is None or self._review is None or self._model.stroking:
            return
        found = mask_of(self._review.chosen, *worked.shape)
        self._forget()
        self._model.set_mask(worked | found, tr(UNDO_FOUND))

    def dismiss(self) -> None:
        self._forget()

    def _by_key(self, act: Callable[[], None]) -> None:
        """Enter and Esc in a field end the writing there and nothing else."""
        if isinstance(QApplication.focusWidget(), (QLineEdit, QAbstractSpinBox)):
            self._canvas.setFocus()
        else:
            act()

    def _accept(self, document: Document, found: tuple[Proposal, ...]) -> None:
        if self._looked_at is not document:
            return  # another photo was opened meanwhile
        self._looked_at = None
        if not found:
            self._section.show_idle(find_section.NONE)
            return
        self._review = _ReviewState(found, *document.mask.shape)
        self._actions.enable(_REVIEWING, True)
        self._canvas.show_marks()
        self._section.show_review()
        self._set_sensitivity(self._section.sensitivity)

    def _set_sensitivity(self, sensitivity: float) -> None:
        if self._review is not None:
            self._review.set_sensitivity(sensitivity)
            self._show()

    def _show(self) -> None:
        assert self._review is not None
        self._section.show_count(len(self._review.chosen), self._review.left_out)
        self._canvas.update()

    def _forget(self) -> None:
        self._review, self._looked_at = None, None
        self._taken_press = False
        self._actions.enable(_REVIEWING, False)
        self._actions.enable(("find",), self._model.document is not None)
        self._section.show_idle()
        self._canvas.update()

    def _forget_closed(self) -> None:
        if self._model.document is None:
            self._forget()

    # mouse, pen and keys over the photo

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click on a proposal is not for the tool; keys for a shape being drawn are not for here."""
        if self._review is None:
            return False
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if self._tools.tool.is_drawing or self._model.stroking:
                event.accept()
            return False
        return isinstance(event, QSinglePointEvent) and self._takes(event)

    def _takes(self, event: QSinglePointEvent) -> bool:
        """True for a press on a proposal and all that follows it, as the mouse events made of a pen's."""
        kind = event.type()
        if kind in _DOWN and not self._taken_press:
            self._taken_press = self._pressed(event)
        taken = self._taken_press and kind in (*_DOWN, *_MOVED, *_UP)
        if kind in _UP:
            self._taken_press = False
        if taken:
            event.accept()
        return taken

    def _pressed(self, event: QSinglePointEvent) -> bool:
        plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        view = self._canvas.view
        if self._review is None or view is None or not plain or not self._canvas.mask_visible:
            return False
        point = view.to_photo(self._canvas.in_view(event.position()))
        toggled = self._review.toggle(point, _SLACK / view.scale)
        if toggled:
            self._show()
        return toggled


class _ReviewState:
    """The proposals of one photo, which of them are shown, and which of those were put aside."""

    def __init__(self, found: tuple[Proposal, ...], height: int, width: int) -> None:
        self._found = found
        self._shown: tuple[Proposal, ...] = ()
        self._aside: set[int] = set()  # places in `found`, which is in the order of scores
        self.proposed = ProposalOverlay(height, width, PROPOSED)
        self.put_aside = ProposalOverlay(height, width, PUT_ASIDE, _TRACE)

    @property
    def chosen(self) -> list[Proposal]:
        return [p for i, p in enumerate(self._shown) if i not in self._aside]

    @property
    def left_out(self) -> int:
        return sum(i < len(self._shown) for i in self._aside)

    def set_sensitivity(self, sensitivity: float) -> None:
        """The surest come first, so that what is shown is a beginning of `found`."""
        before, self._shown = len(self._shown), above_threshold(self._found, sensitivity)
        after = len(self._shown)
        for i in range(min(before, after), max(before, after)):
            self._light(i, after > before)

    def toggle(self, point: QPointF, slack: float) -> bool:
        """Put the proposal at a point of the photo aside, or take it back; False where there is none."""
        place = self._at(point, slack)
        if place is None:
            return False
        self._light(place, False)
        self._aside ^= {place}
        self._light(place, True)
        return True

    def _light(self, place: int, lit: bool) -> None:
        proposal = self._found[place]
        glow = self.put_aside if place in self._aside else self.proposed
        glow.write(proposal.rect, proposal.patch, lit)

    def _at(self, point: QPointF, slack: float) -> int | None:
        around = Rect(
            int(point.y() - slack),
            int(point.x() - slack),
            int(point.y() + slack) + 1,
            int(point.x() + slack) + 1,
        )
        return next((i for i, p in enumerate(self._shown) if _touches(p, around)), None)


def _touches(proposal: Proposal, around: Rect) -> bool:
    rect = proposal.rect
    top, left = max(around.top, rect.top), max(around.left, rect.left)
    bottom, right = min(around.bottom, rect.bottom), min(around.right, rect.right)
    if top >= bottom or left >= right:
        return False
    return bool(
        proposal.patch[top - rect.top : bottom - rect.top, left - rect.left : right - rect.left].any()
    )
