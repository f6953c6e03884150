"""What the program says about itself."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from tests.ui.conftest import Desk


def test_the_about_box_says_that_it_works_offline_and_how_to_see_it(desk: Desk) -> None:
    desk.window.actions_["about"].trigger()
    box = desk.window.findChildren(QMessageBox)[-1]
    assert box.isVisible()
    told = box.informativeText()
    assert "offline" in told and "unshare -rn daps-desktop" in told
    assert box.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    box.close()
