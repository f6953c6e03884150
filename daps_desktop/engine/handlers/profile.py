"""What a photo says of itself: the answer to a ProfileRequest."""

import math
from dataclasses import replace

from daps_desktop.analysis.profile import measure_profile
from daps_desktop.base.errors import UserError
from daps_desktop.engine.handlers.find import find_damage
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.photo_profile import FoundPlaces, PhotoProfile
from daps_desktop.imaging.resize import resize
from daps_desktop.jobs.messages import ProfileResult
from daps_desktop.jobs.proposals import DEFAULT
from daps_desktop.jobs.requests import ProfileRequest
from daps_desktop.restoration.progress import ProgressReporter

_LOOKED_AT = 500_000  # pixels of the copy in which damage is counted
_KEENEST = 0.7  # sensitivity
_SPECK = 12  # pixels with their rim: of less, a keen eye sees some in any photo


def handle(request: ProfileRequest, progress: ProgressReporter) -> ProfileResult:
    """Raises: JobCancelledError."""
    return ProfileResult(request.job_id, examine(request.photo, progress))


def examine(photo: Photo, progress: ProgressReporter) -> PhotoProfile:
    """The profile with the places that look damaged. Raises: JobCancelledError."""
    progress.check()
    profile = measure_profile(photo)
    progress.check()
    return replace(profile, places=_count_places(photo, progress))


def _count_places(photo: Photo, progress: ProgressReporter) -> FoundPlaces | None:
    """What the finder sees in a small copy; None where it cannot serve."""
    shrink = min(1.0, math.sqrt(_LOOKED_AT / (photo.height * photo.width)))
    if shrink < 1:
        photo = resize(photo, *(max(1, round(side * shrink)) for side in (photo.height, photo.width)))
    try:
        found = find_damage(photo, "auto", progress)
    except UserError:  # a search that someone asks for says why
        return None
    keen = found.pieces[: found.shown(_KEENEST)]
    return FoundPlaces(found.shown(DEFAULT), sum(piece.pixels >= _SPECK for piece in keen))
