"""The learning rate ends at zero, patches grow, noise follows its law, and nonsense is refused."""

import math

import numpy as np
import pytest

from daps_desktop.base.errors import UserError
from daps_desktop.training.loop.recipe import SIGMA_RANGE, WIDE, WIDE_SIGMA, Recipe, draw_sigma
from daps_desktop.training.loop.settings import Budget, RunSettings


def test_the_learning_rate_rises_stays_and_falls_to_zero() -> None:
    recipe = Recipe(lr=1e-3, warmup_steps=10, fall_from=0.25)
    assert recipe.learning_rate(0, 0.0) == pytest.approx(1e-4)
    assert recipe.learning_rate(9, 0.1) == recipe.learning_rate(500, 0.25) == pytest.approx(1e-3)
    assert recipe.learning_rate(500, 0.625) == pytest.approx(5e-4)
    assert recipe.learning_rate(500, 1.0) == pytest.approx(0, abs=1e-12)


def test_patches_grow_and_cost_about_as_many_pixels() -> None:
    for batch in (16, 256):
        found = [Recipe(batch).patches(progress) for progress in (0, 0.54, 0.55, 0.79, 0.8, 1)]
        first, second, third = (batch, 64), (batch // 2, 96), (batch * 3 // 8, 128)
        assert found == [first, first, second, second, third, third]
    assert Recipe(1).patches(1) == (1, 128)


def test_the_mean_forgets_the_start_quickly() -> None:
    recipe = Recipe(mean_decay=0.999)
    assert recipe.decay(0) == pytest.approx(0.1) and recipe.decay(10**6) == 0.999


def test_noise_levels_follow_their_law() -> None:
    logs = np.log(draw_sigma(40_000, np.random.default_rng(0)))
    assert np.quantile(logs, 0.25) == pytest.approx(-2.43, abs=0.05)  # of the usual ones alone: -2.61
    most = (math.log(WIDE_SIGMA[1]) - math.log(10)) / math.log(WIDE_SIGMA[1] / WIDE_SIGMA[0])
    assert (logs > math.log(10)).mean() == pytest.approx(WIDE * most, abs=0.005)
    assert logs.min() >= math.log(SIGMA_RANGE[0]) - 1e-6 and logs.max() <= math.log(SIGMA_RANGE[1]) + 1e-6


def test_the_budget_is_spent_by_the_clock_or_by_steps() -> None:
    assert Budget(minutes=2).progress(elapsed_s=30, step=10**6) == pytest.approx(0.25)
    assert Budget(minutes=2, steps=8).progress(elapsed_s=1e6, step=2) == pytest.approx(0.25)
    assert Budget(minutes=2).progress(elapsed_s=1e6, step=0) == 1


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Recipe, {"batch": 0}),
        (Recipe, {"lr": 0.0}),
        (Recipe, {"lr": math.nan}),
        (Recipe, {"fall_from": 1.0}),
        (Recipe, {"seed": -1}),
        (Budget, {"minutes": math.nan}),
        (RunSettings, {"widths": (16, 0)}),
        (RunSettings, {"widths": (10**9,)}),
        (RunSettings, {"blocks": 99}),
        (RunSettings, {"device": "abacus"}),
    ],
)
def test_nonsense_is_refused(kind: type, values: dict[str, object]) -> None:
    places = {"photos": ("x",), "out": "y"} if kind is RunSettings else {}
    with pytest.raises(UserError, match=next(iter(values))):
        kind(**places, **values)
