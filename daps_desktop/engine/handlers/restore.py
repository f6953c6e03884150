"""A photo restored: the answer to a JobRequest."""

from importlib.metadata import version

from daps_desktop import __version__
from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import tr
from daps_desktop.jobs.damage_text import format_damage
from daps_desktop.jobs.messages import Finished
from daps_desktop.jobs.report import Report
from daps_desktop.jobs.requests import JobRequest
from daps_desktop.networks.loader import open_prior
from daps_desktop.networks.runtime.devices import peak_memory_mb
from daps_desktop.restoration.progress import Watch
from daps_desktop.restoration.recolour import recoloured
from daps_desktop.restoration.run import restore


def handle(request: JobRequest, watch: Watch) -> Finished:
    """Raises: UserError where the request cannot be carried out; StoppedError."""
    return recoloured(request, lambda rest: _restored(rest, watch))


def _restored(job: JobRequest, watch: Watch) -> Finished:
    _check(job)
    settings = job.settings
    prior = open_prior(settings)
    if job.prior_sha256 not in ("", prior.card.sha256):
        raise UserError("prior_other", name=prior.card.name)
    watch.check()
    result = restore(job, prior, watch)
    report = Report(
        evaluations=watch.evaluations,
        seconds_total=watch.seconds,
        seconds_denoiser=watch.seconds_denoiser,
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
        steps=watch.steps,
        notices=[notice.code for notice in watch.notices],
    )
    return Finished(job.job_id, result.photo, report, result.residual_map)


def _check(job: JobRequest) -> None:
    """Raises: UserError where the request cannot be carried out as it stands."""
    marked = job.hole is not None and bool(job.hole.any())
    job.task.check_mask(marked)
    if job.hole is not None and job.hole.all():
        raise UserError("mask_whole")
    if not job.task.damages:
        raise UserError("nothing_chosen")
    if job.settings.samples > 1 and job.settings.output == "sample":
        raise UserError(
            "setting_value", name="samples", detail=tr("several samples are averaged, which is `safest`")
        )
