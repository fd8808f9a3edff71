"""Trained nets as artifacts: a `Job` says what to train, a `Trained` is the net on disk.

Whatever was trained before, by this notebook or another, is only opened.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from cnnlab import datasets, store
from cnnlab.nets.convnet import ConvNet, build
from cnnlab.nets.spec import NetSpec
from cnnlab.nets.weights import load_net, save_net
from cnnlab.profiles import Profile, Recipe
from cnnlab.training.batches import Batches, mean_image, to_tensor
from cnnlab.training.evaluate import error, scores
from cnnlab.training.loop import Report, fit
from cnnlab.training.machine import device, settled, threads

CODE = ("cnnlab.training.trained",)
VALIDATION_IMAGES = 1000  # centre crops looked at while training; the tables use every image


@dataclass(frozen=True)
class Job:
    """One net to train on the first `spec.classes` classes of role imagenet."""

    spec: NetSpec
    recipe: Recipe
    seed: int = 0


def job(spec: NetSpec, profile: Profile, *, seed: int = 0, study: bool = False) -> Job:
    """A full-size spec at a profile's scale, trained by its base recipe or its study recipe.

    Raises ValueError where the crop does not fit the images.
    """
    classes = len(datasets.load("imagenet", profile, "train").classes)
    pixels = spec.pixels if profile.width == 1 else profile.crop  # caffenet keeps its own 227
    packed = profile.roles["imagenet"].pixels
    if pixels > packed:
        raise ValueError(f"crops of {pixels} px do not fit images of {packed} px")
    small = spec.scaled(pixels, profile.width, min(classes, profile.study_classes) if study else classes)
    return Job(small, settled(profile.study if study else profile.base), seed)


@dataclass(frozen=True)
class Trained:
    """A trained net on disk, with the profile whose data it learned from."""

    folder: Path
    job: Job
    profile: Profile

    def net(self, checkpoint: int | None = None) -> ConvNet:
        """The net, as it ended or as it was after iteration `checkpoint`, on the best device.

        Raises ValueError, with the iterations that were kept, for any other.
        """
        if checkpoint is not None and checkpoint not in self.checkpoints:
            raise ValueError(f"no checkpoint at iteration {checkpoint}; kept: {self.checkpoints}")
        name = "net" if checkpoint is None else f"checkpoint-{checkpoint:07d}"
        net = load_net(self.folder / f"{name}.safetensors", expect=self.job.spec)
        return net.eval().to(device())

    @property
    def checkpoints(self) -> list[int]:
        """Iterations whose weights were kept, rising."""
        return sorted(int(path.stem[-7:]) for path in self.folder.glob("checkpoint-*"))

    @cached_property
    def history(self) -> list[dict[str, float]]:
        """One row a validation: iteration, images, rate, train_loss, val_loss, val_top1, val_top5."""
        return json.loads((self.folder / "history.json").read_text())

    @cached_property
    def mean(self) -> Tensor:
        """Mean training image (S, S, 3) in [0, 255]: what is subtracted from every input."""
        return torch.from_numpy(np.load(self.folder / "mean.npy"))

    def scores(self, split: str) -> tuple[np.ndarray, np.ndarray]:
        """Class probabilities (N, K) by the profile's test-time crops, and labels (N,).

        Of the training split, at most `profile.train_error_images`, evenly spaced.
        """
        packed = datasets.load("imagenet", self.profile, split)
        chosen = of_classes(packed.labels, self.job.spec.classes)
        if split == "train":
            count = min(self.profile.train_error_images, len(chosen))
            chosen = chosen[np.linspace(0, len(chosen) - 1, count).astype(int)]

        def make(workdir: Path) -> None:
            with threads(self.job.recipe.threads):
                bf16 = self.job.recipe.precision == "bf16"
                found = scores(
                    self.net(), packed.images[chosen], self.mean, crops=self.profile.crops, bf16=bf16
                )
            np.save(workdir / "scores.npy", found)

        config = {"net": self.folder.name, "data": packed.digest, "n": len(chosen)}
        config |= {"crops": self.profile.crops}
        folder = store.make("scores", config, make, code=("cnnlab.training.evaluate",))
        return np.load(folder / "scores.npy"), packed.labels[chosen]


def train(job: Job, profile: Profile, report: Report = lambda done, row: None) -> Trained:
    """Train a net, or open it where it was trained before; killed, it goes on where it was."""
    train_set = datasets.load("imagenet", profile, "train")
    val_set = datasets.load("imagenet", profile, "val")
    config = {"job": job, "train": train_set.digest, "val": val_set.digest}

    def make(workdir: Path) -> None:
        chosen = of_classes(train_set.labels, job.spec.classes)
        images = train_set.images if len(chosen) == len(train_set.labels) else train_set.images[chosen]
        mean = mean_image(images)
        to = device()
        batches = Batches(
            images=to_tensor(images).to(to),
            labels=torch.from_numpy(train_set.labels[chosen]).to(to),
            mean=mean.to(to),
            crop=job.spec.pixels,
            batch=job.recipe.batch,
            seed=job.seed,
        )
        net = build(job.spec, seed=job.seed, init=job.recipe.init).to(to)
        with threads(job.recipe.threads):
            validate = validator(val_set.images, val_set.labels, mean, job)
            history = fit(net, batches, job.recipe, validate, workdir, report)
        save_net(net, workdir / "net.safetensors")
        np.save(workdir / "mean.npy", mean.numpy())
        store.write_atomic(workdir / "history.json", json.dumps(history, indent=1).encode())

    return Trained(store.make("nets", config, make, code=CODE), job, profile)


def of_classes(labels: np.ndarray, classes: int) -> np.ndarray:
    """Indices of the images of the first `classes` classes."""
    return np.flatnonzero(labels < classes)


def validator(
    images: np.ndarray, labels: np.ndarray, mean: Tensor, job: Job
) -> Callable[[ConvNet], dict[str, float]]:
    """The check made while training: centre crops of evenly spaced validation images."""
    chosen = of_classes(labels, job.spec.classes)
    chosen = chosen[np.linspace(0, len(chosen) - 1, min(VALIDATION_IMAGES, len(chosen))).astype(int)]
    pixels, truth = images[chosen], labels[chosen]
    bf16 = job.recipe.precision == "bf16"

    def validate(net: ConvNet) -> dict[str, float]:
        found = scores(net, pixels, mean, crops=1, bf16=bf16)
        likelihood = np.take_along_axis(found, truth[:, None], axis=1)
        return {
            "val_loss": float(-np.log(likelihood.clip(1e-12)).mean()),
            "val_top1": error(found, truth, 1),
            "val_top5": error(found, truth, 5),
        }

    return validate
