"""The prior that stays in memory from one job to the next."""

from pathlib import Path

import pytest
import torch

from daps_desktop.base.errors import UserError
from daps_desktop.networks import loader
from daps_desktop.networks.card import WEIGHTS, read_card
from tests.fakes.checkpoints import write_edm

CPU = torch.device("cpu")


def test_the_last_prior_is_kept_and_an_altered_one_is_not_taken_for_it(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_edm(tmp_path / name, name)
    one, other = read_card(tmp_path / "one"), read_card(tmp_path / "other")
    kept = loader.load_cached(one, CPU)
    assert loader.load_cached(read_card(tmp_path / "one"), CPU) is kept
    assert loader.load_cached(other, CPU).card == other
    assert loader.load_cached(one, CPU) is not kept  # one at a time
    (tmp_path / "one" / WEIGHTS).write_bytes(b"something else")
    with pytest.raises(UserError, match="checksum"):
        loader.load_cached(one, CPU)
