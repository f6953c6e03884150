"""A folder with a small photo, its mask and a prior of toy size."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from daps_desktop import cli
from daps_desktop.base.paths import DATA_VARIABLE
from daps_desktop.imaging.formats.mask_file import write_mask
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo
from tests.engine.playing import crop, install_tiny, line


@dataclass(frozen=True)
class Desk:
    """`run` is the command line in this process; files are named relative to `folder`."""

    folder: Path
    photo: Path
    mask: Path
    hole: Mask

    def path(self, name: str) -> Path:
        return self.folder / name

    def run(self, *words: object) -> int:
        return cli.main([str(word) for word in words])

    def restore(self, out: str, *words: object) -> int:
        """A quick restoration of the photo with the toy prior; later words take the place of these."""
        quick = ("--preset", "draft", "--prior", "tiny", "--device", "cpu", "--noise", "5")
        return self.run("restore", self.photo, "-o", self.path(out), *quick, *words)

    def listing(self) -> dict[str, bytes]:
        """Every file with what it holds."""
        return {path.name: path.read_bytes() for path in sorted(self.folder.iterdir())}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    folder, data = tmp_path / "photos", tmp_path / "data"
    folder.mkdir()
    install_tiny(data)
    monkeypatch.setenv(DATA_VARIABLE, str(data))
    mask = line()
    pixels = crop()
    pixels[mask] = 255
    write_photo(Photo(np.ascontiguousarray(pixels)), folder / "photo.png")
    write_mask(mask, folder / "mask.png")
    return Desk(folder, folder / "photo.png", folder / "mask.png", mask)
