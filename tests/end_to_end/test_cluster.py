"""A folder restored by several processes through a real scheduler, one of them killed in the middle."""

import csv
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from daps_desktop.document.sidecar import read_sidecar
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import MissingPixels, Noise
from daps_desktop.jobs.recipe import Recipe, dump_recipe
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from tests.end_to_end.conftest import Desk
from tests.engine.playing import crop
from tests.fakes.yard import Yard, yard_here

PHOTOS, WORKERS = 8, 2
QUICK = SolverSettings(preset="draft", prior="tiny", device="cpu", noise=5.0)


@pytest.fixture
def yard(desk: Desk, tmp_path: Path) -> Iterator[Yard]:
    yard = Yard(tmp_path / "yard", WORKERS)
    try:
        yield yard
    finally:
        yard.close()


def fill(folder: Path) -> None:
    """Photos a.png to h.png, the first with marks and the last damaged."""
    folder.mkdir()
    for number, name in enumerate("abcdefgh"):
        write_photo(Photo(crop(top=4 * number)), folder / f"{name}.png")
    (folder / "h.png").write_bytes((folder / "h.png").read_bytes()[:900])


def test_ctrl_c_keeps_what_is_done_and_the_next_run_goes_on(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(desk.path("box"))
    desk.path("r.json").write_text(dump_recipe(Recipe(Task((Noise(),)), QUICK)))
    with yard_here(workers=1) as yard:
        interrupter = once_there_is_one(desk.path("out"), lambda: signal.raise_signal(signal.SIGINT))
        assert batch(desk, "out", "--dask", yard.scheduler_address) == 130
        interrupter.join()
        kept = results(desk, "out")
        assert 0 < len(kept) < PHOTOS - 1
        states = [row["state"] for row in table(desk, "out")]
        assert sum(state in ("done", "saving") for state in states) == len(kept)
        assert batch(desk, "out", "--dask", yard.scheduler_address) == 1
    assert f"{len(kept)} of them done before" in capsys.readouterr().err
    assert kept.items() <= results(desk, "out").items() and len(results(desk, "out")) == PHOTOS - 1


def test_without_a_scheduler_nothing_is_started(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    fill(desk.path("box"))
    desk.path("r.json").write_text(dump_recipe(Recipe(Task((Noise(),)), QUICK)))
    assert batch(desk, "out", "--dask", "localhost") == 2
    assert "No scheduler answers at localhost" in capsys.readouterr().err
    assert not desk.path("out").exists()


def batch(desk: Desk, out: str, *words: object) -> int:
    return desk.run("batch", desk.path("box"), "--recipe", desk.path("r.json"), "-o", desk.path(out), *words)


def table(desk: Desk, out: str) -> list[dict[str, str]]:
    with desk.path(f"{out}/album.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def results(desk: Desk, out: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in desk.path(out).glob("*.png")}


def once_there_is_one(out: Path, do: Callable[[], None]) -> threading.Thread:
    """A thread that does it as soon as a result is there."""

    def watch() -> None:
        while not list(out.glob("*.png")):
            time.sleep(0.005)
        do()

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def test_what_a_killed_worker_had_is_done_by_the_others_and_nothing_twice(
    desk: Desk, yard: Yard, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(desk.path("box"))
    (desk.path("box/a_mask.png")).write_bytes(desk.mask.read_bytes())
    desk.path("r.json").write_text(dump_recipe(Recipe(Task((MissingPixels(), Noise())), QUICK)))
    yard.wait(WORKERS)
    killed: list[str] = []
    killer = once_there_is_one(desk.path("out"), lambda: killed.append(yard.kill_a_busy_worker()))
    assert batch(desk, "out", "--dask", yard.address) == 1  # h.png is damaged
    killer.join()
    assert killed and yard.processes[killed[0]].poll() is not None

    rows = table(desk, "out")
    assert [row["state"] for row in rows] == ["done"] * (PHOTOS - 1) + ["failed"]
    assert [row["marks"] for row in rows] == ["file"] + [""] * (PHOTOS - 1)
    assert str(desk.path("box/h.png")) in rows[-1]["reason"] and "incomplete or damaged" in rows[-1]["reason"]
    yard.start_worker("worker-new")
    yard.wait(WORKERS)
    assert not list(yard.room.rglob("*.png"))  # the new worker cleared up after the one that was killed

    # The same as in one process, under the same names, with the same words beside it.
    assert batch(desk, "here") == 1
    assert results(desk, "out") == results(desk, "here")
    told, here = (read_sidecar(desk.path(f"{out}/a_restored.png.daps.json")) for out in ("out", "here"))
    assert (told.origin, told.recipe, told.result) == (here.origin, here.recipe, here.result)
    assert told.matches(read_photo(desk.path("box/a.png")))

    # And once more: only what failed is sent again.
    capsys.readouterr()
    before = results(desk, "out")
    assert batch(desk, "out", "--dask", yard.address) == 1
    said = capsys.readouterr().err
    assert f"{PHOTOS} photos, {PHOTOS - 1} of them done before" in said and said.count(".png") == 2
    assert results(desk, "out") == before

    # The scheduler is lost: what is done is kept, and may be gone on with in one process.
    killer = once_there_is_one(desk.path("lost"), yard.processes["scheduler"].kill)
    assert batch(desk, "lost", "--dask", yard.address) == 2
    killer.join()
    assert "does not answer any more" in capsys.readouterr().err
    kept = results(desk, "lost")
    assert 0 < len(kept) < PHOTOS - 1
    assert batch(desk, "lost") == 1
    assert f"{len(kept)} of them done before" in capsys.readouterr().err
    assert results(desk, "lost") == results(desk, "here")
