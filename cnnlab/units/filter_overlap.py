"""Do classes share filters (AGM 4.2, Figure 5)? How much of each class's best is another's too.

N boxes, F filters, K classes, D draws; a class has a set of its n most important filters.
"""

from collections.abc import Sequence

import numpy as np

from cnnlab.results.statistics import UNKNOWN, Estimate, paired_difference
from cnnlab.units.distributed import COST, rank_by_weight

SHARE = 50 / 256  # of the filters, in a class's set: AGM take 50 of 256
# PASCAL's own groups of its classes, by the short names of tables. "person" is alone in its group.
GROUPS = {
    "vehicles": ("aero", "bike", "boat", "bus", "car", "mbike", "train"),
    "animals": ("bird", "cat", "cow", "dog", "horse", "sheep"),
    "indoors": ("bottle", "chair", "table", "plant", "sofa", "tv"),
}


def set_size(filters: int) -> int:
    """How many filters a class's set has in a layer of so many: 50 in one of 256.

    >>> set_size(256), set_size(64)
    (50, 12)
    """
    return max(1, round(SHARE * filters))


def overlaps(order: np.ndarray, n: int) -> np.ndarray:
    """The share of each class's first n filters that are another's too, (K, K); 1 on the diagonal.

    `order` (K, F) has the filters of each class, the most important first. (AGM 4.2)

    >>> overlaps(np.array([[0, 1, 2], [2, 1, 0]]), n=2)
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    member = np.zeros(order.shape)  # (K, F), 1 for a filter of the set
    np.put_along_axis(member, order[:, :n], 1, axis=1)
    return member @ member.T / n


def others(matrix: np.ndarray) -> np.ndarray:
    """Mean overlap of each class with the others, (K,), from (K, K) or (D, K, K).

    >>> others(np.array([[1.0, 0.5], [0.5, 1.0]]))
    array([0.5, 0.5])
    """
    return (matrix.sum(axis=-1) - 1) / (matrix.shape[-1] - 1)


def chance_overlaps(filters: int, classes: int, n: int, draws: int, *, seed: int = 0) -> np.ndarray:
    """Overlaps of sets drawn at random, (D, K, K); their mean off the diagonal is n / F.

    >>> drawn = chance_overlaps(filters=64, classes=20, n=12, draws=50)
    >>> bool(abs(others(drawn).mean() - 12 / 64) < 0.01)
    True
    """
    rng = np.random.default_rng([seed, 37])
    orders = rng.permuted(np.tile(np.arange(filters), (draws, classes, 1)), axis=2)
    return np.stack([overlaps(order, n) for order in orders])


def shuffled_overlaps(
    rows: np.ndarray, labels: np.ndarray, n: int, draws: int, *, c: float = COST, seed: int = 0
) -> np.ndarray:
    """Overlaps where the boxes' labels were shuffled before the SVMs learned, (D, K, K).

    A filter whose responses vary much gets weight for any class; random sets do not know that.
    `rows` are (N, F), `labels` (N,) of classes that all have boxes.

    >>> rows = np.random.default_rng(0).normal(size=(40, 16)).astype(np.float32)
    >>> shuffled_overlaps(rows, np.arange(40) % 4, n=3, draws=2).shape
    (2, 4, 4)
    """
    rng = np.random.default_rng([seed, 41])
    drawn = (rng.permutation(labels) for _ in range(draws))
    signs = (np.where(one[:, None] == np.unique(labels), 1, -1) for one in drawn)
    return np.stack([overlaps(rank_by_weight(rows, targets, c), n) for targets in signs])


def related(classes: Sequence[str]) -> np.ndarray:
    """Which pairs of classes PASCAL puts into one group, (K, K) bool, by their short names.

    >>> related(["bus", "dog", "cat"])
    array([[False, False, False],
           [False, False,  True],
           [False,  True, False]])
    """
    group = np.array([next((g for g, of in GROUPS.items() if c in of), c) for c in classes])
    return (group[:, None] == group) & ~np.eye(len(classes), dtype=bool)


def relation_gain(matrix: np.ndarray, kin: np.ndarray) -> Estimate:
    """How much more a class shares with related classes than with others, paired over classes.

    `matrix` is (K, K), `kin` (K, K) as `related` gives it. Classes without relatives are left out.
    The interval covers the choice of the classes; each pair is in it twice.

    >>> matrix = np.array([[1.0, 0.6, 0.2], [0.6, 1.0, 0.1], [0.2, 0.1, 1.0]])
    >>> print(relation_gain(matrix, np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], bool)))
    0.4 [-0.2, 1.1], n = 2 classes
    """
    rest = ~kin & ~np.eye(len(kin), dtype=bool)
    both = kin.any(axis=1) & rest.any(axis=1)
    if not both.any():
        return UNKNOWN
    mean = [(matrix * mask).sum(axis=1)[both] / mask.sum(axis=1)[both] for mask in (kin, rest)]
    return paired_difference(*mean, over="classes")
