"""What one input may cost, and what it did cost."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SLOWEST_S = 2.0  # of processor time, of all threads
MOST_MB = 500.0  # beyond what the process held before
SOON_S = 2.0  # of processor time, for what is refused
LITTLE_MB = 100.0
_HARDEST_MB = 2500  # of addresses; asking for more fails, and counts as a fault even where it is caught

_STATUS, _FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class Cost:
    seconds: float
    peak_mb: float


class Meter:
    """Between `start` and `cost`: processor time, and how far the memory in use rose."""

    def start(self) -> None:
        _FORGET.write_text("5")  # the highest mark falls to what is in use now
        self._before_mb = _megabytes("VmRSS:")
        self._started = time.process_time()

    def cost(self) -> Cost:
        seconds = time.process_time() - self._started
        return Cost(seconds, max(0.0, _megabytes("VmHWM:") - self._before_mb))


@contextmanager
def soon_and_in_little() -> Iterator[None]:
    """Fails where what happens inside takes longer than `SOON_S` or more memory than `LITTLE_MB`."""
    meter = Meter()
    meter.start()
    yield
    cost = meter.cost()
    assert cost.seconds < SOON_S
    assert cost.peak_mb < LITTLE_MB


def limit_memory() -> None:
    import resource  # not there on Windows

    most = int(_megabytes("VmSize:") + _HARDEST_MB) << 20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a Path would be made of each


def _megabytes(name: str) -> float:
    with _STATUS.open() as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(name))
