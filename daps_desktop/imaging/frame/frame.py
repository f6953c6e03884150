"""The frame of a photo, as a value."""

import math
from dataclasses import dataclass

import numpy as np

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, Phrase, phrase
from daps_desktop.imaging.frame.geometry import (
    LEAST_SIDE,
    Corners,
    Matrix,
    Size,
    from_rectangle,
    goes_round,
    moved,
    rectified_size,
    shift,
)
from daps_desktop.imaging.rect import Rect

MAX_ANGLE = 45.0  # degrees
_ROUNDING = 0.5  # pixels by which a crop may pass the edge of a photo that is turned


@dataclass(frozen=True, slots=True)
class Frame:
    """What is done, in the order of the fields; a photo of any size is framed by the same values.

    `corners` of the photo (top left, top right, bottom right, bottom left) become those of a rectangle.
    `turns` are quarter turns clockwise, 0-3; `mirrored` swaps left and right; `angle` turns by degrees
    clockwise, -45 to 45, on a canvas that holds all of it. `crop` is a part of that canvas; None stands for
    all, or, where `angle` leaves empty corners, the largest part of the same proportions without them.
    Raises: ValueError with a Phrase for what can fit no photo.
    """

    corners: Corners | None = None
    turns: int = 0
    mirrored: bool = False
    angle: float = 0.0
    crop: Rect | None = None

    def __post_init__(self) -> None:
        _require(self.turns in range(4), phrase(N_("it turns by 0, 90, 180 or 270 degrees")))
        straight = phrase(N_("it straightens by {most} degrees at most"), most=round(MAX_ANGLE))
        _require(abs(self.angle) <= MAX_ANGLE, straight)  # false for NaN, too
        _require(
            self.corners is None or goes_round(self.corners),
            phrase(N_("its corners do not go round: top left, top right, bottom right, bottom left")),
        )
        crop = self.crop
        small = crop is not None and min(crop.bottom - crop.top, crop.right - crop.left) < LEAST_SIDE
        _require(not small, phrase(N_("its crop is below {least} pixels on a side"), least=LEAST_SIDE))

    @property
    def exact(self) -> bool:
        """Whether every pixel stays as it is, to the last bit."""
        return self.corners is None and self.angle == 0

    def rectified_size(self, photo: Size) -> Size:
        """Of what lies between the corners, before it is turned."""
        return photo if self.corners is None else rectified_size(self.corners, photo)

    def turned_size(self, photo: Size) -> Size:
        """After the quarter turns, before it is straightened."""
        height, width = self.rectified_size(photo)
        return (width, height) if self.turns % 2 else (height, width)

    def canvas_size(self, photo: Size) -> Size:
        """Of all there is to crop from."""
        (height, width), (sin, cos) = self.turned_size(photo), self._sin_cos()
        sizes = height * cos + width * abs(sin), width * cos + height * abs(sin)
        tall, wide = (math.ceil(round(side, 6)) for side in sizes)
        return tall, wide

    def crop_of(self, photo: Size) -> Rect:
        """The part of the canvas that is kept."""
        return self.crop or self.largest_crop(photo)

    def largest_crop(self, photo: Size, ratio: float | None = None) -> Rect:
        """The largest centred part of the canvas without empty corners; width / height is that of the turned
        photo, or `ratio`.
        """
        (height, width), (sin, cos) = self.turned_size(photo), self._sin_cos()
        ratio = ratio or width / height
        # A rectangle turned by the angle must fit into the photo, across and along.
        tall = min(width / (ratio * cos + abs(sin)), height / (ratio * abs(sin) + cos))
        rows, cols = (max(math.floor(round(side, 6)), 1) for side in (tall, tall * ratio))
        all_rows, all_cols = self.canvas_size(photo)
        top, left = (all_rows - rows) // 2, (all_cols - cols) // 2
        return Rect(top, left, top + rows, left + cols)

    def check(self, photo: Size) -> None:
        """Raises: UserError (`frame_unfit`) where it does not fit a photo of that size."""
        height, width = photo
        for x, y in self.corners or ():
            if not (0 <= x <= width and 0 <= y <= height):
                raise unfit(phrase(N_("its corners lie outside the photo of {width} × {height} pixels"),
                                   width=width, height=height))  # fmt: skip
        if self.crop is not None and not self.holds(photo, self.crop):
            rows, cols = self.canvas_size(photo)
            if self.crop == self.crop.clipped(rows, cols):
                raise unfit(phrase(N_("its crop reaches into the corners that straightening leaves empty")))
            raise unfit(phrase(N_("its crop reaches outside the photo of {width} × {height} pixels"),
                               width=cols, height=rows))  # fmt: skip

    def holds(self, photo: Size, crop: Rect) -> bool:
        """Whether a part of the canvas has no empty corners."""
        height, width = self.turned_size(photo)
        corners = [(x, y) for x in (crop.left, crop.right) for y in (crop.top, crop.bottom)]
        x, y = moved(self._from_canvas(photo), corners).T
        slack = _ROUNDING if self.angle else 0.0
        inside = (x >= -slack) & (x <= width + slack) & (y >= -slack) & (y <= height + slack)
        return bool(inside.all())

    def size(self, photo: Size) -> Size:
        """(height, width) of a photo of that size once it is framed."""
        crop = self.crop_of(photo)
        return crop.bottom - crop.top, crop.right - crop.left

    def matrix(self, photo: Size) -> Matrix:
        """From points of the framed photo to those of the photo."""
        crop = self.crop_of(photo)
        return self.canvas_matrix(photo) @ shift(crop.left, crop.top)

    def canvas_matrix(self, photo: Size) -> Matrix:
        """From points of the canvas to those of the photo."""
        return self._from_rectified(photo) @ self._from_turned(photo) @ self._from_canvas(photo)

    def turned_matrix(self, photo: Size) -> Matrix:
        """From points of the photo before it is straightened to those of the canvas."""
        return np.asarray(np.linalg.inv(self._from_canvas(photo)), np.float64)

    def _sin_cos(self) -> tuple[float, float]:
        angle = math.radians(self.angle)
        return math.sin(angle), math.cos(angle)

    def _from_canvas(self, photo: Size) -> Matrix:
        (height, width), (rows, cols) = self.turned_size(photo), self.canvas_size(photo)
        sin, cos = self._sin_cos()
        back = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
        return shift(width / 2, height / 2) @ back @ shift(-cols / 2, -rows / 2)

    def _from_turned(self, photo: Size) -> Matrix:
        height, width = self.rectified_size(photo)
        turns: tuple[list[list[float]], ...] = (
            [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
            [[0, 1, 0], [-1, 0, height], [0, 0, 1]],
            [[-1, 0, width], [0, -1, height], [0, 0, 1]],
            [[0, -1, width], [1, 0, 0], [0, 0, 1]],
        )
        mirror = np.array([[-1, 0, self.turned_size(photo)[1]], [0, 1, 0], [0, 0, 1]])
        turn = np.array(turns[self.turns], np.float64)
        return turn @ mirror if self.mirrored else turn

    def _from_rectified(self, photo: Size) -> Matrix:
        if self.corners is None:
            return np.eye(3)
        return from_rectangle(self.rectified_size(photo), self.corners)


def unfit(detail: Phrase | str) -> UserError:
    return UserError("frame_unfit", detail=detail)


def _require(ok: bool, detail: Phrase) -> None:
    if not ok:
        raise ValueError(detail)
