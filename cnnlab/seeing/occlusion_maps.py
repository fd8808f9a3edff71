"""What occlusion measures, position by position of the square (ZF Fig. 5), and how to read it.

N images of H x W pixels, a grid of R x C positions of the square.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class OcclusionMaps:
    """Fig. 5's maps (b), (d) and (e), and the values of the picture with nothing hidden."""

    activation: np.ndarray  # (N, R, C) total of the watched map: (b)
    probability: np.ndarray  # (N, R, C) of the true class: (d)
    label: np.ndarray  # (N, R, C) most probable class: (e)
    unit: np.ndarray  # (N,) the watched map: the one with the strongest response
    clear_activation: np.ndarray  # (N,) with nothing hidden
    clear_probability: np.ndarray
    clear_label: np.ndarray
    top: np.ndarray  # (R,) first row of the square
    left: np.ndarray  # (C,) first column
    size: int  # side of the square

    def drop(self) -> np.ndarray:
        """How much p(true class) falls at each position: (N, R, C)."""
        return self.clear_probability[:, None, None] - self.probability

    def activation_drop(self) -> np.ndarray:
        """How much the total of the watched map falls at each position: (N, R, C)."""
        return self.clear_activation[:, None, None] - self.activation

    def over_pixels(self, values: np.ndarray, height: int, width: int) -> np.ndarray:
        """Values (N, R, C) over the picture: (N, height, width), NaN where no square comes.

        Each pixel gets the mean over the squares that hide it.
        """
        total, count = np.zeros((len(values), height, width)), np.zeros((height, width))
        for r, y in enumerate(self.top):
            for c, x in enumerate(self.left):
                part = np.s_[y : y + self.size, x : x + self.size]
                total[:, part[0], part[1]] += values[:, r, c, None, None]
                count[part] += 1
        with np.errstate(invalid="ignore"):
            return total / count

    def under_square(self, values: np.ndarray) -> np.ndarray:
        """Mean of values (N, H, W) under the square at each position: (N, R, C)."""
        total = np.pad(values.astype(float).cumsum(1).cumsum(2), ((0, 0), (1, 0), (1, 0)))
        y, x, size = self.top[:, None], self.left, self.size
        corners = total[:, y + size, x + size] + total[:, y, x]
        return (corners - total[:, y, x + size] - total[:, y + size, x]) / size**2

    def drop_on_and_off(self, masks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean drop over the pixels on and off masks (N, H, W), picture by picture: (N,) each.

        Pixels that no square hides are left out; NaN where no pixel remains.
        """
        values = self.over_pixels(self.drop(), *masks.shape[1:])
        hidden = np.isfinite(values)
        with np.errstate(invalid="ignore"):
            on, off = (
                np.where(part, values, 0).sum(axis=(1, 2)) / part.sum(axis=(1, 2))
                for part in (masks & hidden, ~masks & hidden)
            )
        complete = np.isfinite(on) & np.isfinite(off)
        return np.where(complete, on, np.nan), np.where(complete, off, np.nan)

    def deepest(self, labels: Sequence[int] | np.ndarray, count: int) -> np.ndarray:
        """Numbers of `count` images of different `labels` (N,) whose p(true) falls most."""
        order = np.argsort(-self.drop().max(axis=(1, 2)), kind="stable")
        _, first = np.unique(np.asarray(labels)[order], return_index=True)
        return order[np.sort(first)][:count]

    def nearest(self, y: float, x: float) -> tuple[int, int]:
        """Row and column of the grid whose square's centre lies nearest to a pixel."""
        r, c = (
            int(np.abs(starts + self.size / 2 - place).argmin())
            for starts, place in ((self.top, y), (self.left, x))
        )
        return r, c
