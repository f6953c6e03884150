"""The methods in a world where the posterior is known: wrong noise levels, factors and steps show here."""

import math
from dataclasses import replace
from functools import cache

import pytest
import torch
from torch import Tensor

from daps_desktop.base.errors import SolverDivergedError
from daps_desktop.jobs.damage import Clipping, Damage, Downsampling, GaussianBlur, JpegCompression
from daps_desktop.jobs.task import Task
from daps_desktop.restoration.forward_model import Measurement, build_problem
from daps_desktop.solver.denoisers.denoiser import CountingDenoiser
from daps_desktop.solver.operators import GaussianNoise, LinearOperator, MaskOperator
from daps_desktop.solver.problem import Problem
from daps_desktop.solver.samplers import daps, dapspp, diffpir
from daps_desktop.solver.samplers.annealing import Steps
from tests.fakes.gaussian_world import (
    SIDE,
    BoxShrink,
    CircularBlur,
    ExactDenoiser,
    GaussianWorld,
    psnr,
    random_sites,
)

SIGMA_Y = 0.05
WORLD = GaussianWorld()
A_SAMPLE = -3.01  # dB: a posterior sample has twice the squared error of the posterior mean


def half_box() -> MaskOperator:
    observed = torch.ones(1, 1, SIDE, SIDE)
    observed[..., SIDE // 4 : 3 * SIDE // 4, SIDE // 4 : 3 * SIDE // 4] = 0
    return MaskOperator(observed)


BLUR, SHRINK, SITES, HOLE = CircularBlur(), BoxShrink(), random_sites(), half_box()


@cache
def seen_through(A: LinearOperator) -> tuple[Tensor, Problem, float]:
    """The truth, the problem, and the PSNR of the exact posterior mean, which takes the longest."""
    truth = WORLD.draw(8, seed=3)
    clean = A(truth)
    y = clean + SIGMA_Y * torch.randn(clean.shape, generator=torch.Generator().manual_seed(4))
    y = y if A.known_mask is None else y * A.known_mask
    return (
        truth,
        Problem(A, y, GaussianNoise.white(SIGMA_Y)),
        psnr(WORLD.posterior_mean(A, y, SIGMA_Y), truth),
    )


class Trial:
    """Eight fields seen through A, and the exact posterior mean to compare with."""

    def __init__(self, A: LinearOperator) -> None:
        self.truth, self.problem, self.reference = seen_through(A)
        self.denoiser = CountingDenoiser(ExactDenoiser(WORLD))

    def start(self) -> tuple[Tensor, torch.Generator]:
        return torch.zeros_like(self.truth), torch.Generator().manual_seed(7)

    def run(self, plan: dapspp.DapsPPConfig) -> tuple[float, float]:
        return self.judge(dapspp.solve(self.problem, self.denoiser, plan, *self.start()))

    def judge(self, steps: Steps) -> tuple[float, float]:
        """PSNR of the result relative to the posterior mean, and its fine power relative to the truth."""
        *_, last = steps
        power = WORLD.high_power(last.x0_y) / WORLD.high_power(self.truth)
        return psnr(last.x0_y, self.truth) - self.reference, float(power)


@pytest.mark.parametrize(
    ("A", "tolerance", "power"),
    [
        (BLUR, 0.2, (0.95, 1.05)),
        (SHRINK, 0.2, (0.95, 1.05)),
        (SITES, 0.4, (0.95, 1.10)),
        (HOLE, 0.5, (0.95, 1.05)),
    ],
    ids=["blur", "shrink", "random sites", "box"],
)
@pytest.mark.parametrize("bayes", [False, True], ids=["published trust", "trust of the level"])
def test_a_cold_run_is_a_posterior_sample(
    A: LinearOperator, tolerance: float, power: tuple[float, float], bayes: bool
) -> None:
    plan = dapspp.paper_config(SIGMA_Y)
    gain, high = Trial(A).run(replace(plan, prior_std=0.0) if bayes else plan)
    assert gain == pytest.approx(A_SAMPLE, abs=tolerance)
    assert power[0] <= high <= power[1]


def test_tweedie_alone_is_closer_to_the_truth_and_softer() -> None:
    trial = Trial(BLUR)
    plan = dapspp.paper_config(SIGMA_Y)
    sample, _ = trial.run(plan)
    mean, power = trial.run(replace(plan, rk4_below=0.0))
    assert 1.1 < mean - sample < 1.6
    assert 0.40 < power < 0.64


@pytest.mark.parametrize("relaxation", [1.0, 1.5])
@pytest.mark.parametrize("A", [BLUR, SHRINK], ids=["blur", "shrink"])
def test_the_path_without_noise_is_the_posterior_mean(A: LinearOperator, relaxation: float) -> None:
    plan = dapspp.DapsPPConfig(
        20, 0.4, 2 * SIGMA_Y, rk4_below=0.0, stochastic=False, relaxation=relaxation, rho=None
    )
    gain, _ = Trial(A).run(plan)
    assert gain == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize(("levels", "evaluations"), [(50, 98), (100, 196)])
def test_evaluations_of_the_published_schedule(levels: int, evaluations: int) -> None:
    trial = Trial(SHRINK)
    plan = dapspp.paper_config(0.05, levels)
    trial.run(plan)
    assert trial.denoiser.nfe == plan.evaluations == evaluations


class Leaning:
    """The exact denoiser, but for an error that follows the picture as the network sees it."""

    size_multiple = 1
    sigma_max = math.inf

    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        return ExactDenoiser(WORLD).denoise(x, sigma) + torch.linspace(-1, 1, x.shape[-1])


def test_what_depends_on_orientation_cancels_in_the_final_mean() -> None:
    x = WORLD.draw(1, seed=3)
    exact = ExactDenoiser(WORLD).denoise(x, 0.1)
    errors, counts = [], []
    for turns in (1, 2, 4, 8):
        plan = dapspp.DapsPPConfig(0, 1.0, 0.1, rk4_below=0.0, final_sigmas=(0.1,), final_orientations=turns)
        counting = CountingDenoiser(Leaning())
        errors.append(float((dapspp.final_step(counting, x, 0.1, plan) - exact).square().mean().sqrt()))
        counts.append((counting.nfe, plan.evaluations))
    assert counts == [(1, 1), (2, 2), (4, 4), (8, 8)]
    assert errors[1] < 0.8 * errors[0]
    assert max(errors[2:]) < 1e-5


def test_a_sample_is_not_averaged_at_the_end() -> None:
    trial = Trial(SITES)
    plan = dapspp.DapsPPConfig(0, 1.0, 0.1, rk4_below=1.0, final_sigmas=(0.1,), final_orientations=8)
    trial.run(plan)
    assert trial.denoiser.nfe == plan.evaluations == 4


def test_the_final_step_denoises_what_was_observed() -> None:
    trial = Trial(HOLE)
    A, y = trial.problem.A, trial.problem.y
    plan = dapspp.DapsPPConfig(20, 3.0, 2 * SIGMA_Y, rk4_below=0.0)

    def error(x: Tensor) -> float:
        return float(((x - trial.truth) * A.known_mask).square().mean())

    def result(plan: dapspp.DapsPPConfig) -> Tensor:
        *_, last = dapspp.solve(trial.problem, trial.denoiser, plan, *trial.start())
        return last.x0_y

    best = error(WORLD.posterior_mean(HOLE, y, SIGMA_Y))
    assert error(result(plan)) > 1.05 * best
    assert error(result(replace(plan, final_sigmas=(SIGMA_Y,)))) == pytest.approx(best, rel=1e-3)
    assert replace(plan, final_sigmas=(SIGMA_Y,)).evaluations == 21


def test_daps_is_a_softened_posterior_sample() -> None:
    trial = Trial(SHRINK)
    plan = daps.DapsConfig(levels=50, langevin_steps=40)
    gain, power = trial.judge(daps.solve(trial.problem, trial.denoiser, plan, *trial.start()))
    assert -3.6 < gain < -1.5
    assert 0.6 < power < 1.3
    assert trial.denoiser.nfe == plan.evaluations == 250


def test_langevin_settles_where_photo_and_estimate_balance() -> None:
    """Its mean is the proximal point with sigma_y = tau / sqrt(2) (the factor 2) and trust sigma."""
    trial = Trial(SHRINK)
    sigma = 0.02
    x0_hat = WORLD.draw(8, seed=9)
    expected = trial.problem.A.prox(x0_hat, trial.problem.y, GaussianNoise.white(daps.TAU / 2**0.5), sigma)
    rng = torch.Generator().manual_seed(0)
    rate = 0.2 * sigma**2
    found = torch.stack([daps.langevin(trial.problem, x0_hat, sigma, rate, 40, rng) for _ in range(20)]).mean(
        0
    )
    assert (found - expected).square().mean().sqrt() < 0.3 * sigma
    assert (x0_hat - expected).square().mean().sqrt() > sigma


@pytest.mark.parametrize(
    "damages",
    [(JpegCompression(30),), (Downsampling(2), JpegCompression(30)), (GaussianBlur(1.0), Clipping(2.0))],
    ids=str,
)
def test_daps_finds_its_way_to_a_set_of_scenes(damages: tuple[Damage, ...]) -> None:
    photo = 0.5 * WORLD.draw(1, seed=4)[..., :32, :32]
    problem = build_problem(Task(damages), photo, Measurement(32, 32), GaussianNoise.white(SIGMA_Y))
    x = problem.A.initial_estimate(photo)
    x = x + 0.3 * torch.randn(x.shape, generator=torch.Generator().manual_seed(0))
    nearer = x - daps.data_gradient(problem, x) / (2 * problem.A.norm**2)
    assert problem.A.residual_rms(nearer, photo) < 0.8 * problem.A.residual_rms(x, photo)


@pytest.mark.parametrize("A", [BLUR, SHRINK], ids=["blur", "shrink"])
def test_diffpir_is_near_a_posterior_sample(A: LinearOperator) -> None:
    trial = Trial(A)
    gain, power = trial.judge(
        diffpir.solve(trial.problem, trial.denoiser, diffpir.DiffPIRConfig(), *trial.start())
    )
    assert gain == pytest.approx(A_SAMPLE, abs=0.3)
    assert 0.8 < power < 1.0
    assert trial.denoiser.nfe == 100


def test_the_residual_settles_at_the_noise() -> None:
    trial = Trial(BLUR)
    plan = dapspp.paper_config(SIGMA_Y)
    residuals = [
        s.residual_over_noise for s in dapspp.solve(trial.problem, trial.denoiser, plan, *trial.start())
    ]
    assert len(residuals) == 50
    assert residuals[-1] == pytest.approx(1.0, abs=0.1)


def test_the_seed_decides() -> None:
    trial = Trial(SHRINK)
    plan = dapspp.paper_config(SIGMA_Y, levels=4)

    def result(seed: int) -> Tensor:
        rng = torch.Generator().manual_seed(seed)
        *_, last = dapspp.solve(trial.problem, trial.denoiser, plan, torch.zeros_like(trial.truth), rng)
        return last.x0_y

    assert torch.equal(result(1), result(1))
    assert not torch.equal(result(1), result(2))


def test_numbers_that_are_not_finite_end_the_run() -> None:
    class Broken:
        size_multiple = 1
        sigma_max = math.inf

        def denoise(self, x: Tensor, sigma: float) -> Tensor:
            return x / 0 if sigma < 1 else x * 0

    trial = Trial(SHRINK)
    steps = dapspp.solve(trial.problem, Broken(), dapspp.paper_config(SIGMA_Y), *trial.start())
    with pytest.raises(SolverDivergedError):
        list(steps)


def test_the_published_settings_are_these() -> None:
    plan = dapspp.paper_config(0.05)
    assert (plan.sigmas[0], plan.evaluations, plan.prior_std) == pytest.approx((100.0, 98, 0.1))
    assert (diffpir.DiffPIRConfig().sigmas[0], diffpir.DiffPIRConfig().evaluations) == pytest.approx(
        (100.0, 100)
    )


def test_diffpir_trusts_its_estimate_by_the_noise_level_over_the_root_of_lambda() -> None:
    """Its proximal step minimises |y - x|^2 / 2 sigma_y^2 + lambda |x - x0|^2 / 2 sigma^2 (DiffPIR)."""
    radii: list[float] = []

    class Recorded(MaskOperator):
        def prox(self, z: Tensor, y: Tensor, noise: GaussianNoise, prior_std: float) -> Tensor:
            radii.append(prior_std)
            return super().prox(z, y, noise, prior_std)

    class Still:
        size_multiple, sigma_max = 1, math.inf

        def denoise(self, x: Tensor, sigma: float) -> Tensor:
            return x

    problem = Problem(Recorded(torch.ones(1, 1, 8, 8)), torch.zeros(1, 3, 8, 8), GaussianNoise.white(SIGMA_Y))
    plan = diffpir.DiffPIRConfig(levels=5, strength=4.0)
    rng = torch.Generator().manual_seed(0)
    assert len(list(diffpir.solve(problem, Still(), plan, torch.zeros(1, 3, 8, 8), rng))) == 5
    assert radii == pytest.approx([sigma / 2 for sigma in plan.sigmas[:-1]])
