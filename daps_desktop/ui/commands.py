"""Edits that can be undone. One drag is one command: the rectangle's pixels before and after, packed."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QUndoCommand

from daps_desktop.core.hole import Hole, HolePatch, Rect

# A packed patch of a stroke over a 50-megapixel photo is some ten kilobytes.
UNDO_STEPS = 200


@dataclass(frozen=True, slots=True)
class _Packed:
    shape: tuple[int, int]
    data: bytes

    @classmethod
    def of(cls, pixels: Hole) -> "_Packed":
        height, width = pixels.shape
        return cls((height, width), zlib.compress(np.packbits(pixels).tobytes(), 1))

    def pixels(self) -> Hole:
        height, width = self.shape
        bits = np.frombuffer(zlib.decompress(self.data), dtype=np.uint8)
        return np.unpackbits(bits, count=height * width).astype(bool).reshape(self.shape)


class HoleCommand(QUndoCommand):
    """An edit already made: `write(rect, pixels)` takes it back or makes it again, and tells the views."""

    def __init__(self, text: str, patch: HolePatch, write: Callable[[Rect, Hole], None]) -> None:
        super().__init__(text)
        self._rect = patch.rect
        self._before = _Packed.of(patch.before)
        self._after = _Packed.of(patch.after)
        self._write = write
        self._made = True  # pushing a command calls `redo` once

    @property
    def packed_bytes(self) -> int:
        return len(self._before.data) + len(self._after.data)

    def redo(self) -> None:
        if not self._made:
            self._write(self._rect, self._after.pixels())
        self._made = True

    def undo(self) -> None:
        self._made = False
        self._write(self._rect, self._before.pixels())
