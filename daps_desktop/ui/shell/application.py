"""The one QApplication: its name, splash, language, files opened by the system, and garbage."""

import gc
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import (
    QDeadlineTimer,
    QEvent,
    QLibraryInfo,
    QLocale,
    QObject,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    QTranslator,
)
from PySide6.QtGui import (
    QColor,
    QColorSpace,
    QFileOpenEvent,
    QGuiApplication,
    QIcon,
    QPainter,
    QPixmap,
    QSurfaceFormat,
)
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from daps_desktop.base import i18n
from daps_desktop.base.paths import resource
from daps_desktop.ui.common.live_text import say_again
from daps_desktop.ui.common.theme import NAME

_CARD = QSize(360, 240)
_ICON = 112
_MAX_MS = 300  # to wait until the system shows it
_EVERY_MS, _OLDEST = 1000, 2  # of the garbage collector, and the number of its oldest generation
_BACKGROUND, _INK = QColor("#1f1f1f"), QColor("#ececec")  # in either scheme, like a cover


def application() -> QApplication:
    """The application with its name, icon and language; one that exists already is taken."""
    request_srgb()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("daps-desktop")
    app.setApplicationDisplayName(NAME)
    app.setDesktopFileName("daps-desktop")
    app.setWindowIcon(QIcon(str(resource("icons/app.svg"))))
    app.setQuitOnLastWindowClosed(False)  # the loop ends on its own, after the worker
    install_qt_translations(app, i18n.current_language())
    return app


def speak(language: str) -> None:
    """Have the whole window speak a language of LANGUAGES from now on, Qt's own words included."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    install_qt_translations(app, language)
    say_again()


def request_srgb(platform: str = sys.platform) -> None:
    """Call before there is a window: macOS takes its values for those of the screen unless this is set."""
    if platform == "darwin":
        drawn = QSurfaceFormat.defaultFormat()
        drawn.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
        QSurfaceFormat.setDefaultFormat(drawn)


def install_qt_translations(app: QApplication, name: str) -> QTranslator:
    """Qt's own words (standard buttons, file dialogs, keys) and numbers, in a language of LANGUAGES."""
    QLocale.setDefault(QLocale(name))
    for old in app.findChildren(QTranslator):
        app.removeTranslator(old)
        old.deleteLater()
    words = QTranslator(app)
    if words.load(f"qtbase_{name}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(words)
    return words


def splash() -> QWidget:
    """Shown at once, so that a click on the icon is answered even where the disk is slow; to be closed."""
    image = QLabel()  # QSplashScreen waits for a second when it is shown (Qt 6.11, X11)
    image.setWindowFlags(Qt.WindowType.SplashScreen)
    image.setPixmap(_card(image.devicePixelRatio()))
    image.move(image.screen().availableGeometry().center() - QRect(QPoint(), _CARD).center())
    image.show()
    waited = QDeadlineTimer(_MAX_MS)
    while not image.windowHandle().isExposed() and not waited.hasExpired():
        QGuiApplication.processEvents()  # no loop runs yet that would paint it
    QGuiApplication.processEvents()
    return image


def _card(ratio: float) -> QPixmap:
    """The icon above the name; `ratio` screen pixels to each of its own."""
    card = QPixmap(_CARD * ratio)
    card.setDevicePixelRatio(ratio)
    card.fill(_BACKGROUND)
    painter = QPainter(card)
    icon = QRect((_CARD.width() - _ICON) // 2, 32, _ICON, _ICON)
    QIcon(str(resource("icons/app.svg"))).paint(painter, icon)
    font = painter.font()
    font.setPointSizeF(1.5 * font.pointSizeF())
    painter.setFont(font)
    painter.setPen(_INK)
    below = QRect(0, icon.bottom(), _CARD.width(), _CARD.height() - icon.bottom())
    painter.drawText(below, Qt.AlignmentFlag.AlignCenter, NAME)
    painter.end()
    return card


class OpenedBySystem(QObject):
    """Calls `open_file` with a file that is double-clicked, or dropped on the program's icon.

    macOS reports it to the running program this way, and never by an argument.
    """

    def __init__(self, app: QApplication, open_file: Callable[[Path], None]) -> None:
        super().__init__(app)
        self._open = open_file
        app.installEventFilter(self)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.file():
            self._open(Path(event.file()))
            return True
        return False


class GarbageCollector(QObject):
    """Takes over from the automatic collection for the life of the process, at the same thresholds.

    Python collects cycles on whichever thread happens to allocate. A dialog that ended up in a cycle would be
    destroyed on the thread that writes the journal or talks to the engine; Qt allows that on its own only.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        # All that is there once the loop runs, the window included, stays; to look through it takes 70 ms.
        QTimer.singleShot(0, self, lambda: gc.freeze())
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(collect_due)
        self._timer.start()


def collect_due() -> None:
    """Collect the oldest generation that is full, and with it the younger ones; else nothing."""
    for generation in range(_OLDEST, -1, -1):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return
