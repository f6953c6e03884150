"""What runs a network: all give the same picture, the choice is measured and remembered, and nothing that is
missing or damaged is in the way."""

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import skimage.data
import torch
from torch import Tensor, nn

from daps_desktop.base.paths import DATA_VARIABLE
from daps_desktop.networks.card import NETWORK, WEIGHTS, NetworkCard, read_card
from daps_desktop.networks.catalogue import installed
from daps_desktop.networks.importers.importing import import_prior
from daps_desktop.networks.loader import load
from daps_desktop.networks.runtime import choice, openvino_runtime
from daps_desktop.networks.runtime.choice import RUNTIME_VARIABLE, candidates, load_network
from daps_desktop.networks.runtime.network import Network, Runtime
from daps_desktop.networks.runtime.openvino_graph import to_model
from daps_desktop.networks.runtime.openvino_runtime import OpenVinoNetwork, OpenVinoRuntime
from daps_desktop.networks.runtime.torch_runtime import TorchNetwork, TorchRuntime
from daps_desktop.solver.device_errors import out_of_memory
from tests.fakes.checkpoints import write_diffusers, write_edm

CPU = torch.device("cpu")
PLAIN = TorchRuntime(CPU)
OPENVINO = OpenVinoRuntime("CPU", torch.float32, 1)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.delenv(RUNTIME_VARIABLE)
    return tmp_path / "data"


@pytest.fixture
def own(tmp_path: Path) -> NetworkCard:
    return read_card(write_edm(tmp_path / "own"))


def blobs(data: Path) -> list[Path]:
    return sorted(data.glob("cache/networks/*.blob"))


def denoised(card: NetworkCard, runtime: Runtime, side: int = 32) -> Tensor:
    x = torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(1))
    return load(card, runtime).denoiser.denoise(x, 0.3)


# They agree


def test_openvino_runs_our_networks_at_any_size_as_torch_does(own: NetworkCard) -> None:
    plain, other = load(own).network, load(own, OPENVINO).network
    assert (plain.name, other.name) == ("torch-float32", "openvino-float32")
    assert other.memory_mb == pytest.approx(plain.memory_mb)
    assert other.versions.keys() == {"runtime", "openvino"} and plain.versions == {"runtime": "torch-float32"}
    for batch, height, width in ((1, 16, 16), (3, 32, 20), (1, 64, 48), (1, 16, 16)):
        x, level = torch.randn(batch, 3, height, width), torch.linspace(-1, 1, batch)
        before = other(x, level)
        kept = before.clone()
        torch.testing.assert_close(before, plain(x, level), atol=1e-5, rtol=1e-4)
        other(x + 1, level)
        assert torch.equal(before, kept)  # an answer is not written over by the next


def test_openvino_runs_drunet_as_torch_does(tmp_path: Path, data: Path) -> None:
    from daps_desktop.networks.architectures.drunet import DRUNet

    torch.save(DRUNet((8, 8, 16, 16), blocks=1).state_dict(), tmp_path / "drunet.pth")
    card = import_prior(tmp_path / "drunet.pth")
    torch.testing.assert_close(denoised(card, OPENVINO), denoised(card, PLAIN), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("card", [card for card in installed() if card.built_in], ids=lambda card: card.name)
def test_every_way_of_computing_gives_the_same_picture(card: NetworkCard) -> None:
    pixels = skimage.data.astronaut()[100:228, 140:268]
    photo = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None] / 127.5 - 1
    for sigma in (0.05, 0.2, 0.4):
        x = photo + sigma * torch.randn(photo.shape, generator=torch.Generator().manual_seed(0))

        def psnr(runtime: Runtime, x: Tensor = x, sigma: float = sigma) -> float:
            error = load(card, runtime).denoiser.denoise(x, sigma) - photo
            return float(10 * torch.log10(4 / error.square().mean()))

        plain = psnr(PLAIN)
        for runtime in candidates(card, CPU):
            assert psnr(runtime) == pytest.approx(plain, abs=0.02), runtime.name


def test_a_module_that_is_more_than_known_operations_is_left_to_torch() -> None:
    class Strange(nn.Module):
        def forward(self, x: Tensor, level: Tensor) -> Tensor:
            return x.erf()

    class Undecided(nn.Module):
        def forward(self, x: Tensor, level: Tensor) -> Tensor:
            return x if level.sum() > 0 else -x

    with pytest.raises(NotImplementedError, match="erf"):
        to_model(Strange(), 3)
    with pytest.raises(NotImplementedError, match="decides"):
        to_model(Undecided(), 3)


# The cache


def test_a_network_is_compiled_once(own: NetworkCard, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = denoised(own, OPENVINO)
    (blob,) = blobs(data)
    assert blob.stat().st_mode & 0o077 == 0

    def refuse(card: NetworkCard) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(openvino_runtime, "_model", refuse)
    assert torch.equal(denoised(own, OPENVINO), first)
    with pytest.raises(AssertionError):  # with other threads it is the same, in another precision it is not
        denoised(own, OpenVinoRuntime("CPU", torch.bfloat16, 1))
    assert torch.equal(denoised(own, OpenVinoRuntime("CPU", torch.float32, 2)), first)


@pytest.mark.parametrize("damage", ["cut off", "altered", "empty", "a folder"])
def test_a_damaged_cache_is_said_and_made_anew(
    own: NetworkCard, data: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    first = denoised(own, OPENVINO)
    (blob,) = blobs(data)
    content = blob.read_bytes()
    blob.unlink()
    if damage == "a folder":
        blob.mkdir()
    else:
        spoilt = {"cut off": content[:-100], "altered": content[:-1] + b"x", "empty": b""}[damage]
        blob.write_bytes(spoilt)
    assert torch.equal(denoised(own, OPENVINO), first)
    assert str(blob) in caplog.text
    if damage != "a folder":
        assert blob.read_bytes() != spoilt
        caplog.clear()
        denoised(own, OPENVINO)
        assert not caplog.text


def test_a_cache_that_cannot_be_written_is_said_and_the_work_goes_on(
    own: NetworkCard, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data.mkdir()
    (data / "cache").write_text("in the way")
    torch.testing.assert_close(denoised(own, OPENVINO), denoised(own, PLAIN), atol=1e-5, rtol=1e-4)
    assert "cannot be kept" in caplog.text


def test_only_the_last_few_compiled_networks_are_kept(own: NetworkCard, data: Path) -> None:
    folder = data / "cache" / "networks"
    folder.mkdir(parents=True)
    for k in range(9):
        (folder / f"{k}.blob").write_bytes(b"old")
    denoised(own, OPENVINO)
    assert len(blobs(data)) == 6 and any(blob.stat().st_size > 1000 for blob in blobs(data))


# The choice


class Recorded:
    """A runtime that is as fast and as right as a test says, and counts how often it is loaded."""

    def __init__(
        self, name: str, delay_s: float = 0.0, off: float = 0.0, fails: Exception | None = None
    ) -> None:
        self.name, self.delay_s, self.off, self.fails = name, delay_s, off, fails
        self.loaded = 0

    def load(self, card: NetworkCard) -> Network:
        self.loaded += 1
        if self.fails:
            raise self.fails
        return _Slowed(self, PLAIN.load(card))


class _Slowed:
    device, dtype, memory_mb = CPU, torch.float32, 1.0

    def __init__(self, told: Recorded, network: Network) -> None:
        self.told, self.network, self.name = told, network, told.name
        self.versions = {"runtime": told.name}

    def __call__(self, x: Tensor, level: Tensor) -> Tensor:
        time.sleep(self.told.delay_s)
        return self.network(x, level) + self.told.off


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Recorded]]:
    runtimes = [Recorded("plain", 0.15), Recorded("slow", 0.3), Recorded("fast")]
    monkeypatch.setattr(choice, "candidates", lambda card, device, graphics=False: runtimes)
    yield runtimes


def test_the_fastest_is_taken_and_remembered(own: NetworkCard, data: Path, offered: list[Recorded]) -> None:
    assert load_network(own, CPU).name == "fast"
    tried = [runtime.loaded for runtime in offered]
    assert load_network(own, CPU).name == "fast"
    assert [runtime.loaded for runtime in offered] == [tried[0], tried[1], tried[2] + 1]
    ((key, name),) = json.loads((data / "cache" / "runtimes.json").read_text()).items()
    assert name == "fast"
    for word in ("NormFreeUNet", f"torch {torch.__version__}", "openvino", "threads", "plain, slow, fast"):
        assert word in key


def test_what_gives_another_picture_is_not_taken_however_fast(
    own: NetworkCard, offered: list[Recorded]
) -> None:
    offered[2].off = 0.05
    assert load_network(own, CPU).name == "plain"


def test_where_none_will_do_it_is_torch(own: NetworkCard, offered: list[Recorded]) -> None:
    for runtime in offered[1:]:
        runtime.off = float("nan")
    assert load_network(own, CPU).name == "plain"


def test_what_fails_in_the_trial_is_said_and_not_taken(
    own: NetworkCard, offered: list[Recorded], caplog: pytest.LogCaptureFixture
) -> None:
    offered[2].fails = RuntimeError("no kernel for this\nand more")
    assert load_network(own, CPU).name == "plain"
    assert "fast cannot run this prior here (no kernel for this)" in caplog.text


def test_what_fails_later_gives_way_to_torch(
    own: NetworkCard, offered: list[Recorded], caplog: pytest.LogCaptureFixture
) -> None:
    load_network(own, CPU)
    offered[2].fails = ImportError("it is gone")
    assert load_network(own, CPU).name == "plain"
    assert "it is gone" in caplog.text


@pytest.mark.parametrize("content", ["{", "[]", '{"x": 3}', None])
def test_a_memory_that_is_damaged_is_made_anew(
    own: NetworkCard, data: Path, offered: list[Recorded], content: str | None
) -> None:
    load_network(own, CPU)
    place = data / "cache" / "runtimes.json"
    place.unlink()
    if content is not None:
        place.write_text(content)
    offered[2].delay_s, offered[1].delay_s = 0.3, 0.0
    assert load_network(own, CPU).name == "slow"
    assert "slow" in json.loads(place.read_text()).values()


def test_a_memory_that_cannot_be_written_is_said(
    own: NetworkCard, data: Path, offered: list[Recorded], caplog: pytest.LogCaptureFixture
) -> None:
    data.mkdir()
    (data / "cache").write_text("in the way")
    assert load_network(own, CPU).name == "fast"
    assert "each start tries again" in caplog.text


def test_the_environment_may_name_one(
    own: NetworkCard,
    data: Path,
    offered: list[Recorded],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv(RUNTIME_VARIABLE, "slow")
    assert load_network(own, CPU).name == "slow"
    monkeypatch.setenv(RUNTIME_VARIABLE, "torch")
    assert load_network(own, CPU).name == "plain"
    assert not data.exists() and not caplog.text  # nothing is tried or noted
    monkeypatch.setenv(RUNTIME_VARIABLE, "quantum")
    assert load_network(own, CPU).name == "plain"
    assert "DAPS_DESKTOP_RUNTIME is quantum" in caplog.text and "plain, slow, fast" in caplog.text


def test_without_openvino_torch_does_the_work(
    own: NetworkCard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def absent() -> None:
        raise ModuleNotFoundError("No module named 'openvino'")

    monkeypatch.setattr(choice, "import_openvino", absent)
    assert all(isinstance(runtime, TorchRuntime) for runtime in candidates(own, CPU))
    assert isinstance(load_network(own, CPU), TorchNetwork)
    assert "OpenVINO cannot be used here (No module named 'openvino')" in caplog.text


def test_the_real_choice_is_among_the_real_candidates(
    own: NetworkCard, caplog: pytest.LogCaptureFixture
) -> None:
    names = [runtime.name for runtime in candidates(own, CPU)]
    assert names[0] == "torch-float32" and "openvino-float32" in names
    with caplog.at_level(logging.INFO):
        assert load_network(own, CPU).name in names
    assert "ms" in caplog.text


def test_networks_of_others_are_run_by_torch_without_a_trial(tmp_path: Path, data: Path) -> None:
    write_diffusers(tmp_path / "cats")
    card = import_prior(tmp_path / "cats")
    assert load_network(card, CPU).name == "torch-float32"
    assert not (data / "cache").exists()


# How it fails


def test_want_of_memory_is_known_as_such() -> None:
    class Request:
        def infer(self, *_: object, **__: object) -> None:
            raise RuntimeError("Exception from src/inference: std::bad_alloc")

    class Compiled:
        def create_infer_request(self) -> Request:
            return Request()

    network = OpenVinoNetwork(Compiled(), "openvino-float32", torch.float32, 1.0)
    with pytest.raises(MemoryError) as caught:
        network(torch.zeros(1, 3, 8, 8), torch.zeros(1))
    assert out_of_memory(caught.value)


def test_files_that_do_not_fit_are_refused_by_either(own: NetworkCard) -> None:
    config = json.loads((own.folder / NETWORK).read_text())
    (own.folder / NETWORK).write_text(json.dumps(config | {"blocks": 2}))
    for runtime in (PLAIN, OPENVINO):
        with pytest.raises(Exception, match="not a prior this program can use") as caught:
            load(read_card(own.folder), runtime)
        assert getattr(caught.value, "code", "") == "prior_unreadable"
    (own.folder / WEIGHTS).write_bytes(b"altered")
    with pytest.raises(Exception, match="checksum"):
        load(own, OPENVINO)
