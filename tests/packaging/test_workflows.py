"""What the workflows name exists, and none of them may run for ever or touch what it need not."""

import importlib.util
import re
import runpy
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
STEPS = runpy.run_path(str(ROOT / "packaging" / "smoke_test.py"), run_name="smoke_test")["STEPS"]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
LONGEST_MIN = 90
_MADE = ("build/", "dist/")  # by a step before
_ELSEWHERE = re.compile(
    r"[$~/-].*|[A-Za-z]:/.*|.*://.*|.*\$\{.*"
)  # options and what is not of the repository
_QUOTED_ELSEWHERE = re.compile(r'"[$/][^"]*"')  # with spaces
_LIKE_A_FILE = re.compile(r"\.?[\w*.-]+(/[\w*.-]+)+|[\w-]+\.(py|sh|toml|txt|iss|md)")


def read(path: Path) -> dict[Any, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def jobs() -> list[Any]:
    return [
        pytest.param(job, id=f"{path.stem}-{name}")
        for path in FILES
        for name, job in read(path)["jobs"].items()
    ]


def filled_in(job: dict[str, Any]) -> Iterator[str]:
    """The commands and the inputs of a job, once with each line of its matrix."""
    for line in job.get("strategy", {}).get("matrix", {}).get("include", [{}]):
        for step in job["steps"]:
            for text in (step.get("run", ""), *map(str, step.get("with", {}).values())):
                for name, value in line.items():
                    text = text.replace(f"${{{{ matrix.{name} }}}}", value)
                yield text


def not_there(text: str) -> list[str]:
    """The paths in it that are neither in the repository nor made by a build."""
    text = _QUOTED_ELSEWHERE.sub(" ", text.replace("\\\n", " ").replace("\\", "/"))
    words = re.split(r"""[\s"'=;&|()]+""", text)
    named = {word.removeprefix("./") for word in words if not _ELSEWHERE.fullmatch(word)}
    paths = {word for word in named if _LIKE_A_FILE.fullmatch(word) and not word.startswith(_MADE)}
    return sorted(path for path in paths if not any(ROOT.glob(path)))


def not_known(text: str) -> list[str]:
    """The modules, extras and steps of the smoke test in it that do not exist."""
    modules = re.findall(r"python(?:\.exe)? -m (\w+)", text)
    extras = ",".join(re.findall(r"\.\[([\w,]+)\]", text)).split(",")
    steps = ",".join(re.findall(r"--steps ([\w,]+)", text)).split(",")
    unknown = [name for name in modules if importlib.util.find_spec(name) is None]
    unknown += [name for name in extras if name and name not in PROJECT["optional-dependencies"]]
    return unknown + [name for name in steps if name and name not in STEPS]


def systems(job: dict[str, Any]) -> set[tuple[str, str]]:
    """Those that it runs on, each with its Python where the matrix says one."""
    matrix = job.get("strategy", {}).get("matrix", {})
    lines = [{"system": s, "python": p} for s in matrix.get("system", ()) for p in matrix.get("python", ())]
    lines += matrix.get("include", [] if lines else [{"system": job["runs-on"]}])
    return {(line["system"].partition("-")[0], line.get("python", "")) for line in lines}


@pytest.mark.parametrize("job", jobs())
def test_what_a_job_names_exists(job: dict[str, Any]) -> None:
    for text in filled_in(job):
        assert not_there(text) == [] and not_known(text) == []


@pytest.mark.parametrize("job", jobs())
def test_a_job_ends_and_takes_no_rights_of_its_own(job: dict[str, Any]) -> None:
    assert 0 < job["timeout-minutes"] <= LONGEST_MIN
    assert "permissions" not in job
    actions = [step["uses"] for step in job["steps"] if "uses" in step]
    assert actions and all(re.fullmatch(r"actions/[\w-]+@v\d+", action) for action in actions)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_workflow_covers_the_three_systems_and_only_reads(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    found = set[tuple[str, str]]().union(*(systems(job) for job in workflow["jobs"].values()))
    assert {system for system, _ in found} == {"ubuntu", "windows", "macos"}


def test_every_change_is_checked_on_the_three_systems() -> None:
    checks = read(ROOT / ".github" / "workflows" / "checks.yml")
    assert {"push", "pull_request"} <= checks[True].keys()  # `on`, as YAML reads it
    assert checks["concurrency"]["cancel-in-progress"] is True
    suite, frozen = checks["jobs"]["suite"], checks["jobs"]["frozen"]
    oldest = {(system, "3.11") for system in ("ubuntu", "windows", "macos")}
    assert systems(suite) == {*oldest, ("ubuntu", "3.13")}
    assert {system for system, _ in systems(frozen)} == {"ubuntu", "windows", "macos"}
    for job in (suite, frozen):
        (python,) = [step["with"] for step in job["steps"] if "setup-python" in step.get("uses", "")]
        assert python["cache"] == "pip"


def test_what_does_not_exist_is_noticed() -> None:
    words = "python packaging/bild.py && python -m pytst tests/test_code.py && ./packaging/macos/sing.sh"
    assert not_there(words) == ["packaging/bild.py", "packaging/macos/sing.sh"]
    assert not_there("iscc packaging\\windows\\none.iss\ncat dist/*.deb packaging/linux/*.nothing") == [
        "packaging/linux/*.nothing", "packaging/windows/none.iss",
    ]  # fmt: skip
    assert not_known(words + "; pip install '.[dev,bild]'; smoke_test.py --steps start,sampel") == [
        "pytst", "bild", "sampel",
    ]  # fmt: skip
