"""Gather the licences of the libraries in this environment: python licences.py FOLDER."""

import shutil
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path

_NAMES = ("licen", "copying", "notice", "copyright", "authors")
_BUILDERS = {"pip", "setuptools", "wheel", "pyinstaller-hooks-contrib", "altgraph"}


def main() -> None:
    folder = Path(sys.argv[1])
    lines = [f"Python {sys.version.split()[0]}: Python Software Foundation License"]
    for found in sorted(distributions(), key=lambda one: one.name.lower()):
        if found.name.lower() not in _BUILDERS | {"daps-desktop"}:
            lines.append(f"{found.name} {found.version}: {_licence(found)}")
            _copy(found, folder / found.name)
    (folder / "LIBRARIES.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _licence(found: Distribution) -> str:
    """In a few words, as its metadata say it."""
    about = found.metadata.json
    told = str(about.get("license_expression") or about.get("license") or "")
    classifiers = list(about.get("classifier", []))
    classified = [line.rsplit(" :: ", 1)[-1] for line in classifiers if line.startswith("License ::")]
    return told.splitlines()[0] if told.strip() else ", ".join(classified) or "see its own files"


def _copy(found: Distribution, folder: Path) -> None:
    for file in found.files or []:
        inside = ".dist-info" in file.parts[0]
        if inside and any(word in file.name.lower() for word in _NAMES):
            folder.mkdir(exist_ok=True)
            shutil.copy(str(found.locate_file(file)), folder / file.name)


if __name__ == "__main__":
    main()
