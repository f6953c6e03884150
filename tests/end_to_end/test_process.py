"""The command as a process of its own: streams, exit codes, Ctrl+C."""

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from daps_desktop.cli import is_command, main
from daps_desktop.cli.stdio import escape_unencodable
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from tests.end_to_end.conftest import Desk
from tests.engine.playing import crop

COMMAND = (sys.executable, "-m", "daps_desktop")
START_S = 60  # loading torch on a busy machine
END_S = 1.0


def start(*words: object) -> subprocess.Popen[str]:
    # A group of its own, so that a signal meant for it does not reach the tests.
    return subprocess.Popen(
        [*COMMAND, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )


def test_a_restoration_in_a_process_of_its_own_gives_the_same_bytes(desk: Desk) -> None:
    words = ("--mask", desk.mask, "--output", "sample", "--seed", "7")
    assert desk.restore("here.png", *words) == 0
    quick = ("--preset", "draft", "--prior", "tiny", "--device", "cpu", "--noise", "5")
    process = start("restore", desk.photo, "-o", desk.path("there.png"), *quick, *words)
    out, err = process.communicate(timeout=START_S)
    assert process.returncode == 0, err
    assert out == "" and "%" in err and "Traceback" not in err
    assert desk.path("there.png").read_bytes() == desk.path("here.png").read_bytes()


@pytest.mark.parametrize(
    ("platform", "told"), [("win32", "gro\u00dfmutter \u4e2d"), ("linux", "gro\u00dfmutter \\u4e2d")]
)
def test_what_is_said_into_a_pipe_of_windows_is_utf_8(
    monkeypatch: pytest.MonkeyPatch, platform: str, told: str
) -> None:
    heard = io.BytesIO()
    encoding = "cp1252"
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(heard, encoding))
    escape_unencodable(platform)
    print("gro\u00dfmutter \u4e2d", end="", flush=True)
    assert heard.getvalue().decode("utf-8" if platform == "win32" else encoding) == told


def test_a_refusal_ends_the_process_with_2(desk: Desk) -> None:
    process = start("restore", desk.path("nowhere.png"), "-o", desk.path("out.png"))
    out, err = process.communicate(timeout=START_S)
    assert (process.returncode, out) == (2, "")
    assert err.startswith("There is no file") and len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "stream"), [(("priors", "list"), "stdout"), (("info", "nowhere.png"), "stderr")]
)
def test_where_nobody_reads_any_more_it_ends_without_a_word(words: tuple[str, ...], stream: str) -> None:
    process = start(*words)
    getattr(process, stream).close()  # as `head` does when it has seen enough
    other = process.stderr if stream == "stdout" else process.stdout
    assert other is not None and other.read() == ""
    assert process.wait(START_S) == 141
    other.close()


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C is sent by other means there")
def test_ctrl_c_ends_within_a_second_and_leaves_nothing(desk: Desk) -> None:
    large = desk.folder.parent / "large.png"
    write_photo(Photo(np.tile(crop(128), (4, 4, 1))), large)
    before = desk.listing()
    words = ("--damage", "blur:sigma=2", "--preset", "best", "--device", "cpu", "--noise", "2")
    process = start("restore", large, "-o", desk.path("out.png"), *words)
    assert process.stderr is not None
    seen = process.stderr.readline()
    while seen and "%" not in seen:
        seen = process.stderr.readline()
    assert "%" in seen
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=START_S)
    assert time.monotonic() - asked < END_S
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert desk.listing() == before


def test_one_path_opens_the_window_and_anything_else_is_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not is_command([]) and not is_command([str(tmp_path / "photo.png")])
    assert is_command(["restore"]) and is_command(["--version"])
    misspelt = ["restor", "photo.png", "-o", "out.png"]
    assert is_command(misspelt)
    with pytest.raises(SystemExit) as ended:
        main(misspelt)
    assert ended.value.code == 2 and "restor" in capsys.readouterr().err
