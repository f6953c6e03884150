"""Answers find their sender, and no one else."""

from daps_desktop.jobs.messages import Cancelled, Failed, Message
from daps_desktop.jobs.requests import EstimateRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from tests.fakes.hosts import FakeHost, progress_of


def asked(job_id: str) -> EstimateRequest:
    return EstimateRequest(job_id, 4, 5, Task(()), SolverSettings())


def test_each_answer_reaches_the_one_who_asked_until_the_last() -> None:
    host, first, second = FakeHost(), list[Message](), list[Message]()
    host.router.submit(asked("a"), first.append)
    host.router.submit(asked("b"), second.append)
    host.say(progress_of("b", 1))
    host.say(Cancelled("a"))
    host.say(Cancelled("a"))  # said already
    host.say(Failed("nobody's", "bug", {}))
    assert first == [Cancelled("a")] and second == [progress_of("b", 1)]


def test_the_next_request_may_be_sent_while_the_last_answer_is_taken() -> None:
    host, heard = FakeHost(), list[Message]()

    def again(message: Message) -> None:
        heard.append(message)
        if len(heard) == 1:
            host.router.submit(asked("a"), again)

    host.router.submit(asked("a"), again)
    host.say(Cancelled("a"))
    host.say(Failed("a", "bug", {}))
    assert heard == [Cancelled("a"), Failed("a", "bug", {})]
