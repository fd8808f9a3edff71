"""The same probes on every layer along a pre-training: what better training buys each layer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnnlab.datasets import Packed
from cnnlab.probing.caltech import TransferSet
from cnnlab.probing.features import features
from cnnlab.profiles.transfer import LAYERS
from cnnlab.results import statistics
from cnnlab.results.statistics import Estimate
from cnnlab.training.evaluate import scores
from cnnlab.training.trained import Trained


@dataclass(frozen=True, eq=False)
class Step:
    """A net at one point of its training, and what each of its layers is worth elsewhere."""

    checkpoint: int | None  # 0: before it; None: its end
    images: int  # seen until then
    accuracy: dict[int, np.ndarray]  # by layer, mean per-class accuracy of each split (folds,)


def climb(trained: Trained, has: TransferSet) -> list[Step]:
    """Linear SVMs on every layer of fresh weights, of every kept checkpoint and of the end.

    All with the first of the protocol's C, on the same splits.
    """
    sizes, recipe = has.sizes, trained.job.recipe
    splits = has.folds(min(sizes.stages_images, has.fewest - 1), sizes.stages_folds)
    steps = []
    for point in [0, *trained.checkpoints, None]:
        rows = features(trained, has.packed, sizes.layers(), checkpoint=point)
        accuracy = {
            layer: has.probe("svm", rows[name], splits, sizes.costs[:1])
            for layer, name in LAYERS.items()
        }
        seen = recipe.images if point is None else point * recipe.batch
        steps.append(Step(point, seen, accuracy))
    return steps


def skill(trained: Trained, checkpoint: int | None, packed: Packed, most: int = 1000) -> Estimate:
    """Top-1 accuracy in percent on `most` evenly spaced images, from their centres."""
    chosen = np.linspace(0, len(packed) - 1, min(most, len(packed))).astype(int)
    net = trained.net(checkpoint)
    found = scores(net, packed.images[chosen], trained.mean, crops=1)  # (N, K)
    return statistics.share(found.argmax(1) == packed.labels[chosen])


def cells(steps: Sequence[Step], skills: Sequence[Estimate]) -> list[dict[str, object]]:
    """One line a step and layer, and its accuracy at home."""
    made = []
    for step, at_home in zip(steps, skills, strict=True):
        row = f"{step.images} images seen"
        made += [
            statistics.mean_of(v).cell(row, f"layer {layer}") for layer, v in step.accuracy.items()
        ]
        made.append(at_home.cell(row, "ImageNet top-1"))
    return made
