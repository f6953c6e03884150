"""The loop over an album: it goes on after failures, stops and breaks, and does nothing twice."""

import csv
import io
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from daps_desktop.album.album_file import dump_album, read_album, revalidated, write_album
from daps_desktop.album.backend import Backend, InProcessBackend, Outcome, process_item
from daps_desktop.album.discovery import find_mask, find_photos
from daps_desktop.album.item_job import ItemJob
from daps_desktop.album.model import DONE, FAILED, SKIPPED, WAITING, Album, AlbumItem
from daps_desktop.album.runner import run_album
from daps_desktop.album.table import table
from daps_desktop.analysis.finding.pieces import pieces
from daps_desktop.analysis.profile import measure_profile
from daps_desktop.base.errors import UserError
from daps_desktop.document.kernel_file import with_kernel_read
from daps_desktop.document.sidecar import read_sidecar
from daps_desktop.imaging.export import ExportOptions
from daps_desktop.imaging.formats.mask_file import write_mask
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Metadata, Photo
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.damage import KernelBlur, MissingPixels, Noise
from daps_desktop.jobs.messages import Cancelled, Failed, FindResult, Message, ProfileResult, RestoreResult
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.report import PlaceToMend, Reason, Trace
from daps_desktop.jobs.requests import FindRequest, ProfileRequest, Request, RestoreRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from tests.analysis.scenes import scene
from tests.fakes.hosts import report_of
from tests.imaging.photo_files import exif_block, picture


def nothing(photo: Photo) -> NDArray[np.uint8]:
    """How likely its pixels are damage."""
    return np.zeros((photo.height, photo.width), np.uint8)


class Engine:
    """Inverts the mask or everything; what it is to do with a photo's name, or to find, may be told."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.requests: list[RestoreRequest] = []
        self.trouble: dict[str, Callable[[RestoreRequest], Message]] = {}
        self.look: Callable[[Photo], NDArray[np.uint8]] = nothing

    def run(self, request: Request, cancel: threading.Event) -> Message:
        assert request.photo.path is not None
        if isinstance(request, FindRequest):
            if cancel.is_set():
                return Cancelled(request.job_id)
            return FindResult(request.job_id, pieces(self.look(request.photo)))
        if isinstance(request, ProfileRequest):
            return ProfileResult(request.job_id, measure_profile(request.photo))
        assert isinstance(request, RestoreRequest)
        self.names.append(request.photo.path.name)
        self.requests.append(request)
        if trouble := self.trouble.get(request.photo.path.name):
            return trouble(request)
        if cancel.is_set():
            return Cancelled(request.job_id)
        where = request.mask if request.mask is not None else np.ones(request.photo.pixels.shape[:2], bool)
        pixels = request.photo.pixels.copy()
        pixels[where] = 255 - pixels[where]
        return RestoreResult(request.job_id, request.photo.with_pixels(pixels), report_of(request))


class Store:
    """Writes the whole album for every step; `notes` are all steps."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.notes: list[tuple[str, str]] = []

    def append(self, album: Album, row: AlbumItem) -> None:
        write_album(album, self._file)
        self.notes.append((row.path.name, row.state))


class Box:
    """A folder of photos with an album file, as `batch` keeps it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder / "in", folder / "album.json"
        self.out = folder / "out"
        self.folder.mkdir()
        self.out.mkdir()
        self.engine, self.store, self.stop = Engine(), Store(self.file), threading.Event()
        self.heard: list[AlbumItem] = []
        for name in ("a.png", "b.jpg", "c.tif"):
            write_photo(Photo(picture(24, 32)), self.folder / name)

    def album(self, *damages: object, **changes: object) -> Album:
        task = Task(damages or (Noise(),))  # type: ignore[arg-type]
        album = Album(Recipe(task, SolverSettings(preset="draft")), folder=str(self.out))
        return replace(album, **changes).with_photos(find_photos(self.folder))  # type: ignore[arg-type]

    def play(self, album: Album) -> Album:
        self.engine.names.clear()
        done = self.run(album, InProcessBackend(self.engine.run))
        assert read_album(self.file) == done
        return done

    def run(self, album: Album, backend: Backend) -> Album:
        return run_album(album, backend, self.store, self.heard.append, self.stop)

    def states(self, album: Album) -> list[str]:
        return [row.state for row in album.rows]


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def test_every_photo_gets_a_result_with_its_origin_beside_it(box: Box) -> None:
    done = box.play(box.album())
    assert box.states(done) == [DONE] * 3
    assert box.engine.names == ["a.png", "b.jpg", "c.tif"]
    for row in done.rows:
        before, after = read_photo(row.path), read_photo(Path(row.output))
        np.testing.assert_array_equal(after.pixels, 255 - before.pixels)
        told = read_sidecar(Path(row.output + ".daps.json"))
        assert told.matches(before) and told.exported == row.sha256
        assert row.agreement == "agrees" and row.redrawn is None and row.seconds > 0
    assert {path.name for path in box.folder.iterdir()} == {"a.png", "b.jpg", "c.tif"}


def test_what_a_result_has_no_place_for_is_said_in_its_row(box: Box) -> None:
    path = box.folder / "a.png"
    long = Metadata(exif=exif_block() + bytes(70_000))
    write_photo(replace(read_photo(path), metadata=long), path, overwrite=True, replace_original=True)
    row = box.play(box.album(export=ExportOptions("jpeg"))).rows[0]
    assert row.state == DONE and "left out: EXIF" in row.reason


def test_a_failure_says_why_and_the_rest_goes_on(box: Box) -> None:
    (box.folder / "b.jpg").write_bytes(b"\xff\xd8\xff not much of a photo")
    box.engine.trouble["c.tif"] = lambda request: Failed(request.job_id, "diverged", {"detail": "a number"})
    done = box.play(box.album().with_photos([box.folder / "gone.png"]))
    assert box.states(done) == [DONE, FAILED, FAILED, FAILED]
    assert "b.jpg" in done.rows[1].reason and "not finite" in done.rows[2].reason
    assert "gone.png" in done.rows[3].reason
    assert [row.state for row in box.heard] == box.states(done)


def test_what_leaves_a_trace_is_done_and_put_aside_for_a_look(box: Box) -> None:
    def left(*reasons: Reason) -> Callable[[RestoreRequest], Message]:
        places = [PlaceToMend.of(Rect(2, 3, 4, 6), reason, np.ones((2, 3), bool)) for reason in reasons]

        def restored(request: RestoreRequest) -> Message:
            report = replace(report_of(request), trace=Trace(5, places))
            return RestoreResult(request.job_id, request.photo, report)

        return restored

    mask = np.zeros((24, 32), bool)
    mask[4:9, 4:9] = True
    for name in ("a", "b", "c"):
        write_mask(mask, box.folder / f"{name}_mask.png")
    box.engine.trouble = {"a.png": left("damage", "grain"), "b.jpg": left("doubt"), "c.tif": left()}
    album = box.play(box.album(MissingPixels()))
    assert box.states(album) == [DONE] * 3 and album.put_aside == 2
    assert [(row.repair, row.traces, row.repaired) for row in album.rows] == [
        ("trace", 2, 5), ("unknown", 1, 5), ("done", 0, 5),
    ]  # fmt: skip
    told = list(csv.DictReader(io.StringIO(table(album))))
    assert [(row["verdict"], row["traces"], row["look"]) for row in told] == [
        ("trace", "2", "yes"), ("unknown", "1", "yes"), ("done", "0", ""),
    ]  # fmt: skip


def test_after_a_break_only_what_is_open_is_done(box: Box) -> None:
    def pull_the_plug(_: RestoreRequest) -> Message:
        raise KeyboardInterrupt

    box.engine.trouble["b.jpg"] = pull_the_plug
    with pytest.raises(KeyboardInterrupt):
        box.play(box.album())
    box.engine.trouble.clear()
    after = revalidated(read_album(box.file))
    assert box.states(after) == [DONE, WAITING, WAITING]
    assert box.states(box.play(after)) == [DONE] * 3
    assert box.engine.names == ["b.jpg", "c.tif"]
    assert len(list(box.out.glob("*.png"))) == 3


def test_a_result_of_another_kernel_is_made_again_and_one_whose_kernel_moved_is_not(box: Box) -> None:
    kernel = box.out / "shake.png"
    write_photo(Photo(picture(5, 5)), kernel)
    done = box.play(box.album(KernelBlur(str(kernel))))
    assert all(request.task == with_kernel_read(done.recipe.task) for request in box.engine.requests)
    assert box.states(revalidated(done)) == [DONE] * 3
    moved = Recipe(
        Task((KernelBlur(str(kernel.rename(box.file.with_name("shake.png")))),)), done.recipe.settings
    )
    assert box.states(revalidated(replace(done, recipe=moved))) == [DONE] * 3
    write_photo(Photo(picture(7, 7)), box.file.with_name("shake.png"), overwrite=True)
    assert box.states(revalidated(replace(done, recipe=moved))) == [WAITING] * 3


def test_a_result_of_another_prior_is_made_again_where_it_is_known(box: Box) -> None:
    def told(request: RestoreRequest) -> Message:
        assert request.prior_sha256 == "new"
        report = replace(report_of(request), prior_sha256="new")
        return RestoreResult(request.job_id, request.photo, report)

    box.engine.trouble = {"b.jpg": told, "c.tif": told}
    box.run(box.album(prior_sha256="new"), InProcessBackend(box.engine.run))
    read = read_album(box.file)
    assert [row.prior_sha256 for row in read.rows] == ["", "new", "new"]  # the first is as older albums are
    for here, states in (("", [DONE] * 3), ("new", [DONE] * 3), ("newer", [DONE, WAITING, WAITING])):
        assert box.states(revalidated(replace(read, prior_sha256=here))) == states


def test_a_result_written_just_before_the_break_is_not_made_twice(box: Box) -> None:
    """The program dies between the result and the note that it is done."""

    class PowerCut(Store):
        def append(self, album: Album, row: AlbumItem) -> None:
            if row.state == DONE:
                raise OSError("power cut")
            super().append(album, row)

    box.store = PowerCut(box.file)
    with pytest.raises(OSError, match="power cut"):
        box.play(box.album())
    kept = read_album(box.file)
    assert box.states(kept) == ["saving", WAITING, WAITING]
    assert (box.out / "a_restored.png").exists()
    assert box.states(revalidated(kept)) == [DONE, WAITING, WAITING]
    (box.out / "a_restored.png").unlink()
    assert box.states(revalidated(kept)) == [WAITING] * 3


def test_a_result_is_not_thrown_away_because_the_album_cannot_be_noted(box: Box) -> None:
    box.file.mkdir()
    with pytest.raises(UserError) as raised:
        box.play(box.album())
    assert raised.value.code == "save_failed" and raised.value.params["path"] == box.file
    assert [(row.path.name, row.state) for row in box.heard] == [("a.png", DONE)]
    assert box.engine.names == ["a.png"] and (box.out / "a_restored.png").exists()


@pytest.mark.parametrize("change", ["result", "photo", "recipe", "mask"])
def test_what_changed_is_done_again(box: Box, change: str) -> None:
    done = box.play(box.album())
    row = done.rows[0]
    if change == "result":
        Path(row.output).write_bytes(b"altered")
    if change == "photo":
        write_photo(Photo(picture(24, 32) // 2), row.path, overwrite=True, replace_original=True)
    if change == "mask":
        write_mask(np.eye(24, 32, dtype=bool), box.folder / "a_mask.png")
    if change == "recipe":
        done = replace(done, recipe=Recipe(done.recipe.task, SolverSettings(seed=9)))
    states = box.states(revalidated(done))
    assert states == ([WAITING] * 3 if change == "recipe" else [WAITING, DONE, DONE])


def test_marks_come_from_a_file_or_are_found_or_the_row_says_that_there_are_none(box: Box) -> None:
    mask = np.zeros((24, 32), bool)
    mask[5, 3:20] = True
    write_mask(mask, box.folder / "a_mask.png")
    probable = np.zeros(mask.shape, np.uint8)
    probable[9, 4:28] = 200
    probable[18, 4:28] = 100

    def look(photo: Photo) -> NDArray[np.uint8]:
        assert photo.path is not None
        return probable if photo.path.name == "b.jpg" else nothing(photo)

    box.engine.look = look
    done = box.play(box.album(MissingPixels(), Noise()))
    assert [row.marks for row in done.rows] == ["file", "found", ""]
    np.testing.assert_array_equal(box.engine.requests[0].mask, mask)
    found = pieces(probable)
    np.testing.assert_array_equal(box.engine.requests[1].mask, found.mask(1))
    assert box.engine.requests[2].task == Task((Noise(),)) and box.engine.requests[2].mask is None
    for name in ("a_restored.png", "a_restored_2.png", "c_restored_10.jpg"):
        (box.folder / name).touch()
    assert [path.name for path in find_photos(box.folder)] == ["a.png", "b.jpg", "c.tif"]
    (box.folder / "d_restored_2.png").touch()  # of no photo that is here
    assert find_photos(box.folder)[-1].name == "d_restored_2.png"


def test_the_sensitivity_decides_what_is_marked_and_another_one_makes_results_again(box: Box) -> None:
    probable = np.zeros((24, 32), np.uint8)
    probable[9, 4:28], probable[18, 4:28] = 200, 100
    box.engine.look = lambda photo: probable
    keen = box.album(MissingPixels(), sensitivity=0.7)
    done = box.play(keen)
    np.testing.assert_array_equal(box.engine.requests[0].mask, pieces(probable).mask(2))
    assert read_album(box.file).sensitivity == 0.7 and box.states(revalidated(done)) == [DONE] * 3
    assert box.states(revalidated(replace(done, sensitivity=0.5))) == [WAITING] * 3


def test_one_photo_may_be_looked_through_more_keenly_than_the_others(box: Box) -> None:
    probable = np.zeros((24, 32), np.uint8)
    probable[9, 4:28], probable[18, 4:28] = 200, 100
    box.engine.look = lambda photo: probable
    album = box.album(MissingPixels())
    done = box.play(album.with_row(replace(album.rows[1], sensitivity=0.7)))
    assert [row.places for row in done.rows] == [1, 2, 1]
    assert [row.sensitivity for row in read_album(box.file).rows] == [None, 0.7, None]
    less = done.with_row(replace(done.rows[1], sensitivity=0.5))
    assert box.states(revalidated(less)) == [DONE, WAITING, DONE]
    assert revalidated(less).rows[1].sensitivity == 0.5  # which what is to be done again keeps


def test_each_photo_gets_what_it_asks_for_itself(box: Box) -> None:
    clean = scene(41, 96, 128)
    grainy = clean + np.random.default_rng(0).normal(0, 14, clean.shape)
    write_photo(Photo(clean), box.folder / "a.png", overwrite=True)
    write_photo(Photo(np.rint(grainy).clip(0, 255).astype(np.uint8)), box.folder / "b.jpg", overwrite=True)
    (box.folder / "c.tif").unlink()
    probable = np.zeros((96, 128), np.uint8)
    probable[40:42, 4:100] = 200
    box.engine.look = lambda photo: nothing(photo) if "a.png" in str(photo.path) else probable
    done = box.play(box.album(suggested=True))
    assert done.rows[0].state == SKIPPED and done.rows[1].state == DONE
    row, request = done.rows[1], box.engine.requests[-1]
    assert row.places == 1 and {"scratches", "noise"} <= set(row.undone) and request.profile is not None
    np.testing.assert_array_equal(request.mask, pieces(probable).mask(1))
    assert request.task.find(Noise) and request.task.find(MissingPixels)
    assert box.states(revalidated(replace(done, suggested=False)))[1] == WAITING


def test_a_search_that_fails_or_is_stopped_is_told_of_its_photo(box: Box) -> None:
    def run(request: Request, cancel: threading.Event) -> Message:
        if isinstance(request, FindRequest):
            if request.photo.path == box.folder / "a.png":
                return Failed(request.job_id, "finder_damaged", {})
            box.stop.set()
            return Cancelled(request.job_id)
        return box.engine.run(request, cancel)

    half = box.run(box.album(MissingPixels()), InProcessBackend(run))
    assert box.states(half) == [FAILED, WAITING, WAITING] and "mark the damage by hand" in half.rows[0].reason


@pytest.mark.parametrize("value", [-0.1, 1.5, "much"])
def test_a_sensitivity_that_is_none_is_refused(box: Box, value: object) -> None:
    write_album(box.album(), box.file)
    box.file.write_text(json.dumps({**json.loads(box.file.read_text()), "sensitivity": value}))
    with pytest.raises(UserError, match="not an album"):
        read_album(box.file)


def test_an_album_of_before_has_the_usual_sensitivity(box: Box) -> None:
    told = json.loads(dump_album(box.album(sensitivity=0.8)))
    del told["sensitivity"]
    box.file.write_text(json.dumps(told))
    assert read_album(box.file).sensitivity == 0.5


def test_a_bug_on_one_photo_is_a_failure_of_that_photo(box: Box) -> None:
    def look(photo: Photo) -> NDArray[np.uint8]:
        assert photo.path is not None
        if photo.path.name == "b.jpg":
            raise MemoryError
        return np.eye(24, 32, dtype=np.uint8) * np.uint8(255)

    box.engine.look = look
    done = box.play(box.album(MissingPixels()))
    assert box.states(done) == [DONE, FAILED, DONE] and "MemoryError" in done.rows[1].reason


def test_where_nothing_is_marked_and_nothing_else_is_wrong_the_photo_is_left_out(box: Box) -> None:
    done = box.play(box.album(MissingPixels()))
    assert box.states(done) == [SKIPPED] * 3
    assert "nothing is left to undo" in done.rows[0].reason
    assert box.engine.names == [] and not list(box.out.iterdir())


def test_masks_may_lie_in_a_folder_of_their_own(box: Box, tmp_path: Path) -> None:
    masks = tmp_path / "masks"
    masks.mkdir()
    assert find_mask(box.folder / "a.png", masks) is None
    write_mask(np.eye(24, 32, dtype=bool), masks / "a.png")
    assert find_mask(box.folder / "a.png", masks) == masks / "a.png"
    done = box.play(box.album(MissingPixels(), masks=str(masks), find_scratches=False))
    assert [row.marks for row in done.rows] == ["file", "", ""]


def test_a_mask_of_another_size_is_a_failure_of_that_photo(box: Box) -> None:
    write_mask(np.eye(20, 32, dtype=bool), box.folder / "a_mask.png")
    done = box.play(box.album(MissingPixels(), Noise()))
    assert box.states(done) == [FAILED, DONE, DONE] and "32 × 20" in done.rows[0].reason


@pytest.mark.parametrize(
    ("policy", "state", "results"),
    [("unique", DONE, 4), ("overwrite", DONE, 3), ("skip", SKIPPED, 3)],
)
def test_a_result_of_that_name_is_dealt_with_as_asked(
    box: Box, policy: str, state: str, results: int
) -> None:
    dear = box.out / "a_restored.png"
    dear.write_bytes(b"dear")
    done = box.play(box.album(export=ExportOptions(policy=policy)))
    assert box.states(done) == [state, DONE, DONE]
    assert len(list(box.out.glob("*.png"))) == results
    assert (dear.read_bytes() == b"dear") == (policy != "overwrite")
    if policy == "skip":
        assert box.engine.names == ["b.jpg", "c.tif"]  # known before the work


@pytest.mark.parametrize("policy", ["unique", "overwrite", "skip"])
@pytest.mark.parametrize("name", ["a.jpg", "A.jpg"])  # A and a are one name on Windows and macOS
def test_photos_of_the_same_name_do_not_take_each_others_results(box: Box, policy: str, name: str) -> None:
    write_photo(Photo(picture(24, 32)), box.folder / name)
    done = box.play(box.album(export=ExportOptions(policy=policy)))
    assert box.states(done) == [DONE] * 4
    assert len({row.output.casefold() for row in done.rows}) == len(list(box.out.glob("*.png"))) == 4


def test_results_beside_the_photos_are_not_taken_for_photos(box: Box) -> None:
    first = box.play(box.album(folder=""))
    assert Path(first.rows[0].output).parent == box.folder
    assert box.states(revalidated(box.album(folder="", rows=first.rows))) == [DONE] * 3


def test_a_result_is_done_without_the_file_that_tells_its_origin(box: Box) -> None:
    (box.out / "a_restored.png.daps.json").mkdir()
    done = box.play(box.album())
    assert box.states(done) == [DONE] * 3
    assert "a_restored.png.daps.json could not be written" in done.rows[0].reason
    assert not done.rows[1].reason


def test_a_result_that_cannot_be_written_is_kept_elsewhere(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spare = tmp_path / "spare"
    spare.mkdir()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(spare))

    def lose_the_disk(request: RestoreRequest) -> Message:
        box.out.rename(tmp_path / "unplugged")
        box.out.write_text("no folder any more")
        del box.engine.trouble["b.jpg"]
        return box.engine.run(request, threading.Event())

    box.engine.trouble["b.jpg"] = lose_the_disk
    done = box.play(box.album())
    assert box.states(done) == [DONE, FAILED, FAILED]
    for row, name in zip(done.rows[1:], ("b_restored.png", "c_restored.png"), strict=True):
        assert str(spare / name) in row.reason
        np.testing.assert_array_equal(read_photo(spare / name).pixels, 255 - read_photo(row.path).pixels)


def test_an_album_comes_back_and_nothing_else_is_taken_for_one(box: Box, tmp_path: Path) -> None:
    done = box.play(box.album())
    path = tmp_path / "other.json"
    for change in ({"kind": "x"}, {"version": 9}, {"rows": [{}]}, {"export": 1}, {"recipe": {}}):
        path.write_text(json.dumps({**json.loads(dump_album(done)), **change}))
        with pytest.raises(UserError) as caught:
            read_album(path)
        assert caught.value.code == "album_unreadable"


def test_a_folder_without_photos_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        find_photos(tmp_path)
    assert caught.value.code == "album_empty"


# Stopping


def test_once_it_is_stopped_no_photo_is_begun_and_the_rest_stays_to_be_done(box: Box) -> None:
    def take(row: AlbumItem) -> None:
        box.heard.append(row)
        box.stop.set()

    backend = InProcessBackend(box.engine.run)
    half = run_album(box.album(), backend, box.store, take, box.stop)
    assert box.states(half) == [DONE, WAITING, WAITING] and read_album(box.file) == half
    assert box.engine.names == ["a.png"] and len(box.heard) == 1
    assert box.run(half, backend) == half  # stopped before it begins
    box.stop.clear()
    assert box.states(box.play(half)) == [DONE] * 3 and box.engine.names == ["b.jpg", "c.tif"]
    assert len(list(box.out.glob("*.png"))) == 3


def test_the_photo_under_way_is_given_up_and_is_whole_work_the_next_time(box: Box) -> None:
    backend = InProcessBackend(box.engine.run)

    def interrupt(request: RestoreRequest) -> Message:
        del box.engine.trouble["b.jpg"]
        box.stop.set()
        backend.cancel()
        return Cancelled(request.job_id)

    album = box.album()
    box.engine.trouble["b.jpg"] = interrupt
    half = box.run(album, backend)
    assert half.rows[1:] == album.rows[1:] and half.rows[0].state == DONE
    assert box.heard[1:] == [album.rows[1]]
    assert box.store.notes == [("a.png", "saving"), ("a.png", DONE)]
    box.stop.clear()
    assert box.states(box.run(half, backend)) == [DONE, WAITING, WAITING]  # cancelled once is for good
    assert box.engine.names == ["a.png", "b.jpg"]
    assert box.states(box.play(half)) == [DONE] * 3 and len(list(box.out.glob("*.png"))) == 3


# Several at a time


class Crowd:
    """Makes three photos at a time and gives the latest back first, each of them twice."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._cancelled = threading.Event()
        self._away: list[ItemJob] = []
        self._again: list[Outcome] = []
        self.most = self.given = 0
        self.ends_after = 100

    @property
    def has_capacity(self) -> bool:
        return len(self._away) < 3

    def submit(self, order: ItemJob) -> None:
        if order.item.path.name == "unread.png":
            raise UserError("file_unreadable", path=order.item.path, detail="it is gone")
        self._away.append(order)
        self.most = max(self.most, len(self._away))

    def next_outcome(self) -> Outcome:
        if self._again:
            return self._again.pop()
        self.given += 1
        if self.given > self.ends_after:
            raise UserError("cluster_lost", address="tcp://away:8786")
        restore = lambda request: self._engine.run(request, self._cancelled)  # noqa: E731
        self._again.append(process_item(self._away.pop(), restore))
        return self._again[0]

    def cancel(self) -> None:
        self._cancelled.set()


@pytest.fixture
def crowd(box: Box) -> Crowd:
    for name in ("d.png", "e.png", "f.png", "unread.png"):
        write_photo(Photo(picture(24, 32)), box.folder / name)
    return Crowd(box.engine)


def test_photos_may_come_back_in_any_order_and_twice(box: Box, crowd: Crowd) -> None:
    done = box.run(box.album(), crowd)
    assert box.states(done) == [DONE] * 6 + [FAILED] and crowd.most == 3
    assert sorted(box.engine.names) == ["a.png", "b.jpg", "c.tif", "d.png", "e.png", "f.png"]
    assert box.engine.names != sorted(box.engine.names)
    assert len(box.store.notes) == 2 * 6 + 1 == len(set(box.store.notes)) and len(box.heard) == 7
    assert len(list(box.out.glob("*.png"))) == 6
    for row in done.rows[:-1]:
        np.testing.assert_array_equal(read_photo(Path(row.output)).pixels, 255 - read_photo(row.path).pixels)


def test_those_under_way_are_waited_for_when_it_is_stopped(box: Box, crowd: Crowd) -> None:
    def interrupt(request: RestoreRequest) -> Message:
        del box.engine.trouble["c.tif"]
        box.stop.set()
        crowd.cancel()
        return box.engine.run(request, threading.Event())  # it was quicker

    box.engine.trouble["c.tif"] = interrupt
    half = box.run(box.album(), crowd)
    assert box.states(half) == [WAITING, WAITING, DONE] + [WAITING] * 4
    assert sorted(set(box.engine.names)) == ["a.png", "b.jpg", "c.tif"] and len(box.heard) == 3
    box.stop.clear()
    assert box.states(box.run(half, Crowd(box.engine))) == [DONE] * 6 + [FAILED]
    assert len(list(box.out.glob("*.png"))) == 6


def test_what_was_done_before_the_backend_was_lost_stays_done(box: Box, crowd: Crowd) -> None:
    crowd.ends_after = 2
    with pytest.raises(UserError):
        box.run(box.album(), crowd)
    after = revalidated(read_album(box.file))
    assert after.count(DONE) == 2 == len(list(box.out.glob("*.png")))
    box.engine.names.clear()
    again = box.run(after, Crowd(box.engine))
    assert again.count(DONE) == 6 and len(box.engine.names) == 4
