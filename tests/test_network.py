"""Nothing in the program can open a connection but what is asked to: what is imported, and by whom."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import daps_desktop

PACKAGE = Path(daps_desktop.__file__).parent
CLIENTS = {
    "aiohttp", "distributed", "ftplib", "h11", "http.client", "httpcore", "httpcore2", "httpx", "httpx2",
    "huggingface_hub", "imaplib", "poplib", "PySide6.QtNetwork", "PySide6.QtWebSockets", "requests",
    "smtplib", "tornado", "urllib.request", "urllib3", "websockets", "xmlrpc.client",
}  # fmt: skip
# torch imports torch.hub with itself; diffusers reads its constants from huggingface_hub, and has a helper
# that opens addresses. None of it is called, and huggingface_hub is told to refuse.
BROUGHT_ALONG = {
    "torch": {"http.client", "urllib.request"},
    "diffusers": {
        "h11",
        "httpcore",
        "httpcore2",
        "httpx",
        "httpx2",
        "huggingface_hub",
        "requests",
        "urllib3",
    },
}
# Who asks for a connection by name: to fetch a prior, and to let a cluster restore.
ASKED_FOR = {
    "networks/importers/hub.py": {"huggingface_hub"},
    "engine/cluster/dask_backend.py": {"distributed"},
    "engine/cluster/task.py": {"distributed"},
}
OWN = CLIENTS | {
    "http",
    "select",
    "selectors",
    "socket",
    "socketserver",
    "ssl",
    "urllib",
    "webbrowser",
}


def imported(code: str) -> set[str]:
    """Clients that are imported after `code` ran in a process of its own, and were not before."""
    told = subprocess.run(
        [sys.executable, "-c", f"import sys, json; before = set(sys.modules)\n{code}\n"
         "print(json.dumps(sorted(set(sys.modules) - before)))"],
        capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    return set(json.loads(told.stdout.splitlines()[-1])) & CLIENTS


def test_the_window_imports_no_client() -> None:
    assert not imported(
        "import daps_desktop.app, daps_desktop.ui.shell.main_window, daps_desktop.ui.album.album_window, "
        "daps_desktop.ui.files.export_dialog, daps_desktop.ui.priors.priors_dialog, "
        "daps_desktop.ui.help.help_controller"
    )


def test_the_command_line_imports_no_client() -> None:
    assert not imported("import daps_desktop.__main__, daps_desktop.cli")


def test_the_engine_imports_what_its_libraries_bring_along_and_that_refuses() -> None:
    found = imported(
        "import daps_desktop.engine.process.child\n"
        "daps_desktop.engine.process.child.import_engine()\n"
        "import huggingface_hub\n"
        "try:\n"
        "    huggingface_hub.HfApi(token=False).model_info('somebody/something')\n"
        "except Exception as error:\n"
        "    assert 'offline' in str(error).lower(), error\n"
        "else:\n"
        "    raise AssertionError"
    )
    assert found <= set.union(*BROUGHT_ALONG.values())
    assert "urllib.request" in imported("import torch")  # else the list above could be shorter


def test_openvino_comes_without_the_part_that_sends_word_of_its_use() -> None:
    assert not imported(
        "import torch; before |= set(sys.modules)\n"
        "import daps_desktop.networks.runtime.openvino_graph\n"
        "assert sys.modules['openvino_telemetry'] is None"
    )
    assert "urllib.request" in imported(
        "import openvino_telemetry"
    )  # else there would be nothing to keep out


def test_no_module_asks_for_a_connection_but_those_that_are_asked() -> None:
    named = {
        path.relative_to(PACKAGE).as_posix(): names_imported(path) & OWN for path in PACKAGE.rglob("*.py")
    }
    assert {name: found for name, found in named.items() if found} == ASKED_FOR


def names_imported(path: Path) -> set[str]:
    """Modules and their packages, wherever in the file they are imported."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found | {name.partition(".")[0] for name in found}
