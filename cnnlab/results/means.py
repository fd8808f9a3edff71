"""Intervals of means over things that were measured: images, maps, sets of faces."""

import numpy as np

from cnnlab.results.statistics import Z95, Estimate


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


def difference(a: np.ndarray, b: np.ndarray) -> Estimate:
    """Mean of a minus mean of b, two sets of things, with its 95% interval; NaN are left out."""
    a, b = (v[np.isfinite(v)] for v in (np.asarray(a, float), np.asarray(b, float)))
    if min(len(a), len(b)) < 2:
        return Estimate(float("nan"), float("nan"), float("nan"), min(len(a), len(b)))
    value = float(a.mean() - b.mean())
    half = Z95 * np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return Estimate(value, value - half, value + half, len(a) + len(b))


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson correlation of two arrays of one shape; NaN where either does not vary."""
    a, b = np.ravel(a).astype(float), np.ravel(b).astype(float)
    a, b = a - a.mean(), b - b.mean()
    size = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / size) if size > 1e-12 else float("nan")
