"""What the system says of files and drives, to be translated where it is a common thing."""

import errno

from daps_desktop.base.i18n import N_, Phrase, phrase, words_of

_WORDS = {
    errno.ENOSPC: N_("no space left on the drive"),
    errno.EDQUOT: N_("no space left on the drive"),
    errno.EACCES: N_("permission denied"),
    errno.EPERM: N_("permission denied"),
    errno.EROFS: N_("the drive is read-only"),
    errno.ENAMETOOLONG: N_("the name is too long"),
    errno.ENOENT: N_("no such file or folder"),
    errno.EIO: N_("the drive reports an error"),
}


def describe_os_error(error: OSError) -> Phrase | str:
    """In few words, for the detail of a sentence."""
    known = _WORDS.get(error.errno or 0)
    told: object = error.strerror or words_of(error)
    return phrase(known) if known else told if isinstance(told, Phrase) else str(told).lower()
