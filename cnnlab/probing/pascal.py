"""PASCAL VOC classification (ZF 5, Table 6): is there a ... anywhere in this picture?

N images of D features, K classes. present (N, K) is as VOC's lists write it: 1 present, 0 present
only as a difficult object, which counts neither way, -1 absent.
"""

from collections.abc import Mapping
from typing import Self

import numpy as np
import torch
from sklearn.base import BaseEstimator
from torch import Tensor

from cnnlab.datasets import BoxedImages, load_scenes
from cnnlab.datasets.squares import squares
from cnnlab.probing.features import features
from cnnlab.probing.metrics import average_precision
from cnnlab.probing.probes import search_c
from cnnlab.probing.softmax import sigmoid_regression, softmax_regression
from cnnlab.probing.svm import Linear, Standardiser
from cnnlab.profiles import PooledLayer, Profile
from cnnlab.profiles.transfer import PASCAL, Pascal
from cnnlab.results.published import published_table
from cnnlab.results.statistics import Estimate, bootstrap
from cnnlab.training.machine import threads
from cnnlab.training.trained import Trained

# The classes as Table 6 prints them, in VOC's order.
SHORT = (
    *("aero", "bike", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "table"),
    *("dog", "horse", "mbike", "person", "plant", "sheep", "sofa", "train", "tv"),
)


def classification_scenes(profile: Profile) -> tuple[BoxedImages, BoxedImages]:
    """Scenes to train on and to test on of role "pascal-2012".

    The test is `val`, since the labels of PASCAL's own test are not public; the training scenes are
    those of `trainval` that are not tested on.
    """
    test = load_scenes("pascal-2012", profile, "val")
    return without(load_scenes("pascal-2012", profile, "trainval"), test), test


def without(train: BoxedImages, test: BoxedImages) -> BoxedImages:
    """The training scenes that are not tested on: VOC 2012's `trainval` holds its `val`."""
    if train.source == "world":
        return train  # drawn anew for every split
    tested = set(test.names)
    return train.take([i for i, name in enumerate(train.names) if name not in tested])


def scene_features(
    trained: Trained,
    scenes: BoxedImages,
    layer: str = "layer7",
    *,
    objects: bool = False,
    crops: int = 1,
) -> np.ndarray:
    """Features at one layer: (N, D), the mean over a scene's crops, or (M, D) of `objects`."""
    side, crop = len(trained.mean), trained.job.spec.pixels
    packed = squares(scenes, side, crop, objects=objects, crops=crops)
    rows = np.asarray(features(trained, packed, [PooledLayer(layer)])[layer], np.float32)
    return rows.reshape(len(rows) // crops, crops, -1).mean(axis=1)


class SceneClassifier(BaseEstimator):
    """Probabilities of classes by loss "softmax" or "sigmoid", by scikit-learn's contract.

    A class without a training image gets weights of NaN, and so no probability; for the sigmoid one
    without an image that lacks it as well.
    """

    def __init__(self, loss: str = "softmax", C: float = 1.0) -> None:
        self.loss = loss
        self.C = C

    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Learn from features (N, D) and the classes present (N, K)."""
        self.standardiser_ = Standardiser.of(X)
        known = (y == 1).any(axis=0)
        if self.loss == "sigmoid":
            known &= (y == -1).any(axis=0)
        weights = np.full((y.shape[1], X.shape[1]), np.nan, np.float32)
        bias = np.full(y.shape[1], np.nan, np.float32)
        if known.any():
            w, b = self.regression(self.standardiser_(X), y[:, known])
            weights[known], bias[known] = w.T.cpu().numpy(), b.cpu().numpy()
        self.linear_ = Linear(weights, bias)
        return self

    def regression(self, x: Tensor, present: np.ndarray) -> tuple[Tensor, Tensor]:
        """Weights (D, K) and bias (K,) for standardised x (N, D); an image shows each class."""
        if self.loss == "softmax":  # an image with several labels goes in once for each
            images, labels = (torch.from_numpy(i).to(x.device) for i in np.nonzero(present == 1))
            return softmax_regression(x[images], labels, present.shape[1], self.C)
        # a question for each class, which leaves out images that show it only as difficult
        return sigmoid_regression(x, torch.from_numpy(present).to(x), self.C)

    def decision_function(self, X: np.ndarray) -> np.ndarray:
        """Linear scores (N, K)."""
        return self.linear_.scores(self.standardiser_(X).cpu().numpy())

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Probabilities (N, K): shares of one, or each class's own."""
        scores = self.decision_function(X)
        if self.loss == "sigmoid":
            return 1 / (1 + np.exp(-scores))
        grown = np.exp(scores - np.nanmax(scores, axis=1, keepdims=True))
        return grown / np.nansum(grown, axis=1, keepdims=True)

    def score(self, X: np.ndarray, y: np.ndarray) -> float:
        """Mean AP in percent; 0 where no class has one."""
        return float(np.nan_to_num(mean_ap(average_precisions(self.predict_proba(X), y))))


def classify_scenes(
    loss: str, rows: np.ndarray, present: np.ndarray, sizes: Pascal = PASCAL, *, seed: int = 0
) -> SceneClassifier:
    """A classifier learned from features (N, D), with the C of highest mean AP in cross-validation.

    An image is in one round, however many labels it has. The result does not depend on the number
    of processors.
    """
    rounds_of = np.random.default_rng([seed, 17]).permutation(len(rows)) % sizes.rounds  # (N,)
    with threads(1):
        c = search_c(SceneClassifier(loss), rows, present, sizes.costs, rounds_of)
        return SceneClassifier(loss, c).fit(rows, present)


def average_precisions(scores: np.ndarray, present: np.ndarray, *, points: int = 0) -> np.ndarray:
    """AP in percent of each class, (K,), difficult images left out; 11 `points` as VOC 2007 had it.

    NaN for a class that no test image shows, or no training image did: VOC leaves such a class out
    of the mean instead of counting it as 0.

    >>> average_precisions(np.array([[0.9], [0.8], [0.7]]), np.array([[1], [0], [-1]]))
    array([100.])
    """
    values = np.full(present.shape[1], np.nan)
    for k in range(present.shape[1]):
        if (present[:, k] == 1).any() and np.isfinite(scores[:, k]).all():
            positive, ignored = present[:, k] == 1, present[:, k] == 0
            values[k] = average_precision(scores[:, k], positive, ignored=ignored, points=points)
    return values


def mean_ap(values: np.ndarray) -> float:
    """Mean over the classes that have an AP; NaN where none has."""
    return float(np.mean(values[np.isfinite(values)])) if np.isfinite(values).any() else np.nan


def ap_estimates(
    scores: np.ndarray, present: np.ndarray, sizes: Pascal = PASCAL, *, seed: int = 0
) -> dict[str, Estimate]:
    """AP of every class by its short name, and "mean", with intervals from redrawn test images.

    n is the number of images that show the class, and of classes in the mean.
    """
    values = average_precisions(scores, present)
    rng = np.random.default_rng([seed, 19])
    drawn = rng.integers(0, len(present), (sizes.draws, len(present)))
    draws = np.array(
        [average_precisions(scores[rows], present[rows]) for rows in drawn]
    )  # (draws, K)
    counts = (present == 1).sum(axis=0)
    columns = zip(SHORT, values, draws.T, counts, strict=False)
    estimates = {name: bootstrap(value, column, n) for name, value, column, n in columns}
    means = np.array([mean_ap(one) for one in draws])
    return estimates | {"mean": bootstrap(mean_ap(values), means, np.isfinite(values).sum())}


def classes_won(estimates: Mapping[str, Estimate]) -> dict[str, object]:
    """The last line of Table 6: in how many classes our AP is above both others'."""
    printed = published_table("zf-table6").query("column != 'ours'")
    best: dict[str, float] = {}
    for name, value in zip(printed["row"], printed["value"], strict=True):
        best[name] = max(value, best.get(name, value))
    won = [e.value > best[name] for name, e in estimates.items() if name != "mean"]
    return {"row": "classes-won", "column": "ours", "value": sum(won), "n": len(won)}
