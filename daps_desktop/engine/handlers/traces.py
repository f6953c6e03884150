"""Whether a repair succeeded: a look at the result, in and around the marks that were filled in."""

import logging
from functools import partial

import cv2
import numpy as np

from daps_desktop.analysis.finding.traces import places_to_mend
from daps_desktop.analysis.noise import measure_noise
from daps_desktop.analysis.picture_area import without_hidden
from daps_desktop.analysis.tone import find_tone
from daps_desktop.base.errors import UserError
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.imaging.resize import resize
from daps_desktop.imaging.soft_edge import outer_extent
from daps_desktop.jobs.report import Trace
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.networks.finder import DamageFinder, Probabilities
from daps_desktop.networks.loader import open_finder
from daps_desktop.restoration.progress import ProgressReporter

_log = logging.getLogger(__name__)


def look_for_traces(job: RestoreRequest, result: Photo, progress: ProgressReporter) -> Trace | None:
    """None where nothing was to be filled in, or nothing can look; the repair stands either way.

    Raises: JobCancelledError.
    """
    photo, task = job.photo, job.task
    if job.mask is None or not task.needs_mask or not task.in_image_domain:
        return None
    try:
        finder = open_finder(job.settings.device)
        seen = without_hidden(photo.pixels, photo.alpha)
        small = resize(result, photo.height, photo.width)
        profile = job.profile
        places = places_to_mend(
            seen,
            without_hidden(small.pixels, small.alpha),
            outer_extent(job.mask, job.settings.soft_edge if task.only_fills_mask else 0),
            partial(_look, finder, progress),
            profile.tone if profile else find_tone(seen),
            profile.noise if profile else measure_noise(seen),
            job.refused,
        )
    except (UserError, RuntimeError, MemoryError):  # the files, the memory, the card
        _log.warning("nobody looked at the repair", exc_info=True)
        progress.notice("trace_unseen")
        return None
    repaired = cv2.connectedComponents(job.mask.astype(np.uint8), connectivity=8)[0] - 1
    return Trace(repaired, places)


def _look(finder: DamageFinder, progress: ProgressReporter, pixels: Pixels, where: Mask) -> Probabilities:
    return finder.probabilities(pixels, lambda _: progress.check(), where)
