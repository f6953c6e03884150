"""What a preset means: levels, warm or cold, mean or sample."""

import math
from dataclasses import replace

import pytest
import torch

from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.restoration.presets import (
    REPAIR,
    SIGMA_COLD,
    SIGMA_SAMPLE,
    WIDE,
    dapspp_config,
    sampler_for,
)
from daps_desktop.solver.operators import (
    DownsamplingOperator,
    GaussianNoise,
    Identity,
    LinearOperator,
    MaskOperator,
)
from daps_desktop.solver.problem import Problem
from tests.fakes.gaussian_world import CircularBlur, ExactDenoiser, GaussianWorld, random_sites

PHOTO = torch.zeros(1, 3, 32, 32)
SMALL = Problem(DownsamplingOperator(2, 32, 32), PHOTO, GaussianNoise.white(0.05))
NOISY = Problem(Identity(), PHOTO, GaussianNoise.white(0.1))
HOLED = Problem(MaskOperator(torch.ones(1, 1, 32, 32)), PHOTO, GaussianNoise.white(0.01))


def test_the_paper_is_98_evaluations_from_noise_alone() -> None:
    recipe = sampler_for(SolverSettings(preset="paper"), SMALL, gap=0, repair=False)
    assert (recipe.steps, recipe.evaluations, recipe.from_noise) == (50, 98, True)
    assert recipe.start(SMALL).abs().max() == 0


def test_better_presets_take_longer() -> None:
    for output in ("safest", "sample"):
        counts = [
            sampler_for(SolverSettings(preset=preset, output=output), SMALL, gap=0, repair=False).evaluations
            for preset in ("draft", "fast", "balanced", "best")
        ]
        assert counts == sorted(set(counts))


@pytest.mark.parametrize(("preset", "turns"), [("draft", 1), ("balanced", 1), ("best", 8)])
def test_a_photo_that_is_only_noisy_takes_one_step(preset: str, turns: int) -> None:
    plan = dapspp_config(SolverSettings(preset=preset), NOISY, 0, False)
    assert (plan.steps, plan.evaluations) == (1, turns)
    assert dapspp_config(SolverSettings(preset=preset, output="sample"), NOISY, 0, False).evaluations == 4


def test_the_wider_the_gap_the_more_noise_a_run_begins_at() -> None:
    sample, safest = SolverSettings(output="sample"), SolverSettings()
    gaps = (3, 12, 32, 500)
    firsts = [dapspp_config(sample, HOLED, gap, True).sigma_max for gap in gaps]
    assert firsts == sorted(firsts) and firsts[0] == SIGMA_SAMPLE < firsts[-1] < SIGMA_COLD
    assert [dapspp_config(safest, HOLED, gap, True).sigma_max for gap in gaps] == [REPAIR, REPAIR, WIDE, WIDE]
    assert dapspp_config(safest, HOLED, math.inf, True).sigma_max == SIGMA_COLD


def test_several_samples_differ_and_one_mean_needs_no_noise() -> None:
    assert dapspp_config(SolverSettings(), SMALL, 0, False).stochastic is False
    assert dapspp_config(SolverSettings(samples=4), SMALL, 0, False).stochastic is True
    assert dapspp_config(SolverSettings(), SMALL, 0, False).final_sigmas == ()


def test_the_peers_run_their_own_schedules() -> None:
    for method, evaluations in (("daps", 1000), ("diffpir", 100)):
        recipe = sampler_for(SolverSettings(preset="paper", method=method), SMALL, gap=0, repair=False)
        assert recipe.evaluations == evaluations and recipe.from_noise


def test_what_chance_plays_no_part_in_is_not_repeated() -> None:
    several = SolverSettings(samples=3)
    assert not sampler_for(several, NOISY, gap=0, repair=False).stochastic
    assert sampler_for(several, SMALL, gap=0, repair=False).stochastic
    assert not sampler_for(SolverSettings(), SMALL, gap=0, repair=False).stochastic


def test_levels_can_be_given_for_every_method() -> None:
    for method in ("dapspp", "daps", "diffpir"):
        settings = SolverSettings(method=method, levels=7)
        assert sampler_for(settings, SMALL, gap=0, repair=False).steps == 7


@pytest.mark.parametrize("A", [Identity(), CircularBlur(), random_sites()], ids=["noise", "blur", "gaps"])
@pytest.mark.parametrize("method", ["dapspp", "diffpir"])
def test_the_less_close_to_the_photo_the_more_is_left_between(method: str, A: LinearOperator) -> None:
    world = GaussianWorld()
    clean = A(world.draw(1, seed=3))
    y = clean + 0.05 * torch.randn(clean.shape, generator=torch.Generator().manual_seed(4))
    problem = Problem(A, y, GaussianNoise.white(0.05))

    def residual(closeness: float | None) -> float:
        settings = SolverSettings(preset="draft", method=method)
        if closeness is not None:
            settings = replace(settings, closeness=closeness)
        recipe = sampler_for(settings, problem, gap=0, repair=False)
        rng = torch.Generator().manual_seed(7)
        *_, last = recipe.solve(problem, ExactDenoiser(world), recipe.start(problem), rng)
        return last.residual_over_noise

    left = [residual(closeness) for closeness in (1.0, 0.75, 0.5, 0.25, 0.0)]
    assert left == sorted(set(left)) and left[-1] > 1.05 * left[0]
    assert left[2] == residual(None)


def test_a_repair_is_the_same_however_close() -> None:
    def filled(closeness: float) -> torch.Tensor:
        recipe = sampler_for(SolverSettings(preset="draft", closeness=closeness), gaps, gap=3, repair=True)
        *_, last = recipe.solve(gaps, ExactDenoiser(world), recipe.start(gaps), torch.Generator())
        return last.x0_y

    world = GaussianWorld()
    gaps = Problem(random_sites(), world.draw(1, seed=3), GaussianNoise.white(0.01))
    assert torch.equal(filled(0.0), filled(1.0))
