"""Jobs run in this process, with a line of progress; Ctrl+C is heard at once."""

import os
import sys
import threading
import time
import uuid

from daps_desktop.album.item_job import Answer, StoppedError, answer
from daps_desktop.base.i18n import tr
from daps_desktop.cli.common import EXIT_INTERRUPTED, duration, print_status
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.jobs.messages import (
    Failed,
    FindResult,
    Message,
    Notice,
    ProfileResult,
    Progress,
    notice_text,
)
from daps_desktop.jobs.proposals import Proposals
from daps_desktop.jobs.requests import FindRequest, ProfileRequest, Request
from daps_desktop.jobs.settings import Device

LINE_EVERY_S = 5.0  # progress where stderr is a file; a terminal sees one line that changes


def run_local(job: Request, cancel: threading.Event | None = None) -> Message:
    """The last message of the job, which is given up once `cancel` is set.

    The engine has a thread of its own, so that Ctrl+C is heard at once.
    Raises: KeyboardInterrupt. Only this thread writes files, so nothing is half-written when it does.
    """
    from daps_desktop.engine.dispatch import run_job  # imports torch, which no other command should wait for

    line, ending = _ProgressLine(), []
    cancel, ended = cancel or threading.Event(), threading.Event()

    def hear(message: Message) -> None:
        match message:
            case Progress():
                line.show(message)
            case Notice():
                line.clear()
                print_status(str(notice_text(message.code, **message.params)))
            case _:
                ending.append(message)
                ended.set()

    thread = threading.Thread(target=run_job, args=(job, cancel, hear), daemon=True)
    thread.start()
    try:
        # Not thread.join: before Python 3.13 an interrupted join takes the thread for finished.
        while not ended.wait(0.1):
            pass
    except KeyboardInterrupt:
        cancel.set()
        if not ended.wait(0.5):  # deep inside one long operation, which cannot be interrupted
            os._exit(EXIT_INTERRUPTED)
        thread.join()
        raise
    finally:
        line.clear()
    thread.join()
    return ending[0]


def find_damage(photo: Photo, device: Device) -> Proposals:
    """What looks like damage in the photo. Raises: UserError, KeyboardInterrupt."""
    return _answer(FindRequest(uuid.uuid4().hex, photo, device), FindResult).proposals


def profile_of(photo: Photo) -> PhotoProfile:
    """What the photo says of itself. Raises: UserError, KeyboardInterrupt."""
    return _answer(ProfileRequest(uuid.uuid4().hex, photo), ProfileResult).profile


def _answer(request: Request, kind: type[Answer]) -> Answer:
    message = run_local(request)
    if isinstance(message, Failed) and message.code == "bug":
        print(message.details, file=sys.stderr)
    try:
        return answer(message, kind)
    except StoppedError:
        raise KeyboardInterrupt from None


class _ProgressLine:
    """Share done and time left, on stderr."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._shown = 0.0

    def show(self, progress: Progress) -> None:
        if not self._terminal and time.monotonic() - self._shown < LINE_EVERY_S:
            return
        self._shown = time.monotonic()
        text = f"{progress.fraction:4.0%}"
        if progress.seconds_left is not None:
            text += tr(", about {time} left").format(time=duration(progress.seconds_left))
        print(
            f"\r{text:<40}" if self._terminal else text,
            end="" if self._terminal else "\n",
            file=sys.stderr,
            flush=True,
        )

    def clear(self) -> None:
        if self._terminal and self._shown:
            print(f"\r{'':<40}\r", end="", file=sys.stderr, flush=True)
