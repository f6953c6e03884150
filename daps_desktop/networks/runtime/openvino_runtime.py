"""Networks run by OpenVINO: on processors in float32 or bfloat16, and on graphics chips of Intel."""

import hashlib
import io
import json
import logging
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from daps_desktop.base.errors import UserError
from daps_desktop.base.files import read_bounded, write_file
from daps_desktop.base.i18n import tr
from daps_desktop.base.os_errors import describe_os_error
from daps_desktop.base.paths import cache_folder, make_private
from daps_desktop.networks.card import NetworkCard
from daps_desktop.networks.runtime.openvino_library import import_openvino
from daps_desktop.networks.runtime.torch_runtime import read_module

_PRECISION = {torch.float32: "f32", torch.bfloat16: "bf16", torch.float16: "f16"}
_DIGEST = 32  # bytes of SHA-256 before what they vouch for
_MAX_COMPILED = 2**30  # bytes of a compiled network
_MAX_KEPT = 6  # compiled networks
_NO_MEMORY = ("bad_alloc", "out of memory", "Can not allocate", "CL_OUT_OF", "CL_MEM_OBJECT_ALLOCATION")

_log = logging.getLogger(__name__)


class OpenVinoNetwork:
    """A compiled network as a function of (x, level) in float32."""

    device = torch.device("cpu")  # where tensors come from and go to, wherever it calculates

    def __init__(self, compiled: Any, name: str, dtype: torch.dtype, memory_mb: float) -> None:
        self._request = compiled.create_infer_request()
        self.name = name
        self.versions = {"runtime": name, "openvino": version("openvino")}
        self.dtype = dtype
        self.memory_mb = memory_mb

    def __call__(self, x: Tensor, level: Tensor) -> Tensor:
        inputs = [x.contiguous().numpy(), level.contiguous().numpy()]
        try:
            self._request.infer(inputs, share_inputs=True)
        except RuntimeError as error:
            if any(words in str(error) for words in _NO_MEMORY):
                raise MemoryError(str(error)) from error
            raise
        return torch.from_numpy(np.array(self._request.get_output_tensor(0).data))


@dataclass(frozen=True, slots=True)
class OpenVinoRuntime:
    """OpenVINO on "CPU" or "GPU" in one precision, with so many threads."""

    place: str
    dtype: torch.dtype
    threads: int
    keeps: bool = True
    """Whether what it compiled is kept for the next start."""

    @property
    def name(self) -> str:
        return f"openvino-{'graphics' if self.place != 'CPU' else str(self.dtype).removeprefix('torch.')}"

    def load(self, card: NetworkCard) -> OpenVinoNetwork:
        """The network, compiled now or as it was when it was first used here.

        Raises: ImportError, NotImplementedError, RuntimeError where OpenVINO cannot run it; UserError
        prior_unreadable.
        """
        openvino = import_openvino()
        core = openvino.Core()
        cache = _Cache(cache_folder() / "networks" / f"{self._key(card, openvino)}.blob")
        compiled = self._read(core, cache) if self.keeps else None
        if compiled is None:
            compiled = core.compile_model(_model(card), self.place, self._config)
            if self.keeps:
                cache.write(compiled)
        return OpenVinoNetwork(compiled, self.name, self.dtype, 4 * card.parameters / 2**20)

    @property
    def _config(self) -> dict[str, Any]:
        config = {"INFERENCE_PRECISION_HINT": _PRECISION[self.dtype], "PERFORMANCE_HINT": "LATENCY"}
        if self.place != "CPU":
            return config
        # Threads that are bound to a core wait for it while others use it.
        threads = {"INFERENCE_NUM_THREADS": self.threads, "NUM_STREAMS": 1, "ENABLE_CPU_PINNING": False}
        return config | threads

    def _key(self, card: NetworkCard, openvino: Any) -> str:
        """What the compiled network depends on."""
        architecture = [card.architecture.name, dict(card.architecture.config)]
        parts = [card.sha256, architecture, openvino.__version__, self.name, torch.__version__]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]

    def _read(self, core: Any, cache: "_Cache") -> Any:
        data = cache.read()
        if data is None:
            return None
        try:
            return core.import_model(io.BytesIO(data), self.place, self._config)
        except RuntimeError as error:  # of another processor, for one
            _log.info("%s", error)
            return None


def _model(card: NetworkCard) -> Any:
    from daps_desktop.networks.runtime.openvino_graph import to_model

    return to_model(read_module(card, torch.device("cpu")), card.architecture.channels[0])


@dataclass(frozen=True, slots=True)
class _Cache:
    """A compiled network in a file that begins with its own checksum."""

    path: Path

    def read(self) -> bytes | None:
        """None where there is none, and, with a word in the log, where it is damaged."""
        try:
            data = read_bounded(self.path, _MAX_COMPILED)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            words = tr("{path} cannot be read ({detail}); the network is prepared again.")
            _log.warning(words.format(path=self.path, detail=error))
            return None
        if hashlib.sha256(data[_DIGEST:]).digest() == data[:_DIGEST]:
            return data[_DIGEST:]
        _log.warning(tr("{path} is damaged; the network is prepared again.").format(path=self.path))
        return None

    def write(self, compiled: Any) -> None:
        """A cache that cannot be written is only logged: the next start prepares the network again."""
        blob = io.BytesIO()
        try:
            compiled.export_model(blob)
            data = blob.getvalue()
            make_private(self.path.parent)
            write_file(self.path, hashlib.sha256(data).digest() + data, overwrite=True, private=True)
            self._forget_old()
        except (OSError, RuntimeError, UserError) as error:
            detail = describe_os_error(error) if isinstance(error, OSError) else error
            words = tr("The prepared network cannot be kept ({detail}); each start prepares it again.")
            _log.warning(words.format(detail=detail))

    def _forget_old(self) -> None:
        found = sorted(self.path.parent.glob("*.blob"), key=lambda path: path.stat().st_mtime)
        for path in found[:-_MAX_KEPT]:
            path.unlink()
