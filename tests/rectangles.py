"""Boxes drawn at random."""

import numpy as np


def some_boxes(rng: np.random.Generator, count: int, side: int = 30) -> np.ndarray:
    """Random VOC boxes (count, 4) in a picture of side x side."""
    corners = rng.integers(1, side + 1, (count, 2, 2))
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
