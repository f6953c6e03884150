"""A photo restored: the answer to a RestoreRequest."""

from importlib.metadata import version

from daps_desktop import __version__
from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.engine.handlers.traces import look_for_traces
from daps_desktop.jobs.damage_text import format_damage
from daps_desktop.jobs.messages import RestoreResult
from daps_desktop.jobs.report import Report
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.networks.loader import open_prior
from daps_desktop.networks.runtime.devices import peak_memory_mb
from daps_desktop.restoration.progress import ProgressReporter
from daps_desktop.restoration.recolour import with_curves
from daps_desktop.restoration.run import restore


def handle(request: RestoreRequest, progress: ProgressReporter) -> RestoreResult:
    """Raises: UserError where the request cannot be carried out; JobCancelledError."""
    return with_curves(request, lambda rest: _restored(rest, progress), progress)


def _restored(job: RestoreRequest, progress: ProgressReporter) -> RestoreResult:
    _check(job)
    settings = job.settings
    prior = open_prior(settings)
    if job.prior_sha256 not in ("", prior.card.sha256):
        raise UserError("prior_other", name=prior.card.name)
    progress.check()
    result = restore(job, prior, progress)
    trace = look_for_traces(job, result.photo, progress)
    report = Report(
        evaluations=progress.evaluations,
        seconds_total=progress.seconds,
        seconds_denoiser=progress.seconds_denoiser,
        peak_memory_mb=peak_memory_mb(prior.network.device),
        noise_level=result.noise,
        residual_over_noise=result.residual_over_noise,
        device=str(prior.network.device),
        seed=settings.seed,
        prior=prior.card.name,
        prior_sha256=prior.card.sha256,
        preset=settings.preset,
        method=settings.method,
        output=settings.output,
        damage=[format_damage(d) for d in job.task.damages],
        versions={
            "daps-desktop": __version__,
            **{name: version(name) for name in ("torch", "numpy")},
            **prior.network.versions,
        },
        steps=progress.steps,
        notices=[notice.code for notice in progress.notices],
        blur=result.blur,
        trace=trace,
    )
    return RestoreResult(job.job_id, result.photo, report, result.residual_map)


def _check(job: RestoreRequest) -> None:
    """Raises: UserError where the request cannot be carried out as it stands."""
    marked = job.mask is not None and bool(job.mask.any())
    job.task.check_mask(marked)
    if job.mask is not None and job.mask.all():
        raise UserError("mask_whole")
    if not job.task.damages:
        raise UserError("nothing_chosen")
    if job.settings.samples > 1 and job.settings.output == "sample":
        raise UserError(
            "setting_value",
            name="samples",
            detail=phrase(N_("several samples are averaged, which is `safest`")),
        )
