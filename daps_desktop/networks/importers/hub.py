"""Fetch a published prior from the Hugging Face hub: only when asked, resumed where it broke off, checked.

The one place of the program that opens a connection. huggingface_hub itself begins a file anew in every
process, so that a transfer of half a gigabyte that broke off would be lost; here its parts stay.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daps_desktop.base.errors import UserError
from daps_desktop.base.paths import make_private
from daps_desktop.jobs.published_priors import PUBLIC_PRIORS
from daps_desktop.networks.card import CARD, NETWORK, PriorCard, sha256
from daps_desktop.networks.catalogue import user_folder
from daps_desktop.networks.importers.importing import (
    COMPANIONS,
    WEIGHT_NAMES,
    import_prior,
    slug,
    unused_name,
)
from daps_desktop.networks.importers.known_weights import KnownWeights

Progress = Callable[[int, int], None]  # bytes that are here, bytes in all

_PLACE = re.compile(r"([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(?:/([A-Za-z0-9][\w.-]*))?")
_SCHEDULERS = ("scheduler/scheduler_config.json", "scheduler_config.json")
_PART = ".part"
_RESERVE = 2.2  # times the size that must be free: what is fetched, and the prior made of it


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository: `sha256` of its content where it is large, else git's own checksum of it."""

    name: str
    size: int
    sha256: str
    blob: str


@dataclass(frozen=True, slots=True)
class HubPrior:
    """What a repository holds of a prior, at one revision; the last of the files is its weights.

    `lone`: the weights are a file of their own, without a configuration.
    """

    repository: str
    revision: str
    licence: str
    files: tuple[HubFile, ...]
    lone: bool

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def weights(self) -> HubFile:
        return self.files[-1]


def fetch_prior(
    place: str, progress: Progress, name: str | None = None, data_dir: Path | None = None
) -> PriorCard:
    """The card of the prior in a repository such as `google/ddpm-ema-cat-256`, now installed.

    Where it holds several, `place` goes on with the name of a file: `deepinv/drunet/drunet_color.pth`.
    A transfer that breaks off goes on from there the next time. Weights whose checksum is known, from their
    publication or from the first time they were fetched, are taken for no others.
    Raises: UserError download_..., prior_...
    """
    match = _PLACE.fullmatch(place)
    if match is None:
        raise UserError("download_name", name=place)
    repository, file = match[1], match[2] or ""
    name = unused_name(name or slug(Path(file).stem or repository.split("/")[1]), data_dir)
    known = KnownWeights(data_dir)
    with _hub_errors(repository):
        found = inspect_repository(repository, file)
        known.check(found.repository, found.weights.name, found.weights.sha256)
        folder = user_folder(data_dir) / f".download-{place.replace('/', '--')}-{found.revision[:12]}"
        make_private(folder)
        _check_room(found, folder)
        _fetch_all(found, folder, progress)
    fetched = folder / found.weights.name
    try:
        digest = sha256(fetched)
        known.check(found.repository, found.weights.name, digest)
        card = import_prior(fetched if found.lone else folder, name, data_dir, **_about(found, place))
        known.keep(found.repository, found.weights.name, digest)
    except UserError as error:
        # It is whole, so it would be no better the next time.
        if error.code in ("prior_unreadable", "prior_damaged", "download_changed"):
            shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)
    return card


def _about(found: HubPrior, place: str) -> dict[str, str]:
    """What the card says besides what its files say."""
    published = next((prior for prior in PUBLIC_PRIORS if prior.place == place), None)
    licence = f"{published.licence}; {published.data}" if published else found.licence
    source = f"huggingface.co/{found.repository}@{found.revision}"
    return {"licence": licence, "source": source, "description": f"Fetched from {place}."}


def inspect_repository(repository: str, file: str = "") -> HubPrior:
    """What there is to fetch. Raises: UserError download_unfit, or what huggingface_hub raises."""
    info = _hub().HfApi(token=False).model_info(repository, files_metadata=True)
    files = {
        file.rfilename: HubFile(
            file.rfilename,
            (file.lfs.size if file.lfs else file.size) or 0,
            file.lfs.sha256 if file.lfs else "",
            file.blob_id or "",
        )
        for file in info.siblings or ()
    }
    names = _is_needed(files) if not file else [file] if file in files else []
    if not names:
        raise UserError("download_unfit", repository=repository)
    licence = str(getattr(info.card_data, "license", None) or "unknown")
    found = tuple(files[name] for name in names)
    return HubPrior(repository, info.sha or "main", licence, found, lone=bool(file))


def _is_needed(names: Iterable[str]) -> list[str]:
    """The files that make a prior of this program or of diffusers; [] where there is none."""
    there = set(names)
    unet = "unet/" if f"unet/{NETWORK}" in there else ""
    weights = next((unet + name for name in WEIGHT_NAMES if unet + name in there), None)
    convention = CARD if CARD in there else next((name for name in _SCHEDULERS if name in there), None)
    if weights is None or convention is None or unet + NETWORK not in there:
        return []
    return [unet + NETWORK, convention, *(name for name in COMPANIONS if name in there), weights]


def _check_room(found: HubPrior, folder: Path) -> None:
    free, needed = shutil.disk_usage(folder).free, _RESERVE * found.size
    if free < needed:
        raise UserError("download_room", needed_mb=round(needed / 1e6), free_mb=round(free / 1e6))


def _fetch_all(found: HubPrior, folder: Path, progress: Progress) -> None:
    before = 0
    for file in found.files:
        target = folder / file.name
        if not target.is_file():
            base = before
            _fetch(found, file, target, lambda here, base=base: progress(base + here, found.size))
        before += file.size
        progress(before, found.size)


def _fetch(found: HubPrior, file: HubFile, target: Path, progress: Callable[[int], None]) -> None:
    """Go on from what is there, and give the file its name once its checksum is right."""
    hub = _hub()
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + _PART)
    if part.is_file() and part.stat().st_size > file.size:
        part.unlink()
    url = hub.hf_hub_url(found.repository, file.name, revision=found.revision)
    with part.open("ab") as opened:
        hub.file_download.http_get(
            url,
            opened,
            resume_size=opened.tell(),
            headers=hub.utils.build_hf_headers(token=False),
            expected_size=file.size,
            tqdm_class=_bar(progress),
        )
    if not _intact(file, part):
        part.unlink()
        raise UserError("download_damaged", file=file.name, repository=found.repository)
    part.rename(target)


def _intact(file: HubFile, path: Path) -> bool:
    if file.sha256:
        return sha256(path) == file.sha256
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest() == file.blob


def _bar(progress: Callable[[int], None]) -> type:
    """What stands for a progress bar where huggingface_hub asks for one."""

    class Bar:
        def __init__(self, *_: Any, initial: int = 0, **__: Any) -> None:
            self.here = initial

        def update(self, count: int) -> None:
            self.here += count
            progress(self.here)

        def __enter__(self) -> "Bar":
            return self

        def __exit__(self, *_: object) -> None:
            progress(self.here)

    return Bar


def _hub() -> Any:
    """huggingface_hub without telemetry; plain transfers, as others cannot be taken up again.

    Imported only here, so that nothing else in the program can reach the network by it.
    """
    os.environ.update(HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_XET="1")
    import huggingface_hub
    import huggingface_hub.constants
    import huggingface_hub.file_download
    import huggingface_hub.utils

    huggingface_hub.constants.HF_HUB_OFFLINE = False  # as the engine leaves it; here the user asked for it
    return huggingface_hub


@contextmanager
def _hub_errors(repository: str) -> Iterator[None]:
    """What goes wrong on the way, as text. Raises: UserError."""
    try:
        yield
    except UserError:
        raise
    except OSError as error:
        raise UserError("download_failed", repository=repository, detail=_reason(error)) from error
    except Exception as error:  # each version of huggingface_hub has its own tree of exceptions
        if not type(error).__module__.startswith(("http", "huggingface_hub", "requests")):
            raise
        raise UserError("download_failed", repository=repository, detail=_reason(error)) from error


def _reason(error: Exception) -> str:
    text = (getattr(error, "strerror", None) or str(error)).strip()
    return text.splitlines()[0].rstrip(".;") if text else type(error).__name__
