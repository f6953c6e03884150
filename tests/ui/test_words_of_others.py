"""What a file says of itself is shown as it stands: its markup loads no picture and changes no shape."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from daps_desktop.ui.common.widgets import label
from daps_desktop.ui.results.filmstrip import Filmstrip

MARKUP = "<h1>Restored</h1>by <i>me</i>"


def test_markup_in_the_description_of_a_prior_is_not_obeyed(qtbot: QtBot) -> None:
    obedient, plain = QLabel(MARKUP), label(MARKUP)
    for each in (obedient, plain):
        qtbot.addWidget(each)
        each.setWordWrap(False)
    assert obedient.sizeHint().height() > plain.sizeHint().height()
    assert plain.text() == MARKUP and plain.textFormat() == Qt.TextFormat.PlainText


def test_markup_in_the_name_of_a_version_is_not_obeyed(qtbot: QtBot) -> None:
    strip = Filmstrip()
    qtbot.addWidget(strip)
    strip.add(1, MARKUP, MARKUP)
    told = QTextDocument()
    told.setHtml(strip.item(0).toolTip())
    assert told.toPlainText() == MARKUP
