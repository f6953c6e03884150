"""PyInstaller's way with torch, in place of the usual one, which takes every module and its source.

What torch imports is found by reading it; a few modules are asked for by its native code alone.
"""

from PyInstaller.utils.hooks import PY_DYLIB_PATTERNS, collect_data_files, collect_dynamic_libs

datas = collect_data_files("torch", includes=["bin/torch_shm_manager"])
binaries = collect_dynamic_libs("torch", search_patterns=[*PY_DYLIB_PATTERNS, "*.so.*"])
hiddenimports = ["torch._C", "torch._VF", "torch._python_dispatcher", "torch.utils._config_module"]
