"""The Check panel: curves, hover, exports, maps on the panel and over the photo, the sentence above them."""

import csv
import sys
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QWidget

from daps_desktop.document.document import Document
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.damage import PhaseRetrieval
from daps_desktop.jobs.messages import Failed, RestoreResult
from daps_desktop.jobs.report import PlaceToMend, StepReport
from daps_desktop.jobs.task import Task
from daps_desktop.ui.check import check_panel, map_view
from daps_desktop.ui.check.curve import Curve, to_csv
from daps_desktop.ui.check.residual_plot import ResidualPlot
from daps_desktop.ui.common import labels
from tests.fakes.hosts import progress_of, report_of
from tests.ui.conftest import NO_KEY, Desk


def finish(desk: Desk, value: int = 7, residual: float = 1.05, map_: np.ndarray | None = None) -> None:
    request = desk.host.requests[-1]
    pixels = request.photo.pixels.copy()
    pixels[request.mask] = value
    steps = [StepReport(1 / n, 1 + 10 / n if n < 3 else residual, 2 * n, 10.0 * n) for n in range(1, 5)]
    report = replace(report_of(request, residual), steps=steps)
    desk.host.say(RestoreResult(request.job_id, request.photo.with_pixels(pixels), report, map_))


def half_bright() -> np.ndarray:
    """Nothing left in the left half, three noise levels in the right, nothing known in the lower third."""
    values = np.zeros((30, 40), np.float16)
    values[:, 20:] = 3
    values[20:] = np.nan
    return values


@pytest.fixture
def marked(opened: Desk) -> Desk:
    opened.window.resize(1300, 900)
    opened.drag((100, 50), (100, 250))
    opened.trigger("check")
    opened.trigger("restore")
    return opened


def plot_of(desk: Desk) -> ResidualPlot:
    plot = desk.window.check.plot
    assert isinstance(plot, ResidualPlot)
    return plot


def seen(desk: Desk, row: int, col: int) -> tuple[int, ...]:
    canvas = desk.window.canvas
    return canvas.grab().toImage().pixelColor(desk.point(row, col) * canvas.devicePixelRatioF()).getRgb()[:3]


def shot(desk: Desk) -> None:
    """Let what was asked of the helper thread come back."""
    desk.bot.waitUntil(lambda: desk.window.check.map.view.heat is not None, timeout=8000)


def hover(widget: QWidget, at: QPoint) -> None:
    """Move the mouse over a widget, whatever windows of other tests may still lie there."""
    place = QPointF(at)
    nothing = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, place, QPointF(widget.mapToGlobal(at)), nothing, nothing, NO_KEY
    )
    QApplication.sendEvent(widget, event)


def test_every_sample_draws_a_line_of_its_own() -> None:
    curve = Curve(samples=2)
    request_steps = [(1, 0), (2, 0), (2, 0), (3, 1), (4, 1)]
    for step, sample in request_steps:
        curve = curve.with_point(replace(progress_of("a", step), sample=sample))
    assert [[point.step for point in line] for line in curve.lines] == [[1, 2], [1, 2]]
    assert curve.steps == 2
    assert curve.lines[1][0].residual_over_noise == pytest.approx(1 + 10 / 3)


def test_a_report_gives_the_lines_back() -> None:
    steps = [
        StepReport(0.5, 2.0, 4, 1.0, 0),
        StepReport(0.2, 1.0, 8, 2.0, 0),
        StepReport(0.5, 3.0, 12, 3.0, 1),
    ]
    request = Document(Photo(np.zeros((4, 4, 3), np.uint8))).request("a", 0)
    curve = Curve.of(request.task, replace(report_of(request), steps=steps))
    assert [len(line) for line in curve.lines] == [2, 1] and curve.steps == 2
    rows = list(csv.DictReader(to_csv(curve.lines).decode().splitlines()))
    assert [(row["sample"], row["step"], row["sigma"]) for row in rows] == [
        ("1", "1", "0.5"), ("1", "2", "0.2"), ("2", "1", "0.5"),
    ]  # fmt: skip


def test_the_mouse_reads_the_numbers_of_a_step(marked: Desk) -> None:
    for step in (1, 2, 3):
        marked.host.step(step, with_preview=False)
    plot = plot_of(marked)
    assert plot.readout == ""

    def over_the_second_step() -> bool:
        place = plot.mapFromScene(plot.plotItem.vb.mapViewToScene(QPointF(2.1, 0.5)))
        hover(plot.viewport(), place)
        return bool(plot.readout)

    marked.bot.waitUntil(over_the_second_step, timeout=5000)  # once the plot has found its size
    assert plot.readout.splitlines() == [
        "Step 2", "Difference: 6.00× the noise", "Annealing noise: 0.5", "Network evaluations: 4",
    ]  # fmt: skip
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert plot.readout == ""


def save(desk: Desk, action: str, path: Path) -> Path:
    """Answer the dialog of an action with the name that it suggests, which is to be `path`."""
    desk.trigger(action)
    dialog = desk.window.findChildren(QFileDialog)[-1]
    with desk.bot.waitSignal(desk.window.files.saved, timeout=5000) as saved:
        dialog.accept()
    assert saved.args == [path]
    return path


def test_plot_and_steps_are_saved_beside_the_photo(marked: Desk, photo_path: Path) -> None:
    assert not marked.window.actions_["export_plot"].isEnabled()
    finish(marked)
    with save(marked, "export_steps", photo_path.with_name("family_steps.csv")).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == ["1", "2", "3", "4"]
    assert float(rows[1]["residual_over_noise"]) == 6 and rows[1]["evaluations"] == "4"
    with Image.open(save(marked, "export_plot", photo_path.with_name("family_check.png"))) as image:
        assert image.size == (2 * plot_of(marked).width(), 2 * plot_of(marked).height())
        assert len(np.unique(np.asarray(image.convert("L")))) > 20


def test_a_plot_that_was_never_looked_at_is_shown_and_saved(opened: Desk, photo_path: Path) -> None:
    opened.drag((100, 50), (100, 250))
    opened.trigger("restore")
    finish(opened)
    with Image.open(save(opened, "export_plot", photo_path.with_name("family_check.png"))) as image:
        assert len(np.unique(np.asarray(image.convert("L")))) > 20
    assert opened.window.check.isVisible()


def test_a_run_that_fails_promises_no_verdict(marked: Desk) -> None:
    marked.host.step(1, with_preview=False)
    marked.host.say(Failed(marked.host.requests[-1].job_id, "engine_died", {"detail": "gone"}))
    assert marked.window.check.verdict.text() == check_panel.NO_RESULT and plot_of(marked).values == []


def test_the_scale_of_the_small_map_covers_none_of_it(marked: Desk) -> None:
    finish(marked, map_=half_bright())
    shot(marked)
    view = marked.window.check.map.view
    heat, button = view.heat, view.findChild(QAbstractButton)
    assert heat is not None
    for width in (250, 288, 330, 360, 420, 500, 900):
        view.resize(width, 157)
        view.grab()
        image, scale = view._places(heat)
        assert not image.intersects(scale) and not image.intersects(button.geometry())
        assert view.rect().contains(image.toAlignedRect()) and view.rect().contains(scale.toAlignedRect())
        assert min(image.width(), image.height()) > 70


def test_no_map_of_another_version_is_seen_meanwhile(marked: Desk) -> None:
    for _ in range(2):
        marked.trigger("restore")
        finish(marked, map_=half_bright())
        shot(marked)
    marked.trigger("heat")
    go_on = Event()
    marked.window.background.run(go_on.wait, lambda _: None)
    marked.trigger("previous_version")
    nothing = marked.window.check.map.view.heat, marked.window.canvas._comparison.heat
    go_on.set()
    assert nothing == (None, None)
    shot(marked)


def test_the_map_lies_over_the_photo_where_something_is_left(marked: Desk) -> None:
    marked.window.canvas.setFocus()
    finish(marked, map_=half_bright())
    shot(marked)
    marked.trigger("result")
    bare = [seen(marked, row, col) for row, col in ((60, 100), (60, 300), (270, 300))]
    marked.trigger("heat")
    left, right, unknown = (seen(marked, row, col) for row, col in ((60, 100), (60, 300), (270, 300)))
    assert unknown == bare[2]  # nothing is known there
    assert max(abs(a - b) for a, b in zip(left, bare[0], strict=True)) < 40
    assert right[0] > 200 and right[1] > 200  # the bright end of the scale
    QTest.mouseMove(marked.window.canvas, QPoint(5, 5))
    marked.trigger("heat")
    assert seen(marked, 60, 300) == bare[1]


def test_a_project_brings_verdict_curve_and_map_back(marked: Desk, tmp_path: Path) -> None:
    finish(marked, residual=3.0, map_=half_bright())
    shot(marked)
    check = marked.window.check
    before = check.verdict.text(), plot_of(marked).values, check.map.view.heat
    with marked.bot.waitSignal(marked.window.projects.saved, timeout=5000):
        marked.window.projects.save_to(tmp_path / "work.daps", embed=True)
    marked.trigger("close")
    assert check.map.view.heat is None
    marked.open(tmp_path / "work.daps")
    marked.window.actions_["check"].setChecked(True)
    shot(marked)
    heat = check.map.view.heat
    assert (check.verdict.text(), plot_of(marked).values) == before[:2]
    assert before[2] is not None and heat is not None and heat.image == before[2].image


def test_a_measurement_that_is_no_picture_has_no_map(marked: Desk) -> None:
    finish(marked)
    box = marked.window.check.map
    assert box.why.text() == map_view.NO_MAP
    marked.window.model.set_task(Task((PhaseRetrieval(),)))
    marked.trigger("restore")
    request = marked.host.requests[-1]
    marked.host.say(RestoreResult(request.job_id, request.photo, report_of(request)))
    assert box.why.text() == map_view.NO_IMAGE and box.why.isVisible()


def test_where_versions_differ_needs_two_and_says_what_it_is_not(marked: Desk) -> None:
    finish(marked)
    box = marked.window.check.map
    box.kinds.button("spread").click()
    assert box.why.text() == map_view.NO_SAMPLES and "not a probability" in box.note.text()
    marked.trigger("try_more")
    for value in (40, 60, 80):
        finish(marked, value)
    shot(marked)
    heat = box.view.heat
    assert heat is not None and heat.title.startswith("Where versions differ")
    inside, outside = (heat.image.pixelColor(150, row) for row in (100, 200))
    assert inside.alpha() > 150 > 60 > outside.alpha()


def test_the_sentence_follows_the_version_that_is_shown(marked: Desk) -> None:
    panel = marked.window.check
    assert panel.verdict.text() == check_panel.RUNNING
    marked.host.finish(7, PlaceToMend.of(Rect(48, 60, 52, 90), "damage", np.ones((4, 30), bool)))
    assert panel.verdict.text().startswith("1 place repaired. A trace is left at 1 place.")
    marked.trigger("restore")
    finish(marked, residual=3.0)
    assert panel.verdict.text().startswith("1 place repaired. No trace of the damage was found.")
    assert "gree" not in panel.verdict.text()  # nothing was compared where something was filled in
    marked.trigger("previous_version")
    assert "A trace is left" in panel.verdict.text()
    assert panel.note.text() == labels.PLOT_NOTE_REPAIR


def test_a_version_picked_during_a_run_keeps_its_own_curve(marked: Desk) -> None:
    for step in (1, 2, 3):
        marked.host.step(step, with_preview=False)
    finish(marked)
    whole = plot_of(marked).values
    marked.trigger("restore")
    marked.host.step(1, with_preview=False)
    assert plot_of(marked).values == [11]
    marked.window.model.show_version(marked.document.versions[0])
    marked.host.step(2, with_preview=False)
    assert plot_of(marked).values == whole and len(whole) == 4
    finish(marked)
    marked.trigger("restore")
    marked.host.step(1, with_preview=False)
    assert plot_of(marked).values == [11]


def test_a_version_put_together_has_neither_curve_nor_verdict(marked: Desk) -> None:
    finish(marked)
    marked.trigger("try_more")
    for value in (40, 60, 80):
        finish(marked, value)
    marked.trigger("safest")
    panel = marked.window.check
    marked.bot.waitUntil(lambda: panel.verdict.text() == check_panel.NO_RUN, timeout=5000)
    assert plot_of(marked).values == [] and panel.map.why.text() == map_view.NO_RUN
    assert not marked.window.actions_["export_steps"].isEnabled()


def test_the_plot_library_is_there_before_the_panel_is_opened(opened: Desk) -> None:
    opened.bot.waitUntil(lambda: "daps_desktop.ui.check.heat_colours" in sys.modules, timeout=8000)
    assert opened.window.check.plot is None
