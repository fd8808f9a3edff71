"""What is lost when filters fall silent: SVMs on all filters, read again without some of them.

N boxes, F filters, K classes, D redrawings of the test boxes.
"""

from collections.abc import Sequence

import numpy as np

from cnnlab.probing.linear import newton_svms
from cnnlab.results.statistics import Estimate, bootstrap
from cnnlab.training.machine import threads
from cnnlab.units.distributed import COST
from cnnlab.units.fast.subsets import TOL
from cnnlab.units.precision import column_aps, redrawings
from cnnlab.units.vectors import Boxes


def silencing(
    train: Boxes,
    test: Boxes,
    filters: Sequence[int],
    *,
    c: float = COST,
    draws: int = 100,
    seed: int = 0,
) -> dict[str, tuple[Estimate, Estimate, Estimate]]:
    """AP in percent of each class with all filters, with some set to 0, and the difference.

    The SVMs are those of `sweep` on all filters; they learned with the filters and are not taught
    again. Intervals cover the choice of the test images, the same ones before and after. A class
    without boxes on either side is left out.

    >>> rows, labels = np.eye(2, dtype=np.float32)[[0, 1, 1]], np.array([0, 1, 1])
    >>> boxes = Boxes(rows, labels, labels >= 0, owner=np.arange(3), classes=("a", "b"))
    >>> before, after, change = silencing(boxes, boxes, [0, 1])["a"]
    >>> before.value, round(after.value, 1), round(change.value, 1)
    (100.0, 33.3, -66.7)
    """
    tested = test.tested()
    length = np.linalg.norm(train.rows, axis=1).mean() or 1.0
    x, seen = (boxes.rows.astype(float) / length for boxes in (train, tested))
    known = np.flatnonzero(train.known & tested.present.any(axis=0))
    targets = np.where(train.present[:, known], 1, -1)
    with threads(1):  # the same on any number of processors
        weights, bias = newton_svms(x, targets, c=c, tol=TOL)  # (K, F), (K,)
    silent = seen.copy()
    silent[:, list(filters)] = 0
    counts = redrawings(tested.owner, draws, seed=seed)
    images, changes = len(np.unique(tested.owner)), {}
    for k, w, b in zip(known, weights, bias, strict=True):
        positive = tested.present[:, [k]]
        before, after = (column_aps(rows @ w + b, positive, counts) for rows in (seen, silent))
        estimates = [bootstrap(aps[0], aps[1:], images, "images") for aps in (before, after)]
        change, bounds = after - before, (-100.0, 100.0)
        estimates.append(bootstrap(change[0], change[1:], images, "images", bounds=bounds))
        changes[test.classes[k]] = tuple(estimates)
    return changes
