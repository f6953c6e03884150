"""What the system lets this process take of the computer's memory: `ulimit`, containers, service managers."""

import contextlib
import math
from pathlib import Path

import psutil

_GROUPS = Path("/sys/fs/cgroup")
_MEMBERSHIP = Path("/proc/self/cgroup")
# Names in version 2 and 1 of control groups: the limit, what is used, and what of that would be given back.
_UNIFIED = ("memory.max", "memory.current", "inactive_file")
_LEGACY = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")


def available_mb() -> float:
    """Megabytes that may still be taken; infinite where nothing limits them."""
    left = _address_space_left()
    with contextlib.suppress(OSError, ValueError):  # only Linux has groups
        left = min(left, cgroup_available(_MEMBERSHIP.read_text(encoding="utf-8"), _GROUPS))
    return left / 2**20


def _address_space_left() -> float:
    try:
        import resource  # not there on Windows
    except ImportError:
        return math.inf
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return math.inf if limit == resource.RLIM_INFINITY else limit - psutil.Process().memory_info().vms


def cgroup_available(membership: str, groups: Path) -> float:
    """Bytes left in the control groups of a process, whose /proc/self/cgroup says `membership`.

    Every group above its own limits it as well.
    """
    left = math.inf
    for line in membership.splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        top, names = (groups / "memory", _LEGACY) if controllers else (groups, _UNIFIED)
        group = top / path.lstrip("/")
        for folder in (group, *group.parents):
            if folder.is_relative_to(top):
                left = min(left, _left(folder, names))
    return left


def _left(group: Path, names: tuple[str, str, str]) -> float:
    """Infinite for a group that limits nothing, or that cannot be seen from in here."""
    limit, used, reclaimable = names
    try:
        room = int((group / limit).read_text()) - int((group / used).read_text())
        told = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        return room + int(told.get(reclaimable, 0))
    except (OSError, ValueError):  # `max` is no number
        return math.inf
