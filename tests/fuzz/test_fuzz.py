"""A few hundred of the inputs that `python -m tests.fuzz` gives by the hundred thousand; its alarms."""

import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from daps_desktop.base.errors import UserError
from tests.fuzz.__main__ import SHARES
from tests.fuzz.child import FOUND, LEDGER, Trial, drawn, reader_of
from tests.fuzz.ledger import read_tally
from tests.fuzz.limits import MOST_MB
from tests.fuzz.model_readers import MODELS
from tests.fuzz.mutate import mutated
from tests.fuzz.readers import CORE, Reader
from tests.fuzz.watch import feed, watched

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux tells it")

QUICK = ("checkpoint", "training settings", "training notes", "prior card")
INPUTS = 30


def trial_of(reader: Reader, folder: Path) -> Trial:
    (folder / FOUND).mkdir()
    return Trial(reader, folder)


def faults(folder: Path) -> list[str]:
    return [json.loads(note.read_text())["fault"] for note in (folder / FOUND).glob("*.json")]


@pytest.mark.parametrize("name", [*(reader.name for reader in CORE), *QUICK])
def test_damaged_files_are_taken_or_refused_in_words(tmp_path: Path, name: str) -> None:
    trial = trial_of(reader_of(name), tmp_path)
    if name != "photo of another kind":  # else nothing but refusals would be tried
        for data in trial.seeds:
            trial.reader.read(trial.place, data)
    drawn(trial, 7, INPUTS)
    assert faults(tmp_path) == []
    assert trial.tally.accepted + trial.tally.refused == trial.tally.done == INPUTS


def test_what_a_reader_does_wrong_is_noticed(tmp_path: Path) -> None:
    def careless(_: Path, data: bytes) -> object:
        what = data.decode()
        if what == "raises":
            raise KeyError(what)
        if what == "hides":
            try:
                raise MemoryError
            except MemoryError as error:
                raise UserError("clipboard_empty") from error
        if what == "swells":
            return len(bytearray(int(MOST_MB + 50) << 20))
        return None

    trial = trial_of(Reader("careless", lambda _: [], careless), tmp_path)
    for what in ("fine", "raises", "hides", "swells"):
        trial.take(what.encode())
    found = sorted(faults(tmp_path))
    assert [fault.split()[0] for fault in found] == ["KeyError", "asked", "large"]
    assert (trial.tally.accepted, trial.tally.refused) == (2, 1)


def test_a_reader_that_dies_is_noticed(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import os; os.abort()"], stderr=subprocess.DEVNULL)
    assert watched(child, tmp_path / LEDGER, 1) == -6


def test_a_process_of_its_own_tells_what_it_did(tmp_path: Path) -> None:
    outcome = feed("recipe", "drawn", 3, 25, tmp_path)
    assert outcome.tally == read_tally(tmp_path / LEDGER)
    assert outcome.tally.done == 25 and not outcome.faults and not outcome.crashes


def test_every_reader_has_its_share() -> None:
    assert set(SHARES) == {reader.name for reader in (*CORE, *MODELS)}


def test_damage_reaches_into_what_is_packed(tmp_path: Path) -> None:
    """Half of the damage to a project leaves a sound zip, else its parts would never be read."""
    project = reader_of("project").prepare(tmp_path)[0]
    rng = random.Random(1)
    results = [mutated(project, rng, []) for _ in range(60)]
    assert len(set(results)) > 50
    assert sum(data != project and _sound_zip(data, tmp_path) for data in results) > 10


def _sound_zip(data: bytes, folder: Path) -> bool:
    (folder / "x.zip").write_bytes(data)
    try:
        with zipfile.ZipFile(folder / "x.zip") as archive:
            return archive.testzip() is None
    except Exception:  # zipfile raises what it likes at mutilated files
        return False
