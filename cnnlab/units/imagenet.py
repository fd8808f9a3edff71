"""Is it the small number of classes? A layer with and without place on ImageNet (AGM 5.2)."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from cnnlab.artifacts import store
from cnnlab.datasets import Packed, load
from cnnlab.probing.features import features
from cnnlab.probing.probes import predictions
from cnnlab.probing.splits import Split
from cnnlab.profiles import PooledLayer
from cnnlab.training.trained import Trained
from cnnlab.units.ablation import ablate


def imagenet_hits(
    trained: Trained, layer: str, ablations: Sequence[str], *, images: int, seed: int = 0
) -> dict[str, np.ndarray]:
    """Which validation images a linear SVM on a layer names right, (N,) bool, by ablation.

    It learns from `images` training images of each class (0: all), with C = 1.

    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> hits = imagenet_hits(base_net("caffenet", TINY), "conv-5", ["none", "sp-max"], images=3)
    >>> {name: len(right) for name, right in hits.items()}
    {'none': 6, 'sp-max': 6}
    """
    train, val = (load("imagenet", trained.profile, split) for split in ("train", "val"))
    sets = first_of_classes(train, images), val
    labels = np.concatenate([packed.labels for packed in sets])
    split = Split(*np.split(np.arange(len(labels)), [len(sets[0])]))

    def rows() -> np.ndarray:
        read = [features(trained, packed, [PooledLayer(layer)])[layer] for packed in sets]
        shape = trained.job.spec.shapes()[trained.net().resolve(layer)]
        return np.concatenate(read).astype(np.float32).reshape(-1, *shape)

    def right(name: str) -> np.ndarray:
        def build(workdir: Path) -> None:
            values = ablate(rows(), name, seed)
            values = values.reshape(len(values), -1)
            (answers,) = predictions("svm", values, labels, [split])
            np.save(workdir / "right.npy", answers == labels[split.test])

        config: dict[str, object] = {"net": trained.address, "layer": layer, "ablation": name}
        config |= {"data": [packed.digest for packed in sets], "seed": seed}
        code = (predictions, features, ablate)
        return np.load(store.make("hits", config, build, code=code) / "right.npy")

    return {name: right(name) for name in ablations}


def first_of_classes(packed: Packed, images: int) -> Packed:
    """The first so many images of each class; all of them, without a copy, for 0."""
    if not images:
        return packed
    order = np.argsort(packed.labels, kind="stable")
    starts = np.searchsorted(packed.labels[order], packed.labels[order])
    rows = np.sort(order[np.arange(len(order)) - starts < images])
    digest = f"{packed.digest}, first {images} of a class"
    return replace(packed, images=packed.images[rows], labels=packed.labels[rows], digest=digest)
