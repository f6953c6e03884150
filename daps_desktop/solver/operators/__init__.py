"""Forward operators A, one family a file, each with its own proximal step.

Why the latent image may be larger than the photo: what lies just outside the frame still reaches into a
blurred or shrunk photo. Pretending to know it (periodic or mirrored borders) rings; so it is unknown, the
operator keeps the *valid* part only, and `crop` drops the unknown border at the end.

May import: `imaging`, torch.
"""

from daps_desktop.solver.operators.base import LinearOperator, NonlinearOperator, Operator
from daps_desktop.solver.operators.benchmarks import CameraBlurOperator, PhaseModulus, box_mask, random_mask
from daps_desktop.solver.operators.colour import ClippedOperator, Luma
from daps_desktop.solver.operators.compose import Chain, Masked, SetAfter, chain
from daps_desktop.solver.operators.convolution import (
    Convolution,
    gaussian_kernel,
    kernel_from_image,
    motion_kernel,
)
from daps_desktop.solver.operators.downsampling import KERNELS, Downsampling, ShrinkKernel
from daps_desktop.solver.operators.jpeg import JpegSet, compress
from daps_desktop.solver.operators.masking import HoleMask, Identity, fill_hole, observed_from_hole

__all__ = [
    "KERNELS",
    "CameraBlurOperator",
    "Chain",
    "ClippedOperator",
    "Convolution",
    "Downsampling",
    "HoleMask",
    "Identity",
    "JpegSet",
    "LinearOperator",
    "Luma",
    "Masked",
    "NonlinearOperator",
    "Operator",
    "PhaseModulus",
    "SetAfter",
    "ShrinkKernel",
    "box_mask",
    "chain",
    "compress",
    "fill_hole",
    "gaussian_kernel",
    "kernel_from_image",
    "motion_kernel",
    "observed_from_hole",
    "random_mask",
]
