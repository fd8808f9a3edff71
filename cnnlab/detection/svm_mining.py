"""One linear SVM a class, on the negatives that are hard for it (R-CNN 2.3).

N pictures, n windows in one, D features, K classes. Objects are the positives of their class;
windows that overlap it less than 0.3 are its negatives, far too many to hold at once. So pictures
are looked at one after another, and only negatives that an SVM does not reject by its margin are
kept; it learns again whenever 2,000 of them have come together, and drops those it now rejects
well.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from sklearn.svm import LinearSVC

from cnnlab.artifacts.progress import bar
from cnnlab.datasets import BoxedImages
from cnnlab.detection.windows import Windows, check_pictures, class_overlaps
from cnnlab.profiles.detection import Detection

LOOKED_AT = 200  # pictures, evenly spaced, whose features tell the mean length of all

# Weights (D,) and bias of the SVM between positives (P, D) and negatives (M, D)
Solve = Callable[[np.ndarray, np.ndarray, Detection], tuple[np.ndarray, float]]


class Features(Protocol):
    """What is looked at: `features[i]` are those of the windows of picture i, (n, D) float32."""

    def __len__(self) -> int: ...
    def __getitem__(self, i: int, /) -> np.ndarray: ...


@dataclass(frozen=True, eq=False)
class SVMs:
    """A linear SVM for each class; NaN for a class that no training picture shows.

    >>> SVMs(np.array([[1.0, 0.0]]), np.array([-1.0]), scale=2.0).scores(np.array([[3.0, 9.0]]))
    array([[5.]])
    """

    weights: np.ndarray  # (K, D) float32
    bias: np.ndarray  # (K,) float32
    scale: float  # by which features are multiplied first

    def scores(self, features: np.ndarray) -> np.ndarray:
        """Scores (n, K) of windows with features (n, D)."""
        return self.scale * features @ self.weights.T + self.bias


@dataclass
class Miner:
    """The SVM of one class, and the examples that it learns from.

    >>> rows = np.array([[9.0, 1.0], [-9.0, 1.0]], np.float32)
    >>> miner = Miner(rows[:1], Detection(), hinge_svm)
    >>> miner.look(0, rows[1:], np.full(1, np.nan), np.array([True]))
    >>> miner.trainings, miner.hardest.tolist()
    (1, [[0, 0]])
    """

    positives: np.ndarray  # (P, D)
    config: Detection
    solve: Solve
    weights: np.ndarray = field(init=False)  # (D,)
    bias: float = 0.0
    negatives: list[np.ndarray] = field(default_factory=list)  # (_, D) each
    names: list[np.ndarray] = field(default_factory=list)  # (_, 2) of each: picture, window
    added: int = 0  # since it last learned
    trainings: int = 0

    def look(self, i: int, rows: np.ndarray, scores: np.ndarray, negative: np.ndarray) -> None:
        """Keep the hard negatives among the windows (n, D) of picture i; all of the first.

        `scores` (n,) are those of the SVM, `negative` (n,) says which windows can be chosen.
        """
        hard = negative if not self.trainings else negative & (scores > self.config.hard)
        if hard.any():
            self.negatives.append(rows[hard])
            self.names.append(np.column_stack([np.full(hard.sum(), i), np.flatnonzero(hard)]))
            self.added += int(hard.sum())
        if self.added > self.config.retrain or (self.added and not self.trainings):
            self.learn()

    def learn(self) -> None:
        """Train the SVM on what there is, and drop the negatives that are easy for it."""
        x, names = np.concatenate(self.negatives), np.concatenate(self.names)
        self.weights, self.bias = self.solve(self.positives, x, self.config)
        kept = x @ self.weights + self.bias >= self.config.easy
        self.negatives, self.names = [x[kept]], [names[kept]]
        self.added, self.trainings = 0, self.trainings + 1

    @property
    def hardest(self) -> np.ndarray:
        """Picture and window of the negatives that it holds, (M, 2), the highest score first."""
        scores = np.concatenate(self.negatives) @ self.weights
        return np.concatenate(self.names)[np.argsort(-scores, kind="stable")]


def hinge_svm(
    positives: np.ndarray, negatives: np.ndarray, config: Detection
) -> tuple[np.ndarray, float]:
    """Weights (D,) and bias of a linear SVM with hinge losses, by liblinear.

    It minimises |w|^2 / 2 + C * sum of losses, those of positives counted twice; the bias is the
    weight of a constant feature of 10, and so is in |w|^2.

    >>> rows = np.array([[1.0], [-1.0]], np.float32)
    >>> weights, bias = hinge_svm(20 * rows[:1], 20 * rows[1:], Detection())
    >>> bool(weights[0] > 0)
    True
    """
    x = np.concatenate([positives, negatives])
    y = np.repeat([1, -1], [len(positives), len(negatives)])
    options: dict[str, Any] = {"C": config.cost, "intercept_scaling": config.bias}
    options |= {"loss": "hinge", "dual": True, "class_weight": {1: config.positive_weight}}
    model = LinearSVC(**options, random_state=0, max_iter=10_000).fit(x, y)
    return model.coef_[0].astype(np.float32), float(np.ravel(model.intercept_)[0])


def feature_scale(features: Features, norm: float = 20.0) -> float:
    """The number that gives feature vectors a mean length of `norm`.

    From the windows of at most 200 pictures, evenly spaced. Raises ValueError where none has a
    window or all features are zero.

    >>> feature_scale([np.array([[3.0, 4.0]], np.float32)])
    4.0
    """
    numbers = np.linspace(0, len(features) - 1, min(len(features), LOOKED_AT)).astype(int)
    lengths = np.concatenate([np.linalg.norm(features[i], axis=1) for i in numbers])
    if not lengths.any():
        raise ValueError("no window has a feature that is not zero; propose windows, or take a net")
    return float(norm / lengths.mean())


def mine(
    features: Features,
    scenes: BoxedImages,
    windows: Windows,
    config: Detection,
    *,
    solve: Solve = hinge_svm,
) -> tuple[SVMs, dict[int, Miner]]:
    """Train the SVMs of all classes in one pass over the pictures; the miners show how, by class.

    `windows` are those of `with_truth`: the first of every picture are its objects. Difficult ones
    count. The first picture that has negatives of a class gives all of them. A class that no
    picture shows has no miner, and NaN as its weights. Raises ValueError for features of other
    pictures, and for a class that every window overlaps.

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.detection.windows import with_truth
    >>> from cnnlab.profiles.tiny import TINY
    >>> scenes = load_scenes("pascal", TINY)
    >>> windows = with_truth(scenes, Windows.of([[[1, 1, 9, 9], [3, 3, 12, 9]]] * len(scenes)))
    >>> features = [np.random.default_rng(i).random((len(windows[i]), 5)) for i in range(2)]
    >>> svms, miners = mine(features, scenes, windows, Detection())
    >>> sorted(miners) == np.unique(scenes.labels).tolist(), svms.weights.shape
    (True, (20, 5))
    """
    check_pictures(scenes, windows)
    if len(features) != len(windows):
        raise ValueError(f"features of {len(features)} pictures for windows of {len(windows)}")
    if not len(scenes.labels):
        raise ValueError("no picture shows an object; take pictures with objects to learn from")
    scale = feature_scale(features, config.norm)
    counts = np.diff(scenes.first)
    shown = np.flatnonzero(counts).tolist()
    truth = np.concatenate([features[i][: counts[i]] for i in shown]) * scale
    weights = np.full((len(scenes.classes), truth.shape[1]), np.nan, np.float32)
    bias = np.full(len(weights), np.nan, np.float32)
    classes = np.unique(scenes.labels).tolist()
    miners = {k: Miner(truth[scenes.labels == k], config, solve) for k in classes}
    with bar("mining negatives", len(scenes)) as progress:
        for i in range(len(scenes)):
            rows = features[i] * scale  # (n, D)
            scores = rows @ weights.T + bias  # (n, K), NaN before a class was trained
            negative = class_overlaps(scenes, i, windows[i]) < config.negative_iou  # (n, K)
            for k, miner in miners.items():
                before = miner.trainings
                miner.look(i, rows, scores[:, k], negative[:, k])
                if miner.trainings > before:
                    weights[k], bias[k] = miner.weights, miner.bias
            progress.update()
    for k, miner in miners.items():
        if not miner.negatives:
            name = scenes.classes[k]
            raise ValueError(f"no window is a negative of {name}; propose more windows a picture")
        if miner.added:
            miner.learn()
        weights[k], bias[k] = miner.weights, miner.bias
    return SVMs(weights, bias, scale), miners


def strongest_negatives(
    features: Features,
    scenes: BoxedImages,
    windows: Windows,
    svms: SVMs,
    label: int,
    config: Detection,
    *,
    most: int = 10,
) -> tuple[np.ndarray, np.ndarray]:
    """Picture and window (M, 2) of a class's negatives that score highest, and their scores (M,).

    Of each picture only the strongest counts, so that no two show the same thing.

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles.tiny import TINY
    >>> scenes = load_scenes("pascal", TINY)
    >>> windows = Windows.of([[[1, 1, 2, 2], [3, 3, 4, 4]]] * len(scenes))
    >>> features = [np.array([[1.0], [2.0]], np.float32)] * len(scenes)
    >>> svms = SVMs(np.ones((20, 1)), np.zeros(20), scale=1.0)
    >>> strongest_negatives(features, scenes, windows, svms, 0, Detection(), most=1)[1]
    array([2.])
    """
    check_pictures(scenes, windows)
    rows = []  # picture, window, score
    for i in range(len(scenes)):
        overlaps = class_overlaps(scenes, i, windows[i])[:, label]
        scores = np.where(
            overlaps < config.negative_iou, svms.scores(features[i])[:, label], -np.inf
        )
        if np.isfinite(scores).any():
            rows.append((i, int(scores.argmax()), scores.max()))
    ranked = np.array(sorted(rows, key=lambda row: -row[2])[:most]).reshape(-1, 3)
    return ranked[:, :2].astype(int), ranked[:, 2]
