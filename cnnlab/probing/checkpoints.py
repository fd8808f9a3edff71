"""The same probes on every layer along a pre-training: what better training buys each layer."""

from dataclasses import dataclass

import numpy as np

from cnnlab.datasets import Packed
from cnnlab.probing.caltech import TransferSet
from cnnlab.probing.features import features
from cnnlab.profiles.transfer import LAYERS
from cnnlab.results.statistics import Estimate, mean_of, share
from cnnlab.training.evaluate import scores
from cnnlab.training.trained import Trained

HOME = 1000  # images of the net's own classes, evenly spaced


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
        cells = [mean_of(values).cell(row, f"layer {layer}") for layer, values in layers]
        return [*cells, self.at_home.cell(row, "ImageNet top-1")]


def probe_checkpoints(trained: Trained, home: Packed, target: TransferSet) -> list[Point]:
    """Linear SVMs on every layer of fresh weights, of every kept checkpoint and of the end.

    All with the first of the profile's C, on the same splits of `target`.
    """
    sizes, recipe = target.sizes, trained.job.recipe
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
        images = recipe.images if checkpoint is None else checkpoint * recipe.batch
        points.append(Point(images, accuracy, share(right)))
    return points
