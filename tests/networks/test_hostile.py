"""Priors made to do harm: refused with a reason, soon, in little memory, nothing run and nothing written."""

import json
import os
import shutil
import struct
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save, save_file

from daps_desktop.base.errors import UserError
from daps_desktop.networks.card import CARD, NETWORK, WEIGHTS, read_card, sha256
from daps_desktop.networks.catalogue import find, installed, remove
from daps_desktop.networks.catalogue import user_folder as priors_of
from daps_desktop.networks.importers.importing import import_prior
from daps_desktop.networks.importers.safe_pickle import CheckpointError, read_checkpoint
from daps_desktop.networks.loader import load
from tests.fakes.checkpoints import (
    EDM_CARD,
    LINEAR,
    write_diffusers,
    write_edm,
    write_json,
    write_version_1,
)
from tests.fuzz.limits import soon_and_in_little

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="links, devices and memory as Linux has them")


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good ones: `edm` of this program, `old` of its first version, `cats` of diffusers."""
    folder = tmp_path_factory.mktemp("good")
    write_edm(folder / "edm")
    write_version_1(folder / "old")
    write_diffusers(folder / "cats")
    return folder


@pytest.fixture
def made(pattern: Path, tmp_path: Path) -> Path:
    return shutil.copytree(pattern, tmp_path / "made")


def refusal(folder: Path) -> str:
    """Of a prior that is used from where it lies."""
    with soon_and_in_little(), pytest.raises(UserError) as caught:
        load(read_card(folder))
    assert caught.value.code == "prior_unreadable"
    return str(caught.value)


def refusal_to_import(path: Path, data: Path) -> str:
    with soon_and_in_little(), pytest.raises(UserError) as caught:
        import_prior(path, "mine", data)
    assert caught.value.code == "prior_unreadable"
    assert list(data.glob("priors/*")) == list(data.glob("priors/.*")) == []
    return str(caught.value)


def with_weights(folder: Path, weights: bytes) -> Path:
    """A folder whose card vouches for its weights, as that of its maker would."""
    write_edm(folder)
    (folder / WEIGHTS).write_bytes(weights)
    card = json.loads((folder / CARD).read_text())
    write_json(folder / CARD, {**card, "sha256": sha256(folder / WEIGHTS)})
    return folder


def safetensors(header: object, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


# Weights


def test_a_header_of_eight_gigabytes_is_not_read(tmp_path: Path) -> None:
    sparse = with_weights(tmp_path / "edm", b"")
    with (sparse / WEIGHTS).open("wb") as file:
        file.write(struct.pack("<Q", 8 << 30) + b'{"a": ')
        file.truncate((8 << 30) + 100)  # a hole: the disk holds nothing of it
    assert "impossible length" in refusal(sparse)
    write_diffusers(tmp_path / "cats")
    (sparse / WEIGHTS).replace(tmp_path / "cats" / "unet" / WEIGHTS)
    assert "impossible length" in refusal_to_import(tmp_path / "cats", tmp_path / "data")
    lone = (tmp_path / "cats" / "unet" / WEIGHTS).rename(tmp_path / "lone.safetensors")
    assert "impossible length" in refusal_to_import(lone, tmp_path / "data")


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 16]},
        {"dtype": "F32", "shape": [1000], "data_offsets": [0, 16]},
        {"dtype": "F32", "shape": [3], "data_offsets": [0, 16]},
        {"dtype": "F32", "shape": [4], "data_offsets": [0, 2**60]},
        {"dtype": "F32", "shape": [4], "data_offsets": [-16, 0]},
        {"dtype": "F32", "shape": [-4], "data_offsets": [0, 16]},
        {"dtype": "F32", "shape": ["ab" * 1000, 10**9], "data_offsets": [0, 16]},  # a text, a billion times
        {"dtype": "F32", "shape": [1.5], "data_offsets": [0, 16]},
        {"dtype": "F32", "shape": 4, "data_offsets": [0, 16]},
        [],
    ],
)
def test_shapes_that_lie_are_refused(tmp_path: Path, entry: Any) -> None:
    refusal(with_weights(tmp_path / "edm", safetensors({"conv_in.weight": entry}, bytes(16))))


def test_two_tensors_may_not_be_the_same_bytes(tmp_path: Path) -> None:
    entry = {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}
    refusal(with_weights(tmp_path / "edm", safetensors({"a": entry, "b": entry}, bytes(16))))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_no_numbers_are_not_loaded_from_where_they_lie(tmp_path: Path, value: float) -> None:
    folder = write_edm(tmp_path / "edm")
    state = load_file(folder / WEIGHTS)
    state["conv_in.weight"][0, 0, 0, 0] = value
    assert "not finite" in refusal(with_weights(folder, save(state)))


def test_weights_of_a_strange_kind_are_refused(tmp_path: Path) -> None:
    write_diffusers(tmp_path / "cats")
    weights = tmp_path / "cats" / "unet" / WEIGHTS
    state = load_file(weights)
    state["conv_in.weight"] = state["conv_in.weight"].to(torch.float8_e4m3fn)
    save_file(state, weights)
    assert "of the kind torch.float8" in refusal_to_import(tmp_path / "cats", tmp_path / "data")


# Configurations

HUGE = {
    "lists in lists": b"[" * 200_000,
    "objects in objects": b'{"a": ' * 200_000,
    "many lists": b"[" + b"[]," * 3_000_000,
    "long": b" " * (17 << 20),
    "no text": b"\xff",
}


def network_in(folder: Path) -> dict[str, Any]:
    """Without the note of diffusers which of its values are to be overlooked."""
    network = json.loads((folder / NETWORK).read_text())
    return {name: value for name, value in network.items() if name != "_use_default_values"}


def repr_of(change: Any) -> str:
    return repr(change)[:60]


@pytest.mark.parametrize(
    "change",
    [
        {"block_out_channels": [1_000_000_000, 1_000_000_000]},
        {"block_out_channels": [8] * 100_000},
        {"block_out_channels": []},
        {"block_out_channels": "88"},
        {"block_out_channels": [8, 8.0]},
        {"layers_per_block": 1_000_000_000},
        {"in_channels": 1_000_000_000},
        {"time_embedding_dim": 1_000_000_000},
        {"attention_head_dim": 0},
        {"norm_num_groups": 0},
        {"mid_block_scale_factor": 0},
        {"downsample_padding": 1_000_000_000},
        {"num_train_timesteps": 10**12},
        {"sample_size": [1, "x"]},
        {"down_block_types": ["KDownBlock2D", "DownBlock2D"]},
        {"up_block_types": ["__import__('os')", "UpBlock2D"]},
        {"act_fn": "os.system"},
        {"norm_eps": "x"},
        {"_class_name": "StableDiffusionPipeline"},
        {"_class_name": ["os", "system"]},
        {"class_embed_type": "timestep"},
    ],
    ids=repr_of,
)
def test_a_network_that_nobody_can_build_is_refused_before_it_is(made: Path, change: Any) -> None:
    write_json(made / "old" / NETWORK, network_in(made / "old") | change)
    refusal(made / "old")
    unet = made / "cats" / "unet"
    write_json(unet / NETWORK, network_in(unet) | change)
    refusal_to_import(made / "cats", made / "data")


@pytest.mark.parametrize("kind", ["NormFreeUNet", "DRUNet"])
@pytest.mark.parametrize(
    "change",
    [
        {"widths": [1_000_000_000] * 4},
        {"widths": [8] * 100_000},
        {"widths": []},
        {"widths": [8]},
        {"widths": [8, 8.0, 8, 8]},
        {"widths": [8, True, 8, 8]},
        {"blocks": 1_000_000_000},
        {"blocks": [1, 2, 3]},
        {"in_channels": 1_000_000_000},
        {"in_channels": 4},
        {"out_channels": 6},
    ],
    ids=repr_of,
)
def test_a_network_of_ours_that_nobody_can_build_is_refused_before_it_is(
    made: Path, kind: str, change: Any
) -> None:
    folder = made / "edm"
    card = json.loads((folder / CARD).read_text())
    write_json(folder / CARD, card | {"architecture": {"class": kind}})
    write_json(folder / NETWORK, network_in(folder) | {"_class_name": kind, "widths": [4] * 4} | change)
    refusal(folder)


def test_a_network_of_ours_as_large_as_may_be_is_not_made_before_its_weights_are_seen(made: Path) -> None:
    most = {"widths": [8192] * 8, "blocks": 8, "embedding": 8192}
    write_json(made / "edm" / NETWORK, network_in(made / "edm") | most)
    card = json.loads((made / "edm" / CARD).read_text())
    write_json(made / "edm" / CARD, card | {"side_multiple": 128})
    assert "Missing" in refusal(made / "edm")


@pytest.mark.parametrize(
    "change",
    [
        {"architecture": None},
        {"architecture": {"class": ["os", "system"]}},
        {"architecture": {"class": "DRUNet"}},
        {"parameterisation": []},
        {"parameterisation": {"kind": "flow"}},
        {"parameterisation": {"kind": ["edm"]}},
        {"parameterisation": {"kind": "edm"}},
        {"parameterisation": EDM_CARD["parameterisation"] | {"pixel_patch": 2}},  # 12 channels, where 3 are
        {"parameterisation": EDM_CARD["parameterisation"] | {"sigma_data": 1e400}},
        {"parameterisation": EDM_CARD["parameterisation"] | {"sigma_min": 90}},
        {"parameterisation": {"kind": "noise-map", "sigma_max": -1}},
        {"parameterisation": {"kind": "discrete", "prediction": "x", "schedule": LINEAR}},
        {"parameterisation": {"kind": "discrete", "prediction": "sample", "schedule": None}},
        {
            "parameterisation": {
                "kind": "discrete",
                "prediction": "sample",
                "schedule": {"trained_betas": [1, 1]},
            }
        },
        {"side_multiple": 0},
        {"side_multiple": 6},
        {"side_multiple": 10**30},
        {"version": [2]},
        {"version": "2"},
    ],
    ids=repr_of,
)
def test_cards_of_the_second_version_that_are_impossible_are_refused(made: Path, change: Any) -> None:
    card = made / "edm" / CARD
    card.write_text(json.dumps(json.loads(card.read_text()) | change))
    refusal(made / "edm")


@pytest.mark.parametrize(
    "change",
    [
        {"name": "../../.ssh"},
        {"name": "<img src=x>"},
        {"patch": 2**30},
        {"patch": True},
        {"trained_patch": 10**30},
        {"sigma_data": -1},
        {"sigma_max": 0},
        {"sigma_min": "low"},
        {"format": ["edm"]},
        {"sigma_data": 1e-320},
    ],
    ids=repr_of,
)
def test_conventions_that_are_impossible_are_refused(made: Path, change: Any) -> None:
    card = made / "old" / CARD
    card.write_text(json.dumps(json.loads(card.read_text()) | change))
    refusal(made / "old")


@pytest.mark.parametrize("value", [None, [], 2**30])
def test_what_a_convention_does_not_know_is_overlooked(tmp_path: Path, value: Any) -> None:
    """Of pixels that become channels only one of the two conventions speaks, and of anchors none any more."""
    folder = write_version_1(
        tmp_path / "old",
        format="ddpm",
        prediction="epsilon",
        schedule=LINEAR,
        patch=value,
        low_frequency_anchor=value,
    )
    assert read_card(folder).size_multiple == 2


@pytest.mark.parametrize(
    "change",
    [
        {"num_train_timesteps": 10**12},
        {"num_train_timesteps": 1},
        {"beta_end": 1e400},
        {"beta_start": "x"},
        {"trained_betas": ["x"]},
        {"trained_betas": {}},
        {"beta_schedule": "os.system"},
        {"_class_name": "os.system"},
    ],
    ids=repr_of,
)
def test_schedules_that_are_impossible_are_refused(made: Path, change: Any) -> None:
    place = made / "cats" / "scheduler" / "scheduler_config.json"
    place.write_text(json.dumps(json.loads(place.read_text()) | change))
    refusal_to_import(made / "cats", made / "data")


@pytest.mark.parametrize("name", [CARD, NETWORK])
@pytest.mark.parametrize("kind", HUGE)
def test_deep_and_huge_json_is_refused(made: Path, name: str, kind: str) -> None:
    folder = made / "edm"
    (folder / name).write_bytes(HUGE[kind])
    refusal(folder)


def test_code_beside_a_prior_is_never_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words by which other programs are told to run code out of a folder of weights."""
    folder = tmp_path / "edm"
    write_edm(folder, trust_remote_code=True, custom_pipeline="modeling")
    for name in ("modeling", "pipeline", "unet", "__init__", "diffusers", "conftest"):
        (folder / f"{name}.py").write_text(f"open({str(tmp_path / 'witness')!r}, 'w')\n")
    words = {
        "auto_map": {"AutoModel": "modeling.Evil"},
        "trust_remote_code": True,
        "custom_pipeline": "modeling",
        "_name_or_path": str(folder),
        "quantization_config": {"quant_method": "modeling"},
        "_module": "modeling",
    }
    write_json(folder / NETWORK, network_in(folder) | words)
    monkeypatch.chdir(folder)
    load(read_card(folder))
    import_prior(folder, "mine", tmp_path / "data")
    assert not (tmp_path / "witness").exists()


# Pickles


def test_one_piece_of_data_cannot_become_a_thousand(tmp_path: Path) -> None:
    """A megabyte of numbers that a short pickle asks for again and again."""
    storage = b"(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI262144\ntQ"
    tensor = b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"I0\n(I262144\nt(I1\ntI00\nNtR"
    program = b"(" + b"".join(b"S'w%d'\n" % number + tensor for number in range(1000)) + b"d."
    with zipfile.ZipFile(tmp_path / "x.pt", "w") as archive:
        archive.writestr("archive/data.pkl", program)
        archive.writestr("archive/data/0", bytes(1 << 20))
    with soon_and_in_little(), pytest.raises(CheckpointError, match="plausibly"):
        read_checkpoint(tmp_path / "x.pt")


@pytest.mark.parametrize(
    "program",
    [
        b"}q\x00X\x05\x00\x00\x00modelh\x00s.",  # a table that is its own `model`
        b"ccollections\nOrderedDict\n)R}(S'items'\nNS'get'\nNub.",  # one whose methods are nothing
    ],
    ids=["in a circle", "robbed of its methods"],
)
def test_a_table_that_is_none_is_refused_in_words(tmp_path: Path, program: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "x.pt", "w") as archive:
        archive.writestr("archive/data.pkl", program)
    refusal_to_import(tmp_path / "x.pt", tmp_path / "data")


@pytest.mark.parametrize("note", [b"r" + struct.pack("<I", 200_000_000), b"p2000000000\n"])
def test_a_note_with_a_great_number_reserves_nothing(tmp_path: Path, note: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "x.pt", "w") as archive:
        archive.writestr("archive/data.pkl", b"}" + note + b".")
    with soon_and_in_little(), pytest.raises(CheckpointError, match="memory"):
        read_checkpoint(tmp_path / "x.pt")


def test_an_old_file_that_is_small_asks_for_no_memory(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(4)}, tmp_path / "x.pt", _use_new_zipfile_serialization=False)
    data = (tmp_path / "x.pt").read_bytes().replace(b"K\4N", b"\x8a\5\0\0\0\0\2N")  # eight milliard numbers
    (tmp_path / "x.pt").write_bytes(data)
    with soon_and_in_little(), pytest.raises(CheckpointError, match="larger than their file"):
        read_checkpoint(tmp_path / "x.pt")


def test_a_table_of_contents_without_end_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.pt", "w") as archive:
        for number in range(20):
            archive.writestr(f"{number:060000}", b"")
    with soon_and_in_little(), pytest.raises(CheckpointError, match="table of contents"):
        read_checkpoint(tmp_path / "x.pt")


def test_a_checkpoint_that_says_it_is_on_two_disks_is_refused(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(3)}, tmp_path / "x.pt")
    data = (tmp_path / "x.pt").read_bytes()
    locator = data.index(b"PK\6\7")
    (tmp_path / "x.pt").write_bytes(data[: locator + 16] + b"\2" + data[locator + 17 :])
    with pytest.raises(CheckpointError):
        read_checkpoint(tmp_path / "x.pt")


# Links and devices


@pytest.mark.parametrize("name", [CARD, NETWORK, WEIGHTS])
def test_pipes_and_devices_are_not_waited_for(tmp_path: Path, name: str) -> None:
    for what in ("pipe", "device"):
        folder = write_edm(tmp_path / what)
        (folder / name).unlink()
        if what == "pipe":
            os.mkfifo(folder / name)
        else:
            (folder / name).symlink_to("/dev/zero")
        refusal(folder)


def test_companions_that_lead_to_a_device_are_left_out(tmp_path: Path) -> None:
    folder = write_edm(tmp_path / "edm")
    (folder / "README.md").symlink_to("/dev/zero")
    card = import_prior(folder, "mine", tmp_path / "data")
    assert not (card.folder / "README.md").exists()


def test_a_prior_that_is_only_linked_to_is_not_removed_with_its_link(tmp_path: Path) -> None:
    elsewhere = write_edm(tmp_path / "elsewhere", "linked")
    (elsewhere / "diary.txt").write_text("Dear grandmother")
    priors = priors_of(tmp_path / "data")
    priors.mkdir(parents=True)
    (priors / "linked").symlink_to(elsewhere)
    load(find("linked", tmp_path / "data"))
    remove("linked", tmp_path / "data")
    assert "linked" not in {card.name for card in installed(tmp_path / "data")}
    assert (elsewhere / "diary.txt").is_file() and (elsewhere / WEIGHTS).is_file()


def test_links_that_lead_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to(tmp_path / "other")
    (tmp_path / "other").symlink_to(tmp_path / "one")
    with pytest.raises(UserError) as caught:
        read_card(tmp_path / "one")
    assert caught.value.code == "prior_unreadable"
    refusal_to_import(tmp_path / "one", tmp_path / "data")
