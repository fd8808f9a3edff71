"""Grandmother cells (AGM 4.1): how well does one filter alone tell one class from all others?

N boxes, F filters, K classes. A filter's response to a box is its largest at any position; a
filter that fires on every box of a class and on nothing else has an AP of 100%.
"""

import numpy as np

from cnnlab.results.statistics import Estimate, bootstrap
from cnnlab.units.precision import column_aps, redrawings
from cnnlab.units.vectors import Boxes


def filter_aps(responses: np.ndarray, present: np.ndarray) -> np.ndarray:
    """AP in percent of every filter for every class, (K, F).

    `responses` are (N, F), `present` (N, K) says of which class a box is. A filter that gives all
    boxes one number, a dead one too, has the share of the class. NaN for a class without boxes.
    Raises ValueError for responses that are not finite. (AGM 4.1)

    >>> responses = np.array([[3.0, 0.0], [2.0, 0.0], [0.0, 0.0], [1.0, 0.0]])
    >>> filter_aps(responses, np.array([[1, 0], [1, 0], [0, 1], [0, 1]]))
    array([[100.,  50.],
           [ 50.,  50.]])
    """
    return np.stack([column_aps(scores, present) for scores in responses.T], axis=1)


def top_filters(aps: np.ndarray, count: int = 5) -> np.ndarray:
    """The `count` filters of highest AP for each class, (K, count), best first, from (K, F).

    >>> top_filters(np.array([[10.0, 30.0, 20.0]]), count=2)
    array([[1, 2]])
    """
    return np.argsort(-aps, axis=1, kind="stable")[:, :count]


def filter_ap_estimates(
    boxes: Boxes, filters: np.ndarray, *, draws: int = 200, seed: int = 0
) -> dict[str, Estimate]:
    """AP of one filter for each class, `filters` (K,), by the class's name; no class without boxes.

    The intervals cover the choice of the images.

    >>> rows, labels = np.eye(2, dtype=np.float32)[[0, 0, 1]], np.array([0, 0, 1])
    >>> boxes = Boxes(rows, labels, labels >= 0, owner=np.arange(3), classes=("cat", "dog"))
    >>> filter_ap_estimates(boxes, filters=np.array([0, 0]))["cat"].value
    100.0
    """
    counts = redrawings(boxes.owner, draws, seed=seed)  # (N, 1 + D)
    images = len(np.unique(boxes.owner))
    estimates = {}
    for k in np.flatnonzero(boxes.known):
        aps = column_aps(boxes.rows[:, filters[k]], boxes.present[:, [k]], counts)
        estimates[boxes.classes[k]] = bootstrap(aps[0], aps[1:], images, "images")
    return estimates


def chance_aps(
    responses: np.ndarray, present: np.ndarray, draws: int, *, seed: int = 0
) -> np.ndarray:
    """The best filter's AP for each class when the boxes' labels are shuffled, (draws, K).

    The control of a search: the best of many filters that know nothing beats one of them.

    >>> responses, present = np.eye(4), np.array([[1], [1], [0], [0]])
    >>> chance_aps(responses, present, draws=2).shape
    (2, 1)
    """
    rng = np.random.default_rng([seed, 31])
    shuffled = [rng.permutation(present) for _ in range(draws)]  # rows keep their classes
    aps = filter_aps(responses, np.concatenate(shuffled, axis=1))  # (draws * K, F)
    return aps.max(axis=1).reshape(draws, -1)
