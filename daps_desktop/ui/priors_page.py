"""The Priors page: what is installed, what can be brought in from a file, and what can be fetched."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from daps_desktop.core.language import mark, number, tr
from daps_desktop.core.public_priors import PUBLIC_PRIORS, PublicPrior
from daps_desktop.ui import text
from daps_desktop.ui.actions import Actions
from daps_desktop.ui.file_dialogs import ask_file, ask_folder
from daps_desktop.ui.own_program import OwnProgram
from daps_desktop.ui.panels.advanced_fold import AdvancedFold
from daps_desktop.ui.panels.parts import Section, column, label, row
from daps_desktop.ui.theme import GRID, HIT

TITLE = tr("Priors")
FETCH, STOP, REMOVE = tr("Fetch"), tr("Stop"), tr("Remove")
LEDE = tr("A prior tells the program how photographs look. What it never saw it cannot redraw well.")
ONLINE = tr(
    "This is the only place where the program uses the network, and only while a prior is being fetched. "
    "Fetched priors stay on this computer. How well they repair photos has not been measured here."
)
SMALL_DENOISER = mark("A small denoiser of everyday photographs: it knows texture and structure, not faces.")
NOT_MEASURED = tr("not measured")
NOTED_AT_FIRST = tr("not known; noted at the first download and compared from then on")
FILTER = tr("Weights (*.safetensors *.pt *.pth *.ckpt *.bin)")
_SIZE = (560, 720)
_SHORT_HASH = 12  # letters


@dataclass(frozen=True, slots=True)
class Installed:
    """One line of `priors list --json`."""

    name: str
    description: str
    licence: str
    source: str
    quality: str
    size_mb: float
    parameters_m: float
    trained_size: int
    sha256: str
    built_in: bool

    @classmethod
    def of(cls, line: str) -> "Installed":
        told: dict[str, Any] = json.loads(line)
        return cls(
            told["name"], told["description"], told["licence"], told["source"], told["quality"],
            told["size_bytes"] / 1e6, told["parameters"] / 1e6, told["trained_size"], told["sha256"],
            told["built_in"],
        )  # fmt: skip


class PriorCard(QFrame):
    """What is known of one installed prior, and a button to remove it."""

    remove_pressed = Signal(str)

    def __init__(self, prior: Installed) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName(prior.name)
        name = label(prior.name, "heading")
        size = f"{number(prior.size_mb, 1 if prior.size_mb < 100 else 0)} MB"
        self.facts = label(_facts(prior, size), "caption")
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.facts.setToolTip(f"SHA-256 {prior.sha256}")
        self.remove = QPushButton(REMOVE)
        self.remove.setObjectName("segment")
        self.remove.setAccessibleName(f"{REMOVE}: {prior.name}")
        self.remove.setVisible(not prior.built_in)
        self.remove.clicked.connect(lambda: self.remove_pressed.emit(prior.name))
        head = row(name, self.remove)
        head.setStretch(0, 1)
        layout = column(spacing=2, margin=GRID)
        layout.addLayout(head)
        layout.addWidget(label(_known(prior.description)))
        layout.addWidget(self.facts)
        self.setLayout(layout)


def _facts(prior: Installed, size: str) -> str:
    lines = (
        (tr("Size"), tr("{size}, {count:.1f} million numbers, taught squares of {side} pixels").format(
            size=size, count=prior.parameters_m, side=prior.trained_size)),
        (tr("Licence"), prior.licence),
        (tr("Source"), _source(prior)),
        (tr("Measured"), prior.quality or NOT_MEASURED),
        (tr("Checksum"), f"{prior.sha256[:_SHORT_HASH]}…"),
    )  # fmt: skip
    words = tr("{name}: {value}")
    return "\n".join(words.format(name=name, value=value) for name, value in lines)


def _source(prior: Installed) -> str:
    unsaid = tr("comes with the program") if prior.built_in else tr("a file on this computer")
    return _known(prior.source) or unsaid


def _known(words: str) -> str:
    """What a card says, translated where it is that of a built-in prior; for no words gettext has others."""
    return tr(words) if words else ""


class PriorsPage(QDialog):
    """Shows the cards and what is going on; does nothing by itself."""

    remove_pressed = Signal(str)
    import_pressed = Signal(Path)
    fetch_pressed = Signal(str)
    stop_pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(TITLE)
        self.resize(*_SIZE)
        self.trouble = label("", "wrong")
        self.trouble.setAccessibleDescription(tr("Error"))
        self.trouble.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.trouble.setVisible(False)
        self.cards: list[PriorCard] = []
        self._cards_layout = column()
        installed = QWidget()
        installed.setLayout(self._cards_layout)
        self.waiting = label(tr("Looking what is installed…"), "caption")
        self.from_file = _button(tr("Import a file…"))
        self.from_folder = _button(tr("Import a folder…"))
        self.fetches = [_FetchRow(prior.place, *_said(prior)) for prior in PUBLIC_PRIORS]
        self.repository = QLineEdit()
        self.repository.setMinimumHeight(HIT)
        self.repository.setPlaceholderText(tr("publisher/name or publisher/name/file"))
        self.repository.setAccessibleName(tr("Another repository of the hub"))
        self.fetch_other = _button(FETCH)
        self.going_on = label("")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.stop = _button(STOP)
        self._busy = QWidget()
        self._busy.setLayout(self._busy_layout())
        self._busy.setVisible(False)
        self._assemble(installed)
        self._connect()

    def _busy_layout(self) -> QVBoxLayout:
        words = row(self.going_on, self.stop)
        words.setStretch(0, 1)
        layout = column(spacing=GRID // 2)
        layout.addLayout(words)
        layout.addWidget(self.bar)
        return layout

    def _assemble(self, installed: QWidget) -> None:
        files = QWidget()
        layout = row(self.from_file, self.from_folder)
        layout.addStretch()
        files.setLayout(layout)
        other = QWidget()
        other.setLayout(row(self.repository, self.fetch_other))
        page = QWidget()
        page.setObjectName("panel")
        sections = column(
            label(LEDE),
            Section(tr("Installed"), self.waiting, installed, files),
            Section(tr("From the Hugging Face hub"), label(ONLINE, "caption"), *self.fetches, other),
            spacing=3 * GRID,
            margin=2 * GRID,
        )
        sections.addStretch()
        page.setLayout(sections)
        scroll = QScrollArea()
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        below = QWidget()
        below.setLayout(column(self.trouble, self._busy, margin=2 * GRID))
        layout = column(scroll, below, spacing=0)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def _connect(self) -> None:
        importing = tr("Import a prior")
        self.from_file.clicked.connect(
            lambda: ask_file(self, importing, Path.home(), FILTER, self.import_pressed.emit)
        )
        self.from_folder.clicked.connect(
            lambda: ask_folder(self, importing, Path.home(), self.import_pressed.emit)
        )
        self.stop.clicked.connect(self.stop_pressed)
        for fetch in self.fetches:
            fetch.button.clicked.connect(lambda _=False, fetch=fetch: self.fetch_pressed.emit(fetch.place))
        self.fetch_other.clicked.connect(self._fetch_other)
        self.repository.returnPressed.connect(self._fetch_other)

    def _fetch_other(self) -> None:
        if name := self.repository.text().strip():
            self.fetch_pressed.emit(name)

    def show_installed(self, priors: list[Installed]) -> None:
        for card in self.cards:
            card.deleteLater()
        self.cards = [PriorCard(prior) for prior in priors]
        for card in self.cards:
            card.remove_pressed.connect(self.remove_pressed)
            self._cards_layout.addWidget(card)
        self.waiting.setVisible(not priors)

    def show_trouble(self, sentence: str) -> None:
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))

    def show_busy(self, words: str, percent: int | None = None) -> None:
        """What is going on, and how far where that is known; no words where nothing is."""
        self.going_on.setText(words)
        self.bar.setRange(0, 0 if percent is None else 100)
        self.bar.setValue(percent or 0)
        self._busy.setVisible(bool(words))
        idle = not words
        for button in (self.from_file, self.from_folder, self.fetch_other, *(f.button for f in self.fetches)):
            button.setEnabled(idle)
        for card in self.cards:
            card.remove.setEnabled(idle)


class _FetchRow(QWidget):
    def __init__(self, place: str, shows: str, facts: str) -> None:
        super().__init__()
        self.place = place
        self.button = _button(FETCH)
        self.button.setAccessibleName(f"{FETCH}: {place}")
        words = QWidget()
        words.setLayout(column(label(shows), label(facts, "caption"), spacing=0))
        layout = row(words, self.button)
        layout.setStretch(0, 1)
        self.setLayout(layout)


def _said(prior: PublicPrior) -> tuple[str, str]:
    checksum = f"{prior.sha256[:_SHORT_HASH]}…" if prior.sha256 else NOTED_AT_FIRST
    lines = (
        (tr("Code and weights"), prior.licence),
        (tr("Learned from"), tr(prior.data)),
        (tr("Checksum"), checksum),
    )
    words = tr("{name}: {value}")
    facts = (words.format(name=name, value=value) for name, value in lines)
    return tr(prior.shows), "\n".join((f"{prior.place} – {prior.size_mb} MB", *facts))


def _button(words: str) -> QPushButton:
    button = QPushButton(words)
    button.setObjectName("segment")
    button.setAutoDefault(False)
    return button


class PriorsControl(QObject):
    """Opens the page and has this program's own commands do what is pressed there, in a process each."""

    def __init__(self, window: QWidget, actions: Actions, fold: AdvancedFold) -> None:
        super().__init__(window)
        self._window, self._fold = window, fold
        self.page: PriorsPage | None = None
        self.listing, self.work = OwnProgram(self), OwnProgram(self)
        self._found: list[Installed] = []
        self._doing = ""
        actions.connect("priors", self.open)
        fold.head.toggled.connect(lambda opened: self.look() if opened else None)
        self.listing.said.connect(lambda line: self._found.append(Installed.of(line)))
        self.listing.ended.connect(self._show_found)
        self.work.said.connect(self._show_progress)
        self.work.ended.connect(self._finish)

    def open(self) -> None:
        if self.page is None:
            self.page = self._new_page()
        self.page.show()
        self.page.activateWindow()
        self.look()

    def look(self) -> None:
        """Ask what is installed; the answer goes to the page and to the choice under Advanced."""
        if not self.listing.running:
            self._found = []
            self.listing.start("priors", "list", "--json")

    def close(self) -> None:
        """End what is under way; a transfer goes on from there the next time."""
        for program in (self.listing, self.work):
            if program.running:
                program.stop()

    def _new_page(self) -> PriorsPage:
        page = PriorsPage(self._window)
        page.import_pressed.connect(
            lambda path: self._do(tr("Importing {name}…").format(name=path.name), "import", str(path))
        )
        page.fetch_pressed.connect(
            lambda name: self._do(tr("Fetching {name}…").format(name=name), "fetch", name)
        )
        page.remove_pressed.connect(self._ask_remove)
        page.stop_pressed.connect(self.work.stop)
        return page

    def _ask_remove(self, name: str) -> None:
        box = QMessageBox(self.page)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(tr("Remove the prior?"))
        box.setText(tr("{name} is deleted from this computer.").format(name=name))
        remove = box.addButton(REMOVE, QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(text.CANCEL, QMessageBox.ButtonRole.RejectRole))
        remove.clicked.connect(lambda: self._do(tr("Removing {name}…").format(name=name), "remove", name))
        box.open()

    def _do(self, words: str, *arguments: str) -> None:
        if self.work.running or self.page is None:
            return
        self._doing = words
        self.page.show_trouble("")
        self.page.show_busy(words)
        self.work.start("priors", *arguments)

    def _show_progress(self, line: str) -> None:
        """Fetching says how many bytes of how many are here; anything else is for people at a terminal."""
        numbers = line.split()
        if self.page is None or len(numbers) != 2 or not all(number.isdigit() for number in numbers):
            return
        here, total = (int(number) for number in numbers)
        amount = tr("{here:.0f} of {total:.0f} MB").format(here=here / 1e6, total=total / 1e6)
        self.page.show_busy(f"{self._doing} {amount}", 100 * here // max(total, 1))

    def _finish(self, error: str) -> None:
        if self.page is not None:
            self.page.show_busy("")
            self.page.show_trouble(error)
        self.look()

    def _show_found(self, error: str) -> None:
        if error:
            if self.page is not None:
                self.page.show_trouble(error)
            return
        self._fold.show_priors([prior.name for prior in self._found])
        if self.page is not None:
            self.page.show_installed(self._found)
