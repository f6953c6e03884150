"""Jobs played through the real engine: small photos, a network of toy size, every message kept."""

import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import skimage.data
import torch
from numpy.typing import NDArray
from torch import Tensor

from daps_desktop.engine.dispatch import run_job
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.jobs.damage import Damage, MissingPixels
from daps_desktop.jobs.messages import Failed, Message, Progress, RestoreResult
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.networks.catalogue import user_folder
from tests.fakes.checkpoints import tiny_network, write_edm

JOB = "job"
# Scripts read these names, so they stay.
REPORT_NAMES = {
    "evaluations", "seconds_total", "seconds_denoiser", "peak_memory_mb", "noise_level",
    "residual_over_noise", "device", "seed", "prior", "prior_sha256", "preset", "method", "damage",
    "versions", "steps", "output", "notices", "blur", "trace",
}  # fmt: skip
QUICK = SolverSettings(preset="draft", noise=5.0, prior="tiny", device="cpu")


@dataclass
class Heard:
    """Everything a job said."""

    messages: list[Message] = field(default_factory=list)

    @property
    def progress(self) -> list[Progress]:
        return [message for message in self.messages if isinstance(message, Progress)]

    @property
    def finished(self) -> RestoreResult:
        ending = self.messages[-1]
        assert isinstance(ending, RestoreResult), ending
        return ending

    @property
    def failed(self) -> Failed:
        ending = self.messages[-1]
        assert isinstance(ending, Failed), ending
        return ending

    @property
    def pixels(self) -> Pixels:
        return self.finished.photo.pixels


def play(
    photo: Photo | Pixels,
    *damages: Damage,
    mask: Mask | None = None,
    cancel: threading.Event | None = None,
    preview_side: int = 0,
    settings: SolverSettings = QUICK,
    profile: PhotoProfile | None = None,
    **changes: Any,
) -> Heard:
    """Run one job to its end; no damage named means scratches. `changes` are changes of the settings."""
    photo = photo if isinstance(photo, Photo) else Photo(photo)
    task = Task(damages or (MissingPixels(),))
    job = RestoreRequest(JOB, photo, mask, task, replace(settings, **changes), preview_side, profile=profile)
    heard = Heard()
    run_job(job, cancel or threading.Event(), heard.messages.append)
    return heard


def crop(side: int = 64, top: int = 60, left: int = 190) -> NDArray[np.uint8]:
    """A piece of a photograph, (side, side, 3): an eye, hair and skin."""
    return skimage.data.astronaut()[top : top + side, left : left + side].copy()


def line(height: int = 64, width: int = 64, at: int = 30, thick: int = 4) -> Mask:
    """A scratch from left to right."""
    mask = np.zeros((height, width), dtype=bool)
    mask[at : at + thick, 8 : width - 8] = True
    return mask


def scratched(paint: int) -> tuple[NDArray[np.uint8], Mask]:
    """A photograph with two scratches, a hair and eight specks of one grey, and where they are."""
    photo, drawn, rng = (
        skimage.data.astronaut()[:360, :480],
        np.zeros((360, 480), np.uint8),
        np.random.default_rng(1),
    )
    for ends in (((30, 20), (200, 330)), ((440, 10), (300, 350))):
        cv2.line(drawn, *ends, 255, 2, cv2.LINE_AA)
    turns = np.cumsum(rng.normal(0, 0.25, 18))
    hair = np.cumsum(np.stack([np.cos(turns), np.sin(turns)], 1) * 7, axis=0) + np.array([100, 60])
    cv2.polylines(drawn, [hair.astype(np.int32)], False, 255, 2, cv2.LINE_AA)
    for x, y in rng.integers(20, (460, 340), (8, 2)).tolist():
        cv2.circle(drawn, (x, y), 3, 255, -1, cv2.LINE_AA)
    opacity = drawn[..., None] / 255
    spoilt = np.rint(photo * (1 - opacity) + paint * opacity).astype(np.uint8)
    return spoilt, np.abs(spoilt.astype(int) - photo).max(axis=2) > 25


def install_tiny(data: Path, name: str = "tiny", bias: float | None = None) -> None:
    """A prior with random weights; with a bias, one whose network says that number everywhere."""
    state: dict[str, Tensor] | None = None
    if bias is not None:
        state = tiny_network().state_dict()
        state["conv_out.weight"] = torch.zeros_like(state["conv_out.weight"])
        state["conv_out.bias"] = torch.full_like(state["conv_out.bias"], bias)
    write_edm(user_folder(data) / name, name, state)


def psnr(a: Pixels, b: Pixels) -> float:
    """Decibels, for pixels of 8 bits."""
    error = a.astype(np.float64) - b.astype(np.float64)
    return float(10 * np.log10(255**2 / np.mean(error**2)))
