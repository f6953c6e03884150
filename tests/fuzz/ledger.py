"""What a process has found so far, in a file that outlives its end, however that comes."""

import mmap
import struct
from dataclasses import astuple, dataclass
from pathlib import Path

_ROW = struct.Struct("<qqqdd")


@dataclass(slots=True)
class Tally:
    """Of one process; `done` counts inputs that were begun."""

    done: int = 0
    accepted: int = 0
    refused: int = 0
    slowest_s: float = 0.0
    peak_mb: float = 0.0

    def add(self, other: "Tally") -> None:
        self.done += other.done
        self.accepted += other.accepted
        self.refused += other.refused
        self.slowest_s = max(self.slowest_s, other.slowest_s)
        self.peak_mb = max(self.peak_mb, other.peak_mb)


class Ledger:
    """A tally that is on the disk after every input."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(bytes(_ROW.size))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _ROW.size)

    def write(self, tally: Tally) -> None:
        _ROW.pack_into(self._map, 0, *astuple(tally))


def read_tally(path: Path) -> Tally:
    return Tally(*_ROW.unpack(path.read_bytes())) if path.is_file() else Tally()
