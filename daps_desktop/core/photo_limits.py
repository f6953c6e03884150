"""The largest photo this program opens."""

from pathlib import Path

from daps_desktop.core.errors import UserError

LIMIT_MP = 200


def check_size(path: Path, height: int, width: int, limit_mp: int = LIMIT_MP) -> None:
    """Raises: UserError if that many pixels are too many; to be called before anything is decoded."""
    if height * width > limit_mp * 1_000_000:
        raise UserError("photo_too_large", path=path, width=width, height=height, limit_mp=limit_mp)
