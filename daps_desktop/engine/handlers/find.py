"""What looks like damage in a photo: the answer to a FindRequest."""

from daps_desktop.analysis.pieces import pieces
from daps_desktop.jobs.messages import FindResult
from daps_desktop.jobs.requests import FindRequest
from daps_desktop.networks.loader import open_finder
from daps_desktop.restoration.progress import ProgressReporter


def handle(request: FindRequest, progress: ProgressReporter) -> FindResult:
    """Raises: JobCancelledError; UserError where the finder or the device cannot serve."""
    progress.check()
    probability = open_finder(request.device).probabilities(request.photo.pixels, progress.share)
    return FindResult(request.job_id, pieces(probability))
