"""A request holds all that its answer depends on: sent, saved and read again, it gives the same bytes."""

import pickle
import threading
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daps_desktop.document.kernel_file import with_kernel_read
from daps_desktop.engine.dispatch import HANDLERS, run_job
from daps_desktop.engine.process.client import validated
from daps_desktop.imaging.formats.png_codec import encode_pixels
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import (
    CameraBlur,
    Clipping,
    Damage,
    Downsampling,
    Fading,
    GaussianBlur,
    Greyscale,
    JpegCompression,
    KernelBlur,
    MissingPixels,
    MotionBlur,
    Noise,
    PhaseRetrieval,
    RandomMask,
)
from daps_desktop.jobs.damage_text import format_damage
from daps_desktop.jobs.messages import Failed, FindResult, Message, ProfileResult, RestoreResult, TimeEstimate
from daps_desktop.jobs.recipe import Recipe, dump_recipe, parse_recipe
from daps_desktop.jobs.requests import EstimateRequest, FindRequest, ProfileRequest, Request, RestoreRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.networks import catalogue
from tests.engine.playing import QUICK, crop

pytestmark = pytest.mark.usefixtures("tiny_prior")

SPOT = np.array([[0, 90, 0], [60, 255, 60], [0, 90, 0]], np.uint8)[..., None]
KERNEL = KernelBlur("spot, left=2.png", encode_pixels(Photo(SPOT)))
TASKS: tuple[tuple[Damage, ...], ...] = (
    (MissingPixels(),),
    (Noise(),),
    (MissingPixels(), GaussianBlur(1.3)),
    (KERNEL,),
    (KERNEL, MissingPixels()),
    (MotionBlur(5, 30.5),),
    (Downsampling(2, "area"), Noise()),
    (JpegCompression(35),),
    (Greyscale(),),
    (Clipping(1.5),),
    (Fading(0.35),),
    (Fading(), Noise()),
    (RandomMask(0.4, 3),),
    (PhaseRetrieval(2.0, 1),),
    (CameraBlur(1.1, 1.2),),
)
chosen = st.builds(
    SolverSettings,
    preset=st.just("draft"),
    method=st.sampled_from(["dapspp", "diffpir"]),
    output=st.sampled_from(["safest", "sample"]),
    noise=st.sampled_from([None, 0.0, 4.25]),
    closeness=st.floats(0, 1),
    levels=st.integers(0, 2),
    prior=st.just("tiny"),
    device=st.just("cpu"),
    seed=st.integers(0, 2**63 - 1),
    tile=st.sampled_from([0, 64]),
    soft_edge=st.sampled_from([0, 4]),
)


@st.composite
def requests(draw: st.DrawFn) -> RestoreRequest:
    task = Task(draw(st.sampled_from(TASKS)))
    pixels = crop(48)[..., : draw(st.sampled_from([1, 3]))].astype(
        draw(st.sampled_from([np.uint8, np.uint16]))
    )
    mask = None
    if task.needs_mask:
        mask = np.zeros((48, 48), bool)
        mask[20:23, draw(st.integers(0, 20)) : 40] = True
    prior = draw(st.sampled_from(["", catalogue.find("tiny").sha256]))
    return RestoreRequest("r", Photo(np.ascontiguousarray(pixels)), mask, task, draw(chosen), 0, prior)


def same(a: Request, b: Request) -> bool:
    """Equal in every field, arrays by their values."""
    pairs = [(getattr(a, f.name), getattr(b, f.name)) for f in fields(a)]
    plain = all(x == y for x, y in pairs if not isinstance(x, np.ndarray | Photo))
    arrays = all(np.array_equal(x, y) for x, y in pairs if isinstance(x, np.ndarray))
    photos = all(x.pixels.tobytes() == y.pixels.tobytes() for x, y in pairs if isinstance(x, Photo))
    return type(a) is type(b) and plain and arrays and photos


def answer(request: Request) -> Message:
    messages: list[Message] = []
    run_job(request, threading.Event(), messages.append)
    return messages[-1]


@given(request=requests())
@settings(max_examples=10)
def test_a_request_that_was_sent_and_saved_gives_the_same_bytes(request: RestoreRequest) -> None:
    sent: RestoreRequest = pickle.loads(pickle.dumps(request))
    saved = parse_recipe(dump_recipe(Recipe(request.task, request.settings)))
    read = replace(sent, task=saved.task, settings=saved.settings)
    assert same(request, sent) and same(request, read)
    first, again = answer(request), answer(read)
    assert isinstance(first, RestoreResult) and isinstance(again, RestoreResult), (first, again)
    assert first.photo.pixels.tobytes() == again.photo.pixels.tobytes()
    assert first.report.damage == [format_damage(damage) for damage in request.task.damages]


@given(task=st.sampled_from(TASKS), how=chosen, speed=st.none() | st.floats(0.1, 9), marked=st.booleans())
@settings(max_examples=10)
def test_so_does_the_request_of_an_estimate(
    task: tuple[Damage, ...], how: SolverSettings, speed: float | None, marked: bool
) -> None:
    marks = np.ones((3, 5), bool) if marked else None
    request = EstimateRequest("f", 12, 20, Task(task), how, marks, speed)
    assert same(request, pickle.loads(pickle.dumps(request)))


def test_so_does_the_request_of_a_profile() -> None:
    request = ProfileRequest("p", Photo(crop()))
    sent: ProfileRequest = pickle.loads(pickle.dumps(request))
    assert same(request, sent) and answer(request) == answer(sent)


def test_no_answer_fits_the_request_of_another_kind() -> None:
    photo = Photo(crop())
    estimate = EstimateRequest("e", 48, 48, Task((Noise(),)), QUICK, speed=0.1)
    restore = RestoreRequest("r", photo, None, Task((Noise(),)), QUICK)
    asked = (restore, estimate, ProfileRequest("p", photo), FindRequest("f", photo, "cpu"))
    answers = [answer(request) for request in asked]
    for i, said in enumerate(answers):
        assert isinstance(said, RestoreResult | TimeEstimate | ProfileResult | FindResult)
        assert [validated(request, said) is said for request in asked] == [i == k for k in range(4)]


def test_every_kind_of_request_has_its_handler() -> None:
    assert set(HANDLERS) == set(Request.__args__)


def test_a_kernel_travels_without_its_file(tmp_path: Path) -> None:
    path = tmp_path / "shake.tif"
    write_photo(Photo(SPOT.astype(np.uint16) * 257), path)
    task = with_kernel_read(Task((KernelBlur(str(path)), Noise())))
    kernel = task.find(KernelBlur)
    assert kernel is not None and kernel.file == "shake.tif" and kernel.picture
    request = RestoreRequest("r", Photo(crop()), None, task, QUICK)
    before = answer(request)
    path.unlink()
    after = answer(pickle.loads(pickle.dumps(request)))
    assert isinstance(before, RestoreResult) and isinstance(after, RestoreResult)
    assert before.photo.pixels.tobytes() == after.photo.pixels.tobytes()
    assert before.report.damage == ["kernel:file=shake.tif", "noise"]


def test_a_kernel_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    task = with_kernel_read(Task((KernelBlur(str(tmp_path / "gone.png")),)))
    failed = answer(RestoreRequest("r", Photo(crop()), None, task, QUICK))
    assert isinstance(failed, Failed) and failed.code == "kernel_file"


def test_another_prior_of_that_name_is_refused() -> None:
    request = RestoreRequest("r", Photo(crop()), None, Task((Noise(),)), QUICK, prior_sha256="ab" * 32)
    failed = answer(request)
    assert isinstance(failed, Failed) and (failed.code, failed.params) == ("prior_other", {"name": "tiny"})
