"""Flags, cards, boards and dials."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import box, curve, joined, oval, petal, poly, star


@dataclass(frozen=True)
class Emblem(Kind):
    """Flags, cards, boards, dials and symbols."""

    plan: str = "flag"
    first: int = 0xC8202A
    second: int = 0xF3F1EA
    third: int = 0x2A4FA0

    family: ClassVar[str] = "emblem"
    turns: ClassVar[float] = 0.1
    flips: ClassVar[bool] = False

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Draw by plan."""
        getattr(self, f"_{self.plan}")(pen, rand)

    def _flag(self, pen: Pen, rand: Rand) -> None:
        pen.line(poly(-0.95, 1.2, -0.95, -0.75), 0x8A8D90, 0.07)
        wave = rand.span(0.05, 0.18)
        top = curve(-0.92, -0.7, -0.3, -0.7 - wave, 0.3, -0.7 + wave, 0.95, -0.7)
        for step, colour in enumerate((self.first, self.second, self.third)):
            y = 0.36 * step
            band = np.add(top, (0, y)).tolist(), np.add(top[::-1], (0, y + 0.37)).tolist()
            pen.solid(poly(*[v for side in band for p in side for v in p]),
                Look(colour, texture="cloud", finish="soft"), 0.5, False)

    def _stars(self, pen: Pen, rand: Rand) -> None:
        pen.line(poly(-0.95, 1.2, -0.95, -0.75), 0x8A8D90, 0.07)
        wave = rand.span(0.03, 0.1)
        top = curve(-0.92, -0.68, -0.3, -0.68 - wave, 0.3, -0.68 + wave, 0.95, -0.68)
        cloth = Look(self.first, self.second, "bands", 0.28, 0.0, 0.1, "soft")
        pen.solid(joined((top, np.add(top[::-1], (0, 1.1)))), cloth, 0.4)
        pen.flat(box(-0.92, -0.66, -0.1, -0.05), self.third)
        for step in range(6):
            pen.flat(star(-0.78 + 0.26 * (step % 3), -0.52 + 0.27 * (step // 3), 0.09, 0.04, 5),
                0xFFFFFF)

    def _clock(self, pen: Pen, rand: Rand) -> None:
        pen.solid(oval(0, 0, 0.95, n=32), Look(self.first, finish="gloss"), 0.3)
        pen.solid(oval(0, 0, 0.8, n=32), Look(self.second, texture="cloud", finish="flat"), 0.2)
        for step in range(12):
            angle = step * math.pi / 6
            x, y = math.cos(angle), math.sin(angle)
            pen.line(poly(0.62 * x, 0.62 * y, 0.74 * x, 0.74 * y), self.third, 0.05)
        for long, wide in ((0.42, 0.08), (0.62, 0.055)):
            angle = rand.span(0, 6.28)
            pen.line(poly(0, 0, long * math.cos(angle), long * math.sin(angle)), self.third, wide)
        pen.flat(oval(0, 0, 0.06), self.third)

    def _sundial(self, pen: Pen, rand: Rand) -> None:
        self._clock(pen, rand)
        pen.solid(poly(0, 0, 0.6, -0.1, 0.05, -0.7), Look(0xB08A3A, finish="metal"))

    def _compass(self, pen: Pen, rand: Rand) -> None:
        pen.solid(oval(0, 0, 0.95, n=32), Look(self.first, finish="metal"), 0.3)
        pen.solid(oval(0, 0, 0.78, n=32), Look(self.second, texture="cloud", finish="flat"), 0.2)
        pen.flat(star(0, 0, 0.6, 0.14, 4), 0xB9B2A0)
        angle = rand.span(0, 6.28)
        pen.flat(petal(0, 0, angle, 0.68, 0.2), 0xC8302A)
        pen.flat(petal(0, 0, angle + math.pi, 0.68, 0.2), self.third)
        pen.line(oval(0, -1.05, 0.15, n=14)[[*range(14), 0]], self.first, 0.06)

    def _card(self, pen: Pen, rand: Rand) -> None:
        for lean in (-0.25, 0.12):
            card = pen.at(lean * 1.2, 0.1, 1.0, lean + rand.span(-0.08, 0.08))
            card.solid(box(-0.5, -0.75, 0.5, 0.75, 0.08), Look(self.second, texture="cloud",
                finish="flat"), 0.2)
            for x, y in ((0, -0.4), (0, 0.4), (0, 0)):
                card.flat(poly(x, y - 0.17, x + 0.13, y, x, y + 0.17, x - 0.13, y), self.first)
            card.flat(oval(-0.37, -0.58, 0.06), self.first)

    def _board(self, pen: Pen, rand: Rand) -> None:
        pen.solid(poly(-1.0, 0.5, -0.7, -0.5, 0.7, -0.5, 1.0, 0.5), Look(0x5A3A22, -1, "wood", 0.4),
            0.2)
        for row in range(6):
            for column in range(6):
                t0, t1 = row / 6, (row + 1) / 6
                w0, w1 = 0.66 + 0.26 * t0, 0.66 + 0.26 * t1
                xs = [(-1 + 2 * (column + k) / 6) for k in (0, 1)]
                y0, y1 = -0.46 + 0.9 * t0, -0.46 + 0.9 * t1
                pen.flat(poly(xs[0] * w0, y0, xs[1] * w0, y0, xs[1] * w1, y1, xs[0] * w1, y1),
                    self.first if (row + column) % 2 else self.second)
        for _ in range(6):
            x, y = rand.span(-0.7, 0.7), rand.span(-0.3, 0.35)
            pen.solid(poly(x - 0.08, y, x + 0.08, y, x + 0.04, y - 0.3, x - 0.04, y - 0.3),
                Look(rand.pick((0x241E1A, 0xE9E0CC)), finish="gloss"))
            pen.solid(oval(x, y - 0.33, 0.07), Look(0x3A2A20, finish="gloss"))

    def _dice(self, pen: Pen, rand: Rand) -> None:
        for x, y in ((-0.42, 0.2), (0.45, -0.1)):
            die = pen.at(x, y, 0.9, rand.span(-0.5, 0.5))
            die.solid(box(-0.45, -0.45, 0.45, 0.45, 0.12), Look(self.second, texture="cloud",
                finish="gloss"), 0.4)
            spots = rand.pick((((0, 0),), ((-1, -1), (1, 1)), ((-1, -1), (0, 0), (1, 1)),
                ((-1, -1), (1, 1), (-1, 1), (1, -1)), ((-1, -1), (1, 1), (-1, 1), (1, -1), (0, 0))))
            for sx, sy in spots:
                die.flat(oval(sx * 0.23, sy * 0.23, 0.09, n=12), self.first)

    def _target(self, pen: Pen, rand: Rand) -> None:
        for step in range(5):
            pen.solid(oval(0, 0, 0.95 - 0.19 * step, n=28),
                Look(self.first if step % 2 == 0 else self.second, texture="cloud", finish="flat"),
                0.1, False)
        for _ in range(2):
            x, y = rand.span(-0.4, 0.4), rand.span(-0.4, 0.4)
            pen.line(poly(x, y, x + 0.5, y - 0.4), self.third, 0.05)

    def _yinyang(self, pen: Pen, rand: Rand) -> None:
        pen.solid(oval(0, 0, 0.92, n=32), Look(self.first, texture="cloud", finish="flat"), 0.2)
        angle = [math.pi * step / 14 - math.pi / 2 for step in range(15)]
        outer = [(0.86 * math.cos(a), 0.86 * math.sin(a)) for a in angle]
        small = [(-0.43 * math.cos(a), 0.43 + 0.43 * math.sin(a)) for a in reversed(angle)]
        other = [(0.43 * math.cos(a), -0.43 + 0.43 * math.sin(a)) for a in reversed(angle)]
        pen.decal(poly(*[v for p in outer + small + other for v in p]), Look(self.second))
        pen.flat(oval(0, -0.43, 0.13), self.second)
        pen.flat(oval(0, 0.43, 0.13), self.first)

    def _crossword(self, pen: Pen, rand: Rand) -> None:
        pen.solid(box(-0.85, -0.85, 0.85, 0.85), Look(self.second, texture="cloud", finish="flat"),
            0.1)
        for row in range(7):
            for column in range(7):
                if rand.chance(0.35):
                    x, y = -0.85 + 0.243 * column, -0.85 + 0.243 * row
                    pen.flat(box(x, y, x + 0.243, y + 0.243), self.first)
        for step in range(8):
            at = -0.85 + 0.243 * step
            pen.line(poly(at, -0.85, at, 0.85), 0x4A4A4C, 0.02)
            pen.line(poly(-0.85, at, 0.85, at), 0x4A4A4C, 0.02)


VARIETIES: Varieties = (
    ("yin_yang", Emblem("yinyang", 0x1E1C1E, 0xF1EFE8)),
    ("analog_clock", Emblem("clock", 0x7A4A2A, 0xF3F0E4, 0x201E1E)),
    ("sundial", Emblem("sundial", 0x9A948A, 0xC9C2B4, 0x5A544A)),
    ("compass", Emblem("compass", 0xC9A23A, 0xEFE9D8, 0x2A4FA0)),
    ("playing_card", Emblem("card", 0xC4202A, 0xF4F2EC)),
    ("chess_board", Emblem("board", 0x5A3A22, 0xE3CFA4)),
    ("dice", Emblem("dice", 0x1E1C1E, 0xF1EEE4)),
    ("dartboard", Emblem("target", 0x1F1E20, 0xE3D6B0, 0x2A5FA8)),
    ("us_flag", Emblem("stars", 0xC8202A, 0xF3F1EA, 0x2A3F7A)),
    ("tricolour", Emblem("flag", 0x2A8A4A, 0xF3F1EA, 0xC8302A)),
    ("crossword", Emblem("crossword", 0x1E1C1E, 0xF1EEE4)),
)  # fmt: skip
