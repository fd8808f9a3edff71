"""Creatures of the sea: finned bodies, and animals built of many arms."""

import math
from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, curve, fan, oval, petal, poly, tube


@dataclass(frozen=True)
class Fish(Kind):
    """A swimmer from the side, head to the right; lengths in units of half its body."""

    skin: int = 0xD9772B
    belly: int = -1
    texture: str = "scales"
    pattern: int = -1
    grain: float = 0.2
    angle: float = 0.0
    deep: float = 0.4  # height against length
    tail: str = "fork"  # fork, fan, fluke, veil
    dorsal: str = "ridge"  # ridge, blade, tall, none
    bars: int = -1  # colour of upright bars
    snout: float = 0.0  # beak or sword
    eye: float = 0.1

    family: ClassVar[str] = "fish"
    context: ClassVar[str] = "deep"
    turns: ClassVar[float] = 0.15

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Back to front: tail, fins, body, bars, eye."""
        skin = Look(self.skin, self.pattern, self.texture, self.grain, self.angle, 0.25, "gloss")
        fin = Look(shade(self.skin, 0.8), -1, "ribs", 0.08, rand.span(-0.2, 0.2), 0.3, "soft")
        deep = self.deep * rand.near(1, 0.08)
        sway = rand.span(-0.12, 0.12)
        tail = {
            "fork": poly(-0.8, 0.08, -1.4, 0.5 + sway, -1.2, sway, -1.4, -0.5 + sway, -0.8, -0.08),
            "fan": blob(-0.8, 0.05, -1.3, 0.4 + sway, -1.42, sway, -1.3, -0.4 + sway, -0.8, -0.05),
            "fluke": blob(-0.75, 0.06, -1.25, 0.3 + sway, -1.45, 0.35 + sway, -1.25, 0.05 + sway,
                -1.5, -0.25 + sway, -1.25, -0.2 + sway, -0.75, -0.06, steps=3),
            "veil": blob(-0.75, 0.05, -1.3, 0.65 + sway, -1.8, 0.6 + sway, -1.5, sway, -1.8,
                -0.55 + sway, -1.3, -0.6 + sway, -0.75, -0.05),
        }[self.tail]  # fmt: skip
        pen.solid(tail, fin, 0.6)
        if self.dorsal == "ridge":
            pen.solid(blob(0.4, -deep * 0.7, 0.0, -deep * 1.45, -0.6, -deep * 1.1, -0.7,
                -deep * 0.3), fin, 0.5)
        elif self.dorsal == "blade":
            pen.solid(blob(0.25, -deep * 0.8, -0.12, -deep * 0.9 - 0.42, -0.25, -deep * 0.75,
                steps=2), skin._replace(other=-1), 0.6)
        elif self.dorsal == "tall":
            pen.solid(blob(0.3, -deep * 0.6, -0.25, -deep - 0.75, -0.35, -deep * 0.7, steps=2), fin,
                0.5)
            pen.solid(blob(0.3, deep * 0.6, -0.25, deep + 0.75, -0.35, deep * 0.7, steps=2), fin,
                0.5)
        if self.snout:
            pen.solid(petal(0.75, -0.02, 0.0, 0.3 + self.snout, 0.22), skin._replace(other=-1))
        body = blob(1.0, 0.0, 0.62, -deep * 0.8, 0.1, -deep, -0.5, -deep * 0.62, -0.92, -0.09,
            -0.92, 0.09, -0.5, deep * 0.6, 0.1, deep, 0.62, deep * 0.75)
        pen.solid(body, skin, 1.1)
        if self.belly >= 0:
            pen.decal(oval(0.2, deep * 0.85, 1.0, deep * 0.7), Look(self.belly))
        if self.bars >= 0:
            for x in (0.45, -0.05, -0.55):
                pen.decal(oval(x, 0, 0.1, deep * 1.1), Look(self.bars))
        pen.solid(petal(0.28, deep * 0.35, 2.2 + sway, 0.5, 0.26), fin, 0.6)
        pen.line(curve(0.5, -deep * 0.45, 0.42, 0.0, 0.5, deep * 0.45), shade(self.skin, 0.6), 0.03)
        size = self.eye
        pen.flat(oval(0.7, -deep * 0.22, size), 0xEFE9DC if size > 0.06 else 0x14110F)
        pen.flat(oval(0.71, -deep * 0.22, size * 0.6), 0x14110F)
        pen.line(curve(0.98, 0.05, 0.86, deep * 0.22, 0.74, deep * 0.2), shade(self.skin, 0.45),
            0.03)
        pen.mark("eye", 0.7, -deep * 0.22)
        pen.mark("tail", -1.25, sway)


@dataclass(frozen=True)
class Armed(Kind):
    """An animal of arms or legs about a centre."""

    skin: int = 0xC0563A
    plan: str = "star"  # star, octopus, crab, lobster, jelly, turtle, seahorse, shell
    texture: str = "mottle"
    second: int = 0xE7C9A0

    family: ClassVar[str] = "sea creature"
    context: ClassVar[str] = "deep"
    turns: ClassVar[float] = 0.25

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Draw by plan of the body."""
        look = Look(self.skin, -1, self.texture, 0.16, 0.0, 0.32, "gloss")
        getattr(self, f"_{self.plan}")(pen, rand, look)

    def _star(self, pen: Pen, rand: Rand, look: Look) -> None:
        turn = rand.span(0, 1.2)
        for step in range(5):
            angle = turn + step * 1.2566 + rand.span(-0.12, 0.12)
            bend = rand.span(-0.2, 0.2)
            line = curve(0, 0, 0.5 * math.cos(angle), 0.5 * math.sin(angle), math.cos(angle + bend),
                math.sin(angle + bend))
            pen.solid(tube(line, 0.5, 0.36, 0.16), look, 1.0, False)
            for spot in (0.3, 0.5, 0.7):
                pen.flat(oval(spot * math.cos(angle), spot * math.sin(angle), 0.05, n=8),
                    self.second)
        pen.solid(oval(0, 0, 0.26), look, 1.0, False)

    def _octopus(self, pen: Pen, rand: Rand, look: Look) -> None:
        for step in range(8):
            angle = 0.25 + step * 0.38
            curl = rand.span(0.3, 0.8) * (1 if step > 3 else -1)
            x, y = math.cos(angle), math.sin(angle) * 0.8
            line = curve(0.2 * x, 0.1, 0.6 * x, 0.35 + 0.35 * y, 0.95 * x, 0.4 + 0.6 * y,
                1.1 * x + curl * 0.3, 0.2 + 0.75 * y)
            pen.solid(tube(line, 0.26, 0.18, 0.05), look)
        pen.solid(blob(-0.35, 0.25, -0.52, -0.4, 0, -0.95, 0.52, -0.4, 0.35, 0.25), look, 1.1)
        self._eyes(pen, 0.2, 0.05, 0.12)

    def _crab(self, pen: Pen, rand: Rand, look: Look) -> None:
        for side in (-1, 1):
            for step in range(4):
                y = 0.05 + 0.15 * step
                lift = rand.span(-0.08, 0.08)
                line = curve(side * 0.4, y, side * 0.85, y - 0.12 + lift, side * 1.1,
                    y + 0.38 + lift)
                pen.solid(tube(line, 0.13, 0.1, 0.03), look)
            line = curve(side * 0.5, -0.1, side * 0.95, -0.3, side * 0.9, -0.62)
            pen.solid(tube(line, 0.14, 0.16), look)
            for angle in (-0.5, 0.35):
                pen.solid(petal(side * 0.9, -0.6, -1.57 - side * angle, 0.55, 0.26), look)
        pen.solid(blob(-0.7, -0.05, -0.35, -0.38, 0.35, -0.38, 0.7, -0.05, 0.4, 0.42, -0.4, 0.42),
            look, 1.1)
        for side in (-1, 1):
            pen.line(poly(side * 0.18, -0.3, side * 0.22, -0.5), self.skin, 0.06)
        self._eyes(pen, 0.22, -0.52, 0.08)

    def _lobster(self, pen: Pen, rand: Rand, look: Look) -> None:
        for side in (-1, 1):
            pen.line(curve(side * 0.1, -0.6, side * 0.3, -1.1, side * 0.75, -1.3), self.skin, 0.03)
            for step in range(4):
                y = -0.25 + 0.15 * step
                pen.line(curve(side * 0.2, y, side * 0.5, y - 0.05, side * 0.68, y + 0.2),
                    shade(self.skin, 0.8), 0.05)
            pen.solid(tube(curve(side * 0.2, -0.45, side * 0.6, -0.62, side * 0.62, -0.95), 0.12,
                0.15), look)
            for angle in (-0.35, 0.3):
                pen.solid(petal(side * 0.62, -0.9, -1.57 - side * angle, 0.62, 0.28), look)
        for step in range(3):
            pen.solid(petal(0, 0.85, 1.57 + 0.6 * (step - 1), 0.5, 0.26), look)
        for step in range(5):
            pen.solid(oval(0, 0.8 - 0.17 * step, 0.2 + 0.012 * step, 0.14), look, 0.9)
        pen.solid(oval(0, -0.25, 0.26, 0.45), look, 1.1)
        self._eyes(pen, 0.12, -0.6, 0.06)

    def _jelly(self, pen: Pen, rand: Rand, look: Look) -> None:
        soft = look._replace(finish="soft")
        for step in range(9):
            x = -0.6 + 0.15 * step
            sway = rand.span(-0.2, 0.2)
            pen.line(curve(x, 0, x + sway, 0.5, x - sway, 0.9, x + sway, rand.span(1.0, 1.5)),
                shade(self.skin, 1.1), 0.045)
        for x in (-0.2, 0.15):
            pen.solid(tube(curve(x, 0, x + 0.15, 0.4, x - 0.1, 0.9), 0.25, 0.2, 0.05), soft)
        pen.solid(blob(-0.8, 0.08, -0.68, -0.5, 0, -0.85, 0.68, -0.5, 0.8, 0.08, 0.4, -0.02, 0, 0.1,
            -0.4, -0.02), soft, 1.1)
        pen.decal(oval(0, -0.3, 0.4, 0.3), Look(self.second))

    def _turtle(self, pen: Pen, rand: Rand, look: Look) -> None:
        limb = Look(self.second, -1, "scales", 0.1)
        for x, angle in ((0.5, 0.9), (-0.55, 2.2), (0.6, 1.5), (-0.45, 1.7)):
            pen.solid(petal(x, 0.1, angle + rand.span(-0.2, 0.2), 0.65, 0.32), limb)
        pen.solid(tube(curve(0.6, 0.1, 0.9, 0.0, 1.12, -0.15 + rand.span(-0.1, 0.1)), 0.3, 0.22,
            0.3), limb)
        pen.solid(petal(-0.75, 0.15, 3.0, 0.35, 0.15), limb)
        pen.flat(oval(1.17, -0.2, 0.05), 0x15110F)
        pen.solid(blob(-0.9, 0.22, -0.75, -0.3, 0, -0.62, 0.72, -0.3, 0.88, 0.22, 0, 0.34),
            look._replace(texture="giraffe", grain=0.2, other=shade(self.skin, 0.55)), 1.1)
        pen.mark("eye", 1.17, -0.2)

    def _seahorse(self, pen: Pen, rand: Rand, look: Look) -> None:
        look = look._replace(texture="ribs", angle=0.2)
        pen.solid(fan(-0.2, 0.0, 0.4, 2.4, 3.9), Look(self.second, -1, "ribs", 0.07))
        line = curve(0.0, -0.6, 0.2, -0.2, 0.1, 0.25, -0.15, 0.7, 0.15, 1.0, 0.38, 0.78, 0.2, 0.66)
        pen.solid(tube(line, 0.3, 0.55, 0.45, 0.26, 0.17, 0.1, 0.05), look)
        pen.solid(petal(0.1, -0.78, 0.35, 0.72, 0.18), look)
        pen.solid(oval(0.08, -0.8, 0.24, 0.2), look)
        for step in range(3):
            pen.solid(petal(0.0, -0.88, -2.2 + 0.4 * step, 0.28, 0.1), look)
        pen.flat(oval(0.16, -0.83, 0.05), 0x15110F)
        pen.mark("eye", 0.16, -0.83)

    def _shell(self, pen: Pen, rand: Rand, look: Look) -> None:
        count = 11
        for step in range(count):
            angle = -2.75 + 2.36 * step / (count - 1)
            colour = self.skin if step % 2 else self.second
            pen.solid(petal(0, 0.55, angle, 1.45 - 0.3 * abs(step / (count - 1) - 0.5), 0.36),
                look._replace(colour=colour), 0.9)
        pen.solid(poly(-0.3, 0.72, 0.3, 0.72, 0.16, 0.42, -0.16, 0.42), look)

    def _nautilus(self, pen: Pen, rand: Rand, look: Look) -> None:
        for step in range(6):
            pen.solid(tube(curve(0.5, 0.3, 0.85, 0.35 + 0.05 * step, 1.1, 0.1 + 0.14 * step), 0.1,
                0.03), Look(self.second))
        pen.solid(oval(0, 0, 0.85, 0.75), look._replace(colour=0xEFE3D0), 1.1)
        for step in range(6):
            angle = 2.6 + 0.42 * step
            pen.decal(petal(0.15, 0.1, angle, 0.95, 0.22), look)
        pen.solid(oval(0.5, 0.28, 0.33, 0.3), Look(self.second))
        pen.flat(oval(0.6, 0.22, 0.08), 0x15110F)
        pen.mark("eye", 0.6, 0.22)

    def _eyes(self, pen: Pen, gap: float, y: float, size: float) -> None:
        for side in (-1, 1):
            pen.flat(oval(side * gap, y, size), 0xF1ECE0)
            pen.flat(oval(side * gap, y + size * 0.15, size * 0.55), 0x15110F)
        pen.mark("left_eye", -gap, y)
        pen.mark("right_eye", gap, y)


VARIETIES: Varieties = (
    ("goldfish", Fish(0xE8791F, deep=0.48, tail="veil", eye=0.12)),
    ("clownfish", Fish(0xE86A1C, deep=0.46, tail="fan", bars=0xF4F1EA)),
    ("great_white_shark", Fish(0x6B7680, 0xE9ECEC, "cloud", deep=0.3, tail="fluke", dorsal="blade",
        eye=0.04)),
    ("stingfish", Fish(0xB5452F, texture="stripes", pattern=0xEADFD0, grain=0.16, angle=1.57,
        deep=0.42, dorsal="tall", tail="fan")),
    ("starfish", Armed(0xD0672F, "star")),
    ("rock_crab", Armed(0xB04A2C, "crab")),
    ("jellyfish", Armed(0xC9A3D8, "jelly", second=0xE8C7E6)),
    ("scallop", Armed(0xD9926B, "shell", second=0xF0D9C0)),
    ("dolphin", Fish(0x7F8FA0, 0xD5DBDF, "cloud", deep=0.3, tail="fluke", dorsal="blade",
        snout=0.28, eye=0.045)),
    ("octopus", Armed(0xA8485A, "octopus")),
    ("lobster", Armed(0xA62B22, "lobster")),
    ("sea_horse", Armed(0xD9A13B, "seahorse", second=0xE8C36A)),
    ("nautilus", Armed(0xB4532C, "nautilus", second=0xD9B48C)),
    ("killer_whale", Fish(0x17191C, 0xF0F1EF, "cloud", deep=0.36, tail="fluke", dorsal="blade",
        eye=0.05)),
    ("swordfish", Fish(0x3F6A93, 0xD9DEE0, deep=0.26, tail="fork", dorsal="blade", snout=0.75)),
    ("angelfish", Fish(0xE3D67A, deep=0.62, tail="fan", dorsal="tall", bars=0x2A2A2E)),
    ("sea_turtle", Armed(0x6E8A4A, "turtle", second=0x93A86E)),
    ("trout", Fish(0x8A9A76, 0xE4DDC6, "dots", 0x55604A, 0.12, deep=0.3, tail="fan")),
)  # fmt: skip
