"""The same damage applied forwards: the photo that a task would have to restore."""

import torch
from torch import Tensor

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.jobs.damage import JpegCompression, PhaseRetrieval
from daps_desktop.jobs.damage_traits import TRAITS
from daps_desktop.jobs.task import Task
from daps_desktop.restoration.forward_model import Measurement, build_operator, largest_modulus, tables_for
from daps_desktop.solver.operators import (
    FourierMagnitude,
    compress,
)

WHITE = 1.0  # what a scratch looks like in a photo that was damaged on purpose


def degrade(
    task: Task, clean: Tensor, known_mask: Tensor | None, sigma_y: float, rng: torch.Generator
) -> Tensor:
    """The photo (1, C, h, w) that this task would have to restore to `clean` (1, 3, H, W), noise included.

    Raises: UserError where a damage cannot be applied, or where shrinking would leave nothing.
    """
    for part in task.damages:
        if not TRAITS[type(part)].can_simulate:
            detail = phrase(N_("it can only be undone, not applied"))
            raise UserError("damage_value", name=part.name, detail=detail)
    scale = task.scale
    height, width = clean.shape[-2] // scale, clean.shape[-1] // scale
    if not height or not width:
        words = N_("a photo of {width} × {height} pixels cannot be shrunk by {scale}")
        detail = phrase(words, width=clean.shape[-1], height=clean.shape[-2], scale=scale)
        raise UserError("damage_value", name="small", detail=detail)
    clean = clean[..., : height * scale, : width * scale]
    if phase := task.find(PhaseRetrieval):
        return _modulus(phase, clean, sigma_y, rng)
    measured = Measurement(height, width, known_mask, device=clean.device)
    # Compression is applied to the pixels below; the operator of JPEG is a set and leaves them as they are.
    A = build_operator(task.without(JpegCompression), measured)
    y = A(A.embed(clean))
    y = y + sigma_y * torch.randn(y.shape, generator=rng, device=y.device)
    if A.known_mask is not None:
        y = torch.where(A.known_mask > 0, y, WHITE)
    if (jpeg := task.find(JpegCompression)) is not None:
        y = compress(y.expand(1, 3, -1, -1), tables_for(jpeg, measured))
    return y


def _modulus(phase: PhaseRetrieval, clean: Tensor, sigma_y: float, rng: torch.Generator) -> Tensor:
    height, width = clean.shape[-2:]
    y = FourierMagnitude(phase.oversample, height, width)(clean)
    y = y + sigma_y * torch.randn(y.shape, generator=rng, device=y.device)
    return y / largest_modulus(height, width, y) * 2 - 1
