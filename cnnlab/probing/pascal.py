"""PASCAL VOC classification (ZF 5, Table 6): is there a ... anywhere in this picture?

N images of D features, K classes. Truth (N, K) is as VOC's lists write it: 1 present, 0 present
only as a difficult object, which counts neither way, -1 absent.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from cnnlab.datasets.scenes import Scenes
from cnnlab.probing.metrics import average_precision
from cnnlab.probing.softmax import minimised, softmax_regression
from cnnlab.probing.svm import Linear, Standardiser
from cnnlab.results import statistics
from cnnlab.results.published import published_table
from cnnlab.results.statistics import Estimate
from cnnlab.training.machine import threads

COSTS = (1.0, 10.0, 100.0)  # values of C to choose from
ROUNDS = 3  # of cross-validation
TOL = 1e-3  # of the gradient at the start
DRAWS = 200  # of the bootstrap over images


def image_labels(scenes: Scenes) -> np.ndarray:
    """Truth (N, K) int8 of every picture, from its objects."""
    truth = np.full((len(scenes), len(scenes.classes)), -1, dtype=np.int8)
    hard = scenes.difficult
    truth[scenes.owner[hard], scenes.labels[hard]] = 0
    truth[scenes.owner[~hard], scenes.labels[~hard]] = 1
    return truth


def apart(train: Scenes, test: Scenes) -> Scenes:
    """The training scenes that are not tested on: VOC 2012's `trainval` holds its `val`."""
    if train.source == "world":
        return train  # drawn anew for every split
    tested = set(test.names)
    return train.take([i for i, name in enumerate(train.names) if name not in tested])


def exclusive(x: Tensor, truth: np.ndarray, c: float) -> Linear:
    """ZF's softmax on standardised x (N, D): an image with several labels trains once for each.

    It is then asked for probability 1 of the first, and of the second. A class without a training
    image gets weights of NaN, and so no score.
    """
    image, label = np.nonzero(truth == 1)
    if len(label) == 0:
        return _spread(x.new_zeros(x.shape[1], 0), x.new_zeros(0), label, truth.shape[1])
    there, y = np.unique(label, return_inverse=True)
    rows, targets = torch.from_numpy(image), torch.from_numpy(y)
    w, b = softmax_regression(x[rows], targets.to(x.device), len(there), c, tol=TOL)
    return _spread(w, b, there, truth.shape[1])


def multilabel(x: Tensor, truth: np.ndarray, c: float) -> Linear:
    """A yes or no for each class on x (N, D), which permits several: K logistic regressions.

    Images that show a class only as difficult are left out of that class. A class without an image
    that has it, or without one that has it not, gets weights of NaN.
    """
    there = np.flatnonzero((truth == 1).any(axis=0) & (truth == -1).any(axis=0))
    if len(there) == 0:
        return _spread(x.new_zeros(x.shape[1], 0), x.new_zeros(0), there, truth.shape[1])
    w, b = sigmoid_regression(x, torch.from_numpy(truth[:, there]).to(x), c)
    return _spread(w, b, there, truth.shape[1])


LOSSES: Mapping[str, Callable[[Tensor, np.ndarray, float], Linear]] = MappingProxyType(
    {"softmax": exclusive, "sigmoid": multilabel}
)


def sigmoid_regression(
    x: Tensor, y: Tensor, c: float = 1.0, *, tol: float = TOL, steps: int = 500
) -> tuple[Tensor, Tensor]:
    """Weights (D, K) and bias (K,) for x (N, D) and targets y (N, K) of -1, 1, or 0 to leave out.

    Each column minimises |w|^2 / 2 + C * sum of log(1 + exp(-y z)), as scikit-learn's
    LogisticRegression does; solved when no entry of the gradient exceeds `tol` times the largest
    at the start.
    """

    def loss(scores: Tensor) -> Tensor:
        return (F.softplus(-y * scores) * (y != 0)).sum()

    return minimised(x, y.shape[1], c, loss, tol=tol, steps=steps)


def answers(loss: str, scores: np.ndarray) -> np.ndarray:
    """Probabilities (N, K) of linear scores: shares of one, or each class's own; NaN stays NaN."""
    if loss == "sigmoid":
        return 1 / (1 + np.exp(-scores))
    grown = np.exp(scores - np.nanmax(scores, axis=1, keepdims=True))
    return grown / np.nansum(grown, axis=1, keepdims=True)


def choose_c(
    loss: str,
    features: np.ndarray,
    truth: np.ndarray,
    *,
    costs: Sequence[float] = COSTS,
    rounds: int = ROUNDS,
    seed: int = 0,
) -> float:
    """The C of highest mean AP in cross-validation over training images; the smallest of equals.

    An image is in one part, however many labels it has.
    """
    part = np.random.default_rng([seed, 17]).permutation(len(features)) % rounds  # (N,)
    total = dict.fromkeys(sorted(costs), 0.0)
    for held in range(rounds):
        inside, outside = part != held, part == held
        standard = Standardiser.of(features[inside])
        x, unseen = standard(features[inside]), standard(features[outside]).cpu().numpy()
        for c in total:
            scores = LOSSES[loss](x, truth[inside], c).scores(unseen)
            found = mean_ap(precisions(answers(loss, scores), truth[outside]))
            total[c] += 0.0 if np.isnan(found) else found
    return max(total, key=total.__getitem__)


def classify(
    loss: str, train: np.ndarray, truth: np.ndarray, tests: Sequence[np.ndarray], *, seed: int = 0
) -> tuple[list[np.ndarray], float]:
    """Probabilities (N, K) for every set of test features, and the C that training images chose."""
    with threads(1):  # the result does not depend on how many there are
        c = choose_c(loss, train, truth, seed=seed)
        standard = Standardiser.of(train)
        linear = LOSSES[loss](standard(train), truth, c)
        scores = [linear.scores(standard(test).cpu().numpy()) for test in tests]
    return [answers(loss, found) for found in scores], c


def precisions(scores: np.ndarray, truth: np.ndarray, *, points: int = 0) -> np.ndarray:
    """AP in percent of each class, (K,), difficult images left out; 11 `points` as VOC 2007 had it.

    NaN for a class that no test image shows, or no training image did: VOC leaves such a class out
    of the mean instead of counting it as 0.
    """
    found = np.full(truth.shape[1], np.nan)
    for k in range(truth.shape[1]):
        if (truth[:, k] == 1).any() and np.isfinite(scores[:, k]).all():
            right, ignored = truth[:, k] == 1, truth[:, k] == 0
            found[k] = average_precision(scores[:, k], right, ignored=ignored, points=points)
    return found


def mean_ap(found: np.ndarray) -> float:
    """Mean over the classes that have an AP; NaN where none has."""
    return float(np.mean(found[np.isfinite(found)])) if np.isfinite(found).any() else float("nan")


def estimates(scores: np.ndarray, truth: np.ndarray, *, seed: int = 0) -> list[Estimate]:
    """AP of every class, and last their mean, each with an interval from redrawn test images.

    n is the number of images that show the class, and of classes in the mean. The interval is that
    of a normal distribution with the bootstrap's deviation: a redrawn image ties with its copy,
    which shifts AP itself a little.
    """
    values = precisions(scores, truth)
    rng = np.random.default_rng([seed, 19])
    drawn = rng.integers(0, len(truth), (DRAWS, len(truth)))
    again = np.array([precisions(scores[rows], truth[rows]) for rows in drawn])  # (draws, K)
    means = np.array([mean_ap(found) for found in again])[:, None]  # (draws, 1)
    counts = [*(truth == 1).sum(axis=0), np.isfinite(values).sum()]
    every = [*values, mean_ap(values)]
    columns = np.concatenate([again, means], axis=1).T  # (K + 1, draws)
    return [statistics.bootstrap(*one) for one in zip(every, columns, counts, strict=True)]


def classes_won(scored: Sequence[Estimate], names: Sequence[str]) -> dict[str, object]:
    """The last line of Table 6: in how many classes our AP is above both rivals'."""
    printed = published_table("zf-table6").query("column != 'ours'")
    rivals: dict[str, float] = {}
    for name, value in zip(printed["row"], printed["value"], strict=True):
        rivals[name] = max(value, rivals.get(name, value))
    pairs = [(e.value, rivals[name]) for e, name in zip(scored, names, strict=True)][:-1]
    won = sum(bool(ours > best) for ours, best in pairs)
    return {"row": "classes-won", "column": "ours", "value": won, "n": len(pairs)}


def _spread(weights: Tensor, bias: Tensor, there: np.ndarray, classes: int) -> Linear:
    """Weights (D, k) of the classes that are there, among all K."""
    w, b = (
        np.full((classes, len(weights)), np.nan, np.float32),
        np.full(classes, np.nan, np.float32),
    )
    w[there], b[there] = weights.T.cpu().numpy(), bias.cpu().numpy()
    return Linear(w, b)
