"""Grandmother cells (AGM 4.1): how well does one filter alone tell one class from all others?

N boxes, F filters, K classes. A filter's response to a box is its largest at any position; a
filter that fires on every box of a class and on nothing else has an AP of 100%.
"""

import numpy as np

from cnnlab.units.precision import column_aps


def filter_aps(responses: np.ndarray, present: np.ndarray) -> np.ndarray:
    """AP in percent of every filter for every class, (K, F).

    `responses` are (N, F), `present` (N, K) says of which class a box is. A filter that gives all
    boxes one number, a dead one too, has the share of the class. NaN for a class without boxes.
    Raises ValueError for responses that are not finite. (AGM 4.1)

    >>> responses = np.array([[3.0, 0.0], [2.0, 0.0], [0.0, 0.0], [1.0, 0.0]])
    >>> filter_aps(responses, np.array([[1, 0], [1, 0], [0, 1], [0, 1]]))
    array([[100.        ,  50.        ],
           [ 41.66666667,  50.        ]])
    """
    return np.stack([column_aps(scores, present) for scores in responses.T], axis=1)


def top_filters(aps: np.ndarray, count: int = 5) -> np.ndarray:
    """The `count` filters of highest AP for each class, (K, count), best first, from (K, F).

    >>> top_filters(np.array([[10.0, 30.0, 20.0]]), count=2)
    array([[1, 2]])
    """
    return np.argsort(-aps, axis=1, kind="stable")[:, :count]


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
