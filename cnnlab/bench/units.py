"""Units: entropies of a whole layer in one pass, against a loop over filters and thresholds."""

import numpy as np
from scipy.stats import entropy

from cnnlab.artifacts.progress import processors
from cnnlab.bench.paired import paired, rates
from cnnlab.bench.row import Row
from cnnlab.units import selectivity

BOXES, CLASSES, FILTERS, SIDE = 6000, 20, 256, 6  # conv-5 of AGM's net on half of VOC's boxes
SHARE = 0.28  # of the scores are not 0 (AGM Table 6: 27.7%)
LOOPED = 4  # filters that the loop goes through: each takes as long as any
REPEATS = 3


def run() -> list[Row]:
    """Both sides give the same numbers, or RuntimeError says that they do not."""
    return _selectivity()


def _selectivity() -> list[Row]:
    rng = np.random.default_rng(0)
    shift = np.float32(np.quantile(rng.normal(size=100_000), 1 - SHARE))
    shape = (BOXES, FILTERS, SIDE, SIDE)
    scores = np.maximum(rng.standard_normal(shape, np.float32) - shift, 0).astype(np.float16)
    labels = rng.integers(0, CLASSES, BOXES)
    looped = scores[:, :LOOPED].astype(float)

    def one_pass() -> np.ndarray:
        return selectivity(scores, labels, ["label"])["label"]

    def loop() -> np.ndarray:
        return np.array([_area(looped[:, i], labels) for i in range(LOOPED)])

    apart = float(np.abs(one_pass()[:LOOPED] - loop()).max())
    if apart > 1e-9:
        raise RuntimeError(f"areas of the one pass and of the loop differ by {apart:.1e}")
    ours, theirs = paired([one_pass, loop], REPEATS)
    note = f"{BOXES:,} boxes x {SIDE * SIDE} positions, 100 thresholds; they agree to {apart:.0e}"
    row = Row(
        f"entropy of {FILTERS} filters",
        rates(ours, FILTERS),
        rates(theirs, LOOPED),
        unit="filters/s",
        must=">= 30x" if processors() == 2 else "",
        note=f"NumPy and SciPy, threshold by threshold; {note}",
    )
    return [row]


def _area(maps: np.ndarray, labels: np.ndarray) -> float:
    """The area under one filter's entropy curve as one writes it first; maps (N, p, p)."""
    scores, classes = maps.ravel(), np.repeat(labels, maps[0].size)
    thresholds = np.linspace(scores.min(), scores.max(), 101)[1:]
    counts = [np.bincount(classes[scores >= t], minlength=CLASSES) for t in thresholds]
    return float(np.mean([entropy(count) for count in counts]))
