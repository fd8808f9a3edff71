"""Fair timing on a machine that is never quite idle: contestants take turns, ratios pair up."""

import time
from collections.abc import Callable, Sequence


def seconds(call: Callable[[], object], *, at_least: float = 0.0) -> float:
    """Seconds of one call, the mean over as many calls as fill `at_least` seconds."""
    calls, began = 0, time.perf_counter()
    while True:
        call()
        calls += 1
        passed = time.perf_counter() - began
        if passed >= at_least:
            return passed / calls


def paired(
    contestants: Sequence[Callable[[], object]], repeats: int, *, at_least: float = 0.1
) -> list[tuple[float, ...]]:
    """Seconds of each contestant, one number a repeat; all take their turn in every repeat.

    Each is called once beforehand, untimed. The order turns round from repeat to repeat.
    """
    for call in contestants:
        call()
    taken: list[list[float]] = [[] for _ in contestants]
    for repeat in range(repeats):
        order = list(enumerate(contestants))
        for i, call in order if repeat % 2 == 0 else reversed(order):
            taken[i].append(seconds(call, at_least=at_least))
    return [tuple(times) for times in taken]


def rates(seconds: tuple[float, ...], count: float) -> tuple[float, ...]:
    """Things a second from the seconds that `count` things took, repeat by repeat."""
    return tuple(count / s for s in seconds)
