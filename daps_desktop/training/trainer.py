"""The state of a run and one step of it."""

from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor, nn

from daps_desktop.training.crops import draw_crops
from daps_desktop.training.edm import Edm, anchor_inside, draw_sigma, edm_losses
from daps_desktop.training.log import LossTally, StepTimer
from daps_desktop.training.photos import PhotoBuffer
from daps_desktop.training.prior_folder import PriorNetwork
from daps_desktop.training.schedule import ema_decay, learning_rate, update_ema
from daps_desktop.training.settings import Recipe
from daps_desktop.training.validation import GREY_LEVELS, denoising_psnr

GRADIENT_NORM = 1.0  # larger gradients are shortened to this


class Trainer:
    """Network, running average, optimiser and random numbers of a run: all that a checkpoint holds."""

    def __init__(self, prior: PriorNetwork, recipe: Recipe, device: torch.device) -> None:
        self.recipe = recipe
        self.prior = prior
        mixed = fast_bfloat16(device)
        order = torch.channels_last if mixed else torch.contiguous_format  # each the faster one by a tenth
        self.network: nn.Module = prior.network.to(device).to(memory_format=order)
        self.ema = {name: w.detach().clone() for name, w in self.network.state_dict().items()}
        self.edm = Edm(
            torch.compile(self.network) if can_compile(device) else self.network,
            prior.pixel_patch,
            prior.sigma_data,
            prior.anchor,
            mixed,
        )
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), recipe.lr, (0.9, 0.99), weight_decay=recipe.weight_decay, fused=True
        )
        self.rng = torch.Generator(device).manual_seed(recipe.seed)
        self.tally = LossTally(device)
        self.timer = StepTimer(device)
        self.done = 0  # steps
        self.seen = 0  # patches, since the run was started or continued

    def step(self, photos: PhotoBuffer, progress: float) -> None:
        """One step on fresh crops, at the place in the schedule that `progress` (0 to 1) says."""
        timed = self.timer.wanted(self.done)
        begin = self.timer.now() if timed else 0.0
        x0, sigma, noise = self._draw(photos, progress)
        drawn = self.timer.now() if timed else 0.0
        self._learn(x0, sigma, noise, learning_rate(self.recipe, self.done, progress))
        if timed:
            self.timer.add(begin, drawn, self.timer.now())
        self.done += 1
        self.seen += len(x0)

    def _draw(self, photos: PhotoBuffer, progress: float) -> tuple[Tensor, Tensor, Tensor]:
        recipe = self.recipe
        x0 = draw_crops(photos, recipe.batch_at(progress), recipe.patch_at(progress), self.rng)
        sigma = draw_sigma(len(x0), recipe.log_sigma_mean, recipe.log_sigma_std, self.rng)
        return x0, sigma, torch.randn(x0.shape, generator=self.rng, device=x0.device)

    def _learn(self, x0: Tensor, sigma: Tensor, noise: Tensor, lr: float) -> None:
        self.edm.train()
        self.edm.anchor = anchor_inside(self.prior.anchor, x0.shape[-1])
        of_pixels, of_means = edm_losses(self.edm, x0, sigma, noise)
        loss = (of_pixels + self.recipe.means_weight * of_means).mean()
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), GRADIENT_NORM)
        for group in self.optimiser.param_groups:
            group["lr"] = lr
        self.optimiser.step()
        decay = ema_decay(self.recipe.ema_decay, self.done)
        update_ema(self.ema.values(), self.network.state_dict().values(), decay)
        self.tally.add(sigma, of_pixels.detach(), of_means.detach())

    def state(self) -> dict[str, Any]:
        return {
            "weights": self.network.state_dict(),
            "ema": self.ema,
            "optimiser": self.optimiser.state_dict(),
            "rng": self.rng.get_state(),
            "step": self.done,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Raises: what torch raises where the state is not one of this network."""
        self.network.load_state_dict(state["weights"])
        for name, value in state["ema"].items():
            self.ema[name].copy_(value)
        self.optimiser.load_state_dict(state["optimiser"])
        self.rng.set_state(state["rng"])
        self.done = state["step"]

    @torch.no_grad()
    def validate(self, clean: Tensor) -> dict[str, float]:
        """PSNR of the running average, in float32, with the anchor as it is at use; not compiled."""
        prior = self.prior
        own = {name: w.clone() for name, w in self.network.state_dict().items()}
        self.network.load_state_dict(self.ema)
        edm = Edm(self.network, prior.pixel_patch, prior.sigma_data, prior.anchor).eval()

        def denoise(x: Tensor, sigma: float) -> Tensor:
            return edm(x, torch.full((len(x),), sigma, device=x.device))

        try:
            return {f"psnr_{level}": denoising_psnr(denoise, clean, level) for level in GREY_LEVELS}
        finally:
            self.network.load_state_dict(own)


def can_compile(device: torch.device) -> bool:
    """Whether compiling pays, and the compiler of graphics cards is there: builds for Windows lack it."""
    return device.type == "cuda" and find_spec("triton") is not None


def fast_bfloat16(device: torch.device) -> bool:
    """False on processors that only imitate bfloat16, ten times slower than their float32."""
    if device.type != "cpu":
        return True
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
