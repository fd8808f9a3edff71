"""What the part grammars draw with: a pen that records parts, marks and materials of one object."""

import math
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnlab.datasets.world.looks import Look
from cnnlab.datasets.world.shapes import Points

Mode = Literal["solid", "decal", "flat", "line"]


class Part(NamedTuple):
    """One recorded part: its outline in object units and how it is painted."""

    mode: Mode
    points: Points  # (N, 2)
    look: Look
    amount: float  # solid: roundness of the shading; line: width in object units
    casts: bool  # solid: throws a soft shadow on what lies behind it


class Pen:
    """Records the parts of one object, from back to front, and its named landmarks.

    A pen made by `at` draws into the same record through its own place, size and turn, so a grammar
    can set a whole head or wheel in position.
    """

    __slots__ = ("_matrix", "_offset", "_size", "marks", "parts")

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.marks: dict[str, tuple[float, float]] = {}
        self._matrix: NDArray[np.float64] | None = None
        self._offset: tuple[float, float] = (0.0, 0.0)
        self._size = 1.0

    def at(
        self, x: float, y: float, size: float = 1.0, turn: float = 0.0, squeeze: float = 1.0
    ) -> "Pen":
        """A pen whose origin lies at (x, y), scaled by `size` (x also by `squeeze`) and turned."""
        child = Pen.__new__(Pen)
        child.parts, child.marks = self.parts, self.marks
        cos, sin = math.cos(turn), math.sin(turn)
        wide = size * squeeze
        matrix = np.array(((cos * wide, sin * wide), (-sin * size, cos * size)))
        place = np.array((x, y))
        if self._matrix is not None:
            matrix = matrix @ self._matrix
            place = place @ self._matrix
        child._matrix = matrix
        child._offset = (place[0] + self._offset[0], place[1] + self._offset[1])
        child._size = self._size * size * math.sqrt(abs(squeeze))
        return child

    def _placed(self, points: Points) -> Points:
        return points if self._matrix is None else points @ self._matrix + self._offset

    def solid(self, points: Points, look: Look, round: float = 1.0, casts: bool = True) -> None:
        """A shaded surface; `round` sets how far the shading reaches in from the edge."""
        self.parts.append(Part("solid", self._placed(points), look, round, casts))

    def decal(self, points: Points, look: Look) -> None:
        """A marking on the last solid, cut off at its outline and sharing its shading."""
        self.parts.append(Part("decal", self._placed(points), look, 0.0, False))

    def flat(self, points: Points, colour: int) -> None:
        """A small plain area without shading of its own."""
        self.parts.append(Part("flat", self._placed(points), Look(colour), 0.0, False))

    def line(self, points: Points, colour: int, width: float) -> None:
        """A thin line of the given width in object units."""
        part = Part("line", self._placed(points), Look(colour), width * self._size, False)
        self.parts.append(part)

    def mark(self, name: str, x: float, y: float) -> None:
        """A landmark, such as the centre of an eye."""
        place = self._placed(np.array(((x, y),)))[0]
        self.marks[name] = (float(place[0]), float(place[1]))
