"""Intervals of means over things that were measured: images, maps, sets of faces."""

import numpy as np

from cnnlab.statistics import Z95, Estimate


def average(values: np.ndarray) -> Estimate:
    """Mean of (N,) measurements with its 95% interval; NaN are left out."""
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    n = len(values)
    if not n:
        return Estimate(float("nan"), float("nan"), float("nan"), 0)
    half = Z95 * values.std(ddof=1) / np.sqrt(n) if n > 1 else float("inf")
    mean = float(values.mean())
    return Estimate(mean, mean - half, mean + half, n)


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson correlation of two arrays of one shape; NaN where either does not vary."""
    a, b = np.ravel(a).astype(float), np.ravel(b).astype(float)
    a, b = a - a.mean(), b - b.mean()
    size = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / size) if size > 1e-12 else float("nan")
