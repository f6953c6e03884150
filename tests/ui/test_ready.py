"""What other programs see and do: the lines that report readiness, and files handed over by the system."""

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from daps_desktop.ui.models.estimate_model import EstimateModel
from daps_desktop.ui.shell.application import OpenedBySystem
from daps_desktop.ui.shell.readiness import VARIABLE, print_readiness
from tests.ui.conftest import Desk


@pytest.fixture
def forecast(desk: Desk) -> EstimateModel:
    return desk.window.forecast


def test_each_line_is_told_once_where_it_is_asked_for(
    forecast: EstimateModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    window = QWidget()
    qtbot.addWidget(window)
    print_readiness(window, forecast)
    assert capsys.readouterr().out == ""
    told: list[str] = []

    def heard() -> bool:
        told.append(capsys.readouterr().out)
        return any(told)

    window.show()
    qtbot.waitUntil(heard)
    forecast.hardware_known.emit("")
    forecast.hardware_known.emit("")
    window.repaint()
    assert "".join(told) + capsys.readouterr().out == "ready window\nready engine\n"


def test_nothing_is_told_unasked(
    forecast: EstimateModel, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    print_readiness(window, forecast)
    with qtbot.waitExposed(window):
        window.show()
    forecast.hardware_known.emit("")
    assert capsys.readouterr().out == ""


def test_a_file_from_the_system_is_opened(qapp: QApplication, tmp_path: Path) -> None:
    opened: list[Path] = []
    receiver = OpenedBySystem(qapp, opened.append)
    try:
        qapp.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile(str(tmp_path / "a b.daps"))))
    finally:
        qapp.removeEventFilter(receiver)
        receiver.deleteLater()
    assert opened == [tmp_path / "a b.daps"]
