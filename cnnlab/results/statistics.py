"""Intervals: of a share of images, of differences on the same images, of a mean over runs."""

from dataclasses import dataclass

import numpy as np

Z95 = 1.959964  # normal quantile of a two-sided 95% interval


@dataclass(frozen=True)
class Estimate:
    """A value with its 95% interval and the number of things it rests on."""

    value: float
    low: float
    high: float
    n: int

    def cell(self, row: str, column: str) -> dict[str, object]:
        """As one line of a tidy table."""
        return {"row": row, "column": column, **self.__dict__}

    def __str__(self) -> str:
        return f"{self.value:.1f} [{self.low:.1f}, {self.high:.1f}], n = {self.n}"


def share(hits: np.ndarray) -> Estimate:
    """Percentage of true values in (N,) bool, with Wilson's interval; ValueError for no values."""
    n = len(hits)
    if n == 0:
        raise ValueError("a share of nothing has no value; give at least one image")
    p = float(np.mean(hits))
    centre = (p + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = float(Z95 * np.sqrt(p * (1 - p) / n + Z95**2 / (4 * n**2)) / (1 + Z95**2 / n))
    # at 0 and 1 the interval ends there exactly, which rounding would miss
    low = 0.0 if p == 0 else centre - half
    high = 1.0 if p == 1 else centre + half
    return Estimate(100 * p, 100 * low, 100 * high, n)


def difference(a: np.ndarray, b: np.ndarray) -> Estimate:
    """Mean of a - b in percent for two (N,) bool arrays over the same images, paired.

    The interval covers the choice of test images, not that of the training run: see `--seeds`.
    Raises ValueError for arrays that cannot be paired.
    """
    if len(a) != len(b) or len(a) == 0:
        raise ValueError(f"{len(a)} and {len(b)} answers do not pair: score the same images")
    d = a.astype(float) - b.astype(float)
    half = Z95 * float(d.std(ddof=1)) / len(d) ** 0.5 if len(d) > 1 else float("inf")
    value = 100 * float(d.mean())
    return Estimate(value, value - 100 * half, value + 100 * half, len(d))


def mean_of(values: np.ndarray) -> Estimate:
    """Mean of (N,) numbers, one a run or a fold, with the interval of Student's t.

    A single number has an interval without ends. Raises ValueError for none.
    """
    from scipy.stats import t

    n = len(values)
    if n == 0:
        raise ValueError("a mean of nothing has no value; give at least one number")
    value = float(np.mean(values))
    half = float("inf")
    if n > 1:
        half = float(t.ppf(0.975, n - 1)) * float(np.std(values, ddof=1)) / n**0.5
    return Estimate(value, value - half, value + half, n)
