"""Trained nets as artifacts: a `Job` says what to train, a `Trained` is the net on disk.

Whatever was trained before, by this notebook or another, is only opened.
"""

import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cnnlab import datasets
from cnnlab.artifacts import paths, store
from cnnlab.nets.convnet import ConvNet, build
from cnnlab.nets.spec import NetSpec
from cnnlab.nets.weights import load_net
from cnnlab.profiles import Profile
from cnnlab.training.evaluate import scores
from cnnlab.training.learn import Images, Job, learn
from cnnlab.training.loop import Report, iterations
from cnnlab.training.machine import device, settled, threads

CODE = (learn,)  # not how the data were made: their digests are in the key


def job(spec: NetSpec, profile: Profile, *, seed: int = 0, study: bool = False) -> Job:
    """A full-size spec at a profile's scale, trained by its base recipe or its study recipe.

    Raises ValueError where the crop does not fit the images.
    """
    classes = len(datasets.load("imagenet", profile, "train").classes)
    pixels = spec.pixels if profile.width == 1 else profile.crop  # caffenet keeps its own 227
    packed = profile.roles["imagenet"].pixels
    if pixels > packed:
        raise ValueError(f"crops of {pixels} px do not fit images of {packed} px")
    recipe = settled(profile.study if study else profile.base)
    classes = min(classes, profile.study_classes) if study else classes
    small = replace(spec.scaled(pixels, profile.width, classes), dropout=recipe.dropout)
    return Job(small, recipe, seed)


@dataclass(frozen=True)
class Trained:
    """A trained net on disk, with the profile whose data it learned from."""

    folder: Path
    job: Job
    profile: Profile

    def net(self, checkpoint: int | None = None) -> ConvNet:
        """The net, as it ended or as it was after iteration `checkpoint`, on the best device.

        0 is the net before it learned anything, which follows from its seed. Raises ValueError,
        with the iterations that were kept, for any other.
        """
        if checkpoint == 0:
            job = self.job
            return build(job.spec, seed=job.seed, init=job.recipe.init).eval().to(device())
        if checkpoint is not None and checkpoint not in self.checkpoints:
            raise ValueError(f"no checkpoint at iteration {checkpoint}; kept: {self.checkpoints}")
        name = "net" if checkpoint is None else f"checkpoint-{checkpoint:07d}"
        net = load_net(self.folder / f"{name}.safetensors", expect=self.job.spec)
        return net.eval().to(device())

    @property
    def checkpoints(self) -> list[int]:
        """Iterations whose weights were kept, rising."""
        return sorted(int(path.stem[-7:]) for path in self.folder.glob("checkpoint-*"))

    def copies(self) -> dict[float, ConvNet]:
        """The net along its training, by share of the iterations: start, checkpoints, end."""
        whole = iterations(self.job.recipe)
        return {c / whole: self.net(c) for c in (0, *self.checkpoints)} | {1.0: self.net()}

    @cached_property
    def history(self) -> list[dict[str, float]]:
        """One row a validation, as `loop.fit` and `learn` describe it."""
        return json.loads((self.folder / "history.json").read_text())

    @cached_property
    def mean(self) -> Tensor:
        """Mean training image (S, S, 3) in [0, 255]: what is subtracted from every input."""
        return torch.from_numpy(np.load(self.folder / "mean.npy"))

    def __str__(self) -> str:
        where = "shipped" if self.folder.parent.name == "shipped" else "trained here"
        right = 100 - self.history[-1]["val_top1"]
        return f"{self.job.spec.name}, {where}: {right:.1f}% of ImageNet's validation images right"

    def scores(self, split: str) -> tuple[np.ndarray, np.ndarray]:
        """Class probabilities (N, K) by the profile's test-time crops, and labels (N,).

        Of the training split, at most `profile.train_error_images`, evenly spaced.
        """
        packed = datasets.load("imagenet", self.profile, split)
        chosen = np.flatnonzero(packed.labels < self.job.spec.classes)
        if split == "train":
            count = min(self.profile.train_error_images, len(chosen))
            chosen = chosen[np.linspace(0, len(chosen) - 1, count).astype(int)]

        def make(workdir: Path) -> None:
            with threads(self.job.recipe.threads):
                bf16 = self.job.recipe.precision == "bf16"
                found = scores(
                    self.net(),
                    packed.images[chosen],
                    self.mean,
                    crops=self.profile.crops,
                    bf16=bf16,
                )
            np.save(workdir / "scores.npy", found)

        config = {"net": self.folder.name, "data": packed.digest, "n": len(chosen)}
        config |= {"crops": self.profile.crops}
        folder = store.make("scores", config, make, code=(scores,))
        return np.load(folder / "scores.npy"), packed.labels[chosen]


def train(job: Job, profile: Profile, report: Report = lambda done, row: None) -> Trained:
    """Train a net, or open it where it was trained before; killed, it goes on where it was."""
    sets = [datasets.load("imagenet", profile, split) for split in ("train", "val")]

    def build(workdir: Path) -> None:
        training, validation = (_of_classes(packed, job.spec.classes) for packed in sets)
        learn(job, training, validation, workdir, report)

    return Trained(store.make("nets", _config(job, profile), build, code=CODE), job, profile)


def in_cache(job: Job, profile: Profile) -> bool:
    """Whether a net was trained before."""
    return (paths.cache() / "nets" / store.key_of("nets", _config(job, profile), CODE)).exists()


def _config(job: Job, profile: Profile) -> dict[str, Any]:
    sets = [datasets.load("imagenet", profile, split) for split in ("train", "val")]
    return {"job": job, "train": sets[0].digest, "val": sets[1].digest}


def _of_classes(packed: datasets.Packed, classes: int) -> Images:
    """The images of the first `classes` classes; all of them without a copy."""
    if classes >= len(packed.classes):
        return Images(packed.images, packed.labels)
    chosen = np.flatnonzero(packed.labels < classes)
    return Images(packed.images[chosen], packed.labels[chosen])
