"""Furniture: seats, tables, beds, shelves and lamps built of boards, legs and cushions."""

from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import arc, blob, box, curve, lathe, oval, poly, tube

WOODS = (0x8A5A30, 0xB98A54, 0x5A3A24, 0xC9A878, 0x6E4630)
CLOTHS = (0xA8423A, 0x3F5F8A, 0x5A7A4A, 0xC9B48A, 0x7A4A6A, 0x8A8F94, 0xC98A3A)


def _wood(rand: Rand, colour: int) -> Look:
    return Look(colour if colour >= 0 else rand.pick(WOODS), -1, "wood", 0.4, 0.0, 0.3)


def _cloth(rand: Rand, colour: int) -> Look:
    texture = rand.pick(("knit", "mottle", "stripes", "dots", "cloud"))
    base = colour if colour >= 0 else rand.pick(CLOTHS)
    other = shade(base, 0.7) if texture in ("stripes", "dots") else -1
    return Look(base, other, texture, 0.25, 1.57, 0.2, "soft")


@dataclass(frozen=True)
class Seat(Kind):
    """A chair or bench in a three-quarter view; the floor is at y = 1."""

    width: float = 0.5  # half
    seat: float = 0.25  # height of the seat, y
    back: float = 0.9  # height of the back above the seat; 0: none
    style: str = "slats"  # back: slats, panel, spindles, cushion, hoop, ladder, wicker
    arms: bool = False
    rockers: bool = False
    swivel: bool = False
    wood: int = -1
    cushion: int = -1
    padded: bool = False
    gilt: bool = False

    family: ClassVar[str] = "seat"
    context: ClassVar[str] = "indoor"
    stands: ClassVar[bool] = True
    turns: ClassVar[float] = 0.03

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Back to front: back legs, back, seat, arms, front legs."""
        wood, cloth = _wood(rand, self.wood), _cloth(rand, self.cushion)
        w, y, deep = self.width * rand.near(1, 0.06), self.seat, rand.span(0.16, 0.3)
        skew = rand.span(0.1, 0.22)
        upright = wood._replace(angle=1.57)
        top = y - deep - self.back * rand.near(1, 0.05)
        if self.back:
            self._back(pen, w, y - deep, top, skew, wood, upright, cloth)
        if not self.swivel:
            for x in (-w + skew, w + skew):
                pen.solid(box(x - 0.05, y - deep, x + 0.05, 0.9 - deep * 0.4), upright._replace(colour=shade(wood.colour, 0.7)))
        if self.swivel:
            pen.solid(box(-0.05, y, 0.05, 0.85), Look(0x55585C, finish="metal"))
            for x in (-0.5, -0.2, 0.25, 0.52):
                pen.line(poly(0, 0.82, x, 0.95), 0x3A3C40, 0.08)
                pen.flat(oval(x, 0.98, 0.06), 0x1E1E20)
        cushion = cloth if self.padded else wood
        pen.solid(poly(-w, y, w, y, w + skew, y - deep, -w + skew, y - deep), cushion, 0.5)
        pen.solid(box(-w, y, w, y + (0.16 if self.padded else 0.08), 0.03), cushion._replace(colour=shade(cushion.colour, 0.85)), 0.6)
        if not self.swivel:
            for x in (-w + 0.05, w - 0.05):
                pen.solid(box(x - 0.05, y + 0.06, x + 0.05, 1.0), upright)
                pen.mark("left_leg" if x < 0 else "right_leg", x, 1.0)
        if self.rockers:
            for x, dy in ((skew, -0.04), (0.0, 0.03)):
                pen.line(arc(x, 0.55, w * 1.6, 0.5 + dy, 0.35, 2.79), wood.colour, 0.08)
        if self.arms:
            for x in (-w, w):
                pen.solid(box(x - 0.04, y - 0.32, x + 0.04, y), upright)
                pen.solid(tube(curve(x - 0.02, y - 0.33, x + skew * 0.5, y - deep * 0.5 - 0.38, x + skew, y - deep - 0.36), 0.11, 0.1), wood if not self.padded else cloth)

    def _back(self, pen: Pen, w: float, low: float, top: float, skew: float, wood: Look, upright: Look, cloth: Look) -> None:
        x0, x1 = -w + skew, w + skew
        if self.style == "hoop":
            pen.line(arc(skew, low, w, low - top, 3.14, 6.28, 16), wood.colour, 0.09)
            for step in range(1, 6):
                x = x0 + (x1 - x0) * step / 6
                reach = (1 - ((x - skew) / w) ** 2) ** 0.5
                pen.line(poly(x, low, x, low - (low - top) * reach), wood.colour, 0.045)
            return
        if self.style in ("panel", "cushion", "wicker"):
            look = {"panel": wood, "cushion": cloth, "wicker": wood._replace(texture="checks", grain=0.1, other=shade(wood.colour, 0.6))}[self.style]
            shape = blob(x0, low, x0 - 0.02, top + 0.12, skew, top - 0.06, x1 + 0.02, top + 0.12, x1, low, skew, low + 0.03)
            pen.solid(shape, look, 0.7)
            if self.gilt:
                pen.solid(oval(skew, top - 0.04, 0.14, 0.16), Look(0xD9B03A, finish="metal"))
                for x in (x0, x1):
                    pen.solid(box(x - 0.05, top, x + 0.05, low, 0.03), Look(0xD9B03A, finish="metal"))
            return
        for x in (x0, x1):
            pen.solid(box(x - 0.05, top, x + 0.05, low + 0.05, 0.03), upright)
        if self.style == "ladder":
            for step in range(4):
                y = top + (low - top) * (0.1 + 0.22 * step)
                pen.solid(box(x0, y, x1, y + 0.09), wood, 0.6)
        else:
            pen.solid(box(x0, top, x1, top + 0.14, 0.04), wood)
            count = 4 if self.style == "slats" else 7
            for step in range(1, count):
                x = x0 + (x1 - x0) * step / count
                pen.line(poly(x, top + 0.1, x, low), shade(wood.colour, 0.9), 0.1 if self.style == "slats" else 0.045)


@dataclass(frozen=True)
class Stand(Kind):
    """Tables, beds, cupboards and shelves; the floor is at y = 1."""

    plan: str = "table"  # table, round, desk, bed, canopy, shelf, wardrobe, drawers, sofa, crib, piano
    wood: int = -1
    cloth: int = -1
    wide: float = 1.0
    tall: float = 0.8

    family: ClassVar[str] = "furniture"
    context: ClassVar[str] = "indoor"
    stands: ClassVar[bool] = True
    turns: ClassVar[float] = 0.03

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Draw by plan."""
        wide, tall = self.wide * rand.near(1, 0.08), self.tall * rand.near(1, 0.06)
        getattr(self, f"_{self.plan}")(pen, rand, _wood(rand, self.wood), _cloth(rand, self.cloth), wide, tall)

    def _legs(self, pen: Pen, wood: Look, wide: float, y: float, skew: float, deep: float) -> None:
        upright = wood._replace(angle=1.57)
        for x in (-wide + 0.1 + skew, wide - 0.1 + skew):
            pen.solid(box(x - 0.05, y - deep, x + 0.05, 0.92 - deep * 0.5), upright._replace(colour=shade(wood.colour, 0.65)))
        for x in (-wide + 0.1, wide - 0.1):
            pen.solid(box(x - 0.06, y, x + 0.06, 1.0), upright)

    def _table(self, pen: Pen, rand: Rand, wood: Look, cloth: Look, w: float, tall: float) -> None:
        y, deep, skew = 1 - tall, rand.span(0.2, 0.32), rand.span(-0.15, 0.25)
        self._legs(pen, wood, w, y, skew, deep)
        pen.solid(poly(-w, y, w, y, w + skew, y - deep, -w + skew, y - deep), wood, 0.4)
        pen.solid(box(-w, y, w, y + 0.12), wood._replace(colour=shade(wood.colour, 0.8)), 0.6)

    def _round(self, pen: Pen, rand: Rand, wood: Look, cloth: Look, w: float, tall: float) -> None:
        y = 1 - tall
        pen.solid(lathe(0, y, 0.12, 0.5, 0.1, 0.85, 0.16, 0.98, 0.42), wood._replace(angle=1.57))
        pen.solid(oval(0, y + 0.06, w, 0.2), wood._replace(colour=shade(wood.colour, 0.7)), 0.5)
        pen.solid(oval(0, y, w, 0.19), wood, 0.5)

    def _desk(self, pen: Pen, rand: Rand, wood: Look, cloth: Look, w: float, tall: float) -> None:
        self._table(pen, rand, wood, cloth, w, tall)
        y = 1 - tall
        pen.solid(box(w * 0.25, y + 0.1, w - 0.02, 0.95, 0.02), wood, 0.4)
        for step in range(3):
            top = y + 0.15 + 0.24 * step * tall / 0.8
            pen.solid(box(w * 0.3, top, w - 0.07, top + 0.18, 0.02), wood._replace(colour=shade(wood.colour, 1.12)), 0.4)
            pen.flat(oval(w * 0.63, top + 0.09, 0.035), 0xD9B96A)
        lamp = rand.span(-0.7, -0.2) * w
        pen.line(curve(lamp, y - 0.1, lamp - 0.12, y - 0.45, lamp + 0.15, y - 0.6), 0x3A3C40, 0.04)
        pen.solid(poly(lamp + 0.08, y - 0.68, lamp + 0.3, y - 0.55, lamp + 0.2, y - 0.42, lamp + 0.02, y - 0.52), Look(0x3F6A4A, finish="gloss"))

    def _bed(self, pen: Pen, rand: Rand, wood: Look, cloth: Look, w: float, tall: float) -> None:
        y = 1 - tall * 0.5
        pen.solid(blob(-w, 0.95, -w, y - 0.55, -w + 0.2, y - 0.65, -w + 0.22, 0.95, steps=2), wood._replace(angle=1.57), 0.6)
        pen.solid(blob(-w + 0.1, y + 0.2, -w + 0.15, y - 0.12, 0.2, y - 0.16, w, y - 0.1, w, y + 0.25), Look(0xEDEAE2, texture="cloud", finish="soft"))
        pen.solid(blob(-w * 0.35, y + 0.3, -w * 0.4, y - 0.2, w * 0.4, y - 0.22, w * 1.02, y - 0.1, w * 1.02, y + 0.32), cloth)
        pen.solid(blob(-w + 0.16, y - 0.08, -w + 0.2, y - 0.32, -w * 0.4, y - 0.32, -w * 0.36, y - 0.1), Look(0xF3F1EB, texture="cloud", finish="soft"))
        pen.solid(box(-w + 0.08, y + 0.22, w, y + 0.38), wood)
        pen.solid(box(w - 0.06, y - 0.15, w + 0.08, 0.98, 0.04), wood._replace(angle=1.57))

    def _canopy(self, pen: Pen, rand: Rand, wood: Look, cloth: Look, w: float, tall: float) -> None:
        self._bed(pen, rand, wood, cloth, w, tall)
        top = -0.75
        for x in (-w + 0.08, w):
            pen.solid(box(x - 0.05, top, x + 0.05, 0.95), wood._replace(angle=1.57))
        pen.solid(box(-w - 0.05, top - 0.1, w + 0.12, top + 0.1), cloth)
        for x in (-w, w - 0.22):
            pen.solid(blob(x, top, x + 0.28, top, x + 0.2, -0.1, x + 0.3, 0.5, x - 0.02, 0.5), cloth._replace(texture="ribs", grain=0.12, angle=1.57))

    def _shelf(self, pen: Pen, rand: Rand, wood: Look, cloth: Look, w: float, tall: float) -> None:
        top = 1 - 2 * tall
        pen.solid(box(-w, top, w, 1.0), wood._replace(colour=shade(wood.colour, 0.5)), 0.2)
        rows = 4
        step = (1 - top) / rows
        for row in range(rows):
            y = top + step * (row + 1)
            x = -w + 0.08
            while x < w - 0.16:
                wide, high = rand.span(0.07, 0.15), step * rand.span(0.6, 0.85)
                if rand.chance(0.88):
                    pen.flat(box(x, y - high, x + wide, y), rand.pick(CLOTHS))
                x += wide + 0.012
            pen.solid(box(-w, y - 0.06, w, y + 0.02), wood, 0.5)
        for x in (-w, w - 0.07):
            pen.solid(box(x, top - 0.02, x + 0.07, 1.0), wood._replace(angle=1.57), 0.5)
        pen.solid(box(-w - 0.03, top - 0.08, w + 0.03, top + 0.02), wood, 0.5)

    def _wardrobe(self, pen: Pen, rand: Rand, wood: Look, cloth: Look, w: float, tall: float) -> None:
        top = 1 - 2 * tall
        upright = wood._replace(angle=1.57)
        pen.solid(box(-w, top, w, 0.95, 0.03), upright, 0.4)
        for x0, x1 in ((-w + 0.06, -0.02), (0.02, w - 0.06)):
            pen.solid(box(x0, top + 0.12, x1, 0.55), upright._replace(colour=shade(wood.colour, 1.15)), 0.4)
            pen.decal(box(x0 + 0.08, top + 0.22, x1 - 0.08, 0.42), upright._replace(colour=shade(wood.colour, 0.9)))
        pen.solid(box(-w + 0.06, 0.62, w - 0.06, 0.88), wood, 0.4)
        for x in (-0.07, 0.07):
            pen.flat(oval(x, (top + 0.5) / 2, 0.03, 0.06), 0xE0C070)
        pen.solid(box(-w - 0.06, top - 0.1, w + 0.06, top + 0.04, 0.03), wood, 0.6)

    def _drawers(self, pen: Pen, rand: Rand, wood: Look, cloth: Look, w: float, tall: float) -> None:
        top = 1 - 1.6 * tall
        pen.solid(box(-w, top, w, 0.93, 0.03), wood, 0.3)
        count = 4
        for step in range(count):
            y = top + 0.1 + (0.8 - top) * step / count
            pen.solid(box(-w + 0.08, y, w - 0.08, y + (0.8 - top) / count - 0.05, 0.02), wood._replace(colour=shade(wood.colour, 1.15)), 0.4)
            for x in (-w * 0.45, w * 0.45):
                pen.flat(oval(x, y + (0.75 - top) / count / 2, 0.05, 0.03), 0xD9C080)
        for x in (-w + 0.1, w - 0.1):
            pen.solid(box(x - 0.06, 0.9, x + 0.06, 1.02), wood)

    def _sofa(self, pen: Pen, rand: Rand, wood: Look, cloth: Look, w: float, tall: float) -> None:
        y = 1 - tall * 0.55
        pen.solid(blob(-w, y + 0.1, -w, y - 0.5, -w * 0.5, y - 0.6, w * 0.5, y - 0.6, w, y - 0.5, w, y + 0.1), cloth, 0.8)
        pen.solid(box(-w, y + 0.05, w, 0.92, 0.08), cloth._replace(colour=shade(cloth.colour, 0.85)), 0.6)
        seats = 2 if w < 1.1 else 3
        for step in range(seats):
            x0 = -w * 0.8 + 1.6 * w * step / seats
            pen.solid(box(x0, y - 0.42, x0 + 1.6 * w / seats - 0.03, y, 0.08), cloth, 0.8)
            pen.solid(box(x0, y - 0.02, x0 + 1.6 * w / seats - 0.03, y + 0.2, 0.08), cloth._replace(colour=shade(cloth.colour, 1.1)), 0.8)
        for x in (-w, w):
            pen.solid(blob(x - 0.17, 0.9, x - 0.2, y - 0.2, x, y - 0.3, x + 0.2, y - 0.2, x + 0.17, 0.9), cloth, 0.9)
        for x in (-w * 0.8, w * 0.8):
            pen.flat(box(x - 0.05, 0.9, x + 0.05, 1.0), 0x3A2A1E)

    def _crib(self, pen: Pen, rand: Rand, wood: Look, cloth: Look, w: float, tall: float) -> None:
        y = 1 - tall
        pen.solid(box(-w + 0.1, 0.3, w - 0.1, 0.6), cloth)
        for rail in (y - 0.2, 0.62):
            pen.solid(box(-w, rail, w, rail + 0.1), wood)
        for step in range(11):
            x = -w + 0.06 + (2 * w - 0.12) * step / 10
            pen.line(poly(x, y - 0.15, x, 0.65), wood.colour, 0.055)
        for x in (-w, w):
            pen.solid(box(x - 0.07, y - 0.4, x + 0.07, 1.0, 0.04), wood._replace(angle=1.57))

    def _bench(self, pen: Pen, rand: Rand, wood: Look, cloth: Look, w: float, tall: float) -> None:
        y = 1 - tall * 0.6
        for x in (-w * 0.8, w * 0.8):
            pen.line(poly(x + 0.1, y - 0.75, x, y, x - 0.04, 1.0), 0x2B2D30, 0.08)
            pen.line(poly(x, y, x + 0.2, 0.95), 0x2B2D30, 0.07)
        for step in range(4):
            pen.solid(box(-w, y - 0.78 + 0.17 * step, w, y - 0.66 + 0.17 * step, 0.02), wood, 0.7)
        for step in range(3):
            pen.solid(box(-w - 0.04 * step, y - 0.04 + 0.09 * step, w + 0.04 * step, y + 0.03 + 0.09 * step, 0.02), wood._replace(colour=shade(wood.colour, 1.1)), 0.7)


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
        lit = Look(self.shade_colour, -1, "ribs", 0.12, 1.57, 0.12, "glow" if rand.chance(0.6) else "soft")
        getattr(self, f"_{self.plan}")(pen, rand, metal, lit)

    def _table(self, pen: Pen, rand: Rand, metal: Look, lit: Look) -> None:
        pen.solid(lathe(0, -0.1, 0.06, 0.15, 0.1, 0.4, 0.32, 0.7, 0.22, 0.85, 0.12, 1.0, 0.38), metal)
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
        pen.solid(poly(-0.42, -0.4, 0.42, -0.4, 0.36, 0.6, -0.36, 0.6), Look(0xF6DE92, finish="glow"))
        for x in (-0.4, -0.13, 0.13, 0.4):
            pen.line(poly(x, -0.4, x * 0.88, 0.6), self.metal, 0.055)
        pen.solid(box(-0.45, 0.58, 0.45, 0.78, 0.03), metal)


VARIETIES: Varieties = (
    ("rocking_chair", Seat(style="spindles", arms=True, rockers=True)),
    ("throne", Seat(0.55, 0.3, 1.3, "cushion", True, cushion=0xA0242E, padded=True, gilt=True)),
    ("folding_chair", Seat(0.42, 0.3, 0.75, "slats")),
    ("bar_stool", Seat(0.34, -0.2, 0.0, padded=True)),
    ("office_chair", Seat(0.45, 0.3, 0.85, "cushion", True, swivel=True, padded=True, cushion=0x2C3036)),
    ("windsor_chair", Seat(0.48, 0.28, 0.95, "hoop")),
    ("ladder_chair", Seat(0.4, 0.3, 1.15, "ladder")),
    ("wicker_chair", Seat(0.58, 0.35, 0.85, "wicker", True, wood=0xC9A060)),
    ("park_bench", Stand("bench")),
    ("desk", Stand("desk")),
    ("bookcase", Stand("shelf", wide=0.75, tall=0.85)),
    ("wardrobe", Stand("wardrobe", wide=0.65, tall=0.92)),
    ("four_poster", Stand("canopy")),
    ("crib", Stand("crib", wide=0.9)),
    ("chest_of_drawers", Stand("drawers", wide=0.75)),
    ("pedestal_table", Stand("round", wide=0.85)),
    ("picnic_table", Stand("table", 0xA98A5A, wide=1.15, tall=0.6)),
    ("table_lamp", Lamp("table", metal=0x4A6A8A)),
    ("floor_lamp", Lamp("floor", metal=0x3A3C40)),
    ("chandelier", Lamp("chandelier", metal=0xC9A23A)),
    ("menorah", Lamp("candelabra", metal=0xC9A23A)),
    ("lantern", Lamp("lantern", metal=0x2F3236)),
)  # fmt: skip
