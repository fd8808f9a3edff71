"""Linear probes on every layer of a net: on every role, and along a pre-training (ZF Table 7)."""

from dataclasses import dataclass

import numpy as np

from cnnlab import datasets
from cnnlab.datasets.errors import DataMissing
from cnnlab.probing.caltech import TransferSet
from cnnlab.probing.features import features
from cnnlab.probing.probes import predictions
from cnnlab.probing.splits import folds
from cnnlab.profiles import PooledLayer
from cnnlab.profiles.transfer import LAYERS
from cnnlab.results.statistics import Estimate, mean_of, share
from cnnlab.training.evaluate import scores
from cnnlab.training.trained import Trained

CLASSES = 40  # of each role, so that chance is the same for all
IMAGES = (15, 30)  # of each class to learn from
TEST = 30  # of each class
GRID = 3  # positions a side that each map is pooled to
HOME = 1000  # images of the net's own classes, evenly spaced
ROLES = ("caltech101", "caltech256", "sun")


def probe_untrained(trained: Trained, seed: int = 0) -> list[dict[str, object]]:
    """Percentage right of a linear SVM on each layer of the net as it was before it saw anything.

    How hard a transfer set is by itself: no number here knows of pre-training. One cell a layer and
    number of images a class, with chance; intervals over test images. A role without data is told
    of and left out.

    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> [cell["row"] for cell in probe_untrained(base_net("zfnet", TINY))][6:9]
    ['caltech101 layer 7', 'caltech101 chance', 'caltech256 layer 1']
    """
    cells = []
    for role in ROLES:
        try:
            packed = datasets.load(role, trained.profile, "all").first_classes(CLASSES)
        except DataMissing as error:
            print(f"without {role}: {error}")
            continue
        pooled = [PooledLayer(name, GRID) for name in LAYERS.values()]
        rows = features(trained, packed, pooled, checkpoint=0)
        most = int(np.bincount(packed.labels).min()) - 1
        for number in sorted({min(images, most) for images in IMAGES}):
            options = {"train": number, "test": TEST, "count": 1, "seed": seed}
            (split,) = folds(packed.labels, packed.classes, **options)
            column = f"{number} a class"
            for layer, name in LAYERS.items():
                (answers,) = predictions("svm", rows[name], packed.labels, [split], seed=seed)
                right = share(answers == packed.labels[split.test], "images")
                cells.append(right.cell(f"{role} layer {layer}", column))
            chance = 100 / len(packed.classes)
            cells.append({"row": f"{role} chance", "column": column, "value": chance})
    return cells


@dataclass(frozen=True, eq=False)
class Point:
    """A net at one point of its training, and what each of its layers is worth elsewhere."""

    images: int  # seen until then
    accuracy: dict[int, np.ndarray]  # by layer, mean per-class accuracy of each split (folds,)
    at_home: Estimate  # top-1 accuracy in percent on the net's own classes, from image centres

    def cells(self) -> list[dict[str, object]]:
        """One cell a layer, and the net's accuracy at home."""
        row = f"{self.images} images seen"
        layers = self.accuracy.items()
        cells = [mean_of(values, "folds").cell(row, f"layer {layer}") for layer, values in layers]
        return [*cells, self.at_home.cell(row, "ImageNet top-1")]


def probe_checkpoints(trained: Trained, home: datasets.Packed, target: TransferSet) -> list[Point]:
    """Linear SVMs on every layer of fresh weights, of every kept checkpoint and of the end.

    All with the first of the profile's C, on the same splits of `target`.

    >>> from cnnlab.datasets import load
    >>> from cnnlab.probing import transfer_sets
    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> net, target = base_net("zfnet", TINY), transfer_sets(TINY)["caltech101"]
    >>> [point.images for point in probe_checkpoints(net, load("imagenet", TINY, "val"), target)]
    [0, 8]
    """
    sizes, batch = target.sizes, trained.job.recipe.batch
    splits = target.folds(min(sizes.checkpoints_images, target.fewest - 1), sizes.checkpoints_folds)
    rows = np.linspace(0, len(home) - 1, min(HOME, len(home))).astype(int)
    points = []
    for checkpoint in [0, *trained.checkpoints, None]:
        values = features(trained, target.packed, sizes.layers(), checkpoint=checkpoint)
        accuracy = {
            layer: target.probe("svm", values[name], splits, sizes.costs[:1])
            for layer, name in LAYERS.items()
        }
        answers = scores(trained.net(checkpoint), home.images[rows], trained.mean, crops=1)
        right = answers.argmax(1) == home.labels[rows]
        images = trained.history[-1]["images"] if checkpoint is None else checkpoint * batch
        points.append(Point(int(images), accuracy, share(right, "images")))
    return points
