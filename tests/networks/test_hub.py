"""Fetching: what breaks off goes on, what was altered is refused, and nothing is left behind."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import huggingface_hub
import pytest
import torch
from safetensors.torch import load_file, save_file

from daps_desktop.base.errors import UserError
from daps_desktop.jobs.published_priors import PUBLIC_PRIORS, PublicPrior
from daps_desktop.networks.architectures.drunet import DRUNet
from daps_desktop.networks.card import WEIGHTS, sha256, verify
from daps_desktop.networks.catalogue import find, installed, user_folder
from daps_desktop.networks.importers import hub as hub_module
from daps_desktop.networks.importers import known_weights
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


# Checksums that are known


def test_weights_that_change_after_the_first_download_are_refused(
    hub: FakeHub, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fetch_prior(REPOSITORY, lambda here, total: None, "first", data)
    known = json.loads((data / "fetched.json").read_text())
    weights = hub.folder / "unet" / WEIGHTS
    assert known == {f"{REPOSITORY}/unet/{WEIGHTS}": sha256(weights)}
    fetch_prior(REPOSITORY, lambda here, total: None, "again", data)
    state = load_file(weights)
    state["conv_in.bias"] += 1
    save_file(state, weights)
    with pytest.raises(UserError, match="not the file that is known") as caught:
        fetch_prior(REPOSITORY, lambda here, total: None, "other", data)
    assert caught.value.code == "download_changed" and str(caught.value).count(";") == 2
    assert [card.name for card in installed(data) if not card.built_in] == ["again", "first"]
    assert not list(user_folder(data).glob(".download-*"))
    assert json.loads((data / "fetched.json").read_text()) == known
    (data / "fetched.json").write_text("{")  # who damages it knows nothing any more, and is told
    fetch_prior(REPOSITORY, lambda here, total: None, "other", data)
    assert "cannot be read" in caplog.text


def test_a_lone_file_of_a_repository_is_fetched_by_its_name(hub: FakeHub, data: Path, tmp_path: Path) -> None:
    hub.folder = tmp_path / "denoisers"
    hub.folder.mkdir()
    state = DRUNet((4, 4, 8, 8), blocks=1).state_dict()
    for name, zipped in (("drunet_color.pth", False), ("other.pth", True)):
        torch.save(state, hub.folder / name, _use_new_zipfile_serialization=zipped)
    refused("download_unfit", data)
    refused("download_unfit", data, f"{REPOSITORY}/nothing.pth")
    card = fetch_prior(f"{REPOSITORY}/drunet_color.pth", lambda here, total: None, data_dir=data)
    assert (card.name, card.architecture.name) == ("drunet_color", "DRUNet")
    assert f"{REPOSITORY}/drunet_color.pth" in json.loads((data / "fetched.json").read_text())
    # The hub vouches by git's checksum alone for what is small; what came is looked at all the same.
    state["m_head.weight"] += 1
    torch.save(state, hub.folder / "drunet_color.pth")
    with pytest.raises(UserError) as caught:
        fetch_prior(f"{REPOSITORY}/drunet_color.pth", lambda here, total: None, "again", data)
    assert caught.value.code == "download_changed"


def test_published_weights_are_compared_before_anything_is_fetched(
    hub: FakeHub, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = PublicPrior(f"{REPOSITORY}/lone.safetensors", "", "MIT", "Photos of cats", 1, "ab" * 32)
    for module in (known_weights, hub_module):
        monkeypatch.setattr(module, "PUBLIC_PRIORS", (published,))
    state = DRUNet((4, 4, 8, 8), blocks=1).state_dict()
    save_file(state, hub.folder / "lone.safetensors")
    refused("download_changed", data, published.place)
    assert hub.ranges == [] and not user_folder(data).exists()
    right = replace(published, sha256=sha256(hub.folder / "lone.safetensors"))
    for module in (known_weights, hub_module):
        monkeypatch.setattr(module, "PUBLIC_PRIORS", (right,))
    card = fetch_prior(published.place, lambda here, total: None, data_dir=data)
    assert card.licence == "MIT; Photos of cats"
    assert not (data / "fetched.json").exists()  # nothing to be noted


def test_what_is_no_prior_or_not_there_is_refused_in_words(hub: FakeHub, data: Path) -> None:
    refused("download_failed", data, "somebody/else")
    refused("download_name", data, "../../etc")
    refused("download_name", data, "no-publisher")
    refused("download_name", data, f"{REPOSITORY}/../secret")
    for path in hub.folder.rglob("*.json"):
        path.unlink()
    refused("download_unfit", data)


def test_this_programs_own_priors_can_be_published(hub: FakeHub, data: Path, tmp_path: Path) -> None:
    hub.folder = write_edm(tmp_path / "own")
    card = fetch_prior(REPOSITORY, lambda here, total: None, "mine", data)
    assert (card.name, card.parameterisation.kind) == ("mine", "edm")


def test_the_known_repositories_are_named_as_the_hub_names_them() -> None:
    places = [prior.place for prior in PUBLIC_PRIORS]
    assert len(set(places)) == len(places) and all(place.count("/") in (1, 2) for place in places)
    for prior in PUBLIC_PRIORS:
        assert prior.licence and prior.data and prior.size_mb > 0
        assert re.fullmatch(r"([0-9a-f]{64})?", prior.sha256)
        assert not prior.sha256 or prior.place.count("/") == 2  # the checksum is that of a file
