"""Every message of the host goes to the sender of the request it is about."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject
from shiboken6 import isValid

from daps_desktop.jobs.messages import Message, ends_job
from daps_desktop.jobs.requests import Request

Receiver = Callable[[Message], None]


class JobHost(Protocol):
    """Where jobs are sent; each is answered by any number of messages, and a last one."""

    def submit(self, request: Request) -> None: ...
    def cancel(self, job_id: str) -> None: ...


class MessageRouter:
    """The one way to the host: it takes a request together with who is to hear of it."""

    def __init__(self, host: JobHost) -> None:
        self._host = host
        self._receivers: dict[str, Receiver] = {}  # by the id of the request

    def submit(self, request: Request, receiver: Receiver) -> None:
        self._receivers[request.job_id] = receiver
        self._host.submit(request)

    def cancel(self, job_id: str) -> None:
        """Its receiver hears of it as of any other last message."""
        self._host.cancel(job_id)

    def handle(self, message: Message) -> None:
        """Take one message of the host."""
        receiver = self._receivers.get(message.job_id)
        if ends_job(message):
            self._receivers.pop(message.job_id, None)
        owner = getattr(receiver, "__self__", None)
        if receiver is None or (isinstance(owner, QObject) and not isValid(owner)):  # who asked has gone
            return
        receiver(message)
