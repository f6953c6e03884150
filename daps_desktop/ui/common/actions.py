"""Everything that can be done, as actions with a name, a shortcut and an icon; the menus show all of them."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QSizePolicy, QToolButton, QWidget

from daps_desktop.base.i18n import N_, tr
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.live_text import keep_said, say
from daps_desktop.ui.common.theme import MIN_TARGET, Colours, icon


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action. `keys` are all bound; the first is shown. None in a menu is a separator."""

    name: str
    label: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False


MENUS: tuple[tuple[str, tuple[ActionSpec | None, ...]], ...] = (
    (labels.MENU_FILE, (
        ActionSpec("open", N_("Open a photo or project…"), ("Ctrl+O",), "open"),
        ActionSpec("open_folder", N_("Open a folder…"), ("Ctrl+Shift+F",)),
        ActionSpec("paste", N_("Paste a picture"), ("Ctrl+V",)),
        ActionSpec("sample", N_("Open the sample"), ("Ctrl+Alt+O",)),
        None,
        ActionSpec("save_project", N_("Save project"), ("Ctrl+S",), "save"),
        ActionSpec("save_project_as", N_("Save project as…"), ("Ctrl+Shift+S",)),
        ActionSpec("save_result", N_("Save result"), ("Shift+S",)),
        ActionSpec("export", N_("Export result…"), ("Ctrl+E",)),
        ActionSpec("repeat", N_("Repeat from a recipe…"), ("Ctrl+Alt+R",)),
        None,
        ActionSpec("close", N_("Close photo"), ("Ctrl+W",)),
        ActionSpec("quit", N_("Quit"), ("Ctrl+Q",)),
    )),
    (labels.MENU_EDIT, (
        ActionSpec("undo", N_("Undo"), ("Ctrl+Z",), "undo"),
        ActionSpec("redo", N_("Redo"), ("Ctrl+Shift+Z", "Ctrl+Y"), "redo"),
        None,
        ActionSpec("copy", N_("Copy result"), ("Ctrl+C",)),
        None,
        ActionSpec("frame", N_("Frame…"), ("C",), "frame"),
    )),
    (labels.MENU_MASK, (
        ActionSpec("brush", N_("Brush"), ("B",), "brush", checkable=True),
        ActionSpec("eraser", N_("Eraser"), ("E",), "eraser", checkable=True),
        ActionSpec("rectangle", N_("Rectangle"), ("M", "R"), "rectangle", checkable=True),
        ActionSpec("lasso", N_("Lasso"), ("L",), "lasso", checkable=True),
        ActionSpec("polygon", N_("Polygon"), ("Shift+L",), "polygon", checkable=True),
        ActionSpec("wand", N_("Colour wand"), ("W",), "wand", checkable=True),
        None,
        ActionSpec("find", N_("Find scratches and dust"), ("F",)),
        ActionSpec("accept_found", N_("Accept what was found"), ("Return", "Enter")),
        ActionSpec("dismiss_found", N_("Dismiss what was found"), ("Esc",)),
        None,
        ActionSpec("swap", N_("Swap marking and erasing"), ("X",)),
        ActionSpec("smaller", N_("Smaller brush"), ("[",)),
        ActionSpec("larger", N_("Larger brush"), ("]",)),
        ActionSpec("softer", N_("Softer edge"), ("{",)),
        ActionSpec("harder", N_("Harder edge"), ("}",)),
        ActionSpec("heal", N_("Heal as you paint"), ("J",), checkable=True),
        ActionSpec("pen_pressure", N_("Pen pressure"), ("Shift+P",), checkable=True),
        None,
        ActionSpec("grow", N_("Grow marks"), ("G",)),
        ActionSpec("shrink", N_("Shrink marks"), ("Shift+G",)),
        ActionSpec("invert", N_("Invert marks"), ("Ctrl+Shift+I",)),
        ActionSpec("select_all", N_("Mark everything"), ("Ctrl+A",)),
        ActionSpec("clear", N_("Clear marks"), ("Delete", "Ctrl+D"), "clear"),
        None,
        ActionSpec("import_mask", N_("Import marks…"), ("Ctrl+Shift+O",)),
        ActionSpec("export_mask", N_("Export marks…"), ("Ctrl+Shift+E",)),
    )),
    (labels.MENU_VIEW, (
        ActionSpec("fit", N_("Fit in window"), ("Ctrl+0",), "fit"),
        ActionSpec("actual", N_("100 %"), ("Ctrl+1",)),
        ActionSpec("zoom_in", N_("Zoom in"), ("Ctrl++", "Ctrl+="), "zoom_in"),
        ActionSpec("zoom_out", N_("Zoom out"), ("Ctrl+-",), "zoom_out"),
        None,
        ActionSpec("overlay", N_("Show marks"), ("Q", "O"), "eye", checkable=True),
        ActionSpec("original", N_("Show original"), ("F5",), checkable=True),
        ActionSpec("preview", N_("Show the colours to come"), ("Shift+F5",), checkable=True),
        ActionSpec("split", N_("Show split"), ("F6",), checkable=True),
        ActionSpec("result", N_("Show result"), ("F7",), checkable=True),
        ActionSpec("side", N_("Show side by side"), ("F8",), checkable=True),
        ActionSpec("difference", N_("Show difference"), ("F9",), checkable=True),
        ActionSpec("weaker", N_("Show the difference less strongly"), (",",)),
        ActionSpec("stronger", N_("Show the difference more strongly"), (".",)),
        ActionSpec("next_compare", N_("Next way to compare"), ("Y",)),
        None,
        ActionSpec("check", N_("Check panel"), ("Ctrl+K",), "chart", checkable=True),
        ActionSpec("heat", N_("Show the map over the photo"), ("Ctrl+H",), checkable=True),
        ActionSpec("export_plot", N_("Export the plot as PNG…"), ("Ctrl+Alt+P",)),
        ActionSpec("export_steps", N_("Export the steps as CSV…"), ("Ctrl+Alt+T",)),
        ActionSpec("next_part", N_("Go to the next part of the window"), ("Ctrl+F6",)),
        ActionSpec("previous_part", N_("Go to the previous part of the window"), ("Ctrl+Shift+F6",)),
        ActionSpec("reset_layout", N_("Reset layout"), ("Ctrl+Shift+L",)),
    )),
    (labels.MENU_RESTORE, (
        ActionSpec("restore", labels.RESTORE, ("Ctrl+Return", "Ctrl+Enter")),
        ActionSpec("stop", labels.STOP, ("Shift+X",)),
        ActionSpec("stop_all", N_("Stop all"), ("Ctrl+Shift+X",)),
        None,
        ActionSpec("try_more", N_("Try 3 more"), ("Ctrl+T",)),
        ActionSpec("safest", N_("Average the samples"), ("Ctrl+M",)),
        None,
        ActionSpec("previous_version", N_("Previous version"), ("PgUp",)),
        ActionSpec("next_version", N_("Next version"), ("PgDown",)),
        ActionSpec("show_place", N_("Show where a trace is left"), ("Ctrl+J",)),
        ActionSpec("mark_places", N_("Mark where a trace is left"), ("Ctrl+Shift+J",)),
        ActionSpec("use_settings", N_("Use the settings of this version"), ("Ctrl+U",)),
        ActionSpec("rename_version", N_("Rename this version…"), ("F2",)),
        ActionSpec("delete_version", N_("Delete this version"), ("Shift+Delete",)),
        ActionSpec("paint_from", N_("Paint from this version"), ("Ctrl+B",)),
        ActionSpec("keep_painting", N_("Keep what was painted"), ("Ctrl+Shift+B",)),
        ActionSpec("drop_painting", N_("Drop what was painted"), ("Ctrl+Shift+Backspace",)),
        None,
        ActionSpec("save_recipe", N_("Save recipe…"), ("Ctrl+Alt+S",)),
        ActionSpec("load_recipe", N_("Load recipe…"), ("Ctrl+Alt+L",)),
        ActionSpec("copy_recipe", N_("Copy recipe"), ("Ctrl+Shift+C",)),
        ActionSpec("paste_recipe", N_("Paste recipe"), ("Ctrl+Shift+V",)),
        None,
        ActionSpec("priors", N_("Priors…"), ("Ctrl+Shift+P",)),
    )),
    (N_("&Album"), (
        ActionSpec("album", N_("Restore several photos…"), ("Ctrl+Alt+A",)),
        ActionSpec("split_scan", N_("Photos in this scan…"), ("Ctrl+Alt+C",)),
    )),
    (labels.MENU_HELP, (
        ActionSpec("help", N_("Guide"), ("F1",)),
        ActionSpec("shortcuts", N_("Keyboard shortcuts"), ("?",)),
        ActionSpec("copy_report", N_("Copy a report"), ("Ctrl+Shift+R",)),
        ActionSpec("about", labels.ABOUT_TITLE, ("Shift+F1",)),
    )),
)  # fmt: skip


class Actions:
    """The actions by name, and the menus that hold them."""

    def __init__(self, window: QMainWindow) -> None:
        self._by_name: dict[str, QAction] = {}
        self._icons: dict[str, str] = {}
        self._announced: list[Callable[[], object]] = []  # who shows keys, in tooltips and elsewhere
        self.specs: dict[str, ActionSpec] = {}
        self.menus: dict[str, QMenu] = {}
        for title, specs in MENUS:
            menu = self.menus[title] = say(window.menuBar().addMenu(""), title=title)
            for spec in specs:
                if spec is None:
                    menu.addSeparator()
                else:
                    menu.addAction(self._add(spec, window))
        keep_said(window, self._tell)

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def connect(self, name: str, handler: Callable[[], object]) -> None:
        """Call `handler` whenever the action is triggered, by menu, key or button."""
        self._by_name[name].triggered.connect(lambda _checked: handler())

    def names_by_menu(self) -> dict[str, list[str]]:
        """The names of the actions under the title of their menu, in order."""
        return {title: [spec.name for spec in specs if spec] for title, specs in MENUS}

    def set_keys(self, name: str, keys: list[QKeySequence]) -> None:
        """Bind the keys, of which the first is shown in tooltips."""
        self._by_name[name].setShortcuts(keys)
        self._show_tip(name)
        for show in self._announced:
            show()

    def keys(self, name: str) -> str:
        """The first key of the action as it is written on the keyboard; empty where it has none."""
        keys = self._by_name[name].shortcuts()
        return keys[0].toString(QKeySequence.SequenceFormat.NativeText) if keys else ""

    def tooltip(self, message: str, *names: str) -> str:
        """What a tooltip says: the message translated, and the keys of the actions as they are now."""
        words, shown = tr(message).rstrip("…"), " ".join(filter(None, map(self.keys, names)))
        return f"{words} ({shown})" if shown else words

    def set_explanation(self, widget: QWidget, message: str, *names: str, more: str = "") -> None:
        """A tooltip with the keys of the actions, which follows them; `more` is a message below."""
        self.announce_keys(
            lambda: widget.setToolTip("\n".join(filter(None, (self.tooltip(message, *names), tr(more)))))
        )

    def announce_keys(self, show: Callable[[], object]) -> None:
        """Call `show` now, and again whenever keys or the language are changed."""
        self._announced.append(show)
        show()

    def enable(self, names: tuple[str, ...], enabled: bool) -> None:
        for name in names:
            self._by_name[name].setEnabled(enabled)

    def set_colours(self, colours: Colours) -> None:
        for name, drawing in self._icons.items():
            self._by_name[name].setIcon(icon(drawing, colours))

    def _add(self, spec: ActionSpec, window: QMainWindow) -> QAction:
        action = say(QAction(window), text=spec.label)
        action.setObjectName(spec.name)
        action.setCheckable(spec.checkable)
        self._by_name[spec.name] = action
        self.specs[spec.name] = spec
        self.set_keys(spec.name, [QKeySequence(key) for key in spec.keys])
        if spec.icon:
            self._icons[spec.name] = spec.icon
        return action

    def _tell(self) -> None:
        for name in self._by_name:
            self._show_tip(name)
        for show in self._announced:
            show()

    def _show_tip(self, name: str) -> None:
        self._by_name[name].setToolTip(self.tooltip(self.specs[name].label, name))


def action_button(actions: Actions, name: str, wide: bool = False) -> QToolButton:
    """A button with the words, tooltip and state of its action; `wide` takes all the room there is."""
    button = QToolButton()
    button.setDefaultAction(actions[name])
    button.setObjectName("segment")
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    button.setMinimumHeight(MIN_TARGET)
    across = QSizePolicy.Policy.Expanding if wide else QSizePolicy.Policy.Minimum
    button.setSizePolicy(across, QSizePolicy.Policy.Fixed)
    return button
