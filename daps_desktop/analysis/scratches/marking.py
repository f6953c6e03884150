"""Marks where nobody is asked about each of them: many photos in a row."""

from daps_desktop.imaging.mask import Hole
from daps_desktop.imaging.photo import Photo


def probable_damage(photo: Photo) -> Hole:
    """The (H, W) hole of what looks like scratches, hairs or dust, at the usual sensitivity."""
    # Imported when it is needed: SciPy and OpenCV would delay a window that may never find anything.
    from daps_desktop.analysis.scratches.detect import find_scratches
    from daps_desktop.jobs.proposals import DEFAULT, hole_of, shown

    return hole_of(shown(find_scratches(photo.pixels), DEFAULT), photo.height, photo.width)
