"""Precision, recall and their area for scores of boxes, for many classes or redrawings at once.

N boxes, C columns: classes that are asked for, or sets of boxes that were drawn anew.
"""

import numpy as np


def precision_recall(scores: np.ndarray, positive: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Precision and recall in percent, (T,) each, above each of the T scores that differ.

    Boxes of equal score are taken together, so the curve does not depend on their order. `scores`
    and `positive` are (N,). Raises ValueError where nothing is positive, and for scores that are
    not finite.

    >>> precision_recall(np.array([0.9, 0.0, 0.0]), np.array([True, True, False]))
    (array([100.        ,  66.66666667]), array([ 50., 100.]))
    """
    order, ends = _thresholds(scores)
    hits = np.cumsum(positive[order])[ends]  # (T,)
    if not positive.any():
        raise ValueError("no box is of this class; a curve needs one at least")
    return 100 * hits / (ends + 1), 100 * hits / hits[-1]


def column_aps(
    scores: np.ndarray, positive: np.ndarray, counts: np.ndarray | None = None
) -> np.ndarray:
    """AP in percent, (C,), of scores (N,): the area under the falling envelope of precision.

    `positive` (N, C) or (N, 1) says which boxes are looked for, `counts` (N, C) how often each
    counts (once). Boxes of equal score are taken together; without ties this is
    `probing.average_precision`. NaN for a column without positives. Raises ValueError for scores
    that are not finite.

    >>> column_aps(np.array([0.9, 0.8, 0.7]), np.array([[1, 0], [0, 0], [1, 1]])).round(1)
    array([83.3, 33.3])
    """
    order, ends = _thresholds(scores)
    weights = np.ones((len(scores), 1)) if counts is None else counts
    drawn = weights[order].cumsum(axis=0)[ends]  # (T, C), boxes above each threshold
    hits = (weights * positive)[order].cumsum(axis=0)[ends]  # (T, C), those looked for
    precision = hits / np.maximum(drawn, 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    area = (np.diff(hits, axis=0, prepend=0) * envelope).sum(axis=0)
    total = hits[-1]
    return 100 * np.divide(area, total, out=np.full(area.shape, np.nan), where=total > 0)


def redrawings(owner: np.ndarray, draws: int, *, seed: int = 0) -> np.ndarray:
    """How often each box counts, (N, 1 + draws): once, and when whole images are redrawn.

    Boxes of one image, `owner` (N,), resemble each other, so they come and go together.

    >>> counts = redrawings(np.array([0, 0, 1]), draws=9)
    >>> bool((counts[0] == counts[1]).all()), set((counts[0] + counts[2]).tolist())
    (True, {2})
    """
    _, image = np.unique(owner, return_inverse=True)
    total = image.max() + 1
    drawn = np.random.default_rng([seed, 29]).integers(0, total, (draws, total))
    counts = np.stack([np.ones(total, int), *(np.bincount(d, minlength=total) for d in drawn)])
    return counts.T[image]


def _thresholds(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Boxes from the highest score down, (N,), and the places where the next is lower, (T,)."""
    if not np.isfinite(scores).all():
        raise ValueError(f"the score of box {int((~np.isfinite(scores)).argmax())} is not finite")
    order = np.argsort(-scores, kind="stable")
    return order, np.flatnonzero(np.diff(scores[order], append=-np.inf))
