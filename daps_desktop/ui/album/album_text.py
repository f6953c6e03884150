"""What the album's window says of its photos."""

from contextlib import suppress

from daps_desktop.album.model import (
    DONE,
    FAILED,
    FOUND,
    FROM_FILE,
    SAVING,
    SKIPPED,
    WAITING,
    Album,
    AlbumItem,
)
from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, capitalised, join_list, join_sentences, ntr, tr
from daps_desktop.jobs.damage_text import parse_damage
from daps_desktop.jobs.verdict import Agreement, Repair, Verdict
from daps_desktop.ui.common import verdict_text
from daps_desktop.ui.panels.damage_cards import done
from daps_desktop.ui.results.version_text import damage_texts, setting_texts

RUNNING = N_("Running")
STATES = {
    WAITING: N_("Waiting"),
    SAVING: N_("Saving"),
    DONE: N_("Done"),
    FAILED: N_("Failed"),
    SKIPPED: N_("Skipped"),
}
MARKS = {FROM_FILE: N_("from a file"), FOUND: N_("detected automatically"), "": N_("none")}


def format_progress(album: Album) -> str:
    """How many are done, and how many not, as text."""
    if not album.rows:
        return tr("Add the photos that are to be restored.")
    words = [
        ntr("{done} of {count} photo done", "{done} of {count} photos done", len(album.rows)).format(
            done=album.count(DONE), count=len(album.rows)
        )
    ]
    if album.put_aside:
        words.append(tr("{count} put aside for a look").format(count=album.put_aside))
    if album.count(FAILED):
        words.append(tr("{count} failed").format(count=album.count(FAILED)))
    if album.count(SKIPPED):
        words.append(tr("{count} skipped").format(count=album.count(SKIPPED)))
    return capitalised(join_list(words))


def format_recipe(album: Album) -> str:
    """What is done to each; of what each photo asks for itself it is not known yet."""
    told = [] if album.suggested else damage_texts(album.recipe)
    return capitalised(join_list([*told, *setting_texts(album.recipe.settings)]))


def format_verdict(item: AlbumItem) -> str:
    """The sentence on a result; nothing while there is none."""
    if not (item.agreement or item.repair):
        return ""
    agreement = Agreement(item.agreement) if item.agreement else None
    repair = Repair(item.repair) if item.repair else None
    verdict = Verdict(
        agreement, item.residual, item.redrawn, repair=repair, places=item.traces, repaired=item.repaired
    )
    told = verdict_text.format_verdict(verdict)
    return join_sentences(told, tr("Look at it.")) if item.to_look_at else told


def format_marks(item: AlbumItem, album: Album) -> str:
    """Where the marks came from, or how many were found, if any were asked for."""
    if item.state not in (DONE, SAVING) or not (album.suggested or album.recipe.task.needs_mask):
        return ""
    if item.marks == FOUND and item.places:
        return ntr("{count} place", "{count} places", item.places).format(count=item.places)
    return tr(MARKS[item.marks])


def item_note(item: AlbumItem, album: Album) -> str:
    """Why it failed, or what was undone, and what else is to be known."""
    words = [capitalised(join_list(_undone(item)))] if item.state == DONE and album.suggested else []
    if item.state == DONE and not album.suggested and album.recipe.task.needs_mask and not item.marks:
        words.append(tr("Nothing was marked: only what damages the whole photo was undone."))
    return join_sentences(*words, item.reason)


def _undone(item: AlbumItem) -> list[str]:
    words: list[str] = []
    for spelling in item.undone:
        with suppress(UserError):  # of a later version
            words.append(done(parse_damage(spelling)))
    return words
