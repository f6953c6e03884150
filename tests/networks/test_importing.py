"""Importing: every accepted kind ends as one that runs, every refusal leaves the folder as it was."""

import json
import os
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from daps_desktop.base.errors import UserError
from daps_desktop.networks.card import CARD, NETWORK, WEIGHTS, read_card, verify
from daps_desktop.networks.catalogue import find, installed, user_folder
from daps_desktop.networks.importers.importing import import_prior
from daps_desktop.networks.loader import load
from daps_desktop.networks.parameterisation import DiscreteParameterisation, EdmParameterisation
from tests.fakes.checkpoints import (
    LINEAR,
    Bomb,
    write_diffusers,
    write_edm,
    write_json,
    write_pickle,
    write_version_1,
)
from tests.fakes.full_disk import room_for
from tests.networks.adm_reference import Settings, random_adm

ADM = Settings(32, (1, 2, 2), blocks=1, attend=(4,), head_channels=64)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def refused(code: str, path: Path, data: Path, name: str | None = None) -> str:
    """The sentence; and that nothing is left behind."""
    before = sorted(user_folder(data).rglob("*")) if user_folder(data).exists() else []
    with pytest.raises(UserError) as caught:
        import_prior(path, name, data)
    assert caught.value.code == code
    after = sorted(user_folder(data).rglob("*")) if user_folder(data).exists() else []
    assert after == before
    return str(caught.value)


def test_an_own_folder_keeps_its_weights_conventions_and_credits(tmp_path: Path, data: Path) -> None:
    source = write_edm(tmp_path / "mine")
    (source / "CREDITS.csv").write_text("name\n")
    card = import_prior(source, "kept", data)
    assert card == find("kept", data)
    assert verify(card)
    assert (card.name, card.licence, card.size_multiple, card.built_in) == ("kept", "CC0", 4, False)
    assert card.parameterisation == read_card(source).parameterisation == EdmParameterisation(0.5, 0.005, 80)
    assert (card.folder / "CREDITS.csv").is_file()
    before, after = load_file(source / WEIGHTS), load_file(card.weights)
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize("changes", [{}, {"format": "ddpm", "prediction": "sample", "schedule": LINEAR}])
def test_a_folder_of_the_first_version_is_written_as_the_second(
    tmp_path: Path, data: Path, changes: dict[str, object]
) -> None:
    source = write_version_1(tmp_path / "old", **changes)
    card, before = import_prior(source, "kept", data), read_card(source)
    assert card.parameterisation == before.parameterisation and card.size_multiple == before.size_multiple
    assert card.details["version"] == 2 and "low_frequency_anchor" not in card.details
    x = torch.randn(1, 3, 16, 16)
    assert torch.equal(load(card).denoiser.denoise(x, 0.3), load(before).denoiser.denoise(x, 0.3))


def test_what_a_crash_left_is_removed_by_a_later_import_but_not_what_may_be_going_on(
    tmp_path: Path, data: Path
) -> None:
    left, other = (user_folder(data) / name for name in (".import-left", ".import-other"))
    for folder in (left, other):
        folder.mkdir(parents=True)
    os.utime(left, (time.time() - 90_000, time.time() - 90_000))
    import_prior(write_edm(tmp_path / "mine"), "kept", data)
    assert sorted(path.name for path in user_folder(data).iterdir()) == [".import-other", "kept"]


@pytest.mark.parametrize("pipeline", [True, False])
def test_a_diffusers_folder_runs_after_import(tmp_path: Path, data: Path, pipeline: bool) -> None:
    network = write_diffusers(tmp_path / "ddpm-cats", pipeline=pipeline)
    card = import_prior(tmp_path / "ddpm-cats", data_dir=data)
    assert (card.name, card.trained_size) == ("ddpm-cats", 16)
    assert isinstance(card.parameterisation, DiscreteParameterisation)
    x, abar = torch.randn(1, 3, 16, 16), torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000).double(), 0)[300]
    sigma = float(((1 - abar) / abar).sqrt())
    with torch.no_grad():
        eps = network(x * abar.sqrt().float(), torch.tensor([300.0])).sample
    prior = load(card)
    torch.testing.assert_close(prior.denoiser.denoise(x, sigma), x - sigma * eps, atol=1e-4, rtol=1e-4)


def test_weights_with_the_old_names_of_attention_are_read(tmp_path: Path, data: Path) -> None:
    network = write_diffusers(tmp_path / "old", pipeline=False)
    state = network.state_dict()
    for new, old in {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}.items():
        state = {name.replace(f".{new}.", f".{old}."): tensor for name, tensor in state.items()}
    (tmp_path / "old" / WEIGHTS).unlink()
    torch.save(state, tmp_path / "old" / "diffusion_pytorch_model.bin")
    assert (
        load_file(import_prior(tmp_path / "old", data_dir=data).weights).keys() == network.state_dict().keys()
    )


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
def test_a_guided_diffusion_file_runs_after_import(tmp_path: Path, data: Path, suffix: str) -> None:
    network, path = random_adm(ADM), tmp_path / f"my faces{suffix}"
    if suffix == ".pt":
        torch.save(network.state_dict(), path)
    else:
        save_file(network.state_dict(), path)
    card = import_prior(path, data_dir=data)
    assert (card.name, card.size_multiple) == ("my-faces", 4)
    x = torch.randn(1, 3, 16, 16)
    sigma = 1.0
    abar = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000).double(), 0)
    time = torch.searchsorted(((1 - abar) / abar).sqrt(), sigma)
    lower, upper = ((1 - abar) / abar).sqrt().log()[time - 1 : time + 1]
    level = float(time - 1 - lower / (upper - lower))
    with torch.no_grad():
        eps = network(x / 2**0.5, torch.tensor([level]))[:, :3]
    torch.testing.assert_close(load(card).denoiser.denoise(x, sigma), x - eps, atol=1e-3, rtol=1e-3)


def test_a_file_that_runs_code_is_refused(tmp_path: Path, data: Path) -> None:
    path = write_pickle(tmp_path / "evil.pt", {"a": Bomb(tmp_path / "witness")})
    assert "more than tensors" in refused("prior_unreadable", path, data)
    assert not (tmp_path / "witness").exists()


def test_weights_that_do_not_fit_or_are_not_numbers_are_refused(tmp_path: Path, data: Path) -> None:
    write_diffusers(tmp_path / "bad")
    weights = tmp_path / "bad" / "unet" / WEIGHTS
    good = load_file(weights)
    name = "conv_in.weight"
    for state, words in [
        ({**good, name: good[name][:, :2].contiguous()}, "size mismatch"),
        ({k: v for k, v in good.items() if k != name}, name),
        ({**good, "extra": torch.zeros(2)}, "extra"),
        ({**good, name: torch.full_like(good[name], float("nan"))}, "not finite"),
    ]:
        save_file(state, weights)
        assert words in refused("prior_unreadable", tmp_path / "bad", data)
    weights.write_bytes(weights.read_bytes()[:-100])
    assert "incomplete" in refused("prior_unreadable", tmp_path / "bad", data)


def test_networks_and_schedulers_of_other_kinds_are_refused_in_words(tmp_path: Path, data: Path) -> None:
    folder = tmp_path / "other"
    for words, scheduler, unet in [
        ("class-conditional", LINEAR, {"num_class_embeds": 10}),
        ("RGB", LINEAR, {"channels": 1}),
        ("-1 to 1", LINEAR, {"center_input_sample": True}),
        ("EDMEulerScheduler", {"_class_name": "EDMEulerScheduler"}, {}),
        ("flow", LINEAR | {"prediction_type": "flow"}, {}),
        ("sigmoid", LINEAR | {"beta_schedule": "sigmoid"}, {}),
    ]:
        write_diffusers(folder, scheduler, **unet)
        assert words in refused("prior_unreadable", folder, data)
    config = json.loads((folder / "unet" / NETWORK).read_text())
    write_json(folder / "unet" / NETWORK, config | {"_class_name": "UNet2DConditionModel"})
    assert "UNet2DConditionModel" in refused("prior_unreadable", folder, data)


def test_an_own_folder_with_impossible_conventions_is_refused(tmp_path: Path, data: Path) -> None:
    refused("prior_unreadable", write_version_1(tmp_path / "a", patch=4), data)
    refused("prior_unreadable", write_version_1(tmp_path / "b", sigma_data="x"), data)
    refused("prior_unreadable", write_edm(tmp_path / "c", version=3), data)
    source = write_edm(tmp_path / "d", sha256="0" * 64)
    assert "altered" in refused("prior_damaged", source, data)


def test_names_are_checked(tmp_path: Path, data: Path) -> None:
    source = write_edm(tmp_path / "mine")
    import_prior(source, data_dir=data)
    refused("prior_exists", source, data)
    refused("prior_exists", source, data, "photo-fast")
    for name in ("../up", "a/b", ".hidden", "x" * 65, "a b"):
        refused("prior_name", source, data, name)


def test_a_file_may_be_called_anything(tmp_path: Path, data: Path) -> None:
    torch.save(random_adm(ADM).state_dict(), tmp_path / f"{'My photos, ' * 9}(1).PT")
    card = import_prior(next(tmp_path.glob("*.PT")), data_dir=data)
    assert card.name.startswith("My-photos-My-photos-") and len(card.name) <= 64


def test_paths_that_hold_nothing_are_refused(tmp_path: Path, data: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "photo.jpg").write_bytes(b"x")
    for name, words in (("empty", "config.json"), ("photo.jpg", "neither a folder")):
        assert words in refused("prior_unreadable", tmp_path / name, data)
    for name in ("missing.pt", "missing.safetensors", "missing"):
        assert "no such file" in refused("prior_unreadable", tmp_path / name, data)
    (tmp_path / "file").write_bytes(b"")
    assert "not be written" in refused("prior_write", write_edm(tmp_path / "mine"), tmp_path / "file")
    with room_for(5000):
        assert "file too large" in refused("prior_write", tmp_path / "mine", data)


def test_an_imported_prior_that_was_altered_is_not_loaded(tmp_path: Path, data: Path) -> None:
    card = import_prior(write_edm(tmp_path / "mine"), data_dir=data)
    content = bytearray(card.weights.read_bytes())
    content[-1] ^= 1
    card.weights.write_bytes(content)
    assert not verify(card)
    with pytest.raises(UserError, match="altered"):
        load(card)
    assert (card.folder / CARD).is_file()
    card.weights.unlink()
    assert not verify(card)
    assert card.name not in {other.name for other in installed(data)}
