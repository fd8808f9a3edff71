"""Chairs in a three-quarter view: legs, seat, back, arms."""

from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import arc, blob, box, curve, oval, poly, tube

WOODS = (0x8A5A30, 0xB98A54, 0x5A3A24, 0xC9A878, 0x6E4630)
CLOTHS = (0xA8423A, 0x3F5F8A, 0x5A7A4A, 0xC9B48A, 0x7A4A6A, 0x8A8F94, 0xC98A3A)


def wood_look(rand: Rand, colour: int) -> Look:
    return Look(colour if colour >= 0 else rand.pick(WOODS), -1, "wood", 0.4, 0.0, 0.3)


def cloth_look(rand: Rand, colour: int) -> Look:
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
        wood, cloth = wood_look(rand, self.wood), cloth_look(rand, self.cushion)
        w, y, deep = self.width * rand.near(1, 0.06), self.seat, rand.span(0.16, 0.3)
        skew = rand.span(0.1, 0.22)
        upright = wood._replace(angle=1.57)
        top = y - deep - self.back * rand.near(1, 0.05)
        if self.back:
            self._back(pen, w, y - deep, top, skew, wood, upright, cloth)
        if not self.swivel:
            for x in (-w + skew, w + skew):
                pen.solid(box(x - 0.05, y - deep, x + 0.05, 0.9 - deep * 0.4),
                    upright._replace(colour=shade(wood.colour, 0.7)))
        if self.swivel:
            pen.solid(box(-0.05, y, 0.05, 0.85), Look(0x55585C, finish="metal"))
            for x in (-0.5, -0.2, 0.25, 0.52):
                pen.line(poly(0, 0.82, x, 0.95), 0x3A3C40, 0.08)
                pen.flat(oval(x, 0.98, 0.06), 0x1E1E20)
        cushion = cloth if self.padded else wood
        pen.solid(poly(-w, y, w, y, w + skew, y - deep, -w + skew, y - deep), cushion, 0.5)
        pen.solid(box(-w, y, w, y + (0.16 if self.padded else 0.08), 0.03),
            cushion._replace(colour=shade(cushion.colour, 0.85)), 0.6)
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
                pen.solid(tube(curve(x - 0.02, y - 0.33, x + skew * 0.5, y - deep * 0.5 - 0.38,
                    x + skew, y - deep - 0.36), 0.11, 0.1), wood if not self.padded else cloth)

    def _back(self, pen: Pen, w: float, low: float, top: float, skew: float, wood: Look,
        upright: Look, cloth: Look) -> None:
        x0, x1 = -w + skew, w + skew
        if self.style == "hoop":
            pen.line(arc(skew, low, w, low - top, 3.14, 6.28, 16), wood.colour, 0.09)
            for step in range(1, 6):
                x = x0 + (x1 - x0) * step / 6
                reach = (1 - ((x - skew) / w) ** 2) ** 0.5
                pen.line(poly(x, low, x, low - (low - top) * reach), wood.colour, 0.045)
            return
        if self.style in ("panel", "cushion", "wicker"):
            look = {"panel": wood, "cushion": cloth, "wicker": wood._replace(texture="checks",
                grain=0.1, other=shade(wood.colour, 0.6))}[self.style]
            shape = blob(x0, low, x0 - 0.02, top + 0.12, skew, top - 0.06, x1 + 0.02, top + 0.12,
                x1, low, skew, low + 0.03)
            pen.solid(shape, look, 0.7)
            if self.gilt:
                pen.solid(oval(skew, top - 0.04, 0.14, 0.16), Look(0xD9B03A, finish="metal"))
                for x in (x0, x1):
                    pen.solid(box(x - 0.05, top, x + 0.05, low, 0.03),
                        Look(0xD9B03A, finish="metal"))
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
                pen.line(poly(x, top + 0.1, x, low), shade(wood.colour, 0.9),
                    0.1 if self.style == "slats" else 0.045)


VARIETIES: Varieties = (
    ("rocking_chair", Seat(style="spindles", arms=True, rockers=True)),
    ("throne", Seat(0.55, 0.3, 1.3, "cushion", True, cushion=0xA0242E, padded=True, gilt=True)),
    ("folding_chair", Seat(0.42, 0.3, 0.75, "slats")),
    ("bar_stool", Seat(0.34, -0.2, 0.0, padded=True)),
    ("office_chair", Seat(0.45, 0.3, 0.85, "cushion", True, swivel=True, padded=True,
        cushion=0x2C3036)),
    ("windsor_chair", Seat(0.48, 0.28, 0.95, "hoop")),
    ("ladder_chair", Seat(0.4, 0.3, 1.15, "ladder")),
    ("wicker_chair", Seat(0.58, 0.35, 0.85, "wicker", True, wood=0xC9A060)),
)  # fmt: skip
