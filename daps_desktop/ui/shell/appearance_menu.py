"""View menu: light or dark, and the language; both are remembered."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from daps_desktop.base.i18n import LANGUAGES, N_
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.preferences import LANGUAGE, preferences
from daps_desktop.ui.common.theme import ColourScheme, Theme

_SCHEME_KEY = "scheme"


class AppearanceMenu(QObject):
    """Two menus in which exactly one line is ticked."""

    language_chosen = Signal()  # to be spoken from now on

    def __init__(self, menu: QMenu, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        remembered = preferences().value(_SCHEME_KEY)
        scheme = next((s for s in ColourScheme if s.value == remembered), ColourScheme.SYSTEM)
        theme.choose(scheme)
        schemes = [
            (ColourScheme.SYSTEM.value, labels.SCHEME_SYSTEM),
            (ColourScheme.LIGHT.value, labels.SCHEME_LIGHT),
            (ColourScheme.DARK.value, labels.SCHEME_DARK),
        ]
        self._add(say(menu.addMenu(""), title=labels.MENU_SCHEME), schemes, scheme.value, self._choose_scheme)
        language = str(preferences().value(LANGUAGE, ""))
        languages = [("", labels.SCHEME_SYSTEM), *LANGUAGES.items()]
        self._add(say(menu.addMenu(""), title=N_("Language")), languages, language, self._choose_language)

    def _add(
        self, menu: QMenu, choices: Iterable[tuple[str, str]], chosen: str, choose: Callable[[str], None]
    ) -> None:
        group = QActionGroup(self)
        for value, words in choices:
            action = say(group.addAction(""), text=words)
            action.setCheckable(True)
            action.setChecked(value == chosen)
            action.triggered.connect(lambda _checked, value=value: choose(value))
            menu.addAction(action)

    def _choose_scheme(self, value: str) -> None:
        preferences().setValue(_SCHEME_KEY, value)
        self._theme.choose(ColourScheme(value))

    def _choose_language(self, value: str) -> None:
        preferences().setValue(LANGUAGE, value)
        self.language_chosen.emit()
