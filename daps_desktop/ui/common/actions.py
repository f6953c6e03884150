"""Everything that can be done, as actions with a name, a shortcut and an icon; the menus show all of them."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from daps_desktop.base.i18n import tr
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.theme import Colours, icon


@dataclass(frozen=True, slots=True)
class Spec:
    """One action. `keys` are all bound; the first is shown. None in a menu is a separator."""

    name: str
    label: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False


MENUS: tuple[tuple[str, tuple[Spec | None, ...]], ...] = (
    (labels.MENU_FILE, (
        Spec("open", tr("Open a photo or project…"), ("Ctrl+O",), "open"),
        Spec("paste", tr("Paste a picture"), ("Ctrl+V",)),
        Spec("sample", tr("Open the sample"), ("Ctrl+Alt+O",)),
        None,
        Spec("save_project", tr("Save project"), ("Ctrl+S",), "save"),
        Spec("save_project_as", tr("Save project as…"), ("Ctrl+Shift+S",)),
        Spec("export", tr("Export result…"), ("Ctrl+E",)),
        Spec("repeat", tr("Repeat from a recipe…"), ("Ctrl+Alt+R",)),
        None,
        Spec("close", tr("Close photo"), ("Ctrl+W",)),
        Spec("quit", tr("Quit"), ("Ctrl+Q",)),
    )),
    (labels.MENU_EDIT, (
        Spec("undo", tr("Undo"), ("Ctrl+Z",), "undo"),
        Spec("redo", tr("Redo"), ("Ctrl+Shift+Z", "Ctrl+Y"), "redo"),
        None,
        Spec("copy", tr("Copy result"), ("Ctrl+C",)),
    )),
    (labels.MENU_MASK, (
        Spec("brush", tr("Brush"), ("B",), "brush", checkable=True),
        Spec("eraser", tr("Eraser"), ("E",), "eraser", checkable=True),
        Spec("rectangle", tr("Rectangle"), ("M", "R"), "rectangle", checkable=True),
        Spec("lasso", tr("Lasso"), ("L",), "lasso", checkable=True),
        Spec("polygon", tr("Polygon"), ("Shift+L",), "polygon", checkable=True),
        Spec("wand", tr("Colour wand"), ("W",), "wand", checkable=True),
        None,
        Spec("find", tr("Find scratches and dust"), ("F",)),
        Spec("accept_found", tr("Accept what was found"), ("Return", "Enter")),
        Spec("dismiss_found", tr("Dismiss what was found"), ("Esc",)),
        None,
        Spec("swap", tr("Swap marking and erasing"), ("X",)),
        Spec("smaller", tr("Smaller brush"), ("[",)),
        Spec("larger", tr("Larger brush"), ("]",)),
        Spec("softer", tr("Softer edge"), ("{",)),
        Spec("harder", tr("Harder edge"), ("}",)),
        Spec("pen_pressure", tr("Pen pressure"), ("Shift+P",), checkable=True),
        None,
        Spec("grow", tr("Grow marks"), ("G",)),
        Spec("shrink", tr("Shrink marks"), ("Shift+G",)),
        Spec("invert", tr("Invert marks"), ("Ctrl+Shift+I",)),
        Spec("select_all", tr("Mark everything"), ("Ctrl+A",)),
        Spec("clear", tr("Clear marks"), ("Delete", "Ctrl+D"), "clear"),
        None,
        Spec("import_mask", tr("Import marks…"), ("Ctrl+Shift+O",)),
        Spec("export_mask", tr("Export marks…"), ("Ctrl+Shift+E",)),
    )),
    (labels.MENU_VIEW, (
        Spec("fit", tr("Fit in window"), ("Ctrl+0",), "fit"),
        Spec("actual", tr("100 %"), ("Ctrl+1",)),
        Spec("zoom_in", tr("Zoom in"), ("Ctrl++", "Ctrl+="), "zoom_in"),
        Spec("zoom_out", tr("Zoom out"), ("Ctrl+-",), "zoom_out"),
        None,
        Spec("overlay", tr("Show marks"), ("Q", "O"), "eye", checkable=True),
        Spec("original", tr("Show original"), ("F5",), checkable=True),
        Spec("split", tr("Show split"), ("F6",), checkable=True),
        Spec("result", tr("Show result"), ("F7",), checkable=True),
        Spec("side", tr("Show side by side"), ("F8",), checkable=True),
        Spec("difference", tr("Show difference"), ("F9",), checkable=True),
        Spec("weaker", tr("Show the difference less strongly"), (",",)),
        Spec("stronger", tr("Show the difference more strongly"), (".",)),
        Spec("next_compare", tr("Next way to compare"), ("Y",)),
        None,
        Spec("check", tr("Check panel"), ("Ctrl+K",), "chart", checkable=True),
        Spec("heat", tr("Show the map over the photo"), ("Ctrl+H",), checkable=True),
        Spec("export_plot", tr("Save the plot as PNG…"), ("Ctrl+Alt+P",)),
        Spec("export_steps", tr("Save the steps as CSV…"), ("Ctrl+Alt+T",)),
        Spec("next_part", tr("Go to the next part of the window"), ("Ctrl+F6",)),
        Spec("previous_part", tr("Go to the previous part of the window"), ("Ctrl+Shift+F6",)),
        Spec("reset_layout", tr("Reset layout"), ("Ctrl+Shift+L",)),
    )),
    (labels.MENU_RESTORE, (
        Spec("restore", labels.RESTORE, ("Ctrl+Return", "Ctrl+Enter")),
        Spec("stop", labels.STOP, ("Shift+X",)),
        Spec("stop_all", tr("Stop all"), ("Ctrl+Shift+X",)),
        None,
        Spec("try_more", tr("Try 3 more"), ("Ctrl+T",)),
        Spec("safest", tr("Average the samples"), ("Ctrl+M",)),
        None,
        Spec("previous_version", tr("Previous version"), ("PgUp",)),
        Spec("next_version", tr("Next version"), ("PgDown",)),
        Spec("use_settings", tr("Use the settings of this version"), ("Ctrl+U",)),
        Spec("rename_version", tr("Rename this version…"), ("F2",)),
        Spec("paint_from", tr("Paint from this version"), ("Ctrl+B",)),
        Spec("keep_painting", tr("Keep what was painted"), ("Ctrl+Shift+B",)),
        Spec("drop_painting", tr("Drop what was painted"), ("Ctrl+Shift+Backspace",)),
        None,
        Spec("save_recipe", tr("Save recipe…"), ("Ctrl+Alt+S",)),
        Spec("load_recipe", tr("Load recipe…"), ("Ctrl+Alt+L",)),
        Spec("copy_recipe", tr("Copy recipe"), ("Ctrl+Shift+C",)),
        Spec("paste_recipe", tr("Paste recipe"), ("Ctrl+Shift+V",)),
        None,
        Spec("priors", tr("Priors…"), ("Ctrl+Shift+P",)),
    )),
    (tr("&Album"), (
        Spec("album", tr("Restore several photos…"), ("Ctrl+Alt+A",)),
    )),
    (labels.MENU_HELP, (
        Spec("help", tr("Guide"), ("F1",)),
        Spec("shortcuts", tr("Keyboard shortcuts"), ("?",)),
        Spec("copy_report", tr("Copy a report"), ("Ctrl+Shift+R",)),
        Spec("about", labels.ABOUT_TITLE, ("Shift+F1",)),
    )),
)  # fmt: skip


class Actions:
    """The actions by name, and the menus that hold them."""

    def __init__(self, window: QMainWindow) -> None:
        self._by_name: dict[str, QAction] = {}
        self._icons: dict[str, str] = {}
        self._told: list[Callable[[], object]] = []  # who shows keys, in tooltips and elsewhere
        self.specs: dict[str, Spec] = {}
        self.menus: dict[str, QMenu] = {}
        for title, specs in MENUS:
            menu = self.menus[title] = window.menuBar().addMenu(title)
            for spec in specs:
                if spec is None:
                    menu.addSeparator()
                else:
                    menu.addAction(self._add(spec, window))

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
        self._by_name[name].setToolTip(self.tip(self.specs[name].label, name))
        for show in self._told:
            show()

    def keys(self, name: str) -> str:
        """The first key of the action as it is written on the keyboard; empty where it has none."""
        keys = self._by_name[name].shortcuts()
        return keys[0].toString(QKeySequence.SequenceFormat.NativeText) if keys else ""

    def tip(self, words: str, *names: str) -> str:
        """What a tooltip says: the words, and the keys of the actions as they are now."""
        shown = " ".join(filter(None, map(self.keys, names)))
        return f"{words.rstrip('…')} ({shown})" if shown else words.rstrip("…")

    def explain(self, widget: QWidget, words: str, *names: str, more: str = "") -> None:
        """A tooltip with the keys of the actions, which follows them; `more` is a line below."""
        self.tell_keys(lambda: widget.setToolTip("\n".join(filter(None, (self.tip(words, *names), more)))))

    def tell_keys(self, show: Callable[[], object]) -> None:
        """Call `show` now, and again whenever keys are changed."""
        self._told.append(show)
        show()

    def enable(self, names: tuple[str, ...], enabled: bool) -> None:
        for name in names:
            self._by_name[name].setEnabled(enabled)

    def set_colours(self, colours: Colours) -> None:
        for name, drawing in self._icons.items():
            self._by_name[name].setIcon(icon(drawing, colours))

    def _add(self, spec: Spec, window: QMainWindow) -> QAction:
        action = QAction(spec.label, window)
        action.setObjectName(spec.name)
        action.setCheckable(spec.checkable)
        self._by_name[spec.name] = action
        self.specs[spec.name] = spec
        self.set_keys(spec.name, [QKeySequence(key) for key in spec.keys])
        if spec.icon:
            self._icons[spec.name] = spec.icon
        return action
