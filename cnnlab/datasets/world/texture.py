"""Grey texture tiles: periodic patterns with natural statistics, turned, scaled and cached.

Colour comes later, by a ramp (see `looks`), so one tile serves every coat and every wall.
"""

import math
from functools import lru_cache

import cv2
import numpy as np

from cnnlab.datasets.world.patterns import LENGTH, PATTERNS, SIDE, Grey

DIRECTIONS = 8  # a half turn in this many steps: no pattern tells up from down


def names() -> tuple[str, ...]:
    """Every texture there is."""
    return tuple(PATTERNS)


@lru_cache(maxsize=len(PATTERNS))
def _base(name: str) -> Grey:
    return PATTERNS[name][0]()


@lru_cache(maxsize=1600)
def _turned(name: str, step: int, direction: int, side: int) -> Grey:
    length = 2.0 ** (step / 2)
    small = max(8, round(SIDE * length / LENGTH))
    base: Grey = _base(name)
    if small != SIDE:
        how = cv2.INTER_AREA if small < SIDE else cv2.INTER_LINEAR
        base = np.asarray(cv2.resize(base, (small, small), interpolation=how), np.uint8)
    reach = side if not direction else side + side // 2
    copies = -(-reach // small)
    spread = np.tile(base, (copies, copies))[:reach, :reach]
    if direction:  # turn about the centre of a larger sheet, so that no corner stays empty
        centre = ((reach - 1) / 2, (reach - 1) / 2)
        matrix = cv2.getRotationMatrix2D(centre, -180.0 * direction / DIRECTIONS, 1.0)
        margin = (reach - side) // 2
        matrix[:, 2] -= margin
        spread = cv2.warpAffine(spread, matrix, (side, side), flags=cv2.INTER_LINEAR)
    spread = np.ascontiguousarray(spread, np.uint8)
    spread.flags.writeable = False
    return spread


def tile(name: str, length: float, angle: float, side: int) -> Grey:
    """Texture `name` with characteristic `length` px, turned by `angle` radians: (side, side).

    Length is rounded to half octaves and angle to eighths of a half turn, so that few tiles serve
    all parts.
    """
    step = round(2 * math.log2(min(max(length, 3.0), 4.0 * LENGTH)))
    direction = round(angle * (DIRECTIONS / math.pi)) % DIRECTIONS if PATTERNS[name][1] else 0
    return _turned(name, step, direction, side)
