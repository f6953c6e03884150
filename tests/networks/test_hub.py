"""Fetching: what breaks off goes on, what was altered is refused, and nothing is left behind."""

from collections.abc import Iterator
from pathlib import Path

import huggingface_hub
import pytest

from daps_desktop.core.errors import UserError
from daps_desktop.core.public_priors import PUBLIC_PRIORS
from daps_desktop.networks.card import WEIGHTS, verify
from daps_desktop.networks.catalogue import find, installed, user_folder
from daps_desktop.networks.importers.hub import fetch_prior
from tests.fakes.checkpoints import write_diffusers, write_edm
from tests.fakes.hub import FakeHub, serving

REPOSITORY = "somebody/ddpm-cats"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    write_diffusers(tmp_path / "repository")
    (tmp_path / "repository" / "README.md").write_text("Cats.")
    with serving(tmp_path / "repository", REPOSITORY) as server:
        # Read from the environment when huggingface_hub is imported, which other tests have done.
        monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", server.endpoint)
        monkeypatch.setattr(huggingface_hub.constants, "DOWNLOAD_CHUNK_SIZE", 4000)
        monkeypatch.setattr(
            huggingface_hub.constants,
            "HUGGINGFACE_CO_URL_TEMPLATE",
            server.endpoint + "/{repo_id}/resolve/{revision}/{filename}",
        )
        yield server


def refused(code: str, data: Path, repository: str = REPOSITORY) -> str:
    with pytest.raises(UserError) as caught:
        fetch_prior(repository, lambda here, total: None, data_dir=data)
    assert caught.value.code == code
    assert [card.name for card in installed(data) if not card.built_in] == []
    return str(caught.value)


def test_a_repository_becomes_a_prior(hub: FakeHub, data: Path) -> None:
    steps: list[tuple[int, int]] = []
    card = fetch_prior(REPOSITORY, lambda here, total: steps.append((here, total)), data_dir=data)
    assert card == find("ddpm-cats", data) and verify(card)
    assert (card.licence, card.parameterisation.kind) == ("cc0-1.0", "discrete")
    assert REPOSITORY in card.source
    assert steps == sorted(steps) and steps[-1][0] == steps[-1][1] > 10_000
    assert (card.folder / "README.md").is_file()
    assert [path.name for path in user_folder(data).iterdir()] == ["ddpm-cats"]  # and no leftovers


def test_a_transfer_that_broke_off_goes_on_from_there(hub: FakeHub, data: Path) -> None:
    hub.break_after = 20_000
    assert "is kept" in refused("download_failed", data)
    (part,) = user_folder(data).rglob("*.part")
    assert part.name == WEIGHTS + ".part" and part.stat().st_size == 20_000
    (folder,) = user_folder(data).glob(".download-*")
    assert folder.stat().st_mode & 0o777 == 0o700
    hub.break_after, hub.broken = None, False
    fetch_prior(REPOSITORY, lambda here, total: None, data_dir=data)
    assert hub.ranges == ["bytes=20000-"]
    assert verify(find("ddpm-cats", data))


def test_what_was_altered_on_the_way_is_thrown_away(hub: FakeHub, data: Path) -> None:
    hub.lie = True
    assert WEIGHTS in refused("download_damaged", data)
    assert not list(user_folder(data).rglob("*.safetensors*"))
    hub.lie = False
    assert verify(fetch_prior(REPOSITORY, lambda here, total: None, data_dir=data))


def test_what_came_whole_and_cannot_be_used_is_not_kept(hub: FakeHub, data: Path, tmp_path: Path) -> None:
    (hub.folder / "unet" / "config.json").write_text('{"_class_name": "UNet1DModel"}')
    refused("prior_unreadable", data)
    assert not list(user_folder(data).iterdir())
    hub.folder = write_edm(tmp_path / "own", sha256="0" * 64)
    refused("prior_damaged", data)
    assert not list(user_folder(data).iterdir())


def test_a_part_that_was_spoilt_is_found_out(hub: FakeHub, data: Path) -> None:
    hub.break_after = 20_000
    refused("download_failed", data)
    (part,) = user_folder(data).rglob("*.part")
    part.write_bytes(b"x" * 20_000)
    hub.break_after, hub.broken = None, False
    refused("download_damaged", data)


def test_what_is_no_prior_or_not_there_is_refused_in_words(hub: FakeHub, data: Path) -> None:
    refused("download_failed", data, "somebody/else")
    refused("download_name", data, "../../etc")
    refused("download_name", data, "no-publisher")
    for path in hub.folder.rglob("*.json"):
        path.unlink()
    refused("download_unfit", data)


def test_this_programs_own_priors_can_be_published(hub: FakeHub, data: Path, tmp_path: Path) -> None:
    hub.folder = write_edm(tmp_path / "own")
    card = fetch_prior(REPOSITORY, lambda here, total: None, "mine", data)
    assert (card.name, card.parameterisation.kind) == ("mine", "edm")


def test_the_known_repositories_are_named_as_the_hub_names_them() -> None:
    names = [prior.repository for prior in PUBLIC_PRIORS]
    assert len(set(names)) == len(names) and all(name.count("/") == 1 for name in names)
