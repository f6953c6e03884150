"""What the system says of files and drives, in the language of the user where it is a common thing."""

import errno

from daps_desktop.base.i18n import mark, tr

_WORDS = {
    errno.ENOSPC: mark("no space left on the drive"),
    errno.EDQUOT: mark("no space left on the drive"),
    errno.EACCES: mark("permission denied"),
    errno.EPERM: mark("permission denied"),
    errno.EROFS: mark("the drive is read-only"),
    errno.ENAMETOOLONG: mark("the name is too long"),
    errno.ENOENT: mark("no such file or folder"),
    errno.EIO: mark("the drive reports an error"),
}


def said_by_system(error: OSError) -> str:
    """In few words, for the detail of a sentence."""
    words = _WORDS.get(error.errno or 0)
    return tr(words) if words else (error.strerror or str(error)).lower()
