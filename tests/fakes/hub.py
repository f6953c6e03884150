"""A Hugging Face hub of one repository on this computer, which can break off and tell wrong checksums."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

REVISION = "0123456789abcdef0123456789abcdef01234567"


class FakeHub(ThreadingHTTPServer):
    """Serves the files below `folder` as `repository`; large ones (.safetensors) with their SHA-256."""

    daemon_threads = True

    def __init__(self, folder: Path, repository: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.repository = repository
        self.break_after: int | None = None  # bytes of a large file, once; then every request fails
        self.broken = False
        self.lie = False
        self.ranges: list[str] = []
        self.requests = 0

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def siblings(self) -> list[dict[str, object]]:
        return [self._sibling(path) for path in sorted(self.folder.rglob("*")) if path.is_file()]

    def _sibling(self, path: Path) -> dict[str, object]:
        data = path.read_bytes()
        blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
        entry: dict[str, object] = {
            "rfilename": path.relative_to(self.folder).as_posix(),
            "size": len(data),
            "blobId": blob,
        }
        if path.suffix == ".safetensors":
            told = hashlib.sha256(b"something else" if self.lie else data).hexdigest()
            entry["lfs"] = {"size": len(data), "sha256": told, "pointerSize": 134}
        return entry


class _Handler(BaseHTTPRequestHandler):
    server: FakeHub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.requests += 1
        if self.server.broken:
            self._answer(500, b"")
        elif self.path.startswith(f"/api/models/{self.server.repository}"):
            info = {
                "id": self.server.repository,
                "modelId": self.server.repository,
                "sha": REVISION,
                "cardData": {"license": "cc0-1.0"},
                "siblings": self.server.siblings(),
            }
            self._answer(200, json.dumps(info).encode())
        else:
            self._send_file()

    def _send_file(self) -> None:
        before = f"/{self.server.repository}/resolve/{REVISION}/"
        path = self.server.folder / self.path.split("?")[0].removeprefix(before)
        if not self.path.startswith(before) or not path.is_file():
            self._answer(404, b"")
            return
        data, start = path.read_bytes(), 0
        if wanted := self.headers.get("Range"):
            self.server.ranges.append(wanted)
            start = int(wanted.removeprefix("bytes=").split("-")[0])
        self._answer(206 if wanted else 200, data[start:], f"bytes {start}-{len(data) - 1}/{len(data)}")

    def _answer(self, status: int, body: bytes, span: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if span:
            self.send_header("Content-Range", span)
        self.end_headers()
        most = self.server.break_after
        if most is not None and len(body) > most:
            self.wfile.write(body[:most])
            self.server.broken, self.close_connection = True, True
            return
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a test speaks by its assertions."""


@contextmanager
def serving(folder: Path, repository: str) -> Iterator[FakeHub]:
    hub = FakeHub(folder, repository)
    thread = threading.Thread(target=hub.serve_forever, args=(0.05,), name="hub", daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.shutdown()
        hub.server_close()
        thread.join()
