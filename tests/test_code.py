"""The code itself: format, lint, types, imports, and the words of its errors."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from daps_desktop.base.error_messages import MESSAGES
from daps_desktop.jobs.messages import NOTICES

ROOT = Path(__file__).resolve().parent.parent
LIMIT_S = 300


def run(*words: str) -> None:
    """Fails with what the command said, if it does."""
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]


def tool(name: str) -> str:
    """Beside this Python or on the path; a test of the tool is skipped only where it is not installed."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed; pip install -e '.[dev]' brings it")
    return found


# The tools


def test_the_code_is_formatted() -> None:
    run(tool("ruff"), "format", "--check", "--quiet", ".")


def test_the_code_is_clean() -> None:
    run(tool("ruff"), "check", "--quiet", ".")


def test_the_rooms_import_downwards_only() -> None:
    run(tool("lint-imports"))


def test_the_types_agree() -> None:
    run(tool("pyright"), "--pythonpath", sys.executable)


def test_everything_below_the_window_works_without_qt() -> None:
    code = """
import importlib, importlib.abc, pkgutil, sys

class Blocked(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "shiboken6", "qasync", "pyqtgraph"):
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Blocked())
for room in ("base", "imaging", "jobs", "document", "album", "analysis", "solver", "networks", "restoration"):
    package = importlib.import_module(f"daps_desktop.{room}")
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
import daps_desktop.cli, daps_desktop.engine.dispatch, daps_desktop.training.fit
"""
    run(sys.executable, "-c", code)


def test_every_sentence_says_what_happened_what_is_safe_and_what_to_do() -> None:
    for code, sentence in MESSAGES.items():
        assert sentence.endswith(".") and "!" not in sentence, code
        assert sentence.count(";") >= 2, code
    assert all(notice.endswith(".") and "!" not in notice for notice in NOTICES.values())


# A fact stands in one place: what is it, and where


FACTS = {
    r"\b0\.(?:299|587|114)\b": {"imaging/colour.py"},  # luma
    r"\b0\.(?:04045|0031308|055)\b|\b12\.92\b": {"imaging/colour.py"},  # the curve of sRGB
    r"\b16, 11, 10, 16, 24\b|\b17, 18, 24, 47\b": {"imaging/jpeg_tables.py"},  # annex K
    r'"\.avif"|\*\.avif': {"imaging/formats/endings.py"},  # what can be opened
    r">> 8\).astype|// (?:np\.uint16\()?257\b": {
        "imaging/photo.py",
        "imaging/formats/tiff/reader.py",
    },  # depth
    r"(?:SIGMA_DATA|PHOTO_STD|sigma_data)(?:: float)? = 0\.5": {"solver/tensors.py"},
    r'"draft", "balanced", "best"': {"jobs/requests.py"},  # the qualities to choose from
    r"\b384\b": {"jobs/settings.py", "analysis/blur.py", "training/__main__.py"},  # tiles; two coincidences
}


def test_facts_have_one_home() -> None:
    package = ROOT / "daps_desktop"
    files = {path.relative_to(package).as_posix(): path.read_text() for path in package.rglob("*.py")}
    for fact, homes in FACTS.items():
        assert any(re.search(fact, files[home]) for home in homes), fact
        elsewhere = [name for name, text in files.items() if name not in homes and re.search(fact, text)]
        assert not elsewhere, f"{fact} is in {elsewhere}"


# Rooms of a size that can be looked over


def test_rooms_and_files_stay_small() -> None:
    for room in [ROOT / "daps_desktop", *(ROOT / "daps_desktop").rglob("*/")]:
        entries = [e for e in room.iterdir() if e.name not in ("__init__.py", "__pycache__", "resources")]
        assert len(entries) <= (15 if room.name == "daps_desktop" else 13), room
    for path in (ROOT / "daps_desktop").rglob("*.py"):
        assert len(path.read_text().splitlines()) <= 300, path


def test_every_room_says_what_it_is_for_and_what_it_may_import() -> None:
    for file in (ROOT / "daps_desktop").rglob("*/__init__.py"):
        told = ast.get_docstring(ast.parse(file.read_text())) or ""
        assert "May import:" in told, file


_OUTLIVE_WINDOWS = {"model", "job", "theme", "signal"}  # `signal`: one of several, gone through in a loop


def test_no_call_outlives_what_it_is_for() -> None:
    """A timer has a context object; a signal of what outlives the window goes to a method of who listens."""
    for path in sorted((ROOT / "daps_desktop" / "ui").rglob("*.py")):
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            words = ast.unparse(call.func).removeprefix("self.").replace("_model", "model").split(".")
            where = f"{path}:{call.lineno}"
            assert words[-1] != "singleShot" or len(call.args) == 3, where
            if words[-1] == "connect" and isinstance(call.args[0], ast.Lambda):
                assert words[0].lstrip("_") not in _OUTLIVE_WINDOWS, where
