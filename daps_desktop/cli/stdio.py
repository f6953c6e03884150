"""Output that survives its reader: `| head` closes the pipe, and a terminal may lack characters."""

import errno
import io
import os
import sys
from typing import TextIO

# Windows has no signal for a broken pipe, and calls one now this, now that.
_BROKEN_PIPE = (errno.EPIPE, errno.EINVAL) if sys.platform == "win32" else (errno.EPIPE,)


def escape_unencodable(platform: str = sys.platform) -> None:
    """Characters that the stream's encoding lacks, as file names may have, are written as code points.

    On Windows a pipe or a file has the characters of one region alone; there it is given UTF-8, as elsewhere.
    """
    for stream in _streams():
        if isinstance(stream, io.TextIOWrapper):
            encoding = "utf-8" if platform == "win32" and not stream.isatty() else None
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def is_broken_pipe(error: OSError) -> bool:
    """Whether it came of writing to a pipe that no one reads; what follows then goes nowhere."""
    gone = [stream for stream in _streams() if not _is_read(stream)]
    for stream in gone:  # Python says the rest when it ends, and would complain of it
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    return bool(gone) or isinstance(error, BrokenPipeError)


def _is_read(stream: TextIO) -> bool:
    try:
        stream.flush()
    except OSError as error:
        return error.errno not in _BROKEN_PIPE
    return True


def _streams() -> list[TextIO]:
    """A program of Windows without a console has none."""
    streams: tuple[TextIO | None, ...] = (sys.stdout, sys.stderr)
    return [stream for stream in streams if stream is not None]
