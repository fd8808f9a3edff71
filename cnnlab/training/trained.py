"""Trained nets as artifacts: `train` makes the net of a `Job`, or opens what was made before.

Two small nets on one thread each see 1.3 times the images per second of one net on two threads.
"""

import time
from collections.abc import Callable, Sequence
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab import datasets
from cnnlab.artifacts import store
from cnnlab.artifacts.plain import from_plain, to_plain
from cnnlab.artifacts.processes import in_processes, tell
from cnnlab.artifacts.progress import bar
from cnnlab.profiles import Profile
from cnnlab.training.fast import engine, group
from cnnlab.training.fast.pieces import Shared, learned
from cnnlab.training.fast.step import DEFAULT, Settings
from cnnlab.training.jobs import Job, job_images, packed_images, plant
from cnnlab.training.learn import learn
from cnnlab.training.loop import Report
from cnnlab.training.machine import device, nets_at_once
from cnnlab.training.schedule import iterations
from cnnlab.training.trained_net import Trained

TELL_EVERY = 0.3  # seconds between two reports of a net's progress
CODE = (learn, plant)  # what makes a net of a job


def train(
    job: Job,
    profile: Profile,
    report: Report = lambda done, row: None,
    settings: Settings = DEFAULT,
) -> Trained:
    """Make the net of a job, or open it where it was made before; an interrupted run is resumed.

    By the engine where other processes follow this one, and where one net fills a GPU: such nets
    are kept apart from those of the plain loop. Raises ValueError where the net to start from is
    missing or does not fit.

    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import imagenet_job
    >>> train(imagenet_job("zfnet", TINY), TINY).net().spec.classes
    3
    """
    sets = key_sets(job, profile)
    fast = group.leads() or (device().type == "cuda" and profile.workers == 1)
    fast = fast or not isinstance(sets[0].images, np.ndarray)  # the plain loop streams no shards

    def build(workdir: Path) -> None:
        if fast:
            what = (to_plain(job), to_plain(profile), str(workdir), to_plain(settings))
            group.together(learned, *what, report=report)
        else:
            learn(job, *job_images(job, profile), workdir, report)

    config = key_config(job, sets)
    folder = store.make("nets", config, build, code=(engine.learn, plant) if fast else CODE)
    return Trained(folder, job, profile)


def train_all(
    jobs: Sequence[Job], profile: Profile, title: str = "training", settings: Settings = DEFAULT
) -> list[Trained]:
    """Make the net of every job, several at a time, under one bar; same order out.

    One after another, by all processes, where they are a group. The results do not depend on the
    number of workers. Nets that learn from a whole split are scored as well. Raises StoreError when
    a worker was killed, for want of memory say; running again resumes from the last save.

    >>> train_all([], Profile("none", roles={}))
    []
    """
    workers = 1 if group.leads() else min(nets_at_once(profile.workers), len(jobs))
    done = [0] * len(jobs)
    tasks = sorted(enumerate(jobs), key=lambda task: -_work(task[1]))
    with bar(title, sum(iterations(job.recipe) for job in jobs), unit=" batches") as progress:

        def heard(news: Any) -> None:
            number, count, row = news
            if row:
                name = jobs[number].spec.name
                progress.set_postfix_str(f"{name}: error {row['val_top1']:.1f}%")
            progress.update(count - done[number])
            done[number] = count

        if workers < 2:
            for number, job in tasks:
                _train_and_score(number, job, profile, heard, settings)
        else:
            plain = [(number, to_plain(job), to_plain(profile)) for number, job in tasks]
            for _ in in_processes(in_worker, plain, workers, heard):
                pass
    return [train(job, profile) for job in jobs]  # all made: this only opens them


def in_worker(number: int, job: dict[str, Any], profile: dict[str, Any]) -> None:
    """Make one net in a worker process, telling how far it is."""
    _train_and_score(number, from_plain(Job, job), from_plain(Profile, profile), tell)


def key_config(job: Job, sets: Sequence[datasets.Packed]) -> dict[str, Any]:
    """What determines a net besides code: its job and the images that it refers to."""
    return {"job": job, "data": [packed.digest for packed in sets]}


def key_sets(job: Job, profile: Profile) -> list[datasets.Packed]:
    """The images that a job refers to; the first are those it learns from."""
    sets = [packed_images(job, profile)]
    if job.data.watched is None:
        sets.append(packed_images(job, profile, "val"))
    if job.data.planted is not None:
        sets.append(datasets.load(job.data.planted.role, profile))
    return sets


def _train_and_score(
    number: int,
    job: Job,
    profile: Profile,
    hear: Callable[..., None],
    settings: Settings = DEFAULT,
) -> None:
    """Make one net; `hear` gets its number, iterations done and the last row of its history."""
    whole, reported = iterations(job.recipe), 0.0

    def report(done: int, row: dict[str, float]) -> None:
        nonlocal reported
        if time.monotonic() - reported > TELL_EVERY or done == whole:
            reported = time.monotonic()
            hear([number, done, row])

    trained = train(job, profile, report, settings)
    if group.leads():
        trained = Shared(trained.folder, job, profile)
    if job.data.watched is None:
        for split in ("val", "train"):
            trained.scores(split)
    report(whole, {})


def _work(job: Job) -> float:
    """Multiplications of a training, roughly: a long net begun last would leave a core idle."""
    shapes, convs = job.spec.shapes(), job.spec.convs
    inputs = (3, *(conv.maps for conv in convs))
    products = sum(
        prod(shapes[f"conv{c.layer}"]) * n * c.kernel**2 // c.groups
        for c, n in zip(convs, inputs, strict=False)
    )
    return float(products) * job.recipe.images * (3 if job.frozen == "none" else 1)
