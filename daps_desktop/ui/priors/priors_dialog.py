"""The dialog of priors: what is installed, what can be imported from a file, and what can be downloaded."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from daps_desktop.base.i18n import N_, tr
from daps_desktop.jobs.published_priors import PUBLIC_PRIORS, PublicPrior
from daps_desktop.ui.common.file_dialogs import ask_file, ask_folder
from daps_desktop.ui.common.live_text import Words, say
from daps_desktop.ui.common.theme import MIN_TARGET, SPACING
from daps_desktop.ui.common.widgets import Section, hbox, label, vbox
from daps_desktop.ui.priors.prior_text import InstalledPrior, details, good_for, plain, published_details

TITLE = N_("Priors")
FETCH, STOP, REMOVE = N_("Fetch"), N_("Stop"), N_("Remove")
LEDE = N_("A prior tells the program how photographs look. What it never saw it cannot redraw well.")
ONLINE = N_(
    "This is the only place where the program uses the network, and only while a prior is being fetched. "
    "Fetched priors stay on this computer. How well they repair photos has not been measured here."
)
FILTER = N_("Weights (*.safetensors *.pt *.pth *.ckpt *.bin)")
_SIZE = (560, 720)
DETAILS = N_("Technical details")


class InstalledPriorCard(QFrame):
    """What is known of one installed prior, and a button to remove it."""

    remove_pressed = Signal(str)

    def __init__(self, prior: InstalledPrior) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName(prior.name)
        name = label(lambda: prior.name, "heading")
        self.plain = label(partial(plain, prior.size_mb, prior.licence), "caption")
        self.details = _Fold(partial(details, prior))
        self.details.words.setToolTip(f"SHA-256 {prior.sha256}")
        self.remove = say(QPushButton(), text=REMOVE)
        self.remove.setObjectName("segment")
        say(self.remove, accessibleName=lambda: f"{tr(REMOVE)}: {prior.name}")
        self.remove.setVisible(not prior.built_in)
        self.remove.clicked.connect(lambda: self.remove_pressed.emit(prior.name))
        head = hbox(name, self.remove)
        head.setStretch(0, 1)
        layout = vbox(spacing=2, margin=SPACING)
        layout.addLayout(head)
        layout.addWidget(label(partial(good_for, prior)))
        layout.addWidget(self.plain)
        layout.addWidget(self.details)
        self.setLayout(layout)


class _Fold(QWidget):
    """Terms of the trade, for those who ask for them."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.head = say(QToolButton(), text=DETAILS)
        self.head.setObjectName("quiet")
        self.head.setCheckable(True)
        self.head.setArrowType(Qt.ArrowType.RightArrow)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setMinimumHeight(MIN_TARGET)
        self.words = label(words, "caption")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setVisible(False)
        self.setLayout(vbox(self.head, self.words, spacing=0))
        self.head.toggled.connect(self._open)

    def _open(self, opened: bool) -> None:
        self.head.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        self.words.setVisible(opened)


class PriorsDialog(QDialog):
    """Shows the cards and what is going on; does nothing of its own."""

    help_chapter = "priors"

    remove_pressed = Signal(str)
    import_pressed = Signal(Path)
    fetch_pressed = Signal(str)
    stop_pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        say(self, windowTitle=TITLE)
        self.resize(*_SIZE)
        self.trouble = label("", "wrong")
        say(self.trouble, accessibleDescription=N_("Error"))
        self.trouble.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.trouble.setVisible(False)
        self.cards: list[InstalledPriorCard] = []
        self._cards_layout = vbox()
        installed = QWidget()
        installed.setLayout(self._cards_layout)
        self.waiting = label(N_("Checking installed priors…"), "caption")
        self.from_file = _button(N_("Import a file…"))
        self.from_folder = _button(N_("Import a folder…"))
        self.fetches = [_FetchRow(prior) for prior in PUBLIC_PRIORS]
        self.repository = QLineEdit()
        self.repository.setMinimumHeight(MIN_TARGET)
        say(self.repository, placeholderText=N_("publisher/name or publisher/name/file"))
        say(self.repository, accessibleName=N_("Another repository of the hub"))
        self.fetch_other = _button(FETCH)
        self.going_on = label("")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        say(self.bar, accessibleName=N_("Progress"))
        self.stop = _button(STOP)
        self._busy = QWidget()
        self._busy.setLayout(self._busy_layout())
        self._busy.setVisible(False)
        self._assemble(installed)
        self._connect()

    def _busy_layout(self) -> QVBoxLayout:
        words = hbox(self.going_on, self.stop)
        words.setStretch(0, 1)
        layout = vbox(spacing=SPACING // 2)
        layout.addLayout(words)
        layout.addWidget(self.bar)
        return layout

    def _assemble(self, installed: QWidget) -> None:
        files = QWidget()
        layout = hbox(self.from_file, self.from_folder)
        layout.addStretch()
        files.setLayout(layout)
        other = QWidget()
        other.setLayout(hbox(self.repository, self.fetch_other))
        page = QWidget()
        page.setObjectName("panel")
        sections = vbox(
            label(LEDE),
            Section(N_("Installed"), self.waiting, installed, files),
            Section(N_("From the Hugging Face hub"), label(ONLINE, "caption"), *self.fetches, other),
            spacing=3 * SPACING,
            margin=2 * SPACING,
        )
        sections.addStretch()
        page.setLayout(sections)
        scroll = QScrollArea()
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        below = QWidget()
        below.setLayout(vbox(self.trouble, self._busy, margin=2 * SPACING))
        layout = vbox(scroll, below, spacing=0)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def _connect(self) -> None:
        importing = N_("Import a prior")
        self.from_file.clicked.connect(
            lambda: ask_file(self, tr(importing), Path.home(), tr(FILTER), self.import_pressed.emit)
        )
        self.from_folder.clicked.connect(
            lambda: ask_folder(self, tr(importing), Path.home(), self.import_pressed.emit)
        )
        self.stop.clicked.connect(self.stop_pressed)
        for fetch in self.fetches:
            fetch.button.clicked.connect(lambda _=False, fetch=fetch: self.fetch_pressed.emit(fetch.place))
        self.fetch_other.clicked.connect(self._fetch_other)
        self.repository.returnPressed.connect(self._fetch_other)

    def _fetch_other(self) -> None:
        if name := self.repository.text().strip():
            self.fetch_pressed.emit(name)

    def show_installed(self, priors: list[InstalledPrior]) -> None:
        for card in self.cards:
            card.deleteLater()
        self.cards = [InstalledPriorCard(prior) for prior in priors]
        for card in self.cards:
            card.remove_pressed.connect(self.remove_pressed)
            self._cards_layout.addWidget(card)
        self.waiting.setVisible(not priors)

    def show_trouble(self, sentence: str) -> None:
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))

    def show_busy(self, words: Words, percent: int | None = None) -> None:
        """What is going on, and how far where that is known; no words where nothing is."""
        say(self.going_on, text=words)
        self.bar.setRange(0, 0 if percent is None else 100)
        self.bar.setValue(percent or 0)
        self._busy.setVisible(bool(words))
        idle = not words
        for button in (self.from_file, self.from_folder, self.fetch_other, *(f.button for f in self.fetches)):
            button.setEnabled(idle)
        for card in self.cards:
            card.remove.setEnabled(idle)


class _FetchRow(QWidget):
    def __init__(self, prior: PublicPrior) -> None:
        super().__init__()
        self.place = prior.place
        self.button = _button(FETCH)
        say(self.button, accessibleName=lambda: f"{tr(FETCH)}: {prior.place}")
        words = QWidget()
        short = label(partial(plain, prior.size_mb, prior.licence), "caption")
        words.setLayout(vbox(label(prior.shows), short, _Fold(partial(published_details, prior)), spacing=0))
        layout = hbox(words, self.button)
        layout.setStretch(0, 1)
        self.setLayout(layout)


def _button(text: str) -> QPushButton:
    button = say(QPushButton(), text=text)
    button.setObjectName("segment")
    button.setAutoDefault(False)
    return button
