"""Trees and other rooted plants."""

import math
from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, box, curve, lathe, oval, petal, poly, tube

POT = Look(0xB5613A, -1, "mottle", 0.3)


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
        pen.solid(tube(curve(0, 1.0, 0.02, 0.5, rand.span(-0.08, 0.08), 0.0), 0.3, 0.18, 0.14),
            bark)
        pen.line(curve(0, 0.4, 0.2, 0.15, 0.42, -0.05), self.bark, 0.08)
        for _ in range(7):
            angle = rand.span(0, 6.28)
            pen.solid(oval(0.45 * math.cos(angle), -0.35 + 0.3 * math.sin(angle),
                rand.span(0.32, 0.48), rand.span(0.28, 0.4)), crown, 1.0)

    def _fir(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        pen.solid(box(-0.09, 0.6, 0.09, 1.0), bark)
        for step in range(5):
            y = 0.75 - 0.36 * step
            wide = 0.72 - 0.13 * step
            pen.solid(poly(-wide, y, -wide * 0.5, y + 0.06, 0, y - 0.02, wide * 0.5, y + 0.06, wide,
                y, 0.05, y - 0.62, -0.05, y - 0.62), crown, 0.8)

    def _cypress(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        pen.solid(box(-0.07, 0.7, 0.07, 1.0), bark)
        pen.solid(blob(0, -1.0, 0.2, -0.5, 0.33, 0.2, 0.22, 0.8, 0, 0.88, -0.22, 0.8, -0.33, 0.2,
            -0.2, -0.5), crown, 1.1)

    def _palm(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        bend = rand.span(-0.3, 0.3)
        pen.solid(tube(curve(0, 1.0, bend * 0.3, 0.4, bend, -0.35), 0.22, 0.14, 0.12),
            bark._replace(texture="ribs", grain=0.12, angle=0))
        for step in range(9):
            angle = -3.4 + 0.48 * step + rand.span(-0.1, 0.1)
            x, y = math.cos(angle), math.sin(angle)
            frond = curve(bend, -0.35, bend + 0.5 * x, -0.45 + 0.4 * y, bend + 0.95 * x,
                -0.1 + 0.45 * y)
            pen.solid(tube(frond, 0.06, 0.24, 0.18, 0.03), crown._replace(texture="ribs",
                grain=0.08, angle=angle), 0.7)

    def _bonsai(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        pen.solid(poly(-0.62, 0.72, 0.62, 0.72, 0.5, 1.0, -0.5, 1.0), Look(0x5A4A6A,
            finish="gloss"))
        sway = rand.span(0.2, 0.4) * (1 if rand.chance(0.5) else -1)
        pen.solid(tube(curve(0, 0.75, sway, 0.35, -sway * 0.6, 0.0, sway * 0.5, -0.45), 0.24, 0.15,
            0.12, 0.06), bark)
        for x, y, wide in ((sway * 1.6, 0.1, 0.45), (-sway * 1.9, -0.1, 0.42),
            (sway * 0.4, -0.55, 0.5)):
            pen.solid(oval(x, y, wide, 0.2), crown, 0.9)

    def _cactus(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        skin = Look(self.leaf, self.second, "ribs", 0.1, 1.57, 0.3)
        for side in (-1, 1):
            y = rand.span(-0.1, 0.35)
            pen.solid(tube(curve(0, y + 0.1, side * 0.45, y, side * 0.5, y - 0.6), 0.22, 0.24, 0.2),
                skin)
        pen.solid(tube(curve(0, 1.0, 0, 0.2, 0, -0.9), 0.4, 0.44, 0.36), skin)
        if rand.chance(0.5):
            pen.solid(oval(0, -1.05, 0.12), Look(0xE0527A))

    def _barrel(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        pen.solid(poly(-0.45, 0.45, 0.45, 0.45, 0.34, 1.0, -0.34, 1.0), POT)
        pen.solid(oval(0, 0.05, 0.62, 0.58), Look(self.leaf, self.second, "ribs", 0.14, 1.57, 0.3),
            1.1)
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
                    pen.solid(petal(px, py, angle + side * 0.9, 0.26 * (1.2 - at / len(line)), 0.1),
                        crown._replace(texture="mottle"), 0.8, False)
            pen.line(line, shade(self.leaf, 0.8), 0.03)

    def _willow(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        pen.solid(tube(curve(0, 1.0, 0.05, 0.4, 0, -0.4), 0.26, 0.16), bark)
        pen.solid(oval(0, -0.55, 0.62, 0.38), crown)
        for step in range(11):
            x = -0.8 + 0.16 * step
            pen.solid(tube(curve(x * 0.6, -0.6, x, -0.3, x * 1.12 + rand.span(-0.05, 0.05),
                rand.span(0.4, 0.75)), 0.16, 0.2, 0.06), crown._replace(grain=0.12), 0.8)

    def _mushroom(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        pen.solid(lathe(0, -0.2, 0.2, 0.3, 0.2, 0.9, 0.28, 1.0, 0.24),
            Look(0xEDE3D0, -1, "fur", 0.2, 1.57, 0.2))
        pen.solid(blob(-0.35, 0.15, 0, 0.08, 0.35, 0.15, 0.28, 0.28, -0.28, 0.28), Look(0xE2D6C0))
        tall = rand.span(0.7, 1.0)
        pen.solid(blob(-0.95, 0.02, -0.7, -tall * 0.6, 0, -tall, 0.7, -tall * 0.6, 0.95, 0.02, 0,
            0.12), Look(self.leaf, finish="gloss"), 1.0)
        if self.second >= 0:
            for _ in range(9):
                pen.decal(oval(rand.span(-0.75, 0.75), rand.span(-tall * 0.85, 0),
                    rand.span(0.06, 0.13), 0.07), Look(self.second))

    def _agave(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        blade = Look(self.leaf, self.second, "ribs", 0.12, 0, 0.3)
        for step in range(13):
            angle = -3.05 + 0.24 * step + rand.span(-0.06, 0.06)
            pen.solid(petal(0, 0.95, angle, 1.5 - 0.25 * abs(math.cos(angle)), 0.22),
                blade._replace(angle=angle), 0.9)

    def _joshua(self, pen: Pen, rand: Rand, crown: Look, bark: Look) -> None:
        for x, y in ((-0.55, -0.35), (0.5, -0.5), (0.1, -0.8), (-0.2, -0.1), (0.62, 0.02)):
            x, y = x + rand.span(-0.08, 0.08), y + rand.span(-0.08, 0.08)
            pen.solid(tube(curve(0, 1.0, x * 0.15, 0.5, x * 0.8, y + 0.35, x, y), 0.22, 0.14, 0.1),
                bark)
            for step in range(9):
                pen.solid(petal(x, y, step * 0.7, 0.3, 0.07), crown._replace(texture="mottle"), 0.8,
                    False)


VARIETIES: Varieties = (
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
