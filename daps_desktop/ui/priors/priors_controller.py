"""Opens the dialog of priors and runs what its buttons ask for."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import (
    QMessageBox,
    QWidget,
)

from daps_desktop.base.i18n import N_, phrase, tr
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.live_text import Words, said, say
from daps_desktop.ui.panels.advanced_section import AdvancedSection
from daps_desktop.ui.priors.cli_process import CliProcess
from daps_desktop.ui.priors.prior_text import InstalledPrior
from daps_desktop.ui.priors.priors_dialog import REMOVE, PriorsDialog


class PriorsController(QObject):
    """Opens the page and has this program's own commands do what is pressed there, in a process each."""

    def __init__(self, window: QWidget, actions: Actions, fold: AdvancedSection) -> None:
        super().__init__(window)
        self._window, self._fold = window, fold
        self.page: PriorsDialog | None = None
        self.listing, self.work = CliProcess(self), CliProcess(self)
        self._found: list[InstalledPrior] = []
        self._doing: Words = ""
        actions.connect("priors", self.open)
        fold.head.toggled.connect(lambda opened: self.refresh() if opened else None)
        self.listing.printed.connect(lambda line: self._found.append(InstalledPrior.of(line)))
        self.listing.ended.connect(self._show_found)
        self.work.printed.connect(self._show_progress)
        self.work.ended.connect(self._finish)

    def open(self) -> None:
        if self.page is None:
            self.page = self._new_page()
        self.page.show()
        self.page.activateWindow()
        self.refresh()

    def refresh(self) -> None:
        """Ask what is installed; the answer goes to the page and to the choice under Advanced."""
        if not self.listing.running:
            self._found = []
            self.listing.start("priors", "list", "--json")

    def close(self) -> None:
        """End what is under way; a transfer goes on from there the next time."""
        for program in (self.listing, self.work):
            if program.running:
                program.stop()

    def _new_page(self) -> PriorsDialog:
        page = PriorsDialog(self._window)
        page.import_pressed.connect(
            lambda path: self._do(phrase(N_("Importing {name}…"), name=path.name), "import", str(path))
        )
        page.fetch_pressed.connect(
            lambda name: self._do(phrase(N_("Fetching {name}…"), name=name), "fetch", name)
        )
        page.remove_pressed.connect(self._ask_remove)
        page.stop_pressed.connect(self.work.stop)
        return page

    def _ask_remove(self, name: str) -> None:
        box = QMessageBox(self.page)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        say(box, windowTitle=N_("Remove the prior?"))
        box.setText(tr("{name} is deleted from this computer.").format(name=name))
        remove = box.addButton(tr(REMOVE), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(tr(labels.CANCEL), QMessageBox.ButtonRole.RejectRole))
        remove.clicked.connect(lambda: self._do(phrase(N_("Removing {name}…"), name=name), "remove", name))
        box.open()

    def _do(self, words: Words, *arguments: str) -> None:
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
        amount = phrase(N_("{here:.0f} of {total:.0f} MB"), here=here / 1e6, total=total / 1e6)
        doing = self._doing
        self.page.show_busy(lambda: f"{said(doing)} {amount}", 100 * here // max(total, 1))

    def _finish(self, error: str) -> None:
        if self.page is not None:
            self.page.show_busy("")
            self.page.show_trouble(error)
        self.refresh()

    def _show_found(self, error: str) -> None:
        if error:
            if self.page is not None:
                self.page.show_trouble(error)
            return
        self._fold.show_priors([prior.name for prior in self._found])
        if self.page is not None:
            self.page.show_installed(self._found)
