"""What can be undone. One drag is one command: the rectangle's pixels before and after, packed."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoStack

from daps_desktop.document.document import Document
from daps_desktop.document.version import Version
from daps_desktop.imaging.mask import Mask, MaskEdit
from daps_desktop.imaging.photo import Pixels
from daps_desktop.imaging.rect import Rect

# A packed patch of a stroke over a 50-megapixel photo is some ten kilobytes; an inverted mask of noise fills
# the bytes before the steps.
UNDO_STEPS = 200
UNDO_BYTES = 256 * 2**20
Framed = tuple[Document, Version | None]
_SOFT_EDGE_ID = 1  # commands of one number that follow each other become one


@dataclass(frozen=True, slots=True)
class _Packed:
    shape: tuple[int, int]
    data: bytes

    @classmethod
    def of(cls, pixels: Mask) -> "_Packed":
        height, width = pixels.shape
        return cls((height, width), zlib.compress(np.packbits(pixels).tobytes(), 1))

    def pixels(self) -> Mask:
        height, width = self.shape
        bits = np.frombuffer(zlib.decompress(self.data), dtype=np.uint8)
        return np.unpackbits(bits, count=height * width).astype(bool).reshape(self.shape)


class MaskCommand(QUndoCommand):
    """An edit already made: `write(rect, pixels)` undoes or redoes it, and updates the views."""

    def __init__(self, text: str, patch: MaskEdit, write: Callable[[Rect, Mask], None]) -> None:
        super().__init__(text)
        self._rect = patch.rect
        self._before: _Packed | None = _Packed.of(patch.before)
        self._after: _Packed | None = _Packed.of(patch.after)
        self._write = write
        self._made = True  # pushing a command calls `redo` once

    @property
    def packed_bytes(self) -> int:
        return sum(len(pixels.data) for pixels in (self._before, self._after) if pixels)

    def forget(self) -> None:
        """Give the memory back; the edit stays and can never be undone again."""
        self._before = self._after = None

    def redo(self) -> None:
        if not self._made and self._after is not None:
            self._write(self._rect, self._after.pixels())
        self._made = True

    def undo(self) -> None:
        self._made = False
        if self._before is not None:
            self._write(self._rect, self._before.pixels())


class SoftEdgeCommand(QUndoCommand):
    """Another width of the soft edge; a slider that is dragged makes one step of all it passes."""

    def __init__(self, text: str, before: int, after: int, write: Callable[[int], None]) -> None:
        super().__init__(text)
        self._before, self._after, self._write = before, after, write

    def id(self) -> int:
        return _SOFT_EDGE_ID

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, SoftEdgeCommand):
            return False
        self._after = other._after
        self.setObsolete(self._before == self._after)
        return True

    def redo(self) -> None:
        self._write(self._after)

    def undo(self) -> None:
        self._write(self._before)


class VersionCommand(QUndoCommand):
    """A new version took the place of another, or of none; the version itself stays in the history."""

    def __init__(self, text: str, before: int | None, after: int, show: Callable[[int | None], None]) -> None:
        super().__init__(text)
        self._before, self._after, self._show = before, after, show
        self._made = True  # pushing a command calls `redo` once

    def redo(self) -> None:
        if not self._made:
            self._show(self._after)
        self._made = True

    def undo(self) -> None:
        self._made = False
        self._show(self._before)


class PixelsCommand(QUndoCommand):
    """Other pixels in a part of a version: `write(number, rect, pixels)` puts them there."""

    def __init__(
        self,
        text: str,
        number: int,
        rect: Rect,
        before: Pixels,
        after: Pixels,
        write: Callable[[int, Rect, Pixels], None],
    ) -> None:
        super().__init__(text)
        self._number, self._rect, self._before, self._after = number, rect, before, after
        self._write = write

    def redo(self) -> None:
        self._write(self._number, self._rect, self._after)

    def undo(self) -> None:
        self._write(self._number, self._rect, self._before)


class FrameCommand(QUndoCommand):
    """The photo in another frame: each is a document of its own, with what was shown of it."""

    def __init__(self, text: str, before: Framed, after: Framed, put: Callable[..., None]) -> None:
        super().__init__(text)
        self._before, self._after, self._put = before, after, put

    def redo(self) -> None:
        self._put(*self._after)

    def undo(self) -> None:
        self._put(*self._before)


class DeleteCommand(QUndoCommand):
    """A version was taken out of the history; it is kept here, to be put back."""

    def __init__(
        self, text: str, number: int, take: Callable[[int], Version], put_back: Callable[[Version], None]
    ) -> None:
        super().__init__(text)
        self._number, self._take, self._put_back = number, take, put_back
        self._kept: Version | None = None

    def redo(self) -> None:
        self._kept = self._take(self._number)

    def undo(self) -> None:
        if self._kept is not None:
            self._put_back(self._kept)


class UndoStack(QUndoStack):
    """Holds so many steps and so many bytes; of more, the oldest can no longer be undone.

    While `versions_come`, the versions that came are passed over: undo takes back what the person did.
    """

    def __init__(self, parent: QObject | None = None, limit_bytes: int = UNDO_BYTES) -> None:
        super().__init__(parent)
        self._limit_bytes = limit_bytes
        self.versions_come = False
        self.setUndoLimit(UNDO_STEPS)

    @property
    def packed_bytes(self) -> int:
        return sum(command.packed_bytes for command in self._mask_commands())

    def push(self, command: QUndoCommand) -> None:
        super().push(command)
        surplus = self.packed_bytes - self._limit_bytes
        for old in self._mask_commands()[:-1]:
            if surplus <= 0:
                break
            surplus -= old.packed_bytes
            old.forget()

    def canUndo(self) -> bool:
        """False also where only forgotten steps are left."""
        return any(map(self._is_own, range(self._first_kept(), self.index())))

    def canRedo(self) -> bool:
        return any(map(self._is_own, range(self.index(), self.count())))

    def undo(self) -> None:
        if self.canUndo():
            while not self._is_own(self.index() - 1):
                super().undo()
            super().undo()

    def redo(self) -> None:
        if self.canRedo():
            while not self._is_own(self.index()):
                super().redo()
            super().redo()

    def _is_own(self, index: int) -> bool:
        return not (self.versions_come and isinstance(self.command(index), VersionCommand))

    def _first_kept(self) -> int:
        forgotten = [i for i, command in enumerate(self._all()) if _forgotten(command)]
        return forgotten[-1] + 1 if forgotten else 0

    def _mask_commands(self) -> list[MaskCommand]:
        return [command for command in self._all() if isinstance(command, MaskCommand)]

    def _all(self) -> list[QUndoCommand]:
        return [command for i in range(self.count()) if (command := self.command(i)) is not None]


def _forgotten(command: QUndoCommand) -> bool:
    return isinstance(command, MaskCommand) and not command.packed_bytes
