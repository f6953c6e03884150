"""The line at the bottom: the photo, the place under the mouse, the computer, what stays untouched."""

import os
from functools import partial

import psutil
from PySide6.QtWidgets import QLabel, QStatusBar

from daps_desktop.document.document import Document
from daps_desktop.imaging.photo import Photo
from daps_desktop.ui.common import formatting
from daps_desktop.ui.common.live_text import Words, say
from daps_desktop.ui.common.theme import SPACING


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
        say(self.hardware, text=partial(formatting.format_hardware, os.cpu_count() or 1, memory_gb))

    def show_photo(self, photo: Photo) -> None:
        say(
            self.photo,
            text=partial(
                formatting.format_photo, photo.height, photo.width, photo.bits, photo.pixels.shape[2] == 1
            ),
        )

    def clear(self) -> None:
        for fact in (self.photo, self.position, self.zoom, self.untouched):
            say(fact, text="")

    def show_position(self, position: tuple[int, int] | None) -> None:
        say(self.position, text=partial(formatting.format_position, position))

    def show_zoom(self, scale: float) -> None:
        say(self.zoom, text=partial(formatting.format_zoom, scale))

    def show_marked(self, document: Document | None) -> None:
        """How much a repair leaves as it was; nothing where the task reworks every pixel."""
        words: Words = ""
        if document is not None and document.task.only_fills_mask:
            words = partial(formatting.format_untouched, 1 - document.redrawn_share)
        say(self.untouched, text=words)


def _fact() -> QLabel:
    fact = QLabel()
    fact.setContentsMargins(SPACING, 0, SPACING, 0)
    return fact
