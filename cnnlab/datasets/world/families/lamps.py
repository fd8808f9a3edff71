"""Lamps and other lights."""

from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import arc, box, curve, lathe, oval, poly


@dataclass(frozen=True)
class Lamp(Kind):
    """Lights."""

    plan: str = "table"  # table, floor, chandelier, candelabra, lantern
    shade_colour: int = 0xEBD9A8
    metal: int = 0xB08A3A

    family: ClassVar[str] = "lamp"
    context: ClassVar[str] = "indoor"
    turns: ClassVar[float] = 0.04

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Draw by plan."""
        metal = Look(self.metal, finish="metal")
        lit = Look(self.shade_colour, -1, "ribs", 0.12, 1.57, 0.12,
            "glow" if rand.chance(0.6) else "soft")
        getattr(self, f"_{self.plan}")(pen, rand, metal, lit)

    def _table(self, pen: Pen, rand: Rand, metal: Look, lit: Look) -> None:
        pen.solid(lathe(0, -0.1, 0.06, 0.15, 0.1, 0.4, 0.32, 0.7, 0.22, 0.85, 0.12, 1.0, 0.38),
            metal)
        wide = rand.span(0.55, 0.75)
        pen.solid(poly(-0.36, -0.95, 0.36, -0.95, wide, -0.1, -wide, -0.1), lit, 1.0)

    def _floor(self, pen: Pen, rand: Rand, metal: Look, lit: Look) -> None:
        pen.solid(box(-0.045, -0.7, 0.045, 1.3), metal)
        pen.solid(oval(0, 1.3, 0.34, 0.09), metal)
        pen.solid(poly(-0.22, -1.2, 0.22, -1.2, 0.45, -0.65, -0.45, -0.65), lit, 1.0)

    def _chandelier(self, pen: Pen, rand: Rand, metal: Look, lit: Look) -> None:
        pen.line(poly(0, -1.1, 0, -0.2), self.metal, 0.05)
        for x in (-0.85, -0.5, 0.5, 0.85):
            pen.line(curve(0, 0.1, x * 0.6, 0.42, x, 0.0), self.metal, 0.06)
            pen.solid(box(x - 0.06, -0.28, x + 0.06, 0.02), Look(0xF1EADA))
            pen.solid(oval(x, -0.38, 0.07, 0.13), Look(0xFBE08A, finish="glow"))
            pen.solid(oval(x, 0.18, 0.05, 0.12), Look(0xD9E6EE, finish="metal"))
        pen.solid(lathe(0, -0.35, 0.06, -0.1, 0.18, 0.15, 0.22, 0.4, 0.08, 0.55, 0.1), metal)

    def _candelabra(self, pen: Pen, rand: Rand, metal: Look, lit: Look) -> None:
        pen.solid(lathe(0, 0.1, 0.07, 0.8, 0.09, 0.92, 0.2, 1.0, 0.42), metal)
        for r in (0.3, 0.6, 0.9):
            pen.line(arc(0, -0.35, r, 0.5 + r * 0.3, 0.0, 3.14, 16), self.metal, 0.075)
        pen.line(poly(0, 0.3, 0, -0.35), self.metal, 0.075)
        for x in (-0.9, -0.6, -0.3, 0, 0.3, 0.6, 0.9):
            pen.solid(box(x - 0.05, -0.65, x + 0.05, -0.35), Look(0xF1EADA))
            pen.solid(oval(x, -0.75, 0.05, 0.1), Look(0xFBD66A, finish="glow"))

    def _lantern(self, pen: Pen, rand: Rand, metal: Look, lit: Look) -> None:
        pen.line(arc(0, -0.5, 0.3, 0.5, 3.14, 6.28), self.metal, 0.05)
        pen.solid(poly(-0.22, -0.72, 0.22, -0.72, 0.5, -0.4, -0.5, -0.4), metal)
        pen.solid(poly(-0.42, -0.4, 0.42, -0.4, 0.36, 0.6, -0.36, 0.6),
            Look(0xF6DE92, finish="glow"))
        for x in (-0.4, -0.13, 0.13, 0.4):
            pen.line(poly(x, -0.4, x * 0.88, 0.6), self.metal, 0.055)
        pen.solid(box(-0.45, 0.58, 0.45, 0.78, 0.03), metal)


VARIETIES: Varieties = (
    ("table_lamp", Lamp("table", metal=0x4A6A8A)),
    ("floor_lamp", Lamp("floor", metal=0x3A3C40)),
    ("chandelier", Lamp("chandelier", metal=0xC9A23A)),
    ("menorah", Lamp("candelabra", metal=0xC9A23A)),
    ("lantern", Lamp("lantern", metal=0x2F3236)),
)  # fmt: skip
