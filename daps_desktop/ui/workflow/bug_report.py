"""A text about this program on this computer, for the person helping: sent nowhere, without the user's name.

It is in English whatever the window speaks, as those who read it may be anywhere.
"""

import getpass
import json
import platform
import re
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from daps_desktop.base.errors import UserError
from daps_desktop.base.logs import last_lines
from daps_desktop.document.document import Document

_PACKAGES = ("daps-desktop", "torch", "openvino", "diffusers", "numpy", "opencv-contrib-python-headless",
             "PySide6-Essentials", "pillow", "tifffile", "imagecodecs", "safetensors", "qasync")  # fmt: skip
_LOG_LINES = 60


def bug_report(
    document: Document | None, hardware: str, logs: Sequence[Path], error: UserError | None, details: str
) -> str:
    """What happened, versions, computer, settings, the last lines of the logs, and the technical details."""
    parts = [
        ("What happened", f"{error.code}: {error}" if error else "The report was asked for from the menu."),
        ("Versions", "\n".join(_versions())),
        ("System", _system()),
        ("Computer", hardware),
        ("Photo and settings", _work(document)),
        *((f"End of {path.name}", last_lines(path, _LOG_LINES) or "(empty)") for path in logs),
        ("Technical details", details or "(none)"),
    ]
    words = "\n\n".join(f"{title}\n{'-' * len(title)}\n{body.strip()}" for title, body in parts)
    return anonymise(words + "\n", Path.home(), _user())


def anonymise(text: str, home: Path, user: str) -> str:
    """The same text with ~ for the home folder, however it is written, and USER for the name of the user."""
    for folder in {home, home.resolve()}:
        for written in {str(folder), folder.as_posix(), str(folder).replace("\\", "\\\\")}:
            if len(written) > 1:
                text = re.sub(re.escape(written) + r"(?!\w)", "~", text, flags=re.IGNORECASE)
    return re.sub(rf"(?<!\w){re.escape(user)}(?!\w)", "USER", text, flags=re.IGNORECASE) if user else text


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name
        return ""


def _versions() -> list[str]:
    lines: list[str] = []
    for name in _PACKAGES:
        try:
            lines.append(f"{name} {version(name)}")
        except PackageNotFoundError:  # a trimmed build keeps only what is asked for at run time
            continue
    return lines


def _system() -> str:
    scales = sorted({screen.devicePixelRatio() for screen in QGuiApplication.screens()})
    return "\n".join(
        (
            platform.platform(),
            f"Python {platform.python_version()}{', frozen' if getattr(sys, 'frozen', False) else ''}",
            f"Qt {qVersion()}, {QGuiApplication.platformName()}, scale {', '.join(f'{s:g}' for s in scales)}",
        )
    )


def _work(document: Document | None) -> str:
    if document is None:
        return "No photo is open."
    photo = document.photo
    size = f"{photo.width} x {photo.height} pixels, {photo.pixels.shape[2]} x {photo.bits} bit"
    marked = f"{document.marked_share:.2%} marked, {len(document.versions)} versions"
    recipe = document.recipe.to_json()
    recipe.pop("kernel", None)  # a picture in base64
    return f"{size}, {photo.file_format or 'pasted'}\n{marked}\n{json.dumps(recipe, indent=1)}"
