"""Every action with its keys, to be searched and changed; a key belongs to one action only."""

import re

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from daps_desktop.base.i18n import N_, phrase, tr
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.live_text import keep_said, say
from daps_desktop.ui.common.preferences import preferences
from daps_desktop.ui.common.theme import SPACING
from daps_desktop.ui.common.widgets import hbox, label

_GROUP = "shortcuts"


class Shortcuts(QObject):
    """Which keys trigger which action: as shipped, but for what the user has changed."""

    def __init__(self, actions: Actions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.actions = actions
        store = preferences()
        store.beginGroup(_GROUP)
        for name in store.childKeys():
            if name in actions.specs:
                self._bind(name, _sequences(str(store.value(name))))

    def keys(self, name: str) -> list[QKeySequence]:
        return self.actions[name].shortcuts()

    def owner(self, key: QKeySequence) -> str | None:
        """The name of the action that `key` triggers."""
        return next((name for name in self.actions.specs if key in self.keys(name)), None)

    def change(self, name: str, key: QKeySequence) -> None:
        """Give `key` alone to the action, taking it from any other; an empty one leaves it without."""
        other = None if key.isEmpty() else self.owner(key)
        if other is not None and other != name:
            self._remember(other, [kept for kept in self.keys(other) if kept != key])
        self._remember(name, [] if key.isEmpty() else [key])

    def reset(self) -> None:
        """All keys as shipped."""
        preferences().remove(_GROUP)
        for name, spec in self.actions.specs.items():
            self._bind(name, [QKeySequence(key) for key in spec.keys])

    def _remember(self, name: str, keys: list[QKeySequence]) -> None:
        text_of = QKeySequence.listToString(keys, QKeySequence.SequenceFormat.PortableText)
        preferences().setValue(f"{_GROUP}/{name}", text_of)
        self._bind(name, keys)

    def _bind(self, name: str, keys: list[QKeySequence]) -> None:
        self.actions.set_keys(name, keys)


class ShortcutsDialog(QDialog):
    """The list, a field to search it, a field that takes the new key of the chosen line."""

    help_chapter = "keyboard"

    def __init__(self, shortcuts: Shortcuts, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        say(self, windowTitle=labels.SHORTCUTS_TITLE)
        self.resize(560, 640)
        self._shortcuts = shortcuts
        self.search = QLineEdit()
        say(self.search, placeholderText=N_("Search"))
        say(self.search, accessibleName=N_("Search the shortcuts"))
        self.search.textChanged.connect(self._show_matching)
        self.list = QTreeWidget()
        say(self.list, accessibleName=labels.SHORTCUTS_TITLE)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.currentItemChanged.connect(self._show_chosen)
        self.key = QKeySequenceEdit()
        self.key.setMaximumSequenceLength(1)
        self.key.setClearButtonEnabled(True)
        say(self.key, accessibleName=N_("New keys for the chosen line"))
        self.key.keySequenceChanged.connect(self._show_owner)
        self.apply = say(QPushButton(), text=N_("Change"))
        self.apply.setAutoDefault(False)
        self.apply.clicked.connect(self._change)
        self.hint = label("", "caption")
        self._arrange()
        keep_said(self, self._fill)

    def _arrange(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        reset = buttons.addButton("", QDialogButtonBox.ButtonRole.ResetRole)
        say(reset, text=N_("Restore defaults"))
        reset.clicked.connect(self._reset)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, 2 * SPACING)
        layout.setSpacing(SPACING)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        chooser = hbox(self.key, self.apply)
        chooser.setStretch(0, 1)
        layout.addLayout(chooser)
        layout.addWidget(self.hint)
        layout.addWidget(buttons)

    def _fill(self) -> None:
        self.list.setHeaderLabels([tr("What it does"), tr("Keys")])
        self.list.clear()
        for title, names in self._shortcuts.actions.names_by_menu().items():
            menu = QTreeWidgetItem([_without_key(tr(title))])
            menu.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.list.addTopLevelItem(menu)
            for name in names:
                item = QTreeWidgetItem([tr(self._shortcuts.actions.specs[name].label), self._keys_text(name)])
                item.setData(0, Qt.ItemDataRole.UserRole, name)
                menu.addChild(item)
        mouse = QTreeWidgetItem([tr("Mouse")])
        mouse.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.list.addTopLevelItem(mouse)
        for how, what in labels.MOUSE_HELP:
            line = QTreeWidgetItem([tr(what), tr(how)])
            line.setFlags(Qt.ItemFlag.ItemIsEnabled)
            mouse.addChild(line)
        self.list.expandAll()
        self._show_matching()
        self._show_chosen()

    def _keys_text(self, name: str) -> str:
        return ", ".join(
            key.toString(QKeySequence.SequenceFormat.NativeText) for key in self._shortcuts.keys(name)
        )

    def chosen(self) -> str | None:
        item = self.list.currentItem()
        return item.data(0, Qt.ItemDataRole.UserRole) if item else None

    def choose(self, name: str) -> None:
        for item in self._items():
            if item.data(0, Qt.ItemDataRole.UserRole) == name:
                self.list.setCurrentItem(item)

    def _items(self) -> list[QTreeWidgetItem]:
        menus = [self.list.topLevelItem(i) for i in range(self.list.topLevelItemCount())]
        lines = [menu.child(i) for menu in menus if menu for i in range(menu.childCount())]
        return [line for line in lines if line]

    def _show_matching(self) -> None:
        wanted = self.search.text().casefold()
        for item in self._items():
            item.setHidden(wanted not in f"{item.text(0)} {item.text(1)}".casefold())

    def _show_chosen(self) -> None:
        name = self.chosen()
        self.key.setEnabled(name is not None)
        keys = self._shortcuts.keys(name) if name else []
        self.key.setKeySequence(keys[0] if keys else QKeySequence())
        self._show_owner()

    def _show_owner(self) -> None:
        """Say who loses the key before it is taken."""
        name, key = self.chosen(), self.key.keySequence()
        self.apply.setEnabled(name is not None and self._shortcuts.keys(name) != [key])
        owner = None if key.isEmpty() else self._shortcuts.owner(key)
        if owner is None or owner == name:
            say(self.hint, text=N_("Choose a line, press the new keys, then Change."))
            return
        other = tr(self._shortcuts.actions.specs[owner].label).rstrip("…")
        say(
            self.hint,
            text=phrase(N_("These keys belong to “{action}”, which would lose them."), action=other),
        )

    def _change(self) -> None:
        name = self.chosen()
        if name is not None:
            self._shortcuts.change(name, self.key.keySequence())
            self._fill()
            self.choose(name)

    def _reset(self) -> None:
        self._shortcuts.reset()
        self._fill()


def _without_key(title: str) -> str:
    """The title of a menu without the mnemonic that opens it, which stands behind it in Chinese."""
    return re.sub(r"\(&.\)|&", "", title)


def _sequences(text: str) -> list[QKeySequence]:
    return QKeySequence.listFromString(text, QKeySequence.SequenceFormat.PortableText) if text else []
