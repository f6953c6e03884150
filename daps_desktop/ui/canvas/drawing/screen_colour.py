"""From sRGB, which all pictures are kept in, to the colours of the screen they are seen on."""

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QObject, Signal
from PySide6.QtGui import QColorSpace, QImage, QScreen

from daps_desktop.ui.canvas.drawing.screen_profile import screen_profile

Reader = Callable[[QScreen], bytes | None]


class ScreenColour(QObject):
    """Knows the screen that the photo is on.

    One without a profile, or with a damaged one, or with one that only describes what it shows, is sRGB.
    """

    changed = Signal()

    def __init__(self, read: Reader = screen_profile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.read = read
        self._profile: bytes | None = None
        self._space: QColorSpace | None = None

    def follow(self, screen: QScreen) -> None:
        """Take over the profile of the screen."""
        profile = self.read(screen)
        if profile == self._profile:
            return
        self._profile = profile
        space = QColorSpace.fromIccProfile(QByteArray(profile)) if profile else QColorSpace()
        self._space = space if space.isValidTarget() and space != _srgb() else None
        self.changed.emit()

    def shown(self, image: QImage) -> QImage:
        """An sRGB image as this screen is to be given it."""
        if self._space is None:
            return image
        image.setColorSpace(_srgb())
        return image.convertedToColorSpace(self._space)


def _srgb() -> QColorSpace:
    return QColorSpace(QColorSpace.NamedColorSpace.SRgb)
