"""Between how many and how many seconds a job may still take, from how evenly it went so far."""

import math
from dataclasses import dataclass

_UNKNOWN = 0.5  # relative error while the pace was measured only once or twice
_MIN_ERROR = 0.1  # relative error even where every step took the same: other programs come and go
_MEASURED = 3  # paces from which their spread is believed


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Seconds, low <= high."""

    low: float
    high: float


_STEPS = ((1, 20), (5, 90), (60, 5400))  # seconds, below so many
_FORECAST_ERROR = 0.2  # relative, of what is said before a run


def forecast_range(seconds: float) -> TimeRange:
    """Between what and what a run will take that is expected to take `seconds`, in round numbers."""
    low, high = (1 - _FORECAST_ERROR) * seconds, (1 + _FORECAST_ERROR) * seconds
    step = next((step for step, below in _STEPS if high < below), 3600)
    return TimeRange(*(step * max(round(end / step), 1) for end in (low, high)))


class RemainingTimeEstimator:
    """Follows one job. A pace is the seconds that all the work would take if it went on as in one step."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._fraction = 0.0
        self._left: float | None = None
        self._paces: list[tuple[float, float]] = []  # (share of the work, seconds for the whole)

    def update(self, seconds: float, fraction: float, left: float | None) -> None:
        """`seconds` after its start that share of the work is done; `left` is the job's own estimate."""
        share = fraction - self._fraction
        if share <= 0:
            return
        if self._fraction > 0:  # the first share holds the loading
            self._paces.append((share, (seconds - self._seconds) / share))
        self._seconds, self._fraction, self._left = seconds, fraction, left

    @property
    def left(self) -> TimeRange | None:
        """Two standard deviations about the estimate; None before there is one."""
        if self._left is None or not self._paces:
            return None
        error = max(_MIN_ERROR, self._relative_error())
        return TimeRange(max(0.0, self._left * (1 - error)), self._left * (1 + error))

    def _relative_error(self) -> float:
        """Of the mean pace, and of the paces to come about it."""
        if len(self._paces) < _MEASURED:
            return _UNKNOWN
        done = sum(share for share, _ in self._paces)
        mean = sum(share * pace for share, pace in self._paces) / done
        if mean <= 0:
            return _UNKNOWN
        spread = sum(share * (pace - mean) ** 2 for share, pace in self._paces) / done
        step = done / len(self._paces)
        to_come = max(1.0, (1 - self._fraction) / step)
        return 2 * math.sqrt(spread * (1 / len(self._paces) + 1 / to_come)) / mean
