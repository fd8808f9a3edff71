"""One net made from arrays: everything between images and the files of a trained net."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.artifacts.store import write_atomic
from cnnlab.nets.convnet import ConvNet, build, weighted_layers
from cnnlab.nets.weights import load_net, save_net
from cnnlab.training.batches import Batches, Images, mean_image
from cnnlab.training.evaluate import error_rate, scores
from cnnlab.training.jobs import Job, Start
from cnnlab.training.loop import Report, fit
from cnnlab.training.machine import device, threads

WATCHED = 1000  # images scored while training; the tables use every one


def learn(
    job: Job,
    training: Images,
    watched: Images,
    folder: Path,
    report: Report = lambda done, row: None,
) -> None:
    """Make a net; write net.safetensors, mean.npy, history.json and checkpoints to `folder`.

    Where `folder` holds an interrupted run, that is resumed. A net that starts from another keeps
    its mean image, which its first layer is used to. Raises ValueError for images of another size.
    """
    net = initial_net(job).to(device())
    if job.start is None:
        mean = mean_image(training.images)
    else:
        mean = torch.from_numpy(np.load(job.start.folder / "mean.npy"))
    if mean.shape != training.images.shape[1:]:
        raise ValueError(
            f"the net to start from learned from images of {mean.shape[0]} px, these have "
            f"{training.images.shape[1]}; pack both roles at the same size"
        )
    how = {"crop": job.spec.pixels, "batch": job.recipe.batch, "zoom": job.recipe.zoom}
    batches = Batches.of(training, mean, device(), seed=job.seed, **how)
    with threads(job.recipe.threads):
        history = fit(net, batches, job.recipe, _validator(watched, mean, job), folder, report)
    save_net(net, folder / "net.safetensors")
    np.save(folder / "mean.npy", mean.numpy())
    write_atomic(folder / "history.json", json.dumps(history, indent=1).encode())


def initial_net(job: Job) -> ConvNet:
    """The net before its first step: fresh layers from the seed, all others from its start.

    Raises ValueError for a layer that the net does not have, and where a layer that is not drawn
    anew would not fit.

    >>> from cnnlab.nets import spec
    >>> from cnnlab.profiles import SMOKE
    >>> net = initial_net(Job(spec("zfnet").scaled(56, width=0.1, classes=3), SMOKE.base, seed=1))
    >>> net(torch.zeros(1, 3, 56, 56)).shape
    torch.Size([1, 3])
    """
    recipe = job.recipe
    net = build(job.spec, seed=job.seed, init=recipe.init, conv1_scale=recipe.conv1_scale)
    layers = weighted_layers(net)
    if job.start is not None:
        for name, layer in _kept_layers(job, job.start).items():
            layers[name].load_state_dict(layer.state_dict())
    for layer in layers.values():
        layer.requires_grad_(not (job.frozen == "conv" and isinstance(layer, nn.Conv2d)))
    return net


def weights_name(checkpoint: int | None) -> str:
    """Name of the file of weights after an iteration, or of those at the end."""
    return "net.safetensors" if checkpoint is None else f"checkpoint-{checkpoint:07d}.safetensors"


@torch.no_grad()
def filter_changes(before: ConvNet, after: ConvNet) -> dict[str, np.ndarray]:
    """How far each filter of each layer moved, |after - before| / |before|: (filters,) a layer.

    The classifier, which fine-tuning draws anew, is left out.

    >>> from cnnlab.nets import spec
    >>> net = build(spec("zfnet").scaled(56, width=0.1, classes=3))
    >>> [str(changes.max()) for changes in filter_changes(net, net).values()][:2]
    ['0.0', '0.0']
    """
    changes = {}
    for (name, a), b in zip(
        weighted_layers(before).items(), weighted_layers(after).values(), strict=True
    ):
        if name != "fc8":
            old, new = (one.get_parameter("weight").flatten(1).cpu() for one in (a, b))
            changes[name] = ((new - old).norm(dim=1) / old.norm(dim=1)).numpy()
    return changes


def _kept_layers(job: Job, start: Start) -> dict[str, nn.Module]:
    """The layers that a net takes over; the rest of both nets must be the same."""
    before = load_net(start.folder / weights_name(start.checkpoint))
    layers = weighted_layers(before)
    unknown = sorted(set(start.fresh) - set(layers))
    if unknown:
        raise ValueError(f"no layer {unknown[0]!r} to draw anew; there are {', '.join(layers)}")
    spec = replace(before.spec, name=job.spec.name, dropout=job.spec.dropout)
    if "fc8" in start.fresh:
        spec = replace(spec, classes=job.spec.classes)
    if spec != job.spec:
        raise ValueError(
            f"the net to start from does not fit: {spec.difference(job.spec)}; take its spec, with "
            "new classes and fc8 fresh"
        )
    return {name: layer for name, layer in layers.items() if name not in start.fresh}


def _validator(watched: Images, mean: Tensor, job: Job) -> Callable[[ConvNet], dict[str, float]]:
    """The check made while training: centre crops of evenly spaced images."""
    count = min(WATCHED, len(watched.labels))
    rows = np.linspace(0, len(watched.labels) - 1, count).astype(int)
    pixels, labels = watched.images[rows], watched.labels[rows]

    def validate(net: ConvNet) -> dict[str, float]:
        answers = scores(net, pixels, mean, crops=1, bf16=job.recipe.precision == "bf16")  # (N, K)
        likelihood = np.take_along_axis(answers, labels[:, None], axis=1)
        return {
            "val_loss": float(-np.log(likelihood.clip(1e-12)).mean()),
            "val_top1": error_rate(answers, labels, 1),
            "val_top5": error_rate(answers, labels, 5),
        }

    return validate
