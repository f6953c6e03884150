"""The readers of priors, checkpoints and training runs, each with good files to start from."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import torch
from diffusers.utils import logging
from safetensors.torch import save

from daps_desktop.base.errors import UserError
from daps_desktop.networks.architectures.norm_free_unet import NormFreeUNet
from daps_desktop.networks.card import CARD, NETWORK, WEIGHTS, sha256
from daps_desktop.networks.catalogue import find
from daps_desktop.networks.importers.importing import import_prior
from daps_desktop.networks.importers.safe_pickle import CheckpointError, read_checkpoint
from daps_desktop.networks.loader import load
from daps_desktop.training.data.photos import PhotoFile, load_rgb, photo_size
from daps_desktop.training.fit import load_network
from daps_desktop.training.loop.checkpoint import NAME, Checkpoint, load_checkpoint, save_checkpoint
from daps_desktop.training.loop.credits import CREDITS, list_credits
from daps_desktop.training.loop.settings import RunSettings, read_settings, write_settings
from tests.fakes.checkpoints import write_diffusers, write_edm, write_version_1
from tests.fuzz.readers import Reader, put
from tests.imaging.photo_files import all_kinds
from tests.networks.adm_reference import Settings, random_adm

logging.set_verbosity_error()  # it reports every setting it does not know

_WIDTHS = (4, 8)


# Priors


def _prior_with(name: str) -> Callable[[Path], list[bytes]]:
    def prepare(folder: Path) -> list[bytes]:
        write_edm(folder / "edm")
        write_version_1(folder / "old")
        write_diffusers(folder / "cats")
        shutil.rmtree(folder / "data", ignore_errors=True)
        import_prior(folder / "cats", "cats", folder / "data")
        return [(place / name).read_bytes() for place in _places(folder)]

    return prepare


def _read_prior_with(name: str) -> Callable[[Path, bytes], object]:
    """The folder with one file replaced, found, loaded and tried as a run does it."""

    def read(folder: Path, data: bytes) -> object:
        kinds = (b'"NormFreeUNet"', b'"format"', b'"discrete"')
        source = next(
            (p for p, word in zip(_places(folder), kinds, strict=True) if word in data), folder / "edm"
        )
        place = folder / "tried"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(source, place)
        put(place / name, data)
        if name == WEIGHTS:  # who writes weights writes their checksum
            card = json.loads((place / CARD).read_text())
            (place / CARD).write_text(json.dumps({**card, "sha256": sha256(place / WEIGHTS)}))
        return _tried(place)

    return read


def _places(folder: Path) -> tuple[Path, Path, Path]:
    """Ours, one of the first version, and one that was imported."""
    return folder / "edm", folder / "old", folder / "data" / "priors" / "cats"


def _tried(place: Path) -> object:
    card = find(str(place), place / "nowhere")
    assert card.size_multiple >= 1 and card.trained_size >= 1 and card.parameters >= 0
    return load(card)


def _schedules(folder: Path) -> list[bytes]:
    shutil.rmtree(folder / "cats", ignore_errors=True)
    write_diffusers(folder / "cats")
    return [(folder / "cats" / "scheduler" / "scheduler_config.json").read_bytes()]


def _networks(folder: Path) -> list[bytes]:
    _schedules(folder)
    return [(folder / "cats" / "unet" / NETWORK).read_bytes()]


def _import_with(name: str) -> Callable[[Path, bytes], object]:
    """A folder as diffusers writes it, with one file replaced, imported: that is, converted and tried out."""

    def read(folder: Path, data: bytes) -> object:
        kept = (folder / "cats" / name).read_bytes()
        try:
            put(folder / "cats" / name, data)
            return _imported(folder, folder / "cats")
        finally:
            put(folder / "cats" / name, kept)

    return read


def _imported(folder: Path, source: Path) -> object:
    shutil.rmtree(folder / "data", ignore_errors=True)
    try:
        return import_prior(source, "tried", folder / "data")
    finally:
        left = [path.name for path in folder.glob("data/priors/.*")]
        assert not left, left


def _checkpoints(folder: Path) -> list[bytes]:
    state = {"a": torch.randn(3, 4), "b": torch.arange(6).half().view(2, 3).T, "c": torch.randn(1)}
    torch.save(state, folder / "plain.pt")
    torch.save({"step": 3, "ema": torch.nn.Conv2d(3, 4, 3).state_dict()}, folder / "wrapped.pt")
    torch.save(state, folder / "old.pt", _use_new_zipfile_serialization=False)
    return [(folder / name).read_bytes() for name in ("plain.pt", "wrapped.pt", "old.pt")]


def _read_checkpoint(folder: Path, data: bytes) -> object:
    try:
        return read_checkpoint(put(folder / "x.pt", data))
    except CheckpointError as error:  # whoever calls it says it so
        raise UserError("prior_unreadable", path="x.pt", detail=error) from error


def _adm_files(folder: Path) -> list[bytes]:
    state = random_adm(Settings(32, (1, 2, 2), blocks=1, attend=(4,), head_channels=64)).state_dict()
    torch.save(state, folder / "adm.pt")
    return [save(state), (folder / "adm.pt").read_bytes()]


def _read_adm_file(folder: Path, data: bytes) -> object:
    return _imported(folder, put(folder / ("x.pt" if data[:2] == b"PK" else "x.safetensors"), data))


# Training


def _training_checkpoints(folder: Path) -> list[bytes]:
    save_checkpoint(folder, Checkpoint(NormFreeUNet(_WIDTHS, 1).state_dict(), 3, 3.5))
    return [(folder / NAME).read_bytes()]


def _read_training_checkpoint(folder: Path, data: bytes) -> object:
    put(folder / NAME, data)
    return load_network(RunSettings((), str(folder), widths=_WIDTHS, blocks=1), load_checkpoint(folder))


def _settings(folder: Path) -> list[bytes]:
    write_settings(RunSettings(photos=(str(folder),), out=str(folder), widths=_WIDTHS))
    return [(folder / "settings.json").read_bytes()]


def _read_settings(folder: Path, data: bytes) -> object:
    put(folder / "settings.json", data)
    return read_settings(folder)


def _notes(_: Path) -> list[bytes]:
    return [b"file,archive,licence\nstreet.jpg,photos.tar,CC0\n"]


def _read_notes(folder: Path, data: bytes) -> object:
    put(folder / CREDITS, data)
    (folder / "photos.tar").touch()
    return list_credits(RunSettings(photos=(str(folder / "photos.tar"),), out=str(folder)))


def _pictures(_: Path) -> list[bytes]:
    return [data for kind, data in all_kinds().items() if kind != "tiff float"]  # which Pillow does not read


def _read_training_photo(folder: Path, data: bytes) -> object:
    file = PhotoFile(put(folder / "photo.jpg", data))
    rgb = load_rgb(file)
    if rgb is None:  # left out, as is said in a sum
        raise UserError("photos_missing", count=1, shortest=1)
    assert rgb.shape[:2] == photo_size(file)
    return rgb


MODELS: tuple[Reader, ...] = (
    Reader("prior card", _prior_with(CARD), _read_prior_with(CARD)),
    Reader("prior network", _prior_with(NETWORK), _read_prior_with(NETWORK)),
    Reader("prior weights", _prior_with(WEIGHTS), _read_prior_with(WEIGHTS)),
    Reader("imported network", _networks, _import_with(f"unet/{NETWORK}")),
    Reader("imported schedule", _schedules, _import_with("scheduler/scheduler_config.json")),
    Reader("checkpoint", _checkpoints, _read_checkpoint),
    Reader("guided-diffusion file", _adm_files, _read_adm_file),
    Reader("training checkpoint", _training_checkpoints, _read_training_checkpoint),
    Reader("training settings", _settings, _read_settings),
    Reader("training notes", _notes, _read_notes),
    # libtiff speaks by itself; in a window nobody hears it, and training is a command.
    Reader("training photo", _pictures, _read_training_photo, quiet=False),
)
