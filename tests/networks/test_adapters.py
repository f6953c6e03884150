"""Conventions of noise level and scaling, against networks whose answer is known in closed form."""

import math

import numpy as np
import pytest
import torch
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
from torch import Tensor, nn

from daps_desktop.networks.denoisers import DDPMDenoiser, EDMDenoiser, Network, schedule_sigmas

STD = 0.4  # of a white Gaussian image prior, whose denoiser is x STD^2 / (STD^2 + sigma^2)
LINEAR = {"num_train_timesteps": 1000, "beta_schedule": "linear", "beta_start": 1e-4, "beta_end": 0.02}
SIGMAS = schedule_sigmas(LINEAR)


class Recorder(nn.Module):
    """A network that answers with a function of (input, level) and remembers the level."""

    def __init__(self, answer) -> None:
        super().__init__()
        self.answer = answer

    def forward(self, x: Tensor, levels: Tensor, return_dict: bool) -> tuple[Tensor]:
        self.level = levels[0].item()
        self.input_std = x.std().item()
        return (self.answer(x, self.level),)


def network(answer) -> Network:
    return Network(Recorder(answer), torch.device("cpu"), torch.float32)


def noisy(sigma: float, side: int = 128) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    shape = (2, 3, side, side)
    return STD * torch.randn(shape, generator=generator) + sigma * torch.randn(shape, generator=generator)


def wiener(x: Tensor, sigma: float) -> Tensor:
    return x * STD**2 / (STD**2 + sigma**2)


def ideal_vp(prediction: str):
    """What a perfect variance-preserving network answers for the Gaussian prior, in its own terms."""

    def answer(x_vp: Tensor, level: float) -> Tensor:
        sigma = math.exp(np.interp(level, np.arange(1000), np.log(SIGMAS)))
        a, s = 1 / math.hypot(1, sigma), sigma / math.hypot(1, sigma)
        x0 = wiener(x_vp / a, sigma)
        eps = (x_vp - a * x0) / s
        out = {"sample": x0, "epsilon": eps, "v_prediction": a * eps - s * x0}[prediction]
        return torch.cat([out, torch.full_like(out, 7.0)], 1)  # a learned variance, to be dropped

    return answer


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
@pytest.mark.parametrize("sigma", [0.02, 0.2, 1.0, 30.0])
def test_each_prediction_gives_the_clean_image(prediction: str, sigma: float) -> None:
    denoiser = DDPMDenoiser(network(ideal_vp(prediction)), sigmas=SIGMAS, prediction=prediction, multiple=1)
    x = noisy(sigma)
    torch.testing.assert_close(
        denoiser.denoise(x, sigma), wiener(x, sigma), atol=2e-5 * max(1, sigma), rtol=1e-3
    )


def test_levels_between_the_times_are_interpolated_and_the_ends_hold() -> None:
    net = network(lambda x, level: x)
    denoiser = DDPMDenoiser(net, sigmas=SIGMAS, prediction="epsilon", multiple=1)
    for sigma, level in [
        (SIGMAS[500], 500),
        (math.sqrt(SIGMAS[500] * SIGMAS[501]), 500.5),
        (SIGMAS[0] / 9, 0),
        (SIGMAS[-1] * 9, 999),
    ]:
        denoiser.denoise(noisy(sigma), float(sigma))
        assert net.unet.level == pytest.approx(level, abs=1e-3)
    assert net.unet.input_std == pytest.approx(1, abs=0.02)


def test_edm_preconditioning() -> None:
    """F solves for the clean image of the Gaussian prior, on pixels gathered into channels."""
    sigma_data = 0.5

    def answer(x_in: Tensor, level: float) -> Tensor:
        assert x_in.shape == (2, 12, 64, 64)
        sigma = math.exp(4 * level)
        total = math.hypot(sigma, sigma_data)
        x = x_in * total
        return (wiener(x, sigma) - (sigma_data / total) ** 2 * x) * total / (sigma * sigma_data)

    denoiser = EDMDenoiser(
        network(answer), patch=2, sigma_data=sigma_data, sigma_range=(0.005, 80), multiple=2
    )
    for sigma in (0.01, 0.3, 20.0):
        torch.testing.assert_close(
            denoiser.denoise(noisy(sigma), sigma), wiener(noisy(sigma), sigma), atol=1e-5, rtol=1e-4
        )


def test_edm_holds_the_ends_of_its_range() -> None:
    net = network(lambda x, level: torch.zeros_like(x))
    denoiser = EDMDenoiser(net, patch=1, sigma_data=STD, sigma_range=(0.005, 80), multiple=1)
    denoiser.denoise(noisy(0.0), 0.0)
    assert net.unet.level == pytest.approx(math.log(0.005) / 4)
    denoiser.denoise(noisy(500), 500.0)
    assert net.unet.level == pytest.approx(math.log(80) / 4)
    assert net.unet.input_std == pytest.approx(1, abs=0.02)


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
