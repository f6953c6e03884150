"""Memory that the system withholds from this process counts as not there."""

import math
import sys
from pathlib import Path

import psutil
import pytest
import torch

from daps_desktop.networks.runtime import devices, memory_limits

MB = 2**20


def group(folder: Path, limit: str, used: int, stat: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    names = (
        ("memory.limit_in_bytes", "memory.usage_in_bytes")
        if "total_" in stat
        else ("memory.max", "memory.current")
    )
    for name, words in zip((*names, "memory.stat"), (limit, str(used), stat), strict=True):
        (folder / name).write_text(words + "\n")


def test_the_tightest_group_above_a_process_counts(tmp_path: Path) -> None:
    group(tmp_path / "app.slice", str(900 * MB), 500 * MB, f"inactive_file {100 * MB}")
    group(tmp_path / "app.slice/daps.scope", "max", 300 * MB, "inactive_file 0")
    assert memory_limits.cgroup_available("0::/app.slice/daps.scope\n", tmp_path) == 500 * MB
    assert memory_limits.cgroup_available("0::/elsewhere\n", tmp_path) == math.inf


def test_groups_of_the_older_kind_count_as_well(tmp_path: Path) -> None:
    group(tmp_path / "memory/box", str(700 * MB), 300 * MB, f"total_inactive_file {50 * MB}")
    membership = "12:cpu,cpuacct:/box\n4:memory:/box\n0::/\n"
    assert memory_limits.cgroup_available(membership, tmp_path) == 450 * MB


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is one way only")
def test_the_peak_is_told_in_the_same_unit_where_the_system_hides_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = devices.peak_memory_mb(torch.device("cpu"))
    (tmp_path / "status").write_text("VmRSS: 1 kB\n")
    monkeypatch.setattr(devices, "Path", lambda _: tmp_path / "status")
    assert 0.5 * usual < devices.peak_memory_mb(torch.device("cpu")) < 100_000


@pytest.mark.skipif(sys.platform != "linux", reason="ulimit -v means something on Linux alone")
def test_a_limit_on_the_address_space_counts() -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (psutil.Process().memory_info().vms + 512 * MB, hard))
    try:
        assert 300 < devices.available_memory_mb(torch.device("cpu")) < 520
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
