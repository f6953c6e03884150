"""The engine: one request in, messages out. Plain Python, to live in any thread or process.

Why one function: `run_job` is the whole face of the engine; the command line and the window call it alike.
"""

import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from typing import cast

import cv2
import numpy as np
import torch
from torch import Tensor

from daps_desktop import __version__
from daps_desktop.analysis.noise import estimate_noise
from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.engine.handlers.estimate import foretell
from daps_desktop.imaging.mask import Hole
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.imaging.soft_edge import blend, reached, soft_edge
from daps_desktop.jobs.damage import Clipped, Grey, Jpeg, Phase, Scratches
from daps_desktop.jobs.damage_text import format_damage
from daps_desktop.jobs.messages import Cancelled, Failed, Finished, JobMessage
from daps_desktop.jobs.report import Report
from daps_desktop.jobs.requests import ForecastRequest, JobRequest
from daps_desktop.networks import loader
from daps_desktop.networks.runtime.devices import peak_memory_mb
from daps_desktop.restoration.plan import NOISE_FLOOR
from daps_desktop.restoration.planner import plan_regions
from daps_desktop.restoration.preview import PreviewPainter
from daps_desktop.restoration.progress import StoppedError, Watch
from daps_desktop.restoration.recolour import recoloured
from daps_desktop.restoration.regions import Region
from daps_desktop.restoration.residual_map import residual_map
from daps_desktop.solver.device_errors import device_lost, out_of_memory
from daps_desktop.solver.samplers.annealing import AnnealingStep
from daps_desktop.solver.tensors import LEVELS_PER_UNIT, to_pixels

KEEP_GRAIN = (Scratches, Jpeg, Grey, Clipped)


def run_job(
    job: JobRequest | ForecastRequest, cancel: threading.Event, emit: Callable[[JobMessage], None]
) -> None:
    """Send any number of Progress and Notice, then one Finished (or Forecast), Cancelled or Failed."""
    try:
        if isinstance(job, ForecastRequest):
            emit(foretell(job, cancel))
            return
        emit(recoloured(job, lambda rest: _run(rest, cancel, emit)))
    except StoppedError:
        emit(Cancelled(job.job_id))
    except UserError as error:
        emit(Failed(job.job_id, error.code, error.facts, traceback.format_exc()))
    except Exception as error:  # the engine's door: nothing escapes unexplained
        emit(Failed(job.job_id, *_in_words(error), traceback.format_exc()))


def _in_words(error: Exception) -> tuple[str, dict[str, str]]:
    """Code and facts of an error that nobody foresaw."""
    if out_of_memory(error):
        return "memory_out", {}
    if device_lost(error):
        return "device_lost", {"detail": str(error).partition("\n")[0]}
    return "bug", {"detail": type(error).__name__}


def _run(job: JobRequest, cancel: threading.Event, emit: Callable[[JobMessage], None]) -> Finished:
    watch = Watch(job, cancel, emit)
    _check(job)
    marks, job = job.hole, _widened(job)
    settings = job.settings
    prior = loader.open_prior(settings)
    device = prior.network.device
    watch.check()
    noise = _noise_level(job, watch)
    regions = plan_regions(job, prior, device, max(noise / LEVELS_PER_UNIT, NOISE_FLOOR), watch)
    watch.begin(regions, _runs(job, regions))
    estimates, residual = _solve(job, regions, device, watch)
    photo = _assemble(job, regions, estimates, marks)
    report = Report(
        evaluations=watch.evaluations,
        seconds_total=watch.seconds,
        seconds_denoiser=watch.seconds_denoiser,
        peak_memory_mb=peak_memory_mb(device),
        noise_level=noise,
        residual_over_noise=residual,
        device=str(device),
        seed=settings.seed,
        prior=prior.card.name,
        prior_sha256=prior.card.sha256,
        preset=settings.preset,
        method=settings.method,
        output=settings.output,
        damage=[format_damage(d) for d in job.task.damages],
        versions={
            "daps-desktop": __version__,
            **{name: version(name) for name in ("torch", "numpy")},
            **prior.network.versions,
        },
        steps=watch.steps,
        notices=[notice.code for notice in watch.notices],
    )
    return Finished(job.job_id, photo, report, residual_map(job, regions, estimates))


def _check(job: JobRequest) -> None:
    """Raises: UserError where the request cannot be carried out as it stands."""
    marked = job.hole is not None and bool(job.hole.any())
    if job.task.has(Scratches) and not marked:
        raise UserError("mask_needed")
    if job.hole is not None and job.hole.all():
        raise UserError("mask_whole")
    if not job.task.damages:
        raise UserError("nothing_chosen")
    if job.settings.samples > 1 and job.settings.output == "sample":
        raise UserError(
            "setting_value",
            name="samples",
            detail=phrase(N_("several samples are averaged, which is `safest`")),
        )


def _noise_level(job: JobRequest, watch: Watch) -> float:
    """Std in grey levels: given, or estimated where noise stands in the way; else next to none.

    Where only a hole, blocks, colour or highlights are mended, the grain of the photo is kept: it is texture
    to continue, and a path that ended at its level would leave the hole too smooth.
    """
    if job.task.repair_only:
        if job.settings.noise is not None:
            watch.notice("noise_unused")
        return NOISE_FLOOR * LEVELS_PER_UNIT
    if job.settings.noise is not None:
        return job.settings.noise
    if all(isinstance(damage, KEEP_GRAIN) for damage in job.task.damages):
        return NOISE_FLOOR * LEVELS_PER_UNIT
    noise = estimate_noise(job.photo.pixels)
    watch.notice("noise_estimated", noise=noise)
    return noise


def _runs(job: JobRequest, regions: Sequence[Region]) -> int:
    """How often the regions are solved: samples to be averaged, or starts to choose from."""
    if phase := job.task.find(Phase):
        return phase.starts
    chance = any(stage.recipe.chance for region in regions for stage in region.stages)
    return job.settings.samples if chance else 1


def _solve(
    job: JobRequest, regions: Sequence[Region], device: torch.device, watch: Watch
) -> tuple[list[Tensor], float]:
    """The latent estimate of every region, and the residual of the whole over the noise.

    Several runs are averaged (the posterior mean), except where only the modulus of a Fourier transform
    is known: there a run may end in a wrong basin, and the one that explains the data best is taken.
    """
    painter = PreviewPainter(job.photo, job.task.scale, job.preview_side) if job.preview_side else None
    estimates, residual = _solve_once(job, regions, device, watch, painter, 0)
    for k in range(1, _runs(job, regions)):
        others, other_residual = _solve_once(job, regions, device, watch, painter, k)
        if not job.task.has(Phase):
            estimates = [a.lerp(b, 1 / (k + 1)) for a, b in zip(estimates, others, strict=True)]
            residual = residual_over_noise(regions, estimates)
        elif other_residual < residual:
            estimates, residual = others, other_residual
    return estimates, residual


def _solve_once(
    job: JobRequest,
    regions: Sequence[Region],
    device: torch.device,
    watch: Watch,
    painter: PreviewPainter | None,
    run: int,
) -> tuple[list[Tensor], float]:
    """All regions in lockstep, one annealing step of each in turn; the estimates and their residual."""
    running = [region.solve(_generator(job, device, run, i)) for i, region in enumerate(regions)]
    latest: list[AnnealingStep | None] = [None] * len(regions)
    residual = 0.0
    try:
        while fresh := [(i, step) for i, steps in enumerate(running) if (step := next(steps, None))]:
            for i, step in fresh:
                latest[i] = step
            done = [(region, step) for region, step in zip(regions, latest, strict=True) if step]
            residual = _pooled([(region.pixels, step.residual_over_noise) for region, step in done])
            draw = partial(painter.draw, done) if painter else None
            watch.step(max(step.sigma for _, step in fresh), residual, run, draw)
    finally:
        for steps in running:
            steps.close()
    return [step.x0_y for step in latest if step], residual


def _generator(job: JobRequest, device: torch.device, run: int, region: int) -> torch.Generator:
    """Independent streams for every run and region, all from the seed of the request."""
    state = np.random.SeedSequence([job.settings.seed, run, region]).generate_state(1, np.uint64)[0]
    return torch.Generator(device).manual_seed(int(state) >> 1)


def residual_over_noise(regions: Sequence[Region], estimates: Sequence[Tensor]) -> float:
    """RMS over all observed entries of all regions, in units of the noise."""
    pairs = zip(regions, estimates, strict=True)
    return _pooled([(region.pixels, region.problem.residual_over_noise(x)) for region, x in pairs])


def _pooled(parts: Sequence[tuple[int, float]]) -> float:
    """The RMS of the whole from (pixels, RMS) of its parts."""
    return (sum(n * rms**2 for n, rms in parts) / max(sum(n for n, _ in parts), 1)) ** 0.5


def _widened(job: JobRequest) -> JobRequest:
    """The job with the ring of a soft edge in its hole; where every pixel is reworked there is no edge."""
    if job.hole is None or not job.task.repair_only or not job.settings.soft_edge:
        return job
    hole = reached(job.hole, job.settings.soft_edge)
    if hole.all():
        raise UserError("mask_whole")
    return replace(job, hole=hole)


def _assemble(
    job: JobRequest, regions: Sequence[Region], estimates: Sequence[Tensor], marks: Hole | None
) -> Photo:
    """The result at the photo's own depth, with the filling of the marks faded into it.

    Raises: UserError where it came out as one flat colour.
    """
    photo, task = job.photo, job.task
    channels = 3 if task.has(Grey) else photo.pixels.shape[2]
    parts = [
        to_pixels(region.problem.A.crop(x), photo.pixels.dtype, channels)
        for region, x in zip(regions, estimates, strict=True)
    ]
    if not task.repair_only:
        _refuse_constant(photo.pixels, parts[0])
        return replace(photo.with_pixels(parts[0]), alpha=_enlarged(photo.alpha, task.scale))
    assert marks is not None
    pixels = photo.pixels.copy()
    for region, part in zip(regions, parts, strict=True):
        rect = region.rect.slices
        weights = soft_edge(marks[rect], job.settings.soft_edge)
        faded = blend(photo.pixels[rect], part, weights)
        pixels[rect] = np.where(weights[..., None] > 0, faded, pixels[rect])
    return photo.with_pixels(pixels)


def _refuse_constant(before: Pixels, after: Pixels) -> None:
    if np.ptp(after) == 0 and np.ptp(before) > 0:
        raise UserError("constant_result")


def _enlarged(alpha: Pixels | None, scale: int) -> Pixels | None:
    if alpha is None or scale == 1:
        return alpha
    larger = cv2.resize(alpha, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    return cast(Pixels, larger)
