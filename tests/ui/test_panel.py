"""The task panel: what is ticked is the task, what cannot be is greyed with its reason, values come back."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSlider,
    QWidget,
)

from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import (
    Clipping,
    Downsampling,
    Fading,
    GaussianBlur,
    Greyscale,
    JpegCompression,
    KernelBlur,
    MissingPixels,
    MotionBlur,
    Noise,
)
from daps_desktop.jobs.damage_traits import TRAITS, conflict
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.ui.panels.advanced_section import AdvancedSection
from daps_desktop.ui.panels.damage_cards import CARDS, DamageCards
from daps_desktop.ui.panels.damage_pictures import SIDE, degraded
from daps_desktop.ui.panels.how_section import HowSection
from daps_desktop.ui.panels.own_cards import JpegCard
from daps_desktop.ui.panels.task_panel import WIDTH
from tests.analysis.test_tone import eight_bits, luma, toned
from tests.ui.conftest import Desk

LEFT = Qt.MouseButton.LeftButton


def kinds(desk: Desk) -> set[type]:
    return {type(damage) for damage in desk.document.task.damages}


def test_every_card_has_a_picture_of_its_own_at_any_resolution(opened: Desk) -> None:
    faces = [face for entry in CARDS.values() for face in entry.faces]
    for side in (SIDE, 2 * SIDE):
        pictures = [degraded(face.picture, side).constBits().tobytes() for face in faces]
        assert len(set(pictures)) == len(pictures)


def test_a_toned_photo_offers_to_keep_its_tone(opened: Desk, tmp_path: Path) -> None:
    how = opened.window.panel.how
    assert not how.tone.isVisibleTo(how)  # in colour
    write_photo(Photo(eight_bits(toned("sepia"))), tmp_path / "sepia.png")
    opened.open(tmp_path / "sepia.png")
    opened.bot.waitUntil(lambda: len(opened.host.profiles) == 2)
    opened.host.answer_profile()
    assert how.tone.isVisibleTo(how)
    assert how.tone.isChecked() and opened.document.settings.keep_tone
    how.tone.click()
    assert not opened.document.settings.keep_tone
    opened.window.model.set_settings(SolverSettings())
    assert how.tone.isChecked()
    opened.window.model.set_task(Task((Greyscale(),)))
    assert not how.tone.isVisibleTo(how)  # its colours are to be new ones
    opened.window.model.set_task(Task((Noise(),)))
    assert how.tone.isVisibleTo(how)
    write_photo(Photo(eight_bits(luma())[..., None].repeat(3, axis=2)), tmp_path / "grey.png")
    opened.open(tmp_path / "grey.png")
    opened.bot.waitUntil(lambda: len(opened.host.profiles) == 3)
    opened.host.answer_profile()
    assert not how.tone.isVisibleTo(how)


def test_scratches_and_dust_are_one_damage_ticked_on_either_card(opened: Desk) -> None:
    cards = opened.window.panel.cards
    dust = next(card for card in cards.cards if card.name == "dust")
    cards.card(MissingPixels).tick.click()
    assert kinds(opened) == set()
    dust.tick.click()
    assert kinds(opened) == {MissingPixels} and not cards.card(MissingPixels).checked
    cards.card(MissingPixels).tick.click()
    dust.tick.click()
    assert kinds(opened) == {MissingPixels}
    opened.window.model.set_task(Task((Noise(),)))
    assert not dust.checked and not cards.card(MissingPixels).checked


@pytest.mark.parametrize(
    ("first", "other"),
    [
        (GaussianBlur, MotionBlur),
        (MotionBlur, GaussianBlur),
        (JpegCompression, Greyscale),
        (Greyscale, JpegCompression),
    ],
)
def test_what_cannot_go_together_is_greyed_with_its_reason(opened: Desk, first: type, other: type) -> None:
    cards = opened.window.panel.cards
    cards.card(first).tick.click()
    card = cards.card(other)
    assert not card.tick.isEnabled() and cards.card(first).title in card.below.text()
    QTest.mouseClick(card, LEFT)
    assert other not in kinds(opened)
    cards.card(first).tick.click()
    assert card.tick.isEnabled() and card.below.text() == card.line


def test_a_suggestion_is_taken_by_its_button_and_then_confirmed(opened: Desk) -> None:
    card = opened.window.panel.cards.card(GaussianBlur)
    card.suggest(GaussianBlur(3.2), "Edges are about 3.2 pixels soft")
    assert card.suggestion.isVisible() and not card.checked
    QTest.mouseClick(card.suggestion.take, LEFT)
    assert opened.document.task.find(GaussianBlur) == GaussianBlur(3.2)
    assert card.suggestion.text.text() == "Edges are about 3.2 pixels soft"
    assert not card.suggestion.take.isVisible()
    opened.window.model.set_task(Task((GaussianBlur(5.0),)))
    assert card.suggestion.take.isVisible()  # what is set is not what was found


def test_what_is_ticked_from_the_start_is_confirmed_where_it_is_found(opened: Desk) -> None:
    card = opened.window.panel.cards.card(MissingPixels)
    assert card.checked and not card.suggestion.isVisible()
    card.suggest(MissingPixels(), "At first glance 3 places look scratched or dusty")
    assert card.suggestion.isVisible() and not card.suggestion.take.isVisible()


def test_fading_has_a_strength(opened: Desk) -> None:
    card = opened.window.panel.cards.card(Fading)
    card.tick.click()
    card.fields["amount"].slider.setValue(35)  # type: ignore[attr-defined]
    assert opened.document.task.find(Fading) == Fading(0.35)


def test_jpeg_asks_for_the_quality_where_the_file_does_not_tell_it(opened: Desk) -> None:
    jpeg = opened.window.panel.cards.card(JpegCompression)
    assert isinstance(jpeg, JpegCard)
    jpeg.tick.click()
    assert opened.document.task.find(JpegCompression) == JpegCompression(40)
    assert jpeg.quality.isVisible() and not jpeg.automatic.isVisible()
    jpeg.show_tables(True)
    assert jpeg.damage() == JpegCompression(0)


def test_damage_without_a_card_survives_a_click(opened: Desk) -> None:
    opened.window.model.set_task(Task((Clipping(),)))
    opened.window.panel.cards.card(Noise).tick.click()
    assert kinds(opened) == {Clipping, Noise}
    assert not opened.window.panel.cards.card(JpegCompression).tick.isEnabled()


def test_what_no_field_can_tell_stays_to_the_last_digit(opened: Desk) -> None:
    panel, exact = opened.window.panel, (GaussianBlur(2.345678912), Noise())
    opened.window.model.set_task(Task(exact))
    panel.how.fold.head.click()
    panel.how.fold.operators.editingFinished.emit()  # as where Tab goes through it
    panel.cards.card(Downsampling).tick.click()
    assert opened.document.task == Task((exact[0], Downsampling(), Noise()))
    panel.cards.card(GaussianBlur).fields["sigma"].row.box.setValue(3.0)  # type: ignore[attr-defined]
    assert opened.document.task.find(GaussianBlur) == GaussianBlur(3.0)


def test_a_card_can_be_ticked_exactly_where_its_damage_goes_with_the_task(opened: Desk) -> None:
    cards = opened.window.panel.cards
    for kind in TRAITS:
        opened.window.model.set_task(Task((KernelBlur("blur.png") if kind is KernelBlur else kind(),)))
        for card in cards.cards:
            free = card.kind is kind or conflict(card.kind, kind) is None
            assert card.tick.isEnabled() == free, (card.name, kind.name)
            named = cards.card(kind).title if CARDS[kind].faces else kind.name
            assert free or named in card.below.text()


def test_only_a_click_of_the_left_button_on_a_card_ticks_it(opened: Desk) -> None:
    card = opened.window.panel.cards.card(Downsampling)
    QTest.mouseClick(card, Qt.MouseButton.RightButton)
    assert not card.checked
    QTest.mousePress(card, LEFT)
    QTest.mouseRelease(card, LEFT, pos=QPoint(-5, -5))  # thought better of
    assert not card.checked
    QTest.mouseClick(card, LEFT)
    assert card.checked


def test_a_seed_too_large_for_its_field_is_kept(opened: Desk) -> None:
    opened.window.model.set_settings(SolverSettings(seed=2**40))
    fold = opened.window.panel.how.fold
    assert fold.seed.text() == "> 2147483647"
    opened.window.panel.how.quality.button("draft").click()
    assert opened.document.settings.seed == 2**40
    fold.seed.setValue(5)
    assert opened.document.settings.seed == 5 and fold.seed.text() == "5"


def test_the_slider_sets_the_closeness_and_shows_it(opened: Desk) -> None:
    how = opened.window.panel.how
    slider = how.closeness.slider
    assert not slider.isEnabled()  # a repair leaves everything else as it is
    opened.window.panel.cards.card(Noise).tick.click()
    assert slider.isEnabled()
    assert slider.value() == slider.maximum() / 2 and opened.document.settings.closeness == 0.5
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert opened.document.settings.closeness == 0
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert opened.document.settings.closeness == 1
    opened.window.model.set_settings(replace(opened.document.settings, closeness=0.25))
    assert slider.value() == 0.75 * slider.maximum()


def test_keep_grain_is_offered_where_something_is_denoised(opened: Desk) -> None:
    how, cards = opened.window.panel.how, opened.window.panel.cards
    assert not how.kept.isVisibleTo(how) and how.grain.isVisibleTo(how)  # a repair keeps all of it
    cards.card(Noise).tick.click()
    assert how.kept.isVisibleTo(how) and not how.grain.isVisibleTo(how)
    slider = how.kept.slider
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert opened.document.settings.keep_grain == 100
    assert how.grain.isVisibleTo(how)  # what is filled in gets grain as well
    cards.card(MissingPixels).tick.click()
    assert not how.grain.isVisibleTo(how)
    opened.window.model.set_settings(replace(opened.document.settings, keep_grain=30))
    assert slider.value() == 30
    opened.window.model.set_task(Task((Downsampling(2),)))
    assert not how.kept.isVisibleTo(how)


def test_advanced_values_reach_the_settings(opened: Desk) -> None:
    fold = opened.window.panel.how.fold
    fold.head.click()
    fold.levels.setValue(12)
    fold.samples.setValue(3)
    fold.tile.setValue(256)
    for choice, value in ((fold.method, "diffpir"), (fold.device, "cpu")):
        choice.setCurrentIndex(choice.findData(value))
        choice.activated.emit(choice.currentIndex())
    settings = opened.document.settings
    assert (settings.levels, settings.samples, settings.tile) == (12, 3, 256)
    assert (settings.method, settings.device) == ("diffpir", "cpu")
    seed = settings.seed
    fold.dice.click()
    assert opened.document.settings.seed != seed
    fold.output.button("sample").click()
    assert opened.document.settings.samples == 1 and not fold.samples.isEnabled()


def write(fold: AdvancedSection, operators: str) -> None:
    fold.operators.selectAll()
    QTest.keyClicks(fold.operators, operators)
    QTest.keyClick(fold.operators, Qt.Key.Key_Return)


def test_operators_can_be_written_out_and_a_wrong_word_is_explained(opened: Desk) -> None:
    fold = opened.window.panel.how.fold
    fold.head.click()
    write(fold, "small:factor=4 noise")
    assert opened.document.task == Task((Downsampling(4), Noise()))
    assert opened.window.panel.cards.card(Downsampling).checked
    write(fold, "fire")
    assert fold.wrong.isVisible() and "fire" in fold.wrong.text()
    assert opened.document.task == Task((Downsampling(4), Noise()))


def test_the_times_stand_on_the_qualities(opened: Desk) -> None:
    quality = opened.window.panel.how.quality
    opened.window.panel.how.show_times({"draft": 10, "balanced": 45, "best": 180})
    assert [quality.button(name).text() for name in ("draft", "balanced", "best")] == [
        "Draft\n8 to 12 s", "Balanced\n35 to 55 s", "Best\n2 to 4 min",
    ]  # fmt: skip


def test_nothing_is_cut_at_the_width_of_the_panel(opened: Desk) -> None:
    panel = opened.window.panel
    panel.how.fold.head.click()
    for card in panel.cards.cards:
        if card.tick.isEnabled():
            card.tick.setChecked(True)
        card.suggest(card.damage(), "The photo was once saved as JPEG at quality 40 of 100")
    assert panel._steps.minimumSizeHint().width() <= WIDTH - 8


def test_the_wheel_scrolls_the_panel_and_changes_nothing_in_it(opened: Desk) -> None:
    panel = opened.window.panel
    for damage in (MotionBlur, Noise, JpegCompression):
        panel.cards.card(damage).tick.click()
    panel.how.fold.head.click()
    area = panel.findChild(QScrollArea)
    bar = area.verticalScrollBar()
    opened.bot.waitUntil(lambda: bar.maximum() > 0)
    parts = [part for kind in (QSlider, QAbstractSpinBox, QComboBox) for part in area.findChildren(kind)]
    seen = [part for part in parts if part.isVisible() and part.isEnabled()]
    assert {type(part).__name__ for part in seen} == {"QSlider", "QSpinBox", "QDoubleSpinBox", "QComboBox"}
    for part in seen:
        for notch, end in ((120, bar.minimum()), (-120, bar.maximum())):
            part.setFocus()
            area.ensureWidgetVisible(part)
            before, place = value_of(part), bar.value()
            at = part.mapTo(opened.window, part.rect().center())
            QTest.wheelEvent(opened.window.windowHandle(), at, QPoint(0, notch))
            assert value_of(part) == before
            assert bar.value() != place or place == end


def value_of(part: QWidget) -> object:
    return part.property("currentIndex" if isinstance(part, QComboBox) else "value")


def test_another_photo_is_seen_from_the_top_of_the_panel(opened: Desk, photo_path: Path) -> None:
    area = opened.window.panel.findChild(QScrollArea)
    bar = area.verticalScrollBar()
    opened.window.panel.how.fold.head.click()
    opened.bot.waitUntil(lambda: bar.value() > 0)
    opened.open(photo_path)
    opened.bot.waitUntil(lambda: len(opened.host.profiles) == 2, timeout=3000)
    opened.host.answer_profile()
    assert bar.maximum() > 0 and bar.value() == 0


def everything_set(desk: Desk) -> list[object]:
    """What every switch, slider, number, choice and line of the panel says, ticked rows or not."""
    parts = desk.window.panel._steps.findChildren(QWidget)
    told: list[object] = []
    for part in parts:
        if isinstance(part, QAbstractButton) and part.isCheckable() and part is not desk.window.panel.how.pin:
            told.append((part.accessibleName() or part.text(), part.isChecked()))
        elif isinstance(part, QSlider | QAbstractSpinBox | QComboBox):
            told.append((part.accessibleName(), value_of(part)))
        elif isinstance(part, QLineEdit):
            told.append(part.text())
    return told


def set_everything(desk: Desk) -> None:
    """Another value in every field of every row, and other rows ticked."""
    set_every_card(desk.window.panel.cards)
    set_every_setting(desk.window.panel.how)
    desk.window.panel.where.options.soft_edge.slider.setValue(7)


def set_every_card(cards: DamageCards) -> None:
    for card in cards.cards:
        for other in cards.cards:
            other.tick.setChecked(False)
        card.tick.setChecked(True)
        for box in card.findChildren(QCheckBox):
            if box is not card.tick:
                box.setChecked(not box.isChecked())
        for part in card.findChildren(QSlider) + card.findChildren(QDoubleSpinBox):
            part.setValue(part.minimum() + (part.maximum() - part.minimum()) / 4)
        for button in card.findChildren(QPushButton):
            if button.isCheckable() and not button.isChecked():
                button.click()
    for name in ("dust", "noise"):
        next(card for card in cards.cards if card.name == name).tick.setChecked(True)


def set_every_setting(how: HowSection) -> None:
    fold = how.fold
    how.kept.slider.setValue(40)
    how.closeness.slider.setValue(3)
    how.quality.button("draft").click()
    for box in (how.tone, how.grain):
        box.click()
    fold.noise.automatic.setChecked(False)
    fold.noise.level.box.setValue(33)
    for number in (fold.levels, fold.samples, fold.seed):
        number.setValue(5)
    fold.tile.setValue(512)
    for choice in (fold.method, fold.device):
        choice.setCurrentIndex(1)
        choice.activated.emit(1)


def test_each_photo_starts_from_itself_unless_choices_are_kept(
    opened: Desk, photo_path: Path, tmp_path: Path
) -> None:
    window, model = opened.window, opened.window.model
    opened.open(photo_path)  # with a brush of the usual size
    fresh = everything_set(opened)
    write_photo(read_photo(photo_path), tmp_path / "next.png")
    for way in ("straight on", "closed between"):
        set_everything(opened)
        chosen = everything_set(opened)
        assert sum(a != b for a, b in zip(fresh, chosen, strict=True)) > 20
        model.mark_saved()
        if way == "closed between":
            opened.trigger("close")
        opened.open(tmp_path / "next.png")
        assert opened.document.recipe == Recipe()
        assert everything_set(opened) == fresh, way
    pin, sign = window.panel.how.pin, window.panel.run_box.pin
    assert not pin.isChecked() and not sign.isVisible()
    set_everything(opened)
    pin.click()
    chosen, recipe = everything_set(opened), opened.document.recipe
    assert sign.isVisible() and sign.isChecked()
    model.mark_saved()
    opened.trigger("close")
    opened.open(photo_path)
    assert opened.document.recipe == recipe and everything_set(opened) == chosen
    assert sign.isVisible()
    sign.click()
    assert not sign.isVisible() and not pin.isChecked()
    opened.open(tmp_path / "next.png")
    assert opened.document.recipe == Recipe() and everything_set(opened) == fresh
