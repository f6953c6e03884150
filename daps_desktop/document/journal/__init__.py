"""The journal: all that was done to a photo since it was last saved, kept for the case of a power cut.

One folder for each open document, private and locked for as long as the program lives that writes it:

    journal            records, each with its length and checksum, only ever appended to
    photo.png          a copy of the photo, where it is not too large or came from no file
    original.hole.png  the marks on the photo outside of its frame, too, where it has one
    version-3.png      the pixels of version 3; version-3.hole.png and version-3.map.png as in a project

A record that a crash tore is the end of the journal; what stands before it is whole.

May import: `document.project` and below.
"""

from daps_desktop.document.journal.records import JournalHeader, journal_folder
from daps_desktop.document.journal.recovery import (
    RecoveredWork,
    UnsavedWork,
    discard,
    lock_folder,
    recover,
    unsaved_work,
)
from daps_desktop.document.journal.writer import Journal

__all__ = [
    "Journal",
    "JournalHeader",
    "RecoveredWork",
    "UnsavedWork",
    "discard",
    "journal_folder",
    "lock_folder",
    "recover",
    "unsaved_work",
]
