"""From a task in the user's words to the problem of the photo."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, cast

import torch
from torch import Tensor

from daps_desktop.analysis.blur import estimate_blur
from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.formats.png_codec import unpack_picture
from daps_desktop.imaging.jpeg_tables import tables_for_quality
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import JpegTables, Photo, Pixels
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.jobs.damage import (
    BoxMask,
    CameraBlur,
    Clipping,
    Damage,
    Downsampling,
    Fading,
    GaussianBlur,
    Greyscale,
    JpegCompression,
    KernelBlur,
    MissingPixels,
    MotionBlur,
    Noise,
    PhaseRetrieval,
    RandomMask,
    Toning,
)
from daps_desktop.jobs.damage_traits import TRAITS, Stage
from daps_desktop.jobs.report import NarrowedBlur
from daps_desktop.jobs.task import Task
from daps_desktop.solver.operators import (
    KERNELS,
    CameraBlurOperator,
    ClippingOperator,
    ConstrainedOperator,
    Convolution,
    DownsamplingOperator,
    FourierMagnitude,
    GaussianNoise,
    Identity,
    JpegConstraint,
    LinearOperator,
    LumaOperator,
    MaskedOperator,
    MaskOperator,
    Operator,
    box_mask,
    chain,
    gaussian_kernel,
    kernel_from_image,
    known_mask_of,
    motion_kernel,
    random_mask,
)
from daps_desktop.solver.operators.compose import ConstraintSet
from daps_desktop.solver.operators.masking import fill_smoothly
from daps_desktop.solver.problem import Problem
from daps_desktop.solver.tensors import to_pixels, to_tensor

CPU = torch.device("cpu")
DOUBT, DOUBT_SHARE = 0.4, 0.2  # pixels, and share: by so much hardly an estimate of a blur is too low
NARROWEST = 0.3  # pixels: of the blurs that are undone


@dataclass(frozen=True, slots=True)
class Measurement:
    """What there is of the photo: its size, what of it can be trusted, and how its file was coded.

    `known_mask` is (1, 1, H, W), 1 = trust the photo, or None where all of it counts.
    """

    height: int
    width: int
    known_mask: Tensor | None = None
    tables: JpegTables | None = None
    device: torch.device = CPU


def with_blur_seen(
    task: Task, photo: Photo, mask: Mask | None = None, profile: PhotoProfile | None = None
) -> tuple[Task, NarrowedBlur | None]:
    """The task with its blur as wide as the edges of the photo, where it is named wider; and what changed.

    Edges would ring otherwise: named double, by half of their step. Marks are left out, as the edges of a
    scratch are none of the scene.
    """
    blur = task.find(GaussianBlur)
    if blur is None or task.scale > 1:  # a blur before shrinking is one of the larger picture
        return task, None
    return narrowed(task, _blur_seen(photo, mask, profile))


def narrowed(task: Task, seen: float | None) -> tuple[Task, NarrowedBlur | None]:
    """The same where the edges are known to be `seen` pixels wide; None where they say nothing."""
    blur = task.find(GaussianBlur)
    if blur is None or task.scale > 1 or seen is None or blur.sigma <= seen + max(DOUBT, DOUBT_SHARE * seen):
        return task, None
    used = GaussianBlur(max(seen, NARROWEST))
    damages = tuple(used if damage is blur else damage for damage in task.damages)
    return Task(damages), NarrowedBlur(blur.sigma, used.sigma)


def _blur_seen(photo: Photo, mask: Mask | None, profile: PhotoProfile | None) -> float | None:
    pixels = photo.pixels
    if mask is not None and mask.any():
        smooth = fill_smoothly(to_tensor(pixels), known_mask_of(mask))
        return estimate_blur(to_pixels(smooth, pixels.dtype, pixels.shape[2]), photo.alpha)
    return profile.blur_sigma if profile else estimate_blur(pixels, photo.alpha)


def build_problem(task: Task, photo: Tensor, measured: Measurement, noise: GaussianNoise) -> Problem:
    """y = A(x) + n for a photo (1, 3, H, W). Raises: UserError where a damage lacks what it needs."""
    A = build_operator(task, measured)
    if task.find(Greyscale) or not (A.pixelwise and A.linear):
        # Peaks reach too far for an exact M-step with a border that no one has seen: they go first.
        photo, noise = noise.without_peaks(photo), noise.smooth
    y = photo
    if task.find(Greyscale):
        y, noise = LumaOperator()(photo), GaussianNoise.white(noise.rms)
    if task.find(PhaseRetrieval):
        y = (photo + 1) / 2 * largest_modulus(*A.domain_size(measured.height, measured.width), photo)
    return Problem(A, y, noise, bounded=task.blurs)


def build_operator(task: Task, measured: Measurement) -> Operator:
    """A, in the order of events: blur, shrinking, loss of colour, clipping or JPEG; a mask covers all.

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
            height, width = operator.domain_size(at.height, at.width)
            at = replace(at, height=height, width=width)
        elif operator is not None:
            recording = operator
    return _joined(links, recording, observed_part(task, measured))


def observed_part(task: Task, measured: Measurement) -> Tensor | None:
    """What of the photo counts, (1, 1, H, W): what is not marked, less what the damages take away."""
    masked = [damage for damage in task.damages if TRAITS[type(damage)].stage is Stage.MASK]
    operators = [FACTORIES[type(damage)](damage, measured) for damage in masked]
    seen = [measured.known_mask, *(A.known_mask for A in operators if A is not None)]
    parts = [part for part in seen if part is not None]
    return reduce(torch.mul, parts) if parts else None


def _joined(links: list[LinearOperator], recording: Operator | None, known_mask: Tensor | None) -> Operator:
    """The linear operators one after another, what covers the photo, and what its recording hides."""
    if known_mask is not None:
        if not links and recording is not None and not isinstance(recording, JpegConstraint):
            return MaskedOperator(recording, known_mask)
        links = [*links, MaskOperator(known_mask)]
    if recording is None:
        return chain(links) if links else Identity()
    # Only sets have anything before them: a camera's blur excludes what would be (see the traits).
    return ConstrainedOperator(chain(links), cast(ConstraintSet, recording)) if links else recording


def _read_image(kernel: KernelBlur) -> Pixels:
    try:
        return unpack_picture(kernel.picture)
    except ValueError as error:
        detail = phrase(N_("it cannot be read as a picture"))
        raise UserError("kernel_file", path=kernel.file, detail=detail) from error


def tables_for(jpeg: JpegCompression, measured: Measurement) -> JpegTables:
    if jpeg.quality:
        return tables_for_quality(jpeg.quality)
    if measured.tables is None:
        raise UserError(
            "damage_value",
            name="jpeg",
            detail=phrase(N_("there are no tables of a JPEG file to go by, so quality= is needed")),
        )
    return measured.tables


def _phase(phase: PhaseRetrieval, measured: Measurement) -> FourierMagnitude:
    """The operator whose modulus has the measured size."""
    widening = 1 + phase.oversample / 4
    near = FourierMagnitude(
        phase.oversample, round(measured.height / widening), round(measured.width / widening)
    )
    size = near.domain_size(measured.height, measured.width)
    A = FourierMagnitude(phase.oversample, *size)
    if A.domain_size(measured.height, measured.width) != size:
        words = N_("no picture gives a modulus of {width} × {height} pixels")
        detail = phrase(words, width=measured.width, height=measured.height)
        raise UserError("damage_value", name="phase", detail=detail)
    return A


def largest_modulus(height: int, width: int, padded: Tensor) -> float:
    """That of an all-white picture: files store the modulus as a share of it."""
    return height * width / (padded.shape[-2] * padded.shape[-1]) ** 0.5


# The operator of each kind of damage


def _none(_damage: Damage, _measured: Measurement) -> None:
    """Another part of the problem says it: the noise level, a curve, or the mask of the photo."""


def _blur(blur: GaussianBlur, measured: Measurement) -> Operator:
    return _convolution(gaussian_kernel(blur.sigma), measured)


def _motion(motion: MotionBlur, measured: Measurement) -> Operator:
    return _convolution(motion_kernel(motion.length, motion.angle), measured)


def _kernel(kernel: KernelBlur, measured: Measurement) -> Operator:
    return _convolution(kernel_from_image(_read_image(kernel), kernel.file), measured)


def _convolution(kernel: Tensor, measured: Measurement) -> Operator:
    return Convolution(kernel, measured.height, measured.width, device=measured.device)


def _small(small: Downsampling, measured: Measurement) -> Operator:
    return DownsamplingOperator(small.factor, measured.height, measured.width, KERNELS[small.kernel])


def _jpeg(jpeg: JpegCompression, measured: Measurement) -> Operator:
    return JpegConstraint(tables_for(jpeg, measured))


def _grey(_grey: Greyscale, _measured: Measurement) -> Operator:
    return LumaOperator()


def _clipped(clipped: Clipping, _measured: Measurement) -> Operator:
    return ClippingOperator(clipped.scale)


def _random_mask(mask: RandomMask, measured: Measurement) -> Operator:
    known_mask = random_mask(measured.height, measured.width, mask.fraction, mask.seed)
    return MaskOperator(known_mask.to(measured.device))


def _box(box: BoxMask, measured: Measurement) -> Operator:
    return MaskOperator(box_mask(measured.height, measured.width, box.size).to(measured.device))


def _camera(camera: CameraBlur, measured: Measurement) -> Operator:
    size = measured.height, measured.width
    return CameraBlurOperator(camera.sigma, camera.exposure, *size, device=measured.device)


FACTORIES: dict[type[Damage], Callable[[Any, Measurement], Operator | None]] = {
    MissingPixels: _none,
    GaussianBlur: _blur,
    MotionBlur: _motion,
    KernelBlur: _kernel,
    Downsampling: _small,
    Noise: _none,
    JpegCompression: _jpeg,
    Greyscale: _grey,
    Fading: _none,
    Toning: _none,
    Clipping: _clipped,
    RandomMask: _random_mask,
    BoxMask: _box,
    PhaseRetrieval: _phase,
    CameraBlur: _camera,
}
