"""Conventions of noise level and scaling, against networks whose answer is known in closed form."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from daps_desktop.networks import edm
from daps_desktop.networks.architectures.table import build
from daps_desktop.networks.denoisers import NetworkDenoiser
from daps_desktop.networks.parameterisation import (
    DiscreteParameterisation,
    EdmParameterisation,
    NoiseMapParameterisation,
    Parameterisation,
)
from daps_desktop.networks.schedules import LINEAR, schedule_sigmas
from tests.fakes.checkpoints import tiny_unet

STD = 0.4  # of a white Gaussian image prior, whose denoiser is x STD^2 / (STD^2 + sigma^2)
SIGMAS = schedule_sigmas(LINEAR)
EDM = EdmParameterisation(0.5, 0.005, 80.0)
PREDICTIONS = ("epsilon", "v_prediction", "sample")


class Recorder:
    """A network that answers with a function of (input, level) and remembers both."""

    def __init__(self, answer: Callable[[Tensor, float], Tensor] = lambda x, level: x) -> None:
        self.answer = answer

    def __call__(self, x: Tensor, levels: Tensor) -> Tensor:
        assert levels.shape == (len(x),) and levels.dtype == x.dtype == torch.float32
        self.level, self.input_std = levels[0].item(), x.std().item()
        return self.answer(x, self.level)


def noisy(sigma: float, side: int = 128) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    shape = (2, 3, side, side)
    return STD * torch.randn(shape, generator=generator) + sigma * torch.randn(shape, generator=generator)


def wiener(x: Tensor, sigma: float) -> Tensor:
    return x * STD**2 / (STD**2 + sigma**2)


# Perfect networks


def ideal_vp(prediction: str) -> Recorder:
    """What a perfect variance-preserving network answers for the Gaussian prior, in its own terms."""

    def answer(x_vp: Tensor, level: float) -> Tensor:
        sigma = math.exp(np.interp(level, np.arange(1000), np.log(SIGMAS)))
        a, s = 1 / math.hypot(1, sigma), sigma / math.hypot(1, sigma)
        x0 = wiener(x_vp / a, sigma)
        eps = (x_vp - a * x0) / s
        out = {"sample": x0, "epsilon": eps, "v_prediction": a * eps - s * x0}[prediction]
        return torch.cat([out, torch.full_like(out, 7.0)], 1)  # a learned variance, to be dropped

    return Recorder(answer)


def ideal_edm(x_in: Tensor, level: float) -> Tensor:
    """F solves for the clean image of the Gaussian prior."""
    sigma = math.exp(4 * level)
    total = math.hypot(sigma, 0.5)
    x = x_in * total
    return (wiener(x, sigma) - (0.5 / total) ** 2 * x) * total / (sigma * 0.5)


def ideal_plain(x_in: Tensor, level: float) -> Tensor:
    """Pictures from 0 to 1, and noise in the same units."""
    return (wiener(2 * x_in - 1, 2 * level) + 1) / 2


@pytest.mark.parametrize("sigma", [0.02, 0.2, 1.0, 30.0])
@pytest.mark.parametrize(
    ("network", "use"),
    [
        *((ideal_vp(each), DiscreteParameterisation.of(each, LINEAR)) for each in PREDICTIONS),
        (Recorder(ideal_edm), EDM),
        (Recorder(ideal_edm), EdmParameterisation(0.5, 0.005, 80.0, 2)),
        (Recorder(ideal_plain), NoiseMapParameterisation(100.0)),
    ],
    ids=[*PREDICTIONS, "edm", "edm on blocks", "noise map"],
)
def test_a_perfect_network_gives_the_clean_image(
    network: Recorder, use: Parameterisation, sigma: float
) -> None:
    x = noisy(sigma)
    torch.testing.assert_close(
        NetworkDenoiser(network, use, 2).denoise(x, sigma),
        wiener(x, sigma),
        atol=2e-5 * max(1, sigma),
        rtol=1e-3,
    )


# The ends of the range


def test_levels_between_the_times_are_interpolated_and_the_ends_hold() -> None:
    network = Recorder()
    denoiser = NetworkDenoiser(network, DiscreteParameterisation.of("epsilon", LINEAR), 1)
    assert denoiser.sigma_max == pytest.approx(SIGMAS[-1])
    for sigma, level in [
        (SIGMAS[500], 500),
        (math.sqrt(SIGMAS[500] * SIGMAS[501]), 500.5),
        (SIGMAS[0] / 9, 0),
        (SIGMAS[-1] * 9, 999),
    ]:
        denoiser.denoise(noisy(sigma), float(sigma))
        assert network.level == pytest.approx(level, abs=1e-3)
    assert network.input_std == pytest.approx(1, abs=0.02)


def test_edm_holds_the_ends_of_its_range() -> None:
    network = Recorder()
    denoiser = NetworkDenoiser(network, EdmParameterisation(STD, 0.005, 80.0), 1)
    assert denoiser.sigma_max == 80
    denoiser.denoise(noisy(0.0), 0.0)
    assert network.level == pytest.approx(math.log(0.005) / 4)
    denoiser.denoise(noisy(500), 500.0)
    assert network.level == pytest.approx(math.log(80) / 4)
    assert network.input_std == pytest.approx(1, abs=0.02)


def test_a_plain_denoiser_is_told_no_more_noise_than_it_knows() -> None:
    network = Recorder()
    denoiser = NetworkDenoiser(network, NoiseMapParameterisation(0.4), 1)
    assert denoiser.sigma_max == 0.4
    for sigma, level in ((0.0, 0.0), (0.3, 0.15), (5.0, 0.2)):
        denoiser.denoise(noisy(sigma), sigma)
        assert network.level == pytest.approx(level)


# Every architecture with every parameterisation

OWN = {"widths": [4, 4, 8, 8], "blocks": 1, "embedding": 8}
PATCHED = EdmParameterisation(0.6, 0.005, 80.0, 2)
USES = (
    EDM,
    PATCHED,
    *(DiscreteParameterisation.of(each, LINEAR) for each in PREDICTIONS),
    NoiseMapParameterisation(0.4),
)


def network_of(name: str, channels: int) -> nn.Module:
    torch.manual_seed(1)
    if name == "UNet2DModel":
        return build(name, dict(tiny_unet(channels=channels).config)).eval()
    return build(name, OWN | {"in_channels": channels, "out_channels": channels}).eval()


def direct(network: nn.Module, x: Tensor, sigma: float, use: Parameterisation) -> Tensor:
    """The formulas of the papers, written down once more, with plain numbers."""

    def told(value: float) -> Tensor:
        return torch.full((len(x),), value)

    if isinstance(use, NoiseMapParameterisation):
        return network((x + 1) / 2, told(min(sigma, 0.4) / 2)) * 2 - 1
    if isinstance(use, DiscreteParameterisation):
        time = float(np.interp(math.log(sigma), np.log(SIGMAS), np.arange(1000)))
        alpha, s = 1 / math.sqrt(1 + sigma**2), sigma / math.sqrt(1 + sigma**2)
        z = alpha * x
        out = network(z, told(time))
        return {"sample": out, "epsilon": (z - s * out) / alpha, "v_prediction": alpha * z - s * out}[
            use.prediction
        ]
    variance = sigma**2 + use.sigma_data**2
    shrunk = nn.functional.pixel_unshuffle(x / math.sqrt(variance), use.pixel_patch)
    out = nn.functional.pixel_shuffle(network(shrunk, told(math.log(sigma) / 4)), use.pixel_patch)
    return use.sigma_data**2 / variance * x + sigma * use.sigma_data / math.sqrt(variance) * out


@pytest.mark.parametrize("name", ["NormFreeUNet", "DRUNet", "UNet2DModel"])
@pytest.mark.parametrize("use", USES, ids=lambda use: getattr(use, "prediction", use.kind))
@settings(max_examples=12)
@given(sigma=st.floats(0.011, 79), seed=st.integers(0, 9), batch=st.integers(1, 3))
def test_any_architecture_goes_with_any_parameterisation(
    name: str, use: Parameterisation, sigma: float, seed: int, batch: int
) -> None:
    network = network_of(name, 12 if use is PATCHED else 3)
    x = torch.randn(batch, 3, 16, 32, generator=torch.Generator().manual_seed(seed)) * max(1, sigma)
    with torch.no_grad():
        expected = direct(network, x, sigma, use)
        got = NetworkDenoiser(network, use, 16).denoise(x, sigma)
    scale = float(expected.abs().max())
    torch.testing.assert_close(got, expected, atol=2e-5 * max(scale, 1), rtol=1e-3)


# Training and use share their facts


@given(sigma=st.floats(0.005, 80), sigma_data=st.floats(0.1, 2))
def test_the_weight_of_the_loss_undoes_the_scale_of_the_output(sigma: float, sigma_data: float) -> None:
    level = torch.tensor([sigma], dtype=torch.float64)
    scaling = edm.scalings(level, sigma_data)
    assert float(edm.loss_weight(level, sigma_data) * scaling.out.square()) == pytest.approx(1)
    assert float(scaling.into.square() * (level**2 + sigma_data**2)) == pytest.approx(1)  # unit variance
    assert float(scaling.skip) == pytest.approx(sigma_data**2 / (sigma**2 + sigma_data**2))


@pytest.mark.parametrize(
    "schedule",
    [
        LINEAR,
        LINEAR | {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012},
        LINEAR | {"beta_schedule": "squaredcos_cap_v2"},
        LINEAR | {"trained_betas": [0.01, 0.02, 0.3, 0.5], "num_train_timesteps": 4},
        LINEAR | {"rescale_betas_zero_snr": True},
    ],
    ids=["linear", "scaled_linear", "cosine", "trained", "zero_snr"],
)
def test_schedules_agree_with_the_scheduler_that_names_them(schedule: dict[str, object]) -> None:
    abar = DDPMScheduler.from_config(schedule).alphas_cumprod.double().numpy()
    sigmas = schedule_sigmas(schedule)
    assert len(sigmas) >= len(abar) - 1
    usable = abar[:990]  # towards pure noise the scheduler's float32 runs out of digits
    np.testing.assert_allclose(sigmas[:990], np.sqrt(1 / usable - 1), rtol=2e-3)
    assert (np.diff(sigmas) > 0).all()


def test_unknown_schedules_are_refused() -> None:
    with pytest.raises(ValueError, match="sigmoid"):
        schedule_sigmas(LINEAR | {"beta_schedule": "sigmoid"})
    with pytest.raises(ValueError, match="between 0 and 1"):
        schedule_sigmas(LINEAR | {"trained_betas": [0.1, -0.2]})
    with pytest.raises(ValueError, match="no picture"):
        schedule_sigmas(LINEAR | {"trained_betas": [1.0, 1.0]})
