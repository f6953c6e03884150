"""What the frozen program leaves out of the libraries it carries, and what must be named.

Sizes before and after are in packaging/NOTES.md. Nothing left out may be needed at run time: the smoke test
runs what is left, and the suite checks that the program's own code imports none of it.
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

# Modules that static analysis finds, behind imports that are never reached.
MODULES = (
    # other people's windows, notebooks, tests and builders
    "tkinter", "IPython", "matplotlib", "pytest", "setuptools", "pkg_resources", "pip", "wheel",
    "pyqtgraph.examples", "pyqtgraph.opengl", "pyqtgraph.jupyter", "pyqtgraph.console", "pyqtgraph.canvas",
    "PySide6.QtTest", "PySide6.QtNetwork", "PySide6.QtQml",
    "PySide6.QtQuick", "PySide6.QtDesigner", "PySide6.QtUiTools",
    # one class of diffusers is used, UNet2DModel; huggingface_hub looks up and fetches files, no more
    "diffusers.pipelines", "diffusers.modular_pipelines", "diffusers.experimental", "diffusers.guiders",
    "diffusers.commands", "diffusers.training_utils", "diffusers.models.controlnets", "huggingface_hub.cli",
    "huggingface_hub.inference", "hf_xet",
    # scipy.ndimage, scipy.fft and scipy.special stay, with what they lean on
    "scipy.stats", "scipy.optimize", "scipy.integrate", "scipy.interpolate", "scipy.spatial", "scipy.signal",
    "scipy.io", "scipy.cluster", "scipy.odr", "scipy.datasets", "scipy.fftpack", "scipy.misc",
    "scipy.differentiate", "scipy.sparse.csgraph", "scipy.sparse.linalg",
    # torch neither compiles nor exports nor logs here
    "torch.utils.tensorboard", "torch.utils.benchmark", "torch._inductor.codegen", "torch._inductor.kernel",
    "torch._inductor.fx_passes", "torch.distributed.elastic", "torch.distributed.launcher", "torch.contrib",
    "torch.distributed.pipelining", "triton", "networkx", "jinja2",
    # OpenVINO runs networks that are made here, and says nothing of it to anybody
    "openvino_telemetry", "openvino.tools", "openvino.torch", "openvino.frontend.tensorflow",
    "openvino.frontend.pytorch", "openvino.frontend.jax",
    "sympy.physics", "sympy.categories", "sympy.diffgeom", "sympy.stats", "sympy.vector", "sympy.holonomic",
)  # fmt: skip

# Modules that are imported by a name in a string: pyqtgraph's curves want these two.
NAMED = ("PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets")

# Codecs of imagecodecs that stay: PNG, colour profiles, AVIF beyond 8 bits, JPEG XL, and TIFF as cameras and
# scanners write it.
CODECS = (
    "_shared", "_shared_cython", "_imcd", "_png", "_cms", "_deflate", "_zlib", "_jpeg8", "_ljpeg",
    "_jpegsof3", "_jpeg2k", "_webp", "_zstd", "_lzma", "_ccitt", "_bz2", "_tiff", "_avif",
    "_jpegxl", "_brotli",
)  # fmt: skip

# Files, by their place in the build ("/" on every system).
FILES = (
    # Qt: screens without a desktop, pictures that Qt does not read here, QML, databases, printing
    "*/plugins/platforms/*eglfs*", "*/plugins/platforms/*linuxfb*", "*/plugins/platforms/*minimal*",
    "*/plugins/platforms/*vkkhr*", "*/plugins/platforms/*vnc*", "*/plugins/platforms/*direct2d*",
    "*/plugins/egldeviceintegrations/*", "*/plugins/generic/*", "*/plugins/networkinformation/*",
    "*/plugins/tls/*", "*/plugins/sqldrivers/*", "*/plugins/printsupport/*", "*/plugins/qml*/*",
    "*/plugins/imageformats/*qpdf*", "*/plugins/imageformats/*qtga*", "*/plugins/imageformats/*qtiff*",
    "*/plugins/imageformats/*qwbmp*", "*/plugins/imageformats/*qicns*", "*/plugins/vectorimageformats/*",
    "*/plugins/platforminputcontexts/*virtualkeyboard*", "*/plugins/platformthemes/*gtk3*",
    "*/plugins/wayland-graphics-integration-server/*", "*/plugins/wayland-shell-integration/*ivi*",
    "*Qt6Quick*", "*Qt6Qml*", "*Qt6VirtualKeyboard*", "*Qt6Pdf*", "*Qt6Sql*", "*Qt6PrintSupport*",
    "*Qt6EglF*", "*Qt6Network.*", "*opengl32sw.dll", "*Qt6WaylandCompositor*",
    # libraries with which torch tests itself (its hook takes no headers and tools to begin with)
    "torch/lib/*test*", "torch/lib/*backend_with_compiler*", "torch/lib/*aoti_custom_ops*",
    # of OpenVINO: readers of other formats, chips that no such network runs on, ways to spread the work
    "openvino/libs/*tensorflow*", "openvino/libs/*paddle*", "openvino/libs/*onnx*", "openvino/libs/*jax*",
    "openvino/libs/*gguf*", "openvino/libs/*pytorch*", "openvino/libs/*npu*", "openvino/libs/*auto*",
    "openvino/libs/*hetero*", "openvino/libs/*openvino_c.*",
    "*.pyi", "*/py.typed",
)  # fmt: skip

# Words of Qt's own dialogs, in the languages that the program speaks.
_TRANSLATION = re.compile(r".*/translations/.*")
_OUR_TRANSLATION = re.compile(r".*/translations/qt(base)?_(de|zh_CN)\.qm")

# Libraries of the system that go along, as each system has them in another version or not at all.
_CARRIED = ("libpython*", "libssl*", "libcrypto*", "libffi*", "libsqlite3*", "libbz2*", "liblzma*", "libz.*",
            "libexpat*", "libuuid*", "libmpdec*", "libxcb-*")  # fmt: skip
_OF_SYSTEM = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/")

Entry = tuple[str, str, str]  # place in the build, place on this disk, kind


def kept(entries: Iterable[Entry]) -> list[Entry]:
    """What of PyInstaller's table goes into the build."""
    return [entry for entry in entries if not is_left_out(entry[0].replace("\\", "/"), entry[1])]


def is_left_out(name: str, source: str) -> bool:
    """Whether the file that would be `name` in the build, now at `source`, stays out of it."""
    if any(fnmatchcase(name, pattern) for pattern in FILES):
        return True
    if _TRANSLATION.fullmatch(name):
        return not _OUR_TRANSLATION.fullmatch(name)
    return source.startswith(_OF_SYSTEM) and not any(fnmatchcase(name, pattern) for pattern in _CARRIED)
