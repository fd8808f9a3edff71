"""PASCAL VOC classification (ZF 5, Table 6): is there a ... anywhere in this picture?

N images of D features, K classes. present (N, K) is as VOC's lists write it: 1 present, 0 present
only as a difficult object, which counts neither way, -1 absent.
"""

import hashlib
from dataclasses import replace
from typing import Self

import numpy as np
import torch
from torch import Tensor

from cnnlab.datasets import BoxedImages, load_scenes
from cnnlab.datasets.squares import squares
from cnnlab.probing.fast.redrawn import redrawn_average_precisions
from cnnlab.probing.features import features
from cnnlab.probing.linear import Standardiser, sigmoid_regression, softmax_regression
from cnnlab.probing.metrics import average_precisions, mean_ap
from cnnlab.probing.probes import LinearProbe, search_c
from cnnlab.profiles import PooledLayer, Profile, role_size
from cnnlab.profiles.transfer import PASCAL, Pascal
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

    They are its first and its last split. In `paper` the test is `val`, since the labels of
    PASCAL's own test are not public; the training scenes are those that are not tested on.

    >>> from cnnlab.profiles.tiny import TINY
    >>> [len(scenes) for scenes in classification_scenes(TINY)]
    [3, 2]
    """
    first, last = role_size(profile, "pascal-2012").ends
    test = load_scenes("pascal-2012", profile, last)
    return without(load_scenes("pascal-2012", profile, first), test), test


def without(train: BoxedImages, test: BoxedImages) -> BoxedImages:
    """The training scenes that are not tested on: VOC 2012's `trainval` holds its `val`."""
    if train.source == "world":
        return train  # drawn anew for every split
    tested = set(test.names)
    return train.take([i for i, name in enumerate(train.names) if name not in tested])


def scene_features(
    base: Trained, scenes: BoxedImages, layer: str = "layer7", objects: bool = False, crops: int = 1
) -> np.ndarray:
    """Features at one layer: (N, D), the mean over a scene's crops, or (M, D) of `objects`.

    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> scene_features(base_net("zfnet", TINY), load_scenes("pascal", TINY)).shape
    (2, 408)
    """
    side, crop = len(base.mean), base.job.spec.pixels
    packed = squares(scenes, side, crop, objects=objects, crops=crops)
    rows = np.asarray(features(base, packed, [PooledLayer(layer)])[layer], np.float32)
    return rows.reshape(len(rows) // crops, crops, -1).mean(axis=1)


class SceneClassifier(LinearProbe):
    """Probabilities of classes that share an image, by "softmax" or "sigmoid".

    A class without a training image gets weights of NaN, and so no probability; for the sigmoid one
    without an image that lacks it as well.

    >>> x, present = np.array([[0.0], [1.0], [2.0]]), np.array([[1, -1], [1, 1], [-1, 1]])
    >>> SceneClassifier("sigmoid").fit(x, present).predict_proba(x).round(2)[1]
    array([0.69, 0.69], dtype=float32)
    """

    scaling = Standardiser

    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Learn from features (N, D) and the classes present (N, K)."""
        self.standardiser_ = self.scaling.of(X)
        x = self.standardiser_(X)
        known = (y == 1).any(axis=0)
        if self.kind == "sigmoid":
            known &= (y == -1).any(axis=0)
        self.coef_ = np.full((y.shape[1], x.shape[1]), np.nan, np.float32)
        self.intercept_ = np.full(y.shape[1], np.nan, np.float32)
        if known.any():
            weights, bias = self.regression(x, y[:, known])
            self.coef_[known], self.intercept_[known] = weights.T.cpu().numpy(), bias.cpu().numpy()
        return self

    def regression(self, x: Tensor, present: np.ndarray) -> tuple[Tensor, Tensor]:
        """Weights (D, K) and bias (K,) for standardised x (N, D); an image shows each class."""
        if self.kind == "softmax":  # an image with several labels goes in once for each
            images, labels = (torch.from_numpy(i).to(x.device) for i in np.nonzero(present == 1))
            return softmax_regression(x[images], labels, present.shape[1], self.C)
        # a question for each class, which leaves out images that show it only as difficult
        return sigmoid_regression(x, torch.from_numpy(present).to(x), self.C)

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Probabilities (N, K): shares of one, or each class's own."""
        scores = self.decision_function(X)
        if self.kind == "sigmoid":
            return 1 / (1 + np.exp(-scores))
        grown = np.exp(scores - np.nanmax(scores, axis=1, keepdims=True))
        return grown / np.nansum(grown, axis=1, keepdims=True)

    def score(self, X: np.ndarray, y: np.ndarray, sample_weight: None = None) -> float:
        """Mean AP in percent; 0 where no class has one."""
        return float(np.nan_to_num(mean_ap(average_precisions(self.predict_proba(X), y))))


def classify_scenes(
    kind: str, rows: np.ndarray, present: np.ndarray, sizes: Pascal = PASCAL, *, seed: int = 0
) -> SceneClassifier:
    """A classifier learned from features (N, D), with the C of highest mean AP in cross-validation.

    An image is in one round, however many labels it has. The result does not depend on the number
    of processors.

    >>> x, present = np.arange(12.0)[:, None], np.where(np.arange(12) < 6, 1, -1)[:, None]
    >>> (classify_scenes("sigmoid", x, present).predict_proba(x)[[0, 11], 0] > 0.5).tolist()
    [True, False]
    """
    rounds_of = np.random.default_rng([seed, 17]).permutation(len(rows)) % sizes.rounds  # (N,)
    with threads(1):
        c = search_c(SceneClassifier(kind), rows, present, sizes.costs, rounds_of)
        return SceneClassifier(kind, c).fit(rows, present)


def redrawn_aps(
    scores: np.ndarray,
    present: np.ndarray,
    sizes: Pascal = PASCAL,
    *,
    seed: int = 0,
    points: int = 0,
) -> np.ndarray:
    """`average_precisions` on the test scenes and, below, on redrawn ones: (1 + draws, K).

    One seed redraws the same scenes for any scores, so that two of them compare draw by draw.

    >>> scores, present = np.array([[0.9], [0.8], [0.1]]), np.array([[1], [-1], [-1]])
    >>> redrawn_aps(scores, present, Pascal(draws=2)).shape
    (3, 1)
    """
    n, classes = present.shape
    drawn = np.random.default_rng([seed, 19]).integers(0, n, (sizes.draws, n))
    counts = np.array([np.bincount(one, minlength=n) for one in drawn])  # (draws, N)
    aps = np.full((1 + sizes.draws, classes), np.nan)
    aps[0] = average_precisions(scores, present, points=points)
    for k in np.flatnonzero(np.isfinite(scores).all(axis=0)):
        counted = present[:, k] != 0
        positive = present[counted, k] == 1
        aps[1:, k] = redrawn_average_precisions(
            scores[counted, k], positive, counts[:, counted], points=points
        )
    return aps


def ap_estimates(aps: np.ndarray, present: np.ndarray) -> dict[str, Estimate]:
    """AP of every class by its short name, and "mean", from `redrawn_aps`.

    The intervals cover the choice of the test scenes; n counts those that show the class.

    >>> aps, present = np.array([[50.0], [40.0], [60.0]]), np.array([[1], [-1], [1]])
    >>> ap_estimates(aps, present)["aero"].n
    2
    """
    counts = (present == 1).sum(axis=0)
    columns = zip(SHORT, aps.T, counts, strict=False)
    estimates = {name: bootstrap(v[0], v[1:], n, "scenes") for name, v, n in columns}
    means = np.array([mean_ap(one) for one in aps])
    return estimates | {"mean": bootstrap(means[0], means[1:], len(present), "scenes")}


def ap_gain(a: np.ndarray, b: np.ndarray, scenes: int) -> Estimate:
    """By how many points the mean AP of `redrawn_aps` a lies above that of b, on `scenes` scenes.

    The interval covers the choice of those; classes without AP on either side are left out.

    >>> print(ap_gain(np.array([[50.0], [40.0], [60.0]]), np.array([[30.0], [21.0], [39.0]]), 99))
    20.0 [17.2, 22.8], n = 99 scenes
    """
    gains = np.array([mean_ap(one) for one in a - b])
    return bootstrap(gains[0], gains[1:], scenes, "scenes", bounds=(-100, 100))


def rank_agreement(aps: np.ndarray, printed: np.ndarray, scenes: int) -> Estimate:
    """Spearman's correlation of `redrawn_aps` with APs (K,) that a paper prints, by class.

    The interval covers the choice of the `scenes` test scenes, not of the classes.

    >>> aps = np.array([[50.0, 40.0, 60.0], [51.0, 39.0, 60.0]])
    >>> rank_agreement(aps, np.array([70.0, 60.0, 80.0]), 9).value
    1.0
    """
    from scipy.stats import spearmanr

    known = np.isfinite(aps) & np.isfinite(printed)
    pairs = zip(aps, known, strict=True)
    ranks = np.array([spearmanr(one[k], printed[k])[0] for one, k in pairs], dtype=float)
    return bootstrap(ranks[0], ranks[1:], scenes, "scenes", bounds=(-1, 1))


def misplaced(scenes: BoxedImages, seed: int = 0) -> BoxedImages:
    """The scenes with every box at a random place of its picture, as large as before.

    A control: what it gains is worth of looking often and closely, not of looking at the objects.

    >>> from cnnlab.profiles.tiny import TINY
    >>> scenes = load_scenes("pascal", TINY)
    >>> bool(np.allclose(misplaced(scenes).shares, scenes.shares))
    True
    """
    size = scenes.boxes[:, 2:] - scenes.boxes[:, :2]  # (M, 2), width and height less one
    room = scenes.sizes[scenes.owner, ::-1] - 1 - size
    start = 1 + np.random.default_rng([seed, 23]).random(size.shape) * room
    digest = hashlib.sha256(f"{scenes.digest} misplaced {seed}".encode()).hexdigest()
    return replace(scenes, boxes=np.hstack([start, start + size]), digest=digest)
