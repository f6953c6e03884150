"""Framing: what stays to the bit, what is level, what is square again, and what is refused."""

import math
from itertools import product

import cv2
import numpy as np
import pytest

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import words_of
from daps_desktop.base.serialization import from_jsonable, to_jsonable
from daps_desktop.imaging.frame import (
    Frame,
    apply,
    apply_to_mask,
    brought_back,
    moved,
    straightening,
)
from daps_desktop.imaging.photo import JpegTables, Metadata, Photo, apply_orientation
from daps_desktop.imaging.rect import Rect


def noise(height: int = 60, width: int = 90, bits: int = 16, channels: int = 3, alpha: bool = True) -> Photo:
    kind = np.uint8 if bits == 8 else np.uint16
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 2**bits, (height, width, channels), kind)
    return Photo(
        pixels, rng.integers(0, 2**bits, (height, width), kind) if alpha else None, Metadata(dpi=(300, 300))
    )


@pytest.mark.parametrize("orientation", range(1, 9))
def test_tables_of_a_jpeg_are_kept_where_no_block_of_the_file_is_cut(orientation: int) -> None:
    size = height, width = 68, 84  # in blocks of 8 x 16
    coded = np.arange(height * width, dtype=np.uint16).reshape(height, width, 1)
    tables = JpegTables(*[np.ones((8, 8), np.uint16)] * 2, (1, 2), orientation)
    source = Photo(apply_orientation(coded, orientation), jpeg=tables)
    kept = 0
    cuts = product(range(4), (False, True), (0, 4, 8, 16), (0, 16), (0, 4, 16), (0, 4))
    for turns, mirrored, top, left, bottom, right in cuts:
        tall, wide = Frame(turns=turns).canvas_size((source.height, source.width))
        crop = Rect(top, left, tall - bottom, wide - right)
        framed = apply(source, Frame(turns=turns, mirrored=mirrored, crop=crop))
        first, last = (divmod(int(end), width) for end in (framed.pixels.min(), framed.pixels.max()))
        whole = [at % unit == 0 for at, unit in zip(first, (8, 16), strict=True)]
        whole += [
            (at + 1) % unit == 0 or at + 1 == side for at, unit, side in zip(last, (8, 16), size, strict=True)
        ]
        assert (framed.jpeg is not None) == all(whole)
        if framed.jpeg is not None:
            kept += 1
            part = coded[first[0] : last[0] + 1, first[1] : last[1] + 1]
            assert np.array_equal(framed.pixels, apply_orientation(part, framed.jpeg.orientation))
    assert kept > 8
    assert apply(source, Frame(angle=1)).jpeg is None


@pytest.mark.parametrize("turns, mirrored", list(product(range(4), (False, True))))
def test_turns_mirrors_and_crops_keep_every_bit(turns: int, mirrored: bool) -> None:
    photo, crop = noise(), Rect(3, 7, 43, 51)
    frame = Frame(turns=turns, mirrored=mirrored, crop=crop)
    framed = apply(photo, frame)

    for before, after in ((photo.pixels, framed.pixels), (photo.alpha, framed.alpha)):
        turned = np.rot90(before, -turns)
        expected = (np.fliplr(turned) if mirrored else turned)[3:43, 7:51]
        np.testing.assert_array_equal(after, expected)
        assert after.dtype == before.dtype
    assert framed.metadata == photo.metadata
    assert frame.size((60, 90)) == framed.pixels.shape[:2]


@pytest.mark.parametrize("turns, mirrored", list(product(range(4), (False, True))))
def test_the_matrix_says_where_each_pixel_came_from(turns: int, mirrored: bool) -> None:
    photo = noise()
    frame = Frame(turns=turns, mirrored=mirrored, crop=Rect(2, 5, 30, 40))
    framed = apply(photo, frame)
    for row, col in ((0, 0), (27, 34), (10, 20)):
        ((x, y),) = moved(frame.matrix((60, 90)), [(col + 0.5, row + 0.5)])
        np.testing.assert_array_equal(framed.pixels[row, col], photo.pixels[int(y), int(x)])


@pytest.mark.parametrize(
    "bits, channels, alpha", [(8, 1, False), (8, 3, True), (16, 1, True), (16, 3, False)]
)
def test_a_resampled_photo_keeps_depth_channels_and_an_even_colour(
    bits: int, channels: int, alpha: bool
) -> None:
    photo = noise(1300, 700, bits, channels, alpha)
    values = np.full(photo.pixels.shape, 37 if bits == 8 else 9511, photo.pixels.dtype)
    even = Photo(values, None if photo.alpha is None else values[..., 0].copy())
    framed = apply(even, Frame(angle=3.3, turns=1, mirrored=True))
    assert framed.pixels.dtype == even.pixels.dtype and framed.pixels.shape[2] == channels
    assert set(np.unique(framed.pixels)) == {values.flat[0]}  # to the edges, where nothing empty comes in
    assert (framed.alpha is None) == (not alpha)
    if alpha:
        assert set(np.unique(framed.alpha)) == {values.flat[0]}


def test_light_is_mixed_and_not_values() -> None:
    stripes = np.zeros((200, 200, 1), np.uint8)
    stripes[:, ::2] = 255
    # Between two stripes lies half the light, which is 188 and not 128.
    middle = apply(Photo(stripes), Frame(corners=((0.5, 0), (199.5, 0), (199.5, 200), (0.5, 200))))
    assert abs(float(np.median(middle.pixels[:, 60:140])) - 188) < 3


@pytest.mark.parametrize("slope", [-31.0, -4.37, 0.0, 2.5, 44.0, 87.2, 93.1, 178.6, -88.8])
def test_a_drawn_line_becomes_level_or_upright(slope: float) -> None:
    """The line is found again in the framed pixels, by their moments."""
    height, width, reach = 400, 500, 150
    along = math.radians(slope)
    dx, dy = reach * math.cos(along), reach * math.sin(along)
    start, end = (width / 2 - dx, height / 2 - dy), (width / 2 + dx, height / 2 + dy)
    rows, cols = np.mgrid[:height, :width] + 0.5
    away = (cols - width / 2) * math.sin(along) - (rows - height / 2) * math.cos(along)
    within = np.abs((cols - width / 2) * math.cos(along) + (rows - height / 2) * math.sin(along)) < reach
    drawn = np.rint(255 * np.exp(-((away / 2) ** 2)) * within).astype(np.uint8)[..., None]

    angle = straightening(start, end)
    assert abs(angle) <= 45
    frame = Frame(angle=angle, crop=None)
    canvas = frame.canvas_size((height, width))
    seen = apply(Photo(drawn), frame).pixels[..., 0].astype(float)
    r, c = np.mgrid[: seen.shape[0], : seen.shape[1]]
    weight = seen / seen.sum()
    r, c = r - (weight * r).sum(), c - (weight * c).sum()
    lies = 0.5 * math.degrees(
        math.atan2(2 * (weight * r * c).sum(), (weight * c * c).sum() - (weight * r * r).sum())
    )
    assert abs(lies - 90 * round(lies / 90)) < 0.05
    assert canvas[0] >= seen.shape[0]


def chequer(side: int, squares: int) -> np.ndarray:
    cells = np.indices((squares, squares)).sum(axis=0) % 2
    return (40 + 180 * cells.repeat(side, axis=0).repeat(side, axis=1)).astype(np.uint8)


def photographed(picture: np.ndarray, tilt: float, pan: float, focal: float, height: int, width: int):
    """A flat picture before a pinhole camera: what it shows, and where its corners are."""
    side = picture.shape[0]
    a, b = math.radians(tilt), math.radians(pan)
    turn = np.array([[1, 0, 0], [0, math.cos(a), -math.sin(a)], [0, math.sin(a), math.cos(a)]]) @ np.array(
        [[math.cos(b), 0, math.sin(b)], [0, 1, 0], [-math.sin(b), 0, math.cos(b)]]
    )
    camera = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1]])
    flat = np.stack(
        [turn[:, 0], turn[:, 1], -turn[:, :2] @ [side / 2, side / 2] + [0, 0, 1.6 * side]], axis=1
    )
    seen = camera @ flat
    half, finer = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]]), 4
    large = np.linalg.inv(half) @ np.diag([finer, finer, 1]) @ seen @ half
    image = cv2.warpPerspective(picture, large, (width * finer, height * finer), borderValue=128)
    image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    corners = moved(seen, [(0, 0), (side, 0), (side, side), (0, side)])
    return image, tuple(map(tuple, corners.tolist()))


# Seen along one axis the corners do not tell the focal length, and that of usual cameras is taken.
@pytest.mark.parametrize(
    "tilt, pan, focal", [(25, 0, 900), (0, -30, 900), (20, 25, 700), (-15, 12, 1100), (0, 0, 700)]
)
def test_a_photographed_chequer_is_square_again(tilt: float, pan: float, focal: float) -> None:
    squares = 8
    image, corners = photographed(chequer(60, squares), tilt, pan, focal, 900, 900)
    framed = apply(Photo(image[..., None]), Frame(corners=corners))
    height, width = framed.height, framed.width
    assert abs(width / height - 1) < 0.005
    rows, cols = (np.arange(1, squares) * length / squares for length in (height, width))
    expected = np.array([(x, y) for y in rows for x in cols])
    found = cv2.cornerSubPix(
        framed.pixels[..., 0].copy(), (expected - 0.5).astype(np.float32).reshape(-1, 1, 2).copy(), (7, 7),
        (-1, -1), (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 50, 0.001),
    )  # fmt: skip
    away = np.linalg.norm(found.reshape(-1, 2) + 0.5 - expected, axis=1)
    assert away.max() < 0.5


ALL = [
    Frame(turns=1),
    Frame(mirrored=True, crop=Rect(20, 30, 100, 120)),
    Frame(angle=-7.0, turns=3),
    Frame(corners=((20, 12), (170, 30), (160, 110), (8, 100)), angle=2.0, mirrored=True),
]


@pytest.mark.parametrize("frame", ALL)
def test_marks_lie_over_what_was_marked(frame: Frame) -> None:
    pixels = np.zeros((120, 180, 1), np.uint8)
    pixels[40:70, 60:90] = 255
    marks = apply_to_mask(pixels[..., 0] > 0, frame)
    framed = apply(Photo(pixels), frame).pixels[..., 0]
    assert marks.shape == framed.shape
    assert marks[framed > 64].all()  # all that the square was mixed into
    grown = cv2.dilate((framed > 64).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert not marks[~grown].any()


@pytest.mark.parametrize("frame", ALL)
def test_marks_come_back_to_the_photo_and_those_not_touched_stay(frame: Frame) -> None:
    onto = np.random.default_rng(1).random((120, 180)) < 0.3
    before = apply_to_mask(onto, frame)
    after = before.copy()
    after[20:40, 30:45] = True
    untouched = brought_back(before, before != before, onto, frame)
    np.testing.assert_array_equal(untouched, onto)
    changed = np.zeros_like(after)
    changed[20:40, 30:45] = True
    back = brought_back(after, changed, onto, frame)
    ((x, y),) = moved(frame.matrix((120, 180)), [(37.5, 30.5)])
    there = np.zeros_like(onto)
    there[max(int(y) - 30, 0) : int(y) + 30, max(int(x) - 30, 0) : int(x) + 30] = True
    assert back[int(y) - 4 : int(y) + 4, int(x) - 4 : int(x) + 4].all()
    np.testing.assert_array_equal(back[~there], onto[~there])


def test_the_largest_crop_has_no_empty_corners_and_the_proportions_asked_for() -> None:
    for angle, ratio in product((-44.0, -3.0, 0.7, 20.0), (None, 1.0, 1.5, 0.5)):
        frame = Frame(angle=angle)
        crop = frame.largest_crop((400, 600), ratio)
        assert frame.holds((400, 600), crop)
        larger = Rect(crop.top - 3, crop.left - 3, crop.bottom + 3, crop.right + 3)
        assert not frame.holds((400, 600), larger)
        assert abs((crop.right - crop.left) / (crop.bottom - crop.top) - (ratio or 1.5)) < 0.02


@pytest.mark.parametrize(
    "frame",
    [
        Frame(crop=Rect(0, 0, 61, 90)),
        Frame(crop=Rect(-1, 0, 30, 40)),
        Frame(corners=((0, 0), (91, 0), (90, 60), (0, 60))),
    ],
)
def test_what_does_not_fit_the_photo_is_said(frame: Frame) -> None:
    with pytest.raises(UserError, match=r"frame.*outside the photo of \d+ × \d+"):
        apply(noise(), frame)


def test_a_crop_that_takes_in_empty_corners_is_refused() -> None:
    with pytest.raises(UserError, match="empty"):
        apply(noise(), Frame(angle=10, crop=Rect(0, 0, 40, 40)))


@pytest.mark.parametrize(
    "values, words",
    [
        ({"corners": ((0, 0), (50, 50), (50, 0), (0, 50))}, "do not go round"),
        ({"corners": ((0, 0), (0, 50), (50, 50), (50, 0))}, "do not go round"),
        ({"corners": ((0, 0), (50, 0), (10, 10), (0, 50))}, "do not go round"),
        ({"corners": ((0, 0), (math.nan, 0), (50, 50), (0, 50))}, "do not go round"),
        ({"crop": Rect(5, 5, 6, 6)}, "below 16 pixels"),
        ({"turns": 4}, "0, 90, 180 or 270"),
        ({"angle": 46.0}, "45 degrees"),
        ({"angle": math.nan}, "45 degrees"),
    ],
)
def test_what_can_fit_no_photo_is_said(values: dict, words: str) -> None:
    with pytest.raises(ValueError) as raised:
        Frame(**values)
    assert words in str(words_of(raised.value))


@pytest.mark.parametrize("frame", [Frame(), *ALL])
def test_a_frame_is_kept_in_files(frame: Frame) -> None:
    assert from_jsonable(Frame, to_jsonable(frame)) == frame


def test_whoever_waits_hears_how_far_it_is_and_can_end_it() -> None:
    told: list[float] = []
    apply(noise(1300, 1100), Frame(angle=2.0), told.append)
    assert len(told) > 1 and told == sorted(told) and told[-1] == 1.0

    def stop(_done: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        apply(noise(), Frame(angle=2.0), stop)
