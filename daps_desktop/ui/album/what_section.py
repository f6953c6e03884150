"""What is done to each photo of the album: what it asks for itself, or one recipe for all; and how keenly."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from daps_desktop.album.model import Album, AlbumItem
from daps_desktop.base.i18n import N_, ntr, tr
from daps_desktop.ui.album.album_text import format_recipe
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import MIN_TARGET
from daps_desktop.ui.common.widgets import Section, hbox, label, segment_button
from daps_desktop.ui.panels.find_section import SensitivitySlider


class WhatSection(QWidget):
    """Mirrors an album; `changed` carries what is chosen in its place."""

    changed = Signal(Album)
    own_recipe_pressed = Signal()
    recipe_file_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._album = Album()
        self._chosen: tuple[AlbumItem, ...] = ()  # whose sensitivity the slider says; none: of all
        self.suggested = _tick(N_("Whatever the program finds wrong with each photo"))
        self.recipe = label()
        self.own_recipe, self.recipe_file = (
            segment_button(N_("Of the open photo")),
            segment_button(N_("From a file…")),
        )
        self.finding = _tick(N_("Mark scratches and dust automatically in photos without marks of their own"))
        self.sensitivity = SensitivitySlider()
        self.sensitivity.slider.setTracking(False)  # each change is noted on the disk
        self.whose = label("", "caption")
        line = hbox(self.recipe, self.own_recipe, self.recipe_file)
        line.setStretch(0, 1)
        recipe, keenness = QWidget(), QWidget()
        recipe.setLayout(line)
        keenness.setLayout(hbox(self.sensitivity, self.whose))
        section = Section(N_("What is done to each"), self.suggested, recipe, self.finding, keenness)
        outer = hbox(section)
        outer.setContentsMargins(0, 0, 0, 0)
        self.setLayout(outer)
        self.own_recipe.clicked.connect(self.own_recipe_pressed)
        self.recipe_file.clicked.connect(self.recipe_file_pressed)
        self.suggested.toggled.connect(lambda on: self.changed.emit(replace(self._album, suggested=on)))
        self.finding.toggled.connect(lambda on: self.changed.emit(replace(self._album, find_scratches=on)))
        self.sensitivity.chosen.connect(self._choose_sensitivity)

    def show_album(self, album: Album) -> None:
        self._album = album
        self.recipe.setText(format_recipe(album))
        for tick, on in ((self.suggested, album.suggested), (self.finding, album.find_scratches)):
            tick.blockSignals(True)
            tick.setChecked(on)
            tick.blockSignals(False)
        self.show_chosen({item.photo for item in self._chosen})

    def show_chosen(self, photos: set[str]) -> None:
        """The photos that are chosen in the table: the slider is theirs."""
        self._chosen = tuple(row for row in self._album.rows if row.photo in photos)
        own = self._chosen[0].sensitivity if self._chosen else None
        self.sensitivity.show_value(self._album.sensitivity if own is None else own)
        count = len(self._chosen)
        words = (
            ntr("for the photo that is chosen", "for the {count} photos that are chosen", count)
            if count
            else tr("for all photos")
        )
        self.whose.setText(words.format(count=count))

    def set_free(self, free: bool) -> None:
        """Whether anything may be chosen now."""
        for part in (self.suggested, self.own_recipe, self.recipe_file, self.finding):
            part.setEnabled(free)
        self.sensitivity.setEnabled(free and self._album.find_scratches)

    def _choose_sensitivity(self, share: float) -> None:
        if not self._chosen:
            self.changed.emit(replace(self._album, sensitivity=share))
            return
        album = self._album
        for row in self._chosen:
            album = album.with_row(replace(row, sensitivity=share))
        self.changed.emit(album)


def _tick(words: str) -> QCheckBox:
    tick = say(QCheckBox(), text=words)
    tick.setMinimumHeight(MIN_TARGET)
    return tick
