"""Features of boxes with a code put into them: one filter, many that help each other, copies."""

import numpy as np

from cnnlab.units.vectors import Boxes

CLASSES, FILTERS = 5, 40
GRANDMOTHER, REDUNDANT, DISTRIBUTED = 0, 1, 2  # classes; those after them are like DISTRIBUTED


def planted(n: int = 600, seed: int = 0) -> Boxes:
    """Boxes whose class 0 is told by filter 0 alone and class 1 by each of filters 1 to 8.

    The other classes are told by filters 9 to 39 together, none of which says much alone.
    """
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % CLASSES
    rows = 0.1 * rng.random((n, FILTERS))
    rows[labels == GRANDMOTHER, 0] += 1
    rows[labels == REDUNDANT, 1:9] += 1
    rate = np.random.default_rng(99).uniform(0.2, 0.8, (CLASSES, FILTERS))  # how often each fires
    rows[:, 9:] += rng.random((n, FILTERS - 9)) < rate[labels, 9:]
    owner, names = np.arange(n) // 2, tuple(f"class {k}" for k in range(CLASSES))
    return Boxes(rows.astype(np.float32), labels, np.ones(n, bool), owner, names)
