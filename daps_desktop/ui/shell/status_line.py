"""The line at the bottom: the photo, the place under the mouse, the computer, what stays untouched."""

import os
from functools import partial

import psutil
from PySide6.QtWidgets import QLabel, QStatusBar

from daps_desktop.document.document import Document
from daps_desktop.imaging.photo import Photo
from daps_desktop.ui.common import formatting
from daps_desktop.ui.common.live_text import Words, say
from daps_desktop.ui.common.theme import GRID


class StatusLine(QStatusBar):
    """Facts left, computer right; short messages lie over the facts for a few seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.photo, self.position, self.zoom, self.untouched, self.hardware = (_fact() for _ in range(5))
        for fact in (self.photo, self.position):
            self.addWidget(fact)
        for fact in (self.untouched, self.zoom, self.hardware):
            self.addPermanentWidget(fact)
        memory_gb = psutil.virtual_memory().total / 2**30
        say(self.hardware, text=partial(formatting.hardware_line, os.cpu_count() or 1, memory_gb))

    def show_photo(self, photo: Photo) -> None:
        say(
            self.photo,
            text=partial(
                formatting.photo_line, photo.height, photo.width, photo.bits, photo.pixels.shape[2] == 1
            ),
        )

    def clear(self) -> None:
        for fact in (self.photo, self.position, self.zoom, self.untouched):
            say(fact, text="")

    def show_position(self, position: tuple[int, int] | None) -> None:
        say(self.position, text=partial(formatting.position_line, position))

    def show_zoom(self, scale: float) -> None:
        say(self.zoom, text=partial(formatting.zoom_line, scale))

    def show_marked(self, document: Document | None) -> None:
        """How much a repair leaves as it was; nothing where the task reworks every pixel."""
        words: Words = ""
        if document is not None and document.task.repair_only:
            words = partial(formatting.untouched_line, 1 - document.changing_share)
        say(self.untouched, text=words)


def _fact() -> QLabel:
    fact = QLabel()
    fact.setContentsMargins(GRID, 0, GRID, 0)
    return fact
