"""Numbers, times and shares as the user reads them."""

import math

from daps_desktop.base.i18n import format_number, ntr, tr
from daps_desktop.jobs.remaining_time import TimeRange, forecast_range
from daps_desktop.ui.common.labels import STOP


def format_photo(height: int, width: int, bits: int, grey: bool) -> str:
    """ "3264 × 2448, 16 bit, grey"."""
    line = tr("{width} × {height}, {bits} bit, grey") if grey else tr("{width} × {height}, {bits} bit")
    return line.format(width=width, height=height, bits=bits)


def format_position(position: tuple[int, int] | None) -> str:
    return tr("row {row}  col {col}").format(row=position[0], col=position[1]) if position else ""


def format_zoom(scale: float) -> str:
    percent = 100 * scale
    return f"{format_number(percent, 0 if percent >= 10 else 1)} %"


def format_share(share: float) -> str:
    """How much is marked, with enough digits that a thin scratch is not called 0 %."""
    return tr("{percent} of the photo is marked.").format(percent=percent(share))


def format_untouched(share: float) -> str:
    """What `percent` leaves of 100; 100 % is said only where nothing at all is marked."""
    marked = max(round(100 * (1 - share), 1), 0.1)
    kept = f"{format_number(100 - marked, 1)} %" if share < 1 else "100 %"
    return tr("{percent} untouched").format(percent=kept)


def percent(share: float) -> str:
    value = 100 * share
    if 0 < value < 0.1:
        return tr("under 0.1 %")
    return f"{format_number(value, 1 if value < 10 else 0)}\N{NO-BREAK SPACE}%"


def duration(seconds: float) -> str:
    if seconds < 90:
        rounded = max(round(seconds), 1) if seconds < 10 else 5 * round(seconds / 5)
        return tr("{seconds} s").format(seconds=rounded)
    if seconds < 90 * 60:
        return tr("{minutes} min").format(minutes=round(seconds / 60))
    return tr("{hours:.1f} h").format(hours=seconds / 3600)


def forecast(seconds: float) -> str:
    """ "20 to 30 s": what a run will take."""
    span = forecast_range(seconds)
    return duration(span.high) if span.low == span.high else format_time_range(span)


def stop_label(left: TimeRange | None) -> str:
    return tr(STOP) if left is None else tr("Stop ({time} left)").format(time=format_time_range(left))


def format_time_range(span: TimeRange) -> str:
    """ "20 to 40 s": rounded outwards, to steps that do not flicker."""
    whole = span.low == round(span.low) and span.high == round(span.high)  # rounded already
    if span.high < 90:
        grid, one, many = 1 if span.high < 10 or whole else 5, tr("under {high} s"), tr("{low} to {high} s")
        low, high = span.low, span.high
    elif span.high < 90 * 60:
        grid, one, many = 1, tr("under {high} min"), tr("{low} to {high} min")
        low, high = span.low / 60, span.high / 60
    else:
        grid, one, many = 1, tr("under {high} h"), tr("{low} to {high} h")
        low, high = span.low / 3600, span.high / 3600
    low, high = grid * math.floor(low / grid), grid * max(math.ceil(high / grid), 1)
    return (many if low > 0 else one).format(low=low, high=high)


def format_progress(percent_done: int, step: int, steps: int) -> str:
    """`step` steps are finished, so the next one is being done."""
    line = tr("{percent} %, step {step} of {steps}")
    return line.format(percent=percent_done, step=min(step + 1, steps), steps=steps)


def format_hardware(cores: int, memory_gb: float) -> str:
    line = ntr("{count} core, {memory:.0f} GB memory", "{count} cores, {memory:.0f} GB memory", cores)
    return line.format(count=cores, memory=memory_gb)


def format_larger(height: int, width: int) -> str:
    return tr("The result is larger: {width} × {height}.").format(width=width, height=height)
