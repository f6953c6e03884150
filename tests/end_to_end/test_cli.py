"""The command line in this process: what it writes, what it refuses, and in which words."""

import json
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from daps_desktop.analysis.diagnosis import CLEAN
from daps_desktop.analysis.profile import measure_profile
from daps_desktop.cli.info import diagnosis_rows
from daps_desktop.engine.handlers.profile import examine
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.restoration.progress import ProgressReporter
from tests.analysis.scenes import scene
from tests.analysis.test_fading import faded
from tests.analysis.test_profile import SPOTLESS
from tests.analysis.test_tone import eight_bits, toned
from tests.end_to_end.conftest import Desk
from tests.engine.playing import REPORT_NAMES, crop
from tests.fakes.checkpoints import write_edm
from tests.fakes.full_disk import room_for


def refused(desk: Desk, capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """The one sentence on stderr; and that nothing else happened."""
    before = desk.listing()
    capsys.readouterr()
    assert desk.run(*words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert desk.listing() == before
    (sentence,) = said.err.splitlines()
    assert sentence.endswith(".") and sentence.count(";") >= 2
    return sentence


# restore


def test_a_repair_changes_the_hole_and_nothing_else(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.restore("out.tif", "--mask", desk.mask, "--report", desk.path("report.json")) == 0
    before, after = read_photo(desk.photo).pixels, read_photo(desk.path("out.tif")).pixels
    np.testing.assert_array_equal(after[~desk.hole], before[~desk.hole])
    assert (after[desk.hole] != 255).any()
    assert sorted(desk.listing()) == ["mask.png", "out.tif", "photo.png", "report.json"]
    report = json.loads(desk.path("report.json").read_text())
    assert set(report) == REPORT_NAMES
    assert (report["damage"], report["prior"], report["preset"]) == (["scratches"], "tiny", "draft")
    said = capsys.readouterr()
    assert said.out == "" and "%" in said.err and "1 place repaired." in said.err
    assert report["trace"]["repaired"] == 1


def test_several_damages_are_undone_together(desk: Desk) -> None:
    words = ("--damage", "blur:sigma=1.2", "--damage", "small:factor=2", "--damage", "scratches")
    assert desk.restore("out.png", *words, "--mask", desk.mask) == 0
    assert read_photo(desk.path("out.png")).pixels.shape == (128, 128, 3)


def test_without_mask_and_damage_it_takes_the_noise_away(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.restore("out.jpg", "--noise", "auto", "--report", desk.path("r.json")) == 0
    assert json.loads(desk.path("r.json").read_text())["damage"] == ["noise"]
    assert "Noise estimated at" in capsys.readouterr().err


def test_all_of_the_grain_can_be_kept(desk: Desk) -> None:
    assert desk.restore("none.png", "--noise", "20") == 0
    assert desk.restore("all.png", "--noise", "20", "--keep-grain", "100") == 0
    none, kept, photo = (
        read_photo(path).pixels for path in (desk.path("none.png"), desk.path("all.png"), desk.photo)
    )
    assert (none != photo).any()
    np.testing.assert_array_equal(kept, photo)


def test_the_tone_of_a_toned_photo_is_kept_unless_told_otherwise(desk: Desk) -> None:
    desk.photo.unlink()
    write_photo(Photo(eight_bits(toned("sepia"))[60:124, 190:254]), desk.photo)
    assert desk.restore("kept.png", "--mask", desk.mask) == 0
    assert desk.restore("free.png", "--mask", desk.mask, "--no-keep-tone") == 0
    kept, free = (read_photo(desk.path(name)).pixels for name in ("kept.png", "free.png"))
    assert (kept != free)[desk.hole].any()
    np.testing.assert_array_equal(kept[~desk.hole], free[~desk.hole])


def test_a_tone_is_given_to_the_result(desk: Desk) -> None:
    desk.photo.unlink()
    write_photo(Photo(eight_bits(toned("sepia"))[60:124, 190:254]), desk.photo)
    for tone in ("sepia", "neutral"):
        assert desk.restore(f"{tone}.png", "--mask", desk.mask, "--tone", tone) == 0
    sepia, neutral = (read_photo(desk.path(f"{t}.png")).pixels.astype(int) for t in ("sepia", "neutral"))
    assert sepia.shape == neutral.shape and (sepia[..., 0] - sepia[..., 2]).mean() > 5
    assert (neutral.max(axis=2) == neutral.min(axis=2)).all()


def test_the_same_seed_gives_the_same_file(desk: Desk) -> None:
    for name, seed in (("a.png", 3), ("b.png", 3), ("c.png", 4)):
        assert desk.restore(name, "--mask", desk.mask, "--output", "sample", "--seed", seed) == 0
    a, b, c = (desk.path(name).read_bytes() for name in ("a.png", "b.png", "c.png"))
    assert a == b != c


def test_nothing_is_replaced_unless_told_and_the_original_only_if_told_twice(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.path("dear.png").write_bytes(b"something dear")
    words = ("restore", desk.photo, "--mask", desk.mask, "--preset", "draft", "--prior", "tiny")
    assert "dear.png already exists" in refused(desk, capsys, *words, "-o", desk.path("dear.png"))
    assert "is the original" in refused(desk, capsys, *words, "-o", desk.photo)
    assert "is the original" in refused(desk, capsys, *words, "-o", desk.photo, "--force")
    assert desk.restore("dear.png", "--mask", desk.mask, "--force") == 0
    before = desk.photo.read_bytes()
    assert desk.restore("photo.png", "--mask", desk.mask, "--force", "--force") == 0
    assert desk.photo.read_bytes() != before


# refusals


def huge_header() -> bytes:
    """A PNG that says it is 60,000 pixels wide and high, with nothing in it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def write_nan(path: Path) -> None:
    tifffile.imwrite(path, np.full((8, 8, 3), np.nan, np.float32), photometric="rgb")


BAD_PHOTOS: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing.png": (lambda path: None, "There is no file"),
    "folder.png": (lambda path: path.mkdir(), "is a folder"),
    "empty.png": (lambda path: path.touch(), "is empty"),
    "text.jpg": (lambda path: path.write_text("Dear aunt,\n" * 50), "is not a picture"),
    "half.png": (lambda path: path.write_bytes((path.parent / "photo.png").read_bytes()[:3000]), "damaged"),
    "huge.png": (lambda path: path.write_bytes(huge_header()), "60000 × 60000"),
    "nan.tif": (write_nan, "not finite"),
}


@pytest.mark.parametrize("name", BAD_PHOTOS)
def test_a_photo_that_cannot_be_read_is_refused_in_one_sentence(
    desk: Desk, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    write, words = BAD_PHOTOS[name]
    path = desk.folder.parent / name
    (desk.folder.parent / "photo.png").write_bytes(desk.photo.read_bytes())
    write(path)
    for command in (("restore", path, "-o", desk.path("out.png")), ("info", path)):
        sentence = refused(desk, capsys, *command)
        assert words in sentence and name in sentence
    assert words in refused(desk, capsys, "restore", desk.photo, "-o", desk.path("out.png"), "--mask", path)


@contextmanager
def nobody() -> Iterator[None]:
    """Root may read everything, so it is no use as a reader who may not."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="needs the rights of Unix")
def test_a_photo_that_may_not_be_read_is_refused(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.photo.chmod(0)
    with nobody():
        assert desk.restore("out.png") == 2
    assert "may not be read by you" in capsys.readouterr().err
    assert not desk.path("out.png").exists()


def test_a_wrong_ending_is_no_obstacle(desk: Desk) -> None:
    misnamed = desk.photo.rename(desk.path("photo.jpg"))
    assert desk.run("degrade", misnamed, "-o", desk.path("out.png")) == 0
    assert desk.path("out.png").is_file()


def test_a_mask_of_another_size_is_refused(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    other = desk.folder.parent / "other.png"
    write_photo(Photo(crop(32)), other)
    words = ("restore", desk.photo, "-o", desk.path("out.png"), "--mask", other)
    assert "32 × 32 pixels but the photo is 64 × 64" in refused(desk, capsys, *words)


BAD_REQUESTS: list[tuple[tuple[str, ...], str]] = [
    (("--damage", "rain"), "no damage called rain"),
    (("--damage", "blur:sigma=much"), "is not a number"),
    (("--damage", "blur:sigma=99"), "between 0.2 and 20"),
    (("--damage", "blur:sigma=nan"), "between 0.2 and 20"),
    (("--damage", "blur:width=2"), "no value called 'width'"),
    (("--damage", "small:factor=5"), "one of 2, 3, 4, 8"),
    (("--damage", "kernel:file=nowhere.png"), "nowhere.png cannot serve as a blur kernel"),
    (("--damage", "blur", "--damage", "motion"), "one kind of blur"),
    (("--damage", "noise", "--damage", "noise"), "given twice"),
    (("--damage", "jpeg"), "quality= is needed"),
    (("--damage", "scratches"), "Nothing is marked"),
    (("--noise", "loud"), "neither auto nor a number"),
    (("--noise", "-1"), "between 0 and 128"),
    (("--noise", "nan"), "between 0 and 128"),
    (("--samples", "0"), "between 1 and 64"),
    (("--keep-grain", "101"), "between 0 and 100"),
    (("--tile", "10"), "between 64 and 2048"),
    (("--seed", "-1"), "seed"),
    (("--prior", "nobody"), "no prior called nobody"),
    (("--report", "report.png"), "does not end in .json"),
    (("--report", "no/such/folder/report.json"), "there is no folder"),
]


@pytest.mark.parametrize(("words", "said"), BAD_REQUESTS)
def test_a_request_that_makes_no_sense_is_refused_in_one_sentence(
    desk: Desk, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    quick = ("--preset", "draft", "--prior", "tiny", "--noise", "5")
    sentence = refused(desk, capsys, "restore", desk.photo, "-o", desk.path("out.png"), *quick, *words)
    assert said in sentence


@pytest.mark.parametrize(
    ("out", "said"), [("out.bmp", "an ending this program does not write"), ("no/out.png", "no folder")]
)
def test_a_place_that_cannot_be_written_is_refused_before_the_work(
    desk: Desk, capsys: pytest.CaptureFixture[str], out: str, said: str
) -> None:
    assert said in refused(desk, capsys, "restore", desk.photo, "-o", desk.path(out))


def test_a_full_disk_leaves_nothing_behind(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    before = desk.listing()
    with room_for(1000):
        code = desk.restore("out.png", "--mask", desk.mask)
    assert code == 2 and desk.listing() == before
    assert "could not be written (file too large)" in capsys.readouterr().err.splitlines()[-1]


def test_a_command_that_is_misspelt_is_explained(capsys: pytest.CaptureFixture[str], desk: Desk) -> None:
    with pytest.raises(SystemExit) as ended:
        desk.restore("out.png", "--preset", "quickest")
    assert ended.value.code == 2
    assert "choose from" in capsys.readouterr().err


# degrade


def test_the_same_damage_is_applied_forwards(desk: Desk) -> None:
    words = ("--damage", "small:factor=2", "--noise", "3", "--seed", "5")
    for name in ("a.png", "b.png"):
        assert desk.run("degrade", desk.photo, "-o", desk.path(name), *words) == 0
    small = read_photo(desk.path("a.png"))
    assert small.pixels.shape == (32, 32, 3)
    assert desk.path("a.png").read_bytes() == desk.path("b.png").read_bytes()
    means = np.abs(small.pixels.mean((0, 1)) - read_photo(desk.photo).pixels.mean((0, 1)))
    assert means.max() < 3


def test_degrading_keeps_the_depth_and_loses_the_colour(desk: Desk) -> None:
    write_photo(Photo(crop().astype(np.uint16) * 257), desk.path("deep.tif"))
    assert desk.run("degrade", desk.path("deep.tif"), "-o", desk.path("grey.tif"), "--damage", "grey") == 0
    grey = read_photo(desk.path("grey.tif"))
    assert (grey.bits, grey.pixels.shape) == (16, (64, 64, 1))


def test_a_scratch_is_painted_white(desk: Desk) -> None:
    write_photo(Photo(crop()), desk.path("clean.png"))
    words = ("degrade", desk.path("clean.png"), "-o", desk.path("out.png"), "--mask", desk.mask)
    assert desk.run(*words) == 0
    pixels = read_photo(desk.path("out.png")).pixels
    assert (pixels[desk.hole] == 255).all()
    assert np.abs(pixels[~desk.hole].astype(int) - crop()[~desk.hole]).max() <= 1


# priors and info


def examined(desk: Desk) -> PhotoProfile:
    return examine(read_photo(desk.photo), ProgressReporter())


def test_priors_are_listed_shown_imported_and_checked(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    source = write_edm(desk.folder.parent / "source", "theirs")
    assert desk.run("priors", "import", source, "--name", "mine") == 0
    assert "Imported as mine" in capsys.readouterr().out
    assert desk.run("priors", "list") == 0
    listed = [row.split()[0] for row in capsys.readouterr().out.splitlines()]
    assert {"photo-fast", "tiny", "mine"} <= set(listed)
    assert desk.run("priors", "info", "mine") == 0
    shown = dict(row.split(":", 1) for row in capsys.readouterr().out.splitlines())
    assert shown["licence"].strip() == "CC0" and len(shown["sha256"].strip()) == 64
    assert desk.run("priors", "verify") == 0
    assert "DAMAGED" not in capsys.readouterr().out
    weights = Path(shown["folder"].strip()) / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"!")
    assert desk.run("priors", "verify") == 2
    assert "DAMAGED" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("info", "nobody"), "no prior called nobody"),
        (("import", "nowhere"), "nowhere is not a prior"),
    ],
)
def test_a_prior_that_is_none_is_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert said in refused(desk, capsys, "priors", *words)


def test_a_photo_tells_about_itself(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.run("info", desk.photo) == 0
    said = capsys.readouterr()
    assert "64 × 64 pixels" in said.out and "8 bit, RGB" in said.out
    assert "of 255 grey levels" in said.out and "for the whole photo" in said.out
    assert all(reason in said.out for _, reason in diagnosis_rows(examined(desk)))
    assert "printed dots:" in said.out and "scanner streaks:" in said.out
    assert "softness:" in said.out and "no traces of JPEG" in said.out
    assert said.err == ""


def test_a_photo_tells_programs_about_itself(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.run("info", desk.photo, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    profile = examined(desk)
    assert (told["noise_level"], told["noise_correlation"]) == (
        profile.noise.level,
        profile.noise.correlation,
    )
    assert (told["blur_sigma"], told["jpeg_quality"]) == (profile.blur_sigma, None)
    assert (told["screen_level"], told["screen_period"], told["streak_level"]) == (0, None, 0)
    assert (told["toned"], told["grey"], told["faded"]) == (profile.toned, False, False)
    assert (told["width"], told["height"], told["bits"], told["channels"]) == (64, 64, 8, 3)
    assert (told["format"], told["pages"]) == ("PNG", 1)
    assert set(told["seconds"]) == {"draft", "balanced", "best"}
    write_photo(Photo(faded(scene(44, 240, 320))), desk.path("faded.png"))
    assert desk.run("info", desk.path("faded.png"), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["faded"] is True and "faded" in told["damage"]


def test_what_a_photo_cannot_tell_is_null(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daps_desktop.cli.info._expected_seconds", lambda *_: {})  # asked elsewhere
    write_photo(Photo(np.full((20, 20, 1), 99, np.uint8)), desk.path("even.png"))
    assert desk.run("info", desk.path("even.png"), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["blur_sigma"] is None and told["noise_level"] == 0 and told["grey"] is True
    assert desk.run("info", desk.path("even.png")) == 0
    assert "cannot be told" in capsys.readouterr().out


def test_a_profile_that_is_none_is_said_to_be_unreadable(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daps_desktop.cli.info._times", lambda *_: [])  # asked elsewhere
    Image.fromarray(crop()).save(desk.path("odd.jpg"), icc_profile=b"no profile")
    assert desk.run("info", desk.path("odd.jpg")) == 0
    assert "colour profile:  unreadable" in capsys.readouterr().out


def test_a_sepia_photo_is_toned_and_not_yellowed(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daps_desktop.cli.info._times", lambda *_: [])  # asked elsewhere
    luma = scene(44, 240, 320).mean(axis=2, keepdims=True)
    write_photo(Photo(np.rint(luma * [1.0, 0.85, 0.6]).astype(np.uint8)), desk.path("sepia.png"))
    assert desk.run("info", desk.path("sepia.png")) == 0
    told = dict(line.split(":", 1) for line in capsys.readouterr().out.splitlines())
    assert "sepia" in told["colours"] and told["yellowing"].strip() == "none"


def test_a_photo_tells_what_is_wrong_with_it() -> None:
    (line,) = [
        told
        for told in diagnosis_rows(measure_profile(Photo(faded(scene(44, 240, 320)))))
        if told[0] == "faded"
    ]
    assert line[1].startswith("Yellowed: even light things lack")
    assert diagnosis_rows(SPOTLESS) == [("damage", CLEAN)]
