"""One net learned from arrays: everything between the data and the files of a trained net."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from cnnlab.artifacts.store import write_atomic
from cnnlab.nets.convnet import ConvNet, build
from cnnlab.nets.spec import NetSpec
from cnnlab.nets.weights import save_net
from cnnlab.profiles import Recipe
from cnnlab.training.batches import Batches, mean_image, to_tensor
from cnnlab.training.evaluate import error, scores
from cnnlab.training.loop import Report, fit
from cnnlab.training.machine import device, threads

LOOKED_AT = 1000  # validation images seen while training; the tables use every one


@dataclass(frozen=True)
class Job:
    """One net to train on the first `spec.classes` classes of role imagenet."""

    spec: NetSpec
    recipe: Recipe
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Images:
    """Images (N, S, S, 3) uint8 with labels (N,)."""

    images: np.ndarray
    labels: np.ndarray


def learn(job: Job, training: Images, validation: Images, folder: Path, report: Report) -> None:
    """Train a net; write net.safetensors, mean.npy, history.json and checkpoints to `folder`.

    Where `folder` holds what a killed run left, training goes on from there.
    """
    mean = mean_image(training.images)
    net = build(job.spec, seed=job.seed, init=job.recipe.init)
    train_on(net, job, training, validation, mean, folder, report)


def train_on(
    net: ConvNet,
    job: Job,
    training: Images,
    validation: Images,
    mean: Tensor,
    folder: Path,
    report: Report,
) -> None:
    """Train `net` from where it is by the job's recipe, on images minus `mean` (S, S, 3).

    Writes what `learn` writes, and goes on where a killed run left off.
    """
    to = device()
    batches = Batches(
        images=to_tensor(training.images).to(to),
        labels=torch.from_numpy(training.labels).to(to),
        mean=mean.to(to),
        crop=job.spec.pixels,
        batch=job.recipe.batch,
        seed=job.seed,
        zoom=job.recipe.zoom,
    )
    net = net.to(to)
    with threads(job.recipe.threads):
        history = fit(net, batches, job.recipe, _validator(validation, mean, job), folder, report)
    save_net(net, folder / "net.safetensors")
    np.save(folder / "mean.npy", mean.numpy())
    write_atomic(folder / "history.json", json.dumps(history, indent=1).encode())


def _validator(validation: Images, mean: Tensor, job: Job) -> Callable[[ConvNet], dict[str, float]]:
    """The check made while training: centre crops of evenly spaced validation images."""
    count = min(LOOKED_AT, len(validation.labels))
    chosen = np.linspace(0, len(validation.labels) - 1, count).astype(int)
    pixels, truth = validation.images[chosen], validation.labels[chosen]

    def validate(net: ConvNet) -> dict[str, float]:
        found = scores(net, pixels, mean, crops=1, bf16=job.recipe.precision == "bf16")  # (N, K)
        likelihood = np.take_along_axis(found, truth[:, None], axis=1)
        return {
            "val_loss": float(-np.log(likelihood.clip(1e-12)).mean()),
            "val_top1": error(found, truth, 1),
            "val_top5": error(found, truth, 5),
        }

    return validate
