"""The objective of a damage finder: which pixels of an old print are damage."""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from daps_desktop.imaging.mask import Mask
from daps_desktop.networks.architectures.norm_free_unet import NormFreeUNet
from daps_desktop.training.damage.samples import DamagedCrops, Samples, drawn_over
from daps_desktop.training.damage.score import FIGURES, finder_figures
from daps_desktop.training.damage.strokes import Floats
from daps_desktop.training.data.photos import Pixels8
from daps_desktop.training.loop.denoising import in_mixed_precision
from daps_desktop.training.loop.objective import Batch, Forward
from daps_desktop.training.loop.recipe import FINDER_STAGES

OVERLAP = 0.3  # how much the overlap of answer and truth counts beside the single pixels


class Finding:
    """Cross-entropy of each pixel and Dice overlap of the batch, on crops of which half are damaged.

    Clean crops on which the network is most wrong are kept and met again: what a real photo holds that looks
    like damage is found in this way. It is measured on `clean` photos (N, N, 3) held out, with damage drawn
    over them and without.
    """

    columns = FIGURES
    stages = FINDER_STAGES

    def __init__(self, crops: DamagedCrops, clean: Sequence[Pixels8]) -> None:
        self.crops = crops
        self.checks = drawn_over(clean, crops.film)

    def draw(self, count: int, side: int, rng: np.random.Generator) -> Batch:
        """The fields of `Samples`."""
        drawn = self.crops.draw(count, side, rng)
        return tuple(torch.from_numpy(np.ascontiguousarray(getattr(drawn, f.name))) for f in fields(drawn))

    def loss(self, forward: Forward, batch: Batch, noise: Generator) -> Tensor:
        x, truth, *_ = batch
        logits = in_mixed_precision(forward, x, x.new_zeros(len(x)))
        counts, damage = (truth >= 0).float(), truth.clamp_min(0)
        wrong = F.binary_cross_entropy_with_logits(logits, damage, reduction="none") * counts
        drawn = Samples(*(tensor.cpu().numpy() for tensor in batch))
        self.crops.learn_of(drawn, wrong.detach().mean((1, 2, 3)).tolist())
        found = logits.sigmoid() * counts
        overlap = (2 * (found * damage).sum() + 1) / (found.sum() + damage.sum() + 1)
        return wrong.sum() / counts.sum() + OVERLAP * (1 - overlap)

    @torch.no_grad()
    def measure(self, network: NormFreeUNet) -> dict[str, float]:
        return finder_figures((_marked(network, scan), truth) for scan, truth in self.checks)


def _marked(network: NormFreeUNet, scan: Floats) -> Mask:
    """What is more likely damage than not."""
    x = torch.from_numpy(np.ascontiguousarray(scan)).to(network.device)
    return (network(x, x.new_zeros(1))[0, 0] > 0).cpu().numpy()
