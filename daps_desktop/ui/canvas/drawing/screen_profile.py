"""The colour profile of a screen, as its system reports it.

Qt does not say. Windows and X11 are asked through their own libraries; Wayland takes pictures to be sRGB and
converts them itself, and so does macOS once it is set up (`application`), so there is nothing to ask.
"""

import contextlib
import ctypes
import ctypes.util
import sys
from ctypes import wintypes
from pathlib import Path

from PySide6.QtGui import QGuiApplication, QScreen

_MAX_BYTES = 2**22  # bytes of a profile
_ANY_TYPE = 0
_PATH_LENGTH = 32768


def screen_profile(screen: QScreen) -> bytes | None:
    """The ICC profile of the screen; None where the system reports none, which means sRGB."""
    platform = QGuiApplication.platformName()
    if platform == "windows" and sys.platform == "win32":
        return _of_windows(screen)
    if platform == "xcb":
        return _of_x11(QGuiApplication.screens().index(screen))
    return None


class _Monitor(ctypes.Structure):
    """MONITORINFOEXW."""

    _fields_ = (
        ("size", wintypes.DWORD),
        ("monitor", wintypes.RECT),
        ("work", wintypes.RECT),
        ("flags", wintypes.DWORD),
        ("device", wintypes.WCHAR * 32),
    )


def _of_windows(screen: QScreen) -> bytes | None:
    gdi = ctypes.WinDLL("gdi32")  # type: ignore[attr-defined]
    gdi.CreateDCW.restype = ctypes.c_void_p
    context = ctypes.c_void_p(gdi.CreateDCW(_device(screen), None, None, None))
    length, path = ctypes.c_ulong(_PATH_LENGTH), ctypes.create_unicode_buffer(_PATH_LENGTH)
    found = gdi.GetICMProfileW(context, ctypes.byref(length), path)
    gdi.DeleteDC(context)
    with contextlib.suppress(OSError):  # a profile that has been removed
        return Path(path.value).read_bytes() if found else None
    return None


def _device(screen: QScreen) -> str:
    """What Windows calls the screen, as Qt reports its maker's name; empty where there is none."""
    user = ctypes.WinDLL("user32")  # type: ignore[attr-defined]
    user.MonitorFromPoint.restype = ctypes.c_void_p
    corner = screen.geometry().topLeft()  # the one point of a screen that Qt does not scale
    monitor = ctypes.c_void_p(user.MonitorFromPoint(wintypes.POINT(corner.x(), corner.y()), 0))
    told = _Monitor(size=ctypes.sizeof(_Monitor))
    return told.device if user.GetMonitorInfoW(monitor, ctypes.byref(told)) else ""


def _of_x11(index: int) -> bytes | None:
    """What colour managers leave at the root window; from the second screen on the name has a number."""
    library = ctypes.util.find_library("X11")
    if library is None:
        return None
    x11 = ctypes.CDLL(library)
    x11.XOpenDisplay.restype = x11.XDefaultRootWindow.restype = x11.XInternAtom.restype = ctypes.c_void_p
    display = x11.XOpenDisplay(None)
    if not display:
        return None
    try:
        name = "_ICC_PROFILE" + (f"_{index}" if index else "")
        return _property(x11, ctypes.c_void_p(display), name.encode())
    finally:
        x11.XCloseDisplay(ctypes.c_void_p(display))


def _property(x11: ctypes.CDLL, display: ctypes.c_void_p, name: bytes) -> bytes | None:
    kind, bits = ctypes.c_ulong(), ctypes.c_int()
    count, more, data = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_void_p()
    x11.XGetWindowProperty(
        display, ctypes.c_ulong(x11.XDefaultRootWindow(display)),
        ctypes.c_ulong(x11.XInternAtom(display, name, 0)),
        ctypes.c_long(0), ctypes.c_long(_MAX_BYTES // 4), 0, ctypes.c_ulong(_ANY_TYPE), ctypes.byref(kind),
        ctypes.byref(bits), ctypes.byref(count), ctypes.byref(more), ctypes.byref(data),
    )  # fmt: skip
    if not data.value:
        return None
    content = ctypes.string_at(data.value, count.value) if bits.value == 8 and not more.value else b""
    x11.XFree(data)
    return content or None
