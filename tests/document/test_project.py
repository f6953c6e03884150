"""Projects come back as they were saved, and whatever else is handed over is refused with a reason."""

import json
import os
import random
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daps_desktop.base.errors import UserError
from daps_desktop.base.serialization import load_json
from daps_desktop.document.project import Project, ViewState, read_project, write_project
from daps_desktop.document.source import describe_source
from daps_desktop.document.version import Version
from daps_desktop.imaging.formats.png_codec import encode_map
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.noise_model import NoiseModel
from daps_desktop.imaging.profile.photo_profile import FadingStrength, FoundPlaces, PhotoProfile
from daps_desktop.imaging.profile.print_outline import PrintOutline
from daps_desktop.jobs.damage import Downsampling, GaussianBlur, MissingPixels
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from tests.imaging.test_damaged_files import cut_off, flipped_anywhere

SLOWEST_S = 2.0
PROFILE = PhotoProfile(
    noise=NoiseModel.white(4.25),
    tone=None,
    grey=False,
    blur_sigma=None,
    jpeg_quality=63,
    jpeg_from_file=False,
    fading=FadingStrength(0.7, 0.1, 0.2, 0.9, True, False),
    places=FoundPlaces(3, 12),
    prints=(PrintOutline(((1.5, 2.0), (20.0, 2.5), (19.5, 30.0), (1.0, 29.5)), (1, 2, 3, 4)),),
)
RECIPE = Recipe(Task((MissingPixels(), GaussianBlur(1.5))), SolverSettings(preset="draft", seed=7))


def project_in(folder: Path, bits: int = 8, channels: int = 3, alpha: bool = False) -> Project:
    """A photo saved in `folder`, marked, with a repair and an enlargement of it."""
    rng = np.random.default_rng(bits + channels)
    dtype = np.uint8 if bits == 8 else np.uint16
    top = 256 if bits == 8 else 65536
    pixels = rng.integers(0, top, (40, 56, channels), dtype=dtype)
    opacity = rng.integers(0, top, (40, 56), dtype=dtype) if alpha else None
    write_photo(Photo(pixels, opacity), folder / "grandmother.tif", overwrite=True)
    photo = read_photo(folder / "grandmother.tif")
    mask = rng.random((40, 56)) < 0.2
    unexplained = rng.random((20, 28)).astype(np.float16)
    unexplained[3:5, 4] = np.nan
    repaired = Version(
        1, photo.with_pixels(pixels[::-1].copy()), RECIPE, mask.copy(), None, residual_map=unexplained
    )
    larger = replace(
        photo.with_pixels(np.repeat(np.repeat(pixels, 2, 0), 2, 1)),
        alpha=None if opacity is None else np.repeat(np.repeat(opacity, 2, 0), 2, 1),
    )
    enlarged = Version(4, larger, Recipe(Task((Downsampling(2),))), None, None, "larger", painted=True)
    view = ViewState(1.5, 3.0, 4.0, 4)
    versions, refused = (repaired, enlarged), rng.random((40, 56)) < 0.1
    return Project(photo, describe_source(photo), mask, RECIPE, versions, view, PROFILE, refused=refused)


def assert_same(one: Project, other: Project) -> None:
    np.testing.assert_array_equal(one.photo.pixels, other.photo.pixels)
    np.testing.assert_array_equal(one.mask, other.mask)
    assert (one.recipe, one.view, one.source) == (other.recipe, other.view, other.source)
    assert one.profile == other.profile
    assert len(one.versions) == len(other.versions)
    for a, b in zip(one.versions, other.versions, strict=True):
        np.testing.assert_array_equal(a.photo.pixels, b.photo.pixels)
        assert a.photo.pixels.dtype == b.photo.pixels.dtype
        assert (a.photo.alpha is None) == (b.photo.alpha is None)
        if a.photo.alpha is not None and b.photo.alpha is not None:
            np.testing.assert_array_equal(a.photo.alpha, b.photo.alpha)
        assert (a.number, a.recipe, a.name, a.painted, a.report) == (
            b.number,
            b.recipe,
            b.name,
            b.painted,
            b.report,
        )
        assert (a.mask is None) == (b.mask is None)
        if a.mask is not None and b.mask is not None:
            np.testing.assert_array_equal(a.mask, b.mask)
        assert (a.residual_map is None) == (b.residual_map is None)
        if a.residual_map is not None and b.residual_map is not None:
            np.testing.assert_array_equal(a.residual_map, b.residual_map)


@pytest.mark.parametrize("embed", [True, False])
@pytest.mark.parametrize(
    ("bits", "channels", "alpha"), [(8, 3, False), (16, 3, True), (16, 1, False), (8, 1, True)]
)
def test_a_project_comes_back(tmp_path: Path, embed: bool, bits: int, channels: int, alpha: bool) -> None:
    project = project_in(tmp_path, bits, channels, alpha)
    write_project(project, tmp_path / "work.daps", embed=embed)
    back = read_project(tmp_path / "work.daps")
    assert_same(back, project)
    assert back.refused is not None and project.refused is not None
    np.testing.assert_array_equal(back.refused, project.refused)


def test_an_embedded_photo_is_the_very_file(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    write_project(project, tmp_path / "work.daps", embed=True)
    original = (tmp_path / "grandmother.tif").read_bytes()
    with zipfile.ZipFile(tmp_path / "work.daps") as archive:
        assert archive.read("photo.tif") == original
        assert archive.testzip() is None
    (tmp_path / "grandmother.tif").unlink()
    assert_same(read_project(tmp_path / "work.daps"), project)


def test_a_photo_that_changed_while_it_was_open_is_embedded_as_it_was(tmp_path: Path) -> None:
    project = project_in(tmp_path, 16)
    (tmp_path / "grandmother.tif").write_bytes(b"something else")
    write_project(project, tmp_path / "work.daps", embed=False)
    back = read_project(tmp_path / "work.daps")
    np.testing.assert_array_equal(back.photo.pixels, project.photo.pixels)


def test_a_pasted_photo_is_embedded(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    photo = replace(project.photo, path=None)
    write_project(
        replace(project, photo=photo, source=describe_source(photo)), tmp_path / "work.daps", embed=False
    )
    back = read_project(tmp_path / "work.daps")
    np.testing.assert_array_equal(back.photo.pixels, project.photo.pixels)
    assert back.photo.path is None


def test_a_photo_outside_that_moved_or_changed_is_said_and_can_be_located(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    work = tmp_path / "work.daps"
    write_project(project, work, embed=False)
    moved = tmp_path / "attic"
    moved.mkdir()
    photo = (tmp_path / "grandmother.tif").rename(moved / "granny.tif")
    with pytest.raises(UserError) as missing:
        read_project(work)
    assert missing.value.code == "project_photo_missing"
    located = read_project(work, photo)
    assert_same(located, replace(project, source=describe_source(located.photo)))
    write_project(located, tmp_path / "again.daps", embed=False)
    with zipfile.ZipFile(tmp_path / "again.daps") as archive:
        assert not [name for name in archive.namelist() if name.startswith("photo")]
    assert_same(read_project(tmp_path / "again.daps"), located)
    write_photo(Photo(project.photo.pixels // 2), tmp_path / "grandmother.tif")
    with pytest.raises(UserError) as changed:
        read_project(work)
    assert changed.value.code == "project_photo_changed"
    back = read_project(work, tmp_path / "grandmother.tif", accept_changed=True)
    np.testing.assert_array_equal(back.mask, project.mask)
    assert back.profile is None  # that of the photo as it was


def test_a_project_moved_with_its_photo_finds_it(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    project = project_in(tmp_path / "here")
    write_project(project, tmp_path / "here" / "work.daps", embed=False)
    (tmp_path / "here").rename(tmp_path / "there")
    assert read_project(tmp_path / "there" / "work.daps").photo.path == tmp_path / "there" / "grandmother.tif"


@pytest.mark.parametrize(
    ("failure", "words"),
    [(OSError(28, "No space left on device"), "no space left"), (MemoryError(), "memory ran out")],
)
def test_a_failing_disk_leaves_the_old_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception, words: str
) -> None:
    project = project_in(tmp_path)
    write_project(project, tmp_path / "work.daps", embed=True)
    before = (tmp_path / "work.daps").read_bytes()

    def full(_: object) -> bytes:
        raise failure

    monkeypatch.setattr("daps_desktop.document.project.format.encode_pixels", full)
    with pytest.raises(UserError) as error:
        write_project(project, tmp_path / "work.daps", embed=True, overwrite=True)
    assert error.value.code == "save_failed" and words in str(error.value)
    assert (tmp_path / "work.daps").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["grandmother.tif", "work.daps"]


LONG = "x" * 300  # longer than any name on the disk


@pytest.mark.parametrize(
    "path",
    [f"/{LONG}/grandmother.tif", f"C:\\{LONG}\\grandmother.tif", "\\\\far\\away\\grandmother.tif",
     "//far/away/grandmother.tif", "\\/far/away/grandmother.tif"],
)  # fmt: skip
@pytest.mark.parametrize("embed", [True, False])
def test_a_path_of_another_computer_is_none_of_this_one(tmp_path: Path, embed: bool, path: str) -> None:
    """Results belong next to the project then, and no one asks the network for the photo."""
    project, work = project_in(tmp_path), tmp_path / "work.daps"
    write_project(project, work, embed=embed)
    told = json.loads(manifest_of(work))
    told["source"]["path"] = path
    moved = read_project(rebuilt(work, tmp_path / "moved.daps", manifest=json.dumps(told).encode()))
    beside = tmp_path / "grandmother.tif"
    assert moved.photo.path == beside
    possible = path.startswith("/x") and os.name == "posix"
    assert moved.source.path == (path if possible and embed else str(beside))


def test_pages_that_pack_very_tightly_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daps_desktop.document.project.picture_reader._ALWAYS_ALLOWED", 0)
    pixels = np.full((400, 500, 3), 255, np.uint8)
    pixels[7:9, 20:400] = 0
    photo, mask = Photo(pixels), np.zeros((400, 500), bool)
    versions = tuple(Version(number, photo, RECIPE, mask, None) for number in range(1, 9))
    page = Project(photo, describe_source(photo), mask, RECIPE, versions)
    write_project(page, tmp_path / "work.daps", embed=True)
    assert (tmp_path / "work.daps").stat().st_size < pixels.nbytes / 5
    assert len(read_project(tmp_path / "work.daps").versions) == 8


# What somebody else made


def rebuilt(path: Path, target: Path, **changed: bytes | None) -> Path:
    """The same zip with entries replaced (None: left out); `manifest` stands for the manifest."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            key = info.filename.partition(".")[0].replace("/", "_")
            data = changed.get(key, old.read(info))
            if data is not None:
                new.writestr(info.filename, data)
    return target


@pytest.fixture
def work(tmp_path: Path) -> Path:
    write_project(project_in(tmp_path), tmp_path / "work.daps", embed=True)
    return tmp_path / "work.daps"


def manifest_of(work: Path) -> bytes:
    with zipfile.ZipFile(work) as archive:
        return archive.read("manifest.json")


def refusal(path: Path) -> UserError:
    started = time.perf_counter()
    with pytest.raises(UserError) as error:
        read_project(path)
    assert time.perf_counter() - started < SLOWEST_S
    return error.value


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'"version": 1,\n "source"', b'"version": 2,\n "source"', "project_newer"),
        (b'"daps-project"', b'"something"', "project_not"),
        (b'"scale": 1.5', b'"scale": NaN', "project_damaged"),
        (b'"scale": 1.5', b'"scale": 1e999', "project_damaged"),
        (b'"scale": 1.5', b'"scale": "wide"', "project_damaged"),
        (b'"photo.tif"', b'"../photo.tif"', "project_damaged"),
        (b'"photo.tif"', b'"/etc/passwd"', "project_damaged"),
        (b'"number": 4', b'"number": 1', "project_damaged"),
        (b'"number": 4', b'"number": -4', "project_damaged"),
        (b'"number": 4', b'"number": 400', "project_damaged"),
        (b'"scale": 2', b'"scale": 8', "project_damaged"),
        (b'"blur:sigma=1.5"', b'"blur:sigma=nan"', "project_damaged"),
        (b'"seed": 7', b'"seed": 1' + b"0" * 400, "project_damaged"),
        (b'"sha256": "', b'"sha256": "0', "project_damaged"),
    ],
)
def test_a_manifest_that_lies_is_refused(
    work: Path, tmp_path: Path, old: bytes, new: bytes, code: str
) -> None:
    manifest = manifest_of(work)
    assert old in manifest
    other = rebuilt(work, tmp_path / "other.daps", manifest=manifest.replace(old, new))
    assert refusal(other).code == code


def test_a_part_that_is_missing_or_of_another_photo_is_refused(work: Path, tmp_path: Path) -> None:
    for name in ("photo", "hole", "versions_1"):
        assert refusal(rebuilt(work, tmp_path / f"{name}.daps", **{name: None})).code == "project_damaged"
    (tmp_path / "second").mkdir()
    write_project(project_in(tmp_path / "second", 16), tmp_path / "second.daps", embed=True)
    with zipfile.ZipFile(tmp_path / "second.daps") as archive:
        deep = archive.read("versions/1.png")
    assert refusal(rebuilt(work, tmp_path / "deep.daps", versions_1=deep)).code == "project_damaged"


def with_map(work: Path, target: Path, contents: bytes | None, manifest: bytes) -> Path:
    """The same project with another map, or with none."""
    with zipfile.ZipFile(work) as old, zipfile.ZipFile(target, "w") as archive:
        for info in old.infolist():
            own = info.filename.endswith(".map.png")
            data = contents if own else manifest if info.filename == "manifest.json" else old.read(info)
            if data is not None:
                archive.writestr(info.filename, data)
    return target


def test_a_project_from_before_maps_were_kept_still_opens(work: Path, tmp_path: Path) -> None:
    told = json.loads(manifest_of(work))
    for version in told["versions"]:
        del version["map"]
    versions = read_project(with_map(work, tmp_path / "old.daps", None, json.dumps(told).encode())).versions
    assert [version.number for version in versions] == [1, 4]
    assert all(version.residual_map is None for version in versions)


def test_a_profile_that_is_missing_or_damaged_is_to_be_measured_again(work: Path, tmp_path: Path) -> None:
    told = json.loads(manifest_of(work))
    before = {name: value for name, value in told.items() if name != "profile"}
    noise = told["profile"]["noise"]
    wrong = {**noise, "lags": [[[-3.0]]] * 3}
    older = {name: value for name, value in noise.items() if name != "tones"}
    profiles = (*({**told["profile"], "noise": other} for other in (wrong, older)), 7)
    for other in (before, *({**told, "profile": profile} for profile in profiles)):
        opened = read_project(rebuilt(work, tmp_path / "other.daps", manifest=json.dumps(other).encode()))
        assert opened.profile is None and len(opened.versions) == 2


def test_a_map_that_cannot_be_one_is_refused(work: Path, tmp_path: Path) -> None:
    for impossible in (np.full((20, 28), -1.0), np.full((20, 28), np.inf), np.zeros((41, 28))):
        packed = encode_map(impossible.astype(np.float16))
        assert "map" in str(refusal(with_map(work, tmp_path / "map.daps", packed, manifest_of(work))))


def test_bombs_are_refused_before_they_unfold(work: Path, tmp_path: Path) -> None:
    nested = b"[" * 200_000
    assert refusal(rebuilt(work, tmp_path / "nested.daps", manifest=nested)).code == "project_damaged"
    large = tmp_path / "large.daps"
    with zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b" " * (64 * 2**20))
    assert refusal(large).code == "project_damaged"
    many = tmp_path / "many.daps"
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(30_000):
            archive.writestr(f"{number:060}", b"")
    assert "table of contents" in str(refusal(many))


@pytest.mark.parametrize("now", [0.0, 5e9], ids=["1970", "2128"])
def test_a_clock_that_runs_wrong_hinders_no_saving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: float
) -> None:
    project = project_in(tmp_path)
    monkeypatch.setattr(time, "time", lambda: now)
    write_project(project, tmp_path / "work.daps", embed=True)
    assert_same(read_project(tmp_path / "work.daps"), project)


def test_what_is_no_project_is_refused(tmp_path: Path) -> None:
    for name, data in (("empty", b""), ("text", b"Dear grandmother"), ("zip", b"PK\3\4")):
        path = tmp_path / f"{name}.daps"
        path.write_bytes(data)
        assert refusal(path).code == "project_damaged"
    with zipfile.ZipFile(tmp_path / "letters.zip", "w") as archive:
        archive.writestr("letter.txt", "Dear grandmother")
    assert refusal(tmp_path / "letters.zip").code == "project_not"
    assert refusal(tmp_path / "nowhere.daps").code == "photo_missing"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_a_mutilated_project_opens_or_says_why(work: Path, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    damage = rng.choice((cut_off, flipped_anywhere))
    path = tmp_path / "mutilated.daps"
    path.write_bytes(damage(work.read_bytes(), rng))
    opens_or_says_why(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_a_mutilated_manifest_opens_or_says_why(work: Path, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    manifest = bytearray(manifest_of(work))
    for _ in range(rng.choice((1, 2, 8))):
        at = rng.randrange(len(manifest))
        manifest[at : at + rng.choice((0, 1, 1, 6))] = rng.choice(
            (b"", b"9", b'"', b"null", b"[]", b"-", b"e9")
        )
    opens_or_says_why(rebuilt(work, tmp_path / "mutilated.daps", manifest=bytes(manifest)))


def opens_or_says_why(path: Path) -> None:
    started = time.perf_counter()
    try:
        project = read_project(path)
    except UserError as error:
        assert error.code.startswith(("project_", "photo_"))
    else:
        assert project.mask.shape == project.photo.pixels.shape[:2]
    assert time.perf_counter() - started < SLOWEST_S


def test_json_of_ours_is_strict() -> None:
    for text in (b"NaN", b"Infinity", b"{", b"\xff", b"[" * 100_000):
        with pytest.raises(ValueError):
            load_json(text)
