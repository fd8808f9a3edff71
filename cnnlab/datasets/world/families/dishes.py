"""Prepared food."""

import math
from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, box, curve, oval, poly, tube


@dataclass(frozen=True)
class Dish(Kind):
    """Prepared food."""

    plan: str = "burger"
    first: int = 0xC98A45
    second: int = 0xE3452F

    family: ClassVar[str] = "dish"
    context: ClassVar[str] = "indoor"
    turns: ClassVar[float] = 0.1

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Draw by plan."""
        getattr(self, f"_{self.plan}")(pen, rand, Look(self.first, -1, "crumb", 0.3, 0, 0.3,
            "soft"))

    def _burger(self, pen: Pen, rand: Rand, bread: Look) -> None:
        pen.solid(blob(-0.9, 0.45, 0.9, 0.45, 0.8, 0.75, -0.8, 0.75), bread)
        pen.solid(box(-0.92, 0.22, 0.92, 0.5, 0.14), Look(0x5A3420, texture="crumb"))
        pen.solid(poly(-0.95, 0.2, -0.5, 0.38, 0.1, 0.2, 0.6, 0.4, 0.95, 0.18, 0.9, 0.08, -0.9,
            0.08), Look(0xEDB73A, finish="soft"))
        pen.solid(blob(-1.0, 0.1, -0.6, 0.2, -0.2, 0.08, 0.2, 0.2, 0.6, 0.08, 1.0, 0.15, 0.9, -0.04,
            -0.9, -0.04), Look(0x6FA83A, texture="mottle"))
        pen.solid(blob(-0.92, 0.0, -0.8, -0.5, 0, -0.75, 0.8, -0.5, 0.92, 0.0),
            bread._replace(texture="cloud", finish="gloss"), 1.1)
        for _ in range(9):
            pen.flat(oval(rand.span(-0.6, 0.6), rand.span(-0.62, -0.25), 0.05, 0.03), 0xF3E6BE)

    def _pizza(self, pen: Pen, rand: Rand, bread: Look) -> None:
        pen.solid(oval(0, 0, 0.98, 0.9, n=30), bread, 0.4)
        pen.solid(oval(0, 0, 0.83, 0.76, n=30), Look(0xE8B84A, 0xD98A35, "patches", 0.25, 0, 0.3,
            "soft"), 0.2)
        for step in range(9):
            angle, r = step * 0.7 + rand.span(-0.2, 0.2), 0.25 + 0.42 * (step % 2)
            pen.solid(oval(r * math.cos(angle), r * math.sin(angle) * 0.9, 0.14, n=14),
                Look(self.second, texture="mottle"), 0.6)
        for _ in range(7):
            pen.flat(oval(rand.span(-0.6, 0.6), rand.span(-0.5, 0.5), 0.06, 0.04, rand.span(0, 3)),
                0x3F6A2A)

    def _donut(self, pen: Pen, rand: Rand, bread: Look) -> None:
        pen.solid(oval(0, 0.06, 0.95, 0.85, n=28), bread, 0.8)
        wave = [v for s in range(14) for v in ((0.84 + 0.06 * (s % 2)) * math.cos(s * 0.449),
            (0.74 + 0.06 * (s % 2)) * math.sin(s * 0.449) - 0.04)]
        pen.solid(blob(*wave, steps=3), Look(self.second, finish="gloss"), 0.8)
        for step in range(22):
            angle, r = rand.span(0, 6.28), rand.span(0.42, 0.75)
            x, y, a = r * math.cos(angle), r * math.sin(angle) * 0.88 - 0.04, rand.span(0, 3)
            pen.line(poly(x, y, x + 0.09 * math.cos(a), y + 0.09 * math.sin(a)),
                (0xF4E04A, 0x4AA0E0, 0xF2F2EE, 0x5FC05A)[step % 4], 0.04)
        pen.solid(oval(0, 0.0, 0.29, 0.25), Look(shade(self.first, 0.45)), 0.8, False)

    def _cone(self, pen: Pen, rand: Rand, bread: Look) -> None:
        pen.solid(poly(-0.45, 0.0, 0.45, 0.0, 0.03, 1.15, -0.03, 1.15),
            Look(self.first, shade(self.first, 0.7), "checks", 0.14, 0.8), 0.9)
        for x, y, colour in ((-0.26, -0.2, self.second), (0.26, -0.2, 0xF2E3C4),
            (0.0, -0.62, 0x7A4A32)):
            pen.solid(oval(x, y, 0.42, 0.4), Look(colour, texture="mottle", finish="soft"), 1.1)

    def _sundae(self, pen: Pen, rand: Rand, bread: Look) -> None:
        for x in (-0.36, 0.36, 0.0):
            pen.solid(oval(x, -0.35 - 0.28 * (x == 0), 0.4), Look(self.second if x else 0xF2E6CC,
                texture="mottle", finish="soft"), 1.1)
        pen.solid(oval(0, -1.02, 0.12), Look(0xC8202A, finish="gloss"))
        pen.solid(blob(-0.85, -0.25, 0.85, -0.25, 0.6, 0.3, 0.12, 0.55, -0.12, 0.55, -0.6, 0.3),
            Look(0xC9DCE2, finish="metal"), 0.9)
        pen.solid(poly(-0.07, 0.5, 0.07, 0.5, 0.4, 0.95, -0.4, 0.95), Look(0xC9DCE2,
            finish="metal"))

    def _cake(self, pen: Pen, rand: Rand, bread: Look) -> None:
        for step in range(3):
            w, y = 0.95 - 0.27 * step, 0.9 - 0.5 * step
            pen.solid(box(-w, y - 0.5, w, y, 0.05),
                Look(self.first if step % 2 == 0 else self.second, texture="cloud", finish="soft"),
                0.9)
            drip = [v for s in range(9) for v in (-w + 2 * w * s / 8,
                y - 0.5 + (0.16 if s % 2 else 0.05))]
            pen.solid(poly(-w, y - 0.53, *drip, w, y - 0.53), Look(0xFAF4EA, finish="soft"), 0.6)
        for x in (-0.2, 0.0, 0.2):
            pen.line(poly(x, -0.6, x, -0.92), (0x4AA0E0, 0xE0607A, 0x6FBF5A)[int(x * 5) % 3], 0.06)
            pen.flat(oval(x, -1.0, 0.045, 0.08), 0xFBC83A)

    def _hotdog(self, pen: Pen, rand: Rand, bread: Look) -> None:
        pen.solid(blob(-0.95, 0.0, -0.7, -0.3, 0.7, -0.3, 0.95, 0.0, 0.7, 0.1, -0.7, 0.1),
            bread._replace(texture="cloud"))
        pen.solid(tube(curve(-1.0, -0.08, 0, -0.02, 1.0, -0.08), 0.32),
            Look(self.second, finish="gloss"))
        pen.solid(blob(-0.95, 0.02, 0.95, 0.02, 0.75, 0.42, -0.75, 0.42),
            bread._replace(texture="cloud"))
        pen.line(curve(-0.85, -0.1, -0.6, -0.2, -0.35, -0.04, -0.1, -0.2, 0.15, -0.04, 0.4, -0.2,
            0.65, -0.04, 0.85, -0.15), 0xF0C42A, 0.07)

    def _pretzel(self, pen: Pen, rand: Rand, bread: Look) -> None:
        line = curve(-0.3, 0.75, 0.35, 0.1, 0.75, -0.35, 0.4, -0.75, 0, -0.3, -0.4, -0.75, -0.75,
            -0.35, -0.35, 0.1, 0.3, 0.75)
        pen.solid(tube(line[:21], 0.22, 0.26, 0.24), bread._replace(texture="cloud",
            finish="gloss"))
        pen.solid(tube(line[20:], 0.24, 0.26, 0.22), bread._replace(texture="cloud",
            finish="gloss"))
        for step in range(3, len(line) - 3, 3):
            pen.flat(box(line[step][0] - 0.03, line[step][1] - 0.03, line[step][0] + 0.03,
                line[step][1] + 0.03), 0xF6F1E4)

    def _sushi(self, pen: Pen, rand: Rand, bread: Look) -> None:
        for x in (-0.5, 0.5):
            pen.solid(box(x - 0.42, -0.15, x + 0.42, 0.5, 0.15), Look(0x1F2A24, texture="mottle"),
                0.8)
            pen.solid(oval(x, -0.15, 0.42, 0.26), Look(0x1F2A24), 0.4)
            pen.solid(oval(x, -0.15, 0.36, 0.21), Look(0xF4F1EA, texture="crumb", grain=0.12), 0.4,
                False)
            pen.solid(oval(x, -0.15, 0.16, 0.1), Look(self.second), 0.8, False)

    def _eggs(self, pen: Pen, rand: Rand, bread: Look) -> None:
        radii = [rand.span(0.75, 1.0) for _ in range(8)]
        pen.solid(blob(*[v for s, r in enumerate(radii) for v in (r * math.cos(s * 0.785),
            r * 0.85 * math.sin(s * 0.785))]), Look(0xF6F3EC, texture="cloud", finish="soft"), 0.3)
        pen.solid(oval(rand.span(-0.15, 0.15), rand.span(-0.12, 0.12), 0.36),
            Look(0xF0A82A, finish="gloss"), 1.1)

    def _spaghetti(self, pen: Pen, rand: Rand, bread: Look) -> None:
        pen.solid(oval(0, 0.3, 1.0, 0.5, n=28), Look(0xEDEBE6, finish="soft"), 0.3)
        for _ in range(16):
            x, y = rand.span(-0.4, 0.4), rand.span(-0.05, 0.3)
            pen.line(curve(x - 0.3, y, x, y - rand.span(0.1, 0.35), x + 0.3, y, x + 0.1, y + 0.15),
                0xEBCB6A, 0.06)
        pen.solid(oval(0, -0.05, 0.4, 0.22), Look(self.second, texture="gravel", grain=0.15))


VARIETIES: Varieties = (
    ("cheeseburger", Dish("burger")),
    ("pizza", Dish("pizza", 0xCF9A55, 0xB5302A)),
    ("ice_cream_cone", Dish("cone", 0xD9A35A, 0xF0A2B8)),
    ("doughnut", Dish("donut", 0xCF9A55, 0xE58AB0)),
    ("birthday_cake", Dish("cake", 0xF0B5C4, 0x9A5A3A)),
    ("hot_dog", Dish("hotdog", 0xD9A35A, 0xB5452F)),
    ("pretzel", Dish("pretzel", 0x9A5526)),
    ("sushi", Dish("sushi", 0, 0xE8704A)),
    ("fried_egg", Dish("eggs")),
    ("spaghetti", Dish("spaghetti", 0, 0xB5302A)),
    ("sundae", Dish("sundae", 0, 0xE58AA5)),
)  # fmt: skip
