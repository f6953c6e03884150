"""The table of the album's photos: what became of each, in lines that wrap."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from daps_desktop.base.i18n import tr
from daps_desktop.ui.album.album_text import MARKS, RUNNING, STATES
from daps_desktop.ui.common.theme import GRID, HIT

_HEADINGS = (tr("Photo"), tr("State"), tr("Result"), tr("Marks"), tr("What happened"))
PHOTO, _STATE, _RESULT, _MARKS, _WHY = range(5)


def photo_table() -> QTableWidget:
    table = QTableWidget(0, len(_HEADINGS))
    table.setHorizontalHeaderLabels(_HEADINGS)
    table.setAccessibleName(tr("Photos of the album"))
    table.setAccessibleDescription(tr("Press Enter or click twice to compare a result with its photo."))
    table.setToolTip(tr("Click twice to compare a result with its photo."))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.setWordWrap(True)
    table.setShowGrid(False)
    table.setStyleSheet(f"QTableWidget::item {{ padding: {GRID // 2}px 0; }}")
    table.setMinimumHeight(160)
    table.verticalHeader().hide()
    table.verticalHeader().setMinimumSectionSize(HIT)
    # Not by its contents, which Qt would look through as a whole for every cell that is filled.
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    header = table.horizontalHeader()
    for at, mode in (
        (PHOTO, QHeaderView.ResizeMode.Interactive), (_STATE, QHeaderView.ResizeMode.Fixed),
        (_RESULT, QHeaderView.ResizeMode.Stretch), (_MARKS, QHeaderView.ResizeMode.Fixed),
        (_WHY, QHeaderView.ResizeMode.Stretch),
    ):  # fmt: skip
        header.setSectionResizeMode(at, mode)
    header.resizeSection(PHOTO, 200)
    for at, words in ((_STATE, (RUNNING, *STATES.values())), (_MARKS, MARKS.values())):
        header.resizeSection(at, _widest(table, (_HEADINGS[at], *words)))
    return table


def _widest(table: QTableWidget, words: Iterable[str]) -> int:
    """Pixels for a column of any of these words."""
    return max(table.fontMetrics().horizontalAdvance(each) for each in words) + 3 * GRID


def cell(words: str, tip: str) -> QTableWidgetItem:
    item = QTableWidgetItem(words)
    item.setToolTip(tip)
    item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return item
