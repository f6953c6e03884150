"""What the window remembers between runs: one small file in the user's configuration folder."""

from PySide6.QtCore import QSettings

LANGUAGE = "language"  # a key of core.language.LANGUAGES; "" is that of the system
_NAME = "daps-desktop"


def preferences() -> QSettings:
    """The store; cheap to call, so that nobody holds on to one."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, _NAME, _NAME)
