"""Where the files that ship with the program are, and where it keeps what is the user's own."""

import os
from pathlib import Path

import platformdirs

DATA_VARIABLE = "DAPS_DESKTOP_DATA"
_PACKAGE = Path(__file__).resolve().parent.parent


def resource(name: str) -> Path:
    """The path of a shipped file or folder, e.g. `priors/photo-fast`, installed or in a checkout."""
    installed = _PACKAGE / "resources"
    return (installed if installed.is_dir() else _PACKAGE.parent / "resources") / name


def user_folder() -> Path:
    """$DAPS_DESKTOP_DATA, or the user's data folder; it may not exist yet."""
    chosen = os.environ.get(DATA_VARIABLE)
    return Path(chosen or platformdirs.user_data_dir("daps-desktop", appauthor=False))


def cache_folder() -> Path:
    """For what can be made again: in $DAPS_DESKTOP_DATA, or the user's cache folder; it may not exist yet."""
    if os.environ.get(DATA_VARIABLE):
        return user_folder() / "cache"
    return Path(platformdirs.user_cache_dir("daps-desktop", appauthor=False))


def make_private(folder: Path) -> Path:
    """The folder, made with its parents where they were missing, for the eyes of its owner alone."""
    for missing in [parent for parent in reversed(folder.parents) if not parent.exists()]:
        missing.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
