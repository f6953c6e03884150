"""A few of the kills that `python -m tests.faults` does by the hundred."""

import os
import random
from pathlib import Path

import pytest

from tests.faults.killing import kill_once


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a thing of other systems")
@pytest.mark.parametrize("what", ["run", "save", "export"])
def test_a_kill_costs_half_a_second_at_most(tmp_path: Path, what: str) -> None:
    outcome = kill_once(tmp_path, random.Random(what), what)
    assert outcome.work > 0
    assert not outcome.lost
