"""The learning rate ends at zero; the running average is the one its formula says."""

import pytest
import torch

from daps_desktop.training.schedule import ema_decay, learning_rate, update_ema
from daps_desktop.training.settings import Recipe

RECIPE = Recipe(lr=1e-3, warmup_steps=10, decay_from=0.6)


def test_the_learning_rate_rises_stays_and_falls_to_zero() -> None:
    assert learning_rate(RECIPE, 0, 0.0) == pytest.approx(1e-4)
    assert learning_rate(RECIPE, 9, 0.1) == pytest.approx(1e-3)
    assert learning_rate(RECIPE, 100, 0.6) == pytest.approx(1e-3)
    assert learning_rate(RECIPE, 100, 0.8) == pytest.approx(5e-4)
    assert learning_rate(RECIPE, 100, 1.0) == 0


def test_the_average_follows_its_formula() -> None:
    average, weights = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 6.0])
    update_ema([average], [weights], 0.75)
    assert average.tolist() == [0.75 * 1 + 0.25 * 3, 0.75 * 2 + 0.25 * 6]
    assert weights.tolist() == [3, 6]


def test_the_average_forgets_the_start_quickly() -> None:
    assert ema_decay(0.999, 0) == pytest.approx(0.1)
    assert ema_decay(0.999, 10**6) == 0.999
