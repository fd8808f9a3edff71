"""Flowers: petals about a heart on a stem."""

import math
from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, curve, lathe, mirror, oval, petal, poly, tube

LEAF = Look(0x4F8A3A, 0x6FA84A, "ribs", 0.15, 0.0, 0.3)


@dataclass(frozen=True)
class Flower(Kind):
    """A flower head on a stem; lengths in units of the head's radius."""

    petals: int = 12
    colour: int = 0xF2EFE6
    second: int = -1  # colour of an inner ring
    heart: int = 0xE3B02C
    heart_size: float = 0.32
    width: float = 0.34  # of a petal
    plan: str = "disc"  # disc, cup, bell, spiral, trumpet, pads
    leaves: int = 2
    stem: float = 1.0

    family: ClassVar[str] = "flower"
    context: ClassVar[str] = "ground"
    turns: ClassVar[float] = 0.18

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Back to front: stem, leaves, petals, heart."""
        bend = rand.span(-0.35, 0.35)
        if self.plan == "pads":
            for _ in range(3):
                x, y = rand.span(-0.9, 0.9), rand.span(0.3, 0.8)
                pen.solid(oval(x, y, 0.62, 0.24), LEAF, 0.6)
                pen.decal(poly(x, y, x + 0.7, y + 0.12, x + 0.7, y - 0.02), Look(0x2F5A4A))
        elif self.stem:
            pen.solid(tube(curve(0, 0.1, bend * 0.5, 0.9 * self.stem, bend, 1.9 * self.stem), 0.1,
                0.09), LEAF._replace(other=-1))
            for step in range(self.leaves):
                side = 1 if step % 2 else -1
                y = (0.85 + 0.35 * step) * self.stem
                angle = -0.6 if side > 0 else math.pi + 0.6
                pen.solid(petal(bend * 0.5, y, angle + rand.span(-0.3, 0.3), 0.85, 0.3), LEAF, 0.7)
        getattr(self, f"_{'disc' if self.plan == 'pads' else self.plan}")(pen, rand)
        pen.mark("heart", 0, 0)

    def _disc(self, pen: Pen, rand: Rand) -> None:
        squash = rand.span(0.75, 1.0) if self.plan == "disc" else 0.55
        head = pen.at(0, 0, squash, 0, 1 / squash)
        look = Look(self.colour, -1, "ribs", 0.12, 0, 0.15, "soft")
        turn = rand.span(0, 1)
        for ring in range(2 if self.second >= 0 or self.petals > 9 else 1):
            colour = self.second if ring and self.second >= 0 else shade(self.colour,
                1 - 0.1 * (1 - ring))
            long = 1.0 if not ring else 0.78
            for step in range(self.petals):
                angle = turn + 0.26 * ring + step * 2 * math.pi / self.petals + rand.span(-0.06,
                    0.06)
                head.solid(petal(0, 0, angle, long, self.width), look._replace(colour=colour), 0.9)
        heart = Look(self.heart, shade(self.heart, 0.6), "dots", 0.08, 0, 0.3)
        head.solid(oval(0, 0, self.heart_size), heart, 1.0)

    def _cup(self, pen: Pen, rand: Rand) -> None:
        look = Look(self.colour, -1, "ribs", 0.15, 1.57, 0.2, "soft")
        open_ = rand.span(0.45, 0.75)
        for x in (-0.25, 0.25):
            pen.solid(petal(x * 0.4, 0.5, -1.57 + x * 1.2, 1.3, 0.55),
                look._replace(colour=shade(self.colour, 0.78)), 0.9)
        for side in (-1, 1):
            side_petal = blob(0, 0.5, 0.5, 0.25, open_, -0.35, 0.5 * open_, -0.75, 0.15, -0.1)
            pen.solid(side_petal if side > 0 else mirror(side_petal), look, 0.9)
        pen.solid(blob(0, 0.55, 0.36, 0.15, 0.22, -0.4, 0, -0.7, -0.22, -0.4, -0.36, 0.15),
            look._replace(colour=shade(self.colour, 1.1)), 0.9)

    def _spiral(self, pen: Pen, rand: Rand) -> None:
        turn = rand.span(0, 6)
        for ring, radius in enumerate((0.85, 0.66, 0.46, 0.28)):
            count = 5 if ring < 2 else 4
            for step in range(count):
                angle = turn + ring * 0.7 + step * 2 * math.pi / count
                x, y = radius * 0.45 * math.cos(angle), radius * 0.45 * math.sin(angle)
                look = Look(shade(self.colour, 0.8 + 0.13 * ring), texture="cloud", contrast=0.15,
                    finish="soft")
                pen.solid(oval(x, y, radius * 0.62, radius * 0.5, angle + 1.57, n=14), look, 0.9)
        pen.solid(oval(0, 0, 0.14, 0.1), Look(shade(self.colour, 0.7)), 0.9)

    def _bell(self, pen: Pen, rand: Rand) -> None:
        for step in range(self.petals):
            y = -0.75 + 1.5 * step / self.petals
            for side in (-1, 1):
                bell = pen.at(side * 0.06, y, 0.34 + 0.14 * step / self.petals,
                    side * -0.9 + rand.span(-0.2, 0.2))
                bell.solid(lathe(0, 0, 0.12, 0.3, 0.4, 0.75, 0.45, 1.0, 0.68),
                    Look(self.colour, -1, "cloud", 0.4, 0, 0.2, "soft"))
        pen.line(poly(0, -0.9, 0, 0.8), 0x5A8A3A, 0.05)

    def _trumpet(self, pen: Pen, rand: Rand) -> None:
        look = Look(self.colour, -1, "ribs", 0.15, 0, 0.18, "soft")
        turn = rand.span(-0.3, 0.3)
        for step in range(self.petals):
            angle = turn + step * 2 * math.pi / self.petals
            wide = 0.4 if step % 2 else self.width
            pen.solid(petal(0, 0, angle, 1.05, wide * 1.6), look._replace(colour=shade(self.colour,
                1 - 0.12 * (step % 2))), 0.9)
            if self.second >= 0:
                pen.decal(petal(0, 0, angle, 0.55, 0.25), Look(self.second))
        pen.solid(oval(0, 0, self.heart_size), Look(self.heart, finish="gloss"), 1.0)
        pen.solid(tube(curve(0, 0, 0.2, -0.1, 0.42, -0.3), 0.07, 0.1), Look(shade(self.heart, 1.2)))


VARIETIES: Varieties = (
    ("daisy", Flower(15, 0xF4F2EC, width=0.24)),
    ("tulip", Flower(plan="cup", colour=0xD9365A, leaves=2)),
    ("rose", Flower(plan="spiral", colour=0xC2243A, leaves=3)),
    ("foxglove", Flower(7, 0xB565B0, plan="bell", leaves=2)),
    ("poppy", Flower(5, 0xE0402A, heart=0x1F1C1C, heart_size=0.2, width=1.05, leaves=1)),
    ("sunflower", Flower(20, 0xEDB21F, heart=0x4A2C18, heart_size=0.52, width=0.22)),
    ("lotus", Flower(11, 0xE7A2BE, 0xF3C9D8, 0xE8C43A, 0.2, 0.42, "pads", stem=0)),
    ("water_lily", Flower(14, 0xF3EEE8, 0xFAF6EC, 0xE8B93A, 0.18, 0.3, "pads", stem=0)),
    ("hibiscus", Flower(5, 0xE5476A, 0x8A1F3A, 0xE9C23A, 0.12, 0.75, "trumpet")),
    ("iris", Flower(6, 0x6A4FB0, 0xE9C23A, 0xE9C23A, 0.12, 0.42, "trumpet")),
)  # fmt: skip
