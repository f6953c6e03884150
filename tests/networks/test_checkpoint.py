"""The reader of .pt files: what torch writes comes back, and nothing in a file is ever run."""

import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path

import pytest
import torch

from daps_desktop.networks.importers.safe_pickle import CheckpointError, read_checkpoint
from tests.fakes.checkpoints import Bomb, write_pickle


@pytest.mark.parametrize("zipped", [True, False], ids=["as today", "as before 2020"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16, torch.float64, torch.int64])
def test_what_torch_saved_comes_back(tmp_path: Path, dtype: torch.dtype, zipped: bool) -> None:
    base = torch.arange(24).to(dtype)
    state = OrderedDict(a=base.reshape(4, 6), b=base.reshape(4, 6).T, c=base[5:9], d=base[7].clone())
    state["_metadata_holder"] = base[::3]
    torch.save(state, tmp_path / "x.pt", _use_new_zipfile_serialization=zipped)
    read = read_checkpoint(tmp_path / "x.pt")
    assert read.keys() == state.keys()
    for name, tensor in state.items():
        assert read[name].dtype == dtype
        assert read[name].is_contiguous()
        assert torch.equal(read[name], tensor)


def test_the_state_of_a_module_and_wrapped_ones_are_read(tmp_path: Path) -> None:
    state = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.GroupNorm(2, 4)).state_dict()
    torch.save({"step": 7, "state_dict": {}, "ema": state, "lr": [1e-4, None]}, tmp_path / "x.ckpt")
    read = read_checkpoint(tmp_path / "x.ckpt")
    assert all(torch.equal(read[name], state[name]) for name in state)
    assert len(read) == len(state) == 4


def test_a_pickle_that_runs_code_is_refused_and_nothing_is_run(tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    for content in ({"a": Bomb(witness)}, Bomb(witness), OrderedDict(a=[Bomb(witness)])):
        with pytest.raises(CheckpointError, match="more than tensors"):
            read_checkpoint(write_pickle(tmp_path / "x.pt", content))
    assert not witness.exists()
    pickle.loads(pickle.dumps(Bomb(witness)))
    assert witness.exists(), "the bomb is a real one"


@pytest.mark.parametrize(
    "program",
    [
        b"cos\nsystem\n(S'true'\ntR.",
        b"cbuiltins\neval\n(S'1'\ntR.",
        b"\x80\x04\x8c\x08builtins\x8c\x04exec\x93\x8c\x01a\x85R.",
        b"(ios\nsystem\nS'true'\n.",
        b"ctorch\nload\n(S'x'\ntR.",
        b"ctorch._utils\n_rebuild_parameter\n(tR.",
        b"ctorch.storage\n_load_from_bytes\n(S'x'\ntR.",
        b"ccollections\nOrderedDict.__init__\n(tR.",
    ],
)
def test_every_way_to_name_a_function_is_refused(tmp_path: Path, program: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "x.pt", "w") as archive:
        archive.writestr("archive/data.pkl", program)
    with pytest.raises(CheckpointError, match="more than tensors"):
        read_checkpoint(tmp_path / "x.pt")


@pytest.mark.parametrize(
    "program",
    [
        b"ctorch._utils\n_rebuild_tensor_v2\n}S'__call__'\nNsb.",  # sets an attribute of what it was given
        b"ccollections\nOrderedDict\n(I1\nI2\ntR.",
        b"ctorch\nFloatStorage\n(tR.",
        b"(S'storage'\nS'FloatStorage'\nS'0'\nS'cpu'\nI4\ntQ.",
        b"(S'a'\nN",
        b"",
        b"N.",
    ],
)
def test_other_programs_end_in_words(tmp_path: Path, program: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "x.pt", "w") as archive:
        archive.writestr("archive/data.pkl", program)
        archive.writestr("archive/data/0", bytes(16))
    with pytest.raises(CheckpointError):
        read_checkpoint(tmp_path / "x.pt")


@pytest.mark.parametrize(
    "view", ["I0\n(I5\nt(I1\nt", "I2\n(I3\nt(I1\nt", "I-1\n(I1\nt(I1\nt", "I0\n(I9\nt(I0\nt"]
)
def test_no_tensor_reaches_beyond_its_data(tmp_path: Path, view: str) -> None:
    storage = "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI4\ntQ"
    program = f"(S'a'\nctorch._utils\n_rebuild_tensor_v2\n({storage}{view}I00\nNtRd."
    with zipfile.ZipFile(tmp_path / "x.pt", "w") as archive:
        archive.writestr("archive/data.pkl", program)
        archive.writestr("archive/data/0", bytes(16))
    with pytest.raises(CheckpointError):
        read_checkpoint(tmp_path / "x.pt")
    fitting = program.replace(view, "I1\n(I3\nt(I1\nt")
    with zipfile.ZipFile(tmp_path / "y.pt", "w") as archive:
        archive.writestr("archive/data.pkl", fitting)
        archive.writestr("archive/data/0", bytes(16))
    assert read_checkpoint(tmp_path / "y.pt")["a"].tolist() == [0, 0, 0]


# Files of before 2020


def old_file(*changed: tuple[int, object], data: bytes = b"\4" + bytes(7 + 16)) -> bytes:
    """Five pickles and the data of one storage of four numbers; some of the pickles replaced."""
    tensor = (
        b"\x80\x02}X\1\0\0\0actorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\nFloatStorage\n"
        b"X\1\0\0\0"
        b"0X\3\0\0\0cpuK\4NtQK\0K\4\x85K\1\x85\x89NtRs."
    )
    plain = {"little_endian": True, "protocol_version": 1001}
    parts: list[object] = [0x1950A86A20F9469CFC6C, 1001, plain, tensor, ["0"]]
    for place, value in changed:
        parts[place] = value
    return b"".join(p if isinstance(p, bytes) else pickle.dumps(p, protocol=2) for p in parts) + data


def test_an_old_file_is_read_and_each_way_in_which_it_may_lie_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    path.write_bytes(old_file())
    assert read_checkpoint(path)["a"].tolist() == [0, 0, 0, 0]
    huge = old_file().replace(b"K\4NtQ", b"\x8a\5\0\0\0\0\1NtQ")  # four milliard numbers
    part = old_file().replace(b"K\4NtQ", b"K\4(X\1\0\0\0vK\0K\1ttQ")  # of another storage
    for content, words in [
        (old_file((1, 1000)), "order"),
        (old_file((2, {"little_endian": False})), "order"),
        (old_file((4, ["0", "1"])), "data of its tensors"),
        (old_file((4, [])), "data of its tensors"),
        (old_file((3, {"a": 1})), "data of its tensors"),
        (old_file(data=b"\5" + bytes(7 + 20)), "lacks its data"),
        (old_file(data=b"\4" + bytes(7 + 12)), "lacks its data"),
        (old_file()[:150], "incomplete or damaged"),
        (huge, "larger than their file"),
        (part, "not tensor data"),
    ]:
        path.write_bytes(content)
        with pytest.raises(CheckpointError, match=words):
            read_checkpoint(path)


def test_no_part_of_an_old_file_runs_code(tmp_path: Path) -> None:
    path, witness = tmp_path / "x.pt", tmp_path / "witness"
    for place in (1, 2, 3, 4):
        path.write_bytes(old_file((place, Bomb(witness))))
        with pytest.raises(CheckpointError, match="more than tensors"):
            read_checkpoint(path)
    assert not witness.exists()


def test_damaged_files_are_told_apart(tmp_path: Path) -> None:
    state = {"a": torch.randn(1000)}
    torch.save(state, tmp_path / "good.pt")
    data = (tmp_path / "good.pt").read_bytes()
    (tmp_path / "short.pt").write_bytes(data[: len(data) // 2])
    (tmp_path / "text.pt").write_bytes(b"hello")
    middle = data.index(b"data/0") + 1500
    (tmp_path / "flipped.pt").write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
    with zipfile.ZipFile(tmp_path / "packed.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({}, protocol=2))
    torch.save([1, 2], tmp_path / "list.pt")
    for name, words in {
        "short": "incomplete",
        "text": "not a checkpoint",
        "flipped": "damaged",
        "packed": "compressed",
        "list": "no table",
    }.items():
        with pytest.raises(CheckpointError, match=words):
            read_checkpoint(tmp_path / f"{name}.pt")
