"""From a task in the user's words to the problem of the photo."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.jpeg_tables import tables_for_quality
from daps_desktop.imaging.photo import JpegTables, Pixels
from daps_desktop.jobs.damage import (
    Blur,
    Box,
    CameraBlur,
    Clipped,
    Grey,
    Jpeg,
    Kernel,
    Motion,
    Phase,
    RandomMask,
    Small,
)
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
    """y = A(x) + sigma_y n for a photo (1, 3, H, W). Raises: UserError where damages do not go together."""
    A = build_operator(task, measured)
    y = photo
    if task.has(Grey):
        y = Luma()(photo)
    if task.has(Phase):
        y = (photo + 1) / 2 * largest_modulus(*A.latent_size(measured.height, measured.width), photo)
    return Problem(A, y, sigma_y)


def build_operator(task: Task, measured: Measurement) -> Operator:
    """A, in the order of events: blur, shrinking, loss of colour, clipping or JPEG; a hole covers all."""
    if phase := task.find(Phase):
        if measured.observed is not None:
            raise UserError("damage_combination", detail=phrase(N_("phase takes no mask")))
        return _phase(phase, measured)
    measured = _with_laboratory_masks(task, measured)
    if camera := task.find(CameraBlur):
        return _camera(camera, task, measured)
    links = _links(task, measured)
    seen_through = _set(task, measured)
    if seen_through is None:
        return chain(links) if links else Identity()
    if not links:
        return seen_through
    if isinstance(seen_through, ClippedOperator) and measured.observed is not None and len(links) == 1:
        return Masked(seen_through, measured.observed)
    return SetAfter(chain(links), seen_through)


def _links(task: Task, measured: Measurement) -> list[LinearOperator]:
    links: list[LinearOperator] = []
    size = measured.height, measured.width
    if small := task.find(Small):
        links.append(Downsampling(small.factor, *size, KERNELS[small.kernel]))
        size = links[0].latent_size(*size)
    if (kernel := _kernel(task)) is not None:
        links.insert(0, Convolution(kernel, *size, device=measured.device))
    if task.has(Grey):
        links.append(Luma())
    if measured.observed is not None:
        links.append(HoleMask(measured.observed))
    return links


def _kernel(task: Task) -> Tensor | None:
    if blur := task.find(Blur):
        return gaussian_kernel(blur.sigma)
    if motion := task.find(Motion):
        return motion_kernel(motion.length, motion.angle)
    if kernel := task.find(Kernel):
        return kernel_from_image(_picture(kernel.file), kernel.file)
    return None


def _picture(path: str) -> Pixels:
    try:
        return read_photo(Path(path)).pixels
    except UserError as error:
        raise UserError(
            "kernel_file", path=path, detail=phrase(N_("it cannot be read as a picture"))
        ) from error


def _set(task: Task, measured: Measurement) -> ClippedOperator | JpegSet | None:
    clipped, jpeg = task.find(Clipped), task.find(Jpeg)
    if clipped and jpeg:
        raise UserError(
            "damage_combination", detail=phrase(N_("clipped and jpeg are undone one after the other"))
        )
    if jpeg and task.has(Grey):
        raise UserError(
            "damage_combination", detail=phrase(N_("jpeg and grey are undone one after the other"))
        )
    if jpeg:
        return JpegSet(tables_for(jpeg, measured))
    return ClippedOperator(clipped.scale) if clipped else None


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


def _with_laboratory_masks(task: Task, measured: Measurement) -> Measurement:
    size = measured.height, measured.width
    observed = measured.observed
    for mask in _laboratory_masks(task, *size):
        mask = mask.to(measured.device)
        observed = mask if observed is None else observed * mask
    return Measurement(*size, observed, measured.tables, measured.device)


def _laboratory_masks(task: Task, height: int, width: int) -> list[Tensor]:
    random, box = task.find(RandomMask), task.find(Box)
    masks = [random_mask(height, width, random.fraction, random.seed)] if random else []
    return [*masks, box_mask(height, width, box.size)] if box else masks


def _camera(camera: CameraBlur, task: Task, measured: Measurement) -> Operator:
    if any(task.has(kind) for kind in (Small, Grey, Clipped, Jpeg)):
        raise UserError(
            "damage_combination", detail=phrase(N_("camera-blur goes with scratches and noise only"))
        )
    A = CameraBlurOperator(
        camera.sigma, camera.exposure, measured.height, measured.width, device=measured.device
    )
    return A if measured.observed is None else Masked(A, measured.observed)


def _phase(phase: Phase, measured: Measurement) -> PhaseModulus:
    """The operator whose modulus has the measured size."""
    widening = 1 + phase.oversample / 4
    near = PhaseModulus(phase.oversample, round(measured.height / widening), round(measured.width / widening))
    size = near.latent_size(measured.height, measured.width)
    A = PhaseModulus(phase.oversample, *size)
    if A.latent_size(measured.height, measured.width) != size:
        detail = phrase(
            N_("no picture gives a modulus of {width} × {height} pixels"),
            width=measured.width,
            height=measured.height,
        )
        raise UserError("damage_value", name="phase", detail=detail)
    return A


def largest_modulus(height: int, width: int, padded: Tensor) -> float:
    """That of an all-white picture: files store the modulus as a share of it."""
    return height * width / (padded.shape[-2] * padded.shape[-1]) ** 0.5
