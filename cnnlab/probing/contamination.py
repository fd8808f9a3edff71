"""What shared images do: nets pre-trained with copies of transfer images, and without (ZF 2014, 4).

The copies are planted, as classes of their own behind ImageNet's, so that what the search finds can
be checked and what the removal changes can be measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab import datasets
from cnnlab.artifacts import store
from cnnlab.artifacts.plain import from_plain, to_plain
from cnnlab.artifacts.processes import in_processes
from cnnlab.probing.features import first_classes
from cnnlab.profiles import Profile
from cnnlab.results import statistics
from cnnlab.training.learn import Images, Job, learn
from cnnlab.training.machine import device
from cnnlab.training.trained import Trained


@dataclass(frozen=True)
class Mix:
    """A pre-training set: `images` of ImageNet, and copies of a role's first `planted` classes."""

    role: str
    classes: int  # of ImageNet
    images: int  # of ImageNet; 0: all of those classes
    planted: int
    removed: tuple[int, ...] = ()  # rows of the mixture left out again

    def make(self, profile: Profile) -> Images:
        """Images and labels, ImageNet's first; copies are darker, every other one is mirrored."""
        base = first_classes(datasets.load("imagenet", profile, "train"), self.classes)
        guests = first_classes(datasets.load(self.role, profile), self.planted)
        count = min(self.images or len(base), len(base))
        chosen = np.linspace(0, len(base) - 1, count).astype(int)
        copies = (guests.images * np.float32(0.9)).astype(np.uint8)  # (G, S, S, 3)
        copies[1::2] = copies[1::2, :, ::-1].copy()
        images = np.concatenate([base.images[chosen], copies])
        labels = np.concatenate([base.labels[chosen], guests.labels + len(base.classes)])
        kept = np.setdiff1d(np.arange(len(images)), self.removed)
        return Images(images[kept], labels[kept])


def pretrain(job: Job, mixes: Sequence[Mix], profile: Profile) -> list[Trained]:
    """A net like `job`'s trained on each mixture, `profile.workers` at once."""
    tasks = [[to_plain(job), to_plain(mix), to_plain(profile)] for mix in mixes]
    workers = 1 if device().type == "cuda" else min(profile.workers, len(mixes))
    if workers > 1:
        for _ in in_processes(in_worker, tasks, workers):
            pass
    return [_pretrain(job, mix, profile) for mix in mixes]


def in_worker(job: dict[str, Any], mix: dict[str, Any], profile: dict[str, Any]) -> None:
    """Train one net in a worker process."""
    _pretrain(from_plain(Job, job), from_plain(Mix, mix), from_plain(Profile, profile))


def cells(shared: np.ndarray, cleaned: np.ndarray, planted: int) -> list[dict[str, object]]:
    """What sharing does, from accuracies (folds, K) with the shared images and without them.

    The first `planted` classes are those whose images were shared; the gain is paired by fold.
    """
    named = {
        "with the shared images": shared,
        "without the shared images": cleaned,
        "gain by sharing": shared - cleaned,
    }
    parts = {"planted classes": slice(planted), "other classes": slice(planted, None)}
    return [
        statistics.mean_of(values[:, part].mean(axis=1)).cell(row, column)
        for row, values in named.items()
        for column, part in parts.items()
    ]


def _pretrain(job: Job, mix: Mix, profile: Profile) -> Trained:
    job = replace(job, spec=replace(job.spec, classes=mix.classes + mix.planted))
    sets = datasets.load("imagenet", profile, "train"), datasets.load(mix.role, profile)
    config = {"job": job, "mix": mix, "data": [packed.digest for packed in sets]}

    def build(workdir: Path) -> None:
        training = mix.make(profile)
        learn(job, training, training, workdir, lambda done, row: None)

    code = (learn, Mix)
    return Trained(store.make("mixed", config, build, code=code), job, profile)
