"""What a photo says of itself, in one place: every estimate is made here, once, and nowhere else.

But for damaged places, which take a network, and are counted by the engine.
"""

import numpy as np

from daps_desktop.analysis.blur import estimate_blur
from daps_desktop.analysis.fading import measure_fading
from daps_desktop.analysis.jpeg_quality import quality_from_pixels, quality_from_tables
from daps_desktop.analysis.noise import measure_noise
from daps_desktop.analysis.picture_area import without_hidden
from daps_desktop.analysis.prints.search import find_prints
from daps_desktop.analysis.tone import find_tone
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.imaging.profile.photo_profile import PhotoProfile

_WINDOWS, _SIDE = 6, 448  # the middle of each cell of such a grid is looked at where the photo is larger
_GREY = 2  # grey levels between the channels
_SAMPLED = 256  # rows or columns in which colour is looked for


def measure_profile(photo: Photo) -> PhotoProfile:
    """Everything but damaged places; the same for the same photo.

    What needs the photo at its full scale looks at windows of a large one, so that neither time nor memory
    grows with it. What is transparent counts in nothing.
    """
    pixels, alpha = without_hidden(photo.pixels, photo.alpha), photo.alpha
    parts = _parts(pixels)
    from_file = photo.jpeg is not None
    return PhotoProfile(
        noise=measure_noise(pixels),
        tone=find_tone(pixels),
        grey=_is_grey(pixels),
        blur_sigma=estimate_blur(photo.pixels, alpha),
        jpeg_quality=quality_from_tables(photo.jpeg) if photo.jpeg else quality_from_pixels(parts),
        jpeg_from_file=from_file,
        fading=measure_fading(photo.pixels, alpha),
        places=None,
        prints=find_prints(photo.pixels, alpha),
    )


def _parts(pixels: Pixels) -> Pixels:
    """The photo, or windows from all over a large one, side by side; whole blocks of JPEG stay whole."""
    height, width = pixels.shape[:2]
    if height * width <= (_WINDOWS * _SIDE) ** 2:
        return pixels
    tops, lefts = (_starts(n) for n in (height, width))
    return np.concatenate([
        np.concatenate([pixels[t : t + _SIDE, s : s + _SIDE] for s in lefts], axis=1) for t in tops
    ])  # fmt: skip


def _starts(size: int) -> list[int]:
    """Where the windows begin along one side, on the grid of JPEG; fewer where fewer fit."""
    count = min(_WINDOWS, max(size // _SIDE, 1))
    return [int(start) // 8 * 8 for start in np.linspace(0, max(size - _SIDE, 0), count)]


def _is_grey(pixels: Pixels) -> bool:
    step = max(1, min(pixels.shape[:2]) // _SAMPLED)
    some = pixels[::step, ::step]
    spread = some.max(axis=2) - some.min(axis=2)
    return bool(spread.max() <= _GREY * (np.iinfo(pixels.dtype).max // 255))
