"""Is the data neither too easy nor too hard? Linear probes on every layer, for every role.

K classes of each role; a probe learns from half of a class's images and is tested on the others.
"""

import numpy as np

from cnnlab import datasets
from cnnlab.probing.features import features
from cnnlab.probing.probes import predictions
from cnnlab.probing.splits import Split, folds
from cnnlab.profiles import PooledLayer
from cnnlab.profiles.transfer import LAYERS
from cnnlab.results.statistics import share
from cnnlab.training.trained import Trained

CLASSES = 20  # of each role, so that chance is the same for all
GRID = 3  # positions a side that each map is pooled to
SPLITS = {"imagenet": "val", "caltech101": "all", "caltech256": "all", "sun": "all"}


def probe_layers(trained: Trained, seed: int = 0) -> list[dict[str, object]]:
    """Percentage right of a linear SVM on each layer of a net, for each role of single images.

    One cell a role and layer, "chance" among the columns; intervals over test images.
    """
    cells = []
    for role, split in SPLITS.items():
        packed = datasets.load(role, trained.profile, split).first_classes(CLASSES)
        halves = halve(packed.labels, packed.classes, seed)
        labels = packed.labels[halves.test]
        rows = features(trained, packed, [PooledLayer(name, GRID) for name in LAYERS.values()])
        for layer, name in LAYERS.items():
            (answers,) = predictions("svm", rows[name], packed.labels, [halves], seed=seed)
            cells.append(share(answers == labels).cell(role, f"layer {layer}"))
        chance = 100 / len(packed.classes)
        cells.append({"row": role, "column": "chance", "value": chance, "n": len(labels)})
    return cells


def halve(labels: np.ndarray, classes: tuple[str, ...], seed: int) -> Split:
    """Half of each class's images to learn from, the others to be tested on."""
    half = int(np.bincount(labels).min()) // 2
    return folds(labels, classes, train=half, test=half, count=1, seed=seed)[0]
