"""Surfaces: colours, texture and finish of a part, and the tables that turn grey into colour."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.uint8]
Tint = NDArray[np.float64]

LIT = 128  # the shade value that leaves a colour as it is


class Look(NamedTuple):
    """Surface of a part: colours are 0xRRGGBB, `grain` is the texture's length in object units."""

    colour: int
    other: int = -1  # second colour of a pattern; -1: a lighter and darker shade of `colour`
    texture: str = "mottle"
    grain: float = 0.25
    angle: float = 0.0
    contrast: float = 0.28
    finish: str = "matte"


def rgb(colour: int) -> tuple[float, float, float]:
    """Channels of 0xRRGGBB."""
    return (float(colour >> 16), float(colour >> 8 & 255), float(colour & 255))


def shade(colour: int, factor: float) -> int:
    """The colour made darker (< 1) or lighter (> 1)."""
    r, g, b = (min(255, int(value * factor)) for value in rgb(colour))
    return r << 16 | g << 8 | b


def blend(first: int, second: int, share: float) -> int:
    """Mixture with `share` of the second colour."""
    pairs = zip(rgb(first), rgb(second), strict=True)
    r, g, b = (int(a + (b - a) * share) for a, b in pairs)
    return r << 16 | g << 8 | b


@lru_cache(maxsize=4096)
def _stops(colour: int, other: int, contrast: float) -> NDArray[np.float64]:
    base = np.array(rgb(colour))
    if other < 0:
        low, high = base * (1 - contrast), base + (255 - base) * contrast * 0.35 + base * contrast
        return np.stack([low, base, high])
    second = np.array(rgb(other))
    return np.stack([base, (base + second) / 2, second])


def ramp(look: Look, tint: Tint) -> Table:
    """Table (256, 1, 3) that maps texture grey to the look's colours under a colour transform."""
    stops = _stops(look.colour, look.other, look.contrast) @ tint
    small = np.minimum(np.maximum(stops, 4), 250).astype(np.uint8).reshape(-1, 1, 3)
    return np.asarray(cv2.resize(small, (1, 256), interpolation=cv2.INTER_LINEAR), np.uint8)


def tinted(colour: int, tint: Tint) -> tuple[int, int, int]:
    """The colour under a colour transform, as drawing calls take it."""
    r, g, b = (int(min(max(value, 0.0), 255.0)) for value in (rgb(colour) @ tint).tolist())
    return r, g, b


def tint(hue: float, saturation: float, brightness: float) -> Tint:
    """Colour transform (3, 3): turn hue by radians about the grey axis, scale the rest."""
    cos, sin = np.cos(hue), np.sin(hue)
    third, root = (1 - cos) / 3, sin / np.sqrt(3)
    turn = np.array(
        [
            [cos + third, third - root, third + root],
            [third + root, cos + third, third - root],
            [third - root, third + root, cos + third],
        ]
    )
    grey = np.full((3, 3), 1 / 3)
    return brightness * (turn * saturation + grey * (1 - saturation))


def _curve(low: float, high: float, power: float, shine: float) -> Table:
    """Shade of a surface point from how much of its surroundings on the lit side is solid."""
    t = np.linspace(0, 1, 256)
    value = LIT * (low + (high - low) * t**power)
    value += shine * np.clip((t - 0.80) / 0.2, 0, 1) ** 2
    return np.clip(value, 0, 255).astype(np.uint8)


FINISHES: Mapping[str, Table] = MappingProxyType(
    {
        "matte": _curve(0.42, 1.12, 1.0, 0),
        "soft": _curve(0.60, 1.08, 1.0, 0),
        "gloss": _curve(0.34, 1.02, 1.1, 105),
        "metal": _curve(0.25, 1.05, 1.4, 127),
        "flat": _curve(0.86, 1.04, 1.0, 0),
        "glow": _curve(1.15, 1.5, 1.0, 0),
    }
)
