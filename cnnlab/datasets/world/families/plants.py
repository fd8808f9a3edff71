"""Flowers, trees and other plants."""

import math
from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, box, curve, lathe, mirror, oval, petal, poly, tube

LEAF = Look(0x4F8A3A, 0x6FA84A, "ribs", 0.15, 0.0, 0.3)
POT = Look(0xB5613A, -1, "mottle", 0.3)


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
            pen.solid(tube(curve(0, 0.1, bend * 0.5, 0.9 * self.stem, bend, 1.9 * self.stem), 0.1, 0.09), LEAF._replace(other=-1))
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
            colour = self.second if ring and self.second >= 0 else shade(self.colour, 1 - 0.1 * (1 - ring))
            long = 1.0 if not ring else 0.78
            for step in range(self.petals):
                angle = turn + 0.26 * ring + step * 2 * math.pi / self.petals + rand.span(-0.06, 0.06)
                head.solid(petal(0, 0, angle, long, self.width), look._replace(colour=colour), 0.9)
        heart = Look(self.heart, shade(self.heart, 0.6), "dots", 0.08, 0, 0.3)
        head.solid(oval(0, 0, self.heart_size), heart, 1.0)

    def _cup(self, pen: Pen, rand: Rand) -> None:
        look = Look(self.colour, -1, "ribs", 0.15, 1.57, 0.2, "soft")
        open_ = rand.span(0.45, 0.75)
        for x in (-0.25, 0.25):
            pen.solid(petal(x * 0.4, 0.5, -1.57 + x * 1.2, 1.3, 0.55), look._replace(colour=shade(self.colour, 0.78)), 0.9)
        for side in (-1, 1):
            side_petal = blob(0, 0.5, 0.5, 0.25, open_, -0.35, 0.5 * open_, -0.75, 0.15, -0.1)
            pen.solid(side_petal if side > 0 else mirror(side_petal), look, 0.9)
        pen.solid(blob(0, 0.55, 0.36, 0.15, 0.22, -0.4, 0, -0.7, -0.22, -0.4, -0.36, 0.15), look._replace(colour=shade(self.colour, 1.1)), 0.9)

    def _spiral(self, pen: Pen, rand: Rand) -> None:
        turn = rand.span(0, 6)
        for ring, radius in enumerate((0.85, 0.66, 0.46, 0.28)):
            count = 5 if ring < 2 else 4
            for step in range(count):
                angle = turn + ring * 0.7 + step * 2 * math.pi / count
                x, y = radius * 0.45 * math.cos(angle), radius * 0.45 * math.sin(angle)
                look = Look(shade(self.colour, 0.8 + 0.13 * ring), texture="cloud", contrast=0.15, finish="soft")
                pen.solid(oval(x, y, radius * 0.62, radius * 0.5, angle + 1.57, n=14), look, 0.9)
        pen.solid(oval(0, 0, 0.14, 0.1), Look(shade(self.colour, 0.7)), 0.9)

    def _bell(self, pen: Pen, rand: Rand) -> None:
        for step in range(self.petals):
            y = -0.75 + 1.5 * step / self.petals
            for side in (-1, 1):
                bell = pen.at(side * 0.06, y, 0.34 + 0.14 * step / self.petals, side * -0.9 + rand.span(-0.2, 0.2))
                bell.solid(lathe(0, 0, 0.12, 0.3, 0.4, 0.75, 0.45, 1.0, 0.68), Look(self.colour, -1, "cloud", 0.4, 0, 0.2, "soft"))
        pen.line(poly(0, -0.9, 0, 0.8), 0x5A8A3A, 0.05)

    def _trumpet(self, pen: Pen, rand: Rand) -> None:
        look = Look(self.colour, -1, "ribs", 0.15, 0, 0.18, "soft")
        turn = rand.span(-0.3, 0.3)
        for step in range(self.petals):
            angle = turn + step * 2 * math.pi / self.petals
            wide = 0.4 if step % 2 else self.width
            pen.solid(petal(0, 0, angle, 1.05, wide * 1.6), look._replace(colour=shade(self.colour, 1 - 0.12 * (step % 2))), 0.9)
            if self.second >= 0:
                pen.decal(petal(0, 0, angle, 0.55, 0.25), Look(self.second))
        pen.solid(oval(0, 0, self.heart_size), Look(self.heart, finish="gloss"), 1.0)
        pen.solid(tube(curve(0, 0, 0.2, -0.1, 0.42, -0.3), 0.07, 0.1), Look(shade(self.heart, 1.2)))


@dataclass(frozen=True)
class Tree(Kind):
    """A rooted plant; the ground is at y = 1."""

    plan: str = "round"  # round, fir, palm, cypress, bonsai, cactus, fern, willow, mushroom, agave
    leaf: int = 0x3F6B2E
    second: int = 0x6F9A4A
    bark: int = 0x6B4A30

    family: ClassVar[str] = "plant"
    context: ClassVar[str] = "outdoor"
    stands: ClassVar[bool] = True
    turns: ClassVar[float] = 0.05

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Draw by plan."""
        crown = Look(self.leaf, self.second, "foliage", 0.25, 0, 0.3)
        bark = Look(self.bark, -1, "fur", 0.25, 1.57, 0.4)
        getattr(self, f"_{self.plan}")(pen, rand, crown, bark)
        pen.mark("foot", 0, 1)

    def _round(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        pen.solid(tube(curve(0, 1.0, 0.02, 0.5, rand.span(-0.08, 0.08), 0.0), 0.3, 0.18, 0.14), bark)
        pen.line(curve(0, 0.4, 0.2, 0.15, 0.42, -0.05), self.bark, 0.08)
        for _ in range(7):
            angle = rand.span(0, 6.28)
            pen.solid(oval(0.45 * math.cos(angle), -0.35 + 0.3 * math.sin(angle), rand.span(0.32, 0.48), rand.span(0.28, 0.4)), crown, 1.0)

    def _fir(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        pen.solid(box(-0.09, 0.6, 0.09, 1.0), bark)
        for step in range(5):
            y = 0.75 - 0.36 * step
            wide = 0.72 - 0.13 * step
            pen.solid(poly(-wide, y, -wide * 0.5, y + 0.06, 0, y - 0.02, wide * 0.5, y + 0.06, wide, y, 0.05, y - 0.62, -0.05, y - 0.62), crown, 0.8)

    def _cypress(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        pen.solid(box(-0.07, 0.7, 0.07, 1.0), bark)
        pen.solid(blob(0, -1.0, 0.2, -0.5, 0.33, 0.2, 0.22, 0.8, 0, 0.88, -0.22, 0.8, -0.33, 0.2, -0.2, -0.5), crown, 1.1)

    def _palm(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        bend = rand.span(-0.3, 0.3)
        pen.solid(tube(curve(0, 1.0, bend * 0.3, 0.4, bend, -0.35), 0.22, 0.14, 0.12), bark._replace(texture="ribs", grain=0.12, angle=0))
        for step in range(9):
            angle = -3.4 + 0.48 * step + rand.span(-0.1, 0.1)
            x, y = math.cos(angle), math.sin(angle)
            frond = curve(bend, -0.35, bend + 0.5 * x, -0.45 + 0.4 * y, bend + 0.95 * x, -0.1 + 0.45 * y)
            pen.solid(tube(frond, 0.06, 0.24, 0.18, 0.03), crown._replace(texture="ribs", grain=0.08, angle=angle), 0.7)

    def _bonsai(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        pen.solid(poly(-0.62, 0.72, 0.62, 0.72, 0.5, 1.0, -0.5, 1.0), Look(0x5A4A6A, finish="gloss"))
        sway = rand.span(0.2, 0.4) * (1 if rand.chance(0.5) else -1)
        pen.solid(tube(curve(0, 0.75, sway, 0.35, -sway * 0.6, 0.0, sway * 0.5, -0.45), 0.24, 0.15, 0.12, 0.06), bark)
        for x, y, wide in ((sway * 1.6, 0.1, 0.45), (-sway * 1.9, -0.1, 0.42), (sway * 0.4, -0.55, 0.5)):
            pen.solid(oval(x, y, wide, 0.2), crown, 0.9)

    def _cactus(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        skin = Look(self.leaf, self.second, "ribs", 0.1, 1.57, 0.3)
        for side in (-1, 1):
            y = rand.span(-0.1, 0.35)
            pen.solid(tube(curve(0, y + 0.1, side * 0.45, y, side * 0.5, y - 0.6), 0.22, 0.24, 0.2), skin)
        pen.solid(tube(curve(0, 1.0, 0, 0.2, 0, -0.9), 0.4, 0.44, 0.36), skin)
        if rand.chance(0.5):
            pen.solid(oval(0, -1.05, 0.12), Look(0xE0527A))

    def _barrel(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        pen.solid(poly(-0.45, 0.45, 0.45, 0.45, 0.34, 1.0, -0.34, 1.0), POT)
        pen.solid(oval(0, 0.05, 0.62, 0.58), Look(self.leaf, self.second, "ribs", 0.14, 1.57, 0.3), 1.1)
        for _ in range(16):
            angle, r = rand.span(0, 6.28), rand.span(0.2, 0.6)
            x, y = r * math.cos(angle), 0.05 + r * math.sin(angle) * 0.95
            pen.line(poly(x, y, x * 1.2, y * 1.2 - 0.05), 0xEFE6C9, 0.02)
        pen.solid(oval(0, -0.5, 0.18, 0.12), Look(0xE8647A))

    def _fern(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        for step in range(9):
            angle = -2.9 + 0.33 * step + rand.span(-0.08, 0.08)
            x, y = math.cos(angle), math.sin(angle)
            line = curve(0, 0.95, 0.5 * x, 0.9 + 0.95 * y, 1.05 * x, 0.85 + 1.3 * y)
            for at in range(2, len(line), 2):
                px, py = line[at]
                for side in (-1, 1):
                    pen.solid(petal(px, py, angle + side * 0.9, 0.26 * (1.2 - at / len(line)), 0.1), crown._replace(texture="mottle"), 0.8, False)
            pen.line(line, shade(self.leaf, 0.8), 0.03)

    def _willow(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        pen.solid(tube(curve(0, 1.0, 0.05, 0.4, 0, -0.4), 0.26, 0.16), bark)
        pen.solid(oval(0, -0.55, 0.62, 0.38), crown)
        for step in range(11):
            x = -0.8 + 0.16 * step
            pen.solid(tube(curve(x * 0.6, -0.6, x, -0.3, x * 1.12 + rand.span(-0.05, 0.05), rand.span(0.4, 0.75)), 0.16, 0.2, 0.06), crown._replace(grain=0.12), 0.8)

    def _mushroom(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        pen.solid(lathe(0, -0.2, 0.2, 0.3, 0.2, 0.9, 0.28, 1.0, 0.24), Look(0xEDE3D0, -1, "fur", 0.2, 1.57, 0.2))
        pen.solid(blob(-0.35, 0.15, 0, 0.08, 0.35, 0.15, 0.28, 0.28, -0.28, 0.28), Look(0xE2D6C0))
        tall = rand.span(0.7, 1.0)
        pen.solid(blob(-0.95, 0.02, -0.7, -tall * 0.6, 0, -tall, 0.7, -tall * 0.6, 0.95, 0.02, 0, 0.12), Look(self.leaf, finish="gloss"), 1.0)
        if self.second >= 0:
            for _ in range(9):
                pen.decal(oval(rand.span(-0.75, 0.75), rand.span(-tall * 0.85, 0), rand.span(0.06, 0.13), 0.07), Look(self.second))

    def _agave(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        blade = Look(self.leaf, self.second, "ribs", 0.12, 0, 0.3)
        for step in range(13):
            angle = -3.05 + 0.24 * step + rand.span(-0.06, 0.06)
            pen.solid(petal(0, 0.95, angle, 1.5 - 0.25 * abs(math.cos(angle)), 0.22), blade._replace(angle=angle), 0.9)

    def _joshua(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        for x, y in ((-0.55, -0.35), (0.5, -0.5), (0.1, -0.8), (-0.2, -0.1), (0.62, 0.02)):
            x, y = x + rand.span(-0.08, 0.08), y + rand.span(-0.08, 0.08)
            pen.solid(tube(curve(0, 1.0, x * 0.15, 0.5, x * 0.8, y + 0.35, x, y), 0.22, 0.14, 0.1), bark)
            for step in range(9):
                pen.solid(petal(x, y, step * 0.7, 0.3, 0.07), crown._replace(texture="mottle"), 0.8, False)


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
    ("oak", Tree("round")),
    ("fir", Tree("fir", 0x234A33, 0x4A7A50)),
    ("saguaro", Tree("cactus", 0x4F7A46, 0x7FA062)),
    ("fly_agaric", Tree("mushroom", 0xC92A1F, 0xF3EEE4)),
    ("agave", Tree("agave", 0x6F8F7A, 0x94B09A)),
    ("bonsai", Tree("bonsai", 0x2F5A2E, 0x5F8A3F)),
    ("joshua_tree", Tree("joshua", 0x6B7F45, 0x8FA05A, 0x7A5F42)),
    ("palm_tree", Tree("palm", 0x3F7A3A, 0x6FA04A, 0x8A6F4A)),
    ("fern", Tree("fern", 0x4A8A3A, 0x6FAA4A)),
    ("barrel_cactus", Tree("barrel", 0x4F8A4A, 0x7FAE62)),
    ("cypress", Tree("cypress", 0x2F4A2C, 0x4F6F3F)),
    ("willow", Tree("willow", 0x6F8F3F, 0x93AE5A)),
    ("toadstool", Tree("mushroom", 0x9A6A3F, -1)),
)  # fmt: skip
