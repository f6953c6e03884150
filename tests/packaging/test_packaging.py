"""What the builds are made from agrees with the program. The builds themselves are tried by smoke_test.py."""

import ast
import configparser
import plistlib
import re
import runpy
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from daps_desktop import __version__
from daps_desktop.base.paths import resource
from daps_desktop.document.project import SUFFIX

ROOT = Path(__file__).parents[2]
PACKAGING = ROOT / "packaging"
LINUX = PACKAGING / "linux"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TRIM = runpy.run_path(str(PACKAGING / "frozen" / "trim.py"))
SMOKE = runpy.run_path(str(PACKAGING / "smoke_test.py"), run_name="smoke_test")
MIME = "application/x-daps-project"


def imported() -> Iterator[str]:
    """Every module that the program's own code names in an import, wherever it stands."""
    for path in (ROOT / "daps_desktop").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (name.name for name in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from (f"{node.module}.{name.name}" for name in node.names)


def test_nothing_that_the_program_imports_is_left_out() -> None:
    out = TRIM["MODULES"]
    lost = {name for name in imported() if any(name == left or name.startswith(f"{left}.") for left in out)}
    assert not lost


def test_every_codec_that_the_program_calls_stays() -> None:
    words = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "daps_desktop").rglob("*.py"))
    called = {f"_{name}" for name in re.findall(r"imagecodecs\.(\w+)_(?:en|de)code", words)}
    assert called and called <= set(TRIM["CODECS"])


def test_the_codecs_that_stay_need_no_other() -> None:
    names = [f"imagecodecs.{codec}" for codec in TRIM["CODECS"]]
    words = f"import importlib, sys; [importlib.import_module(name) for name in {names}]; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert {name for name in told.stdout.split() if name.startswith("imagecodecs._")} == set(names)


def test_no_shipped_file_is_left_out() -> None:
    """The spec takes the whole folder `resources`; the wheel puts it where the program looks for it."""
    assert PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"] == {
        "resources": "daps_desktop/resources"
    }
    files = [path for path in resource(".").rglob("*") if path.is_file()]
    assert len(files) > 20
    for path in files:
        assert not TRIM["is_left_out"](f"daps_desktop/resources/{path.relative_to(resource('.'))}", str(path))


def test_libraries_of_the_system_stay_out_and_those_of_the_program_stay_in() -> None:
    left_out = TRIM["is_left_out"]
    assert left_out("libX11.so.6", "/usr/lib/x86_64-linux-gnu/libX11.so.6")
    assert left_out("PySide6/Qt/translations/qtbase_fr.qm", "/env/qtbase_fr.qm")
    assert left_out("PySide6/Qt/plugins/platforms/libqeglfs.so", "/env/libqeglfs.so")
    assert not left_out("PySide6/Qt/translations/qtbase_de.qm", "/env/qtbase_de.qm")
    assert not left_out("PySide6/Qt/plugins/platforms/libqxcb.so", "/env/libqxcb.so")
    assert not left_out("libssl.so.3", "/usr/lib/x86_64-linux-gnu/libssl.so.3")
    assert not left_out("torch/lib/libtorch_cpu.so", "/env/libtorch_cpu.so")
    assert not left_out("torch/_inductor/config.py", "/env/config.py")  # it reads its own source


def test_versions_agree() -> None:
    told = ElementTree.parse(next(LINUX.glob("*.metainfo.xml"))).findall("releases/release")
    changes = (PACKAGING / "CHANGES.md").read_text(encoding="utf-8")
    assert PROJECT["project"]["version"] == __version__ == told[0].get("version")
    assert re.search(r"^## (\S+)", changes, re.MULTILINE)[1] == __version__  # type: ignore[index]


def test_the_menu_entry_and_the_file_type_agree_on_the_project() -> None:
    entry = configparser.RawConfigParser()
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(LINUX / "daps-desktop.desktop", encoding="utf-8")
    desktop = entry["Desktop Entry"]
    assert desktop["Exec"] == "daps-desktop %f" and MIME in desktop["MimeType"].split(";")
    space = {"mime": "http://www.freedesktop.org/standards/shared-mime-info"}
    kind = ElementTree.parse(LINUX / "daps-desktop.xml").find("mime:mime-type", space)
    assert kind is not None and kind.get("type") == MIME
    assert [glob.get("pattern") for glob in kind.findall("mime:glob", space)] == [f"*{SUFFIX}"]
    info = ElementTree.parse(next(LINUX.glob("*.metainfo.xml")))
    assert info.findtext("launchable") == "daps-desktop.desktop"
    assert info.findtext("provides/mediatype") == MIME


def test_the_recipes_for_other_systems_name_files_that_exist() -> None:
    plistlib.loads((PACKAGING / "macos" / "entitlements.plist").read_bytes())
    installer = (PACKAGING / "windows" / "daps-desktop.iss").read_text(encoding="utf-8")
    assert f'Name: "association"; Description: "{{cm:AssocFileExtension,{{#Name}},{SUFFIX}}}"' in installer
    named = set(re.findall(r"packaging/[\w./-]+\w", installer.replace("\\", "/")))
    assert named and all((ROOT / name).exists() for name in named)


@pytest.mark.skipif(sys.platform != "linux", reason="the archive is one for Linux")
def test_the_installer_of_the_archive_installs_and_removes_itself(tmp_path: Path) -> None:
    home, unpacked = tmp_path / "home", tmp_path / "unpacked"
    (unpacked / "daps-desktop" / "_internal" / "PySide6").mkdir(parents=True)
    (unpacked / "daps-desktop" / "daps-desktop").write_text("#!/bin/sh\necho started\n")
    (unpacked / "daps-desktop" / "daps-desktop").chmod(0o755)
    applications = unpacked / "share" / "applications"
    applications.mkdir(parents=True)
    for source, target in ((LINUX / "daps-desktop.desktop", applications), (LINUX / "install.sh", unpacked)):
        (target / source.name).write_bytes(source.read_bytes())
    mine = home / ".local" / "share" / "applications" / "mine.desktop"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")

    def script(path: Path, *words: str) -> None:
        environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
        subprocess.run(["sh", str(path), *words], env=environment, check=True, capture_output=True)

    script(unpacked / "install.sh")
    script(unpacked / "install.sh")  # over an older one
    entry = (mine.parent / "daps-desktop.desktop").read_text(encoding="utf-8")
    program = home / ".local" / "lib" / "daps-desktop" / "daps-desktop"
    assert f'Exec="{program}" %f\nTryExec={program}\n' in entry
    started = subprocess.run([home / ".local/bin/daps-desktop"], capture_output=True, text=True, check=True)
    assert started.stdout == "started\n"
    script(program.parent / "uninstall.sh", "--uninstall")
    left = [path for path in home.rglob("*") if path.is_file() and "cache" not in path.name]
    assert left == [mine]


def test_the_smoke_test_sees_what_went_wrong() -> None:
    before, mask = SMOKE["sample"]()
    assert before.shape[:2] == mask.shape and 0 < mask.mean() < 0.2
    after = before.copy()
    after[mask] ^= 128
    assert "100% of the marked ones new" in SMOKE["compared"](before, after, mask)
    with pytest.raises(SMOKE["SmokeError"], match="0% of the marked"):
        SMOKE["compared"](before, before, mask)
    after[tuple(np.argwhere(~mask)[0])] ^= 1
    with pytest.raises(SMOKE["SmokeError"], match="untouched pixels differ"):
        SMOKE["compared"](before, after, mask)
