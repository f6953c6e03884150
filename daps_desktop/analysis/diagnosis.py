"""What is wrong with a photo as far as the photo itself says so: suggestions, each with its reason."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from daps_desktop.analysis.blur import estimate_blur
from daps_desktop.analysis.fading import measure_fading
from daps_desktop.analysis.jpeg_quality import quality_from_pixels, quality_from_tables
from daps_desktop.analysis.noise import estimate_noise
from daps_desktop.analysis.picture_area import without_hidden
from daps_desktop.analysis.scratches.detect import find_scratches
from daps_desktop.base.i18n import N_, Phrase, phrase
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.jobs.damage import (
    Damage,
    Fading,
    GaussianBlur,
    Greyscale,
    JpegCompression,
    MissingPixels,
    Noise,
)
from daps_desktop.jobs.damage_traits import TRAITS
from daps_desktop.jobs.proposals import DEFAULT, above_threshold

_LOOKED_AT = 500_000  # pixels of the copy in which scratches are counted
_WINDOWS, _SIDE = 6, 448  # the middle of each cell of such a grid is looked at where the photo is larger
_NOISY = 6.0  # grey levels
_BLURRED = 1.2  # pixels: a photo of 0.8 is sharp, and a quarter of a pixel is doubt
_COARSE = 70  # JPEG quality below which blocks are seen
_PALE = 0.35  # contrast below, as fog has more,
_FADED, _LIFTED = 0.64, 0.05  # or this and a black above, where there is a cast
_CAST, _SHARED = 0.15, 0.8  # of what should be grey, and of the photo that has its part of it
_GREY = 2  # grey levels between the channels
_SCRATCHES = 2  # places: a single one may be a wire


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One damage with the value found, why, and how clearly it shows: 0 hardly to 1 beyond doubt."""

    damage: Damage
    reason: Phrase
    strength: float


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The clearest first; empty where nothing shows."""

    suggestions: tuple[Suggestion, ...] = ()


def diagnose(photo: Photo) -> Diagnosis:
    """What shows in the photo, in under a second: on windows of it, and on a small copy for scratches."""
    parts = _parts(without_hidden(photo.pixels, photo.alpha))
    found = [suggestion for estimate in ESTIMATES.values() if (suggestion := estimate(photo, parts))]
    return Diagnosis(tuple(sorted(found, key=lambda suggestion: -suggestion.strength)))


def needs_restoring(findings: Diagnosis) -> bool:
    """False where nothing shows: colouring a photo would be a wish and not a repair.

    Not to be told that a damaged photo is clean matters more than to be told so of every clean one.
    """
    return any(not TRAITS[type(suggestion.damage)].adds_colour for suggestion in findings.suggestions)


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


def _scratches(photo: Photo, _parts: Pixels) -> Suggestion | None:
    pixels = photo.pixels
    shrink = min(1.0, math.sqrt(_LOOKED_AT / (pixels.shape[0] * pixels.shape[1])))
    small = pixels
    if shrink < 1:
        size = round(pixels.shape[1] * shrink), round(pixels.shape[0] * shrink)
        small = cast(Pixels, cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
        small = small.reshape(size[1], size[0], -1)
    count = len(above_threshold(find_scratches(small), DEFAULT))
    if count < _SCRATCHES:
        return None
    reason = phrase(N_("At first glance {count} places look scratched or dusty"), count=count)
    return Suggestion(MissingPixels(), reason, _share(count, _SCRATCHES, 12))


def _noise(_photo: Photo, parts: Pixels) -> Suggestion | None:
    level = estimate_noise(parts)
    if level < _NOISY:
        return None
    reason = phrase(N_("About {level:.0f} of 255"), level=level)
    return Suggestion(Noise(), reason, _share(level, _NOISY, 14))


def _blur(photo: Photo, _parts: Pixels) -> Suggestion | None:
    told = estimate_blur(photo.pixels, photo.alpha)
    sigma = round(told or 0.0, 1)
    if sigma < _BLURRED:
        return None
    reason = phrase(N_("Edges are about {size:.1f} pixels soft"), size=sigma)
    return Suggestion(GaussianBlur(sigma), reason, _share(sigma, _BLURRED, 2.5))


def _blocks(photo: Photo, parts: Pixels) -> Suggestion | None:
    if photo.jpeg is not None:
        quality, damage = quality_from_tables(photo.jpeg), JpegCompression()
        words = N_("The file was saved at quality {quality} of 100")
    else:
        quality = quality_from_pixels(parts)
        damage = JpegCompression(quality or 0)
        words = N_("The photo was once saved as JPEG at quality {quality} of 100")
    if quality is None or quality > _COARSE:
        return None
    reason = phrase(words, quality=quality)
    return Suggestion(damage, reason, _share(100 - quality, 100 - _COARSE, 80))


def _fading(photo: Photo, _parts: Pixels) -> Suggestion | None:
    """A cast counts where blacks and contrast have suffered with it, as dyes do and a sunset does not."""
    seen = measure_fading(photo.pixels, photo.alpha)
    suffered = not seen.toned and seen.contrast < _FADED and seen.black > _LIFTED and seen.shared > _SHARED
    tinted = _share(seen.cast, _CAST, 0.6) if suffered else 0.0
    pale = _share(1 - seen.contrast, 1 - _PALE, 0.8) if seen.black > _LIFTED else 0.0
    reasons: list[Phrase] = []
    if tinted and seen.yellow:
        words = N_("Yellowed: even light things lack {share:.0%} of their blue")
        reasons.append(phrase(words, share=seen.cast))
    elif tinted:
        words = N_("A colour lies over all of it: what should be grey is {share:.0%} off")
        reasons.append(phrase(words, share=seen.cast))
    if pale:
        words = N_("Pale: only {share:.0%} of the range from black to white is used")
        reasons.append(phrase(words, share=seen.contrast))
    if not reasons:
        return None
    both = phrase(N_("{one}; {other}"), one=reasons[0], other=reasons[-1])
    return Suggestion(Fading(), both if len(reasons) > 1 else reasons[0], max(pale, tinted))


def _grey(photo: Photo, _parts: Pixels) -> Suggestion | None:
    pixels = photo.pixels
    step = max(1, min(pixels.shape[:2]) // 256)
    some = pixels[::step, ::step].astype(np.int64)
    if np.ptp(some, axis=2).max() > _GREY * (np.iinfo(pixels.dtype).max // 255):
        return None
    return Suggestion(Greyscale(), phrase(N_("The photo has no colours")), 0.1)


def _share(value: float, least: float, most: float) -> float:
    """How clearly a value shows: 0 below `least`, then a third and up to 1 at `most`."""
    return 0.0 if value < least else min(1.0, 1 / 3 + 2 / 3 * (value - least) / (most - least))


# What fills in a card: from the photo, and from windows of it. Each kind of damage that is here has a card.
ESTIMATES: dict[type[Damage], Callable[[Photo, Pixels], Suggestion | None]] = {
    MissingPixels: _scratches,
    Noise: _noise,
    GaussianBlur: _blur,
    JpegCompression: _blocks,
    Fading: _fading,
    Greyscale: _grey,
}
