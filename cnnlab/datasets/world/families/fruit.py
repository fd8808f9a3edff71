"""Fruit and vegetables."""

import math
from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, curve, fan, oval, petal, star, tube


@dataclass(frozen=True)
class Fruit(Kind):
    """A fruit with a stalk, leaves and a skin."""

    skin: int = 0xC8302A
    other: int = -1
    texture: str = "cloud"
    grain: float = 0.3
    plan: str = "apple"  # apple, round, pear, banana, berry, pine, bunch, wedge, root, ear, pod
    leaf: int = 0x4F8A3A

    family: ClassVar[str] = "fruit"
    context: ClassVar[str] = "ground"
    turns: ClassVar[float] = 0.3

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Draw by plan."""
        skin = Look(self.skin, self.other, self.texture, self.grain, 0.0, 0.25, "gloss")
        getattr(self, f"_{self.plan}")(pen, rand, skin)

    def _stalk(self, pen: Pen, rand: Rand, y: float, leaf: bool = True) -> None:
        pen.line(curve(0, y + 0.1, 0.03, y - 0.1, rand.span(-0.12, 0.12), y - 0.32), 0x5A4028, 0.07)
        if leaf:
            pen.solid(petal(0.02, y - 0.08, rand.span(-0.7, -0.2), 0.5, 0.22),
                Look(self.leaf, texture="ribs", grain=0.1))
        pen.mark("stalk", 0, y)

    def _apple(self, pen: Pen, rand: Rand, skin: Look) -> None:
        pen.solid(blob(0, -0.62, 0.45, -0.78, 0.85, -0.35, 0.75, 0.4, 0.35, 0.82, 0, 0.74, -0.35,
            0.82, -0.75, 0.4, -0.85, -0.35, -0.45, -0.78), skin, 1.1)
        pen.decal(oval(0, -0.62, 0.2, 0.1), Look(shade(self.skin, 0.55)))
        self._stalk(pen, rand, -0.62)

    def _round(self, pen: Pen, rand: Rand, skin: Look) -> None:
        pen.solid(oval(0, 0, 0.85, 0.8 * rand.near(1, 0.05), n=28), skin, 1.2)
        pen.decal(star(0, -0.62, 0.17, 0.07, 5), Look(shade(self.leaf, 0.8)))

    def _pear(self, pen: Pen, rand: Rand, skin: Look) -> None:
        pen.solid(blob(0, -0.9, 0.28, -0.65, 0.4, -0.1, 0.72, 0.45, 0.4, 0.92, 0, 0.95, -0.4, 0.92,
            -0.72, 0.45, -0.4, -0.1, -0.28, -0.65), skin, 1.1)
        self._stalk(pen, rand, -0.85)

    def _banana(self, pen: Pen, rand: Rand, skin: Look) -> None:
        for step in range(rand.between(1, 3)):
            bend = 0.55 + 0.22 * step
            pen.solid(tube(curve(-0.95, -0.35, -0.5, bend * 0.5, 0.3, bend * 0.55, 0.95, -0.25),
                0.12, 0.38, 0.42, 0.34, 0.1), skin, 1.1)
        pen.flat(oval(-0.97, -0.4, 0.08), 0x4A3A1E)
        pen.flat(oval(0.96, -0.27, 0.06), 0x3A2E1A)

    def _berry(self, pen: Pen, rand: Rand, skin: Look) -> None:
        pen.solid(blob(0, -0.55, 0.5, -0.62, 0.78, -0.2, 0.5, 0.45, 0, 0.92, -0.5, 0.45, -0.78,
            -0.2, -0.5, -0.62), skin, 1.1)
        for step in range(7):
            pen.solid(petal(0, -0.55, -2.9 + 0.46 * step, 0.5, 0.2), Look(self.leaf), 0.8)

    def _pine(self, pen: Pen, rand: Rand, skin: Look) -> None:
        for step in range(9):
            pen.solid(petal(0, -0.3, -2.6 + 0.26 * step, 1.0 - 0.12 * abs(step - 4) * 0.6, 0.2),
                Look(self.leaf, texture="ribs", grain=0.1), 0.8)
        pen.solid(oval(0, 0.3, 0.52, 0.72), skin, 1.1)

    def _bunch(self, pen: Pen, rand: Rand, skin: Look) -> None:
        self._stalk(pen, rand, -0.7)
        for row, count in enumerate((4, 5, 4, 3, 2, 1)):
            for step in range(count):
                x = (step - (count - 1) / 2) * 0.34 + rand.span(-0.04, 0.04)
                pen.solid(oval(x, -0.5 + 0.27 * row, 0.21, n=14), skin, 1.1)

    def _wedge(self, pen: Pen, rand: Rand, skin: Look) -> None:
        pen.solid(fan(0, -0.4, 1.05, 0.15, 2.99, 16), skin, 0.2)
        pen.solid(fan(0, -0.4, 0.93, 0.15, 2.99, 16), Look(0xDCEBC0), 0.2, False)
        pen.solid(fan(0, -0.4, 0.84, 0.17, 2.97, 16),
            Look(self.other if self.other >= 0 else 0xE0444A, texture="mottle", finish="soft"), 0.2,
            False)
        for _ in range(9):
            angle, r = rand.span(0.4, 2.7), rand.span(0.25, 0.72)
            pen.flat(oval(r * math.cos(angle), -0.4 + r * math.sin(angle), 0.035, 0.055, n=8),
                0x241A16)

    def _root(self, pen: Pen, rand: Rand, skin: Look) -> None:
        for step in range(6):
            line = curve(0, -0.5, -0.3 + 0.12 * step, -0.9, -0.55 + 0.22 * step, -1.2)
            pen.solid(tube(line, 0.07, 0.13, 0.05), Look(self.leaf))
        bend = rand.span(-0.12, 0.12)
        pen.solid(tube(curve(0, -0.45, bend, 0.3, 0, 1.1), 0.56, 0.42, 0.06),
            skin._replace(texture="ribs", angle=0), 1.1)

    def _ear(self, pen: Pen, rand: Rand, skin: Look) -> None:
        pen.solid(oval(0, -0.1, 0.34, 0.95), skin._replace(texture="checks", grain=0.1,
            other=shade(self.skin, 0.75)), 1.1)
        for side in (-1, 1):
            pen.solid(blob(0, 1.0, side * 0.42, 0.5, side * 0.48, -0.1, side * 0.32, -0.35,
                side * 0.2, 0.3), Look(self.leaf, -1, "ribs", 0.1, 1.57), 0.8)

    def _pumpkin(self, pen: Pen, rand: Rand, skin: Look) -> None:
        for x in (-0.6, 0.6, -0.32, 0.32, 0.0):
            pen.solid(oval(x, 0.1, 0.42, 0.68), skin, 1.1)
        pen.solid(tube(curve(0, -0.5, 0.03, -0.7, 0.16, -0.9), 0.16, 0.13), Look(0x5A6A2E))


VARIETIES: Varieties = (
    ("granny_smith", Fruit(0x8FB83A)),
    ("strawberry", Fruit(0xD42A35, 0xF1D98A, "dots", 0.09, "berry")),
    ("banana", Fruit(0xE8C93A, plan="banana")),
    ("pineapple", Fruit(0xD9A43A, 0x8A6425, "checks", 0.2, "pine")),
    ("orange", Fruit(0xE88A22, texture="crumb", grain=0.12, plan="round")),
    ("pumpkin", Fruit(0xE07F22, plan="pumpkin")),
    ("pear", Fruit(0xB9C04A, plan="pear")),
    ("grapes", Fruit(0x6A3A8A, plan="bunch")),
    ("watermelon", Fruit(0x3F7A3A, plan="wedge")),
    ("carrot", Fruit(0xE8762A, plan="root")),
    ("corn", Fruit(0xEDC23A, plan="ear")),
    ("tomato", Fruit(0xD9302A, plan="round")),
)  # fmt: skip
