"""OpenVINO as it is imported here: the library alone."""

import sys
from typing import Any, cast


def import_openvino() -> Any:
    """The library, without its tools, which send word of their use to its makers. Raises: ImportError."""
    for unwanted in ("openvino.tools", "openvino_telemetry"):
        sys.modules.setdefault(unwanted, cast(Any, None))
    import openvino

    return openvino
