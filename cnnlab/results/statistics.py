"""Every 95% interval of the project: means, shares, differences, bootstrap draws."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Estimate:
    """A value with its 95% interval and the number of things it rests on.

    The interval covers the choice of those things (images, classes, folds or seeds) and nothing
    else: one over test images does not cover the luck of a training run.

    >>> print(Estimate(62.0, 57.0, 67.0, 3))
    62.0 [57.0, 67.0], n = 3
    """

    value: float
    low: float
    high: float
    n: int

    def cell(self, row: str, column: str) -> dict[str, object]:
        """As one line of a tidy table."""
        return {"row": row, "column": column, **self.__dict__}

    def minus(self, other: "Estimate") -> "Estimate":
        """The difference from an independent estimate, covering what both intervals cover.

        The distances to the ends add in squares (Zou and Donner, 2008). n is that of this one.
        """
        below = np.hypot(self.value - self.low, other.high - other.value)
        above = np.hypot(self.high - self.value, other.value - other.low)
        value = self.value - other.value
        return Estimate(value, float(value - below), float(value + above), self.n)

    def __str__(self) -> str:
        return f"{self.value:.1f} [{self.low:.1f}, {self.high:.1f}], n = {self.n}"


UNKNOWN = Estimate(float("nan"), float("nan"), float("nan"), 0)


def mean_of(values: ArrayLike) -> Estimate:
    """Mean of (N,) numbers with Student's t interval, NaN left out.

    Covers the choice of what was measured; folds share images, so there it is the luck of the
    split. A single number has an interval without ends; of none all is NaN and n is 0.

    >>> print(mean_of([60.0, 62.0, 64.0]))
    62.0 [57.0, 67.0], n = 3
    """
    x = np.asarray(values, dtype=float)
    x = x[np.isfinite(x)]
    n = len(x)
    if n == 0:
        return UNKNOWN
    half = _t(n - 1) * x.std(ddof=1) / n**0.5 if n > 1 else float("inf")
    value = float(x.mean())
    return Estimate(value, float(value - half), float(value + half), n)


def paired_difference(a: ArrayLike, b: ArrayLike) -> Estimate:
    """Mean of a - b for (N,) numbers of the same things, with Student's t interval.

    Covers the choice of those things. Pairs with a NaN are left out. Raises ValueError for arrays
    that do not pair.

    >>> print(paired_difference([5.0, 7.0, 9.0], [4.0, 5.0, 6.0]))
    2.0 [-0.5, 4.5], n = 3
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if len(a) != len(b):
        raise ValueError(f"{len(a)} and {len(b)} values do not pair: score the same things")
    return mean_of(a - b)


def difference(a: ArrayLike, b: ArrayLike) -> Estimate:
    """Mean of a (N,) minus mean of b (M,), two sets of things, with Welch's t interval.

    Covers the choice of both sets. NaN are left out; with fewer than two values on a side all is
    NaN.

    >>> print(difference([3.0, 5.0, 4.0], [1.0, 1.5, 2.0]))
    2.5 [0.4, 4.6], n = 6
    """
    a, b = (v[np.isfinite(v)] for v in (np.asarray(a, float), np.asarray(b, float)))
    if min(len(a), len(b)) < 2:
        return UNKNOWN
    value, n = float(a.mean() - b.mean()), len(a) + len(b)
    parts = np.array([a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)])
    if parts.sum() == 0:
        return Estimate(value, value, value, n)
    freedom = parts.sum() ** 2 / (parts**2 / (np.array([len(a), len(b)]) - 1)).sum()
    half = float(_t(freedom) * parts.sum() ** 0.5)
    return Estimate(value, value - half, value + half, n)


def share(hits: ArrayLike) -> Estimate:
    """Percentage of true values in (N,) bool, with Wilson's interval; ValueError for no values.

    Covers the choice of the N things.

    >>> print(share([True, False, False, True]))
    50.0 [15.0, 85.0], n = 4
    """
    from scipy.stats import binomtest

    hits = np.asarray(hits)
    n, right = len(hits), int(hits.sum())
    if n == 0:
        raise ValueError("a share of nothing has no value; give at least one image")
    interval = binomtest(right, n).proportion_ci(0.95, method="wilson")
    # an interval of no hits, or of hits alone, ends there exactly, which rounding would miss
    low = 0.0 if right == 0 else float(interval.low)
    high = 1.0 if right == n else float(interval.high)
    return Estimate(100 * right / n, 100 * low, 100 * high, n)


def bootstrap(value: float, draws: np.ndarray, n: int) -> Estimate:
    """A percentage with a normal interval of the deviation of its bootstrap draws (D,).

    Covers the choice of what was redrawn. NaN are left out. Not the draws' own quantiles: a redrawn
    image ties with its copy, which shifts AP a little.
    """
    from scipy.stats import norm

    draws = draws[np.isfinite(draws)]
    deviation = float(draws.std(ddof=1)) if len(draws) > 1 else float("nan")
    half = float(norm.ppf(0.975)) * deviation
    low, high = float(max(0.0, value - half)), float(min(100.0, value + half))
    return Estimate(float(value), low, high, int(n))


def correlation(a: ArrayLike, b: ArrayLike) -> float:
    """Pearson correlation of two arrays of one shape; NaN where either does not vary."""
    x, y = np.ravel(a).astype(float), np.ravel(b).astype(float)
    if len(x) * x.std() * y.std() < 1e-12:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def _t(freedom: float) -> float:
    """Quantile of Student's t at the upper end of a 95% interval."""
    from scipy.stats import t

    return float(t.ppf(0.975, freedom))
