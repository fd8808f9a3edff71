"""Fine-tuning (AGM 2.3): a trained net gets a new classifier and goes on learning on other data."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.artifacts.plain import to_plain
from cnnlab.nets.convnet import ConvNet, build
from cnnlab.nets.spec import NetSpec
from cnnlab.nets.weights import load_net
from cnnlab.training.batches import mean_image
from cnnlab.training.learn import Images, Job, train_on
from cnnlab.training.loop import Report

FROZEN = ("none", "conv")
NEW = ("fc8",)  # what every fine-tuning draws anew: the classifier
FULL = ("fc6", "fc7", "fc8")  # what the draft's fc-ft draws anew


@dataclass(frozen=True)
class FineTune:
    """What a net starts from, which of its layers start afresh, which stay, and how it learns.

    Without a `base` every layer is fresh: training from scratch, the rival in the same terms.
    """

    job: Job  # the spec with the new classes, the recipe, the seed
    base: str = ""  # folder name of the pre-trained net in the store
    checkpoint: int | None = None  # iteration of the pre-training to start from; None: its end
    frozen: str = "none"  # "conv": learning rate zero in every convolutional layer (fc-ft)
    fresh: tuple[str, ...] = NEW  # layers drawn anew

    def __post_init__(self) -> None:
        if self.frozen not in FROZEN:
            raise ValueError(f"frozen is {' or '.join(map(repr, FROZEN))}, not {self.frozen!r}")

    @property
    def weights(self) -> str:
        """Name of the base's file of weights."""
        end = self.checkpoint is None
        return "net.safetensors" if end else f"checkpoint-{self.checkpoint:07d}.safetensors"


def begin(how: FineTune, base: Path | None) -> ConvNet:
    """The net before its first step: fresh layers from the seed, all others from `base`.

    Raises ValueError for a layer that the net does not have, and where another layer than the
    fresh ones would not fit.
    """
    job = how.job
    net = build(job.spec, seed=job.seed, init=job.recipe.init)
    unknown = sorted(set(how.fresh) - set(learned(net)))
    if unknown:
        raise ValueError(
            f"no layer {unknown[0]!r} to draw anew; there are {', '.join(learned(net))}"
        )
    if base is not None:
        before = load_net(base / how.weights)
        _fits(before.spec, job.spec, how.fresh)
        for name, layer in learned(net).items():
            if name not in how.fresh:
                layer.load_state_dict(learned(before)[name].state_dict())
    for layer in learned(net).values():
        layer.requires_grad_(not (how.frozen == "conv" and isinstance(layer, nn.Conv2d)))
    return net


def tune(
    how: FineTune,
    base: Path | None,
    training: Images,
    validation: Images,
    folder: Path,
    report: Report = lambda done, row: None,
) -> None:
    """Fine-tune; write net.safetensors, mean.npy, history.json and checkpoints to `folder`.

    The mean image is that of the pre-training, which the first layer is used to. Where `folder`
    holds what a killed run left, training goes on from there.
    """
    job = how.job
    seen = None if base is None else torch.from_numpy(np.load(base / "mean.npy"))
    mean = mean_image(training.images) if seen is None else seen
    if mean.shape != training.images.shape[1:]:
        raise ValueError(
            f"the base net saw images of {mean.shape[0]} px, these have "
            f"{training.images.shape[1]}; pack both roles at the same size"
        )
    train_on(begin(how, base), job, training, validation, mean, folder, report)


def learned(net: ConvNet) -> dict[str, nn.Module]:
    """The layers that have weights, by name, from the input up."""
    children = net.layers.named_children()
    return {name: layer for name, layer in children if list(layer.parameters())}


@torch.no_grad()
def moved(before: ConvNet, after: ConvNet, layers: Sequence[str]) -> dict[str, np.ndarray]:
    """How far each filter of some layers went, |after - before| / |before|: (filters,) a layer."""
    found = {}
    for name in layers:
        old, new = (_filters(net, name) for net in (before, after))
        found[name] = ((new - old).norm(dim=1) / old.norm(dim=1)).numpy()
    return found


def _filters(net: ConvNet, name: str) -> Tensor:
    """Weights of a layer, (filters, inputs)."""
    weight = learned(net)[name].weight
    assert isinstance(weight, Tensor)
    return weight.flatten(1).cpu()


def _fits(before: NetSpec, after: NetSpec, fresh: Sequence[str]) -> None:
    """Refuse nets that differ in more than name, dropout and, with a new classifier, classes."""
    kept = replace(before, name=after.name, dropout=after.dropout)
    if "fc8" in fresh:
        kept = replace(kept, classes=after.classes)
    if kept != after:
        ours, theirs = to_plain(after), to_plain(kept)
        field = next(name for name in ours if ours[name] != theirs[name])
        raise ValueError(
            f"{before.name} cannot go on as {after.name}: its {field} is {theirs[field]!r}, not "
            f"{ours[field]!r}; take the pre-trained net's spec, with new classes and fc8 fresh"
        )
