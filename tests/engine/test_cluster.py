"""Photos that are restored elsewhere: what travels, what comes back, and every way in which it may not."""

import os
import pickle
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from distributed import LocalCluster
from distributed.scheduler import KilledWorker

from daps_desktop.album.backend import ItemFailed, ItemStopped, process_item
from daps_desktop.album.item_job import ItemJob, job_for
from daps_desktop.album.model import Album, AlbumItem
from daps_desktop.album.results import ItemResult
from daps_desktop.base.errors import UserError
from daps_desktop.base.paths import DATA_VARIABLE
from daps_desktop.document.sidecar import parse_sidecar
from daps_desktop.engine.cluster import dask_backend as clusters
from daps_desktop.engine.cluster import task as errand
from daps_desktop.engine.cluster.dask_backend import DaskBackend
from daps_desktop.imaging.formats.mask_file import write_mask
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import MissingPixels, Noise
from daps_desktop.jobs.messages import Message
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.requests import Request, RestoreRequest
from daps_desktop.jobs.task import Task
from tests.engine.playing import QUICK, crop, install_tiny, line, play
from tests.fakes.yard import yard_here


def told_nothing(sentence: str) -> None:
    raise AssertionError(sentence)


@pytest.fixture
def order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ItemJob:
    """A small photo with marks next to it."""
    install_tiny(tmp_path / "data")
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    folder = tmp_path / "box"
    folder.mkdir()
    write_photo(Photo(crop()), folder / "a.png")
    write_mask(line(), folder / "a_mask.png")
    album = Album(Recipe(Task((MissingPixels(), Noise())), QUICK))
    return job_for(AlbumItem(str(folder / "a.png")), album)


@pytest.fixture(scope="module")
def yard() -> Iterator[LocalCluster]:
    with yard_here(workers=1) as yard:
        yield yard


def wait_until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + 30.0
    while not done():
        assert time.monotonic() < until
        time.sleep(0.01)


def restored_here(request: Request) -> Message:
    assert isinstance(request, RestoreRequest), "the marks lie beside the photo"
    return play(request.photo, *request.task.damages, mask=request.mask).messages[-1]


@pytest.fixture
def cluster(yard: LocalCluster) -> Iterator[DaskBackend]:
    cluster = DaskBackend(yard.scheduler_address, told_nothing)
    yield cluster
    cluster.close()


def code_of(raised: pytest.ExceptionInfo[UserError]) -> str:
    return raised.value.code


# What travels, and what is done with it


def test_what_comes_back_is_what_would_have_been_made_here(cluster: DaskBackend, order: ItemJob) -> None:
    cluster.submit(order)
    there = cluster.next_outcome()
    here = process_item(order, restored_here)
    assert isinstance(there, ItemResult) and isinstance(here, ItemResult)
    assert there.data == here.data
    assert replace(there.item, seconds=0.0) == replace(here.item, seconds=0.0)
    assert there.origin is not None and here.origin is not None
    told, same = parse_sidecar(there.origin), parse_sidecar(here.origin)
    assert (told.origin, told.recipe, told.exported) == (same.origin, same.recipe, same.exported)


def test_the_photo_lies_in_a_private_folder_for_as_long_as_it_takes(order: ItemJob, tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    seen: set[tuple[str, int]] = set()

    def look() -> bool:
        for folder in room.iterdir():
            seen.add(
                (",".join(sorted(file.name for file in folder.iterdir())), folder.stat().st_mode & 0o777)
            )
        return False

    assert isinstance(errand.run_payload(errand.pack_payload(order), room, look), ItemResult)
    assert seen == {("a.png,marks", 0o700)}
    assert not list(room.iterdir())


def test_what_nobody_waits_for_is_given_up(order: ItemJob, tmp_path: Path) -> None:
    assert errand.run_payload(errand.pack_payload(order), tmp_path / "box", lambda: True) == ItemStopped(
        order.item
    )
    assert sorted(path.name for path in (tmp_path / "box").iterdir()) == ["a.png", "a_mask.png"]


@pytest.mark.parametrize("name", ["a.png", "a_mask.png"])
def test_a_reason_names_the_file_of_the_one_who_asked(order: ItemJob, tmp_path: Path, name: str) -> None:
    path = tmp_path / "box" / name
    path.write_bytes(path.read_bytes()[:-40])
    outcome = errand.run_payload(errand.pack_payload(order), tmp_path, lambda: False)
    assert isinstance(outcome, ItemFailed) and outcome.item.photo == order.item.photo
    assert str(path) in str(outcome.error)


def test_a_worker_of_another_system_calls_the_photo_by_its_name(order: ItemJob, tmp_path: Path) -> None:
    """Where the path of the one who asked says nothing: here that of Windows."""
    parcel = pickle.loads(errand.pack_payload(order))
    there = replace(order, item=replace(order.item, photo="C:\\box\\a.png"), mask="C:\\box\\a_mask.png")
    outcome = errand.run_payload(pickle.dumps(replace(parcel, job=there)), tmp_path, lambda: False)
    assert isinstance(outcome, ItemResult) and outcome.origin is not None
    assert outcome.item.photo == there.item.photo
    assert parse_sidecar(outcome.origin).origin.name == "a.png"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes, and files that take no room")
def test_what_cannot_be_read_or_is_far_too_large_is_not_sent(order: ItemJob) -> None:
    with order.item.path.open("ab") as file:
        file.truncate(errand.MAX_FILE + 1)  # takes no room
    with pytest.raises(UserError) as raised:
        errand.pack_payload(order)
    assert code_of(raised) == "file_unreadable" and "larger than 2 GB" in str(raised.value)
    order.item.path.unlink()
    with pytest.raises(UserError) as raised:
        errand.pack_payload(order)
    assert code_of(raised) == "file_unreadable"
    os.mkfifo(order.item.path)  # no one will ever write into it
    with pytest.raises(UserError, match="not an ordinary file"):
        errand.pack_payload(order)


def test_a_worker_without_room_is_not_fit(order: ItemJob, tmp_path: Path) -> None:
    with pytest.raises(UserError) as raised:
        errand.run_payload(errand.pack_payload(order), tmp_path / "nowhere", lambda: False)
    assert code_of(raised) == "cluster_unfit"


# The cluster


def test_there_is_never_more_under_way_than_two_photos_a_worker(cluster: DaskBackend, order: ItemJob) -> None:
    taken = 0
    while cluster.has_capacity:
        cluster.submit(order)
        taken += 1
    assert taken == 2
    cluster.next_outcome()
    assert cluster.has_capacity


def test_a_recipe_that_no_worker_can_follow_ends_it_all(cluster: DaskBackend, order: ItemJob) -> None:
    settings = replace(order.recipe.settings, prior="elsewhere")
    cluster.submit(replace(order, recipe=replace(order.recipe, settings=settings)))
    with pytest.raises(UserError) as raised:
        cluster.next_outcome()
    assert code_of(raised) == "cluster_unfit" and "no prior called elsewhere" in str(raised.value)


def test_a_photo_that_ends_every_worker_is_a_failure_of_that_photo(
    cluster: DaskBackend, order: ItemJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "pickled_call", lambda _: pickle.dumps(Deadly()))
    cluster.submit(order)
    outcome = cluster.next_outcome()
    assert isinstance(outcome, ItemFailed) and outcome.error.code == "cluster_photo_lost"


class Deadly:
    def __reduce__(self) -> tuple[object, ...]:
        return end_the_worker, ()


def end_the_worker() -> None:
    """As the scheduler says it after the third worker."""
    raise KilledWorker("photo-1", SimpleNamespace(address="tcp://worker:1"), 3)


@pytest.mark.parametrize("task", [b"cno_such_program\nrestored\n.", b"cdaps_desktop\nnot_there_yet\n."])
def test_a_worker_that_came_later_without_the_program_is_told(
    cluster: DaskBackend, order: ItemJob, monkeypatch: pytest.MonkeyPatch, task: bytes
) -> None:
    monkeypatch.setattr(clusters, "pickled_call", lambda _: task)
    cluster.submit(order)
    with pytest.raises(UserError) as raised:
        cluster.next_outcome()
    assert code_of(raised) == "cluster_version"


def test_a_worker_of_another_version_unpacks_nothing(
    cluster: DaskBackend, order: ItemJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "pickled_call", lambda _: pickle.dumps(Older()))
    cluster.submit(order)
    with pytest.raises(UserError) as raised:
        cluster.next_outcome()
    assert code_of(raised) == "cluster_version" and "daps-desktop 0.0.1" in str(raised.value)


class Older:
    def __reduce__(self) -> tuple[object, ...]:
        return errand.run_on_worker, ("daps-desktop 0.0.1", b"no parcel")


def test_other_versions_are_told_before_anything_is_sent(
    yard: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "version_fingerprint", Newer())
    with pytest.raises(UserError) as raised:
        DaskBackend(yard.scheduler_address, told_nothing)
    assert code_of(raised) == "cluster_version" and "daps-desktop 9" in str(raised.value)


class Newer:
    """Says another thing here than what is said there."""

    def __call__(self) -> str:
        return "daps-desktop 9"

    def __reduce__(self) -> tuple[object, ...]:
        return pickle.loads, (pickle.dumps(errand.version_fingerprint),)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense", "http://127.0.0.1:9"])
def test_a_scheduler_that_is_not_there_is_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "_TIMEOUT_S", 0.3)
    with pytest.raises(UserError) as raised:
        DaskBackend(address, told_nothing)
    assert code_of(raised) == "cluster_unreachable"


def test_an_installation_without_dask_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UserError) as raised:
        DaskBackend("tcp://127.0.0.1:9", told_nothing)
    assert code_of(raised) == "cluster_missing"


def long(order: ItemJob) -> ItemJob:
    settings = replace(order.recipe.settings, levels=200, preset="paper")
    return replace(order, recipe=replace(order.recipe, settings=settings))


def test_what_is_cancelled_comes_back_to_be_done(
    cluster: DaskBackend, yard: LocalCluster, order: ItemJob
) -> None:
    other = replace(order, item=replace(order.item, photo=order.item.photo.replace("a.png", "./a.png")))
    cluster.submit(long(order))
    cluster.submit(long(other))
    worker = next(iter(yard.workers.values()))
    wait_until(lambda: worker.state.executing_count == 1)
    threading.Timer(0.3, cluster.cancel).start()
    rows = {cluster.next_outcome(), cluster.next_outcome()}
    assert rows == {ItemStopped(order.item), ItemStopped(other.item)} and cluster.has_capacity
    wait_until(lambda: worker.state.executing_count == 0)
    cluster.submit(order)
    assert cluster.next_outcome() == ItemStopped(order.item)


def test_photos_that_are_away_are_given_up_when_it_closes(yard: LocalCluster, order: ItemJob) -> None:
    cluster = DaskBackend(yard.scheduler_address, told_nothing)
    cluster.submit(long(order))
    worker = next(iter(yard.workers.values()))
    wait_until(lambda: worker.state.executing_count == 1)
    cluster.close()
    wait_until(lambda: worker.state.executing_count == 0)
    assert not list(Path(worker.local_directory).rglob("*.png"))


def test_a_cluster_without_workers_is_told_and_waits_for_the_next(
    order: ItemJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    with yard_here(workers=0) as yard:
        with monkeypatch.context() as patience:
            patience.setattr(clusters, "_TIMEOUT_S", 0.3)
            with pytest.raises(UserError) as raised:
                DaskBackend(yard.scheduler_address, told_nothing)
        assert code_of(raised) == "cluster_idle"
        yard.scale(1)
        cluster = DaskBackend(yard.scheduler_address, said.append)
        yard.scale(0)
        wait_until(lambda: cluster.workers == 0)
        monkeypatch.setattr(clusters, "_LOOK_S", 0.1)
        cluster.submit(order)
        threading.Timer(0.5, lambda: yard.scale(1)).start()
        assert isinstance(cluster.next_outcome(), ItemResult)
        cluster.close()
    assert said and "No worker is left" in said[0]
