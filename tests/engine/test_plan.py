"""A plan is made without pixels, and yet says what a run will then do."""

import threading
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from daps_desktop.analysis.profile import measure_profile
from daps_desktop.base.paths import cache_folder
from daps_desktop.engine.dispatch import run_job
from daps_desktop.imaging.jpeg_tables import tables_for_quality
from daps_desktop.imaging.mask import Mask, downsampled
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.jobs.damage import (
    BoxMask,
    CameraBlur,
    Clipping,
    Damage,
    Downsampling,
    GaussianBlur,
    Greyscale,
    JpegCompression,
    MissingPixels,
    MotionBlur,
    Noise,
    PhaseRetrieval,
    RandomMask,
)
from daps_desktop.jobs.messages import Message, TimeEstimate
from daps_desktop.jobs.requests import MARKS_STEP, QUALITIES, EstimateRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.networks import catalogue
from daps_desktop.networks.denoisers import NetworkDenoiser
from daps_desktop.restoration.cost import OVERHEAD, cost
from daps_desktop.restoration.forward_model import narrowed, with_blur_seen
from daps_desktop.restoration.plan import Observation, Plan, lay_out, make_plan, noise_model, noise_of
from tests.engine.playing import QUICK, crop, play

pytestmark = pytest.mark.usefixtures("tiny_prior")

TASKS: tuple[tuple[Damage, ...], ...] = (
    (MissingPixels(),),
    (Noise(),),
    (MissingPixels(), Noise()),
    (GaussianBlur(1.5),),
    (MotionBlur(5), MissingPixels()),
    (Downsampling(2),),
    (Downsampling(2), GaussianBlur(1.0), Noise()),
    (JpegCompression(40),),
    (JpegCompression(40), MissingPixels()),
    (Greyscale(),),
    (Clipping(1.5), MissingPixels()),
    (RandomMask(0.5),),
    (BoxMask(40),),
    (BoxMask(20), GaussianBlur(1.0)),
    (PhaseRetrieval(2.0, 2),),
    (CameraBlur(1.0), MissingPixels()),
)
HEIGHT, WIDTH = 96, 128


@st.composite
def holes(draw: st.DrawFn) -> Mask:
    """One or two rectangles of whole squares of MARKS_STEP pixels, which an estimate sees as they are."""
    mask = np.zeros((HEIGHT, WIDTH), bool)
    for _ in range(draw(st.integers(1, 2))):
        top, left = (MARKS_STEP * draw(st.integers(0, side // MARKS_STEP - 2)) for side in mask.shape)
        high, wide = (MARKS_STEP * draw(st.integers(1, 12)) for _ in range(2))
        mask[top : top + high, left : left + wide] = True
    return mask


chosen = st.builds(
    SolverSettings,
    preset=st.sampled_from(["draft", "fast", "paper"]),
    method=st.sampled_from(["dapspp", "dapspp", "daps", "diffpir"]),
    output=st.sampled_from(["safest", "sample"]),
    noise=st.sampled_from([0.0, 3.0, 30.0]),
    closeness=st.sampled_from([0.2, 0.5]),
    levels=st.integers(2, 4),
    tile=st.sampled_from([64, 0]),
    soft_edge=st.sampled_from([0, 0, 3]),
    samples=st.integers(1, 2),
)


def photo() -> Pixels:
    return np.ascontiguousarray(crop(128)[:HEIGHT, :WIDTH])


@cache
def said() -> PhotoProfile:
    return measure_profile(Photo(photo()))


def planned(task: Task, settings: SolverSettings, mask: Mask | None, softness: float = 0.0) -> Plan:
    observation = Observation(
        *((HEIGHT, WIDTH) if mask is None else mask.shape),
        noise_of(noise_model(task, settings, lambda: said().noise)),
        mask,
        tables_for_quality(50),
        softness=softness,
    )
    return make_plan(lay_out(task, observation), settings, catalogue.find("tiny").parameterisation.sigma_max)


@given(damages=st.sampled_from(TASKS), how=chosen, mask=holes())
@settings(max_examples=8)
def test_a_run_does_what_its_plan_says(damages: tuple[Damage, ...], how: SolverSettings, mask: Mask) -> None:
    task = Task(damages)
    how = replace(
        how, prior="tiny", device="cpu", soft_edge=0, samples=1 if how.output == "sample" else how.samples
    )
    marks = mask if task.needs_mask else None
    seen = 0

    def counted(self: NetworkDenoiser, x: Tensor, sigma: float) -> Tensor:
        nonlocal seen
        seen += x.shape[0] * x.shape[-2] * x.shape[-1]
        return x / (1 + sigma**2)  # a network that answers at once

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NetworkDenoiser, "denoise", counted)
        report = play(photo(), *damages, mask=marks, settings=how).finished.report
    plan = planned(with_blur_seen(task, Photo(photo()), marks)[0], how, marks)
    costs = cost(plan)
    assert report.evaluations == costs.evaluations
    assert len(report.steps) == plan.runs * max(sum(s.recipe.steps for s in r.stages) for r in plan.regions)
    assert ("coarse_first" in report.notices) == plan.coarse_first
    assert costs.megapixels * 1e6 == pytest.approx(seen, rel=0.1)  # the network wants multiples of some sides


@given(damages=st.sampled_from(TASKS), how=chosen, mask=holes())
@settings(max_examples=25)
def test_an_estimate_prices_that_plan(damages: tuple[Damage, ...], how: SolverSettings, mask: Mask) -> None:
    task, how = Task(damages), replace(how, prior="tiny", device="cpu", soft_edge=0)
    marks = mask if task.needs_mask else None
    request = EstimateRequest(
        "f",
        HEIGHT,
        WIDTH,
        task,
        how,
        None if marks is None else downsampled(marks, MARKS_STEP),
        1.0,
        said(),
    )
    messages: list[Message] = []
    (cache_folder() / "paces.json").unlink(missing_ok=True)  # what other runs have taught
    run_job(request, threading.Event(), messages.append)
    (answer,) = messages
    assert isinstance(answer, TimeEstimate)
    task, _ = narrowed(task, said().blur_sigma)
    for quality in QUALITIES:
        expected = cost(planned(task, replace(how, preset=quality), marks)).megapixels
        assert answer.seconds[quality] == pytest.approx(OVERHEAD * expected)


def test_a_wide_hole_is_priced_with_its_coarse_stage() -> None:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[20:68, 20:68] = True
    fine = planned(Task((MissingPixels(),)), replace(QUICK, tile=128), mask)
    both = planned(Task((MissingPixels(),)), replace(QUICK, tile=64), mask)
    assert not fine.coarse_first and both.coarse_first
    assert cost(both).evaluations == 2 * cost(fine).evaluations


@pytest.mark.parametrize(("softness", "times"), [(0.5, 1), (2.0, 2), (4.0, 4)])
def test_a_draft_of_a_soft_photo_is_made_on_a_smaller_copy(softness: float, times: int) -> None:
    pixels, mask = photo()[:95, :113], np.zeros((95, 113), bool)  # no multiples of it
    mask[40:47, 5:108] = True
    said_so = replace(said(), blur_sigma=softness)
    how = SolverSettings("draft", prior="tiny", device="cpu", fill_grain=False)
    finished = play(pixels, mask=mask, settings=how, profile=said_so).finished
    assert finished.photo.pixels.shape == pixels.shape
    assert (finished.photo.pixels[~mask] == pixels[~mask]).all()
    assert ("small_draft" in finished.report.notices) == (times > 1)
    sharp, soft = (cost(planned(Task((MissingPixels(),)), how, mask, each)) for each in (0.0, softness))
    assert finished.report.evaluations == soft.evaluations
    assert soft.megapixels < sharp.megapixels if times > 1 else soft == sharp


def test_a_plan_is_a_value() -> None:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[20:68, 20:68] = True
    assert planned(Task((MissingPixels(),)), QUICK, mask) == planned(
        Task((MissingPixels(),)), QUICK, mask.copy()
    )
    assert planned(Task((GaussianBlur(),)), QUICK, None) != planned(
        Task((GaussianBlur(),)), replace(QUICK, seed=1), None
    )
