"""Several detectors made at a time, by processes on one thread each."""

from collections.abc import Callable, Sequence
from typing import Any

from cnnlab.artifacts.plain import from_plain, to_plain
from cnnlab.artifacts.processes import in_processes, tell
from cnnlab.artifacts.progress import bar
from cnnlab.detection.rcnn import FROZEN, DetectionTask, Way, detection_task
from cnnlab.profiles import Profile
from cnnlab.training.machine import nets_at_once
from cnnlab.training.schedule import iterations

TRAINING = 0.7  # of the time that a net takes which learns, roughly


def prepare(task: DetectionTask, wanted: Sequence[tuple[Way, str]]) -> None:
    """Make the detectors of ways and layers, and what they detect, several ways at a time.

    What it makes is opened later by `task.detector` and `task.detections`.

    >>> from cnnlab.profiles.tiny import TINY
    >>> prepare(detection_task(TINY), [])
    """
    profile, ways = task.profile, list(dict.fromkeys(way for way, _ in wanted))
    layers = [list(dict.fromkeys(layer for one, layer in wanted if one == way)) for way in ways]
    workers, done = min(nets_at_once(profile.workers), len(ways)), [0.0] * len(ways)
    with bar("detectors", len(ways), unit=" nets") as progress:

        def hear(news: Sequence[float]) -> None:
            done[int(news[0])] = news[1]
            progress.n = round(sum(done), 1)  # a sum of steps would show a dozen digits
            progress.update(0)

        if workers < 2:
            for number, way in enumerate(ways):
                _detect(task, number, way, layers[number], hear)
            return
        plain = [
            (number, to_plain(way), layers[number], to_plain(profile), task.base.job.seed)
            for number, way in enumerate(ways)
        ]
        for _ in in_processes(in_worker, plain, workers, hear):
            pass


def in_worker(
    number: int, way: dict[str, Any], layers: list[str], profile: dict[str, Any], seed: int
) -> None:
    """In a worker process: make the detectors of one way, telling how far it is."""
    task = detection_task(from_plain(Profile, profile), seed)
    _detect(task, number, from_plain(Way, way), layers, tell)


def _detect(
    task: DetectionTask, number: int, way: Way, layers: Sequence[str], hear: Callable[..., None]
) -> None:
    """Make the detectors of one way; `hear` gets its number and the share that is done."""
    learns = way.how not in FROZEN
    whole, share = (iterations(task.job(way).job.recipe), TRAINING) if learns else (1, 0.0)

    def report(done: int, row: dict[str, float]) -> None:
        hear((number, share * done / whole))

    task.net(way, report)
    for i, layer in enumerate(layers):
        hear((number, share + (1 - share) * i / len(layers)))
        task.detections(task.detector(way, layer))
    hear((number, 1.0))
