"""The worked examples of CONTRIBUTING run as they stand there."""

import re
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from daps_desktop.imaging.formats.reader import DECODERS
from daps_desktop.jobs.damage_traits import TRAITS
from daps_desktop.networks.runtime.choice import RUNTIMES
from daps_desktop.restoration.forward_model import FACTORIES

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
EXAMPLES = {
    section.partition("\n")[0].strip(): code
    for section in re.split(r"^### ", TEXT, flags=re.MULTILINE)[1:]
    for code in re.findall(r"```python\n(.*?)```", section, re.DOTALL)
}
MAX_LINES = 30


def _code(text: str) -> list[str]:
    """Its lines, without those that are blank or import what it uses."""
    lines = [line for line in text.splitlines() if line.strip()]
    return [line for line in lines if not line.startswith(("import ", "from "))]


@pytest.fixture(autouse=True)
def tables_as_they_were() -> Iterator[None]:
    lists, tables = (DECODERS, RUNTIMES), (TRAITS, FACTORIES)
    kept = [list(one) for one in lists], [dict(one) for one in tables]
    yield
    for one, before in zip(lists, kept[0], strict=True):
        one[:] = before  # type: ignore[assignment]
    for one, before in zip(tables, kept[1], strict=True):
        one.clear()
        one.update(before)  # type: ignore[arg-type]


def test_there_is_an_example_for_whatever_is_added_most() -> None:
    assert {"A damage", "A prior", "A runtime", "A reader", "A language"} <= EXAMPLES.keys()


def test_files_and_names_that_it_leads_to_are_there() -> None:
    prose = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
    files = [path for room in ("daps_desktop", "tests", "packaging") for path in (ROOT / room).rglob("*.py")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    words, ends = set(re.findall(r"\w+", code)), [path.relative_to(ROOT).as_posix() for path in files]
    for name in re.findall(r"`([\w./]+)`", prose):
        if name.endswith(".py"):
            assert any(f"/{end}".endswith(f"/{name}") for end in ends), name
        elif re.fullmatch(r"\w*[A-Z_]\w*|\w+\.[a-z]\w+", name) and not re.search(
            r"\.(md|yml|csv|json)$", name
        ):
            assert name.rpartition(".")[2] in words or (ROOT / name).exists(), name


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(_code(EXAMPLES[name])) < MAX_LINES
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(ROOT / "packaging")
    module = types.ModuleType("example")
    monkeypatch.setitem(sys.modules, "example", module)
    exec(compile(EXAMPLES[name], f"CONTRIBUTING.md, {name}", "exec"), module.__dict__)
