"""Figures are right where they can be known, and every method meets the same noise."""

import math

import pytest
import torch
from torch import Tensor

from daps_desktop.training.evaluate import Score, classical_denoisers, denoising_scores, format_table
from daps_desktop.training.validation import GREY_LEVELS, centre_crops, denoising_psnr, noise_like
from tests.training.conftest import buffer_of, picture


def unchanged(x: Tensor, sigma: float) -> Tensor:
    return x


def test_noise_left_as_it_is_scores_what_its_level_says() -> None:
    grey = torch.zeros(2, 3, 128, 128)
    for level in GREY_LEVELS[:2]:  # the third is clipped at black and white now and then
        assert denoising_psnr(unchanged, grey, level) == pytest.approx(20 * math.log10(255 / level), abs=0.05)


def test_every_method_meets_the_same_noise() -> None:
    clean = torch.zeros(3, 3, 16, 16)
    assert torch.equal(noise_like(clean, 25), noise_like(clean, 25))
    assert not torch.equal(noise_like(clean, 25), noise_like(clean, 15))


def test_crops_are_the_middle_of_the_photo() -> None:
    crops = centre_crops(buffer_of(picture(0), picture(1), picture(2)), most=2)
    assert crops.shape == (2, 3, 256, 256)
    assert torch.equal(crops[1], torch.from_numpy(picture(1)[4:260, 12:268]).permute(2, 0, 1) / 127.5 - 1)


def test_non_local_means_does_better_than_nothing() -> None:
    clean = centre_crops(buffer_of(picture(0)), most=1, side=96)
    methods = {"nothing": unchanged, **classical_denoisers(bm3d=False)}
    scores = {(s.task, s.method): s.value for s in denoising_scores(methods, clean)}
    for level in GREY_LEVELS:
        assert scores[f"denoising {level}", "non-local means"] > scores[f"denoising {level}", "nothing"] + 3


def test_the_table_has_a_row_a_task_and_a_column_a_method() -> None:
    table = format_table(
        [Score("x2", "prior", 30.123), Score("x2", "bicubic", 29.0), Score("x4", "prior", 26.5)]
    )
    assert table.splitlines() == ["dB  prior  bicubic", "x2  30.12  29.00", "x4  26.50"]
