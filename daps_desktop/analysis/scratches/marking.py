"""Marks where no one is asked about each of them: many photos in a row."""

from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo


def default_scratch_mask(photo: Photo) -> Mask:
    """The (H, W) mask of what looks like scratches, hairs or dust, at the usual sensitivity."""
    # Imported when it is needed: SciPy and OpenCV would delay a window that may never find anything.
    from daps_desktop.analysis.scratches.detect import find_scratches
    from daps_desktop.jobs.proposals import DEFAULT, above_threshold, mask_of

    return mask_of(above_threshold(find_scratches(photo.pixels), DEFAULT), photo.height, photo.width)
