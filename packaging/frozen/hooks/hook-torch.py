"""PyInstaller's way with torch, in place of the usual one, which takes every module and its source.

What torch imports is found by reading it, but for a few modules that are named in lists or asked for by
native code. Modules with settings or overloads read their own source when imported, so theirs goes along.
"""

import re
from pathlib import Path

from PyInstaller.utils.hooks import (
    PY_DYLIB_PATTERNS,
    collect_data_files,
    collect_dynamic_libs,
    get_package_paths,
)

datas = collect_data_files("torch", includes=["bin/torch_shm_manager"])
binaries = collect_dynamic_libs("torch", search_patterns=[*PY_DYLIB_PATTERNS, "*.so.*"])

_READING = re.compile(rb"install_config_module\(|\b_overload(_method)?\b")
_above, _torch = (Path(path) for path in get_package_paths("torch"))


def module(path: Path) -> str:
    return ".".join(path.relative_to(_above).with_suffix("").parts)


def reads_its_source(path: Path) -> bool:
    return path.name != "__init__.py" and bool(_READING.search(path.read_bytes()))


hiddenimports = ["torch._C", "torch._VF", "torch._python_dispatcher", "torch.onnx.operators"]
hiddenimports += [module(path) for path in (_torch / "_dynamo" / "polyfills").glob("[!_]*.py")]
module_collection_mode = {module(path): "pyz+py" for path in _torch.rglob("*.py") if reads_its_source(path)}
