"""A few of the many things that `python -m tests.faults` and `tests.faults.long_use` do to the program."""

import os
import random
import sys
from pathlib import Path

import pytest

from tests.faults.killing import kill_once
from tests.faults.places import photo_hurt

pytestmark = pytest.mark.skipif(os.name == "nt", reason="it is hurt by what other systems have")


@pytest.mark.parametrize("what", ["run", "save", "export"])
def test_a_kill_costs_half_a_second_at_most(tmp_path: Path, what: str) -> None:
    outcome = kill_once(tmp_path, random.Random(what), what)
    assert outcome.work > 0
    assert not outcome.lost


def test_a_photo_that_goes_while_it_is_open_is_kept(tmp_path: Path) -> None:
    outcome = photo_hurt(tmp_path, random.Random(1))
    assert outcome.work > 0
    assert not outcome.lost


@pytest.mark.skipif(sys.platform != "linux", reason="it is looked for in /proc")
def test_nothing_is_left_of_photos_that_were_opened_and_closed(tmp_path: Path) -> None:
    from tests.faults.long_use import grown

    growth = grown(tmp_path, "opens", 1)
    assert not growth.wrong
    assert not growth.left
