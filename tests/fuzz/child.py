"""python -m tests.fuzz.child READER ENGINE SEED COUNT FOLDER: one process that feeds one reader."""

import hashlib
import json
import os
import random
import sys
import tempfile
import traceback
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fuzz.ledger import Ledger, Tally
from tests.fuzz.limits import MOST_MB, SLOWEST_S, Meter, limit_memory, open_files
from tests.fuzz.mutate import LARGEST, mutated

if TYPE_CHECKING:
    from tests.fuzz.readers import Reader

CURRENT, FOUND, LEDGER = "current", "found", "ledger"
_KEPT = 3  # inputs of each kind of fault
_MORE_FILES = 8  # that may be open at the end than at the beginning
_INSTRUMENTED = ["daps_desktop", "tifffile", "PIL", "zipfile", "json", "safetensors"]


class Trial:
    """One reader, fed input after input; what is wrong is kept in the folder `found`."""

    def __init__(self, reader: "Reader", folder: Path) -> None:
        self.reader = reader
        self.folder = folder
        self.place = folder / "place"
        self.place.mkdir(exist_ok=True)
        self.seeds = self.reader.prepare(self.place)
        self.ledger = Ledger(folder / LEDGER)
        self.tally = Tally()
        self.meter = Meter()
        self.files = open_files()
        self.lying = _temporary()  # torch keeps a folder of its own

    def take(self, data: bytes) -> None:
        from daps_desktop.base.errors import UserError

        (self.folder / CURRENT).write_bytes(data)
        self.tally.done += 1
        self.ledger.write(self.tally)
        fault = ""
        self.meter.start()
        try:
            self.reader.read(self.place, data)
            self.tally.accepted += 1
        except UserError as error:
            self.tally.refused += 1
            fault = _hidden(error)
        except Exception as error:
            fault = _place_of(error)
        self._weigh(fault, data)

    def _weigh(self, fault: str, data: bytes) -> None:
        cost = self.meter.cost()
        self.tally.slowest_s = max(self.tally.slowest_s, cost.seconds)
        self.tally.peak_mb = max(self.tally.peak_mb, cost.peak_mb)
        if cost.seconds > SLOWEST_S:
            fault = f"{fault} slow"
        if cost.peak_mb > MOST_MB:
            fault = f"{fault} large"
        if fault:
            self.keep(fault.strip(), data, f"{cost.seconds:.1f} s, {cost.peak_mb:.0f} MB")
        self.ledger.write(self.tally)

    def keep(self, fault: str, data: bytes, note: str = "") -> None:
        name = hashlib.sha1(fault.encode()).hexdigest()[:8]
        for number in range(_KEPT):
            place = self.folder / FOUND / f"{name}-{number}"
            if not place.exists():
                place.write_bytes(data)
                place.with_suffix(".json").write_text(json.dumps({"fault": fault, "note": note}))
                return

    def end(self) -> None:
        """What shows only after many inputs: files left open or lying about."""
        if open_files() > self.files + _MORE_FILES:
            self.keep(f"{open_files() - self.files} files left open", b"")
        if left := _temporary() - self.lying:
            self.keep("temporary files left", "\n".join(left).encode())


def _temporary() -> set[str]:
    return {path.name for path in Path(tempfile.gettempdir()).iterdir()}


def reader_of(name: str) -> "Reader":
    """Its module is not loaded before atheris is ready to follow it."""
    from tests.fuzz.readers import CORE

    known = {reader.name: reader for reader in CORE}
    if name not in known:  # torch takes seconds
        from tests.fuzz.model_readers import MODELS

        known |= {reader.name: reader for reader in MODELS}
    return known[name]


def _hidden(error: BaseException) -> str:
    """Nothing may be refused for the sole reason that the memory of this process is limited."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MemoryError):
            return f"asked for too much: {_place_of(cause)}"
        cause = cause.__cause__ or cause.__context__
    return ""


def _place_of(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "daps_desktop" in frame.filename] or frames
    return f"{type(error).__name__} in {Path(own[-1].filename).name}:{own[-1].name}"


def drawn(trial: Trial, seed: int, count: int) -> None:
    """Damage drawn by chance, the same for the same seed."""
    rng = random.Random(f"{trial.reader.name} {seed}")
    for data in trial.seeds[:count]:
        trial.take(data)
    said = os.fstat(2).st_size
    for _ in range(count - len(trial.seeds)):
        data = mutated(rng.choice(trial.seeds), rng, trial.seeds)
        trial.take(data)
        if trial.reader.quiet and os.fstat(2).st_size > said:
            said = os.fstat(2).st_size
            trial.keep("words on the standard error", data)


def led(trial: Trial, seed: int, count: int) -> None:
    """Damage led by what it reaches; does not come back."""
    import atheris

    corpus = trial.folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, data in enumerate(trial.seeds):
        (corpus / f"seed-{number}").write_bytes(data)

    def damage(data: bytes, most: int, number: int) -> bytes:
        return mutated(bytes(data), random.Random(number), trial.seeds)[:most]

    atheris.Setup(
        [
            "fuzz", str(corpus), f"-runs={count}", f"-seed={seed + 1}", f"-max_len={LARGEST}", "-verbosity=0",
            "-rss_limit_mb=0", "-timeout=600", "-detect_leaks=0", "-len_control=0", "-reload=0",
        ],
        trial.take,
        custom_mutator=damage,
    )  # fmt: skip
    atheris.Fuzz()


def main() -> None:
    name, engine, seed, count, folder = sys.argv[1:]
    warnings.simplefilter("ignore")
    if engine == "led" and find_spec("atheris"):
        import atheris

        with atheris.instrument_imports(include=_INSTRUMENTED):
            trial = Trial(reader_of(name), Path(folder))
        limit_memory()
        led(trial, int(seed), int(count))
    else:
        trial = Trial(reader_of(name), Path(folder))
        limit_memory()
        drawn(trial, int(seed), int(count))
        trial.end()


if __name__ == "__main__":
    main()
