"""The whole program without a network: in every process any address but a file's is refused, and told."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo

# Python runs a module of this name at the start of every process, the engine's included.
_REFUSAL = """
import os, sys
def refuse(event, arguments):
    if event not in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        return
    address = arguments[1] if event.startswith(("socket.connect", "socket.sendto")) else arguments[0]
    if isinstance(address, (str, bytes)) and event == "socket.connect":
        return  # a file
    with open(os.environ["REFUSED"], "a") as file:
        file.write(f"{event} {address}\\n")
    raise PermissionError("there is no network")
sys.addaudithook(refuse)
"""
TIMEOUT_S = 150


@pytest.fixture
def offline(tmp_path: Path) -> dict[str, str]:
    """The environment of a process without a network."""
    (tmp_path / "sitecustomize.py").write_text(_REFUSAL)
    root = Path(__file__).parents[2]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(tmp_path), str(root))),
        "REFUSED": str(tmp_path / "refused"),
        "DAPS_DESKTOP_DATA": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "OMP_NUM_THREADS": "1",
    }


def test_a_photo_is_opened_restored_and_saved_without_a_network(
    tmp_path: Path, offline: dict[str, str]
) -> None:
    rows, cols = np.mgrid[:96, :96]
    pixels = np.stack([rows * 2, cols * 2, rows + cols], axis=-1).astype(np.uint8)
    pixels[40:44, 20:70] = 255  # on a ramp alone the filling may be what was there
    write_photo(Photo(pixels), tmp_path / "photo.png")
    files = tmp_path / "photo.png", tmp_path / "result.png"
    told = subprocess.run(
        [sys.executable, "-m", "tests.end_to_end.offline_story", *files],
        env=offline, capture_output=True, encoding="utf-8", timeout=TIMEOUT_S, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    result = read_photo(tmp_path / "result.png").pixels
    assert not np.array_equal(result[40:44, 20:70], pixels[40:44, 20:70])
    np.testing.assert_array_equal(result[:40], pixels[:40])
    assert not (tmp_path / "refused").exists()


def test_the_refusal_refuses(offline: dict[str, str]) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "daps_desktop", "priors", "fetch", "somebody/something"],
        env=offline, capture_output=True, encoding="utf-8", timeout=TIMEOUT_S, check=False,
    )  # fmt: skip
    assert told.returncode == 2 and "there is no network" in told.stderr
    assert "huggingface" in Path(offline["REFUSED"]).read_text()
