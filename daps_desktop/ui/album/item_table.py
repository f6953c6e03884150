"""The table of the album's photos: what became of each, in lines that wrap."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from daps_desktop.base.i18n import N_, tr
from daps_desktop.ui.album.album_text import MARKS, RUNNING, STATES
from daps_desktop.ui.album.item_thumbnails import PATH
from daps_desktop.ui.common.live_text import keep_said, say
from daps_desktop.ui.common.theme import MIN_TARGET, SPACING

_HEADINGS = (N_("Photo"), N_("State"), N_("Result"), N_("Marks"), N_("What happened"))
PHOTO, _STATE, RESULT, _MARKS, _WHY = range(5)


def photo_table() -> QTableWidget:
    table = QTableWidget(0, len(_HEADINGS))
    say(table, accessibleName=N_("Photos of the album"))
    say(table, accessibleDescription=N_("Press Enter or double-click to compare a result with its photo."))
    say(table, toolTip=N_("Double-click to compare a result with its photo."))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.setWordWrap(True)
    table.setShowGrid(False)
    table.setStyleSheet(f"QTableWidget::item {{ padding: {SPACING // 2}px 0; }}")
    table.setMinimumHeight(160)
    table.verticalHeader().hide()
    table.verticalHeader().setMinimumSectionSize(MIN_TARGET)
    # Not by its contents, which Qt would look through as a whole for every cell that is filled.
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    header = table.horizontalHeader()
    for at, mode in (
        (PHOTO, QHeaderView.ResizeMode.Interactive), (_STATE, QHeaderView.ResizeMode.Fixed),
        (RESULT, QHeaderView.ResizeMode.Stretch), (_MARKS, QHeaderView.ResizeMode.Fixed),
        (_WHY, QHeaderView.ResizeMode.Stretch),
    ):  # fmt: skip
        header.setSectionResizeMode(at, mode)
    header.resizeSection(PHOTO, 240)
    keep_said(table, lambda: _say_headings(table))
    return table


def _say_headings(table: QTableWidget) -> None:
    table.setHorizontalHeaderLabels([tr(heading) for heading in _HEADINGS])
    for at, words in ((_STATE, (RUNNING, *STATES.values())), (_MARKS, MARKS.values())):
        table.horizontalHeader().resizeSection(at, _widest(table, map(tr, (_HEADINGS[at], *words))))


def _widest(table: QTableWidget, words: Iterable[str]) -> int:
    """Pixels for a column of any of these words."""
    return max(table.fontMetrics().horizontalAdvance(each) for each in words) + 3 * SPACING


def cell(text: str, tip: str, picture: str = "") -> QTableWidgetItem:
    """`picture`: the file of which it shows a small one."""
    item = QTableWidgetItem(text)
    item.setData(PATH, picture)
    item.setToolTip(tip)
    item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return item
