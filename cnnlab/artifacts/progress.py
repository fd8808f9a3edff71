"""How long work takes: the processors it may use, and a progress bar."""

import os
import sys

from tqdm import tqdm


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
    """The processors this process may use, which can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
