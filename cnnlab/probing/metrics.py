"""How transfer is scored: accuracy over classes, average precision."""

from collections.abc import Sequence

import numpy as np

from cnnlab.probing.splits import Split


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
    classes = int(labels.max()) + 1
    rows = [labels[split.test] for split in splits]
    return np.stack([per_class(p, row, classes) for p, row in zip(predicted, rows, strict=True)])


def per_class(predicted: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """Percentage right of each class, (K,); raises ValueError for a class without test images."""
    counts = np.bincount(labels, minlength=classes)
    if len(counts) > classes:
        raise ValueError(f"label {labels.max()} lies outside the {classes} classes")
    if (counts == 0).any():
        raise ValueError(f"class {int((counts == 0).argmax())} has no test image to be scored on")
    return 100 * np.bincount(labels[predicted == labels], minlength=classes) / counts


def overall(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Percentage right of all images: AGM's accuracy on SUN (ECCV)."""
    return 100 * float((predicted == labels).mean())


def average_precision(
    scores: np.ndarray, positive: np.ndarray, *, ignored: np.ndarray | None = None, points: int = 0
) -> float:
    """Average precision in percent of scores (N,), with `positive` (N,) bool, as PASCAL VOC has it.

    `points=11` averages the best precision at recall 0, 0.1 ... 1 (VOC 2007); 0 is the area under
    the falling envelope of precision (VOC 2010 on). `ignored` (N,) marks difficult images, which
    count neither way. Equal scores keep their order. Raises ValueError where nothing is positive:
    such a class has no average precision.

    >>> round(average_precision(np.array([0.9, 0.8, 0.7]), np.array([True, False, True])), 1)
    83.3
    """
    if points not in (0, 11):
        raise ValueError(f"average precision has 11 points, or 0 for the area, not {points}")
    if not np.isfinite(scores).all():
        raise ValueError(f"the score of image {int((~np.isfinite(scores)).argmax())} is not finite")
    if ignored is not None:
        scores, positive = scores[~ignored], positive[~ignored]
    if not positive.any():
        raise ValueError("no image is of this class; average precision needs one at least")
    hits = positive[np.argsort(-scores, kind="stable")].astype(bool)
    recall = np.cumsum(hits) / hits.sum()
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    if points == 11:
        at = [envelope[recall >= r - 1e-9] for r in np.linspace(0, 1, 11)]
        return 100 * float(np.mean([values[0] for values in at]))
    return 100 * float(envelope[hits].sum() / hits.sum())
