"""Road signs: a plate with a rim and a symbol."""

import math
from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import Points, box, curve, oval, poly, turned


def _plate(shape: str) -> Points:
    if shape == "octagon":
        return turned(oval(0, 0, 0.72, n=8), math.pi / 8)
    if shape == "triangle":
        return poly(0, -0.75, 0.8, 0.6, -0.8, 0.6)
    if shape == "inverted":
        return poly(0, 0.75, 0.8, -0.6, -0.8, -0.6)
    if shape == "diamond":
        return poly(0, -0.8, 0.8, 0, 0, 0.8, -0.8, 0)
    if shape == "square":
        return box(-0.65, -0.65, 0.65, 0.65, 0.1)
    if shape == "wide":
        return poly(-0.95, -0.3, 0.7, -0.3, 1.05, 0, 0.7, 0.3, -0.95, 0.3)
    return oval(0, 0, 0.72, n=28)


@dataclass(frozen=True)
class Sign(Kind):
    """A plate with a rim and a symbol, on a post unless it hangs."""

    shape: str = "disc"
    rim: int = 0xC8202A
    field: int = 0xF3F1EA
    symbol: str = ""  # bar, arrow, cross, letter, walker, bang, lights, curve, number
    ink: int = 0x1F1E20
    post: float = 1.3

    family: ClassVar[str] = "sign"
    context: ClassVar[str] = "outdoor"
    turns: ClassVar[float] = 0.06
    flips: ClassVar[bool] = False

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Post, plate, field, symbol."""
        if self.post:
            pen.solid(box(-0.06, 0, 0.06, self.post * rand.near(1, 0.2)),
                Look(0x8A8F94, finish="metal"))
        if self.symbol == "lights":
            pen.solid(box(-0.32, -0.95, 0.32, 0.75, 0.12), Look(self.field, finish="soft"))
            lit = rand.below(3)
            for step, colour in enumerate((0xE8352A, 0xF0B42A, 0x3FBF5A)):
                on = step == lit
                y = -0.62 + 0.52 * step
                pen.solid(oval(0, y, 0.2), Look(colour if on else 0x2A2C2E,
                    finish="glow" if on else "soft"))
            pen.mark("middle", 0, -0.1)
            return
        plate = _plate(self.shape)
        centre = plate.mean(0)
        pen.solid(plate, Look(self.rim, -1, "cloud", 0.6, 0, 0.12, "soft"), 0.25)
        pen.decal((plate - centre) * 0.8 + centre, Look(self.field, -1, "cloud", 0.6, 0, 0.1))
        self._symbol(pen, rand)
        pen.mark("middle", 0, 0)

    def _symbol(self, pen: Pen, rand: Rand) -> None:
        ink = self.ink
        if self.symbol == "bar":
            pen.flat(box(-0.48, -0.12, 0.48, 0.12), ink)
        elif self.symbol == "stop":
            for step, width in enumerate((0.2, 0.18, 0.22, 0.2)):
                x = -0.45 + 0.24 * step
                pen.line(poly(x, -0.16, x + width * 0.7, -0.16, x + width * 0.7, 0.16, x, 0.16),
                    ink, 0.07)
        elif self.symbol == "arrow":
            pen.line(poly(0, 0.45, 0, -0.2), ink, 0.15)
            pen.flat(poly(0, -0.52, 0.28, -0.12, -0.28, -0.12), ink)
        elif self.symbol == "side":
            pen.line(poly(-0.65, 0, 0.45, 0), ink, 0.13)
            pen.flat(poly(0.75, 0, 0.4, -0.2, 0.4, 0.2), ink)
        elif self.symbol == "cross":
            pen.line(poly(-0.4, -0.4, 0.4, 0.4), ink, 0.14)
            pen.line(poly(0.4, -0.4, -0.4, 0.4), ink, 0.14)
        elif self.symbol == "letter":
            pen.line(poly(-0.18, 0.42, -0.18, -0.4), ink, 0.14)
            pen.line(curve(-0.18, -0.38, 0.2, -0.38, 0.3, -0.18, 0.18, 0.02, -0.18, 0.02), ink,
                0.14)
        elif self.symbol == "walker":
            pen.flat(oval(0.02, -0.22, 0.09), ink)
            pen.line(poly(0.0, -0.1, -0.04, 0.15), ink, 0.12)
            pen.line(poly(-0.2, 0.42, -0.04, 0.15, 0.16, 0.42), ink, 0.09)
            pen.line(poly(-0.2, 0.1, 0, -0.05, 0.2, 0.06), ink, 0.07)
        elif self.symbol == "bang":
            pen.line(poly(0, -0.22, 0, 0.2), ink, 0.15)
            pen.flat(oval(0, 0.4, 0.09), ink)
        elif self.symbol == "curve":
            pen.line(curve(-0.12, 0.5, -0.1, 0.1, 0.15, -0.1, 0.12, -0.5), ink, 0.14)
        elif self.symbol == "number":
            pen.line(poly(-0.3, -0.25, -0.1, -0.25, -0.1, 0.28, -0.3, 0.28), ink, 0.09)
            pen.line(oval(0.2, 0.0, 0.15, 0.27, n=14)[[*range(14), 0]], ink, 0.09)


VARIETIES: Varieties = (
    ("traffic_light", Sign(symbol="lights", field=0x2A2C2E, post=1.5)),
    ("street_sign", Sign("wide", 0x1F6A3A, 0x2A8A4A, "side", 0xF3F1EA)),
    ("warning_sign", Sign("triangle", 0xC8202A, 0xF3E9C0, "bang")),
    ("no_entry_sign", Sign("disc", 0xE9E6DF, 0xC8202A, "bar", 0xF3F1EA)),
    ("stop_sign", Sign("octagon", 0xF1EEE8, 0xC4202A, "stop", 0xF6F3EE)),
    ("yield_sign", Sign("inverted", 0xC8202A, 0xF3F1EA)),
    ("crossing_sign", Sign("square", 0x1F4FA8, 0x2A62C4, "walker", 0xF3F1EA)),
    ("curve_sign", Sign("diamond", 0x2A2A2C, 0xE8B92A, "curve")),
    ("speed_sign", Sign("disc", 0xC8202A, 0xF3F1EA, "number")),
)  # fmt: skip
