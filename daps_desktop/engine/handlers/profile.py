"""What a photo says of itself: the answer to a ProfileRequest."""

from daps_desktop.analysis.profile import examine
from daps_desktop.jobs.messages import ProfileResult
from daps_desktop.jobs.requests import ProfileRequest
from daps_desktop.restoration.progress import ProgressReporter


def handle(request: ProfileRequest, progress: ProgressReporter) -> ProfileResult:
    """Raises: JobCancelledError."""
    return ProfileResult(request.job_id, examine(request.photo, progress.check))
