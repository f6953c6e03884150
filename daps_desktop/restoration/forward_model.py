"""From a task in the user's words to the problem of the photo."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, cast

import torch
from torch import Tensor

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.formats.png_codec import unpack_picture
from daps_desktop.imaging.jpeg_tables import tables_for_quality
from daps_desktop.imaging.photo import JpegTables, Pixels
from daps_desktop.jobs.damage import (
    Blur,
    Box,
    CameraBlur,
    Clipped,
    Damage,
    Faded,
    Grey,
    Jpeg,
    Kernel,
    Motion,
    Noise,
    Phase,
    RandomMask,
    Scratches,
    Small,
)
from daps_desktop.jobs.damage_traits import TRAITS, Stage
from daps_desktop.jobs.task import Task
from daps_desktop.solver.operators import (
    KERNELS,
    CameraBlurOperator,
    ClippedOperator,
    Convolution,
    Downsampling,
    HoleMask,
    Identity,
    JpegSet,
    LinearOperator,
    Luma,
    Masked,
    Operator,
    PhaseModulus,
    SetAfter,
    box_mask,
    chain,
    gaussian_kernel,
    kernel_from_image,
    motion_kernel,
    random_mask,
)
from daps_desktop.solver.operators.compose import DataSet
from daps_desktop.solver.problem import Problem

CPU = torch.device("cpu")


@dataclass(frozen=True, slots=True)
class Measurement:
    """What there is of the photo: its size, what of it can be trusted, and how its file was coded.

    `observed` is (1, 1, H, W), 1 = trust the photo, or None where all of it counts.
    """

    height: int
    width: int
    observed: Tensor | None = None
    tables: JpegTables | None = None
    device: torch.device = CPU


def build_problem(task: Task, photo: Tensor, measured: Measurement, sigma_y: float) -> Problem:
    """y = A(x) + sigma_y n for a photo (1, 3, H, W). Raises: UserError where a damage lacks what it needs."""
    A = build_operator(task, measured)
    y = photo
    if task.find(Grey):
        y = Luma()(photo)
    if task.find(Phase):
        y = (photo + 1) / 2 * largest_modulus(*A.latent_size(measured.height, measured.width), photo)
    return Problem(A, y, sigma_y)


def build_operator(task: Task, measured: Measurement) -> Operator:
    """A, in the order of events: blur, shrinking, loss of colour, clipping or JPEG; a hole covers all.

    Built from the photo back to the scene: each operator is made for the size of its own output.
    """
    links: list[LinearOperator] = []
    recording: Operator | None = None  # what is not linear
    at = measured
    unmasked = [damage for damage in task.damages if TRAITS[type(damage)].stage is not Stage.MASK]
    for damage in sorted(unmasked, key=lambda damage: TRAITS[type(damage)].stage, reverse=True):
        operator = FACTORIES[type(damage)](damage, at)
        if isinstance(operator, LinearOperator):
            links.insert(0, operator)
            height, width = operator.latent_size(at.height, at.width)
            at = replace(at, height=height, width=width)
        elif operator is not None:
            recording = operator
    return _joined(links, recording, observed_part(task, measured))


def observed_part(task: Task, measured: Measurement) -> Tensor | None:
    """What of the photo counts, (1, 1, H, W): what is not marked, less what the damages take away."""
    masked = [damage for damage in task.damages if TRAITS[type(damage)].stage is Stage.MASK]
    operators = [FACTORIES[type(damage)](damage, measured) for damage in masked]
    seen = [measured.observed, *(A.observed for A in operators if A is not None)]
    parts = [part for part in seen if part is not None]
    return reduce(torch.mul, parts) if parts else None


def _joined(links: list[LinearOperator], recording: Operator | None, observed: Tensor | None) -> Operator:
    """The linear operators one after another, what covers the photo, and what its recording hides."""
    if observed is not None:
        if not links and recording is not None and not isinstance(recording, JpegSet):
            return Masked(recording, observed)
        links = [*links, HoleMask(observed)]
    if recording is None:
        return chain(links) if links else Identity()
    # Only sets have anything before them: a camera's blur excludes what would be (see the traits).
    return SetAfter(chain(links), cast(DataSet, recording)) if links else recording


def _picture(kernel: Kernel) -> Pixels:
    try:
        return unpack_picture(kernel.picture)
    except ValueError as error:
        detail = phrase(N_("it cannot be read as a picture"))
        raise UserError("kernel_file", path=kernel.file, detail=detail) from error


def tables_for(jpeg: Jpeg, measured: Measurement) -> JpegTables:
    if jpeg.quality:
        return tables_for_quality(jpeg.quality)
    if measured.tables is None:
        raise UserError(
            "damage_value",
            name="jpeg",
            detail=phrase(N_("there are no tables of a JPEG file to go by, so quality= is needed")),
        )
    return measured.tables


def _phase(phase: Phase, measured: Measurement) -> PhaseModulus:
    """The operator whose modulus has the measured size."""
    widening = 1 + phase.oversample / 4
    near = PhaseModulus(phase.oversample, round(measured.height / widening), round(measured.width / widening))
    size = near.latent_size(measured.height, measured.width)
    A = PhaseModulus(phase.oversample, *size)
    if A.latent_size(measured.height, measured.width) != size:
        words = N_("no picture gives a modulus of {width} × {height} pixels")
        detail = phrase(words, width=measured.width, height=measured.height)
        raise UserError("damage_value", name="phase", detail=detail)
    return A


def largest_modulus(height: int, width: int, padded: Tensor) -> float:
    """That of an all-white picture: files store the modulus as a share of it."""
    return height * width / (padded.shape[-2] * padded.shape[-1]) ** 0.5


# The operator of each kind of damage


def _none(_damage: Damage, _measured: Measurement) -> None:
    """Another part of the problem says it: the noise level, a curve, or the hole of the photo."""


def _blur(blur: Blur, measured: Measurement) -> Operator:
    return _convolution(gaussian_kernel(blur.sigma), measured)


def _motion(motion: Motion, measured: Measurement) -> Operator:
    return _convolution(motion_kernel(motion.length, motion.angle), measured)


def _kernel(kernel: Kernel, measured: Measurement) -> Operator:
    return _convolution(kernel_from_image(_picture(kernel), kernel.file), measured)


def _convolution(kernel: Tensor, measured: Measurement) -> Operator:
    return Convolution(kernel, measured.height, measured.width, device=measured.device)


def _small(small: Small, measured: Measurement) -> Operator:
    return Downsampling(small.factor, measured.height, measured.width, KERNELS[small.kernel])


def _jpeg(jpeg: Jpeg, measured: Measurement) -> Operator:
    return JpegSet(tables_for(jpeg, measured))


def _grey(_grey: Grey, _measured: Measurement) -> Operator:
    return Luma()


def _clipped(clipped: Clipped, _measured: Measurement) -> Operator:
    return ClippedOperator(clipped.scale)


def _random_mask(mask: RandomMask, measured: Measurement) -> Operator:
    observed = random_mask(measured.height, measured.width, mask.fraction, mask.seed)
    return HoleMask(observed.to(measured.device))


def _box(box: Box, measured: Measurement) -> Operator:
    return HoleMask(box_mask(measured.height, measured.width, box.size).to(measured.device))


def _camera(camera: CameraBlur, measured: Measurement) -> Operator:
    size = measured.height, measured.width
    return CameraBlurOperator(camera.sigma, camera.exposure, *size, device=measured.device)


FACTORIES: dict[type[Damage], Callable[[Any, Measurement], Operator | None]] = {
    Scratches: _none,
    Blur: _blur,
    Motion: _motion,
    Kernel: _kernel,
    Small: _small,
    Noise: _none,
    Jpeg: _jpeg,
    Grey: _grey,
    Faded: _none,
    Clipped: _clipped,
    RandomMask: _random_mask,
    Box: _box,
    Phase: _phase,
    CameraBlur: _camera,
}
