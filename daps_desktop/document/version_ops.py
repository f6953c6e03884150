"""What versions have in common, and how they are combined."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from daps_desktop.document.version import Version
from daps_desktop.imaging.mask import Mask, bounding_box
from daps_desktop.imaging.photo import Photo, Pixels, compose
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.settings import SolverSettings

_STRIP = 2**22  # values handled at a time, so that a large photo takes little memory
_SEEDS = 2**63  # seeds stay below


def differ_only_in_seed(version: Version, versions: Sequence[Version]) -> list[Version]:
    """The results of runs that differ from `version` in their seed alone; it may be one of them."""
    return [
        other
        for other in versions
        if other.report is not None
        and without_seed(other.recipe) == without_seed(version.recipe)
        and _same_mask(other.mask, version.mask)
        and other.photo.pixels.shape == version.photo.pixels.shape
    ]


def samples_of(version: Version, versions: Sequence[Version]) -> list[Version]:
    """The samples of what `version` was made for, whether it is itself a sample, the safest or painted."""
    return differ_only_in_seed(replace(version, recipe=with_seed(version.recipe, 0)), versions)


def without_seed(recipe: Recipe) -> Recipe:
    return replace(recipe, settings=replace(recipe.settings, seed=0))


def with_seed(recipe: Recipe, seed: int) -> Recipe:
    """The same for one draw with that seed."""
    return replace(recipe, settings=replace(recipe.settings, output="sample", samples=1, seed=seed))


def new_seeds(used: Sequence[SolverSettings], count: int) -> list[int]:
    """The next seeds that are unused."""
    first = max((settings.seed for settings in used), default=-1) + 1
    return [(first + i) % _SEEDS for i in range(count)]


def mean_photo(versions: Sequence[Version]) -> Photo:
    """The mean of results of the same shape, rounded at their full depth.

    What is the same in all of them, as everything outside a mask that was filled in, stays bit for bit.
    """
    first = versions[0].photo
    pixels = np.empty_like(first.pixels)
    for rows in _strips(first):
        total = np.zeros(pixels[rows].shape)
        for version in versions:
            total += version.photo.pixels[rows]
        pixels[rows] = np.rint(total / len(versions))
    return first.with_pixels(pixels)


def standard_deviation(versions: Sequence[Version], side: int) -> NDArray[np.float32]:
    """How far results of the same shape lie apart: (h, w), their std in grey levels of 0-255.

    Computed on copies of at most `side` pixels, averaged over areas, so that what differs is what can be
    seen and not each grain; the RMS over the channels.
    """
    small = [reduced_to(version.photo.pixels, side) for version in versions]
    levels = 255 / versions[0].photo.white
    return np.sqrt(np.var(np.stack(small) * levels, axis=0, ddof=1).mean(axis=2)).astype(np.float32)


def composite(target: Version, source: Version, layer: Mask) -> Photo:
    """The target with the source where the layer says so.

    The layer is (H, W) of the original photo, of which both versions are the same multiple.
    """
    scale = target.photo.height // layer.shape[0]
    marked = bounding_box(layer)
    inside = layer[marked.slices].repeat(scale, axis=0).repeat(scale, axis=1)
    part = scaled_up(marked, scale).slices
    pixels = target.photo.pixels.copy()
    pixels[part] = compose(pixels[part], source.photo.pixels[part], inside)
    return target.photo.with_pixels(pixels)


def scaled_up(rect: Rect, scale: int) -> Rect:
    """The same part of a picture that is `scale` times as large."""
    return Rect(rect.top * scale, rect.left * scale, rect.bottom * scale, rect.right * scale)


def reduced_to(pixels: Pixels, side: int) -> NDArray[np.float32]:
    """(h, w, C) means over squares, neither side longer than `side`; the last squares may be narrower."""
    height, width, _ = pixels.shape
    step = max(-(-max(height, width) // side), 1)
    rows = [_reduced_rows(pixels[top : top + step], step) for top in range(0, height, step)]
    return np.stack(rows)


def _reduced_rows(strip: Pixels, step: int) -> NDArray[np.float32]:
    """One row of means over `step` columns and all rows of a strip."""
    sums = strip.astype(np.float32).sum(axis=0)
    starts = np.array(range(0, strip.shape[1], step), dtype=np.int64)
    counts = np.diff(np.append(starts, strip.shape[1])) * strip.shape[0]
    return np.add.reduceat(sums, starts, axis=0) / counts[:, None].astype(np.float32)


def _strips(photo: Photo) -> Iterator[slice]:
    """Rows that are handled together."""
    rows = max(_STRIP // photo.pixels[0].size, 1)
    return (slice(top, top + rows) for top in range(0, photo.height, rows))


def _same_mask(a: Mask | None, b: Mask | None) -> bool:
    if a is None or b is None:
        return a is b
    return a is b or np.array_equal(a, b)
