"""The same probes on every layer along a pre-training: what better training buys each layer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnnlab.datasets import Packed
from cnnlab.probing.caltech import TransferSet
from cnnlab.probing.features import features
from cnnlab.profiles.transfer import LAYERS
from cnnlab.results.statistics import Estimate, mean_of, share
from cnnlab.training.evaluate import scores
from cnnlab.training.trained import Trained


@dataclass(frozen=True, eq=False)
class Point:
    """A net at one point of its training, and what each of its layers is worth elsewhere."""

    checkpoint: int | None  # 0: before it; None: its end
    images: int  # seen until then
    accuracy: dict[int, np.ndarray]  # by layer, mean per-class accuracy of each split (folds,)


def probe_checkpoints(trained: Trained, target: TransferSet) -> list[Point]:
    """Linear SVMs on every layer of fresh weights, of every kept checkpoint and of the end.

    All with the first of the protocol's C, on the same splits.
    """
    sizes, recipe = target.sizes, trained.job.recipe
    splits = target.folds(min(sizes.checkpoints_images, target.fewest - 1), sizes.checkpoints_folds)
    points = []
    for checkpoint in [0, *trained.checkpoints, None]:
        rows = features(trained, target.packed, sizes.layers(), checkpoint=checkpoint)
        accuracy = {
            layer: target.probe("svm", rows[name], splits, sizes.costs[:1])
            for layer, name in LAYERS.items()
        }
        images = recipe.images if checkpoint is None else checkpoint * recipe.batch
        points.append(Point(checkpoint, images, accuracy))
    return points


def top1_accuracy(
    trained: Trained, checkpoint: int | None, packed: Packed, most: int = 1000
) -> Estimate:
    """Top-1 accuracy in percent on `most` evenly spaced images, from their centres."""
    rows = np.linspace(0, len(packed) - 1, min(most, len(packed))).astype(int)
    answers = scores(trained.net(checkpoint), packed.images[rows], trained.mean, crops=1)  # (N, K)
    return share(answers.argmax(1) == packed.labels[rows])


def checkpoint_cells(
    points: Sequence[Point], at_home: Sequence[Estimate]
) -> list[dict[str, object]]:
    """One line a point and layer, and the net's accuracy on ImageNet at that point."""
    cells = []
    for point, accuracy in zip(points, at_home, strict=True):
        row = f"{point.images} images seen"
        cells += [mean_of(v).cell(row, f"layer {layer}") for layer, v in point.accuracy.items()]
        cells.append(accuracy.cell(row, "ImageNet top-1"))
    return cells
