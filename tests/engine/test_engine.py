"""The contract of the engine: what it says, what it never touches, how it stops and how it fails."""

import hashlib
import pickle
import threading
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from daps_desktop.base.errors import UserError
from daps_desktop.engine.dispatch import run_job
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.jobs.damage import Damage, Downsampling, GaussianBlur, Greyscale, MissingPixels, Noise
from daps_desktop.jobs.messages import Cancelled, Notice, Preview, Progress, RestoreResult
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.task import Task
from daps_desktop.networks.architectures.norm_free_layers import NormFreeLayers
from daps_desktop.networks.denoisers import NetworkDenoiser
from daps_desktop.solver.denoisers.tiled import tile_boxes
from tests.engine.playing import JOB, QUICK, REPORT_NAMES, crop, install_tiny, line, play

pytestmark = pytest.mark.usefixtures("tiny_prior")

STEP_NAMES = {"sigma", "residual_over_noise", "evaluations", "seconds", "sample"}


def deep(pixels: Pixels) -> Pixels:
    """The same picture at 16 bits, with something in the low byte."""
    low = np.arange(pixels.size, dtype=np.uint16).reshape(pixels.shape) % 251
    return pixels.astype(np.uint16) * np.uint16(256) + low


def outside(photo: Photo, mask: Mask) -> str:
    return hashlib.sha256(np.ascontiguousarray(photo.pixels[~mask]).tobytes()).hexdigest()


# What it says


def test_progress_comes_first_and_one_ending_last() -> None:
    heard = play(crop(), GaussianBlur(1.0), noise=None, preview_side=32)
    *before, ending = heard.messages
    assert isinstance(ending, RestoreResult)
    assert before and all(isinstance(message, Progress | Notice) for message in before)
    assert {message.job_id for message in heard.messages} == {JOB}


def test_every_message_and_the_request_pickle_without_a_tensor() -> None:
    heard = play(crop(), GaussianBlur(1.0), noise=None, preview_side=32)
    failed = play(crop())
    request = RestoreRequest(JOB, Photo(crop()), line(), Task((MissingPixels(),)), QUICK)
    for message in (*heard.messages, *failed.messages, Cancelled(JOB), request):
        data = pickle.dumps(message)
        assert b"torch._utils" not in data
        assert repr(pickle.loads(data)) == repr(message)


def test_progress_only_ever_rises_to_the_end() -> None:
    heard = play(crop(), mask=line(), samples=2)
    shares = [p.fraction for p in heard.progress]
    assert shares == sorted(shares) and 0 <= shares[0] < 1 and shares[-1] == pytest.approx(1)
    assert [p.step for p in heard.progress] == sorted(p.step for p in heard.progress)
    last = heard.progress[-1]
    assert last.step == last.steps == len(heard.finished.report.steps)
    assert {p.sample for p in heard.progress} == {0, 1}
    assert last.seconds_left == pytest.approx(0, abs=1e-6)


def test_the_sigmas_fall_and_the_work_is_counted() -> None:
    heard = play(crop(), Downsampling(2))
    report = heard.finished.report
    sigmas = [step.sigma for step in report.steps]
    assert sigmas == sorted(sigmas, reverse=True)
    assert report.evaluations == heard.progress[-1].evaluations >= len(sigmas)
    assert 0 < report.seconds_denoiser <= report.seconds_total
    assert 50 < report.peak_memory_mb < 20_000
    assert (report.device, report.prior) == ("cpu", "tiny")
    assert report.noise_level == pytest.approx(5.0)
    assert report.damage == ["small:factor=2"]


def test_the_report_has_its_stable_names() -> None:
    report = asdict(play(crop(), mask=line()).finished.report)
    assert set(report) == REPORT_NAMES
    assert all(set(step) == STEP_NAMES for step in report["steps"])


def test_previews_are_small_pictures_of_the_whole_result() -> None:
    pixels = np.concatenate([crop(), crop()], axis=1)
    heard = play(pixels, mask=line(64, 128), preview_side=40)
    previews = [p.preview for p in heard.progress if p.preview]
    assert previews
    for preview in previews:
        assert isinstance(preview, Preview)
        assert preview.pixels.dtype == np.uint8 and preview.pixels.shape == (20, 40, 3)
    assert np.abs(previews[-1].pixels.mean((0, 1)) - pixels.mean((0, 1))).max() < 10
    assert not any(p.preview for p in play(crop(), mask=line()).progress)


def test_noise_is_estimated_where_it_is_not_given() -> None:
    heard = play(crop(), Noise(), noise=None)
    notices = [m for m in heard.messages if isinstance(m, Notice)]
    assert [n.code for n in notices] == heard.finished.report.notices == ["noise_estimated"]
    assert notices[0].params["noise"] == heard.finished.report.noise_level


# What it never touches


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_repair_leaves_the_rest_bit_for_bit(tmp_path: Path, suffix: str, bits: int, channels: int) -> None:
    pixels = crop()[..., :channels]
    before = tmp_path / f"before{suffix}"
    write_photo(Photo(pixels if bits == 8 else deep(pixels)), before)
    photo = read_photo(before)
    after = tmp_path / f"after{suffix}"
    write_photo(play(photo, mask=line()).finished.photo, after)
    result = read_photo(after)
    assert (result.bits, result.pixels.shape) == (bits, pixels.shape)
    assert outside(result, line()) == outside(photo, line())
    assert (result.pixels[line()] != photo.pixels[line()]).any()


def test_a_grey_photo_stays_grey_without_a_tint() -> None:
    grey = crop()[..., :1]
    for damage, mask in ((MissingPixels(), line()), (Noise(), None), (GaussianBlur(1.0), None)):
        heard = play(grey, damage, mask=mask, preview_side=64)
        assert heard.pixels.shape == grey.shape
        preview = next(p.preview for p in heard.progress if p.preview)
        assert np.ptp(preview.pixels, axis=2).max() == 0


def test_colour_is_given_back_to_a_grey_photo() -> None:
    grey = crop()[..., 1:2]
    pixels = play(grey, Greyscale()).pixels
    assert pixels.shape == (64, 64, 3) and np.ptp(pixels, axis=2).max() > 0
    luma = pixels @ np.array([0.299, 0.587, 0.114])
    assert np.abs(luma - grey[..., 0]).mean() < 5  # the noise level it was given


def test_small_doubles_the_sides_and_the_transparency() -> None:
    alpha = np.full((64, 64), 255, dtype=np.uint8)
    alpha[:, :32] = 0
    photo = Photo(crop(), alpha)
    doubled = play(photo, Downsampling(2)).finished.photo
    assert doubled.pixels.shape == (128, 128, 3)
    assert doubled.alpha is not None and doubled.alpha.shape == (128, 128)
    assert (doubled.alpha[:, :60] == 0).all() and (doubled.alpha[:, 68:] == 255).all()
    repaired = play(photo, mask=line()).finished.photo
    np.testing.assert_array_equal(repaired.alpha, alpha)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    first, again, other = (
        play(crop(), mask=line(), output="sample", seed=seed).pixels.tobytes() for seed in (1, 1, 2)
    )
    assert first == again != other


@pytest.mark.parametrize("method", ["daps", "diffpir"])
def test_the_other_methods_run_through_the_same_door(method: str) -> None:
    heard = play(crop(), mask=line(), method=method)
    assert heard.finished.report.method == method
    assert (heard.pixels[~line()] == crop()[~line()]).all()


def test_averaged_samples_vary_less_than_one() -> None:
    def spread(**how: Any) -> float:
        a, b = (play(crop(), mask=line(), seed=seed, **how).pixels[line()].astype(float) for seed in (1, 2))
        return float(np.sqrt(np.mean((a - b) ** 2)))

    assert 0 < spread(samples=4) < 0.75 * spread(output="sample")


def test_two_holes_far_apart_are_two_regions_side_by_side() -> None:
    pixels = np.tile(crop(), (2, 7, 1))
    left = np.zeros(pixels.shape[:2], dtype=bool)
    left[60:64, 30:50] = True
    alone = play(pixels, mask=left)
    both = play(pixels, mask=left | left[:, ::-1])
    assert both.finished.report.evaluations == alone.finished.report.evaluations
    assert (both.pixels[left[:, ::-1]] != pixels[left[:, ::-1]]).any()


def test_a_hole_wider_than_half_a_tile_is_found_on_a_smaller_copy_first() -> None:
    mask = np.zeros((128, 128), dtype=bool)
    mask[40:88, 40:88] = True
    heard = play(crop(128), mask=mask, tile=64, noise=None)
    assert heard.finished.report.notices == ["coarse_first"]
    sigmas = [step.sigma for step in heard.finished.report.steps]
    assert sum(later > earlier for earlier, later in pairwise(sigmas)) == 1


# How it stops


class AskedTooOften(threading.Event):
    """Becomes set when it has been asked `limit` times."""

    def __init__(self, limit: float) -> None:
        super().__init__()
        self.limit = limit
        self.asked = 0

    def is_set(self) -> bool:
        self.asked += 1
        return self.asked > self.limit


def test_it_listens_before_every_tile_and_then_says_nothing_more() -> None:
    never = AskedTooOften(float("inf"))
    whole = play(crop(128), Noise(), tile=64, cancel=never)
    tiles = len(list(tile_boxes(128, 128, 64)))
    assert tiles > 1
    assert never.asked >= tiles * whole.finished.report.evaluations
    for limit in (0, 1, tiles // 2, never.asked - 1):
        cancel = AskedTooOften(limit)
        heard = play(crop(128), Noise(), tile=64, cancel=cancel)
        assert heard.messages[-1] == Cancelled(JOB)
        assert not any(isinstance(m, Cancelled | RestoreResult) for m in heard.messages[:-1])
        assert cancel.asked == limit + 1


# How it fails


def memory_for(side: int) -> Any:
    """The network's own `denoise`, on a machine that can hold tiles of `side` pixels."""
    denoise = NetworkDenoiser.denoise

    def limited(self: NetworkDenoiser, x: Tensor, sigma: float) -> Tensor:
        if max(x.shape[-2:]) > side:
            raise torch.OutOfMemoryError("injected")
        return denoise(self, x, sigma)

    return limited


def test_short_memory_makes_the_tiles_smaller_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NetworkDenoiser, "denoise", memory_for(64))
    heard = play(crop(128), Noise(), tile=256)
    assert heard.finished.report.notices == ["smaller_tiles", "smaller_tiles"]
    assert [m.params for m in heard.messages if isinstance(m, Notice)] == [
        {"tile": 128, "batch": 1},
        {"tile": 64, "batch": 1},
    ]


def test_no_memory_at_all_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NetworkDenoiser, "denoise", memory_for(16))
    assert play(crop(128), Noise()).failed.code == "memory_out"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB."), "memory_out"),
        (RuntimeError("CUDA error: unspecified launch failure"), "device_lost"),
    ],
)
def test_a_card_that_cannot_take_the_prior_is_no_fault_of_the_prior(
    monkeypatch: pytest.MonkeyPatch, tiny_prior: Path, error: Exception, code: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    install_tiny(tiny_prior, "another")
    monkeypatch.setattr(NormFreeLayers, "load_state_dict", refuse)
    assert play(crop(), Noise(), prior="another").failed.code == code


def test_a_card_that_fails_is_told_from_a_fault_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(self: NetworkDenoiser, x: Tensor, sigma: float) -> Tensor:
        raise RuntimeError("CUDA error: unspecified launch failure\nCUDA kernel errors might be ...")

    monkeypatch.setattr(NetworkDenoiser, "denoise", lost)
    failed = play(crop(128), Noise()).failed
    assert failed.code == "device_lost" and failed.params["detail"].endswith("launch failure")


def test_an_unforeseen_error_is_told_as_a_bug_with_its_details(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: NetworkDenoiser, x: Tensor, sigma: float) -> Tensor:
        raise IndexError("off by one")

    monkeypatch.setattr(NetworkDenoiser, "denoise", broken)
    failed = play(crop(), Noise()).failed
    assert failed.code == "bug" and "off by one" in failed.details


@pytest.mark.parametrize(
    ("damage", "value", "code"),
    [
        (Noise(), float("nan"), "diverged"),
        (GaussianBlur(1.0), float("nan"), "diverged"),
        (Downsampling(2), float("inf"), "diverged"),
        (Noise(), 1e4, "constant_result"),
    ],
)
def test_nonsense_from_a_network_never_becomes_a_picture(
    monkeypatch: pytest.MonkeyPatch, damage: Damage, value: float, code: str
) -> None:
    monkeypatch.setattr(NetworkDenoiser, "denoise", lambda self, x, sigma: torch.full_like(x, value))
    failed = play(crop(), damage).failed
    assert failed.code == code
    assert str(UserError(failed.code, **failed.params)).count(";") == 2


def test_nonsense_inside_a_hole_never_becomes_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NetworkDenoiser, "denoise", lambda self, x, sigma: torch.full_like(x, float("nan")))
    assert play(crop(), mask=line()).failed.code == "diverged"


def test_a_prior_with_weights_that_are_no_numbers_is_refused(tiny_prior: Path) -> None:
    install_tiny(tiny_prior, "mad", float("nan"))
    assert play(crop(), Noise(), prior="mad").failed.code == "prior_unreadable"


def test_a_repair_without_a_mark_is_refused() -> None:
    assert play(crop()).failed.code == "mask_needed"
    assert play(crop(), mask=np.zeros((64, 64), dtype=bool)).failed.code == "mask_needed"


def test_what_cannot_be_carried_out_is_refused_in_words() -> None:
    assert play(crop(), Noise(), prior="no-such-thing").failed.code == "prior_missing"
    assert play(crop(), Noise(), samples=2, output="sample").failed.code == "setting_value"
    nothing = RestoreRequest(JOB, Photo(crop()), None, Task(()), QUICK)
    said: list[Any] = []
    run_job(nothing, threading.Event(), said.append)
    assert [m.code for m in said] == ["nothing_chosen"]


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
def test_a_device_that_is_not_there_is_refused() -> None:
    failed = play(crop(), Noise(), device="cuda").failed
    assert (failed.code, failed.params) == ("device_missing", {"device": "cuda"})


def test_a_damage_given_twice_is_refused() -> None:
    with pytest.raises(UserError, match="blur is given twice; nothing was started"):
        Task((GaussianBlur(1.0), GaussianBlur(2.0)))


def test_an_altered_prior_is_refused(tiny_prior: Path) -> None:
    install_tiny(tiny_prior, "altered")
    weights = tiny_prior / "priors" / "altered" / "diffusion_pytorch_model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert play(crop(), Noise(), prior="altered").failed.code == "prior_damaged"
