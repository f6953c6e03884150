"""What looks like damage in a photo: the answer to a FindRequest."""

from dataclasses import replace

from daps_desktop.analysis.blur import estimate_blur
from daps_desktop.analysis.finding.infrared import infrared_damage
from daps_desktop.analysis.finding.judgement import judged
from daps_desktop.analysis.finding.pieces import pieces
from daps_desktop.analysis.picture_area import without_hidden
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.messages import FindResult
from daps_desktop.jobs.proposals import Proposals
from daps_desktop.jobs.requests import FindRequest
from daps_desktop.jobs.settings import Device
from daps_desktop.networks.loader import open_finder
from daps_desktop.restoration.plan import spare_scale
from daps_desktop.restoration.progress import ProgressReporter

_LARGE = 12_000_000  # pixels: of fewer, fine dust on soft content is worth the time


def handle(request: FindRequest, progress: ProgressReporter) -> FindResult:
    """Raises: as `find_damage`."""
    return FindResult(request.job_id, find_damage(request.photo, request.device, progress))


def find_damage(photo: Photo, device: Device, progress: ProgressReporter) -> Proposals:
    """What is dark in the scan's infrared channel, where that tells, else what looks like damage.

    What is transparent is none.

    Raises: JobCancelledError; UserError where the finder or the device cannot serve.
    """
    progress.check()
    pixels = without_hidden(photo.pixels, photo.alpha)
    hidden = None if photo.alpha is None else photo.alpha == 0
    seen = photo.infrared
    dark = None if seen is None else infrared_damage(pixels, seen, progress.share)
    if dark is not None:
        return replace(pieces(dark, hidden, progress.check), infrared=True)
    probability = open_finder(device).probabilities(pixels, progress.share, finest=_finest_scale(photo))
    return judged(pixels, probability, pieces(probability, hidden, progress.check), progress.check)


def _finest_scale(photo: Photo) -> int:
    """A large scan is looked at where its detail is: that of a small soft print would take minutes."""
    if photo.height * photo.width < _LARGE:
        return 1
    return spare_scale(estimate_blur(photo.pixels, photo.alpha) or 0.0)
