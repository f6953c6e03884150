"""What a result may say about itself."""

from dataclasses import replace

import numpy as np
import pytest

from daps_desktop.document.document import Document
from daps_desktop.document.version import Version, verdict_on
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import GaussianBlur, JpegCompression, MissingPixels, MotionBlur, Noise
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.report import Report, StepReport
from daps_desktop.jobs.task import Task
from daps_desktop.jobs.verdict import Agreement, LikelyCause, expected_band, is_structured, judge
from daps_desktop.ui.common import formatting, verdict_text
from tests.fakes.hosts import report_of

REPAIR, SHARPEN = Task((MissingPixels(),)), Task((GaussianBlur(),))
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
    verdict = judge(settled(residual), SHARPEN, None)
    assert verdict.agreement is agreement and verdict.redrawn is None
    assert ("Agrees" in verdict_text.format_verdict(verdict)) == (residual < 2)
    low, high = expected_band(SHARPEN)
    assert (low <= residual <= high) == verdict_text.format_verdict(verdict).startswith(
        "Agrees with your photo. "
    )


def settled(residual: float) -> Report:
    """A run that had come to rest."""
    return report([2 * residual, residual, residual, residual, residual])


def report(curve: list[float], samples: int = 1) -> Report:
    """A run whose residual took this course in each sample."""
    steps = [StepReport(0.1, value, 1, 1.0, sample) for sample in range(samples) for value in curve]
    return replace(report_of(REQUEST, curve[-1]), steps=steps)


@pytest.mark.parametrize(
    ("curve", "still"),
    [
        ([9, 7, 5, 4, 3, 2.2, 1.7, 1.4], True),
        ([1.57, 1.47, 1.46, 1.45, 1.45], False),  # a blur said too large, as measured
        ([1.51, 1.51, 1.5, 1.47, 1.49, 1.47, 1.42, 1.38], False),
        ([0.6, 0.9, 1.28, 1.55, 1.71], False),  # noise said too low
        ([4.0, 2.0], False),  # too few steps to know
    ],
)
def test_still_improving_is_said_where_the_last_steps_fell(curve: list[float], still: bool) -> None:
    verdict = judge(report(curve, samples=2), SHARPEN, None)
    assert (verdict.agreement is Agreement.IMPROVING) == still
    assert verdict_text.format_verdict(verdict).startswith("Still improving") == still


def test_what_agrees_is_not_said_to_improve() -> None:
    assert judge(report([9, 5, 2, 1.0]), SHARPEN, None).agreement is Agreement.AGREES


def noise_map(seed: int = 0) -> np.ndarray:
    """What pure noise leaves: the RMS over three channels of a pixel."""
    noise = np.random.default_rng(seed).normal(0, 1, (60, 80, 3))
    return np.sqrt((noise**2).mean(axis=2)).astype(np.float16)


def edge_map() -> np.ndarray:
    """What a wrong blur leaves besides the noise: more along some edges."""
    values = noise_map().astype(np.float32)
    values[:, ::16] += 3
    return values.astype(np.float16)


def test_noise_lies_everywhere_and_edges_do_not() -> None:
    assert not is_structured(noise_map()) and is_structured(edge_map())
    holed = edge_map()
    holed[:30] = np.nan
    assert is_structured(holed)
    assert not is_structured(np.full((5, 5), np.nan, np.float16))


@pytest.mark.parametrize(
    ("task", "residual", "map_", "suspects"),
    [
        (SHARPEN, 3.0, edge_map(), (LikelyCause.BLUR,)),
        (SHARPEN, 3.0, noise_map(), (LikelyCause.NOISE_LOW,)),
        (SHARPEN, 1.6, None, (LikelyCause.BLUR, LikelyCause.NOISE_LOW)),
        (Task((MotionBlur(), JpegCompression(40))), 3.0, edge_map(), (LikelyCause.BLUR, LikelyCause.JPEG)),
        (Task((JpegCompression(),)), 3.0, edge_map(), ()),  # the tables of the file itself cannot be wrong
        (Task((Noise(),)), 0.3, noise_map(), (LikelyCause.NOISE_HIGH,)),
        (SHARPEN, 1.0, edge_map(), ()),
        (REPAIR, 3.0, edge_map(), ()),
    ],
)
def test_what_is_likely_wrong_follows_from_task_and_map(
    task: Task, residual: float, map_: np.ndarray | None, suspects: tuple[LikelyCause, ...]
) -> None:
    verdict = judge(settled(residual), task, None, residual_map=map_)
    assert verdict.suspects == suspects


def test_the_suspicion_is_part_of_the_sentence() -> None:
    verdict = judge(settled(3.1), SHARPEN, None, residual_map=edge_map())
    assert verdict_text.format_verdict(verdict) == (
        "Does not agree with your photo (difference 3.1× the noise level): blur size may be wrong. "
        "The whole photo was reworked."
    )


def test_a_version_is_judged_by_all_it_carries() -> None:
    made = Version(1, REQUEST.photo, Recipe(SHARPEN), None, settled(3.1), residual_map=edge_map())
    verdict = verdict_on(made)
    assert verdict is not None and verdict.suspects == (LikelyCause.BLUR,)
    assert verdict_on(replace(made, report=None)) is None


def test_a_verdict_is_found_once_and_is_anothers_for_another_run() -> None:
    made = Version(1, REQUEST.photo, Recipe(SHARPEN), None, settled(3.1), residual_map=edge_map())
    assert verdict_on(replace(made, name="the good one")) is verdict_on(made)
    again = verdict_on(replace(made, report=settled(1.0)))
    assert again is not None and again.agreement is Agreement.AGREES
    assert verdict_on(replace(made, residual_map=edge_map())) is verdict_on(made)  # its map was moved


def test_a_repair_says_how_much_was_redrawn() -> None:
    mask = np.zeros((100, 100), dtype=bool)
    mask[:, 0] = True
    verdict = judge(settled(0.3), REPAIR, mask)
    assert (
        verdict_text.format_verdict(verdict)
        == "1 place repaired. No trace of the damage was found. 1.0\N{NO-BREAK SPACE}% of it was redrawn."
    )
    assert expected_band(REPAIR)[0] == 0 < expected_band(SHARPEN)[0]


def test_a_jpeg_is_explained_to_the_last_digit_without_keeping_noise() -> None:
    verdict = judge(settled(0.04), Task((JpegCompression(), Noise())), None)
    assert verdict_text.format_verdict(verdict) == "Agrees with your photo. The whole photo was reworked."


def test_shares_are_never_rounded_to_nothing_or_to_all() -> None:
    assert formatting.percent(0.00001) == "under 0.1 %"
    assert formatting.format_untouched(0.99999) == "99.9 % untouched"
    assert (formatting.percent(0.00743), formatting.format_untouched(1 - 0.00743)) == (
        "0.7\N{NO-BREAK SPACE}%",
        "99.3 % untouched",
    )
    assert formatting.format_untouched(1.0) == "100 % untouched"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (7.4, "7 s"), (42, "40 s"), (100, "2 min"), (9000, "2.5 h")]
)
def test_durations_are_rounded_as_people_say_them(seconds: float, words: str) -> None:
    assert formatting.duration(seconds) == words
