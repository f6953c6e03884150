"""Through the profile of the photo to the colours of the screen."""

import struct
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColorSpace, QSurfaceFormat
from PySide6.QtWidgets import QApplication

from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Metadata, Photo
from daps_desktop.ui.canvas.drawing.layer import to_qimage
from daps_desktop.ui.canvas.drawing.pyramid import display_image
from daps_desktop.ui.canvas.drawing.screen_colour import ScreenColour
from daps_desktop.ui.canvas.drawing.screen_profile import screen_profile
from daps_desktop.ui.shell.application import request_srgb
from tests.ui.conftest import Desk

WIDE = QColorSpace.NamedColorSpace.AdobeRgb
P3 = QColorSpace.NamedColorSpace.DisplayP3


def icc(space: QColorSpace.NamedColorSpace) -> bytes:
    return QColorSpace(space).iccProfile().data()


def flat(colour: tuple[int, int, int], kind: type = np.uint8) -> np.ndarray:
    return np.full((40, 60, 3), np.array(colour) * (257 if kind is np.uint16 else 1), kind)


def fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 2**16)) for value in values)


def one_way() -> bytes:
    """A profile of a screen whose table says what its values look like, and nothing of the way back."""
    ramp, corners = bytes(range(256)), bytes(255 * (i >> bit & 1) for i in range(8) for bit in (2, 1, 0))
    table = (
        b"mft1" + bytes(4) + bytes((3, 3, 2, 0)) + fixed(*np.eye(3).ravel()) + 3 * ramp + corners + 3 * ramp
    )
    white = fixed(0.9642, 1, 0.8249)
    name = b"mluc" + bytes(4) + struct.pack(">II4sII", 1, 12, b"enUS", 2, 28) + b"\0s\0\0"
    tags = {b"A2B0": table, b"wtpt": b"XYZ " + bytes(4) + white, b"desc": name, b"cprt": name}
    index, body = struct.pack(">I", len(tags)), b""
    for tag, data in tags.items():
        index += tag + struct.pack(">II", 128 + 4 + 12 * len(tags) + len(body), len(data))
        body += data
    size = struct.pack(">I", 128 + len(index) + len(body))
    head = size + bytes(4) + bytes((4, 32, 0, 0)) + b"mntrRGB Lab " + bytes(12) + b"acsp" + bytes(28) + white
    return head + bytes(48) + index + body


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_wide_gamut_photo_is_shown_with_its_own_greens(kind: type) -> None:
    photo = Photo(flat((120, 180, 120), kind), metadata=Metadata(icc=icc(WIDE)))
    red, green, blue = (int(v) for v in display_image(photo)[20, 30])
    # By the primaries of Adobe RGB (1998) in XYZ, and a gamma of 563/256, into sRGB.
    wide = np.array([[0.57667, 0.18556, 0.18823], [0.29734, 0.62736, 0.07529], [0.02703, 0.07069, 0.99134]])
    narrow = np.array([[0.41246, 0.35758, 0.18044], [0.21267, 0.71515, 0.07218], [0.01933, 0.11919, 0.95030]])
    light = np.linalg.solve(narrow, wide @ (np.array([120, 180, 120]) / 255) ** (563 / 256))
    coded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.abs(light) ** (1 / 2.4) - 0.055)
    assert np.abs(np.array([red, green, blue]) - 255 * coded).max() <= 2
    assert red < 110  # the numbers of the file, taken for sRGB, would be too pale


def test_a_photo_without_a_profile_is_taken_for_srgb() -> None:
    assert tuple(display_image(Photo(flat((120, 180, 120))))[0, 0]) == (120, 180, 120)


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
    seen = colour.shown(to_qimage(flat((255, 0, 0)))).pixelColor(5, 5)
    assert (seen.red(), seen.green(), seen.blue()) == pytest.approx((234, 51, 35), abs=2)
    grey = colour.shown(to_qimage(flat((128, 128, 128)))).pixelColor(5, 5)
    assert max(abs(v - 128) for v in (grey.red(), grey.green(), grey.blue())) <= 1
    assert QColorSpace.fromIccProfile(one_way()).isValid()
    for unusable in (None, b"no profile", one_way(), icc(QColorSpace.NamedColorSpace.SRgb)):
        told[0] = unusable
        colour.follow(screen)
        assert colour.shown(to_qimage(flat((255, 0, 0)))).pixelColor(5, 5).red() == 255


def test_the_canvas_draws_in_the_colours_of_its_screen(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    write_photo(Photo(flat((255, 0, 0))), path)
    desk.open(path)
    canvas, screen = desk.window.canvas, desk.window.screen()
    assert screen_profile(screen) is None  # the platform of the tests reports none

    def green() -> int:
        return canvas.grab().toImage().pixelColor(desk.point(20, 30)).green()

    assert green() == 0
    canvas.screen_colour.read = lambda _: icc(P3)
    canvas.screen_colour.follow(screen)
    assert green() == pytest.approx(51, abs=2)


def test_one_system_is_told_that_windows_are_drawn_in_srgb(qapp: QApplication) -> None:
    usual = QSurfaceFormat.defaultFormat()
    try:
        request_srgb("darwin")
        told = QSurfaceFormat.defaultFormat()
        request_srgb("linux")
    finally:
        QSurfaceFormat.setDefaultFormat(usual)
    assert told.colorSpace() == QColorSpace(QColorSpace.NamedColorSpace.SRgb)
    assert not usual.colorSpace().isValid()
