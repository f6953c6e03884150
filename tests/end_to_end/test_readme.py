"""The README: every command it shows is understood, and what it promises runs."""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

import pytest

from daps_desktop import cli
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.jobs.damage_text import parse_damage
from daps_desktop.jobs.task import Task
from tests.end_to_end.conftest import Desk

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    """Every line of the blocks marked sh, without its comment."""
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return [line.split("   #")[0].strip() for block in blocks for line in block.splitlines()]


def examples() -> list[list[str]]:
    """The words after daps-desktop in every example."""
    return [shlex.split(line)[1:] for line in commands() if line.startswith("daps-desktop")]


@pytest.mark.parametrize("words", examples(), ids=" ".join)
def test_an_example_of_the_readme_is_understood(words: Sequence[str]) -> None:
    if not cli.is_command(words):
        assert len(words) <= 1  # the window, with a photo or without
        return
    options = cli.parser().parse_args(words)
    Task(tuple(parse_damage(text) for text in getattr(options, "damage", ())))


def test_the_first_restoration_of_the_readme_runs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    words = next(words for words in examples() if words[:1] == ["restore"])
    photo, out, mask = words[1], words[words.index("-o") + 1], words[words.index("--mask") + 1]
    monkeypatch.chdir(desk.folder)
    desk.photo.rename(desk.path(photo))
    desk.mask.rename(desk.path(mask))
    assert cli.main([*words, "--preset", "draft"]) == 0
    assert read_photo(desk.path(out)).pixels.shape == (64, 64, 3)


def test_every_option_of_restore_is_in_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["restore", "--help"])
    known = set(re.findall(r"^  (--[a-z]+)", capsys.readouterr().out, re.MULTILINE))
    assert known == set(re.findall(r"^\| `(--[a-z]+)", README, re.MULTILINE))


def test_the_build_machine_calls_the_test_command_of_the_readme() -> None:
    (command,) = [line for line in commands() if "-m pytest" in line]
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == command
    assert "-c packaging/constraints.txt" in command


def test_everything_the_readme_links_to_is_there() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
