"""Areas under the entropy curves of all filters of a layer, in one pass over their scores.

A curve needs, for every class, how many scores lie at or above each threshold. So each score is
counted once, by the thresholds that it reaches, and the counts are summed from the top. The lowest
score, 0 for most, reaches none and is left out. Few filters are in memory at a time.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from scipy.special import entr

from cnnlab.artifacts.progress import processors

Thresholds = Callable[[np.ndarray], np.ndarray]

BLOCK = 4_000_000  # scores that are read at a time


def areas(
    responses: np.ndarray,
    labels: np.ndarray,
    kinds: Sequence[str],
    thresholds: Thresholds,
    *,
    even: bool,
) -> dict[str, np.ndarray]:
    """What `cnnlab.units.selectivity` gives, to rounding: kind -> (C,).

    responses (N, C, p, p) may lie on disk; `thresholds` gives those of a filter's scores, rising,
    with `even` steps or not. The result does not depend on the number of processors.
    """
    boxes, filters, *place = responses.shape
    places = int(np.prod(place))
    classes, width = np.repeat(labels, places), int(labels.max()) + 1
    size = max(1, BLOCK // (boxes * places))

    def measure(first: int) -> list[list[float]]:
        rows = []
        for filter, maps in enumerate(_block(responses, first, size), first):
            low = _lowest(maps, filter, kinds)
            values = {}
            if {"label", "weighted"} & set(kinds):
                cells = _Cells(maps.ravel(), classes, width, thresholds, low, even)
                values["label"] = cells.area()
                if "weighted" in kinds:
                    values["weighted"] = cells.area(weighted=True)
            if "spmax" in kinds:
                best = maps.max(axis=1)
                values["spmax"] = _Cells(best, labels, width, thresholds, best.min(), even).area()
            rows.append([values[kind] for kind in kinds])
        return rows

    with ThreadPoolExecutor(processors()) as pool:
        rows = [row for part in pool.map(measure, range(0, filters, size)) for row in part]
    return dict(zip(kinds, np.array(rows).T, strict=True))


class _Cells:
    """The scores (M,) of one filter that reach any threshold, each in its cell (reached, class)."""

    def __init__(
        self,
        scores: np.ndarray,
        classes: np.ndarray,
        width: int,
        thresholds: Thresholds,
        low: float,
        even: bool,
    ):
        above = np.flatnonzero(scores > low)
        if not len(above):  # a score that never changes reaches every threshold
            above = np.arange(len(scores))
        self.scores = scores.take(above).astype(float)
        rising = thresholds(scores)
        reached = _even(rising, self.scores) if even else rising.searchsorted(self.scores, "right")
        self.cells = reached * width + classes.take(above)
        self.shape = (len(rising) + 1, width)

    def area(self, *, weighted: bool = False) -> float:
        """Mean entropy over the thresholds."""
        counts = self._at_or_above(None)
        if weighted:
            sums = self._at_or_above(self.scores)
            counts = np.where(sums.any(axis=1, keepdims=True), sums, counts)
        shares = counts / counts.sum(axis=1, keepdims=True)
        return float(entr(shares).sum(axis=1).mean())

    def _at_or_above(self, weights: np.ndarray | None) -> np.ndarray:
        """Number or sum of the scores of each class, (thresholds, K), from the highest down."""
        size = self.shape[0] * self.shape[1]
        sums = np.bincount(self.cells, weights, minlength=size).reshape(self.shape)
        return sums[:0:-1].cumsum(axis=0)


def _even(rising: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """`searchsorted` where thresholds rise in even steps: a guess, mended by one either way."""
    steps = len(rising) - 1
    width = (rising[-1] - rising[0]) / steps
    if not width > 0:
        return rising.searchsorted(scores, "right")
    guess = ((scores - (rising[0] - width)) / width).astype(np.intp).clip(0, steps + 1)
    ends = np.concatenate([[-np.inf], rising, [np.inf]])
    guess -= scores < ends[guess]
    guess += scores >= ends[guess + 1]
    return guess


def _block(responses: np.ndarray, first: int, size: int) -> np.ndarray:
    """Filters from `first` on as (filters, N, p * p), in float32 where that holds every score."""
    part = np.asarray(responses[:, first : first + size])
    part = np.ascontiguousarray(part.reshape(*part.shape[:2], -1).swapaxes(0, 1))
    if part.dtype == np.float16:  # torch is ten times as fast at this as NumPy
        return torch.from_numpy(part).float().numpy()
    return part if part.dtype == np.float32 else part.astype(float, copy=False)


def _lowest(maps: np.ndarray, filter: int, kinds: Sequence[str]) -> float:
    """The lowest score of a filter; raises ValueError for scores that cannot be measured."""
    low, high = float(maps.min()), float(maps.max())  # NaN where a score is
    if not np.isfinite([low, high]).all():
        raise ValueError(f"filter {filter} has scores that are not finite; extract them again")
    if low < 0 and "weighted" in kinds:
        raise ValueError(
            f"filter {filter} has negative scores, which have no weight; give responses after the "
            "ReLU, or leave the weighted entropy out"
        )
    return low
