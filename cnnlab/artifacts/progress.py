"""How long work takes: the processors and the memory that it may use, and a progress bar."""

import contextlib
import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tqdm import tqdm

GROUPS, MEMBERSHIPS = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")  # where Linux has them


def bar(what: str, total: int, *, done: int = 0, unit: str = " images") -> tqdm:
    """A bar on stderr that shows itself only when the work takes more than two seconds.

    One at a time: a bar opened inside another takes its line while it lasts.
    """
    return tqdm(
        total=total,
        initial=done,
        desc=what,
        unit=unit,
        unit_scale=unit == "B",
        delay=2.0,
        position=0,
        leave=False,
        file=sys.stderr,
    )


def processors() -> int:
    """The processors this process may use: of the machine's, its affinity's and its quota's."""
    return max(1, math.ceil(min(affinity(), quota())))


def share() -> int:
    """This notebook's share of the processors, where $CNNLAB_JOBS notebooks run at a time."""
    return max(1, processors() // int(os.environ.get("CNNLAB_JOBS", "1")))


def affinity() -> int:
    """The processors that this process may run on, whatever share of their time it gets."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def quota() -> float:
    """The processors' worth of time that a container or a scheduler allows; inf without a limit."""
    shares = [math.inf]
    for group in _groups("cpu"):
        time, period = _numbers(group / "cpu.max") or (
            *(_numbers(group / "cpu.cfs_quota_us") or [math.inf]),
            *(_numbers(group / "cpu.cfs_period_us") or [1.0]),
        )
        shares += [time / period] if time > 0 and period > 0 else []  # -1: no limit
    return min(shares)


def memory() -> float:
    """Bytes of memory that this process may use, of the machine's and its control groups'."""
    limits = [math.inf]
    with contextlib.suppress(AttributeError, ValueError, OSError):  # Windows has no sysconf
        limits.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    for group in _groups("memory"):
        limits += _numbers(group / "memory.max") + _numbers(group / "memory.limit_in_bytes")
    return min(limits)


def _groups(controller: str) -> Iterator[Path]:
    """The control groups of this process, its own and those above, of both versions."""
    try:
        lines = MEMBERSHIPS.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        names, place = line.split(":", 2)[1:]
        if controller in names.split(",") or not names:
            own = PurePosixPath("/", place)
            # a container may see its own group as the root, whatever its name outside
            places = [group.relative_to("/") for group in (own, *own.parents)]
            mounts = {names, controller} if names else {""}
            yield from (GROUPS / mount / place for mount in mounts for place in places)


def _numbers(path: Path) -> list[float]:
    """The numbers in a file, "max" as inf; none where it cannot be read."""
    try:
        return [math.inf if word == "max" else float(word) for word in path.read_text().split()]
    except (OSError, ValueError):
        return []
