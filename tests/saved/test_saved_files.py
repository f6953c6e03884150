"""Files of an earlier version, as users have them, read as they were meant: see README.md."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from daps_desktop import cli
from daps_desktop.album.album_file import read_album, revalidated
from daps_desktop.album.change_log import read_with_log
from daps_desktop.base.errors import UserError
from daps_desktop.base.paths import DATA_VARIABLE
from daps_desktop.base.serialization import from_jsonable
from daps_desktop.document.journal import recover, unsaved_work
from daps_desktop.document.project import Project, read_project
from daps_desktop.document.sidecar import hash_pixels, read_recipe, read_sidecar
from daps_desktop.imaging.formats.mask_file import read_mask
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.jobs.report import Report
from daps_desktop.networks.card import read_card, verify
from daps_desktop.networks.importers.known_weights import KnownWeights
from daps_desktop.networks.loader import load
from daps_desktop.training.loop.settings import read_settings
from daps_desktop.ui.common.preferences import language
from daps_desktop.ui.common.theme import ColourScheme
from daps_desktop.ui.files.export_file import last_options
from tests.ui.conftest import Desk, desk, own_preferences, theme

__all__ = ["desk", "own_preferences", "theme"]  # fixtures
FILES = Path(__file__).parent / "files"
HOME = "/home/anna/Pictures"  # where the photos were
HEIGHT, WIDTH = 40, 48
QUICK = {
    "preset": "draft", "method": "dapspp", "output": "safest", "samples": 1, "noise": 5.0, "closeness": 0.5,
    "levels": 0, "prior": "photo-fast", "device": "cpu", "seed": 7, "tile": 0, "soft_edge": 0,
    "keep_tone": True, "fill_grain": True, "keep_grain": 0,
}  # fmt: skip
UNUSUAL = {
    "preset": "best", "method": "diffpir", "output": "sample", "samples": 5, "noise": 12.5, "closeness": 0.25,
    "levels": 30, "prior": "photo-fine", "device": "cpu", "seed": 2**62, "tile": 512, "soft_edge": 8,
    "keep_tone": True, "fill_grain": True, "keep_grain": 0,
}  # fmt: skip
USUAL = {
    "preset": "balanced", "method": "dapspp", "output": "safest", "samples": 1, "noise": None,
    "closeness": 0.5, "levels": 0, "prior": "auto", "device": "auto", "tile": 0, "soft_edge": 0,
    "keep_tone": True, "fill_grain": True, "keep_grain": 0,
}  # fmt: skip
Damages = list[tuple[str, dict[str, Any]]]


def marks(add: int = 0) -> NDArray[np.bool_]:
    rows, cols = np.mgrid[:HEIGHT, :WIDTH]
    return (rows * 7 + cols * 3 + add) % 31 < 2


def picture(bits: int = 8, add: int = 0) -> NDArray[Any]:
    """What was photographed, (H, W, 3)."""
    rows, cols = np.mgrid[:HEIGHT, :WIDTH]
    values = np.stack([rows * 5 + add, cols * 5, rows + 3 * cols + add], axis=-1) % 256
    deep = values * 257 + cols[..., None] % 200
    return values.astype(np.uint8) if bits == 8 else deep.astype(np.uint16)


def sha(values: NDArray[Any]) -> str:
    return hashlib.sha256(values.tobytes()).hexdigest()[:16]


def damages(recipe: Any) -> Damages:
    """By the words of the command line, each with its values."""
    return [(damage.name, asdict(damage)) for damage in recipe.task.damages]


# Projects and journals


def check_versions(project: Project) -> None:
    """The repair and the sample that a run has made of the photo of 8 bits."""
    first, second = project.versions[:2]
    assert (first.number, first.kind, sha(first.photo.pixels)) == (1, "safest", "eec1093816397063")
    assert (second.number, second.kind, second.name) == (2, "sample", "Großmutter, 2. Versuch")
    assert sha(second.photo.pixels) == "8e35821ed1d613da"
    np.testing.assert_array_equal(first.mask, marks())
    np.testing.assert_array_equal(second.mask, marks(5))
    assert first.residual_map is not None and sha(first.residual_map) == "6ffc480e78fa11a7"
    assert second.residual_map is not None and sha(second.residual_map) == "2a5fddc5056be666"
    assert damages(first.recipe) == [("scratches", {}), ("blur", {"sigma": 1.5})]
    assert asdict(first.recipe.settings) == {**QUICK, "soft_edge": 4}
    assert asdict(second.recipe.settings) == {**QUICK, "output": "sample", "seed": 2**40}
    assert first.report is not None and second.report is not None
    assert (first.report.residual_over_noise, len(first.report.steps)) == (0.18705566204153, 3)
    assert first.report.damage == ["scratches", "blur:sigma=1.5"]
    assert (second.report.evaluations, second.report.notices) == (6, ["noise_unused"])


@pytest.mark.parametrize(("name", "inside"), [("embedded", True), ("beside", False)])
def test_a_project_comes_back_with_marks_versions_and_view(name: str, inside: bool) -> None:
    project = read_project(FILES / f"projects/{name}.daps")
    np.testing.assert_array_equal(project.photo.pixels, picture())
    np.testing.assert_array_equal(project.mask, marks())
    assert damages(project.recipe) == [("scratches", {}), ("blur", {"sigma": 1.5})]
    assert asdict(project.view) == {"scale": 1.5, "row": 3.25, "col": 4.0, "shown": 4}
    assert (project.source.name, project.source.size) == ("grandmother.png", 144)
    assert (project.source.path == f"{HOME}/grandmother.png") is inside
    check_versions(project)
    assert len(project.versions) == 3
    larger = project.versions[2]
    assert (larger.number, larger.kind, larger.name) == (4, "painted", "larger")
    assert larger.report is None and larger.mask is None and larger.residual_map is None
    assert damages(larger.recipe) == [("small", {"factor": 2, "kernel": "area"}), ("noise", {})]
    np.testing.assert_array_equal(larger.photo.pixels, picture(add=9).repeat(2, 0).repeat(2, 1))


def test_a_project_of_16_bits_keeps_every_bit_and_its_transparency() -> None:
    project = read_project(FILES / "projects/deep.daps")
    (version,) = project.versions
    np.testing.assert_array_equal(project.photo.pixels, picture(16))
    np.testing.assert_array_equal(project.photo.alpha, picture(16)[..., 0] // 2)
    np.testing.assert_array_equal(version.photo.alpha, picture(16)[..., 0] // 2)
    assert version.photo.bits == 16 and sha(version.photo.pixels) == "63729950b0775442"
    assert project.view.scale == 0


def test_work_that_a_crash_left_behind_comes_back(tmp_path: Path) -> None:
    shutil.copytree(FILES / "journals", tmp_path / "journals")
    (found,) = unsaved_work(tmp_path / "journals")
    assert (found.name, found.path, found.project) == ("aunt.png", f"{HOME}/aunt.png", "")
    assert (found.strokes, found.versions) == (3, 2)
    recovered = recover(found.folder)
    expected = marks()
    expected[3:6, 4:9] = True
    np.testing.assert_array_equal(recovered.project.mask, expected)
    np.testing.assert_array_equal(recovered.project.photo.pixels, picture())
    check_versions(recovered.project)
    assert [version.name for version in recovered.project.versions] == ["the first", "Großmutter, 2. Versuch"]
    assert asdict(recovered.project.recipe.settings) == {**QUICK, "soft_edge": 4}
    assert recovered.strokes == 3


# Albums


def test_a_finished_album_says_what_became_of_each_photo() -> None:
    album = read_album(FILES / "albums/finished/album.daps.json")
    told = [(row.photo, row.state, row.marks, row.agreement) for row in album.rows]
    assert told == [
        (f"{HOME}/album/a.png", "done", "file", "agrees"),
        (f"{HOME}/album/b.png", "skipped", "", ""),
        (f"{HOME}/album/c.png", "failed", "", ""),
        (f"{HOME}/album/d.tif", "done", "file", "agrees"),
    ]
    assert album.rows[0].output == f"{HOME}/restored/a_restored.tif"
    assert album.rows[0].residual == pytest.approx(0.1428, abs=1e-4) and album.rows[1].redrawn is None
    assert "incomplete or damaged" in album.rows[2].reason and album.rows[0].reason == ""
    assert damages(album.recipe) == [("scratches", {})]
    assert asdict(album.recipe.settings) == {**QUICK, "soft_edge": 3}
    assert album.export.file_format == "tiff" and album.export.policy == "unique" and album.export.sidecar
    assert (album.folder, album.masks, album.find_scratches) == (f"{HOME}/restored", "", False)


def test_an_album_that_broke_off_knows_its_last_steps() -> None:
    path = FILES / "albums/half/album.daps.json"
    assert [row.state for row in read_album(path).rows] == ["waiting"] * 4
    album = read_with_log(path)
    assert [row.state for row in album.rows] == ["done", "skipped", "failed", "saving"]
    assert album.rows[3].output == f"{HOME}/restored/d_restored.tif"


def test_an_album_that_broke_off_goes_on_with_what_it_has(tmp_path: Path) -> None:
    """Wherever the folders lie now: a result is known by what it was made from, and by its own bytes."""
    shutil.copytree(FILES / "albums/photos", tmp_path / "album")
    shutil.copytree(FILES / "albums/half", tmp_path / "restored")
    path = tmp_path / "restored/album.daps.json"
    for file in (path, path.with_name(path.name + ".steps")):
        here = json.dumps(tmp_path.as_posix())[1:-1]
        file.write_text(file.read_text("utf-8").replace(HOME, here), "utf-8")
    states = [row.state for row in revalidated(read_with_log(path)).rows]
    assert states == ["done", "waiting", "waiting", "done"]
    (tmp_path / "album/d_marks.png").write_bytes((tmp_path / "album/a_mask.png").read_bytes())
    states = [row.state for row in revalidated(read_with_log(path)).rows]
    assert states == ["done", "waiting", "waiting", "waiting"]


# What lies beside photos


@pytest.mark.parametrize(("name", "add"), [("a.png", 0), ("d.tif", 2)])
def test_what_lies_beside_a_result_tells_its_origin(name: str, add: int) -> None:
    stem = name[0]
    told = read_sidecar(FILES / f"sidecars/{stem}_restored.tif.daps.json")
    result = FILES / f"albums/half/{stem}_restored.tif"
    assert told.matches(read_photo(FILES / f"albums/photos/{name}"))
    assert not told.matches(read_photo(FILES / "albums/photos/b.png"))
    assert told.origin.file == hashlib.sha256((FILES / f"albums/photos/{name}").read_bytes()).hexdigest()
    assert told.exported == hashlib.sha256(result.read_bytes()).hexdigest()
    assert told.result == hash_pixels(read_photo(result).pixels)
    np.testing.assert_array_equal(told.mask, marks(add))
    assert told.report is not None and told.report.prior == "photo-fast"
    assert damages(told.repeated()) == [("scratches", {})]
    assert asdict(told.repeated().settings) == {**QUICK, "soft_edge": 3}


def test_what_lies_beside_a_sample_or_a_composite_is_told_apart() -> None:
    sample = read_sidecar(FILES / "sidecars/sample.png.daps.json")
    assert (sample.name, sample.exported) == ("Großmutter, 2. Versuch", "ab" * 32)
    assert asdict(sample.repeated().settings) == {**QUICK, "output": "sample", "seed": 2**40}
    np.testing.assert_array_equal(sample.mask, marks(5))
    composite = read_sidecar(FILES / "sidecars/composite.png.daps.json")
    assert composite.report is None and composite.mask is None
    with pytest.raises(UserError, match="larger") as refused:
        composite.repeated()
    assert refused.value.code == "sidecar_composite"


SCRATCHES, NOISE, GREY = ("scratches", {}), ("noise", {}), ("grey", {})
RECIPES: dict[str, Damages] = {  # in the order in which they were written, which is their seed
    "scratches": [SCRATCHES],
    "blur": [("blur", {"sigma": 0.75}), NOISE],
    "motion": [("motion", {"length": 12.5, "angle": -30.0}), SCRATCHES],
    "kernel": [("kernel", {"file": f"{HOME}/shake, left=2.png", "picture": b""}), NOISE],
    "small": [("small", {"factor": 4, "kernel": "lanczos"}), SCRATCHES],
    "small_usual": [("small", {"factor": 2, "kernel": "unknown"})],
    "jpeg": [("jpeg", {"quality": 35}), ("faded", {"amount": 0.25})],
    "grey": [GREY, NOISE, SCRATCHES],
    "clipped": [("clipped", {"scale": 1.75})],
    "random-mask": [("random-mask", {"fraction": 0.125, "seed": 2**40})],
    "box": [("box", {"size": 24})],
    "phase": [("phase", {"oversample": 2.5, "starts": 3})],
    "camera-blur": [("camera-blur", {"sigma": 1.25, "exposure": 2.5})],
}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_says_what_it_said(name: str) -> None:
    recipe = read_recipe(FILES / f"recipes/{name}.json")
    assert damages(recipe) == RECIPES[name]
    number = list(RECIPES).index(name)
    assert asdict(recipe.settings) == ({**USUAL, "seed": number} if number % 2 else UNUSUAL)


def test_every_saved_recipe_is_looked_at() -> None:
    assert {path.stem for path in (FILES / "recipes").iterdir()} == set(RECIPES)


@pytest.mark.parametrize("name", ["own.png", "drawn_elsewhere.webp"])
def test_a_picture_of_marks_is_read_to_the_pixel(name: str) -> None:
    photo = read_photo(FILES / "albums/photos/a.png")
    np.testing.assert_array_equal(read_mask(FILES / "masks" / name, photo), marks())


@pytest.mark.parametrize(
    ("name", "damage", "samples"),
    [("repair", ["scratches"], [0, 0, 0]), ("estimated", ["noise", "blur:sigma=0.8"], [0, 0, 0, 1, 1, 1])],
)
def test_a_report_has_the_names_that_scripts_read(name: str, damage: list[str], samples: list[int]) -> None:
    saved = json.loads((FILES / f"reports/{name}.json").read_bytes())
    report = from_jsonable(Report, saved)
    assert asdict(report) == {**saved, "blur": None, "trace": None}  # of before
    assert (report.damage, report.seed) == (damage, 5)
    assert [step.sample for step in report.steps] == samples


# A user's folder


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(FILES / "data", tmp_path / "of old")
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "of old"))
    return tmp_path / "of old"


USES = {
    "first-edm": {"sigma_data": 0.5, "sigma_min": 0.005, "sigma_max": 80.0, "pixel_patch": 2},
    "second-edm": {"sigma_data": 0.5, "sigma_min": 0.005, "sigma_max": 80.0, "pixel_patch": 1},
    "first-ddpm": {"prediction": "v_prediction"},
    "second-discrete": {"prediction": "epsilon"},
    "second-noise-map": {"sigma_max": 50 / 127.5},
}
# How much of a ramp is left of it (0.377778 if all is), to see that the network is used as it was.
ANSWERS = {
    "first-edm": 0.278446,
    "second-edm": 0.280346,
    "first-ddpm": 0.354405,
    "second-discrete": 0.385942,
    "second-noise-map": 0.051492,
}


@pytest.mark.parametrize("name", USES)
def test_a_prior_of_either_version_is_used_as_it_was(name: str, data: Path) -> None:
    card = read_card(data / "priors" / name)
    assert card.name == name and verify(card) and not card.built_in
    known = {key: getattr(card.parameterisation, key) for key in USES[name]}
    assert known == USES[name]
    ramp = torch.linspace(-1, 1, 16).expand(1, 3, 16, 16).contiguous()
    answer = load(card).denoiser.denoise(ramp, 0.3)
    assert float((answer * ramp).mean()) == pytest.approx(ANSWERS[name], rel=1e-3)


def test_installed_priors_are_listed_for_other_programs_as_they_were(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["priors", "list", "--json"]) == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    saved = [json.loads(line) for line in (data / "list.jsonl").read_text("utf-8").splitlines()]
    assert [prior for prior in listed if not prior["built_in"]] == saved and len(saved) == 5


def test_checksums_of_what_was_fetched_are_still_known(data: Path) -> None:
    known = KnownWeights(data)
    known.check("anna/portraits", "weights.safetensors", "cd" * 32)
    with pytest.raises(UserError) as refused:
        known.check("anna/portraits", "weights.safetensors", "ef" * 32)
    assert refused.value.code == "download_changed"


def test_a_training_run_goes_on_as_it_began() -> None:
    assert asdict(read_settings(FILES / "training")) == {
        "photos": ("/home/anna/Pictures", "/home/anna/more.zip"), "out": "/home/anna/run", "validation": "",
        "held_out": ("album/a.png",), "film": (), "start_from": "photo-fast", "widths": (8, 16), "blocks": 2,
        "recipe": {
            "batch": 12, "lr": 0.001, "warmup_steps": 10, "fall_from": 0.25, "mean_decay": 0.9995, "seed": 5,
        },
        "budget": {"minutes": 7.5, "steps": 40}, "device": "cpu",
    }  # fmt: skip


@pytest.fixture
def chosen(tmp_path: Path, own_preferences: None, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A window that starts with what was chosen in the earlier version."""
    shutil.copytree(FILES / "preferences", tmp_path / "preferences/daps-desktop")
    opened: Desk = request.getfixturevalue("desk")
    yield opened
    opened.window.theme.choose(ColourScheme.SYSTEM)  # all windows have one


def test_the_window_remembers_what_was_chosen(chosen: Desk) -> None:
    window = chosen.window
    keys: Callable[[str], list[QKeySequence]] = window.shortcuts.keys
    assert keys("grow") == [QKeySequence("Ctrl+Alt+G")] and keys("export") == []
    assert window.theme.is_dark and language() == "de"
    assert (window.canvas.overlay.colour, window.canvas.overlay.opacity) == ("green", 25)
    assert [path.as_posix() for path in window.recent.paths] == [
        f"{HOME}/grandmother.png",
        f"{HOME}/Großvater, 1911.daps",
    ]
    assert window.dockWidgetArea(window.task_dock) == Qt.DockWidgetArea.LeftDockWidgetArea
    assert asdict(last_options()) == {
        "file_format": "jpeg", "bits": 0, "quality": 71, "longest_side": 0, "dpi": 0.0, "metadata": False,
        "policy": "overwrite", "picture": "result", "sidecar": False,
    }  # fmt: skip
