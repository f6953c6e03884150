"""What the album's window says of its photos."""

from daps_desktop.album.model import DONE, FAILED, FOUND, FROM_FILE, SAVING, SKIPPED, WAITING, Album, Row
from daps_desktop.base.i18n import N_, listed, ntr, sentence, tr
from daps_desktop.jobs.verdict import Agreement, Verdict
from daps_desktop.ui.common import verdict_text
from daps_desktop.ui.results.version_text import done, how

RUNNING = N_("Running")
STATES = {
    WAITING: N_("Waiting"),
    SAVING: N_("Saving"),
    DONE: N_("Done"),
    FAILED: N_("Failed"),
    SKIPPED: N_("Left out"),
}
MARKS = {FROM_FILE: N_("from a file"), FOUND: N_("found by itself"), "": N_("none")}


def progress_line(album: Album) -> str:
    """How many are done, and how many not, in words."""
    if not album.rows:
        return tr("Add the photos that are to be restored.")
    words = [
        ntr("{done} of {count} photo done", "{done} of {count} photos done", len(album.rows)).format(
            done=album.count(DONE), count=len(album.rows)
        )
    ]
    if album.count(FAILED):
        words.append(tr("{count} failed").format(count=album.count(FAILED)))
    if album.count(SKIPPED):
        words.append(tr("{count} left out").format(count=album.count(SKIPPED)))
    return sentence(listed(words))


def recipe_line(album: Album) -> str:
    return sentence(listed([*done(album.recipe), *how(album.recipe.settings)]))


def verdict_words(row: Row) -> str:
    """The sentence on a result; nothing while there is none."""
    if not row.agreement:
        return ""
    return verdict_text.verdict_line(Verdict(Agreement(row.agreement), row.residual, row.redrawn))


def marks_words(row: Row, album: Album) -> str:
    """Where the marks came from, if the recipe asks for any."""
    wanted = album.recipe.task.needs_mask and row.state in (DONE, SAVING)
    return tr(MARKS[row.marks]) if wanted else ""


def note_on(row: Row, album: Album) -> str:
    if row.state == DONE and album.recipe.task.needs_mask and not row.marks:
        return tr("Nothing was marked: only what damages the whole photo was undone.")
    return ""
