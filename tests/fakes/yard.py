"""A scheduler with workers for tests, in processes of their own or in this one."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from distributed import Client, LocalCluster

_ROOT = Path(__file__).parents[2]
_PATIENCE_S = 60.0


def yard_here(workers: int) -> LocalCluster:
    """On threads of this process, soon there."""
    return LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=False, protocol="tcp", host="127.0.0.1",
        memory_limit=0, dashboard_address=":0", worker_dashboard_address=None,
    )  # fmt: skip


class Yard:
    """Each a process of its own. Ends with `close`; what the processes say goes into files in `folder`."""

    def __init__(self, folder: Path, workers: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-show")
        for number in range(workers):
            self.start_worker(f"worker-{number}")

    @property
    def room(self) -> Path:
        """Where the workers put their files."""
        return self._folder / "room"

    def start_worker(self, name: str) -> None:
        words = (self.address, "--name", name, "--nthreads", 1, "--memory-limit", 0, "--no-nanny")
        self.start(name, *words, "--local-directory", self.room)

    def start(self, name: str, *words: object) -> None:
        command = f"distributed.cli.dask_{name.partition('-')[0]}"
        with (self._folder / name).open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", command, *map(str, words), "--no-dashboard"],
                stdout=log, stderr=log, cwd=_ROOT, env={**os.environ, "PYTHONWARNINGS": ""},
            )  # fmt: skip

    def client(self) -> Client:
        return Client(self.address, timeout=_PATIENCE_S, set_as_default=False)

    def wait(self, workers: int) -> None:
        """Until so many workers are there."""
        with self.client() as client:
            client.wait_for_workers(workers, timeout=_PATIENCE_S)

    def kill_a_busy_worker(self) -> str:
        """Its name; waits until one is busy."""
        with self.client() as client:
            while not (busy := [where for where, keys in client.processing().items() if keys]):
                time.sleep(0.02)
            name = client.scheduler_info(n_workers=-1)["workers"][busy[0]]["name"]
        self.processes[name].kill()
        return name

    def close(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()
