"""The rival of every transfer: the same net trained on the transfer set alone (ZF 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from cnnlab import datasets
from cnnlab.artifacts import store
from cnnlab.artifacts.plain import from_plain
from cnnlab.nets.weights import load_net
from cnnlab.probing.caltech import TransferSet
from cnnlab.probing.features import first_classes
from cnnlab.probing.splits import Split
from cnnlab.profiles import Profile
from cnnlab.profiles.transfer import protocol
from cnnlab.training.evaluate import scores
from cnnlab.training.learn import Images, Job, learn
from cnnlab.training.loop import iterations
from cnnlab.training.machine import device, settled, threads
from cnnlab.training.together import share_out, teller


@dataclass(frozen=True)
class Task:
    """A net to train on some rows of a role's first split and to test on others."""

    job: Job
    role: str
    train: tuple[int, ...]
    test: tuple[int, ...]

    @classmethod
    def of(cls, like: Job, role: str, classes: int, split: Split, epochs: int = 0) -> "Task":
        """The task of one fold, for a net like `like`, with as many classes as the set.

        It sees as many images as `like` does, or each of its own `epochs` times if that is more.
        """
        rows = tuple(map(int, split.train)), tuple(map(int, split.test))
        batch = min(like.recipe.batch, len(split.train))  # one image a class may be fewer
        images = max(like.recipe.images, epochs * len(split.train))
        recipe = replace(like.recipe, batch=batch, images=images)
        own = replace(like, spec=replace(like.spec, classes=classes), recipe=recipe)
        return cls(own, role, *rows)


def rival(pretrained: Job, profile: Profile) -> Job:
    """How the layers of a pre-trained net learn from scratch: by the study recipe, shortened.

    Smaller batches take smaller steps, in proportion: as far for each image seen.
    """
    study, sizes = settled(profile.study), protocol(profile)
    recipe = replace(
        study,
        images=sizes.scratch_images or study.images,
        batch=sizes.scratch_batch,
        lr=sizes.scratch_rate * study.lr * sizes.scratch_batch / study.batch,
        validations=1,
        checkpoints=(),
    )
    spec = replace(pretrained.spec, dropout=recipe.dropout)
    return replace(pretrained, spec=spec, recipe=recipe)


def tasks_of(like: Job, sets: Mapping[str, TransferSet]) -> dict[tuple[str, int, int], Task]:
    """The task of every role, number of training images per class and fold of its protocol."""
    return {
        (role, n, fold): Task.of(like, role, has.classes, split, has.sizes.scratch_epochs)
        for role, has in sets.items()
        for n in has.numbers
        for fold, split in enumerate(has.folds(n, has.sizes.scratch_folds))
    }


def train_scratch(tasks: Sequence[Task], profile: Profile) -> list[np.ndarray]:
    """Class probabilities (test rows, K) of each task's net, trained `profile.workers` at once."""
    share_out(
        "training from scratch",
        in_worker,
        tasks,
        [iterations(task.job.recipe) for task in tasks],
        profile,
        lambda task, report: probabilities(task, profile, report),
    )
    return [probabilities(task, profile) for task in tasks]  # all made: this only opens them


def probabilities(task: Task, profile: Profile, report: Any = lambda done, row: None) -> np.ndarray:
    """Class probabilities (test rows, K) of one net, trained where it was not before."""
    packed = first_classes(datasets.load(task.role, profile), task.job.spec.classes)
    config = {"task": task, "data": packed.digest}

    def build(workdir: Path) -> None:
        rows, unseen = np.array(task.train), np.array(task.test)
        training = Images(packed.images[rows], packed.labels[rows])
        testing = Images(packed.images[unseen], packed.labels[unseen])
        # a plateau is one of the training error: test images must not steer the rate
        learn(task.job, training, training, workdir, report)
        net = load_net(workdir / "net.safetensors", expect=task.job.spec).eval().to(device())
        mean = torch.from_numpy(np.load(workdir / "mean.npy"))
        bf16 = task.job.recipe.precision == "bf16"
        with threads(task.job.recipe.threads):
            # from the centre alone, as the features it is compared with
            found = scores(net, testing.images, mean, crops=1, bf16=bf16)
        np.save(workdir / "scores.npy", found)

    folder = store.make("scratch", config, build, code=(learn, scores))
    return np.load(folder / "scores.npy")


def in_worker(number: int, task: dict[str, Any], profile: dict[str, Any]) -> None:
    """Train one net in a worker process, telling how far it is."""
    read = from_plain(Task, task)
    total = iterations(read.job.recipe)
    report = teller(number, total)
    probabilities(read, from_plain(Profile, profile), report)
    report(total, {})  # where it was made before, nothing was told
