"""What a result may say about itself."""

import numpy as np
import pytest

from daps_desktop.core.document import Document
from daps_desktop.core.photo import Photo
from daps_desktop.core.task import Blur, Jpeg, Noise, Scratches, Task
from daps_desktop.core.verdict import Agreement, expected_band, judge
from daps_desktop.ui import text
from tests.fakes.hosts import report_of

REPAIR, SHARPEN = Task((Scratches(),)), Task((Blur(),))
REQUEST = Document(Photo(np.zeros((4, 4, 3), np.uint8))).request("a", 0)


@pytest.mark.parametrize(
    ("residual", "agreement"),
    [
        (0.2, Agreement.CLOSE),
        (0.6, Agreement.AGREES),
        (1.2, Agreement.AGREES),
        (1.7, Agreement.ROUGHLY),
        (3.1, Agreement.DISAGREES),
    ],
)
def test_the_residual_decides(residual: float, agreement: Agreement) -> None:
    verdict = judge(report_of(REQUEST, residual), SHARPEN, None)
    assert verdict.agreement is agreement and verdict.redrawn is None
    assert ("Agrees" in text.verdict_line(verdict)) == (residual < 2)
    low, high = expected_band(SHARPEN)
    assert (low <= residual <= high) == text.verdict_line(verdict).startswith("Agrees with your photo. ")


def test_a_repair_says_how_much_was_redrawn() -> None:
    hole = np.zeros((100, 100), dtype=bool)
    hole[:, 0] = True
    verdict = judge(report_of(REQUEST, 0.3), REPAIR, hole)
    assert text.verdict_line(verdict) == "Agrees with your photo. 1.0 % of it was redrawn."
    assert expected_band(REPAIR)[0] == 0 < expected_band(SHARPEN)[0]


def test_a_jpeg_is_explained_to_the_last_digit_without_keeping_noise() -> None:
    verdict = judge(report_of(REQUEST, 0.04), Task((Jpeg(), Noise())), None)
    assert text.verdict_line(verdict) == "Agrees with your photo. The whole photo was reworked."


def test_shares_are_never_rounded_to_nothing_or_to_all() -> None:
    assert text.percent(0.00001) == "under 0.1 %"
    assert text.untouched_line(0.99999) == "99.9 % untouched"
    assert (text.percent(0.00743), text.untouched_line(1 - 0.00743)) == ("0.7 %", "99.3 % untouched")
    assert text.untouched_line(1.0) == "100 % untouched"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (7.4, "7 s"), (42, "40 s"), (100, "2 min"), (9000, "2.5 h")]
)
def test_durations_are_rounded_as_people_say_them(seconds: float, words: str) -> None:
    assert text.duration(seconds) == words
