"""Pictures of a project, which together take no more memory than a file of its size plausibly contains."""

import zipfile

from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.formats.png_codec import decoded_size

# Pictures may unpack to this many times the file, and this much besides: a flat one packs tighter than 100.
_MAX_GAIN, _ALWAYS_ALLOWED = 100, 128 * 2**20


def least_size(unfolded: int) -> int:
    """Bytes that a file must have for its pictures to take a plausible `unfolded` bytes of memory."""
    return -(-max(unfolded - _ALWAYS_ALLOWED, 0) // _MAX_GAIN)


class PictureReader:
    """Reads pictures, which together may take no more memory than a file of that size plausibly holds."""

    def __init__(self, archive: zipfile.ZipFile, file_size: int) -> None:
        self._archive, self._file_size = archive, file_size
        self._used = 0

    def picture(self, name: str) -> bytes:
        """A picture of the zip, which must lie there as it is, so that it is no larger than the file.

        Raises: ValueError, and KeyError where there is none.
        """
        info = self._archive.getinfo(name)
        if info.compress_type != zipfile.ZIP_STORED or info.file_size > self._file_size:
            raise ValueError(phrase(N_("{name} is not stored as this program stores it"), name=name))
        data = self._archive.read(info)
        self._used += decoded_size(data)
        if self._file_size < least_size(self._used):
            raise ValueError(phrase(N_("it would unpack to more than it can plausibly contain")))
        return data
