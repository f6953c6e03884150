"""A request holds all that its answer depends on: sent, saved and read again, it gives the same bytes."""

import pickle
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daps_desktop.analysis.profile import measure_profile
from daps_desktop.base.serialization import dump_json, from_jsonable, load_json, to_jsonable
from daps_desktop.document.kernel_file import with_kernel_read
from daps_desktop.engine.dispatch import HANDLERS, run_job
from daps_desktop.engine.process.client import validated
from daps_desktop.imaging.formats.png_codec import decode_mask, encode_mask, encode_pixels, unpack_picture
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
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
from daps_desktop.jobs.recipe import Recipe
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
    photo = Photo(np.ascontiguousarray(pixels))
    profile = measure_profile(photo) if draw(st.booleans()) else None
    return RestoreRequest("r", photo, mask, task, draw(chosen), 0, prior, profile)


def written(request: Request) -> bytes:
    """As JSON, in the words of projects and recipes; a field that has none fails."""
    values: dict[str, Any] = {}
    for f in fields(request):
        match getattr(request, f.name):
            case Photo() as photo:
                assert photo.jpeg is None and photo.alpha is None
                values[f.name] = b64encode(encode_pixels(photo)).decode()
            case np.ndarray() as marks:
                values[f.name] = {"size": marks.shape, "png": b64encode(encode_mask(marks)).decode()}
            case Task() as task:
                values[f.name] = Recipe(task).to_json()
            case SolverSettings() as how:
                values[f.name] = how.to_json()
            case value:
                values[f.name] = to_jsonable(value)
    return dump_json(values)


def read(kind: type[Request], data: bytes) -> Request:
    values = cast(dict[str, Any], load_json(data))
    readers: dict[str, Callable[[Any], object]] = {
        "photo": lambda png: Photo(unpack_picture(b64decode(png))),
        "mask": lambda marks: decode_mask(b64decode(marks["png"]), *marks["size"]),
        "mask_tiles": lambda marks: decode_mask(b64decode(marks["png"]), *marks["size"]),
        "task": lambda recipe: Recipe.from_json(recipe).task,
        "settings": SolverSettings.from_json,
        "profile": lambda profile: from_jsonable(PhotoProfile, profile),
    }
    as_told: Callable[[Any], object] = lambda value: value  # noqa: E731
    return kind(**{k: v if v is None else readers.get(k, as_told)(v) for k, v in values.items()})


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
    saved = read(RestoreRequest, written(sent))
    assert same(request, sent) and same(request, saved)
    first, again = answer(request), answer(saved)
    assert isinstance(first, RestoreResult) and isinstance(again, RestoreResult), (first, again)
    assert first.photo.pixels.tobytes() == again.photo.pixels.tobytes()
    assert first.report.damage == [format_damage(damage) for damage in request.task.damages]


@given(restore=requests(), speed=st.none() | st.floats(0.1, 9), marked=st.booleans())
@settings(max_examples=10)
def test_so_do_the_requests_of_the_other_kinds(
    restore: RestoreRequest, speed: float | None, marked: bool
) -> None:
    marks = np.eye(3, 5, dtype=bool) if marked else None
    task, how, photo = restore.task, restore.settings, restore.photo
    estimate = EstimateRequest("e", 12, 20, task, how, marks, speed, restore.profile)
    for request in (estimate, ProfileRequest("p", photo), FindRequest("f", photo, "cpu")):
        sent = pickle.loads(pickle.dumps(request))
        assert same(request, sent) and same(request, read(type(request), written(sent)))


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
