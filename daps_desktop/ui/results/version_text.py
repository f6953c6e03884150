"""What a version is called, and how it was made, in plain words."""

from collections import Counter
from collections.abc import Sequence

from daps_desktop.base.i18n import N_, capitalised, join_list, ntr, tr
from daps_desktop.document.version import Version, verdict_on
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.ui.common import formatting, labels, verdict_text
from daps_desktop.ui.panels import damage_cards

_KINDS = {"safest": "", "sample": N_("sample"), "painted": N_("painted")}


def titles(versions: Sequence[Version]) -> dict[int, str]:
    """What stands below the small pictures, by the versions' numbers: what was done, or a given name.

    Where two would be called the same, all but the first get a number of their own.
    """
    seen: Counter[str] = Counter()
    found: dict[int, str] = {}
    for version in versions:
        title = version.name or _what_was_done(version)
        seen[title] += 1
        found[version.number] = title if seen[title] == 1 else f"{title} ({seen[title]})"
    return found


def _what_was_done(version: Version) -> str:
    """ "Scratches, grain"; with what else distinguishes its kind."""
    words = dict.fromkeys(damage_cards.short(damage) for damage in version.recipe.task.damages)
    title = join_list(filter(None, (*words, tr(_KINDS[version.kind]))))
    return title[:1].upper() + title[1:]


def description(version: Version, title: str) -> str:
    """How it was made, one thing a line."""
    lines = [title, capitalised(join_list(damage_texts(version.recipe)))]
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
