"""OpenVINO looks for its plugins beside its own library, where reading its code does not find them."""

from PyInstaller.utils.hooks import PY_DYLIB_PATTERNS, collect_data_files, collect_dynamic_libs

datas = collect_data_files("openvino", includes=["libs/*.json", "libs/*.xml"])
binaries = collect_dynamic_libs("openvino", search_patterns=[*PY_DYLIB_PATTERNS, "*.so.*"])
