"""DAPS++ against its parent DAPS and DiffPIR: one prior, the same photos, on the problems of their papers.

As in the published code of DAPS: photos of 256 x 256 (`--crop` for another size), white noise of 0.05 on
[-1, 1], neither rounded nor clipped; the learning rates of its tasks. Two things differ: the box, of half the
side, stands in the middle, and the kernel of the shaken camera is drawn here, in the manner of the one used
there (61 pixels, intensity 0.5). There is no perceptual measure: the weights of none ship in a package.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from daps_desktop.document.kernel_file import with_kernel_read
from daps_desktop.imaging.photo import Pixels
from daps_desktop.imaging.profile.noise_model import NoiseModel
from daps_desktop.jobs.damage import BoxMask, Damage, Downsampling, GaussianBlur, KernelBlur, RandomMask
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.networks.loader import Prior, open_prior
from daps_desktop.restoration.cost import cost
from daps_desktop.restoration.degrade import degrade
from daps_desktop.restoration.forward_model import Measurement, build_operator
from daps_desktop.restoration.plan import Observation, Plan, lay_out, make_plan, noise_of
from daps_desktop.restoration.presets import SIGMA_COLD, SamplerConfig
from daps_desktop.restoration.progress import ProgressReporter
from daps_desktop.restoration.run import run
from daps_desktop.solver.samplers import daps
from daps_desktop.solver.tensors import GREY_LEVELS_PER_UNIT, to_pixels, to_tensor
from daps_desktop.training.evaluation.evaluate import EvaluatedMethod, measure
from daps_desktop.training.evaluation.scores import Score
from daps_desktop.training.evaluation.trials import DegradedPhoto, EvaluationCase, Picture
from tests.benchmarks.options import Options
from tests.benchmarks.running import say

SIDE = 256  # pixels
NOISE = 0.05 * GREY_LEVELS_PER_UNIT
_SHAKE = 61  # pixels
_EIGHT_BITS = np.dtype(np.uint8)


@dataclass(frozen=True, slots=True)
class Problem(EvaluationCase):
    """`rate`: the learning rate that DAPS begins with in its published settings."""

    rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Measured(DegradedPhoto):
    """`y` (1, 3, h, w) in [-1, 1] units is what the methods see; `rate` is that of the problem."""

    y: Tensor
    rate: float


@cache
def problems(side: int = SIDE) -> tuple[Problem, ...]:
    kinds: tuple[tuple[str, Damage, float], ...] = (
        ("x4", Downsampling(4), 1e-4),
        ("box", BoxMask(side // 2), 5e-5),
        ("random 70 %", RandomMask(0.7), 1e-4),
        ("Gaussian 3", GaussianBlur(3.0), 1e-4),
        ("motion 61", KernelBlur(str(_shake())), 5e-5),
    )
    return tuple(
        Problem("laboratory", name, with_kernel_read(Task((kind,))), NOISE, None, rate)
        for name, kind, rate in kinds
    )


@cache
def _shake() -> Path:
    """A picture of the path of a shaken camera: a bent line about 45 pixels long, one and a half wide."""
    rng = np.random.default_rng(0)
    angles = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.12, 180))
    path = np.cumsum(0.25 * np.stack([np.cos(angles), np.sin(angles)], 1), axis=0)
    path += _SHAKE // 2 - (path.min(0) + path.max(0)) / 2
    kernel = np.zeros((_SHAKE, _SHAKE), np.float32)
    for x, y in np.rint(path).astype(int):
        kernel[y, x] += 1
    kernel = cv2.GaussianBlur(kernel, (0, 0), 0.8)
    file = Path(tempfile.mkdtemp()) / "shake.png"
    Image.fromarray(np.rint(255 * kernel / kernel.max()).astype(np.uint8)).save(file)
    return file


def compare(options: Options) -> Iterator[Score]:
    """On the middle of every photo."""
    prior = open_prior(SolverSettings(device=options.device, prior=options.prior))
    return measure(_trials(options, prior.network.device), lambda trial: _methods(prior, trial))


def _trials(options: Options, device: torch.device) -> Iterator[tuple[str, Measured]]:
    side = options.chosen.crop or SIDE
    for index, photo, pixels in replace(options.chosen, crop=side).pictures():
        for problem in problems(side):
            say(f"{photo}, {problem.name}")
            yield photo, measured(problem, pixels, index, device)


def measured(problem: Problem, pixels: Picture, seed: int, device: torch.device) -> Measured:
    """A picture (H, W, 3) as the problem shows it, the same way for the same seed."""
    rng = torch.Generator().manual_seed(seed)
    y = degrade(problem.task, to_tensor(pixels), None, problem.noise / GREY_LEVELS_PER_UNIT, rng)
    return Measured(
        problem, pixels, np.asarray(to_pixels(y, _EIGHT_BITS, 3), np.uint8), None, y.to(device), problem.rate
    )


_RUNS = {
    "DAPS": SolverSettings("paper", "daps", "sample"),
    "DAPS++": SolverSettings("paper", output="sample"),
    "DAPS++ of 100 levels": SolverSettings("paper", output="sample", levels=100),
    "DiffPIR": SolverSettings("paper", "diffpir", "sample"),
    "balanced, safest": SolverSettings("balanced"),
}


def _methods(prior: Prior, trial: Measured) -> list[EvaluatedMethod[Measured]]:
    return [_method(prior, trial, name, settings) for name, settings in _RUNS.items()]


def _method(prior: Prior, trial: Measured, name: str, settings: SolverSettings) -> EvaluatedMethod[Measured]:
    height, width = trial.y.shape[-2:]
    observation = Observation(height, width, noise_of(NoiseModel.white(trial.case.noise)))
    plan = make_plan(lay_out(trial.case.task, observation), settings, prior.denoiser.sigma_max)
    if settings.method == "daps":
        plan = _as_published(plan, trial, prior.denoiser.sigma_max)

    def restored(_: Measured) -> Pixels:
        solution = run(plan, observation, lambda rect: trial.y[..., *rect.slices], prior, ProgressReporter())
        return to_pixels(solution.pictures()[0], _EIGHT_BITS, 3)

    return EvaluatedMethod(f"{name}, {cost(plan).evaluations} evaluations", [restored])


def _as_published(plan: Plan, trial: Measured, sigma_max: float) -> Plan:
    """DAPS begins with the learning rate published for this problem."""
    height, width = trial.y.shape[-2:]
    A = build_operator(trial.case.task, Measurement(height, width))
    rate = 2 * trial.rate * (A.norm / daps.TAU) ** 2
    recipe = SamplerConfig(daps.DapsConfig(rate=rate, sigma_max=min(SIGMA_COLD, sigma_max)))
    (region,) = plan.regions
    (stage,) = region.stages
    region = replace(region, stages=(replace(stage, recipe=recipe),))
    return replace(plan, regions=(region,))
