"""Curves of colours, apart from the solver: fading is undone before it, a tone is given after it."""

import time
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version

from daps_desktop import __version__
from daps_desktop.analysis.fading import fading_curve
from daps_desktop.analysis.picture_area import without_hidden
from daps_desktop.analysis.tone import find_tone
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.tone_curve import TONES, in_tone
from daps_desktop.jobs.damage import Fading, Toning
from daps_desktop.jobs.damage_text import format_damage
from daps_desktop.jobs.messages import RestoreResult
from daps_desktop.jobs.report import Report
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.task import Task
from daps_desktop.restoration.progress import ProgressReporter

Restore = Callable[[RestoreRequest], RestoreResult]


def with_curves(job: RestoreRequest, restore: Restore, progress: ProgressReporter) -> RestoreResult:
    """The job with its `Toning` and `Fading` done by curves and everything else by `restore`.

    The tone comes last, so that what is restored and what is kept get the same. A photo in colour takes a
    tone by its luma like any other, which is noticed.
    """
    toning = job.task.find(Toning)
    if toning is None:
        return with_fading_undone(job, restore)
    photo, started = job.photo, time.perf_counter()
    if (job.profile.tone if job.profile else find_tone(without_hidden(photo.pixels, photo.alpha))) is None:
        progress.notice("tone_over_colours")
    rest = job.task.without(Toning)
    finished = (
        with_fading_undone(replace(job, task=rest), restore)
        if rest.damages
        else _without_network(job, photo, time.perf_counter() - started)
    )
    toned = finished.photo.with_pixels(in_tone(finished.photo.pixels, TONES[toning.to]))
    notices = [notice.code for notice in progress.notices]
    return replace(finished, photo=toned, report=replace(_of(finished.report, job.task), notices=notices))


def with_fading_undone(job: RestoreRequest, restore: Restore) -> RestoreResult:
    """The job with its `Fading` undone by a curve and everything else by `restore`, which may be nothing.

    The curve comes first, so that a repair continues the corrected photo, and outside the mask the result
    is that photo bit for bit. Only with JPEG it comes last: the tables speak of the values in the file.
    """
    faded = job.task.find(Fading)
    if faded is None:
        return restore(job)
    started = time.perf_counter()
    curve = fading_curve(job.photo.pixels, faded.amount, job.photo.alpha)
    rest = replace(job, task=job.task.solved_part)
    if rest.task.needs_file_values:
        finished = restore(rest)
        photo = finished.photo.with_pixels(curve.apply(finished.photo.pixels))
        return replace(finished, photo=photo, report=_of(finished.report, job.task))
    corrected = job.photo.with_pixels(curve.apply(job.photo.pixels))
    if not rest.task.damages:
        return _without_network(job, corrected, time.perf_counter() - started)
    finished = restore(replace(rest, photo=corrected, profile=None))  # it is another photo now
    return replace(finished, report=_of(finished.report, job.task))


def _of(report: Report, task: Task) -> Report:
    return replace(report, damage=[format_damage(damage) for damage in task.damages])


def _without_network(job: RestoreRequest, photo: Photo, seconds: float) -> RestoreResult:
    settings = job.settings
    report = Report(
        evaluations=0,
        seconds_total=seconds,
        seconds_denoiser=0.0,
        peak_memory_mb=0.0,
        noise_level=0.0,
        residual_over_noise=0.0,
        device="cpu",
        seed=settings.seed,
        prior="",
        prior_sha256="",
        preset=settings.preset,
        method=settings.method,
        output=settings.output,
        damage=[format_damage(damage) for damage in job.task.damages],
        versions={"daps-desktop": __version__, "numpy": version("numpy")},
        steps=[],
    )
    return RestoreResult(job.job_id, photo, report)
