"""Which scenes are hard? Probabilities by the size and the company of the objects.

N images, K classes, present (N, K) of 1, 0 (difficult only) and -1 as in `BoxedImages.present`.
"""

import numpy as np

from cnnlab.probing.pascal import average_precisions
from cnnlab.results.statistics import Estimate, mean_of


def ap_by_size(
    scores: np.ndarray, present: np.ndarray, shares: np.ndarray
) -> dict[str, np.ndarray]:
    """AP (K,) of the half of each class's images with the smaller objects, and with the larger.

    Both halves have as many images: AP falls with the share of images that show a class, so unequal
    ones could not be compared. The other half, and the middle of an odd number, is ignored.
    """
    small, large = present.copy(), present.copy()
    for k in range(present.shape[1]):
        images = np.flatnonzero(present[:, k] == 1)
        order = images[np.argsort(shares[images, k], kind="stable")]
        half = len(order) // 2
        small[order[half:], k] = 0
        large[order[: len(order) - half], k] = 0
    halves = {"small": small, "large": large}
    return {name: average_precisions(scores, half) for name, half in halves.items()}


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
    passes over. An empty group has NaN and n = 0.
    """
    values = negatives_below(scores, present)
    return [mean_of(values[groups == group]) for group in range(count)]
