"""SVMs on nested subsets of filters (AGM 4.2): each from the larger one, against LinearSVC anew."""

import numpy as np
from sklearn.svm import LinearSVC

from cnnlab.bench.paired import paired, rates
from cnnlab.bench.row import Row
from cnnlab.units.distributed import CONV, COST, rank_by_weight
from cnnlab.units.fast.subsets import subset_scores
from cnnlab.units.precision import column_aps

BOXES, FILTERS, CLASSES = 2000, 256, 20  # as many boxes to learn from as VOC's subset has
REPEATS = 3
APART = 0.5  # points of AP


def run() -> list[Row]:
    """17 sizes x 20 classes; RuntimeError where the two sides' APs differ by half a point."""
    rng = np.random.default_rng(0)
    labels = np.arange(2 * BOXES) % CLASSES
    liked = np.maximum(rng.normal(size=(CLASSES, FILTERS)) - 1, 0)  # few filters of each class
    rows = np.maximum(1.5 * liked[labels] + rng.normal(size=(2 * BOXES, FILTERS)) - 0.3, 0)
    rows = (rows / np.linalg.norm(rows, axis=1).mean()).astype(np.float32)
    x, tested = rows[:BOXES], rows[BOXES:]
    present = labels[:, None] == np.arange(CLASSES)
    targets = np.where(present[:BOXES], 1, -1)
    order = rank_by_weight(x, targets)

    def ours() -> np.ndarray:
        return subset_scores(x, targets, tested, order, CONV, COST)

    def theirs() -> np.ndarray:
        scores = np.empty((CLASSES, len(CONV), BOXES))
        for k, filters in enumerate(order):
            for s, size in enumerate(CONV):
                some = filters[:size]
                svm = LinearSVC(C=COST, random_state=0, max_iter=20_000)
                svm.fit(x[:, some], targets[:, k])
                scores[k, s] = svm.decision_function(tested[:, some])
        return scores

    aps = [
        [column_aps(one, present[BOXES:, [k]]) for k in range(CLASSES) for one in scores[k]]
        for scores in (ours(), theirs())
    ]
    apart = float(np.abs(np.array(aps[0]) - np.array(aps[1])).max())
    if apart > APART:
        raise RuntimeError(f"AP of the two sides differs by up to {apart:.2f} points")
    mine, rival = (rates(s, CLASSES * len(CONV)) for s in paired([ours, theirs], REPEATS))
    note = f"liblinear, one after another; no AP differs by more than {apart:.3f} points"
    return [Row("SVMs on subsets", mine, rival, unit="SVMs/s", must=">= 2x", note=note)]
