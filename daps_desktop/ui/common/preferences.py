"""What the window remembers between runs: one small file in the user's configuration folder."""

from PySide6.QtCore import QLocale, QSettings

LANGUAGE = "language"  # a key of core.language.LANGUAGES; "" is that of the system
_NAME = "daps-desktop"


def preferences() -> QSettings:
    """The store; cheap to call, so that nobody holds on to one."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, _NAME, _NAME)


def language() -> str:
    """The language that was chosen, else that of the system, such as "de_DE"."""
    system = QLocale.system().uiLanguages()
    return str(preferences().value(LANGUAGE, "")) or QLocale(next(iter(system), "")).name()
