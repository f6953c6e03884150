"""What a version is called, and how it was made, in plain words."""

from daps_desktop.base.i18n import N_, listed, ntr, sentence, tr
from daps_desktop.document.version import Version, verdict_on
from daps_desktop.jobs.damage import (
    Blur,
    CameraBlur,
    Clipped,
    Damage,
    Faded,
    Grey,
    Jpeg,
    Kernel,
    Motion,
    Noise,
    Scratches,
    Small,
)
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.ui.common import formatting, labels, verdict_text

KINDS = {"safest": N_("safest"), "sample": N_("sample"), "painted": N_("painted")}
_PRESETS = {"draft": labels.DRAFT, "balanced": labels.BALANCED, "best": labels.BEST}
_DAMAGES: dict[type[Damage], str] = {
    Scratches: N_("scratches and tears filled in"),
    Blur: N_("sharpened"),
    Motion: N_("camera shake taken back"),
    Kernel: N_("sharpened by a given blur"),
    CameraBlur: N_("sharpened in linear light"),
    Small: N_("made larger"),
    Noise: N_("noise taken away"),
    Jpeg: N_("JPEG blocks taken away"),
    Grey: N_("coloured"),
    Faded: N_("fading taken back"),
    Clipped: N_("highlights taken back"),
}


def title(version: Version) -> str:
    """What stands below its small picture."""
    return f"{version.number}  {version.name or tr(KINDS[version.kind])}"


def story(version: Version) -> str:
    """How it was made, one thing a line."""
    lines = [title(version), sentence(listed(done(version.recipe)))]
    lines.append(sentence(listed(how(version.recipe.settings))))
    verdict = verdict_on(version)
    if version.report is None or verdict is None:
        lines.append(tr("Put together from other versions."))
        return "\n".join(lines)
    time = tr("Took {time}.").format(time=formatting.duration(version.report.seconds_total))
    return "\n".join([*lines, time, verdict_text.verdict_line(verdict)])


def done(recipe: Recipe) -> list[str]:
    """What was undone."""
    return [tr(_DAMAGES.get(type(damage), damage.name)) for damage in recipe.task.damages]


def how(settings: SolverSettings) -> list[str]:
    """How thoroughly, and where chance comes in."""
    words = [tr("quality: {name}").format(name=tr(_PRESETS.get(settings.preset, settings.preset)))]
    if settings.output == "sample":
        words.append(tr("one possibility, seed {seed}").format(seed=settings.seed))
    elif settings.samples > 1:
        words.append(
            ntr("mean of {count} sample", "mean of {count} samples", settings.samples).format(
                count=settings.samples
            )
        )
    else:
        words.append(tr("the average of what could have been there"))
    if settings.noise is not None:
        words.append(tr("noise level {noise:g} of 255").format(noise=settings.noise))
    return words
