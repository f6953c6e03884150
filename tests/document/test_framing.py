"""The photo in a frame: projects, journals and sidecars bring it back, and those of old know of none."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from daps_desktop.base.errors import UserError
from daps_desktop.document.document import Document
from daps_desktop.document.framing import Framing
from daps_desktop.document.journal import Journal, JournalHeader, recover
from daps_desktop.document.project import Project, read_project, write_project
from daps_desktop.document.sidecar import dump_sidecar, make_provenance, parse_sidecar
from daps_desktop.document.version import Version
from daps_desktop.imaging.frame import Frame, apply, apply_to_mask
from daps_desktop.imaging.rect import Rect
from tests.document.test_project import RECIPE, assert_same, project_in

FRAMES = [
    Frame(turns=1, mirrored=True, crop=Rect(4, 3, 40, 36)),
    Frame(corners=((2, 1), (52, 4), (54, 38), (0, 36)), angle=-3.0),
]


def framed_in(folder: Path, frame: Frame) -> Project:
    """A photo saved in `folder`, marked, framed, and repaired since."""
    plain = project_in(folder, 16)
    document = Document(plain.photo)
    document.replace_mask(plain.mask)
    framed = document.reframed(frame)
    framed.mask[2:6, 2:9] = True
    framed.commit_stroke(Rect(0, 0, 12, 12))
    version = Version(
        framed.next_number,
        framed.photo.with_pixels(framed.photo.pixels[::-1].copy()),
        RECIPE,
        framed.mask.copy(),
        None,
    )
    return Project(framed.photo, plain.source, framed.mask, RECIPE, (version,), framing=framed.framing)


def marks_of(project: Project) -> np.ndarray:
    """Those on the original, with what was drawn in the frame."""
    assert project.framing is not None
    return project.framing.marked(project.mask).marks


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("embed", [True, False])
def test_a_project_comes_back_in_its_frame(tmp_path: Path, frame: Frame, embed: bool) -> None:
    project = framed_in(tmp_path, frame)
    write_project(project, tmp_path / "work.daps", embed=embed)
    again = read_project(tmp_path / "work.daps")
    assert_same(again, project)
    assert again.framing is not None and again.framing.frame == frame
    np.testing.assert_array_equal(again.original.pixels, project.original.pixels)
    np.testing.assert_array_equal(marks_of(again), marks_of(project))


def test_a_photo_that_came_from_no_file_is_embedded_without_its_frame(tmp_path: Path) -> None:
    project = framed_in(tmp_path, FRAMES[0])
    (tmp_path / "grandmother.tif").unlink()
    write_project(project, tmp_path / "work.daps", embed=True)
    again = read_project(tmp_path / "work.daps")
    np.testing.assert_array_equal(again.original.pixels, project.original.pixels)
    assert_same(again, replace(project, source=again.source))


def test_a_project_without_a_frame_says_nothing_of_one(tmp_path: Path) -> None:
    """As those of before, which are read as they are."""
    write_project(project_in(tmp_path), tmp_path / "work.daps", embed=True)
    with zipfile.ZipFile(tmp_path / "work.daps") as archive:
        assert json.loads(archive.read("manifest.json"))["frame"] is None
        assert "original.hole.png" not in archive.namelist()
    assert read_project(tmp_path / "work.daps").framing is None


@pytest.mark.parametrize(
    "frame",
    [
        {"crop": {"top": 0, "left": 0, "bottom": 400, "right": 30}},
        {"turns": 9},
        {"corners": [[0, 0], [0, 30], [30, 30], [30, 0]]},
        {"angle": "much"},
        {"crop": {"top": 0, "left": 0, "bottom": 30, "right": 33}},  # the marks are of another size
        7,
    ],
)
def test_a_project_with_an_impossible_frame_is_refused(tmp_path: Path, frame: object) -> None:
    write_project(framed_in(tmp_path, FRAMES[0]), tmp_path / "work.daps", embed=True)
    with zipfile.ZipFile(tmp_path / "work.daps") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts["manifest.json"])
    parts["manifest.json"] = json.dumps({**manifest, "frame": frame}).encode()
    with zipfile.ZipFile(tmp_path / "other.daps", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    with pytest.raises(UserError) as refused:
        read_project(tmp_path / "other.daps")
    assert refused.value.code == "project_damaged"


@pytest.mark.parametrize("frame", FRAMES)
def test_a_journal_comes_back_in_its_frame(tmp_path: Path, frame: Frame) -> None:
    project = framed_in(tmp_path, frame)
    assert project.framing is not None
    photo = project.photo
    header = JournalHeader(project.source, photo.height, photo.width, frame=frame)
    journal = Journal.create(tmp_path / "journals", header)
    journal.keep_photo(project.original, project.source, None)
    journal.keep_marks(project.framing.marks)
    journal.patch(Rect(0, 0, photo.height, photo.width), project.mask)
    journal.recipe(project.recipe)
    journal.version(project.versions[0], photo)
    journal.close()
    found = recover(journal.folder)
    assert_same(found.project, project)
    np.testing.assert_array_equal(marks_of(found.project), marks_of(project))
    (journal.folder / "original.hole.png").unlink()
    assert_same(recover(journal.folder).project, project)  # less would be nothing


def test_versions_of_the_project_in_another_frame_are_not_taken_into_a_journal(tmp_path: Path) -> None:
    project = framed_in(tmp_path, FRAMES[0])
    place = tmp_path / "work.daps"
    write_project(project, place, embed=True)
    other = apply(project.original, FRAMES[1])
    header = JournalHeader(project.source, other.height, other.width, str(place), frame=FRAMES[1])
    journal = Journal.create(tmp_path / "journals", header)
    journal.strokes(1)
    journal.close()
    found = recover(journal.folder)
    assert found.project.versions == () and found.path == place
    np.testing.assert_array_equal(found.project.photo.pixels, other.pixels)


@pytest.mark.parametrize("frame", FRAMES)
def test_a_sidecar_says_the_frame_and_knows_the_original(tmp_path: Path, frame: Frame) -> None:
    project = framed_in(tmp_path, frame)
    told = make_provenance(project.original, project.versions[0], frame=frame)
    again = parse_sidecar(dump_sidecar(told))
    assert again.frame == frame and again.matches(project.original) and not again.matches(project.photo)
    np.testing.assert_array_equal(again.mask, project.versions[0].mask)


def test_a_sidecar_whose_frame_does_not_fit_is_refused(tmp_path: Path) -> None:
    project = framed_in(tmp_path, FRAMES[0])
    told = json.loads(dump_sidecar(make_provenance(project.original, project.versions[0], frame=FRAMES[0])))
    told["frame"]["crop"]["bottom"] = 4000
    with pytest.raises(UserError, match="outside the photo"):
        parse_sidecar(json.dumps(told).encode())


def test_numbers_of_versions_go_on_in_another_frame(tmp_path: Path) -> None:
    plain = project_in(tmp_path)
    document = Document(plain.photo)
    document.load(plain.mask, RECIPE, plain.versions)
    framed = document.reframed(FRAMES[0])
    assert framed.versions == [] and framed.next_number == document.next_number == 5
    assert framed.reframed(Frame()).photo is document.photo
    assert isinstance(framed.framing, Framing)
    np.testing.assert_array_equal(framed.mask, apply_to_mask(document.mask, FRAMES[0]))
    assert framed.marked_share == framed.mask.mean()
