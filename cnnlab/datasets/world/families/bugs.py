"""Insects and other crawlers: segments, legs, wings and feelers, seen from above."""

import math
from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, curve, mirror, oval, petal, tube


@dataclass(frozen=True)
class Bug(Kind):
    """A crawler, head up; lengths in units of half the body's length."""

    shell: int = 0x2B2522
    pattern: int = -1
    texture: str = "mottle"
    grain: float = 0.2
    abdomen: tuple[float, float] = (0.35, 0.55)  # half width and half length
    chest: float = 0.25
    head: float = 0.18
    legs: int = 3  # pairs
    leg_length: float = 0.6
    leg_width: float = 0.06
    wings: str = ""  # butterfly, swallow, clear, long, cover
    wing: int = 0xD9862B
    wing_edge: int = 0x1E1917
    feelers: float = 0.4
    claws: bool = False
    sting: bool = False
    horn: bool = False
    segments: int = 0

    family: ClassVar[str] = "insect"
    context: ClassVar[str] = "ground"
    turns: ClassVar[float] = 0.5

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Back to front: legs, wings, body, head."""
        look = Look(self.shell, self.pattern, self.texture, self.grain, 0.0, 0.3, "gloss")
        dark = Look(shade(self.shell, 0.7), finish="gloss")
        wide, long = self.abdomen
        for pair in range(self.legs):
            spread = (pair - (self.legs - 1) / 2) / max(1, self.legs - 1)
            for side in (-1, 1):
                angle = spread * 2.0 + rand.span(-0.15, 0.15)
                x, y = side * self.chest * 0.7, spread * self.chest * 1.4 - 0.15
                kx = x + side * self.leg_length * 0.6 * math.cos(angle * 0.6)
                ky = y + self.leg_length * 0.6 * math.sin(angle * 0.6) - 0.1 * self.leg_length
                fx = kx + side * self.leg_length * 0.45 * math.cos(angle)
                fy = ky + self.leg_length * (0.3 + 0.5 * math.sin(angle))
                pen.line(curve(x, y, kx, ky, fx, fy), shade(self.shell, 0.75), self.leg_width)
        if self.segments:
            self._chain(pen, rand, look)
        if self.sting:
            line = curve(0, 0.5, 0.05, 1.0, 0.3, 1.25, 0.5, 1.0, 0.42, 0.8)
            pen.solid(tube(line, 0.22, 0.17, 0.14, 0.05), look)
        if self.wings in ("butterfly", "swallow", "clear", "long"):
            self._wings(pen, rand)
        if not self.segments:
            pen.solid(oval(0, 0.25 + long * 0.7, wide, long), look, 1.1)
        pen.solid(oval(0, -0.12, self.chest, self.chest * 1.15),
            look if self.wings != "cover" else dark)
        if self.wings == "cover":
            for side in (-1, 1):
                half = blob(0, -0.1, wide * 0.95, 0.0, wide * 1.12, long * 0.8, 0.06,
                    0.3 + long * 1.65)
                cover = Look(self.wing, self.pattern, self.texture, self.grain, 0.0, 0.25, "gloss")
                pen.solid(half if side > 0 else mirror(half), cover, 1.1)
        if self.claws:
            for side in (-1, 1):
                pen.solid(tube(curve(side * 0.15, -0.25, side * 0.55, -0.45, side * 0.5, -0.8), 0.1,
                    0.12), look)
                for angle in (-0.35, 0.3):
                    pen.solid(petal(side * 0.5, -0.75, -1.57 - side * angle, 0.42, 0.17), look)
        top = -0.12 - self.chest - self.head * 0.6
        for side in (-1, 1):
            if self.feelers:
                f = self.feelers
                line = curve(side * 0.06, top, side * 0.2 * f + side * 0.08, top - 0.6 * f,
                    side * 0.6 * f, top - f + rand.span(-0.1, 0.1))
                pen.line(line, self.shell, 0.035)
        if self.horn:
            pen.solid(petal(0, top, -1.57, 0.55, 0.2), dark)
        pen.solid(oval(0, top, self.head * 1.1, self.head), dark)
        for side in (-1, 1):
            pen.flat(oval(side * self.head * 0.75, top - self.head * 0.2, self.head * 0.34, n=10),
                0xB8402C if self.wings == "clear" else 0x0E0C0B)
            pen.flat(oval(side * self.head * 0.75 - 0.02, top - self.head * 0.3, self.head * 0.1,
                n=6), 0xFFFFFF)
        pen.mark("left_eye", -self.head * 0.75, top - self.head * 0.2)
        pen.mark("right_eye", self.head * 0.75, top - self.head * 0.2)

    def _wings(self, pen: Pen, rand: Rand) -> None:
        open_ = rand.span(0.8, 1.05)
        if self.wings in ("clear", "long"):
            glass = Look(self.wing, -1, "ribs", 0.09, 0.3, 0.15, "gloss")
            thin = 0.24 if self.wings == "long" else 0.42
            reach = 1.35 if self.wings == "long" else 0.9
            for angle in ((0.25, -0.25) if self.wings == "long" else (0.95, 0.45)):
                for side in (-1, 1):
                    turn = angle if side > 0 else math.pi - angle
                    pen.solid(petal(side * 0.1, -0.1, turn, reach * open_, thin), glass, 0.4)
            return
        edge = Look(self.wing_edge, texture="cloud", finish="soft")
        for low in (True, False):
            for side in (-1, 1):
                if low:
                    tail = 1.25 if self.wings == "swallow" else 0.85
                    shape = blob(0.05, 0.0, 0.85, 0.1, 0.8, 0.65, 0.45, tail, 0.1, 0.5)
                else:
                    shape = blob(0.05, -0.15, 0.65, -1.0, 1.2, -0.9, 1.05, -0.1, 0.5, 0.15)
                shape = shape * (open_ * side, 1.0)
                pen.solid(shape, edge, 0.5)
                centre = shape.mean(0)
                pen.decal((shape - centre) * 0.74 + centre * 0.96, Look(self.wing, self.pattern,
                    self.texture, self.grain, 0.0, 0.3, "soft"))
                spot = centre * 1.35
                pen.decal(oval(float(spot[0]), float(spot[1]), 0.11, n=10),
                    Look(0xF1E7D2 if low else self.wing_edge))

    def _chain(self, pen: Pen, rand: Rand, look: Look) -> None:
        bend = rand.span(-0.5, 0.5)
        for step in range(self.segments, -1, -1):
            t = step / self.segments
            x, y = bend * math.sin(t * 5), -0.1 + 1.9 * t
            for side in (-1, 1):
                pen.line(curve(x, y, x + side * 0.22, y + 0.02, x + side * 0.3, y + 0.14),
                    shade(self.shell, 0.8), 0.04)
            pen.solid(oval(x, y, 0.17 * (1.1 - 0.4 * t), 0.14), look)


VARIETIES: Varieties = (
    ("ladybug", Bug(0x1C1817, 0x1C1817, "dots", 0.34, (0.62, 0.6), wings="cover", wing=0xC92A22,
        leg_length=0.5, feelers=0.25, head=0.22, chest=0.34)),
    ("monarch", Bug(0x1E1917, abdomen=(0.11, 0.45), chest=0.13, head=0.1, legs=0, wings="butterfly",
        wing=0xDF7A1E)),
    ("sulphur_butterfly", Bug(0x8A8A4A, abdomen=(0.11, 0.42), chest=0.13, head=0.1, legs=0,
        wings="butterfly", wing=0xEBDD5A, wing_edge=0xA9A23C)),
    ("honeybee", Bug(0x2A1F16, 0xD9A32B, "bands", 0.26, (0.34, 0.5), wings="clear", wing=0xC9CED2,
        feelers=0.3, leg_length=0.45, chest=0.28)),
    ("dragonfly", Bug(0x2E8A8F, -1, "ribs", 0.15, (0.09, 0.95), chest=0.2, head=0.2, wings="long",
        wing=0xC7D6DC, leg_length=0.3, feelers=0.0)),
    ("tarantula", Bug(0x3B2A20, -1, "fur", 0.15, (0.4, 0.46), chest=0.34, head=0.13, legs=4,
        leg_length=1.15, leg_width=0.13, feelers=0.0)),
    ("rhinoceros_beetle", Bug(0x3A2318, abdomen=(0.5, 0.62), wings="cover", wing=0x4A2A1A,
        horn=True, chest=0.42, leg_length=0.7, leg_width=0.09, feelers=0.2)),
    ("garden_spider", Bug(0x8A7A3A, 0x241E18, "bands", 0.2, (0.42, 0.5), chest=0.24, head=0.1,
        legs=4, leg_length=1.3, leg_width=0.055, feelers=0.0)),
    ("swallowtail", Bug(0x1C1C22, abdomen=(0.1, 0.42), chest=0.12, head=0.1, legs=0,
        wings="swallow", wing=0x3A8FC9)),
    ("ant", Bug(0x5A2E1C, abdomen=(0.3, 0.42), chest=0.18, head=0.24, leg_length=0.75,
        leg_width=0.05, feelers=0.55)),
    ("scorpion", Bug(0xA5763A, -1, "ribs", 0.12, (0.24, 0.4), chest=0.26, head=0.15, legs=4,
        leg_length=0.65, claws=True, sting=True, feelers=0.0)),
    ("mayfly", Bug(0x9A8A5A, -1, "ribs", 0.12, (0.1, 0.7), chest=0.16, head=0.13, wings="clear",
        wing=0xD9DCCB, leg_length=0.5, feelers=0.7)),
    ("tick", Bug(0x7A5A44, -1, "mottle", 0.2, (0.55, 0.62), chest=0.25, head=0.11, legs=4,
        leg_length=0.55, leg_width=0.06, feelers=0.0)),
    ("house_fly", Bug(0x2C2E33, -1, "fur", 0.1, (0.3, 0.42), chest=0.28, head=0.26, wings="clear",
        wing=0xB4BCC2, leg_length=0.6, feelers=0.12)),
    ("grasshopper", Bug(0x6E9A3A, -1, "ribs", 0.14, (0.17, 0.8), chest=0.2, head=0.18,
        leg_length=1.05, leg_width=0.08, feelers=0.7)),
    ("praying_mantis", Bug(0x7FB04A, abdomen=(0.16, 0.7), chest=0.11, head=0.19, leg_length=0.85,
        leg_width=0.05, claws=True, feelers=0.5)),
    ("centipede", Bug(0x9A4A22, -1, "mottle", 0.1, legs=0, segments=13, chest=0.16, head=0.16,
        feelers=0.5)),
    ("stag_beetle", Bug(0x221A18, abdomen=(0.42, 0.66), wings="cover", wing=0x2E201C, claws=True,
        chest=0.36, leg_length=0.65, leg_width=0.07, feelers=0.0)),
)  # fmt: skip
