"""What was asked for calls nothing that is gone by the time of the answer."""

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import Noise
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.ui.common.theme import Theme
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel
from daps_desktop.ui.shell.main_window import MainWindow
from tests.fakes.hosts import FakeHost
from tests.ui.conftest import Desk


def test_a_window_that_goes_leaves_nothing_that_speaks_of_it(
    qtbot: QtBot, theme: Theme, photo_path: Path
) -> None:
    """Timers have started, questions are asked and a job runs; both models live on."""
    host = FakeHost()
    window = MainWindow(DocumentModel(), JobModel(host.router), theme)
    window.show()
    desk = Desk(window, host, qtbot)
    desk.open(photo_path)
    qtbot.waitUntil(lambda: bool(host.profiles))
    model, job = window.model, window.job
    with qtbot.captureExceptions() as raised:
        window.panel.how.fold.head.toggle()
        window.panel.where.finding.show_review(infrared=False)
        desk.trigger("find")
        model.set_settings(SolverSettings(seed=3))
        window.background.run(lambda: 7, window.status.showMessage)
        window.close()
        delete(window)
        assert model.document is not None
        job.start(model.document.request("later", 0))
        host.step(1)
        host.finish()
        host.answer_profile()
        host.answer_search(np.zeros((300, 400), np.uint8))
        model.set_task(Task((Noise(),)))
        model.set_settings(SolverSettings(noise=3.0))
        model.open(model.document.photo)
        theme.changed.emit(theme.colours)
        qtbot.wait(50)
    assert raised == []


def test_documents_come_and_go_under_load(desk: Desk, tmp_path: Path) -> None:
    """What is on its way for one photo is neither shown with the next nor missed by it."""
    paths = [tmp_path / f"{value}.png" for value in (10, 200)]
    for path in paths:
        write_photo(Photo(np.full((120, 160, 3), int(path.stem), np.uint8)), path)
    window = desk.window
    with desk.bot.captureExceptions() as raised:
        for path in paths * 4:
            desk.open(path)
            window.model.mark_all()
            window.panel.how.fold.head.toggle()
            desk.trigger("check")
            desk.trigger("find")
            desk.trigger("restore")
            desk.host.step(1)
            desk.host.finish(int(path.stem))
            desk.trigger("grow")
            desk.trigger("copy")
            window.model.mark_saved()
            desk.trigger("close")
            assert window.model.document is None
        desk.open(paths[0])
        desk.bot.waitUntil(lambda: bool(desk.host.profiles))
        desk.host.answer_profile()
        desk.bot.wait(100)
    assert raised == []
    assert not desk.document.versions and window.canvas.view is not None
