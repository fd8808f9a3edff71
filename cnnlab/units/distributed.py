"""Distributed codes (AGM 4.2): how many filters must be read together to recognise a class?

N boxes, F filters, K classes, S sizes of subsets, D redrawings of the test boxes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnnlab.probing.linear import newton_svms
from cnnlab.results.statistics import Estimate, bootstrap
from cnnlab.training.machine import threads
from cnnlab.units.fast import subsets
from cnnlab.units.fast.subsets import TOL
from cnnlab.units.precision import column_aps, redrawings
from cnnlab.units.vectors import Boxes

COST = 0.4  # C: R-CNN's 0.001 for rows of mean length 20, here for rows of mean length 1

# How many filters a subset has (AGM, footnote 4); in fc-7 every number up to 50, and on.
CONV = (1, 2, 3, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 80, 100, 128, 256)
FULL = (*range(1, 51), 80, 100, 128, 256, 512, 1024, 2048, 4096)


@dataclass(frozen=True, eq=False)
class Sweep:
    """How well each class is recognised from its first filters, on the test boxes and redrawn."""

    sizes: tuple[int, ...]  # (S,) numbers of filters, the last of them all
    order: np.ndarray  # (K, F) filters of each class, the most important first
    aps: np.ndarray  # (K, S, 1 + D) AP in percent; NaN for a class without boxes on either side
    classes: tuple[str, ...]
    images: int  # with test boxes

    @property
    def known(self) -> np.ndarray:
        """The classes that have an AP, (K,) bool."""
        return np.isfinite(self.aps[:, -1, 0])

    @property
    def fractions(self) -> np.ndarray:
        """AP as a share of that from all filters, in percent, (K, S, 1 + D)."""
        return 100 * self.aps / self.aps[:, -1:]

    def needed(self, percent: float) -> np.ndarray:
        """The smallest subset with so many percent of the complete AP, (K, 1 + D); NaN as `aps`."""
        reached = self.fractions >= percent  # (K, S, 1 + D)
        sizes = np.array(self.sizes, dtype=float)[reached.argmax(axis=1)]
        return np.where(np.isnan(self.aps[:, -1]), np.nan, sizes)

    def estimates(self, percent: float) -> dict[str, Estimate]:
        """`needed` by class, those without boxes left out; intervals cover the test images."""
        ends = {"bounds": (1.0, float(self.sizes[-1]))}
        return {
            name: bootstrap(values[0], values[1:], self.images, "images", **ends)
            for name, values in zip(self.classes, self.needed(percent), strict=True)
            if np.isfinite(values[0])
        }


def sweep(
    train: Boxes,
    test: Boxes,
    sizes: Sequence[int] = CONV,
    *,
    c: float = COST,
    draws: int = 100,
    order: np.ndarray | None = None,
    seed: int = 0,
) -> Sweep:
    """AP of every class from nested subsets of filters, of a new SVM for each.

    Filters are ranked by the |w| of an SVM on all of them, or as `order` (K, F) says. Rows are
    divided by their mean length, as R-CNN does, so a filter's scale stays its own. (AGM 4.2)

    >>> rows = np.eye(4, dtype=np.float32)[[0, 1, 0, 1, 2, 3]]
    >>> labels, every = np.array([0, 0, 0, 0, 1, 1]), np.arange(6)
    >>> boxes = Boxes(rows, labels, every >= 0, owner=every, classes=("a", "b"))
    >>> sweep(boxes, boxes, sizes=(1, 2), draws=9).needed(90)[:, 0]
    array([2., 2.])
    """
    tested = test.tested()
    length = np.linalg.norm(train.rows, axis=1).mean() or 1.0
    x, seen = train.rows / length, tested.rows / length  # (N, F), (M, F)
    known, sizes = train.known & tested.present.any(axis=0), subset_sizes(sizes, x.shape[1])
    targets = np.where(train.present[:, known], 1, -1)
    if order is None:
        order = np.zeros((len(known), x.shape[1]), dtype=int)
        order[known] = rank_by_weight(x, targets, c)
    scores = subsets.subset_scores(x, targets, seen, order[known], sizes, c)
    counts = redrawings(tested.owner, draws, seed=seed)  # (M, 1 + D)
    aps = np.full((len(known), len(sizes), 1 + draws), np.nan)
    for k, values in zip(np.flatnonzero(known), scores, strict=True):
        positive = tested.present[:, [k]]  # (M, 1)
        aps[k] = [column_aps(one, positive, counts) for one in values]
    return Sweep(sizes, order, aps, test.classes, len(np.unique(tested.owner)))


def subset_sizes(sizes: Sequence[int], filters: int) -> tuple[int, ...]:
    """The sizes that a layer of so many filters has, and all of its filters.

    >>> subset_sizes(CONV, 24)
    (1, 2, 3, 5, 10, 15, 20, 24)
    """
    return (*(size for size in sizes if size < filters), filters)


def rank_by_weight(rows: np.ndarray, targets: np.ndarray, c: float = COST) -> np.ndarray:
    """All filters for each class, (K, F), that of the largest |w| of its linear SVM first.

    `rows` are (N, F), `targets` (N, K) of -1 and 1. (AGM 4.2)

    >>> rows = np.array([[0.0, 2.0, 1.0], [0.0, -2.0, -1.0]], np.float32)
    >>> rank_by_weight(rows, np.array([[1], [-1]]))
    array([[1, 2, 0]])
    """
    with threads(1):  # the same on any number of processors
        weights, _ = newton_svms(rows.astype(float), targets, c=c, tol=TOL)  # (K, F)
    return np.argsort(-np.abs(weights), axis=1, kind="stable")


def subset_scores(
    rows: np.ndarray,
    targets: np.ndarray,
    tested: np.ndarray,
    order: np.ndarray,
    sizes: Sequence[int],
    c: float = COST,
) -> np.ndarray:
    """Scores (K, S, M) of test rows (M, F): for each class and size an SVM on its first filters.

    `fast.subsets` gives the same several times as fast. (AGM 4.2)

    >>> rows, targets = np.array([[0.0, 1.0], [0.5, -1.0]], np.float32), np.array([[1], [-1]])
    >>> subset_scores(rows, targets, rows, np.array([[1, 0]]), sizes=(1, 2)).shape
    (1, 2, 2)
    """
    scores = np.empty((len(order), len(sizes), len(tested)))
    for k, filters in enumerate(order):
        for s, size in enumerate(sizes):
            some = filters[:size]
            (weights,), bias = newton_svms(
                rows[:, some].astype(float), targets[:, [k]], c=c, tol=TOL
            )
            scores[k, s] = tested[:, some] @ weights + bias
    return scores
