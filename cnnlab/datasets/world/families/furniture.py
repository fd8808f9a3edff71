"""Tables, beds, cupboards and shelves built of boards and cushions."""

from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.families.seats import CLOTHS, cloth_look, wood_look
from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, box, curve, lathe, oval, poly


@dataclass(frozen=True)
class Stand(Kind):
    """Tables, beds, cupboards and shelves; the floor is at y = 1."""

    plan: str = "table"  # table round desk bed canopy shelf wardrobe drawers sofa crib bench
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
        wood, cloth = wood_look(rand, self.wood), cloth_look(rand, self.cloth)
        getattr(self, f"_{self.plan}")(pen, rand, wood, cloth, wide, tall)

    def _legs(self, pen: Pen, wood: Look, wide: float, y: float, skew: float, deep: float) -> None:
        upright = wood._replace(angle=1.57)
        for x in (-wide + 0.1 + skew, wide - 0.1 + skew):
            pen.solid(box(x - 0.05, y - deep, x + 0.05, 0.92 - deep * 0.5),
                upright._replace(colour=shade(wood.colour, 0.65)))
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
            pen.solid(box(w * 0.3, top, w - 0.07, top + 0.18, 0.02),
                wood._replace(colour=shade(wood.colour, 1.12)), 0.4)
            pen.flat(oval(w * 0.63, top + 0.09, 0.035), 0xD9B96A)
        lamp = rand.span(-0.7, -0.2) * w
        pen.line(curve(lamp, y - 0.1, lamp - 0.12, y - 0.45, lamp + 0.15, y - 0.6), 0x3A3C40, 0.04)
        pen.solid(poly(lamp + 0.08, y - 0.68, lamp + 0.3, y - 0.55, lamp + 0.2, y - 0.42,
            lamp + 0.02, y - 0.52), Look(0x3F6A4A, finish="gloss"))

    def _bed(self, pen: Pen, rand: Rand, wood: Look, cloth: Look, w: float, tall: float) -> None:
        y = 1 - tall * 0.5
        pen.solid(blob(-w, 0.95, -w, y - 0.55, -w + 0.2, y - 0.65, -w + 0.22, 0.95, steps=2),
            wood._replace(angle=1.57), 0.6)
        pen.solid(blob(-w + 0.1, y + 0.2, -w + 0.15, y - 0.12, 0.2, y - 0.16, w, y - 0.1, w,
            y + 0.25), Look(0xEDEAE2, texture="cloud", finish="soft"))
        pen.solid(blob(-w * 0.35, y + 0.3, -w * 0.4, y - 0.2, w * 0.4, y - 0.22, w * 1.02, y - 0.1,
            w * 1.02, y + 0.32), cloth)
        pen.solid(blob(-w + 0.16, y - 0.08, -w + 0.2, y - 0.32, -w * 0.4, y - 0.32, -w * 0.36,
            y - 0.1), Look(0xF3F1EB, texture="cloud", finish="soft"))
        pen.solid(box(-w + 0.08, y + 0.22, w, y + 0.38), wood)
        pen.solid(box(w - 0.06, y - 0.15, w + 0.08, 0.98, 0.04), wood._replace(angle=1.57))

    def _canopy(self, pen: Pen, rand: Rand, wood: Look, cloth: Look, w: float, tall: float) -> None:
        self._bed(pen, rand, wood, cloth, w, tall)
        top = -0.75
        for x in (-w + 0.08, w):
            pen.solid(box(x - 0.05, top, x + 0.05, 0.95), wood._replace(angle=1.57))
        pen.solid(box(-w - 0.05, top - 0.1, w + 0.12, top + 0.1), cloth)
        for x in (-w, w - 0.22):
            pen.solid(blob(x, top, x + 0.28, top, x + 0.2, -0.1, x + 0.3, 0.5, x - 0.02, 0.5),
                cloth._replace(texture="ribs", grain=0.12, angle=1.57))

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

    def _wardrobe(self, pen: Pen, rand: Rand, wood: Look, cloth: Look, w: float,
        tall: float) -> None:
        top = 1 - 2 * tall
        upright = wood._replace(angle=1.57)
        pen.solid(box(-w, top, w, 0.95, 0.03), upright, 0.4)
        for x0, x1 in ((-w + 0.06, -0.02), (0.02, w - 0.06)):
            pen.solid(box(x0, top + 0.12, x1, 0.55), upright._replace(colour=shade(wood.colour,
                1.15)), 0.4)
            pen.decal(box(x0 + 0.08, top + 0.22, x1 - 0.08, 0.42),
                upright._replace(colour=shade(wood.colour, 0.9)))
        pen.solid(box(-w + 0.06, 0.62, w - 0.06, 0.88), wood, 0.4)
        for x in (-0.07, 0.07):
            pen.flat(oval(x, (top + 0.5) / 2, 0.03, 0.06), 0xE0C070)
        pen.solid(box(-w - 0.06, top - 0.1, w + 0.06, top + 0.04, 0.03), wood, 0.6)

    def _drawers(self, pen: Pen, rand: Rand, wood: Look, cloth: Look, w: float,
        tall: float) -> None:
        top = 1 - 1.6 * tall
        pen.solid(box(-w, top, w, 0.93, 0.03), wood, 0.3)
        count = 4
        for step in range(count):
            y = top + 0.1 + (0.8 - top) * step / count
            pen.solid(box(-w + 0.08, y, w - 0.08, y + (0.8 - top) / count - 0.05, 0.02),
                wood._replace(colour=shade(wood.colour, 1.15)), 0.4)
            for x in (-w * 0.45, w * 0.45):
                pen.flat(oval(x, y + (0.75 - top) / count / 2, 0.05, 0.03), 0xD9C080)
        for x in (-w + 0.1, w - 0.1):
            pen.solid(box(x - 0.06, 0.9, x + 0.06, 1.02), wood)

    def _sofa(self, pen: Pen, rand: Rand, wood: Look, cloth: Look, w: float, tall: float) -> None:
        y = 1 - tall * 0.55
        pen.solid(blob(-w, y + 0.1, -w, y - 0.5, -w * 0.5, y - 0.6, w * 0.5, y - 0.6, w, y - 0.5, w,
            y + 0.1), cloth, 0.8)
        pen.solid(box(-w, y + 0.05, w, 0.92, 0.08), cloth._replace(colour=shade(cloth.colour,
            0.85)), 0.6)
        seats = 2 if w < 1.1 else 3
        for step in range(seats):
            x0 = -w * 0.8 + 1.6 * w * step / seats
            pen.solid(box(x0, y - 0.42, x0 + 1.6 * w / seats - 0.03, y, 0.08), cloth, 0.8)
            pen.solid(box(x0, y - 0.02, x0 + 1.6 * w / seats - 0.03, y + 0.2, 0.08),
                cloth._replace(colour=shade(cloth.colour, 1.1)), 0.8)
        for x in (-w, w):
            pen.solid(blob(x - 0.17, 0.9, x - 0.2, y - 0.2, x, y - 0.3, x + 0.2, y - 0.2, x + 0.17,
                0.9), cloth, 0.9)
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
            pen.solid(box(-w - 0.04 * step, y - 0.04 + 0.09 * step, w + 0.04 * step,
                y + 0.03 + 0.09 * step, 0.02), wood._replace(colour=shade(wood.colour, 1.1)), 0.7)


VARIETIES: Varieties = (
    ("park_bench", Stand("bench")),
    ("desk", Stand("desk")),
    ("bookcase", Stand("shelf", wide=0.75, tall=0.85)),
    ("wardrobe", Stand("wardrobe", wide=0.65, tall=0.92)),
    ("four_poster", Stand("canopy")),
    ("crib", Stand("crib", wide=0.9)),
    ("chest_of_drawers", Stand("drawers", wide=0.75)),
    ("pedestal_table", Stand("round", wide=0.85)),
    ("picnic_table", Stand("table", 0xA98A5A, wide=1.15, tall=0.6)),
)  # fmt: skip
