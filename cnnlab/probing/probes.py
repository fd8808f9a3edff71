"""Linear probes: a classifier put on features, C chosen on training examples, scored over folds.

N examples of D features, K classes 0 to K - 1.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GridSearchCV, PredefinedSplit

from cnnlab.artifacts.progress import processors
from cnnlab.probing.linear import Standardiser, check_labels, newton_svms, softmax_regression
from cnnlab.probing.splits import Split
from cnnlab.training.machine import device, threads


class LinearProbe(ClassifierMixin, BaseEstimator):
    """Standardisation and a linear "svm" or "softmax", by scikit-learn's contract.

    >>> x, labels = np.array([[0.0, 1], [0, 2], [3, 1], [3, 2]]), np.array([0, 0, 1, 1])
    >>> LinearProbe("svm", C=1.0).fit(x, labels).predict(np.array([[1.0, 5], [2, 5]]))
    array([0, 1])
    """

    def __init__(self, kind: str = "svm", C: float = 1.0) -> None:
        self.kind = kind
        self.C = C

    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Learn from features (N, D) and labels (N,).

        Raises ValueError for another kind, and for a class below the largest without examples.
        """
        classes = int(np.max(y)) + 1
        check_labels(y, classes)
        self.classes_ = np.arange(classes)
        self.standardiser_ = Standardiser.of(X)
        x = self.standardiser_(X)
        if self.kind == "svm":  # each class against the rest
            targets = np.where(y[:, None] == self.classes_, 1, -1)
            self.coef_, self.intercept_ = newton_svms(x, targets, c=self.C)
        elif self.kind == "softmax":
            labels = torch.from_numpy(np.asarray(y, dtype=np.int64)).to(x.device)
            weights, bias = softmax_regression(x, labels, classes, self.C)
            self.coef_, self.intercept_ = weights.T.cpu().numpy(), bias.cpu().numpy()
        else:
            raise ValueError(f"a probe is 'svm' or 'softmax', not {self.kind!r}")
        return self

    def decision_function(self, X: np.ndarray) -> np.ndarray:
        """Linear scores (N, K)."""
        return self.standardiser_(X).cpu().numpy() @ self.coef_.T + self.intercept_

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The best class of each example, (N,)."""
        return self.decision_function(X).argmax(axis=1)


def choose_c(
    kind: str,
    features: np.ndarray,
    labels: np.ndarray,
    costs: Sequence[float],
    *,
    rounds: int = 3,
    seed: int = 0,
) -> float:
    """The C with most examples right in cross-validation on training examples, least of equals.

    Raises ValueError where a class has fewer examples than there are rounds.
    """
    counts = np.bincount(labels)
    if len(costs) > 1 and counts.min() < rounds:
        raise ValueError(
            f"class {counts.argmin()} has {counts.min()} examples, too few for {rounds} "
            "rounds of cross-validation; give the probe one C instead"
        )
    # not StratifiedKFold: a seed has to deal the same rounds in every version of scikit-learn
    rng = np.random.default_rng([seed, 7])
    rounds_of = np.empty(len(labels), dtype=np.int64)  # (N,)
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        rounds_of[members] = np.arange(len(members)) % rounds

    def right(probe: LinearProbe, x: np.ndarray, y: np.ndarray) -> int:
        return int((probe.predict(x) == y).sum())

    return search_c(LinearProbe(kind), features, labels, costs, rounds_of, right)


def search_c(
    model: BaseEstimator,
    features: np.ndarray,
    targets: np.ndarray,
    costs: Sequence[float],
    rounds_of: np.ndarray,
    scoring: Callable[..., float] | None = None,
) -> float:
    """The C of `model` with the best mean score over the rounds that hold out examples, (N,)."""
    if len(costs) == 1:
        return costs[0]
    options: Any = {"scoring": scoring, "refit": False, "error_score": "raise"}
    grid = {"C": sorted(costs)}
    search = GridSearchCV(model, grid, cv=PredefinedSplit(rounds_of), **options)
    return float(search.fit(features, targets).best_params_["C"])


def predictions(
    kind: str,
    features: np.ndarray,
    labels: np.ndarray,
    splits: Sequence[Split],
    *,
    costs: Sequence[float] = (1.0,),
    rounds: int = 3,
    seed: int = 0,
) -> list[np.ndarray]:
    """Predicted classes of each split's test examples; features (N, D), labels (N,) of all of them.

    C is chosen anew in each split, by cross-validation on its own training examples. The result
    does not depend on the number of processors: each split is one thread's.

    >>> x, split = np.array([[0.0], [1], [0.2], [0.9]]), Split(np.array([0, 1]), np.array([3, 2]))
    >>> predictions("svm", x, np.array([0, 1, 0, 1]), [split])
    [array([1, 0])]
    """
    classes = int(labels.max()) + 1

    def predict(split: Split) -> np.ndarray:
        x, y = features[split.train], labels[split.train]  # (n, D), (n,)
        check_labels(y, classes)
        with threads(1):
            c = choose_c(kind, x, y, costs, rounds=rounds, seed=seed)
            return LinearProbe(kind, c).fit(x, y).predict(features[split.test])

    workers = 1 if device().type == "cuda" else min(processors(), len(splits))
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(predict, splits))
