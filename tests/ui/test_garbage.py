"""Qt's objects end on Qt's thread, whoever allocates."""

import gc
import threading

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from daps_desktop.ui.shell.application import GarbageCollector, collect_due


def test_a_cycle_is_collected_on_the_windows_thread_though_another_one_allocates(qtbot: QtBot) -> None:
    ended: list[threading.Thread] = []

    class Ring(QObject):
        def __init__(self) -> None:
            super().__init__()
            self.me = self

        def __del__(self) -> None:
            ended.append(threading.current_thread())

    owner = QObject()
    GarbageCollector(owner)
    Ring()
    busy = threading.Thread(target=lambda: [[] for _ in range(100_000)])
    busy.start()
    busy.join()
    assert not ended
    kept = [[] for _ in range(2 * gc.get_threshold()[0])]  # what fills the youngest generation
    collect_due()
    assert ended == [threading.main_thread()] and kept


def test_what_the_window_is_made_of_is_not_looked_through_again(qtbot: QtBot) -> None:
    owner = QObject()
    gc.unfreeze()
    before = len(gc.get_objects())
    GarbageCollector(owner)
    try:
        qtbot.waitUntil(lambda: gc.get_freeze_count() > before / 2)
        assert len(gc.get_objects()) < before / 2
    finally:
        gc.unfreeze()
