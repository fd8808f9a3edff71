"""How transfer is scored: accuracy over classes, average precision."""

import numpy as np


def per_class(predicted: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """Percentage right of each class, (K,); raises ValueError for a class without test images."""
    counts = np.bincount(labels, minlength=classes)
    if len(counts) > classes:
        raise ValueError(f"label {labels.max()} lies outside the {classes} classes")
    if (counts == 0).any():
        raise ValueError(f"class {int((counts == 0).argmax())} has no test image to be scored on")
    right = np.bincount(labels[predicted == labels], minlength=classes)
    return 100 * right / counts


def mean_per_class(predicted: np.ndarray, labels: np.ndarray, classes: int) -> float:
    """Mean over classes of the percentage right: ZF's accuracy on Caltech, AGM's on SUN (arXiv)."""
    return float(per_class(predicted, labels, classes).mean())


def overall(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Percentage right of all images: AGM's accuracy on SUN (ECCV)."""
    return 100 * float((predicted == labels).mean())


def average_precision(
    scores: np.ndarray, truth: np.ndarray, *, ignored: np.ndarray | None = None, points: int = 0
) -> float:
    """Average precision in percent of scores (N,) for truth (N,) bool, as PASCAL VOC computes it.

    `points=11` averages the best precision at recall 0, 0.1 ... 1 (VOC 2007); 0 is the area under
    the falling envelope of precision (VOC 2010 on). `ignored` (N,) marks difficult images, which
    count neither way. Equal scores keep their order. Raises ValueError where nothing is true: a
    class without positives has no average precision.
    """
    if points not in (0, 11):
        raise ValueError(f"average precision has 11 points, or 0 for the area, not {points}")
    if not np.isfinite(scores).all():
        raise ValueError(f"the score of image {int((~np.isfinite(scores)).argmax())} is not finite")
    if ignored is not None:
        scores, truth = scores[~ignored], truth[~ignored]
    if not truth.any():
        raise ValueError("no image is of this class; average precision needs one at least")
    hits = truth[np.argsort(-scores, kind="stable")].astype(bool)
    recall = np.cumsum(hits) / hits.sum()
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    if points == 11:
        at = [envelope[recall >= r - 1e-9] for r in np.linspace(0, 1, 11)]
        return 100 * float(np.mean([values[0] for values in at]))
    return 100 * float(envelope[hits].sum() / hits.sum())
