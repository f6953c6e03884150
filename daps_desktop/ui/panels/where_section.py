"""2 Where? The settings of the tool in hand, and how much of the photo is marked."""

from PySide6.QtWidgets import QWidget

from daps_desktop.base.i18n import N_
from daps_desktop.document.document import Document
from daps_desktop.ui.canvas.toolbox import ToolBox
from daps_desktop.ui.common import formatting, labels
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.live_text import Words, say
from daps_desktop.ui.common.widgets import Section, hbox, label, segment_button
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.panels.find_section import FindSection
from daps_desktop.ui.panels.tool_options import GrowRow, ToolOptions


class WhereSection(Section):
    """Shows the tool and the share that is marked; both are owned elsewhere."""

    help_chapter = "marking"

    def __init__(self, tools: ToolBox, model: DocumentModel, actions: Actions) -> None:
        self._model = model
        self.options = ToolOptions(tools, model, actions)
        self.amounts = GrowRow(tools, actions)
        self.finding = FindSection(actions)
        self.share = label(labels.NOTHING_MARKED, "caption")
        self.clear = segment_button(labels.CLEAR_MARKS)
        actions.set_explanation(self.clear, N_("Clear marks"), "clear")
        marked = QWidget()
        layout = hbox(self.share, self.clear)
        layout.setStretch(0, 1)
        marked.setLayout(layout)
        super().__init__(labels.STEP_WHERE, self.finding, self.options, self.amounts, marked)
        model.mask_edited.connect(self._show_share)
        model.task_changed.connect(self._show_share)
        self.clear.clicked.connect(model.clear_mask)

    def _show_share(self) -> None:
        document = self._model.document
        share = document.marked_share if document else 0.0
        self.clear.setEnabled(share > 0)
        say(self.share, text=_share_text(document, share))


def _share_text(document: Document | None, share: float) -> Words:
    whole = document is not None and bool(document.task.damages) and not document.task.needs_mask
    if share > 0:
        return labels.MARKS_UNUSED if whole else lambda: formatting.format_share(share)
    if whole:
        return labels.WHERE_WHOLE
    return labels.NOTHING_MARKED
