"""Data model: a rendered picture and what is truly in it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Instance:
    """One object in a picture; masks and boxes cover what can be seen of it."""

    label: int
    name: str  # class
    variety: str  # "family/variety"
    mask: Mask  # (H, W)
    box: Box  # x1, y1, x2, y2 in pixels, half-open, tight around the mask
    landmarks: dict[str, tuple[float, float]] = field(default_factory=dict)
    difficult: bool = False
    truncated: bool = False  # cut by the picture's border
    occluded: bool = False  # partly behind something


@dataclass(frozen=True)
class Scene:
    """A picture with its truth; `label` is the class of the whole picture."""

    image: Image  # (H, W, 3) RGB
    label: int
    instances: tuple[Instance, ...] = ()


def tight(mask: Mask) -> Box:
    """Smallest half-open box around the True pixels, (0, 0, 0, 0) if there are none."""
    columns, rows = np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))
    if not len(columns):
        return (0.0, 0.0, 0.0, 0.0)
    left, top = float(columns[0]), float(rows[0])
    return (left, top, float(columns[-1] + 1), float(rows[-1] + 1))
