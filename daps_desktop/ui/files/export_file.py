"""What is exported as a file: under which options, which name, and with what beside it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter

from daps_desktop.base.errors import UserError
from daps_desktop.base.files import write_file
from daps_desktop.base.i18n import N_, phrase, tr
from daps_desktop.document.sidecar import dump_sidecar, make_provenance
from daps_desktop.document.version import Version
from daps_desktop.imaging.export import ExportOptions, default_path, resolve_conflict, sidecar_path, write
from daps_desktop.imaging.frame import Frame
from daps_desktop.imaging.photo import Photo
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.preferences import preferences

_KEY = "export/options"
_SHARE = 36  # the height of a caption is that part of the width of a photo
_MIN_SIZE = 12  # pixels
Made = TypeVar("Made")


def last_options() -> ExportOptions:
    """What was chosen the last time; what is shipped where that cannot be read."""
    try:
        data = json.loads(str(preferences().value(_KEY, "")))
        return ExportOptions.from_json(data)
    except (ValueError, AttributeError, UserError):
        return ExportOptions()


def remember_options(options: ExportOptions) -> None:
    preferences().setValue(_KEY, json.dumps(options.to_json()))


def beside(photo: Photo, options: ExportOptions) -> Path:
    """The name of a result next to the photo; in the home folder where that has no file."""
    return default_path(photo.path or Path.home() / tr(labels.PASTED_NAME), options.ending)


def within_memory(path: Path, make: Callable[[], Made]) -> Made:
    """What `make` gives. Raises: UserError (`save_failed` for `path`) where the memory runs out."""
    try:
        return make()
    except MemoryError as error:
        raise UserError("save_failed", path=path, detail=phrase(N_("the memory ran out"))) from error


def write_export(
    data: bytes, wished: Path, options: ExportOptions, original: Photo, frame: Frame, version: Version
) -> Path | None:
    """Where the file was written, with its sidecar; None where what is there is to be left alone.

    `version` was made of the `original` in that frame.
    Raises: UserError (`save_...`).
    """
    path = resolve_conflict(wished, options.policy, original.path)
    if path is not None:
        digest = write(data, path, overwrite=options.policy == "overwrite", original=original.path)
        if options.sidecar:
            told = dump_sidecar(make_provenance(original, version, digest, frame))
            write_file(sidecar_path(path), told, overwrite=True)
    return path


def caption(text: str, width: int) -> NDArray[np.uint8]:
    """(h, w) ink of 0 to 255 for a caption under a photo `width` pixels wide.

    Drawn here because fonts for every language are here.
    """
    font = QFont()
    font.setPixelSize(max(_MIN_SIZE, width // _SHARE))
    metrics = QFontMetrics(font)
    margin = metrics.height() // 2
    image = QImage(
        metrics.horizontalAdvance(text) + 2 * margin, 2 * metrics.height(), QImage.Format.Format_Grayscale8
    )
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(image.rect(), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()].copy()
