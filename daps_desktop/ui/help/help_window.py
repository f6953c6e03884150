"""The user guide in a window of its own: contents and search left, the chapter right; nothing is fetched."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QUrl
from PySide6.QtGui import (
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from daps_desktop.base.i18n import N_, tr
from daps_desktop.ui.common.live_text import keep_said, say
from daps_desktop.ui.common.theme import MIN_TARGET, SPACING
from daps_desktop.ui.common.widgets import hbox, label, vbox
from daps_desktop.ui.help.guide import Chapter, chapters, contains_words
from daps_desktop.ui.help.page import ChapterView

TITLE = N_("Guide")
NOTHING = N_("No chapter has these words.")
_SIZE = (1000, 720)
_FRAME = 40  # what the system may draw around a window, at most
_CONTENTS_WIDTH = 260


class HelpWindow(QDialog):
    """Shows one chapter at a time; `show_chapter` brings it up."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        say(self, windowTitle=TITLE)
        self._place(parent.screen().availableGeometry())
        self.search = QLineEdit()
        say(self.search, placeholderText=N_("Search"))
        say(self.search, accessibleName=N_("Search the guide"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumHeight(MIN_TARGET)
        self.contents = QListWidget()
        say(self.contents, accessibleName=N_("Chapters"))
        self.contents.setFrameShape(QListWidget.Shape.NoFrame)
        self.contents.setStyleSheet(f"QListWidget::item {{ padding-left: {SPACING}px; }}")
        self.nothing = label(NOTHING, "caption")
        self.nothing.hide()
        self.page = ChapterView()
        self.back = _button(N_("Back"), QKeySequence.StandardKey.Back)
        self.forward = _button(N_("Forward"), QKeySequence.StandardKey.Forward)
        self.smaller = _button(N_("Smaller text"), QKeySequence.StandardKey.ZoomOut)
        self.larger = _button(N_("Larger text"), QKeySequence.StandardKey.ZoomIn)
        self._arrange()
        self._connect()
        keep_said(self, self._fill)
        self._show_possible()

    def show_chapter(self, name: str) -> None:
        """Bring the window to the front with that chapter; "" leaves the one that is shown."""
        if name or self.page.source().isEmpty():
            self.page.setSource(_url(self._chapter(name)))
        self.show()
        self.activateWindow()
        self.page.setFocus()

    @property
    def shown(self) -> str:
        """The name of the chapter on the page."""
        return self.page.source().fileName().removesuffix(".md")

    # layout

    def _place(self, room: QRect) -> None:
        """In the middle of the screen; what Qt does with a dialog may put its title bar above it."""
        place = QRect(0, 0, min(_SIZE[0], room.width() - _FRAME), min(_SIZE[1], room.height() - 2 * _FRAME))
        place.moveCenter(room.center())
        self.resize(place.size())
        self.move(place.topLeft() - QPoint(0, _FRAME // 2))  # that of the frame

    def _arrange(self) -> None:
        left = QWidget()
        left.setFixedWidth(_CONTENTS_WIDTH)
        beside = vbox(self.search, self.nothing, self.contents)
        beside.setStretch(2, 1)
        left.setLayout(beside)
        bar = hbox(self.back, self.forward)
        bar.addStretch()
        for button in (self.smaller, self.larger):
            bar.addWidget(button)
        right = vbox(spacing=SPACING)
        right.addLayout(bar)
        right.addWidget(self.page, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, 2 * SPACING)
        layout.setSpacing(2 * SPACING)
        layout.addWidget(left)
        layout.addLayout(right, 1)

    def _fill(self) -> None:
        """The chapters of the language, and on the page the one that is shown."""
        shown, self.chapters = self.shown, chapters()
        self.contents.clear()
        for chapter in self.chapters:
            item = QListWidgetItem(chapter.title)
            item.setData(Qt.ItemDataRole.UserRole, chapter.name)
            item.setToolTip(chapter.title)
            item.setSizeHint(QSize(0, MIN_TARGET))
            self.contents.addItem(item)
        if shown:
            self.page.setSource(_url(self._chapter(shown)))
            self._look_for(self.search.text())

    def _connect(self) -> None:
        self.search.textChanged.connect(self._look_for)
        self.search.installEventFilter(self)
        self.contents.currentItemChanged.connect(self._pick)
        self.page.sourceChanged.connect(self._mark)
        self.page.historyChanged.connect(self._follow)  # only then is the new chapter the page's source
        self.page.historyChanged.connect(self._show_possible)
        self.back.clicked.connect(self.page.backward)
        self.forward.clicked.connect(self.page.forward)
        self.smaller.clicked.connect(lambda: self.page.zoom(-1))
        self.larger.clicked.connect(lambda: self.page.zoom(1))
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.setFocus)
        QShortcut(QKeySequence("Ctrl+0"), self, lambda: self.page.zoom(0))
        QShortcut(QKeySequence("Ctrl+="), self, lambda: self.page.zoom(1))

    # what is looked for

    def _look_for(self, text: str) -> None:
        """List the chapters that hold all the words, and show where in the one that is open."""
        found = [chapter.name for chapter in self.chapters if contains_words(chapter, text)]
        for item in self._items():
            item.setHidden(item.data(Qt.ItemDataRole.UserRole) not in found)
        self.nothing.setVisible(not found)
        if found and self.shown not in found:
            self.page.setSource(_url(self._chapter(found[0])))
        self.page.mark(text.split() if found else [])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter in the search goes to the next place, Down to the chapters; Esc first empties it."""
        if event.type() is not QEvent.Type.KeyPress:
            return False
        match event.key():  # type: ignore[attr-defined]
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.page.next_place()
            case Qt.Key.Key_Down:
                self.contents.setFocus()
            case Qt.Key.Key_Escape if self.search.text():
                self.search.clear()
            case _:
                return False
        return True

    # what is shown

    def _pick(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.data(Qt.ItemDataRole.UserRole) != self.shown:
            self.page.setSource(_url(self._chapter(item.data(Qt.ItemDataRole.UserRole))))

    def _follow(self) -> None:
        for item in self._items():
            if item.data(Qt.ItemDataRole.UserRole) == self.shown:
                self.contents.setCurrentItem(item)

    def _mark(self) -> None:
        self.page.mark(self.search.text().split())

    def _show_possible(self) -> None:
        self.back.setEnabled(self.page.isBackwardAvailable())
        self.forward.setEnabled(self.page.isForwardAvailable())

    def _items(self) -> list[QListWidgetItem]:
        return [self.contents.item(i) for i in range(self.contents.count())]

    def _chapter(self, name: str) -> Chapter:
        return next((chapter for chapter in self.chapters if chapter.name == name), self.chapters[0])


def _url(chapter: Chapter) -> QUrl:
    return QUrl.fromLocalFile(str(chapter.path))


def _button(text: str, key: QKeySequence.StandardKey) -> QPushButton:
    button = QPushButton()
    button.setObjectName("segment")
    button.setAutoDefault(False)
    keep_said(button, lambda: _say_button(button, tr(text), QKeySequence(key)))
    return button


def _say_button(button: QPushButton, text: str, key: QKeySequence) -> None:
    shown = key.toString(QKeySequence.SequenceFormat.NativeText)
    button.setText(text)
    button.setShortcut(key)  # a new text would take it away
    button.setToolTip(f"{text} ({shown})" if shown else text)
