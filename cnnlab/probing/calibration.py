"""Is the data neither too easy nor too hard? Linear probes on every layer, for every role.

K classes of each role; a probe learns from half of a class's images and is tested on the others.
"""

from typing import TYPE_CHECKING

import numpy as np

from cnnlab import datasets
from cnnlab.probing.features import features, first_classes
from cnnlab.probing.probes import predictions
from cnnlab.probing.splits import Split, folds
from cnnlab.profiles.layers import PooledLayer
from cnnlab.profiles.transfer import LAYERS
from cnnlab.results.statistics import share
from cnnlab.training.trained import Trained

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

CLASSES = 20  # of each role, so that chance is one level for all
GRID = 3  # positions a side that each map is pooled to
SPLITS = {"imagenet": "val", "caltech101": "all", "caltech256": "all", "sun": "all"}
SATURATED = 95.0  # percent; a role probed better than this could show no difference


def probe_layers(trained: Trained, seed: int = 0) -> list[dict[str, object]]:
    """Percentage right of a linear SVM on each layer of a net, for each role of single images.

    One cell a role and layer, "chance" among the columns; intervals over test images.
    """
    cells = []
    for role, split in SPLITS.items():
        packed = first_classes(datasets.load(role, trained.profile, split), CLASSES)
        dealt = _halves(packed.labels, packed.classes, seed)
        truth = packed.labels[dealt.test]
        rows = features(trained, packed, [PooledLayer(name, GRID) for name in LAYERS.values()])
        for layer, name in LAYERS.items():
            (found,) = predictions("svm", rows[name], packed.labels, [dealt], seed=seed)
            cells.append(share(found == truth).cell(role, f"layer {layer}"))
        chance = 100 / len(packed.classes)
        cells.append({"row": role, "column": "chance", "value": chance, "n": len(truth)})
    return cells


def draw(table: "pd.DataFrame", axes: "Axes") -> None:
    """Each role's accuracy against the layer, with its intervals, chance and the upper limit."""
    layers = table[table["column"] != "chance"]
    for (role, own), mark in zip(layers.groupby("row", sort=False), "osD^", strict=True):
        x = [int(str(column).split()[-1]) for column in own["column"]]
        reach = np.stack([own["value"] - own["low"], own["high"] - own["value"]])
        axes.errorbar(x, own["value"], yerr=reach, fmt=f"{mark}-", capsize=2, ms=4, label=role)
    axes.axhline(SATURATED, color="#949494", lw=1, ls="--", label="saturated")
    chance = table.loc[table["column"] == "chance", "value"].max()
    axes.axhline(chance, color="#949494", lw=1, ls=":", label="chance")
    axes.set(xlabel="layer", ylabel="correct (%)", ylim=(0, 100), xticks=list(LAYERS))


def _halves(labels: np.ndarray, classes: tuple[str, ...], seed: int) -> Split:
    """Half of each class's images to learn from, the others to be tested on."""
    half = int(np.bincount(labels).min()) // 2
    return folds(labels, classes, train=half, test=half, count=1, seed=seed)[0]
