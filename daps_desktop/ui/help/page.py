"""A chapter of the guide: pictures no wider than the page, links to chapters only, places of words marked."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QPixmap, QResizeEvent, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QTextEdit

from daps_desktop.base.i18n import N_
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import SPACING
from daps_desktop.ui.help.guide import source_of

_MARGIN = 3 * SPACING
_TEXT, _LINE = 1.1, 125  # times the size of the window's own text; percent of its height
_IMAGE = "\N{OBJECT REPLACEMENT CHARACTER}"  # what stands in a text where a picture is shown
_MOST_SHOWN = 200  # places of the words looked for


class ChapterView(QTextBrowser):
    """A chapter: pictures no wider than the page, links to chapters only, places of words marked."""

    def __init__(self) -> None:
        super().__init__()
        say(self, accessibleName=N_("Chapter"))
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # pictures know their room
        self.document().setDocumentMargin(_MARGIN)
        self.anchorClicked.connect(self._go)
        self.sourceChanged.connect(self._space_out)
        self._size = _TEXT * self.font().pointSizeF()
        self._steps = 0
        self._places: list[QTextCursor] = []
        self._at = -1
        self.zoom(0)

    def zoom(self, step: int) -> None:
        """Larger or smaller text; 0 brings back its usual size."""
        self._steps = min(max(self._steps + step, -4), 12) if step else 0
        font = self.font()
        font.setPointSizeF(self._size * 1.1**self._steps)
        self.setFont(font)

    def mark(self, words: list[str]) -> None:
        """Mark every place of the words, and scroll to the first."""
        self._places = [place for word in words for place in self._places_of(word)][:_MOST_SHOWN]
        self._places.sort(key=QTextCursor.position)
        self._at = -1
        look = QTextCharFormat()
        look.setBackground(self.palette().highlight())
        look.setForeground(self.palette().highlightedText())
        self.setExtraSelections([_selection(place, look) for place in self._places])
        self.next_place()

    def next_place(self) -> None:
        """Scroll to the next marked place, after the last to the first."""
        if self._places:
            self._at = (self._at + 1) % len(self._places)
            cursor = QTextCursor(self._places[self._at])
            cursor.clearSelection()
            self.setTextCursor(cursor)
            self.ensureCursorVisible()

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Files of this computer alone; wide pictures are made to fit."""
        file = self.source().resolved(QUrl(name))
        if not file.isLocalFile():
            return None
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return source_of(Path(file.toLocalFile()))
        image = QPixmap(file.toLocalFile())
        room = self.viewport().width() - 2 * _MARGIN
        if image.width() <= room or room <= 0:
            return image
        return image.scaledToWidth(room, Qt.TransformationMode.SmoothTransformation)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width() and not self.source().isEmpty():
            place = self.verticalScrollBar().value()
            self.reload()
            self.verticalScrollBar().setValue(place)

    def _space_out(self) -> None:
        """Give lines and paragraphs the room that reading needs, and pictures no more than their height."""
        block = self.document().begin()
        while block.isValid():
            look = block.blockFormat()
            if _IMAGE not in block.text():
                look.setLineHeight(_LINE, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            if look.headingLevel() > 1:
                look.setTopMargin(2 * SPACING)
            QTextCursor(block).setBlockFormat(look)
            block = block.next()

    def _go(self, link: QUrl) -> None:
        """Follow a link within the guide; any other stays what it is, text."""
        target = self.source().resolved(link)
        if target.isLocalFile() and target.fileName().endswith(".md"):
            self.setSource(target)

    def _places_of(self, word: str) -> list[QTextCursor]:
        places: list[QTextCursor] = []
        cursor = self.document().find(word)
        while not cursor.isNull() and len(places) < _MOST_SHOWN:
            places.append(cursor)
            cursor = self.document().find(word, cursor)
        return places


def _selection(place: QTextCursor, look: QTextCharFormat) -> QTextEdit.ExtraSelection:
    selection = QTextEdit.ExtraSelection()
    selection.cursor = place  # type: ignore[attr-defined]
    selection.format = look  # type: ignore[attr-defined]
    return selection
