"""Trained nets as artifacts: `train` makes the net of a `Job`, or opens what was made before.

Two small nets on one thread each see 1.3 times the images per second of one net on two threads.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cnnlab import datasets
from cnnlab.artifacts import store
from cnnlab.artifacts.plain import from_plain, read_json, to_plain
from cnnlab.artifacts.processes import in_processes, tell
from cnnlab.artifacts.progress import bar
from cnnlab.datasets.digest import class_names
from cnnlab.nets.convnet import ConvNet
from cnnlab.nets.weights import load_net
from cnnlab.profiles import Profile
from cnnlab.training.evaluate import scores
from cnnlab.training.fast import engine, group
from cnnlab.training.fast.sharded import Rows, shared_scores
from cnnlab.training.fast.step import DEFAULT, Settings
from cnnlab.training.jobs import Job, job_images, packed_images, plant
from cnnlab.training.learn import initial_net, learn, weights_name
from cnnlab.training.loop import Report
from cnnlab.training.machine import device, nets_at_once, threads
from cnnlab.training.schedule import iterations

TELL_EVERY = 0.3  # seconds between two reports of a net's progress
CODE = (learn, plant)  # what makes a net of a job


@dataclass(frozen=True)
class Trained:
    """A trained net on disk, with the profile whose data it learned from."""

    folder: Path
    job: Job
    profile: Profile

    @property
    def address(self) -> str:
        """Its folder in the cache, from which another net can start."""
        return f"{self.folder.parent.name}/{self.folder.name}"

    def net(self, checkpoint: int | None = None) -> ConvNet:
        """The net at the end of its training or after an iteration (0: before the first).

        It is in evaluation mode, on the best device. Raises ValueError, with the iterations that
        were kept, for any other.
        """
        if checkpoint == 0:
            return initial_net(self.job).eval().to(device())
        if checkpoint is not None and checkpoint not in self.checkpoints:
            raise ValueError(f"no checkpoint at iteration {checkpoint}; kept: {self.checkpoints}")
        path = self.folder / weights_name(checkpoint)
        return load_net(path, expect=self.job.spec).eval().to(device())

    @property
    def checkpoints(self) -> list[int]:
        """Iterations whose weights were kept, rising."""
        return sorted(int(path.stem[-7:]) for path in self.folder.glob("checkpoint-*"))

    def copies(self) -> dict[float, ConvNet]:
        """The net along its training, by share of the iterations: start, checkpoints, end."""
        whole = self.history[-1]["iteration"]
        return {c / whole: self.net(c) for c in (0, *self.checkpoints)} | {1.0: self.net()}

    @cached_property
    def history(self) -> list[dict[str, float]]:
        """One row a validation, as `loop.fit` and `learn` describe it."""
        return json.loads((self.folder / "history.json").read_text())

    @cached_property
    def mean(self) -> Tensor:
        """Mean training image (S, S, 3) in [0, 255]: what is subtracted from every input."""
        return torch.from_numpy(np.load(self.folder / "mean.npy"))

    @property
    def card(self) -> dict[str, Any]:
        """What `ship` wrote beside a shipped net; empty for others."""
        return read_json(self.folder / "card.json")

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes that it learned, in the order of its scores."""
        names = self.card.get("classes") or class_names(self.job.data.role, self.profile)
        return tuple(names)[: self.job.classes]

    def __str__(self) -> str:
        where, right = "trained here", 100 - self.history[-1]["val_top1"]
        if card := self.card:
            data = f"{card['source']}, {len(card['classes'])} classes, {card['size']['pixels']} px"
            where, right = f"shipped ({data})", card["accuracy"]["val-top1"]["value"]
        return f"{self.job.spec.name}, {where}: {right:.1f}% of its validation images right"

    def scores(self, split: str, *, crops: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Class probabilities (N, K) by test-time crops, and labels (N,); 0: the profile's crops.

        Of the training split as many images as there are for validation, evenly spaced: the two
        errors are known equally well.
        """
        packed = packed_images(self.job, self.profile, split)
        rows = np.arange(len(packed))
        if split == "train":
            count = min(len(packed_images(self.job, self.profile, "val")), len(packed))
            rows = np.linspace(0, len(packed) - 1, count).astype(int)
        return self._scores(packed, rows, crops or self.profile.crops), packed.labels[rows]

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        """Class probabilities (rows, K) of any rows of its role's first split.

        From the centre crop alone, as features are: a probe and this net see the same pixels.
        """
        return self._scores(packed_images(self.job, self.profile), rows, 1)

    def _scores(self, packed: datasets.Packed, rows: np.ndarray, crops: int) -> np.ndarray:
        def build(workdir: Path) -> None:
            bf16 = self.job.recipe.precision == "bf16"
            with threads(self.job.recipe.threads):
                answers = scores(self.net(), packed.images[rows], self.mean, crops=crops, bf16=bf16)
            np.save(workdir / "scores.npy", answers)

        config = {"net": self.address, "data": packed.digest, "rows": rows.tolist()}
        folder = store.make("scores", {**config, "crops": crops}, build, code=(scores,))
        return np.load(folder / "scores.npy")


class Shared(Trained):
    """A trained net whose scores all processes of a group make, each of its share of images."""

    def _scores(self, packed: datasets.Packed, rows: np.ndarray, crops: int) -> np.ndarray:
        def build(workdir: Path) -> None:
            what = to_plain(self), packed.split, rows.tolist(), crops
            np.save(workdir / "scores.npy", group.together(scored, *what))

        config = {"net": self.address, "data": packed.digest, "rows": rows.tolist()}
        folder = store.make("scores", {**config, "crops": crops}, build, code=(scores,))
        return np.load(folder / "scores.npy")


def scored(trained: dict[str, Any], split: str, rows: Sequence[int], crops: int) -> np.ndarray:
    """Class probabilities of rows of a split, by every process of a group."""
    net = from_plain(Trained, trained)
    images = packed_images(net.job, net.profile, split).images
    bf16 = net.job.recipe.precision == "bf16"
    with group.joined(), threads(net.job.recipe.threads):
        chosen = Rows(images, np.array(rows))
        return shared_scores(net.net(), chosen, net.mean, crops=crops, bf16=bf16)


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

    fast = group.leads() or (device().type == "cuda" and profile.workers == 1)
    fast = fast or not isinstance(packed_images(job, profile).images, np.ndarray)  # but streamed

    def build(workdir: Path) -> None:
        if fast:
            what = (to_plain(job), to_plain(profile), str(workdir), to_plain(settings))
            group.together(learned, *what, report=report)
        else:
            learn(job, *job_images(job, profile), workdir, report)

    config = key_config(job, profile)
    folder = store.make("nets", config, build, code=(engine.learn, plant) if fast else CODE)
    return Trained(folder, job, profile)


def learned(
    job: dict[str, Any],
    profile: dict[str, Any],
    folder: str,
    settings: dict[str, Any],
    report: Report = lambda done, row: None,
) -> None:
    """Make the net of a job by the engine, by every process of a group."""
    what = from_plain(Job, job)
    images = job_images(what, from_plain(Profile, profile))
    with group.joined():
        engine.learn(what, *images, Path(folder), report, from_plain(Settings, settings))


def train_all(
    jobs: Sequence[Job], profile: Profile, title: str = "training", settings: Settings = DEFAULT
) -> list[Trained]:
    """Make the net of every job, several at a time, under one bar; same order out.

    One after another, by all processes, where they are a group. The results do not depend on the
    number of workers. Nets that learn from a whole split are
    scored as well. Raises StoreError when a worker was killed, for want of memory say; running
    again resumes from the last save.

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


def key_config(job: Job, profile: Profile) -> dict[str, Any]:
    """What determines a net besides code: its job and the images that it refers to."""
    sets = [packed_images(job, profile)]
    if job.data.watched is None:
        sets.append(packed_images(job, profile, "val"))
    if job.data.planted is not None:
        sets.append(datasets.load(job.data.planted.role, profile))
    return {"job": job, "data": [packed.digest for packed in sets]}


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
