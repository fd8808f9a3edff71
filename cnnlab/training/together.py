"""Several nets trained at once, each in a process of its own.

Two small nets on one thread each see about 1.3 times the images per second of one net on two
threads: their layers are too small to share out.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

from tqdm import tqdm

from cnnlab.artifacts.plain import from_plain, to_plain
from cnnlab.artifacts.processes import in_processes, tell
from cnnlab.artifacts.progress import bar
from cnnlab.nets import zoo
from cnnlab.profiles import Profile
from cnnlab.training.learn import Job
from cnnlab.training.loop import Report, iterations
from cnnlab.training.machine import device
from cnnlab.training.trained import Trained, job, train

SAY_EVERY = 0.3  # seconds between two reports of a net's progress


def train_all(jobs: Sequence[Job], profile: Profile) -> list[Trained]:
    """Train every job, `profile.workers` at a time, and score it on both splits; same order out.

    The results do not depend on the number of workers. Raises StoreError when a worker was killed,
    for want of memory say; running again goes on from the last save.
    """
    workers = 1 if device().type == "cuda" else min(profile.workers, len(jobs))
    total = sum(iterations(job.recipe) for job in jobs)
    with bar("training", total, unit=" batches") as shown:
        progress = [_Progress(shown, job) for job in jobs]
        tasks = [(i, to_plain(job), to_plain(profile)) for i, job in enumerate(jobs)]

        def heard(news: Any) -> None:
            number, done, row = news
            progress[number](done, row)

        if workers < 2:
            for job, report in zip(jobs, progress, strict=True):
                _train_and_score(job, profile, report)
        else:
            longest_first = sorted(tasks, key=lambda task: -_work(jobs[task[0]]))
            for _ in in_processes(in_worker, longest_first, workers, heard):
                pass
    return [train(job, profile) for job in jobs]  # all made: this only opens them


def base_net(name: str, profile: Profile, seed: int = 0) -> Trained:
    """The net `name` ("zfnet", "alexnet", "zf2013", "caffenet") by a profile's base recipe.

    Trained where it was not before. Raises ValueError for another name.
    """
    return train_all([job(zoo.spec(name), profile, seed=seed)], profile)[0]


def in_worker(number: int, job: dict[str, Any], profile: dict[str, Any]) -> None:
    """Train and score one net in a worker process, telling how far it is."""
    read = from_plain(Job, job)
    _train_and_score(read, from_plain(Profile, profile), teller(number, iterations(read.recipe)))


def teller(number: int, total: int) -> Report:
    """A report for net `number` of a worker process: it tells now and then, and at the end."""
    said = 0.0

    def report(done: int, row: dict[str, float]) -> None:
        nonlocal said
        if time.monotonic() - said > SAY_EVERY or done == total:
            said = time.monotonic()
            tell([number, done, row])

    return report


def share_out(
    name: str,
    target: Callable[..., None],
    tasks: Sequence[Any],
    steps: Sequence[int],
    profile: Profile,
    here: Callable[[Any, Report], object],
    *,
    last: Callable[[int], Any] = lambda number: number,
) -> None:
    """Make every task under a bar called `name`, `profile.workers` at a time.

    Task i has `steps[i]` iterations. A worker runs `target` on its number, the
    task and the profile in plain form, and tells as `teller` does; with one worker `here` makes it
    in this process. What `last` puts last, by number, is begun last.
    """
    workers = 1 if device().type == "cuda" else min(profile.workers, len(tasks))
    with bar(name, sum(steps), unit=" batches") as shown:
        done = [0] * len(tasks)

        def heard(news: Any) -> None:
            number, count, _ = news
            shown.update(count - done[number])
            done[number] = count

        order = sorted(range(len(tasks)), key=last)
        if workers < 2:
            for i in order:
                here(tasks[i], lambda count, row, i=i: heard((i, count, row)))
                heard((i, steps[i], {}))
        else:
            given = [(i, to_plain(tasks[i]), to_plain(profile)) for i in order]
            for _ in in_processes(target, given, workers, heard):
                pass


def _train_and_score(job: Job, profile: Profile, report: Any) -> None:
    trained = train(job, profile, report)
    for split in ("val", "train"):
        trained.scores(split)
    report(iterations(job.recipe), {})


def _work(job: Job) -> float:
    """Multiplications of a training, roughly: a long net begun last would leave a core idle."""
    shapes, inputs, products = job.spec.shapes(), 3, 0
    for conv in job.spec.convs:
        maps, side, _ = shapes[f"conv{conv.layer}"]
        products += maps * side**2 * inputs * conv.kernel**2 // conv.groups
        inputs = maps
    return float(products) * job.recipe.images


class _Progress:
    """Turns "so many iterations done" into steps of the common bar."""

    def __init__(self, bar: tqdm, job: Job):
        self.bar, self.job, self.done = bar, job, 0

    def __call__(self, done: int, row: dict[str, float]) -> None:
        if row:
            self.bar.set_postfix_str(f"{self.job.spec.name}: val error {row['val_top1']:.1f}%")
        self.bar.update(done - self.done)
        self.done = done
