"""Random numbers that are a pure function of integer keys, fast enough to be drawn one by one."""

import math
import zlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def key(*words: str | int) -> int:
    """Stable 32-bit number for a sequence of names and integers (never Python's salted hash)."""
    return zlib.crc32("/".join(str(word) for word in words).encode())


class Rand:
    """Stream of random draws seeded by integers; the same keys give the same draws anywhere.

    Floats are drawn in blocks, since one call into numpy costs more than most parts of a picture.
    """

    __slots__ = ("_block", "_generator", "_next")

    def __init__(self, *keys: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(keys)))
        self._block = self._generator.random(192).tolist()
        self._next = 0

    def unit(self) -> float:
        """One number in [0, 1)."""
        if self._next == len(self._block):
            self._block = self._generator.random(192).tolist()
            self._next = 0
        value = self._block[self._next]
        self._next += 1
        return value

    def span(self, low: float, high: float) -> float:
        """One number in [low, high)."""
        return low + (high - low) * self.unit()

    def near(self, centre: float, spread: float) -> float:
        """`centre` scaled by a factor within 1 +- spread."""
        return centre * (1.0 + spread * (2.0 * self.unit() - 1.0))

    def normal(self, deviation: float = 1.0) -> float:
        """One normal number of mean 0 (Box-Muller), cut at three deviations."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self.unit()))
        return deviation * max(-3.0, min(3.0, radius * math.cos(2.0 * math.pi * self.unit())))

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return self.unit() < probability

    def below(self, count: int) -> int:
        """An integer in [0, count)."""
        return int(self.unit() * count)

    def between(self, low: int, high: int) -> int:
        """An integer in [low, high]."""
        return low + int(self.unit() * (high - low + 1))

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[int(self.unit() * len(choices))]
