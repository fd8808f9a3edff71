"""How selective for classes a filter is: the area under its entropy curve (AGM 3.2, appendix).

N boxes of K classes; a layer has C filters of p x p positions. Every position of a box is a score,
and every score has its box's class.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np

from cnnlab.results.statistics import Estimate, bootstrap
from cnnlab.units.fast.selectivity import areas

KINDS = ("label", "weighted", "spmax")
SPACINGS = ("range", "rank")
STEPS = 100  # thresholds (AGM)
FRACTIONS = (0.1, 0.25, 0.5, 1.0)  # of a layer's filters, the most selective first (AGM Table 9)


def entropy_curve(
    scores: np.ndarray, classes: np.ndarray, thresholds: np.ndarray, *, weighted: bool = False
) -> np.ndarray:
    """Entropy in nats of the classes of all scores at or above each threshold, in order.

    scores (M,) with their classes (M,). `weighted` counts a class by the sum of its scores. 0 says
    that one class alone reaches so high; the most there can be is log K.

    >>> scores, classes = np.array([1.0, 2.0, 3.0]), np.array([0, 1, 1])
    >>> entropy_curve(scores, classes, np.array([1.0, 2.0])).round(2)
    array([0.64, 0.  ])
    """
    curve = []
    for threshold in thresholds:
        above = scores >= threshold
        counts = np.bincount(classes[above], weights=scores[above] if weighted else None)
        if not counts.any():  # scores that are all 0 weigh alike
            counts = np.bincount(classes[above])
        p = counts[counts > 0] / counts.sum()
        curve.append((p * np.log(1 / p)).sum())
    return np.array(curve)


def thresholds_of(scores: np.ndarray, spacing: str = "range") -> np.ndarray:
    """The thresholds of one filter's scores (M,): 100 that rise.

    By "range" they divide the way from the least score to the highest into equal steps, of which
    the last is the highest score itself. By "rank" equally many of the scores that exceed the least
    lie between two of them, whatever the scale of the scores.

    >>> thresholds_of(np.array([0.0, 0.0, 1.0, 50.0]))[[0, 98, 99]]
    array([ 0.5, 49.5, 50. ])
    >>> thresholds_of(np.array([0.0, 0.0, 1.0, 50.0]), "rank")[[0, 49, 50, 99]]
    array([ 1.,  1., 50., 50.])
    """
    low, high = float(scores.min()), float(scores.max())
    if spacing == "range":
        return np.linspace(low, high, STEPS + 1)[1:]
    rising = np.sort(scores[scores > low]) if high > low else scores[:1]
    return rising[np.arange(STEPS) * len(rising) // STEPS].astype(float)


def plain_selectivity(
    responses: np.ndarray, labels: np.ndarray, kind: str = "label", spacing: str = "range"
) -> np.ndarray:
    """What `selectivity` gives for one kind, filter by filter and threshold by threshold: (C,).

    >>> responses = np.array([[[[3.0]], [[1.0]]], [[[0.0]], [[1.0]]]])  # (2, 2, 1, 1)
    >>> plain_selectivity(responses, np.array([0, 1])).round(2)  # one class, and any
    array([0.  , 0.69])
    """
    check_scores(responses, labels, (kind,), spacing)
    areas = []
    for filter in range(responses.shape[1]):
        maps = responses[:, filter].reshape(len(labels), -1).astype(float)  # (N, p * p)
        maps = maps.max(axis=1, keepdims=True) if kind == "spmax" else maps
        scores, classes = maps.ravel(), np.repeat(labels, maps.shape[1])
        thresholds = thresholds_of(scores, spacing)
        curve = entropy_curve(scores, classes, thresholds, weighted=kind == "weighted")
        areas.append(curve.mean())  # over an axis from 0 to 1
    return np.array(areas)


def selectivity(
    responses: np.ndarray,
    labels: np.ndarray,
    kinds: Sequence[str] = KINDS,
    spacing: str = "range",
) -> dict[str, np.ndarray]:
    """Area under each filter's entropy curve (AuE) in nats, (C,) for each kind; low: selective.

    responses (N, C, p, p) of the boxes and their labels (N,). By "label" a class counts its scores,
    by "weighted" their sum; "spmax" keeps the highest score of a box. The axis of thresholds is
    scaled to [0, 1]. A filter whose score never changes, dead or not, keeps the entropy of all
    boxes: it tells nothing. A class without boxes counts nothing, and there may be fewer boxes than
    thresholds. Raises ValueError for another kind or spacing, for no boxes, labels that do not
    pair, scores that are not finite, and negative ones, which have no weight.

    >>> responses = np.array([[[[3.0]], [[0.0]]], [[[0.0]], [[0.0]]]])
    >>> selectivity(responses, np.array([0, 1]), ["label"])["label"].round(2)
    array([0.  , 0.69])
    """
    check_scores(responses, labels, kinds, spacing)
    thresholds = partial(thresholds_of, spacing=spacing)
    return areas(responses, labels, kinds, thresholds, even=spacing == "range")


def check_scores(
    responses: np.ndarray, labels: np.ndarray, kinds: Sequence[str], spacing: str
) -> None:
    """Raise ValueError for what `selectivity` cannot measure, but for single scores."""
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown or spacing not in SPACINGS:
        raise ValueError(
            f"selectivity is by {', '.join(KINDS)} with thresholds by {' or '.join(SPACINGS)}, not "
            f"by {unknown[0] if unknown else spacing!r}"
        )
    if responses.ndim != 4 or not len(responses) or len(labels) != len(responses):
        raise ValueError(
            f"responses {responses.shape} and {len(labels)} labels do not pair: give (N, C, p, p) "
            "of one box or more, and a label each"
        )


def mcaue(areas: np.ndarray) -> np.ndarray:
    """Mean of the i smallest areas for i = 1 ... C: the layer's curve, which rises.

    >>> mcaue(np.array([3.0, 1.0, 2.0]))
    array([1. , 1.5, 2. ])
    """
    return np.sort(areas).cumsum() / np.arange(1, len(areas) + 1)


def at_fraction(curve: np.ndarray, fraction: float) -> float:
    """The value of a layer's curve (C,) at a share of its filters, one filter at least.

    >>> at_fraction(mcaue(np.arange(8.0)), 0.25)
    0.5
    """
    return float(curve[max(1, round(fraction * len(curve))) - 1])


def redrawn_curves(areas: np.ndarray, *, draws: int = 200, seed: int = 0) -> np.ndarray:
    """`mcaue` of a layer and, below, of redrawn filters: (1 + draws, C).

    >>> redrawn_curves(np.array([1.0, 1.0]), draws=2).tolist()
    [[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]
    """
    return np.array([mcaue(areas[i]) for i in _redrawn(len(areas), draws, seed)])


def percent_decrease(before: np.ndarray, after: np.ndarray, fraction: float) -> float:
    """By how many percent fine-tuning lowers a layer's curve there, from areas (C,) of both nets.

    More than 0: the layer is more selective. Where the net was perfectly selective before, it is 0
    if it still is and -100 if it is not.

    >>> percent_decrease(np.array([2.0, 4.0]), np.array([1.0, 4.0]), 0.5)
    50.0
    """
    old, new = (at_fraction(mcaue(one), fraction) for one in (before, after))
    if old == 0:
        return -100.0 if new > 0 else 0.0
    return 100 * (old - new) / old


def redrawn_decreases(
    before: np.ndarray,
    after: np.ndarray,
    fractions: Sequence[float] = FRACTIONS,
    *,
    draws: int = 200,
    seed: int = 0,
) -> np.ndarray:
    """`percent_decrease` at each fraction and, below, on redrawn filters: (1 + draws, fractions).

    A filter is redrawn with what it was before: fine-tuning starts from it.

    >>> redrawn_decreases(np.array([2.0, 4.0]), np.array([1.0, 2.0]), draws=3)[:, 3].tolist()
    [50.0, 50.0, 50.0, 50.0]
    """
    count = len(before)
    drawn = np.random.default_rng([seed, 43]).integers(0, count, (draws, count))
    every = (np.arange(count), *drawn)
    return np.array([[percent_decrease(before[i], after[i], f) for f in fractions] for i in every])


def _redrawn(count: int, draws: int, seed: int) -> np.ndarray:
    """Rows of filters: all of them as they are, then as many drawn with replacement."""
    drawn = np.random.default_rng([seed, 43]).integers(0, count, (draws, count))
    return np.vstack([np.arange(count), drawn])


def filters_estimate(values: np.ndarray, filters: int) -> Estimate:
    """A value and its redrawn ones (1 + draws,), with the interval that covers the filters.

    >>> print(filters_estimate(np.array([1.0, 0.0, 2.0]), 99))
    1.0 [-1.8, 3.8], n = 99 filters
    """
    return bootstrap(values[0], values[1:], filters, "filters", bounds=(-np.inf, np.inf))
