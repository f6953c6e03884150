"""What the window remembers between runs: one small file in the user's configuration folder."""

from functools import cache

from PySide6.QtCore import QLocale, QSettings

LANGUAGE = "language"  # a key of base.i18n.LANGUAGES; "" is that of the system
_NAME = "daps-desktop"


def preferences() -> QSettings:
    """The store; cheap to call, so that none is held on to."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, _NAME, _NAME)


def language() -> str:
    """The language that was chosen, else that of the system, such as "de_DE"."""
    return str(preferences().value(LANGUAGE, "")) or _system_language()


@cache  # it stands in the environment, where the one that is chosen is written later
def _system_language() -> str:
    return QLocale(next(iter(QLocale.system().uiLanguages()), "")).name()
