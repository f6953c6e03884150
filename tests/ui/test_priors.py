"""The Priors page: what is installed; importing, fetching and removing in processes of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from daps_desktop.base.paths import DATA_VARIABLE, resource
from daps_desktop.networks.card import read_card
from daps_desktop.ui.priors.priors_dialog import REMOVE, PriorsDialog
from tests.fakes.checkpoints import write_edm, write_pickle
from tests.fakes.hub import serving
from tests.ui.conftest import Desk

LEFT = Qt.MouseButton.LeftButton
WAIT_MS = 60_000  # torch is imported in the process beside


@pytest.fixture
def page(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PriorsDialog]:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    desk.trigger("priors")
    page = desk.window.priors.page
    assert page is not None and not page.isModal()
    desk.bot.waitUntil(lambda: bool(page.cards), timeout=WAIT_MS)
    yield page
    desk.window.priors.close()


def names(page: PriorsDialog) -> list[str]:
    return [card.accessibleName() for card in page.cards]


def test_the_card_of_the_built_in_prior_says_what_is_known(desk: Desk, page: PriorsDialog) -> None:
    card = page.cards[names(page).index("photo-fast")]
    assert not card.details.words.isVisible()
    QTest.mouseClick(card.details.head, LEFT)
    assert card.details.words.isVisible()
    words = card.plain.text() + card.details.words.text()
    built_in = read_card(resource("priors/photo-fast"))
    assert f"{built_in.size_bytes / 1e6:.1f} MB" in words and "Apache-2.0, free for any use" in words
    assert f"{built_in.sha256[:12]}…" in words and built_in.sha256 in card.details.words.toolTip()
    assert not card.remove.isVisible()
    prior = desk.window.panel.how.fold.prior
    assert prior.findData("photo-fast") > 0 and prior.currentData() == "auto"


def test_what_cannot_be_imported_is_said_in_words(desk: Desk, page: PriorsDialog, tmp_path: Path) -> None:
    page.import_pressed.emit(write_pickle(tmp_path / "evil.pt", {"a": print}))
    desk.bot.waitUntil(page.trouble.isVisible, timeout=WAIT_MS)
    assert "more than tensors" in page.trouble.text() and "Traceback" not in page.trouble.text()


def test_a_prior_is_fetched_when_its_button_is_pressed_and_removed_again(
    desk: Desk, page: PriorsDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(write_edm(tmp_path / "own"), "somebody/streets") as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        assert hub.requests == 0  # looking at the page asks no one
        page.repository.setText("somebody/streets")
        QTest.mouseClick(page.fetch_other, LEFT)
        assert page.going_on.isVisible() and not page.from_file.isEnabled()
        desk.bot.waitUntil(lambda: "streets" in names(page), timeout=WAIT_MS)
        assert hub.requests > 0
    card = page.cards[names(page).index("streets")]
    assert "somebody/streets@" in card.details.words.text() and page.from_file.isEnabled()
    assert desk.window.panel.how.fold.prior.findData("streets") > 0
    assert (tmp_path / "data" / "priors" / "streets").is_dir()
    QTest.mouseClick(card.remove, LEFT)
    question = page.findChild(QMessageBox)
    next(button for button in question.buttons() if button.text() == REMOVE).click()
    desk.bot.waitUntil(lambda: "streets" not in names(page), timeout=WAIT_MS)
    assert not (tmp_path / "data" / "priors" / "streets").exists()


def test_progress_is_shown_in_megabytes(desk: Desk, page: PriorsDialog) -> None:
    control = desk.window.priors
    control._doing = "Fetching cats…"
    control._show_progress("114000000 455000000")
    assert "114 of 455 MB" in page.going_on.text() and page.bar.value() == 25
    control._show_progress("Fetched as cats: /somewhere")
    assert page.bar.value() == 25
    page.show_busy("")
