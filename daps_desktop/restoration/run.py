"""Carries a plan out: builds what it names, solves it, and puts the result together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from daps_desktop.analysis.noise import measure_noise
from daps_desktop.analysis.picture_area import without_hidden
from daps_desktop.analysis.tone import find_tone
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.imaging.profile.noise_model import NoiseModel
from daps_desktop.imaging.profile.tone_curve import ToneCurve, luma_plane
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.damage import BoxMask, RandomMask
from daps_desktop.jobs.report import NarrowedBlur, ResidualMap
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.settings import MIN_TILE
from daps_desktop.networks.loader import Prior
from daps_desktop.networks.runtime.devices import tiles_per_call
from daps_desktop.restoration.compose import compose, with_grain, with_soft_edge
from daps_desktop.restoration.cost import check_memory, cost, note_pace
from daps_desktop.restoration.forward_model import Measurement, build_problem, with_blur_seen
from daps_desktop.restoration.plan import (
    Observation,
    Plan,
    RegionPlan,
    lay_out,
    make_plan,
    noise_model,
    noise_of,
)
from daps_desktop.restoration.preview import PreviewRenderer
from daps_desktop.restoration.progress import ProgressReporter
from daps_desktop.restoration.regions import Region, Stage, domain_pixels
from daps_desktop.restoration.residual import as_written, explain
from daps_desktop.solver.denoisers.bias_corrected import BiasCorrectedDenoiser
from daps_desktop.solver.denoisers.denoiser import CountingDenoiser, Denoiser, GreyscaleDenoiser
from daps_desktop.solver.denoisers.tiled import TiledDenoiser
from daps_desktop.solver.operators import MaskOperator
from daps_desktop.solver.problem import Problem
from daps_desktop.solver.samplers.annealing import AnnealingStep
from daps_desktop.solver.tensors import to_tensor

Part = Callable[[Rect], Tensor]  # of the photo, (1, 3, h, w) on the device, in [-1, 1] units


@dataclass(frozen=True, slots=True)
class Solution:
    """The outcome of a plan: the latent estimate of every region, and their residual, to compare runs by."""

    regions: tuple[Region, ...]
    estimates: list[Tensor]
    residual_over_noise: float

    def pictures(self, kept: float = 0.0) -> list[Tensor]:
        """The result in each region, (1, 3, h, w), without the unknown border.

        Where the photo shows it, the share `kept` of the grain that the photo has beyond it is given back;
        the residual is that of the estimate without it.
        """
        found: list[Tensor] = []
        for region, x in zip(self.regions, self.estimates, strict=True):
            A, y = region.problem.A, region.problem.y
            picture = A.crop(x)
            if kept:
                seen = 1.0 if A.known_mask is None else A.known_mask
                grain = region.problem.noise.without_peaks(A.residual(x, y))
                picture = picture - kept * seen * grain
            found.append(picture)
        return found

    @property
    def observed(self) -> list[Tensor | None]:
        """For each region (1, 1, h, w), 1 = the photo shows it; None where it shows all."""
        return [region.problem.A.known_mask for region in self.regions]


@dataclass(frozen=True, slots=True)
class Restored:
    """A photo restored, and what there is to report of it; `noise` in grey levels."""

    photo: Photo
    noise: float
    residual_over_noise: float
    residual_map: ResidualMap | None
    blur: NarrowedBlur | None


def restore(job: RestoreRequest, prior: Prior, progress: ProgressReporter) -> Restored:
    """The photo of a job with its damage undone. Raises: UserError, JobCancelledError (by `progress`)."""
    photo, settings, device = job.photo, job.settings, prior.network.device
    task, blur = with_blur_seen(job.task, photo, job.mask, job.profile)
    if blur:
        progress.notice("blur_narrowed", named=blur.named, used=blur.used)
    tone = _tone(job)
    seen = _seen(photo.pixels, tone)
    noise = _noise(job, tone is not None, progress)
    mask = with_soft_edge(job.mask, task, settings.soft_edge)
    grey = seen.shape[2] == 1
    hidden = None if photo.alpha is None or not task.in_image_domain else photo.alpha == 0
    softness = job.profile.blur_sigma if job.profile else None
    observation = Observation(
        photo.height, photo.width, noise_of(noise), mask, photo.jpeg, grey, hidden, softness
    )
    plan = make_plan(lay_out(task, observation), settings, prior.denoiser.sigma_max)
    check_memory(cost(plan).memory_mb, device)
    if plan.coarse_first:
        progress.notice("coarse_first")
    if plan.downscale > 1:
        progress.notice("small_draft", times=plan.downscale)
    painter = PreviewRenderer(photo, task.scale, job.preview_side, tone) if job.preview_side else None
    solution = run(
        plan, observation, lambda rect: to_tensor(seen[rect.slices], device), prior, progress, painter
    )
    kept = settings.keep_grain / 100 if task.can_keep_grain else 0.0
    pictures = solution.pictures(kept)
    if settings.fill_grain and (task.only_fills_mask or kept):
        own = noise.at_level(kept * noise.level) if kept else _measured(job, tone is not None)
        pictures = with_grain(pictures, solution.observed, own, grey, settings.seed)
    finish = partial(compose, photo, job.mask, settings.soft_edge, plan)
    result = finish(pictures, tone, kept)
    del pictures
    # Grain that is kept agrees with the photo by itself: what the check is about is the picture under it.
    checked = finish(solution.pictures(), tone) if kept else result
    written = _seen(checked.pixels, tone)
    latents = as_written(task, written, solution.regions, solution.estimates, hidden)
    residual, places = explain(task, (photo.height, photo.width), solution.regions, latents)
    note_pace(prior.card, device, cost(plan), progress.seconds_solving, progress.seconds)
    return Restored(result, noise.level, residual, places, blur)


def _seen(pixels: Pixels, tone: ToneCurve | None) -> Pixels:
    """What the solver is given: a toned photo is restored as a grey one, by its luma."""
    return pixels if tone is None else luma_plane(pixels)


def _tone(job: RestoreRequest) -> ToneCurve | None:
    """The curve that the colours of the result are to follow; None where they are restored as well."""
    pixels, task = job.photo.pixels, job.task
    benchmark = any(isinstance(damage, RandomMask | BoxMask) for damage in task.damages)
    if pixels.shape[2] == 1 or task.adds_colour or benchmark or not job.settings.keep_tone:
        return None
    tone = job.profile.tone if job.profile else find_tone(without_hidden(pixels, job.photo.alpha))
    # The modulus of a Fourier transform, say, has no colours of a scene to go by.
    return tone if tone is None or tone.neutral or task.in_image_domain else None


def _measured(job: RestoreRequest, in_luma: bool) -> NoiseModel:
    photo = job.photo
    model = job.profile.noise if job.profile else measure_noise(without_hidden(photo.pixels, photo.alpha))
    if in_luma:
        return model.of_luma()
    return model if photo.pixels.shape[2] == 1 else model.of_channels()


def _noise(job: RestoreRequest, in_luma: bool, progress: ProgressReporter) -> NoiseModel:
    def measured() -> NoiseModel:
        model = _measured(job, in_luma)
        if job.settings.noise is None:
            progress.notice("noise_estimated", noise=model.level)
        return model

    if job.task.only_fills_mask and job.settings.noise is not None:
        progress.notice("noise_unused")
    return noise_model(job.task, job.settings, measured)


def run(
    plan: Plan,
    observation: Observation,
    part: Part,
    prior: Prior,
    progress: ProgressReporter,
    painter: PreviewRenderer | None = None,
) -> Solution:
    """The regions solved `plan.runs` times, each run and region with a random stream of its own.

    Several runs are averaged (the posterior mean), except where only the modulus of a Fourier transform
    is known: there a run may end in a wrong basin, and the one that explains the data best is taken.
    Raises: UserError where damages do not go together; JobCancelledError by way of `progress`.
    """
    builder = _Builder(plan, observation, prior, progress)
    regions = tuple(builder.region(region, part(region.rect)) for region in plan.regions)
    progress.set_plan(regions, plan.runs)
    best = _solve_once(plan.seed, regions, prior.network.device, progress, painter, 0)
    for k in range(1, plan.runs):
        other = _solve_once(plan.seed, regions, prior.network.device, progress, painter, k)
        if plan.combine == "mean":
            pairs = zip(best.estimates, other.estimates, strict=True)
            best = replace(best, estimates=[a.lerp(b, 1 / (k + 1)) for a, b in pairs])
        elif other.residual_over_noise < best.residual_over_noise:
            best = other
    return best


def _solve_once(
    seed: int,
    regions: tuple[Region, ...],
    device: torch.device,
    progress: ProgressReporter,
    painter: PreviewRenderer | None,
    run: int,
) -> Solution:
    """All regions in lockstep, one annealing step of each in turn; the estimates and their residual."""
    running = [region.solve(_generator(seed, device, run, i)) for i, region in enumerate(regions)]
    latest: list[AnnealingStep | None] = [None] * len(regions)
    residual = 0.0
    try:
        while fresh := [(i, step) for i, steps in enumerate(running) if (step := next(steps, None))]:
            for i, step in fresh:
                latest[i] = step
            done = [(region, step) for region, step in zip(regions, latest, strict=True) if step]
            residual = _pooled_rms([(region.pixels, step.residual_over_noise) for region, step in done])
            draw = partial(painter.draw, done) if painter else None
            progress.step(max(step.sigma for _, step in fresh), residual, run, draw)
    finally:
        for steps in running:
            steps.close()
    pairs = zip(regions, latest, strict=True)
    return Solution(regions, [region.enlarged(step.x0_y) for region, step in pairs if step], residual)


def _generator(seed: int, device: torch.device, run: int, region: int) -> torch.Generator:
    """Independent streams for every run and region, all from the seed of the request."""
    state = np.random.SeedSequence([seed, run, region]).generate_state(1, np.uint64)[0]
    return torch.Generator(device).manual_seed(int(state) >> 1)


def _pooled_rms(parts: Sequence[tuple[int, float]]) -> float:
    """The RMS of the whole from (pixels, RMS) of its parts."""
    return (sum(n * rms**2 for n, rms in parts) / max(sum(n for n, _ in parts), 1)) ** 0.5


@dataclass(frozen=True, slots=True)
class _Builder:
    """From the plan of a region to its problems and denoisers, on the device of the prior."""

    plan: Plan
    observation: Observation
    prior: Prior
    watch: ProgressReporter

    def region(self, region: RegionPlan, y: Tensor) -> Region:
        problem = self._problem(region.rect, y)
        stages: list[Stage] = []
        for stage in region.stages:
            at_scale = problem if stage.downscale == 1 else downscaled(problem, stage.downscale)
            denoiser = CountingDenoiser(self._denoiser(at_scale))
            stages.append(Stage(at_scale, denoiser, stage.recipe, stage.downscale))
        return Region(region.rect, problem, tuple(stages))

    def _problem(self, rect: Rect, y: Tensor) -> Problem:
        """In a repair, the grain of the photo is texture to continue, not noise to undo."""
        seen = self.observation
        observed = seen.known_mask(rect, y.device)
        if self.plan.task.only_fills_mask:
            assert observed is not None
            return Problem(MaskOperator(observed), y, seen.noise)
        measured = Measurement(seen.height, seen.width, observed, seen.tables, y.device)
        return build_problem(self.plan.task, y, measured, seen.noise)

    def _denoiser(self, problem: Problem) -> Denoiser:
        pixels, watch = domain_pixels(problem), self.watch
        repair = self.plan.task.only_fills_mask
        # In a repair, what is observed needs no estimate: tiles without a mask are skipped.
        observed = problem.A.known_mask if repair else None
        denoiser: Denoiser = TiledDenoiser(
            self.prior.denoiser,
            self.plan.tile,
            tiles_per_call(self.prior.network.device),
            MIN_TILE,
            active=None if observed is None else observed == 0,
            known=None if observed is None else problem.y,
            check=lambda share: watch.check(share * pixels),
            on_shrink=lambda tile, batch: watch.notice("smaller_tiles", tile=tile, batch=batch),
        )
        if observed is not None:
            denoiser = BiasCorrectedDenoiser(denoiser, problem.y, observed)
        grey = self.observation.grey and not self.plan.task.adds_colour
        return GreyscaleDenoiser(denoiser) if grey else denoiser


def downscaled(problem: Problem, factor: int) -> Problem:
    """The same mask problem on a copy of the photo `factor` times smaller, by averages of observed pixels.

    A small pixel is observed where at least half of its pixels were; if none was, where any was.
    """
    observed = problem.A.known_mask
    assert observed is not None
    weight = F.avg_pool2d(observed, factor, ceil_mode=True)
    mean = F.avg_pool2d(problem.y * observed, factor, ceil_mode=True) / weight.clamp(min=1e-6)
    enough = min(0.5, float(weight.max()))
    return Problem(MaskOperator((weight >= enough).to(observed)), mean, problem.noise)
