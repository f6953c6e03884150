"""Takes the pictures of the user guide and the README from the real window; called without arguments.

The window is opened on the sample and driven by mouse and keys through the story that the guide tells; the
restorations are done by the real engine (two cores take about five minutes). Then its process ends as in a
power cut, and a second one shows what it offers to recover. The pictures go to resources/help/pictures.
"""

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSlider, QWidget

from daps_desktop.app import run_window
from daps_desktop.base.paths import resource, user_folder
from daps_desktop.document.version import Version
from daps_desktop.jobs.damage import Fading
from daps_desktop.ui.common.preferences import preferences
from daps_desktop.ui.common.theme import SPACING
from daps_desktop.ui.files.project_controller import SaveProjectDialog
from daps_desktop.ui.shell.main_window import MainWindow

OUT = resource("help/pictures")
_WINDOW, _SMALL_WINDOW = QSize(1120, 720), QSize(860, 480)
_PHOTO_COLOURS, _FLAT_COLOURS = 112, 64  # of the palettes: with the grain of a photo, and without
_TICK_MS, _PATIENCE_S = 200, 1800
_LEFT = Qt.MouseButton.LeftButton
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier

# On the sample, in pixels (column, row): along the tear, specks that are not found, the apples.
_TEAR = (
    (999, 84), (985, 86), (938, 106), (896, 142), (858, 178), (838, 200), (800, 222), (782, 240), (735, 274),
    (702, 306), (676, 334),
)  # fmt: skip
_LEFT_OVER = ((993, 453), (311, 633), (248, 747), (183, 654))
_APPLES = QRect(575, 335, 220, 130)

_SHOWN = np.s_[60:400, 560:1000]  # of the sample, on the first page: the tear, and what it crosses

Step = Callable[[], bool]  # whether the story can go on
Story = Callable[[MainWindow], Iterator[Step]]


# The camera


def take(name: str, picture: QPixmap, colours: int = _PHOTO_COLOURS) -> None:
    """Keep a picture, in so few colours that it stays small and nobody sees it."""
    image = picture.toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    whole = Image.fromarray(rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy())
    if len(whole.getcolors(whole.width * whole.height) or ()) > colours:
        whole = whole.quantize(colours, Image.Quantize.MEDIANCUT, kmeans=2, dither=Image.Dither.NONE)
    else:
        whole = whole.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    whole.save(OUT / f"{name}.png", optimize=True)
    print(
        f"{name}: {whole.width} x {whole.height}, {(OUT / f'{name}.png').stat().st_size >> 10} kB", flush=True
    )


def framed(widget: QWidget) -> QPixmap:
    """The whole widget, also what is scrolled out of sight, with a little room around it."""
    inner = widget.grab()
    image = QPixmap(inner.size() + QSize(2 * SPACING, 2 * SPACING))
    image.fill(widget.palette().window().color())
    painter = QPainter(image)
    painter.drawPixmap(SPACING, SPACING, inner)
    painter.end()
    return image


def part(window: MainWindow, left: float, top: float, right: float, bottom: float) -> QPixmap:
    """A rectangle of the photo as the canvas shows it, in shares of the photo."""
    document = window.model.document
    assert document is not None
    photo = document.photo
    corner = on_canvas(window, left * photo.width, top * photo.height)
    end = on_canvas(window, right * photo.width, bottom * photo.height)
    return window.canvas.grab(QRect(corner, end))


# The hand


def on_canvas(window: MainWindow, col: float, row: float) -> QPoint:
    view = window.canvas.view
    assert view is not None
    return view.to_widget(QPointF(col, row)).toPoint()


def press(widget: QWidget) -> None:
    QTest.mouseClick(widget, _LEFT)


def stroke(window: MainWindow, *points: tuple[float, float]) -> None:
    """Draw through places of the photo with the tool in hand."""
    places = [on_canvas(window, *point) for point in points]
    QTest.mousePress(window.canvas, _LEFT, Qt.KeyboardModifier.NoModifier, places[0])
    for a, b in itertools.pairwise(places):
        for i in range(1, 6):
            QTest.mouseMove(window.canvas, a + (b - a) * (i / 5))
    QTest.mouseRelease(window.canvas, _LEFT, Qt.KeyboardModifier.NoModifier, places[-1])


def keep_before_after(window: MainWindow) -> None:
    """A part of the sample, and of the version that is shown, side by side for the first page."""
    document, version = window.model.document, window.model.shown
    assert document is not None and version is not None
    parts = [photo.pixels[_SHOWN] for photo in (document.photo, version.photo)]
    between = np.full((len(parts[0]), 4, 3), 255, np.uint8)
    both = np.concatenate([parts[0], between, parts[1]], axis=1)
    Image.fromarray(both).save(resource("sample") / "before_after.jpg", quality=90)


def leave_out_apples(window: MainWindow) -> None:
    """Click at what was found on the apples, whose skin has specks of its own."""
    found = window.finder.proposals
    assert found is not None
    for place in window.finder.chosen:
        rect = found.pieces[place].rect
        if _APPLES.contains(QPoint(rect.left, rect.top)) and _APPLES.contains(
            QPoint(rect.right, rect.bottom)
        ):
            row, col = np.argwhere(found.patch(place))[0]
            place = on_canvas(window, rect.left + col + 0.5, rect.top + row + 0.5)
            QTest.mouseClick(window.canvas, _LEFT, Qt.KeyboardModifier.NoModifier, place)


def move(slider: QSlider, share: float) -> None:
    """Bring the handle of a slider to a share of its way, by keys."""
    wanted = slider.minimum() + round(share * (slider.maximum() - slider.minimum()))
    while slider.value() != wanted:
        QTest.keyClick(slider, Qt.Key.Key_Right if slider.value() < wanted else Qt.Key.Key_Left)


def now() -> bool:
    """Goes on after the next turn of the loop."""
    return True


def after(ticks: int) -> Step:
    """Goes on when animations and timers have come to rest."""
    left = iter(range(ticks))
    return lambda: next(left, None) is None


# The stories


def first_restoration(window: MainWindow) -> Iterator[Step]:
    where, box = window.panel.where, window.panel.run_box
    window.resize(_SMALL_WINDOW)
    yield lambda: bool(window.welcome.hardware.text())
    window.welcome.button.clearFocus()
    window.welcome.setFocus()
    yield now
    take("welcome", window.grab(), _FLAT_COLOURS)
    window.resize(_WINDOW)
    found: list[object] = []
    window.examiner.diagnosis_ready.connect(found.append)
    press(window.welcome.sample)
    yield lambda: bool(found)
    yield after(3)
    take("opened", window.grab())
    take("tools", framed(window.tool_strip), _FLAT_COLOURS)
    yield from a_frame(window)
    for card in window.panel.cards.cards:
        take(f"card_{card.name}", card.thumbnail.grab())
    yield lambda: window.finder.reviewing  # of itself
    yield after(3)
    take("found", window.grab())
    take("find", framed(where.finding), _FLAT_COLOURS)
    leave_out_apples(window)
    yield after(2)
    take("left_out", part(window, 0.55, 0.25, 1.0, 0.68))
    press(where.finding.accept)
    move(where.options.brush_size.slider, 0.5)
    stroke(window, *_TEAR)
    for col, row in _LEFT_OVER:
        stroke(window, (col - 3, row - 3), (col + 3, row + 3))
    yield after(3)
    take("marked", part(window, 0.45, 0.0, 1.0, 0.62))
    take("where", framed(where), _FLAT_COLOURS)
    press(window.panel.how.quality.button("draft"))
    yield from _taken_how(window)
    yield from _watched(window)
    yield after(8)
    take("result", window.grab())
    keep_before_after(window)
    take("verdict", framed(box), _FLAT_COLOURS)


def _taken_how(window: MainWindow) -> Iterator[Step]:
    how = window.panel.how
    yield after(12)  # the times are foretold anew
    take("how", framed(how), _FLAT_COLOURS)
    press(how.fold.head)
    yield after(3)
    take("advanced", framed(how.fold), _FLAT_COLOURS)
    press(how.fold.head)


def _watched(window: MainWindow) -> Iterator[Step]:
    """Restore, with a picture on the way."""
    press(window.panel.run_box.button)
    yield lambda: window.job.percent >= 35
    take("running", window.grab())
    yield lambda: window.model.shown is not None


def a_frame(window: MainWindow) -> Iterator[Step]:
    window.framing.begin()
    yield lambda: window.framing.framing
    editor = window.framing.editor
    editor.angle.setValue(-4.0)
    yield after(3)
    take("frame", window.grab())
    press(editor.cancel)
    yield now


def looked_at(window: MainWindow) -> Iterator[Step]:
    """Comparing, the check, more versions."""
    for name, key in (("side", Qt.Key.Key_F8), ("difference", Qt.Key.Key_F9)):
        QTest.keyClick(window, key)
        yield after(5)
        take(name, window.centralWidget().grab())
    QTest.keyClick(window, Qt.Key.Key_F5)
    QTest.keyClick(window, Qt.Key.Key_Delete)
    stroke(window, *_TEAR)
    press(window.panel.run_box.button)
    yield lambda: len(_versions(window)) == 2 and not window.job.running
    yield after(5)  # until it is shown
    QTest.keyClick(window, Qt.Key.Key_F7)
    QTest.keyClick(window, Qt.Key.Key_T, _CTRL)
    yield lambda: len(_versions(window)) == 5 and not window.job.running
    yield after(5)
    take("versions", framed(window.versions.panel), _FLAT_COLOURS)
    QTest.keyClick(window, Qt.Key.Key_K, _CTRL)
    yield after(5)
    press(window.check.map.kinds.button("spread"))
    yield lambda: window.check.map.view.heat is not None
    yield after(3)
    take("check", _joined(window.check_dock.titleBarWidget(), window.check))
    QTest.keyClick(window, Qt.Key.Key_K, _CTRL)


def _versions(window: MainWindow) -> list[Version]:
    return window.model.document.versions if window.model.document else []


def _joined(above: QWidget, below: QWidget) -> QPixmap:
    image = QPixmap(below.width(), above.height() + below.height())
    image.fill(below.palette().window().color())
    painter = QPainter(image)
    painter.drawPixmap(0, 0, above.grab())
    painter.drawPixmap(0, above.height(), below.grab())
    painter.end()
    return image


def coloured(window: MainWindow) -> Iterator[Step]:
    """Fading is seen to go while its card is ticked."""
    card = window.panel.cards.card(Fading)
    QTest.keyClick(window, Qt.Key.Key_F5)
    QTest.keyClick(card.tick, Qt.Key.Key_Space)
    yield after(8)
    QTest.keyClick(window, Qt.Key.Key_Q)
    yield after(3)
    take("faded", part(window, 0.0, 0.0, 0.6, 0.7))
    take("card", framed(card), _FLAT_COLOURS)
    QTest.keyClick(window, Qt.Key.Key_Q)
    QTest.keyClick(card.tick, Qt.Key.Key_Space)
    yield now


def kept(window: MainWindow) -> Iterator[Step]:
    """Export and project."""
    QTest.keyClick(window, Qt.Key.Key_E, _CTRL)
    dialog = window.exporting.dialog
    assert dialog is not None
    yield after(12)  # its weight is worked out
    take("export", dialog.grab(), _FLAT_COLOURS)
    press(dialog.cancel)
    yield from _in_front(window)
    QTest.keyClick(window, Qt.Key.Key_S, _CTRL)
    project = window.findChild(SaveProjectDialog)
    assert project is not None
    yield now
    take("project", project.grab(), _FLAT_COLOURS)
    project.reject()
    yield from _in_front(window)


def told(window: MainWindow) -> Iterator[Step]:
    """What is said where something does not go, and the page of priors."""
    QTest.keyClick(window, Qt.Key.Key_V, _CTRL)  # with nothing on the clipboard
    banner = window.panel.run_box.banner
    yield banner.isVisible
    yield now
    take("banner", framed(banner), _FLAT_COLOURS)
    press(banner.dismiss)
    QTest.keyClick(window, Qt.Key.Key_P, _CTRL | _SHIFT)
    yield lambda: window.priors.page is not None and bool(window.priors.page.cards)
    yield after(3)
    assert window.priors.page is not None
    take("priors", window.priors.page.grab(), _FLAT_COLOURS)
    window.priors.page.close()
    yield from _in_front(window)


def _in_front(window: MainWindow) -> Iterator[Step]:
    """Keys reach the window again."""
    window.activateWindow()
    window.canvas.setFocus()
    yield lambda: QApplication.focusWidget() is window.canvas


def album(window: MainWindow) -> Iterator[Step]:
    """Two pictures of the sample's parts, restored one after the other."""
    folder = user_folder() / "Pictures"
    folder.mkdir()
    with Image.open(resource("sample/sample.jpg")) as sample:
        for name, box in (("jug.jpg", (150, 40, 400, 290)), ("apples.jpg", (640, 40, 900, 290))):
            sample.crop(box).save(folder / name, quality=93, subsampling=0)
    QTest.keyClick(window, Qt.Key.Key_A, _CTRL | Qt.KeyboardModifier.AltModifier)
    control = window.album
    assert control.window is not None and control.album is not None
    control.window.resize(760, 560)
    control.add_folder(folder)
    yield lambda: len(control.album.album.rows) == 2
    press(control.window.run)
    yield lambda: all(not row.open for row in control.album.album.rows) and not control.album.running
    yield after(3)
    take("album", control.window.grab(), _FLAT_COLOURS)
    control.window.close()


def whole_story(window: MainWindow) -> Iterator[Step]:
    for story in (first_restoration, looked_at, coloured, kept, told, album):
        yield from story(window)
        yield now


def after_a_crash(window: MainWindow) -> Iterator[Step]:
    yield lambda: bool(window.welcome.cards)
    yield after(3)
    take("recovery", framed(window.welcome.cards[0]), _FLAT_COLOURS)


STORIES: dict[str, Story] = {"whole": whole_story, "crash": after_a_crash}


# Playing


class Player:
    """Goes on with a story whenever it can, and then ends the process as a power cut would."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._steps: Iterator[Step] | None = None
        self._can_go_on: Step = now
        self._ticks = 0
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)
        self._timer.start(_TICK_MS)

    def _tick(self) -> None:
        self._ticks += 1
        if self._ticks * _TICK_MS > 1000 * _PATIENCE_S:
            sys.stderr.write("gave up waiting\n")
            os._exit(1)
        if self._steps is None:
            window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
            window.resize(_WINDOW)
            self._steps = self._story(window)
        if self._can_go_on():
            self._go_on(self._steps)

    def _go_on(self, steps: Iterator[Step]) -> None:
        try:
            self._can_go_on = next(steps)
        except StopIteration:
            os._exit(0)
        except Exception:
            traceback.print_exc()
            os._exit(1)


def play(name: str) -> int:
    app = QApplication([])
    preferences().setValue("scheme", "light")
    app.setEffectEnabled(Qt.UIEffect.UI_AnimateCombo, False)
    player = Player(STORIES[name])
    code = run_window(None)
    del player
    return code


def main() -> int:
    if len(sys.argv) > 1:
        return play(sys.argv[1])
    OUT.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.gettempdir()) / "anna"  # seen in the pictures where files are named
    home.mkdir()
    environment = {
        **os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
        "QT_SCALE_FACTOR": "1", "DAPS_DESKTOP_DATA": str(home), "XDG_CONFIG_HOME": str(home),
        "HOME": str(home),
    }  # fmt: skip
    try:
        for name in STORIES:
            subprocess.run([sys.executable, __file__, name], env=environment, check=True)
    finally:
        shutil.rmtree(home)
    sizes = [image.stat().st_size for image in OUT.glob("*.png")]
    print(f"{len(sizes)} pictures, {sum(sizes) >> 10} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
