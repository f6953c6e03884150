import pytest

from daps_desktop.jobs.remaining_time import RemainingTimeEstimator, TimeRange


def after(*seconds: float, steps: int = 20) -> TimeRange | None:
    """What is left after steps of these lengths, of which the first holds two seconds of loading."""
    clock, total = RemainingTimeEstimator(), 2.0
    for i, step in enumerate(seconds, 1):
        total += step
        clock.update(total, i / steps, (total - 2) / i * (steps - i))
    return clock.left


def test_nothing_is_said_before_a_pace_is_known() -> None:
    assert after() is None and after(1.0) is None


def test_even_steps_give_a_narrow_span_about_the_truth() -> None:
    span = after(*[1.0] * 10)
    assert span is not None and span.low == pytest.approx(9) and span.high == pytest.approx(11)


def test_uneven_steps_and_few_of_them_give_a_wide_one() -> None:
    uneven, few = after(*[0.5, 1.5] * 5), after(1.0, 1.0)
    assert uneven is not None and few is not None
    assert uneven.low < 8 and uneven.high > 12
    assert (few.low, few.high) == (pytest.approx(9), pytest.approx(27))


def test_a_message_without_progress_changes_nothing() -> None:
    clock = RemainingTimeEstimator()
    clock.update(3, 0.1, 27)
    clock.update(4, 0.2, 16)
    before = clock.left
    clock.update(9, 0.2, 99)
    assert clock.left == before


def test_at_the_end_nothing_is_left() -> None:
    span = after(*[1.0] * 20)
    assert span == TimeRange(0.0, 0.0)
