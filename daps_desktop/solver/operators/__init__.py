"""Forward operators A, one family a file, each with its own proximal step.

Why the latent image may be larger than the photo: what lies just outside the frame still reaches into a
blurred or shrunk photo. Pretending to know it (periodic or mirrored borders) rings; so it is unknown, the
operator keeps the *valid* part only, and `crop` drops the unknown border at the end.

May import: `imaging`, torch.
"""

from daps_desktop.solver.operators.base import LinearOperator, NonlinearOperator, Operator
from daps_desktop.solver.operators.benchmarks import (
    CameraBlurOperator,
    FourierMagnitude,
    box_mask,
    random_mask,
)
from daps_desktop.solver.operators.colour import ClippingOperator, LumaOperator
from daps_desktop.solver.operators.compose import Chain, ConstrainedOperator, MaskedOperator, chain
from daps_desktop.solver.operators.convolution import (
    Convolution,
    gaussian_kernel,
    kernel_from_image,
    motion_kernel,
)
from daps_desktop.solver.operators.downsampling import KERNELS, DownsamplingOperator, ShrinkKernel
from daps_desktop.solver.operators.jpeg import JpegConstraint, compress
from daps_desktop.solver.operators.masking import Identity, MaskOperator, fill_mask, known_mask_of
from daps_desktop.solver.operators.noise import GaussianNoise

__all__ = [
    "KERNELS",
    "CameraBlurOperator",
    "Chain",
    "ClippingOperator",
    "ConstrainedOperator",
    "Convolution",
    "DownsamplingOperator",
    "FourierMagnitude",
    "GaussianNoise",
    "Identity",
    "JpegConstraint",
    "LinearOperator",
    "LumaOperator",
    "MaskOperator",
    "MaskedOperator",
    "NonlinearOperator",
    "Operator",
    "ShrinkKernel",
    "box_mask",
    "chain",
    "compress",
    "fill_mask",
    "gaussian_kernel",
    "kernel_from_image",
    "known_mask_of",
    "motion_kernel",
    "random_mask",
]
