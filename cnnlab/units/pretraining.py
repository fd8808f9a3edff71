"""What longer pre-training is worth: PASCAL-CLS on the layers of a net's checkpoints (AGM 3.3).

T points of one training; every value stands with those on redrawn test scenes, (1 + draws,).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from cnnlab.nets.convnet import ConvNet, weighted_layers
from cnnlab.probing.metrics import mean_ap
from cnnlab.profiles.sun import LAYERS
from cnnlab.results.statistics import Estimate, bootstrap
from cnnlab.training.schedule import iterations
from cnnlab.training.trained import Trained
from cnnlab.units.classification import PascalCls


@dataclass(frozen=True, eq=False)
class OverPretraining:
    """Mean AP of every layer along a training.

    >>> means = {"conv-1": np.array([[10.0, 10, 11], [18.0, 18, 19], [20.0, 20, 22]])}
    >>> over = OverPretraining(np.array([0.0, 0.05, 1.0]), means, scenes=9)
    >>> over.of_final("conv-1", 0.05).round(0), over.printed(["15k", "95k", "305k"])
    (array([90., 90., 86.]), {1: '15k', 2: '305k'})
    """

    shares: np.ndarray  # (T,) of the planned iterations: 0 before the first, 1 at the end
    means: dict[str, np.ndarray]  # layer -> (T, 1 + draws)
    scenes: int  # to test on

    def at(self, share: float) -> int:
        """The kept point nearest to a share of the training, not the start."""
        return 1 + int(np.abs(self.shares[1:] - share).argmin())

    def of_final(self, layer: str, share: float) -> np.ndarray:
        """Mean AP there in percent of that at the end, (1 + draws,); the start is share 0."""
        means = self.means[layer]
        return 100 * means[self.at(share) if share else 0] / means[-1]

    def left(self, layer: str, share: float) -> np.ndarray:
        """How many points of mean AP come after that share of the training, (1 + draws,)."""
        return self.means[layer][-1] - self.means[layer][self.at(share)]

    def estimate(self, values: np.ndarray) -> Estimate:
        """Values (1 + draws,) with the interval that covers the choice of the test scenes."""
        return bootstrap(values[0], values[1:], self.scenes, "scenes", bounds=(-np.inf, np.inf))

    def printed(self, columns: Sequence[str]) -> dict[int, str]:
        """The points that stand for columns such as "15k" of a paper, by share of its last one.

        Point and column must each be the other's nearest.
        """
        numbers = np.array([float(column.removesuffix("k")) for column in columns])
        apart = np.abs(self.shares[1:, None] - numbers / numbers[-1])  # (T - 1, columns)
        pairs = enumerate(apart.argmin(axis=1))
        return {1 + t: columns[int(c)] for t, c in pairs if apart[:, c].argmin() == t}

    def cells(self, columns: Sequence[str], rows: Sequence[str]) -> list[dict[str, object]]:
        """The points that have a column of a paper, a row a layer as `rows` name them."""
        return [
            self.estimate(means[t]).cell(row, column)
            for row, means in zip(rows, self.means.values(), strict=True)
            for t, column in self.printed(columns).items()
        ]


def over_pretraining(
    task: PascalCls, base: Trained, layers: Sequence[str] = LAYERS
) -> OverPretraining:
    """Linear SVMs on every layer of a net: fresh, at each kept checkpoint, at the end.

    >>> from dataclasses import replace
    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> from cnnlab.units import pascal_cls
    >>> scenes = replace(TINY.roles["pascal"], splits={"trainval": 12, "test": 2})
    >>> tiny = replace(TINY, roles={**TINY.roles, "pascal": scenes})
    >>> over = over_pretraining(pascal_cls(tiny), base_net("caffenet", tiny), ["fc-7"])
    >>> over.shares, over.means["fc-7"].shape
    (array([0., 1.]), (2, 201))
    """
    points = [0, *base.checkpoints, None]
    whole = iterations(base.job.recipe)
    shares = [1.0 if point is None else point / whole for point in points]
    probes = [(layer, "none") for layer in layers]
    scored = [task.aps(base, probes, point) for point in points]
    means = {
        layer: np.array([[mean_ap(row) for row in aps[layer, "none"]] for aps in scored])
        for layer in layers
    }
    return OverPretraining(np.array(shares), means, len(task.test))


@torch.no_grad()
def weight_likeness(net: ConvNet, end: ConvNet) -> dict[str, np.ndarray]:
    """Cosine of every filter with itself in another net, (filters,) for each layer.

    The classifier is left out. 1: the filter points where it points in the end.

    >>> from cnnlab.nets import spec
    >>> from cnnlab.nets.convnet import build
    >>> net = build(spec("zfnet").scaled(56, width=0.1, classes=3))
    >>> weight_likeness(net, net)["conv1"].min().round(3)
    np.float32(1.0)
    """
    likeness = {}
    layers = zip(weighted_layers(net).items(), weighted_layers(end).values(), strict=True)
    for (name, a), b in layers:
        if name != "fc8":
            now, then = (one.get_parameter("weight").flatten(1).cpu() for one in (a, b))
            likeness[name] = torch.cosine_similarity(now, then).numpy()
    return likeness
