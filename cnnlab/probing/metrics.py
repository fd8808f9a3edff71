"""How transfer is scored: accuracy over classes, average precision, areas under ROC curves.

N images, K classes; present (N, K) of 1, 0 (difficult only) and -1 as in `BoxedImages.present`.
"""

from collections.abc import Sequence

import numpy as np

from cnnlab.probing.splits import Split
from cnnlab.results.statistics import Estimate, mean_of


def accuracies(
    predicted: Sequence[np.ndarray], labels: np.ndarray, splits: Sequence[Split]
) -> np.ndarray:
    """Percentage right of each class in each split, (folds, K), for labels (N,) of all images.

    Its mean over classes is ZF's accuracy on Caltech, and AGM's on SUN (arXiv). Raises ValueError
    for a class without test images.

    >>> split = Split(np.array([0, 1]), np.array([2, 3, 4]))
    >>> accuracies([np.array([0, 0, 1])], np.array([0, 1, 0, 1, 1]), [split])
    array([[100.,  50.]])
    """
    classes, rows = int(labels.max()) + 1, []
    for answers, split in zip(predicted, splits, strict=True):
        right = labels[split.test]  # (test,)
        counts = np.bincount(right, minlength=classes)
        if (counts == 0).any():
            raise ValueError(f"class {(counts == 0).argmax()} has no test image to be scored on")
        rows.append(100 * np.bincount(right[answers == right], minlength=classes) / counts)
    return np.stack(rows)


def average_precision(scores: np.ndarray, positive: np.ndarray, *, points: int = 0) -> float:
    """Average precision in percent of scores (N,), with `positive` (N,) bool, as PASCAL VOC has it.

    `points=11` averages the best precision at recall 0, 0.1 ... 1 (VOC 2007); 0 is the area under
    the falling envelope of precision (VOC 2010 on). Equal scores keep their order. Raises
    ValueError for scores that are not finite, and where nothing is positive.

    >>> round(average_precision(np.array([0.9, 0.8, 0.7]), np.array([True, False, True])), 1)
    83.3
    """
    if points not in (0, 11):
        raise ValueError(f"average precision has 11 points, or 0 for the area, not {points}")
    if not np.isfinite(scores).all():
        raise ValueError(f"the score of image {int((~np.isfinite(scores)).argmax())} is not finite")
    if not positive.any():
        raise ValueError("no image is of this class; average precision needs one at least")
    hits = positive[np.argsort(-scores, kind="stable")].astype(bool)
    recall = np.cumsum(hits) / hits.sum()
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    if points == 11:
        best = [envelope[recall >= r - 1e-9][0] for r in np.linspace(0, 1, 11)]
        return 100 * float(np.mean(best))
    return 100 * float(envelope[hits].sum() / hits.sum())


def average_precisions(scores: np.ndarray, present: np.ndarray, *, points: int = 0) -> np.ndarray:
    """AP in percent of each class, (K,), difficult images left out; 11 `points` as VOC 2007 had it.

    NaN for a class that no test image shows, or no training image did: VOC leaves such a class out
    of the mean instead of counting it as 0.

    >>> average_precisions(np.array([[0.9], [0.8], [0.7]]), np.array([[1], [0], [-1]]))
    array([100.])
    """
    values = np.full(present.shape[1], np.nan)
    for k in range(present.shape[1]):
        positive, counted = present[:, k] == 1, present[:, k] != 0
        if positive.any() and np.isfinite(scores[:, k]).all():
            values[k] = average_precision(scores[counted, k], positive[counted], points=points)
    return values


def mean_ap(values: np.ndarray) -> float:
    """Mean over the classes that have an AP; NaN where none has."""
    return float(np.mean(values[np.isfinite(values)])) if np.isfinite(values).any() else np.nan


def halves_by_size(present: np.ndarray, shares: np.ndarray) -> dict[str, np.ndarray]:
    """`present` with that half of each class's images that has smaller objects, and with the other.

    Both halves have as many images: AP falls with the share of images that show a class, so unequal
    ones could not be compared. The other half, and the middle of an odd number, counts neither way.

    >>> present, shares = np.array([[1], [1], [-1]]), np.array([[0.1], [0.5], [0.0]])
    >>> {name: half[:, 0].tolist() for name, half in halves_by_size(present, shares).items()}
    {'small': [1, 0, -1], 'large': [0, 1, -1]}
    """
    small, large = present.copy(), present.copy()
    for k in range(present.shape[1]):
        images = np.flatnonzero(present[:, k] == 1)
        order = images[np.argsort(shares[images, k], kind="stable")]
        half = len(order) // 2
        small[order[half:], k] = 0
        large[order[: len(order) - half], k] = 0
    return {"small": small, "large": large}


def negatives_below(scores: np.ndarray, present: np.ndarray) -> np.ndarray:
    """For every class an image shows, the percentage of images without it that score lower, (N, K).

    NaN elsewhere. Equal scores count half; the mean over a class's images is the area under its ROC
    curve. Unlike AP it does not depend on how many images show the class, so any groups compare.
    """
    values = np.full(present.shape, np.nan)
    for k in range(present.shape[1]):
        positive, negatives = present[:, k] == 1, np.sort(scores[present[:, k] == -1, k])
        if len(negatives) and np.isfinite(scores[:, k]).all():
            low = np.searchsorted(negatives, scores[positive, k], "left")
            high = np.searchsorted(negatives, scores[positive, k], "right")
            values[positive, k] = 100 * (low + high) / 2 / len(negatives)
    return values


def auc_by_group(
    scores: np.ndarray, present: np.ndarray, groups: np.ndarray, count: int
) -> list[Estimate]:
    """Area under the ROC curve, in percent, of the cells (N, K) in each of `count` groups.

    It is the mean of `negatives_below`; cells of one image are not independent, which the interval
    ignores. An empty group has NaN and n = 0.

    >>> scores, present = np.array([[0.9], [0.1], [0.5]]), np.array([[1], [1], [-1]])
    >>> [area.value for area in auc_by_group(scores, present, np.array([[0], [1], [0]]), 2)]
    [100.0, 0.0]
    """
    values = negatives_below(scores, present)
    return [mean_of(values[groups == group], "pairs") for group in range(count)]
