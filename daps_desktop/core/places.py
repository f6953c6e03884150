"""Where the program keeps what is its own: data, and logs."""

import os
from pathlib import Path

import platformdirs

DATA_VARIABLE = "DAPS_DESKTOP_DATA"
_NAME = "daps-desktop"


def data_folder() -> Path:
    """$DAPS_DESKTOP_DATA, or the user's data folder for this program; it may not exist yet."""
    chosen = os.environ.get(DATA_VARIABLE)
    return Path(chosen or platformdirs.user_data_dir(_NAME, appauthor=False))


def log_folder() -> Path:
    """Where logs are written; it may not exist yet."""
    chosen = os.environ.get(DATA_VARIABLE)
    return Path(chosen) / "logs" if chosen else Path(platformdirs.user_log_dir(_NAME, appauthor=False))
