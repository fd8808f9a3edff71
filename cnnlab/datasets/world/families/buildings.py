"""Buildings: walls, roofs, towers, openings."""

import math
from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import arc, blob, box, curve, fan, lathe, oval, poly

WALLS = (0xE2D9C6, 0xB5654A, 0xC9C2B4, 0xD9B98A, 0x9AA3A8)


@dataclass(frozen=True)
class Building(Kind):
    """A building on the ground at y = 1."""

    plan: str = "house"
    wall: int = -1
    wall_texture: str = "mottle"
    roof: int = 0x8A3F2E

    family: ClassVar[str] = "building"
    context: ClassVar[str] = "outdoor"
    stands: ClassVar[bool] = True
    turns: ClassVar[float] = 0.03

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Draw by plan."""
        wall = Look(self.wall if self.wall >= 0 else rand.pick(WALLS), -1, self.wall_texture, 0.3,
            0, 0.25)
        roof = Look(self.roof, -1, "scales", 0.12, 0, 0.35)
        getattr(self, f"_{self.plan}")(pen, rand, wall, roof)

    def _windows(self, pen: Pen, x0: float, y0: float, x1: float, y1: float, columns: int,
        rows: int, colour: int = 0x2F3F52, fill: float = 0.6) -> None:
        wide, high = (x1 - x0) / columns, (y1 - y0) / rows
        for row in range(rows):
            for column in range(columns):
                x, y = x0 + wide * (column + 0.5), y0 + high * (row + 0.5)
                pen.flat(box(x - wide * fill / 2, y - high * fill / 2, x + wide * fill / 2,
                    y + high * fill / 2), colour)

    def _house(self, pen: Pen, rand: Rand, wall: Look, roof: Look) -> None:
        wide = rand.span(0.8, 1.0)
        side = wall._replace(colour=shade(wall.colour, 0.8))
        pen.solid(poly(0.1, 0.0, wide, 0.05, wide, 0.95, 0.1, 1.0), side, 0.2)
        pen.solid(poly(-0.9, 1.0, -0.9, 0.0, -0.4, -0.55, 0.1, 0.0, 0.1, 1.0), wall, 0.2)
        pen.solid(box(0.45, -0.75, 0.62, -0.3), Look(0x8A4A3A, -1, "bricks", 0.15))
        pen.solid(poly(-0.4, -0.65, wide - 0.35, -0.6, wide + 0.1, 0.1, 0.15, 0.08), roof, 0.3)
        pen.line(poly(-1.0, 0.1, -0.4, -0.62, 0.18, 0.1), shade(self.roof, 0.7), 0.09)
        self._windows(pen, 0.18, 0.25, wide - 0.05, 0.75, 2, 1)
        self._windows(pen, -0.82, 0.1, 0.02, 0.45, 2, 1)
        pen.flat(box(-0.5, 0.5, -0.26, 1.0), 0x5A3320)

    def _barn(self, pen: Pen, rand: Rand, wall: Look, roof: Look) -> None:
        wall = wall._replace(texture="planks", angle=1.57, grain=0.3)
        pen.solid(poly(0.35, -0.2, 1.1, -0.12, 1.1, 0.92, 0.35, 1.0),
            wall._replace(colour=shade(wall.colour, 0.75)), 0.2)
        pen.solid(poly(-0.8, 1.0, -0.8, -0.1, -0.6, -0.6, -0.22, -0.9, 0.16, -0.6, 0.35, -0.1, 0.35,
            1.0), wall, 0.2)
        pen.solid(poly(-0.22, -0.98, 0.6, -0.88, 0.95, -0.55, 1.2, -0.02, 0.42, -0.02, 0.2, -0.62),
            roof, 0.4)
        pen.flat(box(-0.5, 0.3, 0.05, 1.0), 0x6A2018)
        for line in (poly(-0.5, 0.3, 0.05, 1.0), poly(0.05, 0.3, -0.5, 1.0),
            poly(-0.5, 0.3, 0.05, 0.3, 0.05, 1.0, -0.5, 1.0, -0.5, 0.3)):
            pen.line(line, 0xEDE7DB, 0.04)
        pen.flat(box(-0.34, -0.45, -0.1, -0.2), 0xEDE7DB)

    def _church(self, pen: Pen, rand: Rand, wall: Look, roof: Look) -> None:
        pen.solid(poly(-0.1, -0.1, 0.95, -0.1, 0.95, 1.0, -0.1, 1.0),
            wall._replace(colour=shade(wall.colour, 0.88)), 0.2)
        pen.solid(poly(-0.2, 0.0, 0.1, -0.55, 0.85, -0.55, 1.08, 0.0), roof, 0.3)
        for x in (0.3, 0.62):
            pen.flat(blob(x - 0.08, 0.7, x - 0.08, 0.3, x, 0.16, x + 0.08, 0.3, x + 0.08, 0.7),
                0x3A3F5A)
        tall = rand.span(-0.7, -0.5)
        pen.solid(box(-0.7, tall, -0.1, 1.0), wall, 0.3)
        pen.solid(poly(-0.78, tall, -0.4, tall - 0.95, -0.02, tall), roof, 0.5)
        pen.line(poly(-0.4, tall - 0.9, -0.4, tall - 1.25), 0xD9B84A, 0.04)
        pen.line(poly(-0.5, tall - 1.12, -0.3, tall - 1.12), 0xD9B84A, 0.04)
        pen.flat(oval(-0.4, tall + 0.3, 0.14), 0xEDE7D0)
        pen.flat(blob(-0.54, 1.0, -0.54, 0.65, -0.4, 0.48, -0.26, 0.65, -0.26, 1.0), 0x4A2E1E)

    def _castle(self, pen: Pen, rand: Rand, wall: Look, roof: Look) -> None:
        wall = wall._replace(texture="bricks", grain=0.22)
        pen.solid(box(-0.8, 0.1, 0.8, 1.0), wall, 0.2)
        for step in range(7):
            pen.solid(box(-0.75 + 0.22 * step, -0.02, -0.62 + 0.22 * step, 0.12), wall, 0.5)
        for x, top, wide in ((-0.85, -0.3, 0.22), (0.85, -0.3 * rand.near(1, 0.4), 0.22),
            (0.0, -0.6, 0.28)):
            pen.solid(box(x - wide, top, x + wide, 1.0), wall._replace(colour=shade(wall.colour,
                0.92)), 0.8)
            pen.solid(poly(x - wide * 1.25, top, x, top - 0.55, x + wide * 1.25, top), roof, 0.8)
            pen.flat(blob(x - 0.06, top + 0.45, x - 0.06, top + 0.25, x, top + 0.18, x + 0.06,
                top + 0.25, x + 0.06, top + 0.45), 0x241C1A)
        pen.flat(blob(-0.2, 1.0, -0.2, 0.65, 0, 0.48, 0.2, 0.65, 0.2, 1.0), 0x2A1E17)

    def _lighthouse(self, pen: Pen, rand: Rand, wall: Look, roof: Look) -> None:
        pen.solid(poly(-0.22, -0.7, 0.22, -0.7, 0.4, 1.0, -0.4, 1.0), Look(0xF1EEE6), 1.1)
        for y in (-0.45, 0.05, 0.55):
            pen.decal(box(-0.6, y, 0.6, y + 0.25), Look(self.roof))
        pen.solid(box(-0.3, -0.78, 0.3, -0.68), Look(0x3A3C40))
        pen.solid(box(-0.17, -1.02, 0.17, -0.76), Look(0xF9E8A0, finish="glow"))
        pen.solid(blob(-0.22, -1.0, 0, -1.28, 0.22, -1.0), Look(self.roof))
        pen.flat(box(-0.09, 0.75, 0.09, 1.0), 0x3A2A22)

    def _windmill(self, pen: Pen, rand: Rand, wall: Look, roof: Look) -> None:
        pen.solid(poly(-0.26, -0.3, 0.26, -0.3, 0.45, 1.0, -0.45, 1.0), wall, 1.0)
        pen.solid(blob(-0.32, -0.28, -0.2, -0.58, 0, -0.68, 0.2, -0.58, 0.32, -0.28), roof, 0.9)
        turn = rand.span(0, 1.57)
        for step in range(4):
            sail = pen.at(0, -0.35, 1, turn + step * math.pi / 2)
            sail.line(poly(0, 0, 0, -1.05), 0x5A4028, 0.05)
            sail.solid(poly(0.03, -0.25, 0.25, -0.25, 0.25, -1.0, 0.03, -1.0),
                Look(0xE6DCC4, 0x8A7A60, "checks", 0.12), 0.2)
        pen.flat(oval(0, -0.35, 0.06), 0x3A2A1E)
        pen.flat(box(-0.12, 0.65, 0.12, 1.0), 0x4A3020)
        self._windows(pen, -0.15, 0.15, 0.15, 0.45, 1, 1)

    def _tower(self, pen: Pen, rand: Rand, wall: Look, roof: Look) -> None:
        wide, top = rand.span(0.34, 0.5), -1.1
        pen.solid(poly(wide * 0.4, top + 0.05, wide, top + 0.14, wide, 0.98, wide * 0.4, 1.0),
            wall._replace(colour=shade(wall.colour, 0.7)), 0.1)
        pen.solid(box(-wide, top, wide * 0.4, 1.0), wall, 0.15)
        self._windows(pen, -wide + 0.03, top + 0.08, wide * 0.4 - 0.03, 0.85, 4, 12, fill=0.58)
        self._windows(pen, wide * 0.43, top + 0.2, wide - 0.02, 0.85, 2, 12, 0x26333F, 0.58)
        pen.line(poly(-0.1, top, -0.1, top - 0.35), 0x7A8086, 0.03)

    def _pagoda(self, pen: Pen, rand: Rand, wall: Look, roof: Look) -> None:
        for step in range(4):
            y, w = 0.85 - 0.5 * step, 0.55 - 0.09 * step
            pen.solid(box(-w, y - 0.35, w, y + 0.15), wall, 0.3)
            self._windows(pen, -w, y - 0.2, w, y + 0.1, 3, 1, 0x4A1F18, 0.5)
            pen.solid(blob(-w - 0.42, y - 0.42, -w * 0.6, y - 0.42, 0, y - 0.6, w * 0.6, y - 0.42,
                w + 0.42, y - 0.42, w * 0.8, y - 0.26, -w * 0.8, y - 0.26, steps=3), roof, 0.6)
        pen.line(poly(0, -1.1, 0, -1.5), 0xC9A23A, 0.05)

    def _pyramid(self, pen: Pen, rand: Rand, wall: Look, roof: Look) -> None:
        ridge = rand.span(0.1, 0.5)
        stone = wall._replace(texture="bricks", grain=0.2)
        pen.solid(poly(0, -0.5, -1.15, 0.95, ridge, 1.0), stone, 0.1)
        pen.solid(poly(0, -0.5, ridge, 1.0, 1.15, 0.9), stone._replace(colour=shade(wall.colour,
            0.55)), 0.1)

    def _igloo(self, pen: Pen, rand: Rand, wall: Look, roof: Look) -> None:
        snow = Look(0xE9EFF4, -1, "bricks", 0.3, 0, 0.15, "soft")
        pen.solid(fan(0, 0.9, 1.0, 3.14, 6.28, 20), snow, 1.1)
        pen.solid(fan(0.35, 0.92, 0.42, 3.14, 6.28, 14), snow, 0.6)
        pen.flat(fan(0.4, 0.93, 0.28, 3.14, 6.28, 12), 0x33465A)

    def _tent(self, pen: Pen, rand: Rand, wall: Look, roof: Look) -> None:
        pen.solid(poly(-0.3, -0.4, 0.7, -0.35, 1.15, 0.9, 0.3, 1.0),
            wall._replace(colour=shade(wall.colour, 0.75)), 0.3)
        pen.solid(poly(-0.3, -0.42, -1.0, 0.95, 0.35, 1.0), wall, 0.4)
        pen.flat(poly(-0.3, -0.1, -0.5, 0.96, -0.12, 0.98), 0x2C251E)
        pen.line(poly(-0.3, -0.42, -1.25, 0.6), 0xC9BFA6, 0.025)

    def _teepee(self, pen: Pen, rand: Rand, wall: Look, roof: Look) -> None:
        for x in (-0.2, 0.02, 0.22):
            pen.line(poly(-x * 0.3, -0.6, x, -1.1), 0x6A4A2C, 0.05)
        pen.solid(poly(-0.1, -0.8, 0.1, -0.8, 0.85, 1.0, -0.85, 1.0), wall, 1.1)
        for y in (-0.1, 0.6):
            pen.decal(box(-1, y, 1, y + 0.13), Look(self.roof, 0xE3B84A, "checks", 0.15))
        pen.flat(poly(0, 0.2, -0.2, 1.0, 0.2, 1.0), 0x2E241B)

    def _bridge(self, pen: Pen, rand: Rand, wall: Look, roof: Look) -> None:
        pen.solid(box(-1.3, 0.35, 1.3, 0.52), Look(self.roof), 0.5)
        for x in (-0.65, 0.65):
            pen.solid(box(x - 0.08, -0.8, x + 0.08, 1.0), Look(self.roof), 0.8)
        pen.line(arc(0, -0.72, 0.65, 0.95, 0.02, 3.12, 14), self.roof, 0.045)
        for side in (-1, 1):
            pen.line(curve(side * 0.65, -0.72, side * 1.0, 0.0, side * 1.3, 0.34), self.roof, 0.045)
        for step in range(-6, 7):
            x = step * 0.1
            y = -0.72 + 0.95 * math.sqrt(max(0.0, 1 - (x / 0.65) ** 2))
            pen.line(poly(x, y, x, 0.36), shade(self.roof, 0.8), 0.018)

    def _dome(self, pen: Pen, rand: Rand, wall: Look, roof: Look) -> None:
        pen.solid(box(-1.0, 0.2, 1.0, 1.0), wall, 0.2)
        for step in range(7):
            x = -0.9 + 0.3 * step
            pen.solid(box(x - 0.05, 0.28, x + 0.05, 0.95), wall._replace(colour=shade(wall.colour,
                1.15)), 1.0)
        pen.solid(box(-0.45, -0.15, 0.45, 0.22), wall, 0.4)
        pen.solid(lathe(0, -0.95, 0.02, -0.85, 0.2, -0.5, 0.44, -0.12, 0.48),
            roof._replace(texture="ribs", angle=1.57), 1.1)
        pen.line(poly(0, -0.9, 0, -1.2), 0xC9A23A, 0.04)

    def _mosque(self, pen: Pen, rand: Rand, wall: Look, roof: Look) -> None:
        for x in (-0.95, 0.95):
            pen.solid(box(x - 0.09, -0.7, x + 0.09, 1.0), wall, 1.0)
            pen.solid(blob(x - 0.13, -0.7, x, -1.15, x + 0.13, -0.7), roof)
        pen.solid(box(-0.7, 0.15, 0.7, 1.0), wall, 0.2)
        pen.solid(blob(-0.5, 0.2, -0.6, -0.15, -0.3, -0.5, 0, -0.85, 0.3, -0.5, 0.6, -0.15, 0.5,
            0.2), roof._replace(texture="cloud", finish="gloss"), 1.1)
        for x in (-0.42, 0, 0.42):
            pen.flat(blob(x - 0.12, 1.0, x - 0.12, 0.55, x, 0.38, x + 0.12, 0.55, x + 0.12, 1.0),
                0x33302C)


VARIETIES: Varieties = (
    ("cottage", Building("house")),
    ("barn", Building("barn", 0xA5352A, roof=0x5A5C60)),
    ("church", Building("church", 0xE3DED2, roof=0x4A5A6A)),
    ("castle", Building("castle", 0x9A958C, roof=0x4A5A8A)),
    ("lighthouse", Building("lighthouse", roof=0xC0302A)),
    ("suspension_bridge", Building("bridge", roof=0xB5452F)),
    ("palace", Building("dome", 0xE9E3D6, roof=0x7A9A8A)),
    ("pagoda", Building("pagoda", 0xC9553A, roof=0x3F4A50)),
    ("pyramid", Building("pyramid", 0xD9B878)),
    ("tent", Building("tent", 0xC98A3A, "cloud")),
    ("windmill", Building("windmill", 0xD9CDB6, "bricks", 0x6A3F2C)),
    ("skyscraper", Building("tower", 0xA9B6C0)),
    ("igloo", Building("igloo")),
    ("teepee", Building("teepee", 0xE0CDA8, "cloud", 0x9A3A2A)),
    ("minaret", Building("mosque", 0xE0D3B8, roof=0x3A8A9A)),
)  # fmt: skip
