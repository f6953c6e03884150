"""The photos of a run: those to learn from, and those held out that show how good it is."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from daps_desktop.base.errors import UserError
from daps_desktop.base.files import save_errors
from daps_desktop.training.data.photos import (
    PhotoFile,
    Pixels8,
    Sized,
    decode_all,
    find_photos,
    load_rgb,
    photo_sizes,
    sample_to_fit,
)
from daps_desktop.training.loop.recipe import SHORTEST
from daps_desktop.training.loop.settings import RunSettings
from daps_desktop.training.loop.validation import SIDE, centre_crop

MAX_HELD_OUT = 12  # photos
HELD_OUT_EVERY = 5  # th photo, or more seldom
_MAX_BYTES, _DISK_SHARE = 8 * 2**30, 1 / 2  # of decoded photos, and of the free disk they may take


@dataclass(frozen=True, slots=True)
class RunData:
    """`photos` are mapped from disk; `clean` are crops (256, 256, 3) of those held out."""

    photos: list[Pixels8]
    clean: list[Pixels8]
    held_out: tuple[str, ...]  # their places
    found: int  # files that look like pictures
    broken: int  # of them cannot be read
    small: int  # of them are smaller than a patch
    crowded: int  # of them the disk has no room for


def load_data(settings: RunSettings) -> RunData:
    """The photos of a run, decoded into its folder. What was held out stays so when the run is continued.

    Raises: UserError where there are too few photos to learn from and to measure on.
    """
    run = Path(settings.out)
    with save_errors(run):
        run.mkdir(parents=True, exist_ok=True)
        room = min(_MAX_BYTES, int(shutil.disk_usage(run).free * _DISK_SHARE))
    files = find_photos(settings.photos)
    sizes = photo_sizes(files)
    usable = [(f, size) for f, size in zip(files, sizes, strict=True) if size and min(size) >= SHORTEST]
    held_out = () if settings.validation else settings.held_out or _choose_held_out(usable)
    learn = [(file, size) for file, size in usable if file.place not in held_out]
    chosen = sample_to_fit(learn, room, settings.recipe.seed)
    photos = decode_all([file for file, _ in chosen], run)
    clean = _crops(_validation_files(settings, files, held_out))
    if not photos or not clean:
        raise UserError("photos_few", path=settings.photos[0], count=len(usable), side=SIDE)
    return RunData(
        photos,
        clean,
        held_out,
        found=len(files),
        broken=sizes.count(None) + len(chosen) - len(photos),
        small=len(files) - len(usable) - sizes.count(None),
        crowded=len(learn) - len(chosen),
    )


def _choose_held_out(usable: Sequence[Sized]) -> tuple[str, ...]:
    """Spread over the photos in their order: neighbours were often taken together."""
    large = [file.place for file, size in usable if min(size) >= SIDE]
    every = max(HELD_OUT_EVERY, -(-len(large) // MAX_HELD_OUT))
    return tuple(large[::every]) if len(large) > 1 else ()


def _validation_files(
    settings: RunSettings, files: Sequence[PhotoFile], held_out: Sequence[str]
) -> list[PhotoFile]:
    if settings.validation:
        return find_photos([settings.validation])
    return [file for file in files if file.place in held_out]


def _crops(files: Sequence[PhotoFile]) -> list[Pixels8]:
    crops: list[Pixels8] = []
    for file in files:
        photo = load_rgb(file)
        if photo is not None and min(photo.shape[:2]) >= SIDE:
            crops.append(centre_crop(photo))
        if len(crops) == MAX_HELD_OUT:
            break
    return crops
