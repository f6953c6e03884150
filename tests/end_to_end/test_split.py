"""Prints of one scan from the command line: what is said and what is written."""

import json

import numpy as np
import pytest

from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from tests.analysis.scan_pages import draw
from tests.end_to_end.conftest import Desk


@pytest.fixture
def page(desk: Desk) -> int:
    """scan.png, and how many prints it holds."""
    pixels, laid = draw(302, lid="black", count=3, touching=False)
    write_photo(Photo(pixels), desk.path("scan.png"))
    return len(laid)


def test_prints_are_listed_and_nothing_is_written_in_a_dry_run(
    desk: Desk, page: int, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(desk.folder.iterdir())
    assert desk.run("split", desk.path("scan.png"), "--dry-run", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["height"], told["width"]) == read_photo(desk.path("scan.png")).pixels.shape[:2]
    assert [found["file"] for found in told["prints"]] == [f"scan-{n}.tif" for n in range(1, page + 1)]
    assert all(len(found["corners"]) == 4 and len(found["border"]) == 4 for found in told["prints"])
    assert all(abs(found["angle"]) <= 15.3 for found in told["prints"])
    assert sorted(desk.folder.iterdir()) == before


def test_each_print_gets_a_file_and_none_is_written_over(
    desk: Desk, page: int, capsys: pytest.CaptureFixture[str]
) -> None:
    scan, out = desk.path("scan.png"), desk.path("prints")
    before = scan.read_bytes()
    assert desk.run("split", scan, "-o", out) == 0
    assert f"{page} prints found." in capsys.readouterr().out
    assert sorted(path.name for path in out.iterdir()) == [f"scan-{n}.tif" for n in range(1, page + 1)]
    written = {path: path.read_bytes() for path in out.iterdir()}
    assert desk.run("split", scan, "-o", out) == 2
    assert "already exists" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in out.iterdir()} == written
    assert scan.read_bytes() == before


def test_a_photo_on_its_own_stays_whole(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    write_photo(Photo(np.full((200, 300, 3), 128, np.uint8)), desk.path("one.png"))
    assert desk.run("split", desk.path("one.png"), "-o", desk.path("prints")) == 0
    assert "Not more than one print" in capsys.readouterr().err
    assert not desk.path("prints").exists()
