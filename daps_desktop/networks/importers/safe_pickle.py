"""Tensors out of a .pt file without running anything in it.

A .pt file is a zip archive with a pickle that may call any function of any module; before torch 1.6 (2020) it
was five pickles in a row, with the data of the tensors behind them. Here a pickle may name a few harmless
things only, each replaced by our own: whatever else it asks for is refused before it is looked up, so no code
of the file's choosing is ever imported or called. Source of both layouts: torch.serialization.
"""

import io
import pickle
import pickletools
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import torch
from torch import Tensor

from daps_desktop.base.files import open_regular_file
from daps_desktop.base.i18n import N_, phrase, words_of
from daps_desktop.base.safe_zip import open_zip

_DTYPES = {
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "DoubleStorage": torch.float64,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
}
# The number by which torch knew its files, as it was pickled, and the version that all of them had.
_OLD_START = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_OLD_VERSION = 1001
_MAX_PICKLE = 2 * 2**20  # bytes; the largest known checkpoints need 0.3 MB
_MAX_GAIN = 4  # times the file that its tensors may take, as several may share their data
_WRAPPERS = ("ema", "model_ema", "state_dict", "model")  # where training scripts put the weights, best first


class CheckpointError(Exception):
    """Why a file is not read; the text completes the sentence "... is not a prior (...)"."""

    def __init__(self, message: str, /, **facts: object) -> None:
        super().__init__(phrase(message, **facts))


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """The state dict in a .pt, .pth, .ckpt or .bin file, as contiguous tensors on the CPU.

    Raises: CheckpointError for anything but tensors in plain containers, and for damaged files.
    """
    try:
        if zipfile.is_zipfile(path):
            with path.open("rb") as file, open_zip(file) as archive:
                state = _state_dict(_Archive(archive).load())
        else:
            with open_regular_file(path) as file:
                state = _state_dict(_OldFile(file, path.stat().st_size).load())
    except CheckpointError:
        raise
    # A hostile pickle, and what it made, can raise almost anything; all of it means "refused".
    except (
        pickle.UnpicklingError,
        zipfile.BadZipFile,
        ArithmeticError,
        AttributeError,
        EOFError,
        LookupError,
        MemoryError,
        NotImplementedError,
        OSError,
        RuntimeError,
        TypeError,
        ValueError,
    ) as error:
        raise CheckpointError(N_("it is incomplete or damaged: {error}"), error=words_of(error)) from error
    return _owned(state, path.stat().st_size)


def _owned(state: Mapping[str, Tensor], file_size: int) -> dict[str, Tensor]:
    """The tensors, each with data of its own; in the file several may share theirs."""
    if sum(tensor.nbytes for tensor in state.values()) > _MAX_GAIN * file_size:
        raise CheckpointError(N_("its tensors are larger than it can plausibly contain"))
    contiguous = torch.contiguous_format
    return {name: tensor.detach().clone(memory_format=contiguous) for name, tensor in state.items()}


class _Archive:
    """One open checkpoint; storages are read once, as several tensors may share one."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        pickles = [name for name in archive.namelist() if PurePosixPath(name).name == "data.pkl"]
        if len(pickles) != 1:
            raise CheckpointError(N_("it holds no tensors"))
        self.root = PurePosixPath(pickles[0]).parent
        self.storages: dict[str, Tensor] = {}

    def load(self) -> object:
        if f"{self.root}/byteorder" in self.archive.namelist() and self.read("byteorder", 16) != b"little":
            raise CheckpointError(N_("its byte order is big-endian"))
        data = self.read("data.pkl", _MAX_PICKLE)
        _check_notes(data)
        return _TensorUnpickler(io.BytesIO(data), self).load()

    def entry(self, name: str, largest: int) -> zipfile.ZipInfo:
        """Torch stores without compression, so that nothing can unpack to more than the file's own size."""
        info = self.archive.getinfo(f"{self.root}/{name}")
        if info.compress_type != zipfile.ZIP_STORED or info.file_size > largest:
            raise CheckpointError(N_("its entry {name} is compressed or too large"), name=name)
        return info

    def read(self, name: str, largest: int) -> bytes:
        return self.archive.read(self.entry(name, largest))

    def storage(self, key: str, dtype: torch.dtype, numel: int) -> Tensor:
        if key not in self.storages:
            data = bytearray(self.read(f"data/{key}", numel * dtype.itemsize))
            if not data or len(data) != numel * dtype.itemsize:
                raise CheckpointError(N_("its tensor data {key} has the wrong length"), key=key)
            self.storages[key] = torch.frombuffer(data, dtype=dtype)
        return self.storages[key]


def _check_notes(data: bytes) -> None:
    """A pickle numbers its memo entries, and the unpickler allocates room for all below the highest."""
    for opcode, number, _ in pickletools.genops(data):
        if opcode.name in ("PUT", "LONG_BINPUT") and isinstance(number, int) and number > len(data):
            raise CheckpointError(N_("it asks for more memory than it can need"))


class _OldFile:
    """One open file of before 2020: magic number, version, system, content, names of storages; their data."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        start = file.read(len(_OLD_START))
        if start[:2] == b"PK":
            raise CheckpointError(N_("it is incomplete"))
        if start != _OLD_START:
            raise CheckpointError(N_("it is not a checkpoint"))
        self.file = file
        self.left = size  # bytes that its storages may still take
        self.storages: dict[str, Tensor] = {}
        self.pickles = io.BytesIO(_OLD_START + file.read(_MAX_PICKLE))

    def load(self) -> object:
        _, version, system, content, names = (self._next() for _ in range(5))
        if version != _OLD_VERSION or not isinstance(system, dict) or not system.get("little_endian"):
            raise CheckpointError(N_("its byte order is not known"))
        self.file.seek(self.pickles.tell())
        if not isinstance(names, list) or set(names) != self.storages.keys():
            raise CheckpointError(N_("it does not hold the data of its tensors"))
        for name in names:
            self._fill(self.storages[name])
        return content

    def _next(self) -> Any:
        begin = self.pickles.tell()
        _check_notes(self.pickles.getvalue()[begin:])
        return _TensorUnpickler(self.pickles, self).load()

    def storage(self, key: str, dtype: torch.dtype, numel: int) -> Tensor:
        """Empty until all is read; no more than the file can hold is reserved."""
        if key not in self.storages:
            self.left -= numel * dtype.itemsize
            if numel <= 0 or self.left < 0:
                raise CheckpointError(N_("its tensors are larger than their file"))
            self.storages[key] = torch.empty(numel, dtype=dtype)
        return self.storages[key]

    def _fill(self, storage: Tensor) -> None:
        """The number of its entries, and the entries."""
        numel = int.from_bytes(self.file.read(8), "little")
        data = self.file.read(storage.nbytes)
        if numel != storage.numel() or len(data) != storage.nbytes:
            raise CheckpointError(N_("it is incomplete or damaged: a tensor lacks its data"))
        storage.copy_(torch.frombuffer(bytearray(data), dtype=storage.dtype))


class _Rebuild:
    """Stands for torch._utils._rebuild_tensor_v2. No attributes, so that a pickle can set none."""

    __slots__ = ()

    def __call__(
        self, storage: Tensor, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: object
    ) -> Tensor:
        tensor = torch.as_strided(storage, size, stride, offset)  # refuses to reach beyond the storage
        if tensor.numel() > storage.numel():
            raise CheckpointError(N_("a tensor is larger than its data"))
        return tensor


class _TensorUnpickler(pickle.Unpickler):
    def __init__(self, file: Any, source: _Archive | _OldFile) -> None:
        super().__init__(file, encoding="utf-8")
        self.source = source

    def find_class(self, module_name: str, global_name: str) -> object:
        if (module_name, global_name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module_name, global_name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Rebuild()
        if module_name == "torch" and global_name in _DTYPES:
            return _DTYPES[global_name]
        raise CheckpointError(
            N_("it holds more than tensors: {module_name}.{global_name}"),
            module_name=module_name,
            global_name=global_name,
        )

    def persistent_load(self, pid: Any) -> Tensor:
        kind, dtype, key, _location, numel, *view = pid  # old files could name a part of a storage
        known = kind == "storage" and isinstance(dtype, torch.dtype) and isinstance(key, str)
        if not known or any(part is not None for part in view):
            raise CheckpointError(N_("it refers to something that is not tensor data"))
        return self.source.storage(key, dtype, int(numel))


def _state_dict(content: object) -> dict[str, Tensor]:
    """The dict of tensors, also where a training script wrapped it in one more dict."""
    if isinstance(content, Mapping):
        if content and all(isinstance(k, str) and isinstance(v, Tensor) for k, v in content.items()):
            return dict(content)
        for key in _WRAPPERS:
            if isinstance(content.get(key), Mapping):
                return _state_dict(content[key])
    raise CheckpointError(N_("it holds no table of named tensors"))
