"""Which scenes are hard? Answers on scenes sorted by the size and the company of their objects.

N images, K classes, truth (N, K) of 1, 0 (difficult only) and -1 as in `cnnlab.probing.pascal`.
"""

from collections.abc import Sequence

import numpy as np

from cnnlab.datasets.scenes import Scenes
from cnnlab.probing.pascal import precisions
from cnnlab.results import statistics
from cnnlab.results.statistics import Estimate


def largest_shares(scenes: Scenes) -> np.ndarray:
    """The part of the picture that the largest object of each class takes, (N, K); 0 for none.

    Difficult objects do not count.
    """
    found = np.zeros((len(scenes), len(scenes.classes)))
    counted = ~scenes.difficult
    at = scenes.owner[counted], scenes.labels[counted]
    np.maximum.at(found, at, scenes.shares[counted])
    return found


def halves(shares: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Truth (N, K) in which only the smaller half, or the larger, of each class's images counts.

    Both halves have as many images: AP falls with the share of images that show a class, so unequal
    ones could not be compared. The other half, and the middle of an odd number, is ignored.
    """
    small, large = (np.where(truth == 1, 0, truth) for _ in range(2))
    for k in range(truth.shape[1]):
        images = np.flatnonzero(truth[:, k] == 1)
        order = images[np.argsort(shares[images, k], kind="stable")]
        half = len(order) // 2
        small[order[:half], k] = 1
        large[order[len(order) - half :], k] = 1
    return small, large


def by_size(scores: np.ndarray, truth: np.ndarray, shares: np.ndarray) -> dict[str, np.ndarray]:
    """AP (K,) where the object is small and where it is large, by halves of each class."""
    small, large = halves(shares, truth)
    return {"small": precisions(scores, small), "large": precisions(scores, large)}


def beaten(scores: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """For every class an image shows, the percentage of images without it that score lower, (N, K).

    NaN elsewhere. Equal scores count half; the mean over a class's images is the area under its ROC
    curve. Unlike AP it does not depend on how many images show the class, so any groups compare.
    """
    found = np.full(truth.shape, np.nan)
    for k in range(truth.shape[1]):
        shown, absent = truth[:, k] == 1, np.sort(scores[truth[:, k] == -1, k])
        if len(absent) and np.isfinite(scores[:, k]).all():
            low = np.searchsorted(absent, scores[shown, k], "left")
            high = np.searchsorted(absent, scores[shown, k], "right")
            found[shown, k] = 100 * (low + high) / 2 / len(absent)
    return found


def in_groups(values: np.ndarray, group: np.ndarray, count: int) -> list[Estimate]:
    """Mean of the finite values in each of `count` groups; NaN with n = 0 for an empty one.

    Values of one image are not independent; the interval passes over that.
    """
    return [statistics.mean_of(values[group == g]) for g in range(count)]


def named_first(scores: np.ndarray, scenes: Scenes, truth: np.ndarray) -> np.ndarray:
    """For images that show several classes: is the best-scored one of the largest object? (n,)."""
    shares = largest_shares(scenes)
    several = (truth == 1).sum(axis=1) > 1
    best = np.where(np.isfinite(scores), scores, -np.inf).argmax(axis=1)
    return (best == shares.argmax(axis=1))[several]


def of_objects(scores: np.ndarray, scenes: Scenes) -> np.ndarray:
    """Scores (N, K) of scenes from those of their objects (M, K): the best of any object."""
    found = np.full((len(scenes), scores.shape[1]), -np.inf)
    np.maximum.at(found, scenes.owner, np.where(np.isnan(scores), -np.inf, scores))
    empty = ~np.isfinite(found)
    found[empty] = 0.0  # a scene without objects has no reason for any class
    found[:, np.isnan(scores).all(axis=0)] = np.nan
    return found


def crowded(truth: np.ndarray, most: int = 4) -> np.ndarray:
    """How many classes each image shows, minus one, at most `most` - 1; as groups (N,)."""
    return np.minimum((truth == 1).sum(axis=1), most) - 1


def size_groups(shares: np.ndarray, edges: Sequence[float]) -> np.ndarray:
    """The interval between `edges` that each share lies in, (N, K); -1 where there is no object."""
    return np.where(shares > 0, np.searchsorted(np.asarray(edges), shares, "right"), -1)
