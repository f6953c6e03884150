"""How a photo is framed before anything is restored: perspective, quarter turns, mirror, straightening, crop.

May import: the modules of `imaging` below it, `base`, NumPy, OpenCV.
"""

from daps_desktop.imaging.frame.applying import Advance, apply, apply_to_mask, brought_back, no_advance
from daps_desktop.imaging.frame.frame import MAX_ANGLE, Frame, unfit
from daps_desktop.imaging.frame.geometry import LEAST_SIDE, Corners, Matrix, Point, Size, moved, straightening

__all__ = [
    "LEAST_SIDE",
    "MAX_ANGLE",
    "Advance",
    "Corners",
    "Frame",
    "Matrix",
    "Point",
    "Size",
    "apply",
    "apply_to_mask",
    "brought_back",
    "moved",
    "no_advance",
    "straightening",
    "unfit",
]
