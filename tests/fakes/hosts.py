"""A host without an engine: it remembers what it was asked and says what the test tells it to."""

import pickle
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from daps_desktop.analysis.finding.pieces import pieces
from daps_desktop.analysis.profile import measure_profile
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.jobs.messages import (
    Cancelled,
    FindResult,
    Message,
    Preview,
    ProfileResult,
    Progress,
    RestoreResult,
)
from daps_desktop.jobs.proposals import Proposals
from daps_desktop.jobs.report import PlaceToMend, Report, StepReport, Trace
from daps_desktop.jobs.requests import EstimateRequest, FindRequest, ProfileRequest, Request, RestoreRequest
from daps_desktop.ui.models.message_router import MessageRouter


@dataclass
class FakeHost:
    """What it says goes through the `router` that leads to it. Questions are kept apart from jobs."""

    requests: list[RestoreRequest] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    estimates: list[EstimateRequest] = field(default_factory=list)
    profiles: list[ProfileRequest] = field(default_factory=list)
    searches: list[FindRequest] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    router: MessageRouter = field(init=False)

    def __post_init__(self) -> None:
        self.router = MessageRouter(self)

    def submit(self, request: Request) -> None:
        if isinstance(request, EstimateRequest):
            self.estimates.append(request)
        elif isinstance(request, ProfileRequest):
            self.profiles.append(request)
        elif isinstance(request, FindRequest):
            self.searches.append(request)
        else:
            self.requests.append(request)

    def cancel(self, job_id: str) -> None:
        questions = (*self.estimates, *self.profiles, *self.searches)
        known = any(request.job_id == job_id for request in questions)
        (self.dropped if known else self.cancelled).append(job_id)

    def say(self, message: Message) -> None:
        self.router.handle(message)

    def answer_profile(self) -> PhotoProfile:
        """What the engine would say of the photo that it was last asked about, but for damaged places."""
        request = self.profiles[-1]
        profile = _measured(pickle.dumps(replace(request.photo, path=None)))
        self.say(ProfileResult(request.job_id, profile))
        return profile

    def answer_search(self, probability: NDArray[np.uint8]) -> Proposals:
        """As if the network had said that of the photo that was last looked through."""
        found = pieces(probability)
        self.say(FindResult(self.searches[-1].job_id, found))
        return found

    def answer_cancelled(self) -> None:
        self.say(Cancelled(self.cancelled[-1]))

    def step(self, step: int, steps: int = 4, with_preview: bool = True) -> None:
        preview = Preview(np.full((30, 40, 3), 60 * step, dtype=np.uint8)) if with_preview else None
        self.say(progress_of(self.requests[-1].job_id, step, steps, preview))

    def finish(self, value: int = 7, *places: PlaceToMend) -> RestoreResult:
        """The hole filled with one value, everything else untouched; a trace is left at those places."""
        request = self.requests[-1]
        pixels = request.photo.pixels.copy()
        if request.mask is not None:
            pixels[request.mask] = value
        report = report_of(request)
        if report.trace is not None:
            report = replace(report, trace=Trace(max(len(places), 1), list(places)))
        finished = RestoreResult(request.job_id, request.photo.with_pixels(pixels), report)
        self.say(finished)
        return finished


@cache
def _measured(photo: bytes) -> PhotoProfile:
    """Most tests open the same few photos, each of which takes a second or two."""
    return measure_profile(pickle.loads(photo))


def progress_of(job_id: str, step: int, steps: int = 4, preview: Preview | None = None) -> Progress:
    return Progress(
        job_id=job_id,
        step=step,
        steps=steps,
        sigma=1.0 / step,
        residual_over_noise=1 + 10.0 / step,
        evaluations=2 * step,
        seconds=10.0 * step,
        seconds_left=10.0 * (steps - step),
        fraction=step / steps,
        preview=preview,
    )


def report_of(request: RestoreRequest, residual_over_noise: float = 1.05) -> Report:
    return Report(
        evaluations=8,
        seconds_total=40.0,
        seconds_denoiser=39.0,
        peak_memory_mb=500.0,
        noise_level=3.0,
        residual_over_noise=residual_over_noise,
        device="cpu",
        seed=request.settings.seed,
        prior="none",
        prior_sha256="",
        preset=request.settings.preset,
        method=request.settings.method,
        output=request.settings.output,
        damage=["scratches"],
        versions={},
        steps=[StepReport(1 / n, 1 + 10 / n, 2 * n, 10.0 * n) for n in range(1, 5)],
        trace=Trace(1, []) if request.task.needs_mask else None,
    )
