"""Trains from the side."""

from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.families.vehicles import GLASS
from cnnlab.datasets.world.grammar import Kind
from cnnlab.datasets.world.looks import Look
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, box, oval, poly


@dataclass(frozen=True)
class Coach(Kind):
    """A train from the side: an engine and coaches; the rails are at y = 0."""

    paint: int = 0x2F5A8A
    trim: int = 0xE9E4D6
    nose: str = "slant"  # slant, box, steam
    cars: int = 2

    family: ClassVar[str] = "train"
    context: ClassVar[str] = "outdoor"
    stands: ClassVar[bool] = True
    turns: ClassVar[float] = 0.02

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Coaches from left to right, then the engine."""
        paint = Look(self.paint, -1, "brushed", 0.6, 0, 0.15, "gloss")
        for car in range(self.cars + 1):
            engine = car == self.cars
            x0 = 1.55 * car
            x1 = x0 + 1.5
            pen.solid(box(x0 + 0.08, -0.2, x1 - 0.08, -0.06), Look(0x2A2B2D), 0.4)
            if engine and self.nose == "slant":
                body = blob(x0, -0.14, x0, -0.86, x1 - 0.35, -0.86, x1 + 0.1, -0.45, x1 + 0.2,
                    -0.14, steps=2)
            else:
                body = box(x0, -0.86, x1, -0.14, 0.06)
            pen.solid(body, paint, 0.6)
            pen.decal(box(x0 - 0.2, -0.4, x1 + 0.3, -0.3), Look(self.trim))
            windows = 5 if not engine else 2
            for step in range(windows):
                wx = x0 + 0.14 + 0.26 * step
                pen.decal(box(wx, -0.74, wx + 0.19, -0.5, 0.03), GLASS)
            if engine:
                pen.decal(poly(x1 - 0.42, -0.8, x1 - 0.18, -0.8, x1 + 0.02, -0.52, x1 - 0.42,
                    -0.52), GLASS)
                pen.solid(oval(x1 + 0.06, -0.26, 0.06), Look(0xF8F2CE, finish="glow"))
            for wx in (x0 + 0.2, x0 + 0.45, x1 - 0.45, x1 - 0.2):
                pen.solid(oval(wx, -0.1, 0.1), Look(0x3A3B3D, finish="metal"), 0.8, False)
        pen.mark("engine", 1.55 * self.cars + 1.2, -0.5)
