"""String instruments: body, neck, head, strings."""

from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, box, curve, oval, poly


@dataclass(frozen=True)
class Strings(Kind):
    """A lute of some kind: body, neck, head, strings; the neck points up."""

    body: str = "waist"  # waist, round, pear, double, flat
    wood: int = 0xB9743A
    top: int = -1
    neck: float = 1.0
    size: float = 1.0  # of the body
    hole: str = "round"  # round, f, none
    bow: bool = False

    family: ClassVar[str] = "strings"
    context: ClassVar[str] = "indoor"
    turns: ClassVar[float] = 0.45

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Neck, body, hole, bridge, strings."""
        wood = Look(self.wood, -1, "wood", 0.35, 1.57, 0.3, "gloss")
        s, reach = self.size, -0.35 - self.neck
        if self.bow:
            pen.line(curve(0.62, 0.9, 0.75, 0.0, 0.6, -1.0), 0x5A3A22, 0.05)
            pen.line(poly(0.62, 0.9, 0.6, -1.0), 0xE9E3D0, 0.025)
        pen.solid(poly(-0.07, 0.2, 0.07, 0.2, 0.06, reach, -0.06, reach),
            Look(0x3A2519, finish="soft"))
        pen.solid(blob(-0.1, reach + 0.05, 0.1, reach + 0.05, 0.14, reach - 0.3, -0.14, reach - 0.3,
            steps=3), wood)
        for side in (-1, 1):
            for step in range(3):
                pen.flat(oval(side * 0.17, reach - 0.04 - 0.1 * step, 0.045, n=8), 0xD9D2BE)
        if self.body == "waist":
            shape = blob(0, -0.42 * s, 0.38 * s, -0.3 * s, 0.33 * s, 0.1 * s, 0.55 * s, 0.55 * s, 0,
                0.95 * s, -0.55 * s, 0.55 * s, -0.33 * s, 0.1 * s, -0.38 * s, -0.3 * s)
        elif self.body == "round":
            shape = oval(0, 0.35, 0.55 * s, n=28)
        elif self.body == "pear":
            shape = blob(0, -0.45 * s, 0.2 * s, -0.15 * s, 0.52 * s, 0.45 * s, 0, 0.95 * s,
                -0.52 * s, 0.45 * s, -0.2 * s, -0.15 * s)
        elif self.body == "double":
            shape = blob(-0.1, -0.3, 0.14, -0.05, 0.42, -0.4, 0.36, 0.05, 0.5, 0.6, 0, 0.85, -0.5,
                0.6, -0.34, 0.1, -0.42, -0.32)
        else:
            shape = poly(-0.3, 0.8, 0.3, 0.8, 0, -0.3)
        pen.solid(shape, wood, 0.5)
        if self.top >= 0:
            pen.decal((shape - (0, 0.3)) * 0.86 + (0, 0.3), Look(self.top, texture="cloud"))
        if self.hole == "round":
            pen.flat(oval(0, 0.1 * s, 0.15 * s, n=16), 0x1E1410)
        elif self.hole == "f":
            for side in (-1, 1):
                pen.line(curve(side * 0.17, 0.1, side * 0.22, 0.3, side * 0.19, 0.5), 0x1E1410,
                    0.05)
        pen.solid(box(-0.16 * s, 0.5 * s, 0.16 * s, 0.57 * s), Look(0x2E1D14))
        for x in (-0.03, 0.0, 0.03):
            pen.line(poly(x, reach, x * 1.6, 0.55 * s), 0xE3DCC8, 0.012)
        pen.mark("bridge", 0, 0.53 * s)
        pen.mark("head", 0, reach - 0.15)


VARIETIES: Varieties = (
    ("guitar", Strings("waist", 0xC98A45, 0xE2B878)),
    ("violin", Strings("waist", 0x9A4A20, neck=0.75, size=0.85, hole="f", bow=True)),
    ("banjo", Strings("round", 0x6A3F22, 0xEFE8DA, 1.2, hole="none")),
    ("electric_guitar", Strings("double", 0xC0282C, 0xEFEFE8, 1.05, hole="none")),
    ("cello", Strings("waist", 0x7A3416, neck=0.8, size=1.15, hole="f")),
    ("balalaika", Strings("flat", 0xD9A35A, neck=1.0)),
    ("mandolin", Strings("pear", 0xA5622F, neck=0.8)),
)  # fmt: skip
