"""Scanned dirt, hairs, scratches and stains of film, laid onto crops at any size and angle."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.base.errors import UserError
from daps_desktop.training.damage.strokes import Floats
from daps_desktop.training.data.photos import find_photos, load_rgb

SCALES = (0.3, 1.2)


class FilmElements:
    """Opacities (n, n) of 0 to 255 on black, by kind: the first part of the file's name, as `hair-012`."""

    def __init__(self, places: Sequence[str | Path]) -> None:
        """Raises: UserError where a place is not there, or holds no element that can be read."""
        self.kinds: dict[str, list[NDArray[np.uint8]]] = {}
        for file in find_photos(places):
            pixels = load_rgb(file)
            if pixels is not None:
                self.kinds.setdefault(_kind(file.member or file.path.name), []).append(_cut(pixels[..., 0]))
        if not self.kinds:
            raise UserError("photo_missing", path=Path(places[0]))

    def draw(self, side: int, rng: np.random.Generator) -> Floats:
        """(side, side) opacity 0 to 1 of one element, some of which lies in the crop."""
        names = sorted(self.kinds)
        kind = self.kinds[names[rng.integers(len(names))]]
        element = kind[rng.integers(len(kind))]
        scale, angle = rng.uniform(*SCALES), rng.uniform(0, 360)
        turned = cv2.getRotationMatrix2D((0.0, 0.0), angle, scale)
        rows, cols = np.nonzero(element > 127)
        seen = rng.integers(len(rows))
        turned[:, 2] = rng.uniform(0, side, 2) - turned[:, :2] @ (cols[seen], rows[seen])
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        small = cv2.resize(element, None, fx=min(scale, 1), fy=min(scale, 1), interpolation=way)
        turned[:, :2] /= min(scale, 1)
        return cv2.warpAffine(small, turned, (side, side)).astype(np.float32) / np.float32(255)


def _kind(name: str) -> str:
    return Path(name).stem.rsplit("-", 1)[0]


def _cut(opacity: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Without the empty ground around it."""
    rows, cols = (np.flatnonzero(opacity.max(axis=axis) > 8) for axis in (1, 0))
    if len(rows) == 0 or opacity.max() < 128:
        return np.full((2, 2), 255, np.uint8)
    return np.ascontiguousarray(opacity[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1])
