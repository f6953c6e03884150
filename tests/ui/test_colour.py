"""Through the profile of the photo to the colours of the screen."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColorSpace
from PySide6.QtWidgets import QApplication

from daps_desktop.core.photo import Metadata, Photo
from daps_desktop.core.photo_writer import write_photo
from daps_desktop.ui.canvas.layer import image_of
from daps_desktop.ui.canvas.pyramid import display_picture
from daps_desktop.ui.canvas.screen_colour import ScreenColour
from daps_desktop.ui.canvas.screen_profile import screen_profile
from tests.ui.conftest import Desk

WIDE = QColorSpace.NamedColorSpace.AdobeRgb
P3 = QColorSpace.NamedColorSpace.DisplayP3


def icc(space: QColorSpace.NamedColorSpace) -> bytes:
    return QColorSpace(space).iccProfile().data()


def flat(colour: tuple[int, int, int], kind: type = np.uint8) -> np.ndarray:
    return np.full((40, 60, 3), np.array(colour) * (257 if kind is np.uint16 else 1), kind)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_wide_gamut_photo_is_shown_with_its_own_greens(kind: type) -> None:
    photo = Photo(flat((120, 180, 120), kind), metadata=Metadata(icc=icc(WIDE)))
    red, green, blue = (int(v) for v in display_picture(photo)[20, 30])
    # By the primaries of Adobe RGB (1998) in XYZ, and a gamma of 563/256, into sRGB.
    wide = np.array([[0.57667, 0.18556, 0.18823], [0.29734, 0.62736, 0.07529], [0.02703, 0.07069, 0.99134]])
    narrow = np.array([[0.41246, 0.35758, 0.18044], [0.21267, 0.71515, 0.07218], [0.01933, 0.11919, 0.95030]])
    light = np.linalg.solve(narrow, wide @ (np.array([120, 180, 120]) / 255) ** (563 / 256))
    coded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.abs(light) ** (1 / 2.4) - 0.055)
    assert np.abs(np.array([red, green, blue]) - 255 * coded).max() <= 2
    assert red < 110  # the numbers of the file, taken for sRGB, would be too pale


def test_a_photo_without_a_profile_is_taken_for_srgb() -> None:
    assert tuple(display_picture(Photo(flat((120, 180, 120))))[0, 0]) == (120, 180, 120)


@pytest.mark.qt_log_ignore("fromIccProfile")  # of the damaged one
def test_a_wide_screen_is_given_its_own_numbers(qapp: QApplication) -> None:
    screen = qapp.primaryScreen()
    told: list[bytes | None] = [icc(P3)]
    colour = ScreenColour(lambda _: told[0])
    heard: list[None] = []
    colour.changed.connect(lambda: heard.append(None))
    colour.follow(screen)
    colour.follow(screen)
    assert len(heard) == 1
    seen = colour.shown(image_of(flat((255, 0, 0)))).pixelColor(5, 5)
    assert (seen.red(), seen.green(), seen.blue()) == pytest.approx((234, 51, 35), abs=2)
    grey = colour.shown(image_of(flat((128, 128, 128)))).pixelColor(5, 5)
    assert max(abs(v - 128) for v in (grey.red(), grey.green(), grey.blue())) <= 1
    for unusable in (None, b"no profile", icc(QColorSpace.NamedColorSpace.SRgb)):
        told[0] = unusable
        colour.follow(screen)
        assert colour.shown(image_of(flat((255, 0, 0)))).pixelColor(5, 5).red() == 255


def test_the_canvas_draws_in_the_colours_of_its_screen(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    write_photo(Photo(flat((255, 0, 0))), path)
    desk.open(path)
    canvas, screen = desk.window.canvas, desk.window.screen()
    assert screen_profile(screen) is None  # the platform of the tests tells none

    def green() -> int:
        return canvas.grab().toImage().pixelColor(desk.point(20, 30)).green()

    assert green() == 0
    canvas.screen_colour.read = lambda _: icc(P3)
    canvas.screen_colour.follow(screen)
    assert green() == pytest.approx(51, abs=2)
