"""The export dialog: what it shows is what is written, and nothing is taken without asking."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDoubleSpinBox, QMessageBox

from daps_desktop.base.i18n import phrase
from daps_desktop.document.sidecar import read_sidecar
from daps_desktop.imaging.export import sidecar_path
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.theme import MIN_TARGET
from daps_desktop.ui.files.export_dialog import ExportDialog
from tests.ui.conftest import LEFT, Desk
from tests.ui.test_files import answer, question


@pytest.fixture
def restored(opened: Desk) -> Desk:
    """A photo with a scratch painted and filled in."""
    opened.drag((50, 50), (50, 90))
    opened.trigger("restore")
    opened.host.finish(200)
    return opened


def dialog(desk: Desk) -> ExportDialog:
    """The open dialog, once it knows how large the file will be."""
    if desk.window.exporting.dialog is None:
        desk.trigger("export")
    shown = desk.window.exporting.dialog
    assert shown is not None and shown.isVisible()
    settle(desk)
    return shown


def settle(desk: Desk) -> None:
    desk.bot.waitUntil(lambda: "on disk" in weight(desk), timeout=5000)


def weight(desk: Desk) -> str:
    assert desk.window.exporting.dialog is not None
    return desk.window.exporting.dialog.weight.text()


def export(desk: Desk) -> Path:
    shown = dialog(desk)
    with desk.bot.waitSignal(desk.window.exporting.exported, timeout=5000) as signal:
        QTest.mouseClick(shown.button, LEFT)
    assert signal.args is not None
    return signal.args[0]


def pick(shown: ExportDialog, segments: str, value: object) -> None:
    QTest.mouseClick(getattr(shown, segments).button(value), LEFT)


def kilobytes(path: Path) -> str:
    return f"{path.stat().st_size / 1000:.1f} KB on disk"


def test_the_result_goes_beside_the_original_bit_for_bit(restored: Desk, photo_path: Path) -> None:
    said = weight(restored) if dialog(restored) else ""
    path = export(restored)
    assert path == photo_path.with_name("family_restored.png")
    assert said == kilobytes(path)
    shown = restored.window.model.shown
    assert shown is not None
    np.testing.assert_array_equal(read_photo(path).pixels, shown.photo.pixels)
    told = read_sidecar(sidecar_path(path))
    assert told.matches(restored.document.photo) and told.recipe == shown.recipe
    np.testing.assert_array_equal(told.mask, restored.hole)
    assert restored.window.exporting.dialog is None and not restored.window.model.unsaved


def test_ctrl_e_opens_it_and_only_where_there_is_a_result(opened: Desk) -> None:
    QTest.keyClick(opened.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert opened.window.exporting.dialog is None
    opened.drag((50, 50), (50, 90))
    opened.trigger("restore")
    opened.host.finish(200)
    QTest.keyClick(opened.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert opened.window.exporting.dialog is not None
    QTest.keyClick(opened.window.exporting.dialog, Qt.Key.Key_Escape)
    assert opened.window.exporting.dialog is None


@pytest.mark.parametrize("name", ["png", "tiff", "jpeg", "webp"])
def test_the_size_told_is_the_size_on_disk(restored: Desk, name: str) -> None:
    shown = dialog(restored)
    pick(shown, "format", name)
    settle(restored)
    said = weight(restored)
    path = export(restored)
    assert path.suffix == {"png": ".png", "tiff": ".tif", "jpeg": ".jpg", "webp": ".webp"}[name]
    assert said == kilobytes(path)
    honest = "bit for bit" if name in ("png", "tiff") else "re-encodes every pixel"
    assert honest in shown.line.text()


def test_less_quality_is_less_to_store(restored: Desk) -> None:
    shown = dialog(restored)
    pick(shown, "format", "jpeg")
    settle(restored)
    much = weight(restored)
    shown.slider.setFocus()
    QTest.keyClick(shown.slider, Qt.Key.Key_Home)
    assert shown.quality.value == 1
    restored.bot.waitUntil(lambda: weight(restored) != much and "on disk" in weight(restored), timeout=5000)
    assert float(weight(restored).split()[0]) < float(much.split()[0])


def test_pixels_and_centimetres_belong_together(restored: Desk) -> None:
    shown = dialog(restored)
    fields = shown.size_fields
    fields.width_box.box.setValue(200)
    assert (fields.height_box.value, shown.options.longest_side) == (150, 200)
    assert "every pixel is resampled" in shown.line.text()
    fields.dpi_box.box.setValue(254)
    assert shown.options.longest_side == 200 and "2.0 × 1.5 cm" in fields.paper.text()
    QTest.mouseClick(fields.unit.button("cm"), LEFT)
    assert (fields.width_box.value, fields.height_box.value) == (2.0, 1.5)
    fields.height_box.box.setValue(3.0)
    assert (shown.options.longest_side, fields.width_box.value) == (0, 4.0)  # as large as it was
    fields.dpi_box.box.setValue(127)
    assert shown.options.longest_side == 200 and fields.width_box.value == 4.0
    QTest.mouseClick(fields.unit.button("px"), LEFT)
    assert (fields.width_box.value, shown.options.longest_side) == (200, 200)
    fields.dpi_box.box.setValue(300)
    QTest.mouseClick(fields.unit.button("cm"), LEFT)
    assert fields.width_box.value == 1.7 and shown.options.longest_side == 200
    QTest.mouseClick(fields.unit.button("px"), LEFT)
    assert (fields.width_box.value, shown.options.longest_side) == (200, 200)
    fields.dpi_box.box.setValue(127)
    path = export(restored)
    read = read_photo(path)
    assert (read.width, read.height) == (200, 150)
    assert read.metadata.dpi == pytest.approx((127, 127), rel=1e-3)


def test_enter_exports_wherever_the_keys_are(restored: Desk, tmp_path: Path) -> None:
    shown = dialog(restored)
    shown.picture.button("result").setFocus()
    shown.name.setText(str(tmp_path / "entered.png"))
    with restored.bot.waitSignal(restored.window.exporting.exported, timeout=5000):
        QTest.keyClick(shown.picture.button("result"), Qt.Key.Key_Return)
    assert (tmp_path / "entered.png").exists()


def test_the_original_size_comes_back(restored: Desk) -> None:
    shown = dialog(restored)
    shown.size_fields.width_box.box.setValue(77)
    QTest.mouseClick(shown.size_fields.own, LEFT)
    assert shown.options.longest_side == 0 and shown.size_fields.width_box.value == 400


def test_the_ending_that_is_typed_chooses_the_format(restored: Desk, tmp_path: Path) -> None:
    shown = dialog(restored)
    shown.name.setText(str(tmp_path / "for aunt.jpeg"))
    shown.name.editingFinished.emit()
    assert shown.format.value == "jpeg" and not shown.bits.isEnabled()
    shown.name.setText(str(tmp_path / "for.aunt"))
    shown.name.editingFinished.emit()
    assert shown.name.text().endswith("for.aunt.jpg")
    assert export(restored) == tmp_path / "for.aunt.jpg"


def test_a_name_alone_goes_where_the_photo_is_and_none_goes_nowhere(restored: Desk, photo_path: Path) -> None:
    shown = dialog(restored)
    shown.name.setText("  ")
    pick(shown, "format", "jpeg")
    assert not shown.button.isEnabled() and shown.format.value == "jpeg"
    shown.name.setText("for aunt")
    shown.name.editingFinished.emit()
    assert shown.button.isEnabled() and shown.name.text() == "for aunt.jpg"
    assert export(restored) == photo_path.with_name("for aunt.jpg")


@pytest.mark.parametrize("policy", ["unique", "overwrite", "skip"])
def test_a_name_that_is_taken(restored: Desk, photo_path: Path, policy: str) -> None:
    taken = photo_path.with_name("family_restored.png")
    taken.write_bytes(b"dear")
    shown = dialog(restored)
    shown.policy.setCurrentIndex(shown.policy.findData(policy))
    if policy == "skip":
        QTest.mouseClick(shown.button, LEFT)
        restored.bot.waitUntil(shown.banner.isVisible, timeout=5000)
        assert "left alone" in shown.banner.sentence.text() and shown.button.isEnabled()
        shown.reject()
    else:
        assert export(restored) == (
            taken if policy == "overwrite" else photo_path.with_name("family_restored_2.png")
        )
    assert (taken.read_bytes() == b"dear") == (policy != "overwrite")


def test_asking_means_a_question_and_the_original_is_never_replaced(restored: Desk, photo_path: Path) -> None:
    taken, before = photo_path.with_name("family_restored.png"), photo_path.read_bytes()
    taken.write_bytes(b"dear")
    shown = dialog(restored)
    shown.policy.setCurrentIndex(shown.policy.findData("ask"))
    QTest.mouseClick(shown.button, LEFT)
    boxes = lambda: [b for b in restored.window.findChildren(QMessageBox) if b.isVisible()]  # noqa: E731
    restored.bot.waitUntil(lambda: bool(boxes()), timeout=5000)
    replace_button = next(b for b in boxes()[-1].buttons() if b.text() == labels.REPLACE)
    with restored.bot.waitSignal(restored.window.exporting.exported, timeout=5000):
        QTest.mouseClick(replace_button, LEFT)
    assert read_photo(taken).width == 400

    shown = dialog(restored)
    shown.name.setText(str(photo_path))
    QTest.mouseClick(shown.button, LEFT)
    restored.bot.waitUntil(shown.banner.isVisible, timeout=5000)
    assert "is the original photo" in shown.banner.sentence.text()
    assert photo_path.read_bytes() == before
    shown.reject()


def test_a_folder_that_is_not_there_is_made_after_a_question(restored: Desk, tmp_path: Path) -> None:
    shown, path = dialog(restored), tmp_path / "new" / "and below" / "a.png"
    shown.name.setText(str(path))
    QTest.mouseClick(shown.button, LEFT)
    answer(restored, labels.CANCEL)
    assert shown.isVisible() and not path.parent.exists()
    QTest.mouseClick(shown.button, LEFT)
    assert str(path.parent) in question(restored).informativeText()
    with restored.bot.waitSignal(restored.window.exporting.exported, timeout=5000):
        answer(restored, "Make the folder")
    assert read_photo(path).width == 400


def test_saving_puts_the_result_beside_the_photo_and_says_where_it_is(
    restored: Desk, photo_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        "daps_desktop.ui.common.file_dialogs.QDesktopServices.openUrl", lambda url: opened.append(url)
    )
    told = phrase("A word is left out.")
    monkeypatch.setattr("daps_desktop.ui.files.export_controller.lost", lambda *_: (told,))
    assert dialog(restored).weight.text().endswith("on disk. A word is left out.")
    dialog(restored).reject()
    box = restored.window.panel.run_box
    assert box.save.text() == "Save" and not box.folder.isVisible()
    for name in ("family_restored.png", "family_restored_2.png"):  # never over the last one
        with restored.bot.waitSignal(restored.window.exporting.saved, timeout=5000):
            QTest.mouseClick(box.save, LEFT)
        assert box.written.text() == f"Saved as {name}" and box.written.isVisible()
    assert told in restored.window.panel._notes.values()
    shown = restored.window.model.shown
    assert shown is not None and not restored.window.model.unsaved
    np.testing.assert_array_equal(read_photo(photo_path.with_name(name)).pixels, shown.photo.pixels)
    if sys.platform.startswith("linux"):
        QTest.mouseClick(box.folder, LEFT)
        assert opened == [QUrl.fromLocalFile(str(photo_path.parent))]
    restored.open(photo_path)
    assert not box.folder.isVisible()  # that was another time


def test_a_photo_whose_folder_takes_nothing_is_exported_elsewhere(restored: Desk, tmp_path: Path) -> None:
    photo = replace(restored.document.photo, path=tmp_path / "gone" / "family.png")
    restored.document.photo = photo
    banner = restored.window.panel.run_box.banner
    restored.trigger("save_result")
    restored.bot.waitUntil(banner.isVisible, timeout=5000)
    assert restored.window.panel.run_box.save.isEnabled() and restored.window.exporting.dialog is None
    QTest.mouseClick(banner.act, LEFT)
    assert restored.window.exporting.dialog is not None


def test_a_place_that_cannot_be_written_leaves_the_dialog_for_another(restored: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    shown = dialog(restored)
    shown.name.setText(str(tmp_path / "file" / "a.png"))
    QTest.mouseClick(shown.button, LEFT)
    restored.bot.waitUntil(shown.banner.isVisible, timeout=5000)
    assert "a.png" in shown.banner.sentence.text()
    shown.name.setText(str(tmp_path / "a.png"))
    assert export(restored) == tmp_path / "a.png"


def test_without_memory_it_is_said_and_the_next_try_is_a_new_one(
    restored: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(*_: object) -> bytes:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr("daps_desktop.ui.files.export_controller.encode", short)
        restored.trigger("export")
        shown = restored.window.exporting.dialog
        assert shown is not None
        restored.bot.waitUntil(shown.banner.isVisible, timeout=5000)
        assert "memory ran out" in shown.banner.sentence.text()
        shown.reject()
    assert export(restored).exists()


@pytest.mark.parametrize(("image", "width"), [("side_by_side", 801), ("split", 400)])
def test_before_and_after_as_one_picture(restored: Desk, image: str, width: int) -> None:
    shown = dialog(restored)
    pick(shown, "picture", image)
    settle(restored)
    joined = read_photo(export(restored))
    assert joined.width == width and joined.height > 300
    np.testing.assert_array_equal(joined.pixels[:300, :200], restored.document.photo.pixels[:, :200])
    strip = joined.pixels[300:]
    assert strip.min() < 120 and strip.max() == 255  # the captions


def test_what_was_chosen_is_there_the_next_time_but_not_the_size_of_this_photo(restored: Desk) -> None:
    shown = dialog(restored)
    pick(shown, "format", "jpeg")
    shown.quality.box.setValue(71)
    shown.metadata.click()
    shown.sidecar.click()
    shown.size_fields.width_box.box.setValue(90)
    settle(restored)
    path = export(restored)
    assert not sidecar_path(path).exists()
    again = dialog(restored)
    assert (again.format.value, again.quality.value) == ("jpeg", 71)
    assert not again.metadata.isChecked() and not again.sidecar.isChecked()
    assert again.options.longest_side == 0 and again.name.text().endswith("family_restored.jpg")
    again.reject()


def test_sixteen_bits_are_offered_where_they_can_be_held(desk: Desk, tmp_path: Path) -> None:
    deep = np.random.default_rng(0).integers(0, 65536, (120, 160, 3)).astype(np.uint16)
    write_photo(Photo(deep), tmp_path / "deep.tif")
    desk.open(tmp_path / "deep.tif")
    desk.drag((50, 50), (50, 90))
    desk.trigger("restore")
    desk.host.finish(200)
    shown = dialog(desk)
    assert shown.bits.value == 16
    pick(shown, "bits", 8)
    assert "rounded" in shown.line.text()
    settle(desk)
    assert read_photo(export(desk)).bits == 8


def test_another_version_is_not_taken_for_the_one_being_encoded(restored: Desk) -> None:
    """The dialog is closed while the first version is still being encoded, and opened for the second."""
    restored.trigger("export")
    first = restored.window.exporting.dialog
    assert first is not None
    restored.window.exporting._encode()
    first.reject()
    restored.trigger("restore")
    restored.host.finish(90)
    path = export(restored)
    shown = restored.window.model.shown
    assert shown is not None and shown.number == 2
    np.testing.assert_array_equal(read_photo(path).pixels, shown.photo.pixels)


def test_the_parts_have_names_and_can_be_hit(restored: Desk) -> None:
    shown = dialog(restored)
    for part in (shown.name, shown.policy, shown.slider, shown.quality.box, shown.size_fields.width_box.box):
        assert part.accessibleName()
    for part in (shown.button, shown.cancel, shown.metadata, shown.sidecar, shown.policy, shown.slider):
        assert part.height() >= 28, part
    shown.reject()


def test_words_that_take_more_lines_squeeze_no_field(restored: Desk) -> None:
    shown = dialog(restored)
    before = shown.height()
    shown.line.setText("Words in another language may be longer. " * 8)
    restored.bot.waitUntil(lambda: shown.height() > before, timeout=2000)
    fields = [field for field in shown.findChildren(QDoubleSpinBox) if field.isVisible()]
    assert len(fields) >= 4
    assert all(field.height() >= MIN_TARGET for field in fields)
