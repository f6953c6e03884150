"""Photographs to measure on: those that come with scikit-image, and those of an archive."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray
from skimage import data

from daps_desktop.training.photos import find_photos
from daps_desktop.training.trials import centre
from tests.benchmarks.options import Options


@dataclass(frozen=True, slots=True)
class Picture:
    """`pixels` is (H, W, 3) uint8; `source` says which collection it belongs to."""

    source: str
    name: str
    pixels: NDArray[np.uint8]


_BUNDLED = {  # the colour photographs whose files are part of the package; all others would be downloaded
    "astronaut": data.astronaut,
    "coffee": data.coffee,
    "chelsea": data.chelsea,
    "rocket": data.rocket,
    "motorcycle": lambda: data.stereo_motorcycle()[0],
}


def pictures(options: Options) -> Iterator[Picture]:
    """Up to `limit` bundled photos, then up to `limit` of the archive, each decoded when it is its turn.

    Raises: UserError photo_missing where there is no such archive.
    """
    most = options.limit or None
    for picture in chain(islice(_bundled(), most), islice(_archived(options), most)):
        yield Picture(picture.source, picture.name, _cut(picture.pixels, options.crop))


def _bundled() -> Iterator[Picture]:
    for name, load in _BUNDLED.items():
        yield Picture("bundled photos", name, np.asarray(load())[..., :3])


def _archived(options: Options) -> Iterator[Picture]:
    if options.photos is None:
        return
    for i, file in enumerate(find_photos([options.photos])):
        with file.open() as image:
            yield Picture(options.photos.stem, f"{options.photos.stem} {i}", np.asarray(image.convert("RGB")))


def _cut(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    return centre(pixels, side) if side else pixels
