"""The code itself: format, lint, types, imports, and the words of its errors."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from daps_desktop.base.errors import MESSAGES
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
