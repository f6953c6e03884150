"""The parts of the main window and where they lie: each is built once, and given what it works on."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from daps_desktop.base.paths import user_folder
from daps_desktop.document.journal import journal_folder
from daps_desktop.ui.album.album_controller import AlbumController
from daps_desktop.ui.album.split_controller import SplitController
from daps_desktop.ui.canvas.canvas import Canvas
from daps_desktop.ui.canvas.drawing.compare_state import CompareState
from daps_desktop.ui.canvas.overlay_menu import OverlayMenu
from daps_desktop.ui.canvas.tool_actions import ToolActions
from daps_desktop.ui.canvas.toolbox import ToolBox
from daps_desktop.ui.check.check_controller import CheckController
from daps_desktop.ui.check.check_panel import CheckPanel
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.common.focus_frame import FocusFrame
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import Theme
from daps_desktop.ui.common.widgets import vbox
from daps_desktop.ui.files.autosave import Autosave
from daps_desktop.ui.files.crash_recovery import CrashRecovery
from daps_desktop.ui.files.export_controller import ExportController
from daps_desktop.ui.files.file_controller import FileController
from daps_desktop.ui.files.marks_files import MarksFiles
from daps_desktop.ui.files.project_controller import ProjectController
from daps_desktop.ui.files.recent_files import RecentFiles
from daps_desktop.ui.files.recipe_controller import RecipeController
from daps_desktop.ui.framing.frame_controller import FrameController
from daps_desktop.ui.help.help_controller import HelpController
from daps_desktop.ui.models.detail_model import DetailModel
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.estimate_model import EstimateModel
from daps_desktop.ui.models.find_model import FindModel
from daps_desktop.ui.models.heal_model import HealModel
from daps_desktop.ui.models.job_model import JobModel
from daps_desktop.ui.models.profile_model import ProfileModel
from daps_desktop.ui.panels.task_panel import TaskPanel
from daps_desktop.ui.priors.priors_controller import PriorsController
from daps_desktop.ui.results.compare_actions import CompareController
from daps_desktop.ui.results.compare_bar import CompareBar
from daps_desktop.ui.results.result_view import ResultView
from daps_desktop.ui.results.version_compositor import CompositorView, VersionCompositor
from daps_desktop.ui.results.versions_controller import VersionsController
from daps_desktop.ui.shell.appearance_menu import AppearanceMenu
from daps_desktop.ui.shell.pane_navigation import PaneNavigation, no_focus_on_click
from daps_desktop.ui.shell.shortcuts import Shortcuts
from daps_desktop.ui.shell.status_line import StatusLine
from daps_desktop.ui.shell.toolbar import ToolBar
from daps_desktop.ui.shell.welcome_page import WelcomePage
from daps_desktop.ui.shell.window_layout import add_dock, scrolled
from daps_desktop.ui.workflow.colour_preview import ColourPreview
from daps_desktop.ui.workflow.diagnosis_controller import DiagnosisController
from daps_desktop.ui.workflow.healing import Healing
from daps_desktop.ui.workflow.proposal_review import ProposalReview
from daps_desktop.ui.workflow.run_controller import RunController
from daps_desktop.ui.workflow.trace_review import TraceReview

PREVIEW_SIDE = 768  # pixels: enough for the canvas, little enough to send ten times a second


class WindowParts(QMainWindow):
    """Tool strip left, canvas centre, task panel right, check panel and status line below."""

    def __init__(self, model: DocumentModel, job: JobModel, theme: Theme) -> None:
        super().__init__()
        self.model, self.job, self.theme = model, job, theme
        self.background = BackgroundRunner(self)
        self.files = FileController(model, job, self.background, self)
        self.compare = CompareState(self)
        self.tools = ToolBox(model, self.background, self)
        self.canvas = Canvas(self.tools, self.compare)
        self.result_view = ResultView(model, job, self.canvas, self.compare, self.background)
        self.actions_ = Actions(self)
        self.compare_controller = CompareController(self.compare, self.actions_)
        self.exporting = ExportController(self, model, self.files, self.actions_, self.background)
        self.marks = MarksFiles(self, model, self.files, self.actions_, self.background)
        self.recipes = RecipeController(self, model, job, self.files, self.actions_, self.background)
        self.album = AlbumController(self, model, job, self.files, self.actions_, self.background)
        self.shortcuts = Shortcuts(self.actions_, self)
        self.appearance = AppearanceMenu(self.actions_.menus[labels.MENU_VIEW], theme, self)
        self.overlay_menu = OverlayMenu(
            self.actions_.menus[labels.MENU_VIEW], self.canvas.overlay, model, self
        )
        self.tool_actions = ToolActions(self.actions_, self.tools, model, self.background, self)
        self.panel = TaskPanel(model, job, self.tools, self.actions_)
        self.search = FindModel(model, job, self)
        self.search.failed.connect(self.panel.run_box.banner.show_error)
        self.finder = ProposalReview(
            model, self.search, self.canvas, self.tools, self.actions_, self.panel.where.finding, self
        )
        self.traces = TraceReview(model, self.canvas, self.compare, self.actions_, self.panel.run_box, self)
        self.finder.waited_for.connect(self.panel.show_waiting)
        self.heal = HealModel(model, job, self)
        self.heal.failed.connect(self.panel.run_box.banner.show_error)
        self.healing = Healing(model, self.heal, self.canvas, self)
        self.detail = DetailModel(model, job, self)
        self.detail.changed.connect(self.panel.cards.blur.detail.show_detail)
        self.detail.failed.connect(self.panel.cards.blur.detail.show_error)
        self.profile = ProfileModel(model, job, self)
        self.examiner = DiagnosisController(model, self.profile, self.search, self.panel, self)
        self.splitting = SplitController(
            self, model, self.profile, self.panel.prints, self.album, self.actions_, self.background
        )
        self.colour_preview = ColourPreview(model, self.canvas, self.background, self)
        self.versions = VersionsController(model, job, self.actions_, self.background, PREVIEW_SIDE)
        stage = CompositorView(self.canvas, self.compare, self.result_view)
        self.painting = VersionCompositor(model, self.versions.panel, self.actions_, stage, self.background)
        self.versions.source_chosen.connect(self.painting.begin)
        self.check = CheckPanel(theme.colours, self.actions_)
        self.check_controller = CheckController(
            model, self.check, self.canvas, self.actions_, self.files, self.background
        )
        self.status = StatusLine()
        self.welcome = WelcomePage(self.actions_)
        self.priors = PriorsController(self, self.actions_, self.panel.how.fold)
        self.help = HelpController(self, self.actions_)
        self.forecast = EstimateModel(model, job, self)
        self.profile.changed.connect(self.forecast.ask_soon)
        self.priors.changed.connect(self.forecast.forget)
        self.forecast.changed.connect(self.panel.how.show_times)
        self.forecast.hardware_known.connect(lambda words: say(self.welcome.hardware, text=words))
        journals = journal_folder(user_folder())
        self.autosave = Autosave(model, self.files, journals, self)
        self.projects = ProjectController(
            model, self.files, self.autosave, self.canvas, self.background, self
        )
        self.recent = RecentFiles(self.files, self.background, self.actions_.menus[labels.MENU_FILE], self)
        self.recovery = CrashRecovery(self.files, self.background, journals, self)
        self.framing = FrameController(
            self, model, job, self.files, self.canvas, self.tools, self.actions_, self.background
        )
        run_box = self.panel.run_box
        self.run_controller = RunController(
            self, model, job, self.actions_, run_box, self.status, self.status.hardware.text, self.files
        )
        self.run_controller.watch(self.welcome.banner)
        self.pages = QStackedWidget()
        self._arrange()
        self._open_to_the_keyboard()

    def _arrange(self) -> None:
        self.setAcceptDrops(True)
        room = self.screen().availableSize()
        self.resize(min(1440, room.width() - 40), min(900, room.height() - 80))
        self.compare_bar = CompareBar(self.compare, self.actions_)
        work = QWidget()
        self.framing.replaced = (self.compare_bar, self.canvas)
        layout = vbox(self.compare_bar, self.canvas, self.framing.editor, spacing=0)
        layout.setStretch(1, 1)
        layout.setStretch(2, 1)
        work.setLayout(layout)
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(work)
        self.setCentralWidget(self.pages)
        self.setStatusBar(self.status)
        # In the order in which Tab goes through them.
        right, below = Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea
        self.task_dock = add_dock(self, "task", labels.PANEL_NAME, self.panel, right)
        self.versions_dock = add_dock(self, "versions", labels.VERSIONS_TITLE, self.versions.panel, below)
        self.check_dock = add_dock(
            self, "check", labels.CHECK_TITLE, scrolled(self.check), below, self.check.head
        )
        self.tool_strip = ToolBar(self.actions_)
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self.tool_strip)
        self.splitDockWidget(self.versions_dock, self.check_dock, Qt.Orientation.Vertical)
        self.check_dock.hide()
        self.setCorner(Qt.Corner.BottomRightCorner, right)

    def _open_to_the_keyboard(self) -> None:
        no_focus_on_click(self)
        for part in (self.canvas, self.framing.editor.view, self.versions.panel.strip):
            FocusFrame(part)
        below = (self.versions_dock, self.check_dock)
        parts = (self.welcome, self.canvas, self.panel, *below, self.tool_strip, self.compare_bar)
        PaneNavigation(self, self.actions_, parts)
