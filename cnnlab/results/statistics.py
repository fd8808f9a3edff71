"""Every 95% interval of the project: means, shares, differences, bootstrap draws."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Estimate:
    """A value with its 95% interval and the number of things it rests on.

    The interval covers the choice of those things and nothing else: one over test images does not
    cover the luck of a training run. `over` names them: "folds", "images", "nets", "seeds".

    >>> print(Estimate(62.0, 57.0, 67.0, 3, "folds"))
    62.0 [57.0, 67.0], n = 3 folds
    """

    value: float
    low: float
    high: float
    n: int
    over: str | None = None

    def cell(self, row: str, column: str) -> dict[str, object]:
        """As one line of a tidy table."""
        return {"row": row, "column": column, **self.__dict__}

    def minus(self, other: "Estimate") -> "Estimate":
        """The difference from an independent estimate, covering what both intervals cover.

        The distances to the ends add in squares (Zou and Donner, 2008). n is the smaller one.
        """
        below = np.hypot(self.value - self.low, other.high - other.value)
        above = np.hypot(self.high - self.value, other.value - other.low)
        value = self.value - other.value
        over = self.over if self.over == other.over else f"{self.over} and {other.over}"
        ends = (float(value - below), float(value + above))
        return Estimate(value, *ends, min(self.n, other.n), over)

    def __str__(self) -> str:
        return f"{self.text()}, {self.count}"

    def text(self, unit: str = "", limits: Iterable[float] = ()) -> str:
        """Value and interval, with decimals that fit its width and keep ends off `limits`."""
        ends = np.array([self.low, self.high])
        half = float(ends[1] - ends[0]) / 2 if np.isfinite(ends).all() else 0.0
        scale = half or abs(self.value)
        digits = max(1, -int(np.floor(np.log10(scale)))) if 0 < scale < 1 else 1
        near = [abs(end - limit) for limit in limits for end in ends if end != limit]
        digits += sum(any(d <= 0.5 / 10 ** (digits + k) for d in near) for k in range(3))
        value = f"{self.value:.{digits}f}{unit}"
        if not np.isfinite(ends).all():
            return value
        return f"{value} [{self.low:.{digits}f}, {self.high:.{digits}f}]"

    @property
    def count(self) -> str:
        """What the interval rests on, in words: "n = 5 folds"."""
        return f"n = {self.n:,}" + (f" {self.over}" if self.over else "")


UNKNOWN = Estimate(float("nan"), float("nan"), float("nan"), 0)


def mean_of(values: ArrayLike, over: str | None = None) -> Estimate:
    """Mean of (N,) numbers with Student's t interval, NaN left out.

    Covers the choice of what was measured; folds share images, so there it is the luck of the
    split. A single number has an interval without ends; of none all is NaN and n is 0.

    >>> print(mean_of([60.0, 62.0, 64.0], "folds"))
    62.0 [57.0, 67.0], n = 3 folds
    """
    x = np.asarray(values, dtype=float)
    x = x[np.isfinite(x)]
    n = len(x)
    if n == 0:
        return UNKNOWN
    half = _t(n - 1) * x.std(ddof=1) / n**0.5 if n > 1 else float("inf")
    value = float(x.mean())
    return Estimate(value, float(value - half), float(value + half), n, over)


def paired_difference(a: ArrayLike, b: ArrayLike, over: str | None = None) -> Estimate:
    """Mean of a - b for (N,) numbers of the same things, with Student's t interval.

    Covers the choice of those things. Pairs with a NaN are left out. Raises ValueError for arrays
    that do not pair.

    >>> print(paired_difference([5.0, 7.0, 9.0], [4.0, 5.0, 6.0]))
    2.0 [-0.5, 4.5], n = 3
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if len(a) != len(b):
        raise ValueError(f"{len(a)} and {len(b)} values do not pair: score the same things")
    return mean_of(a - b, over)


def difference(a: ArrayLike, b: ArrayLike, over: str | None = None) -> Estimate:
    """Mean of a (N,) minus mean of b (M,), two sets of things, with Welch's t interval.

    Covers the choice of both sets; n is that of the smaller. NaN are left out; with fewer than two
    values on a side all is NaN.

    >>> print(difference([3.0, 5.0, 4.0], [1.0, 1.5, 2.0]))
    2.5 [0.4, 4.6], n = 3
    """
    from scipy.stats import ttest_ind

    a, b = (v[np.isfinite(v)] for v in (np.asarray(a, float), np.asarray(b, float)))
    if min(len(a), len(b)) < 2:
        return UNKNOWN
    value, n = float(a.mean() - b.mean()), min(len(a), len(b))
    if a.std() == b.std() == 0:
        return Estimate(value, value, value, n, over)
    low, high = ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    return Estimate(value, float(low), float(high), n, over)


def share(hits: ArrayLike, over: str | None = None) -> Estimate:
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
    return Estimate(100 * right / n, 100 * low, 100 * high, n, over)


def bootstrap(
    value: float,
    draws: np.ndarray,
    n: int,
    over: str | None = None,
    *,
    bounds: tuple[float, float] = (0.0, 100.0),
) -> Estimate:
    """A value with Student's t times the deviation of its bootstrap draws (D,), within `bounds`.

    Covers the choice of the `n` things that were redrawn. NaN are left out. Not the draws' own
    quantiles: a redrawn image ties with its copy, which shifts AP a little.

    >>> print(bootstrap(60.0, np.array([58.0, 60.0, 62.0]), 41, "images"))
    60.0 [56.0, 64.0], n = 41 images
    """
    draws = draws[np.isfinite(draws)]
    deviation = float(draws.std(ddof=1)) if len(draws) > 1 else float("nan")
    half = _t(max(1, n - 1)) * deviation
    low, high = np.clip([value - half, value + half], *bounds)  # NaN stays NaN
    return Estimate(float(value), float(low), float(high), int(n), over)


def share_of_mean(part: ArrayLike, whole: ArrayLike, over: str | None = None) -> Estimate:
    """Mean of `part` (N,) as a percentage of that of `whole` (N,), with a bootstrap interval.

    Covers the choice of the N things, redrawn with both their numbers. A mean of quotients would
    rest on the things whose `whole` is small. Raises ValueError for arrays that do not pair.

    >>> print(share_of_mean([0.1, 0.5, 0.9], [0.2, 1.0, 1.8], "images"))
    50.0 [50.0, 50.0], n = 3 images
    """
    from scipy.stats import bootstrap

    a, b = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    if len(a) != len(b):
        raise ValueError(f"{len(a)} and {len(b)} values do not pair: score the same things")
    value = float(100 * a.mean() / b.mean())
    if len(a) < 2:
        return Estimate(value, float("-inf"), float("inf"), len(a), over)

    of = lambda a, b, axis: 100 * a.mean(axis=axis) / b.mean(axis=axis)  # noqa: E731
    low, high = bootstrap((a, b), of, paired=True, method="percentile", rng=0).confidence_interval
    return Estimate(value, float(low), float(high), len(a), over)


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
