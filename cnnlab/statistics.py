"""Intervals: of a share of images, and of differences between classifiers on the same images."""

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
    """Percentage of true values in (N,) bool, with Wilson's interval."""
    n = len(hits)
    p = float(np.mean(hits))
    centre = (p + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 * np.sqrt(p * (1 - p) / n + Z95**2 / (4 * n**2)) / (1 + Z95**2 / n)
    return Estimate(100 * p, 100 * max(0.0, centre - half), 100 * min(1.0, centre + half), n)


def difference(a: np.ndarray, b: np.ndarray) -> Estimate:
    """Mean of a - b in percent for two (N,) bool arrays over the same images, paired.

    The interval covers the choice of test images, not that of the training run: see `--seeds`.
    """
    d = a.astype(float) - b.astype(float)
    half = Z95 * d.std(ddof=1) / np.sqrt(len(d)) if len(d) > 1 else float("inf")
    value = 100 * float(d.mean())
    return Estimate(value, value - 100 * half, value + 100 * half, len(d))
