"""What a version is called, and how it was made, in plain words."""

from daps_desktop.base.i18n import N_, capitalised, join_list, ntr, tr
from daps_desktop.document.version import Version, verdict_on
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.ui.common import formatting, labels, verdict_text
from daps_desktop.ui.panels import damage_cards

DAMAGE_TYPES = {"safest": N_("safest"), "sample": N_("sample"), "painted": N_("painted")}


def version_title(version: Version) -> str:
    """What stands below its small picture."""
    return f"{version.number}  {version.name or tr(DAMAGE_TYPES[version.kind])}"


def description(version: Version) -> str:
    """How it was made, one thing a line."""
    lines = [version_title(version), capitalised(join_list(damage_texts(version.recipe)))]
    lines.append(capitalised(join_list(setting_texts(version.recipe.settings))))
    verdict = verdict_on(version)
    if version.report is None or verdict is None:
        lines.append(tr("Combined from other versions."))
        return "\n".join(lines)
    time = tr("Took {time}.").format(time=formatting.duration(version.report.seconds_total))
    return "\n".join([*lines, time, verdict_text.format_verdict(verdict)])


def damage_texts(recipe: Recipe) -> list[str]:
    """What was undone."""
    return [damage_cards.done(damage) for damage in recipe.task.damages]


def setting_texts(settings: SolverSettings) -> list[str]:
    """How thoroughly, and where chance comes in."""
    name, _ = labels.QUALITIES.get(settings.preset, (settings.preset, ""))
    words = [tr("quality: {name}").format(name=tr(name))]
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
