"""Prints on a scan are found one by one, and a photo on its own is left alone."""

import cv2
import numpy as np
import pytest

from daps_desktop.analysis.prints.search import find_prints
from daps_desktop.imaging.profile.print_outline import PrintOutline, in_reading_order
from tests.analysis.scan_pages import (
    LIDS,
    as_scanned,
    corners_of,
    draw,
    errors,
    lid_of,
    pictures,
    print_of,
    put,
)

WITHIN, ASKEW = 4.0, 0.3  # pixels of a corner, degrees of an angle


def corners(found: tuple[PrintOutline, ...]) -> list[np.ndarray]:
    return [np.array(outline.corners) for outline in found]


def alone(lid: tuple[int, int, int], border: int, picture: int) -> np.ndarray:
    """A single photo with a border all around, as large as the scan."""
    rng = np.random.default_rng(picture)
    inner = print_of(pictures()[picture], (500, 700), "none", rng)
    framed = cv2.copyMakeBorder(inner, *(border,) * 4, cv2.BORDER_CONSTANT, value=lid)
    return as_scanned(framed.astype(float), 1.5, rng)


@pytest.mark.parametrize("lid", LIDS)
def test_prints_are_found_on_every_lid(lid: str) -> None:
    page, laid = draw(300 + list(LIDS).index(lid), lid=lid, count=3, touching=False)
    found = find_prints(page)
    assert len(found) == 3
    assert all(far <= WITHIN and askew <= ASKEW for far, askew in errors(corners(found), laid))


def test_touching_prints_are_told_apart() -> None:
    page, laid = draw(401, lid="black", count=3, touching=True)
    found = find_prints(page)
    assert len(found) == 3
    assert all(far <= WITHIN and askew <= ASKEW for far, askew in errors(corners(found), laid))


@pytest.mark.parametrize("lid", [(245, 243, 238), (15, 14, 16)])
@pytest.mark.parametrize("picture", range(6))
def test_nothing_is_proposed_on_a_single_photo_with_a_border(lid: tuple[int, int, int], picture: int) -> None:
    assert find_prints(alone(lid, 40, picture)) == ()


@pytest.mark.parametrize("picture", range(6))
def test_nothing_is_proposed_on_a_photo_without_a_border(picture: int) -> None:
    assert find_prints(pictures()[picture]) == ()


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((600, 800, 3), np.uint8),
        np.full((600, 800, 1), 255, np.uint8),
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((3, 900, 1), np.uint16),
        np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8),
    ],
    ids=["black", "white", "a pixel", "a strip", "noise"],
)
def test_nothing_is_found_where_there_is_nothing(pixels: np.ndarray) -> None:
    assert find_prints(pixels) == ()


def test_depth_and_grey_change_nothing_that_matters() -> None:
    page, laid = draw(300, lid="white", count=3, touching=False)
    deep = page.astype(np.uint16) * 257
    grey = page.mean(axis=2, keepdims=True).round().astype(np.uint8)
    for pixels in (deep, grey):
        found = find_prints(pixels)
        assert all(far <= WITHIN and askew <= ASKEW for far, askew in errors(corners(found), laid))


def test_what_is_transparent_is_not_looked_at() -> None:
    page, _ = draw(301, lid="grey", count=3, touching=False)
    hidden = np.zeros(page.shape[:2], np.uint8)
    assert find_prints(page, hidden) == ()


def test_a_border_is_measured_on_all_four_sides_and_a_picture_without_one_has_none() -> None:
    rng = np.random.default_rng(5)
    page = lid_of("grey", rng)
    inner, paper = print_of(pictures()[1], (400, 560), "none", rng), (240, 238, 230)
    bordered = cv2.copyMakeBorder(inner, 24, 24, 24, 24, cv2.BORDER_CONSTANT, value=paper)
    put(page, bordered.astype(float), corners_of((620, 400), (448, 608), 4.0), 0.0, rng)
    plain = print_of(pictures()[2], (500, 640), "none", rng)
    put(page, plain.astype(float), corners_of((620, 1200), (500, 640), -2.0), 0.0, rng)
    first, second = find_prints(as_scanned(page, 1.0, rng))
    assert all(22 <= side <= 32 for side in first.border)
    assert second.border == (0, 0, 0, 0)
    assert first.angle == pytest.approx(4.0, abs=0.1) and second.angle == pytest.approx(-2.0, abs=0.1)


def at(x: float, y: float) -> PrintOutline:
    return PrintOutline(((x, y), (x + 10, y), (x + 10, y + 10), (x, y + 10)))


def test_prints_are_numbered_line_by_line() -> None:
    scattered = [at(50, 3), at(2, 30), at(5, 0), at(28, 32), at(30, -2)]
    ordered = in_reading_order(scattered)
    assert [outline.corners[0] for outline in ordered] == [(5, 0), (30, -2), (50, 3), (2, 30), (28, 32)]


def test_an_angle_that_moves_nothing_is_none() -> None:
    assert PrintOutline(((0, 0), (800, 0.4), (799.8, 600.4), (-0.2, 600))).angle == 0.0
    assert PrintOutline(((0, 0), (800, 14.0), (790, 614), (-10, 600))).angle == pytest.approx(1.0, abs=0.05)
