"""Potted plants, screens and laid tables: the things of rooms that VOC names."""

import math
from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, box, curve, lathe, oval, petal, poly, tube

POTS = (0xB5613A, 0xE3DCCB, 0x3F5A7A, 0x6A4A3A, 0x8A9A8A, 0x2F3236)


@dataclass(frozen=True)
class Potted(Kind):
    """A plant in a pot; the floor is at y = 1."""

    plan: str = "broad"  # broad, blades, bush, fronds, bloom
    leaf: int = 0x3F7A38
    bloom: int = 0xD9457A

    family: ClassVar[str] = "potted plant"
    context: ClassVar[str] = "indoor"
    stands: ClassVar[bool] = True
    turns: ClassVar[float] = 0.03

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Leaves, then the pot in front."""
        leaf = Look(self.leaf, shade(self.leaf, 1.45), "ribs", 0.12, 0, 0.3)
        tall = rand.span(0.8, 1.25)
        if self.plan == "bush":
            for _ in range(8):
                angle = rand.span(0, 6.28)
                pen.solid(oval(0.42 * math.cos(angle), -0.15 * tall + 0.36 * math.sin(angle), 0.36,
                    0.32), leaf._replace(texture="foliage", grain=0.25))
        else:
            count = {"broad": 11, "blades": 13, "fronds": 9, "bloom": 9}[self.plan]
            for step in range(count):
                angle = -2.9 + 2.66 * step / (count - 1) + rand.span(-0.12, 0.12)
                x, y = math.cos(angle), math.sin(angle)
                long = tall * rand.span(0.8, 1.1)
                if self.plan == "blades":
                    pen.solid(petal(0, 0.45, -1.57 + (angle + 1.57) * 0.55, long * 1.25, 0.17),
                        leaf._replace(angle=angle))
                elif self.plan == "fronds":
                    line = curve(0, 0.45, 0.4 * x * long, 0.2 + 0.6 * y * long, 0.85 * x * long,
                        0.35 + 0.55 * y * long)
                    pen.solid(tube(line, 0.05, 0.2, 0.17, 0.03), leaf._replace(angle=angle,
                        grain=0.07))
                else:
                    pen.line(curve(0, 0.45, 0.2 * x, 0.2, 0.45 * x * long, 0.35 + 0.6 * y * long),
                        shade(self.leaf, 0.8), 0.04)
                    pen.solid(petal(0.35 * x * long, 0.35 + 0.45 * y * long, angle, 0.55, 0.36),
                        leaf._replace(angle=angle))
            if self.plan == "bloom":
                for _ in range(5):
                    x, y = rand.span(-0.5, 0.5), rand.span(-0.75, -0.1) * tall
                    for step in range(5):
                        pen.solid(petal(x, y, step * 1.257, 0.17, 0.14),
                            Look(self.bloom, finish="soft"), 0.9, False)
                    pen.flat(oval(x, y, 0.04, n=8), 0xF0C83A)
        pot = Look(rand.pick(POTS), -1, "mottle", 0.3, 0, 0.25, "soft")
        wide = rand.span(0.36, 0.5)
        pen.solid(poly(-wide * 0.9, 0.45, wide * 0.9, 0.45, wide * 0.68, 1.0, -wide * 0.68, 1.0),
            pot, 1.1)
        pen.solid(box(-wide, 0.36, wide, 0.52, 0.03), pot, 1.0)
        pen.mark("pot", 0, 0.7)


@dataclass(frozen=True)
class Screen(Kind):
    """A television or monitor."""

    plan: str = "flat"  # flat, tube, laptop
    wide: float = 0.95

    family: ClassVar[str] = "screen"
    context: ClassVar[str] = "indoor"
    stands: ClassVar[bool] = True
    turns: ClassVar[float] = 0.02

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Foot, case, picture."""
        case = Look(rand.pick((0x1B1C1F, 0x2A2C30, 0xB9BDBF, 0xD8D4C8)), finish="gloss",
            contrast=0.15)
        w = self.wide
        if self.plan == "laptop":
            pen.solid(poly(-w, 0.5, w, 0.5, w + 0.2, 0.95, -w - 0.2, 0.95), case, 0.3)
            pen.decal(poly(-w * 0.85, 0.56, w * 0.85, 0.56, w * 0.95, 0.78, -w * 0.95, 0.78),
                Look(0x2A2B2E, 0x6A6C70, "checks", 0.08))
            top, low = -0.75, 0.5
        elif self.plan == "tube":
            pen.solid(box(-w, -0.85, w, 0.85, 0.14), case, 0.6)
            for x in (-0.5, 0.5):
                pen.solid(box(x - 0.12, 0.85, x + 0.12, 1.0), case)
            top, low = -0.85, 0.85
            for y in (-0.4, -0.1):
                pen.flat(oval(w - 0.13, y, 0.07), 0x8A8D90)
        else:
            pen.solid(poly(-0.12, 0.6, 0.12, 0.6, 0.2, 0.92, -0.2, 0.92), case, 0.6)
            pen.solid(oval(0, 0.93, 0.45, 0.08), case, 0.6)
            top, low = -0.62, 0.66
        if self.plan != "tube":
            pen.solid(box(-w, top, w, low, 0.06), case, 0.3)
        right = w - (0.3 if self.plan == "tube" else 0.09)
        self._picture(pen, rand, -w + 0.09, top + 0.1, right,
            low - (0.2 if self.plan == "tube" else 0.12))
        pen.mark("screen", 0, (top + low) / 2)

    def _picture(self, pen: Pen, rand: Rand, x0: float, y0: float, x1: float, y1: float) -> None:
        frame = box(x0, y0, x1, y1, 0.05)
        which = rand.below(4)
        if which == 0:
            pen.solid(frame, Look(0x14171C, 0x39424E, "cloud", 0.9, finish="gloss"), 0.2, False)
        elif which == 1:
            pen.solid(frame, Look(0x2F6FC4, 0x8FC0EE, "cloud", 0.9, finish="flat"), 0.1, False)
            pen.decal(box(x0, y1 - 0.3 * (y1 - y0), x1, y1), Look(0x4F8A3A, texture="grass"))
            pen.decal(oval(rand.span(x0, x1), y0 + 0.3, 0.14), Look(0xF7E28A))
        elif which == 2:
            pen.solid(frame, Look(0xDDE6EE, texture="cloud", contrast=0.05, finish="flat"), 0.1,
                False)
            pen.decal(box(x0, y0, x1, y0 + 0.12), Look(0x3A6FB8))
            for step in range(5):
                y = y0 + 0.24 + 0.17 * step
                pen.decal(box(x0 + 0.1, y, x0 + 0.1 + rand.span(0.4, 1.2), y + 0.06),
                    Look(0x6A7078))
        else:
            pen.solid(frame, Look(rand.pick((0x7A3A5A, 0x3A6A5A, 0xB56A3A)),
                rand.pick((0xE0C060, 0x60A0D0)), "patches", 0.5, finish="flat"), 0.1, False)
        pen.decal(poly(x0, y0, x0 + 0.3, y0, x0, y0 + 0.5), Look(0xC9D2DA, texture="cloud"))


@dataclass(frozen=True)
class Laid(Kind):
    """A dining table with things on it; the floor is at y = 1."""

    round: bool = False
    cloth: bool = False
    wood: int = -1

    family: ClassVar[str] = "dining table"
    context: ClassVar[str] = "indoor"
    stands: ClassVar[bool] = True
    turns: ClassVar[float] = 0.02

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Legs, top, cloth, plates, glasses, a bowl."""
        colour = self.wood if self.wood >= 0 else rand.pick((0x8A5A30, 0xB98A54, 0x5A3A24,
            0xC9A878))
        wood = Look(colour, -1, "wood", 0.4, 0.0, 0.3)
        deep, skew, w, y = rand.span(0.3, 0.45), rand.span(-0.2, 0.2), rand.span(1.0, 1.25), 0.15
        cloth = Look(rand.pick((0xF1EEE6, 0xC8404A, 0x7A9AC0, 0xE3CFA0)),
            0xFAF8F2 if rand.chance(0.5) else -1, "checks", 0.2, 0, 0.12, "soft")
        top = cloth if self.cloth else wood
        if self.round:
            pen.solid(lathe(0, y, 0.12, 0.5, 0.1, 0.85, 0.16, 0.98, 0.5), wood._replace(angle=1.57))
            pen.solid(oval(0, y + 0.07, w, deep), top._replace(colour=shade(top.colour, 0.7)), 0.5)
            pen.solid(oval(0, y, w, deep), top, 0.4)
            spots = [(0.62 * w * math.cos(a), y + 0.6 * deep * math.sin(a)) for a in (0.5, 1.6, 2.7,
                3.9, 5.3)]
        else:
            for x, foot, tone in ((-w + 0.1 + skew, 0.8, 0.6), (w - 0.1 + skew, 0.8, 0.6),
                (-w + 0.1, 1.0, 1.0), (w - 0.1, 1.0, 1.0)):
                pen.solid(box(x - 0.07, y, x + 0.07, foot), wood._replace(colour=shade(colour,
                    tone), angle=1.57))
            pen.solid(poly(-w, y + 0.12, w, y + 0.12, w + skew, y - deep, -w + skew, y - deep), top,
                0.3)
            drop = 0.42 if self.cloth else 0.24
            pen.solid(box(-w, y + 0.12, w, y + drop), top._replace(colour=shade(top.colour, 0.8)),
                0.4)
            spots = [(x * w + skew * 0.5, y - deep * 0.35 + d) for x in (-0.62, -0.05,
                0.55) for d in (-0.14, 0.1)]
        for x, py in spots[: rand.between(2, 5)]:
            pen.solid(oval(x, py, 0.2, 0.075), Look(0xF3F2EE, finish="gloss"), 0.5)
            pen.flat(oval(x, py - 0.005, 0.12, 0.04), rand.pick((0xC88A3A, 0x8AAA4A, 0xE3E1DA,
                0xB5453A)))
        for _ in range(rand.between(1, 3)):
            x = rand.span(-0.8, 0.8) * w
            py = y - deep * rand.span(0.1, 0.7)
            kind = rand.below(3)
            if kind == 0:
                pen.solid(lathe(x, py - 0.3, 0.08, py - 0.14, 0.09, py - 0.08, 0.02, py, 0.02,
                    py + 0.02, 0.07), Look(0xD8E4E8, finish="metal"), 0.9)
            elif kind == 1:
                pen.solid(blob(x - 0.2, py - 0.12, x + 0.2, py - 0.12, x + 0.1, py + 0.03, x - 0.1,
                    py + 0.03), Look(rand.pick(POTS), finish="gloss"))
                for step in range(4):
                    pen.solid(oval(x - 0.12 + 0.08 * step, py - 0.15, 0.07),
                        Look(rand.pick((0xC8302A, 0xE8932A, 0x8FB83A)), finish="gloss"))
            else:
                pen.solid(lathe(x, py - 0.28, 0.05, py - 0.1, 0.1, py + 0.02, 0.06),
                    Look(rand.pick(POTS), finish="gloss"))
                for step in range(5):
                    pen.solid(petal(x, py - 0.26, -2.4 + 0.42 * step, 0.26, 0.1),
                        Look(rand.pick((0x4F8A3A, 0xD9457A, 0xE8C23A))), 0.8)
        pen.mark("top", 0, y)
