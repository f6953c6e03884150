"""Find scratches and dust: looked for by the engine, shown as proposals, accepted as one edit."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QSinglePointEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit

from daps_desktop.base.i18n import N_, tr
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.proposals import Proposals
from daps_desktop.ui.canvas.canvas import Canvas
from daps_desktop.ui.canvas.drawing.proposal_overlay import PROPOSED, PUT_ASIDE, ProposalOverlay
from daps_desktop.ui.canvas.toolbox import ToolBox
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.find_model import FindModel
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

    waited_for = Signal(bool)  # by a run that is to begin with what the search finds

    def __init__(
        self,
        model: DocumentModel,
        search: FindModel,
        canvas: Canvas,
        tools: ToolBox,
        actions: Actions,
        section: FindSection,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._model, self._canvas, self._tools, self._actions = model, canvas, tools, actions
        self._search, self._section = search, section
        self._review: _ReviewState | None = None
        self._taken_press = False  # by a proposal, until the button or the pen comes up
        self._awaiting: Callable[[], None] | None = None  # what is to be done once all was looked through
        canvas.add_layer(lambda: self._review.proposed.layer if self._review else None)
        canvas.add_layer(lambda: self._review.put_aside.layer if self._review else None)
        canvas.installEventFilter(self)
        for name, handler in (
            ("find", self.find),
            ("accept_found", lambda: self._by_key(self.accept)),
            ("dismiss_found", lambda: self._by_key(self.dismiss)),
        ):
            actions.connect(name, handler)
        search.progressed.connect(self._show_looking)
        search.ended.connect(self._forget)
        search.found.connect(self._accept)
        search.failed.connect(lambda *_: self._await(None))
        section.find_pressed.connect(self.find)
        section.stop_pressed.connect(search.cancel)
        section.accept_pressed.connect(self.accept)
        section.dismiss_pressed.connect(self.dismiss)
        section.sensitivity_chosen.connect(self._set_sensitivity)
        model.photo_opened.connect(self._drop)
        model.version_shown.connect(self._forget_closed)
        self._forget()

    @property
    def reviewing(self) -> bool:
        return self._review is not None

    @property
    def chosen(self) -> list[int]:
        """The places, in `proposals`, of what *Accept all* would mark."""
        return self._review.chosen if self._review else []

    @property
    def proposals(self) -> Proposals | None:
        return self._review.found if self._review else None

    @property
    def proposed(self) -> Mask | None:
        """(H, W): what *Accept all* would mark."""
        return self._review.mask if self._review else None

    def find(self) -> None:
        """Look through the open photo; what was proposed before is dropped."""
        self._forget()
        self._search.find()

    def accept(self) -> None:
        """Mark all that is proposed and not excluded, as one step of undo."""
        worked = self._model.active_mask
        if worked is None or self._review is None or self._model.stroking:
            return
        found = self._review.mask
        self._forget()
        self._model.set_mask(worked | found, tr(UNDO_FOUND))

    def _note_refused(self) -> None:
        """Kept with the photo, so that neither a later search nor the judge of a repair takes it up again."""
        document = self._model.document
        if self._review is not None and document is not None and self._model.layer is None:
            document.refused = self._review.refused

    def settle(self, act: Callable[[], None]) -> None:
        """Do it with what is proposed marked; where nothing is marked, once the search has ended."""
        if self._search.looking and not self._model.has_marks:
            self._await(act)
            return
        if self.chosen:
            self.accept()
        act()

    def _await(self, act: Callable[[], None] | None) -> None:
        self._awaiting = act
        self.waited_for.emit(act is not None)

    def dismiss(self) -> None:
        """Drop what was found, or stop looking, and whatever waits for it."""
        self._await(None)
        self._search.cancel()
        self._forget()

    def _by_key(self, act: Callable[[], None]) -> None:
        """Enter and Esc in a field end the writing there and nothing else."""
        if isinstance(QApplication.focusWidget(), (QLineEdit, QAbstractSpinBox)):
            self._canvas.setFocus()
        else:
            act()

    def _show_looking(self, share: float | None) -> None:
        self._actions.enable(("dismiss_found",), True)
        self._section.show_looking(share)

    def _accept(self, found: Proposals) -> None:
        if found.pieces:
            self._begin_review(found)
        else:
            self._section.show_idle(find_section.NONE)
        if (act := self._awaiting) is not None:
            self._await(None)
            self.settle(act)

    def _begin_review(self, found: Proposals) -> None:
        document = self._model.document
        self._review = _ReviewState(found, None if document is None else document.refused)
        self._tools.settings.found = found.labels
        self._actions.enable(_REVIEWING, True)
        self._canvas.show_marks()
        self._section.show_review(found.infrared)
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
        self._review = self._tools.settings.found = None
        self._taken_press = False
        self._actions.enable(_REVIEWING, False)
        self._actions.enable(("find",), self._model.document is not None)
        self._section.show_idle()
        self._canvas.update()

    def _drop(self) -> None:
        self._await(None)
        self._forget()

    def _forget_closed(self) -> None:
        if self._model.document is None:
            self.dismiss()

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
            self._note_refused()
            self._show()
        return toggled


class _ReviewState:
    """What was found in one photo, how much of it is shown, and which of that was put aside."""

    def __init__(self, found: Proposals, refused: Mask | None) -> None:
        self.found = found
        self._shown = 0
        self._aside = set[int]() if refused is None else set(found.mostly_in(refused))  # places in `found`
        height, width = found.labels.shape
        self.proposed = ProposalOverlay(height, width, PROPOSED)
        self.put_aside = ProposalOverlay(height, width, PUT_ASIDE, _TRACE)

    @property
    def chosen(self) -> list[int]:
        return [place for place in range(self._shown) if place not in self._aside]

    @property
    def mask(self) -> Mask:
        return self.found.mask(self._shown, (place for place in self._aside if place < self._shown))

    @property
    def refused(self) -> Mask:
        """(H, W): what was put aside, read-only."""
        aside = np.zeros(self.found.labels.shape, bool)
        for place in self._aside:
            aside[self.found.pieces[place].rect.slices] |= self.found.patch(place)
        aside.setflags(write=False)
        return aside

    @property
    def left_out(self) -> int:
        return sum(place < self._shown for place in self._aside)

    def set_sensitivity(self, sensitivity: float) -> None:
        """The surest come first, so that what is shown is a beginning of `found`."""
        before, self._shown = self._shown, self.found.shown(sensitivity)
        for place in range(min(before, self._shown), max(before, self._shown)):
            self._light(place, self._shown > before)

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
        glow = self.put_aside if place in self._aside else self.proposed
        glow.write(self.found.pieces[place].rect, self.found.patch(place), lit)

    def _at(self, point: QPointF, slack: float) -> int | None:
        """The surest of those shown that are near."""
        near = Rect(
            int(point.y() - slack),
            int(point.x() - slack),
            int(point.y() + slack) + 1,
            int(point.x() + slack) + 1,
        ).clipped(*self.found.labels.shape)
        if near.empty:
            return None
        labels = self.found.labels[near.slices]
        shown = labels[(labels > 0) & (labels <= self._shown)]
        return int(shown.min()) - 1 if shown.size else None
