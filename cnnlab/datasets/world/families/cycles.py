"""Cycles and other light frames on wheels."""

from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.families.wheels import PAINTS, spoked, wheel
from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, box, curve, oval, poly, tube


@dataclass(frozen=True)
class Cycle(Kind):
    """A cycle facing right; the wheels touch the ground at y = 0."""

    plan: str = "bicycle"  # bicycle motorbike scooter penny tricycle cart pram barrow segway
    paint: int = -1
    wheel: float = 0.42
    base: float = 0.6  # half the distance between the hubs
    thick: float = 0.055
    fairing: bool = False

    family: ClassVar[str] = "cycle"
    context: ClassVar[str] = "outdoor"
    stands: ClassVar[bool] = True
    turns: ClassVar[float] = 0.06

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Draw by plan."""
        paint = self.paint if self.paint >= 0 else rand.pick(PAINTS)
        getattr(self, f"_{self.plan}")(pen, rand, paint, rand.span(0, 0.7))

    def _bicycle(self, pen: Pen, rand: Rand, paint: int, turn: float) -> None:
        r, b = self.wheel, self.base
        for name, x in (("rear_wheel", -b), ("front_wheel", b)):
            spoked(pen, x, -r, r, turn, 0x26272A, 7, self.thick * 1.3)
            pen.mark(name, x, -r)
        crank, seat, head = (-0.08, -r * 0.95), (-0.25, -r - 0.52), (b - 0.2, -r - 0.5)
        w = self.thick * 1.15
        for x0, y0, x1, y1 in (
            (*crank, *seat), (*seat, *head), (*crank, *head), (*crank, -b, -r),
                (seat[0], seat[1] + 0.08, -b, -r), (*head, b, -r),
        ):  # fmt: skip
            pen.line(poly(x0, y0, x1, y1), paint, w)
        pen.line(poly(*seat, seat[0] - 0.02, seat[1] - 0.12), 0x8A8D92, w * 0.8)
        pen.solid(blob(seat[0] - 0.2, seat[1] - 0.19, seat[0] + 0.18, seat[1] - 0.15,
            seat[0] - 0.15, seat[1] - 0.08), Look(0x221F1E))
        pen.line(curve(head[0], head[1], head[0] - 0.03, head[1] - 0.16, head[0] + 0.16,
            head[1] - 0.2, head[0] + 0.2, head[1] - 0.08), 0x3A3B3E, w)
        pen.line(oval(*crank, 0.1, n=14)[[*range(14), 0]], 0x5A5C60, 0.035)
        pen.line(poly(crank[0] - 0.08, crank[1] + 0.14, crank[0] + 0.08, crank[1] - 0.14), 0x6A6C70,
            0.04)

    def _motorbike(self, pen: Pen, rand: Rand, paint: int, turn: float) -> None:
        r, b = self.wheel * 0.85, self.base * 1.12
        for name, x in (("rear_wheel", -b), ("front_wheel", b)):
            wheel(pen, x, -r, r, turn)
            pen.mark(name, x, -r)
        metal = Look(0xB9BDC1, -1, "brushed", 0.2, 0, 0.2, "metal")
        body = Look(paint, texture="cloud", finish="gloss")
        pen.line(poly(b, -r, b - 0.3, -r - 0.72), 0xBFC3C7, 0.08)
        pen.solid(tube(curve(-b - 0.15, -r * 0.8, -0.2, -r * 0.75, 0.1, -r * 1.05), 0.13, 0.11,
            0.09), metal)
        pen.solid(blob(-0.3, -r * 0.7, 0.28, -r * 0.7, 0.32, -r - 0.28, -0.28, -r - 0.28),
            Look(0x4A4C50, -1, "ribs", 0.1, 0, 0.4, "metal"))
        pen.solid(oval(-0.02, -r * 0.95, 0.15), metal)
        pen.solid(blob(-b - 0.22, -r - 0.48, -0.5, -r - 0.4, 0.0, -r - 0.38, -0.05, -r - 0.24, -0.6,
            -r - 0.28), Look(0x201E1E, finish="soft"), 0.9)
        pen.solid(blob(-0.12, -r - 0.3, 0.1, -r - 0.56, 0.42, -r - 0.55, 0.5, -r - 0.36, 0.3,
            -r - 0.24), body)
        pen.solid(blob(-b - 0.28, -r - 0.18, -b - 0.1, -r * 1.28 - 0.1, -b + 0.3, -r * 1.2,
            -b + 0.25, -r * 1.2 - 0.16), body, 0.7)
        pen.solid(blob(b - 0.28, -r - r * 0.75, b, -r * 2.15, b + 0.3, -r - r * 0.7, b, -r * 1.95),
            body, 0.7)
        if self.fairing:
            pen.solid(blob(0.3, -r - 0.2, 0.35, -r - 0.75, 0.62, -r - 0.72, 0.85, -r - 0.42, 0.5,
                -r + 0.02), body, 0.8)
        pen.line(curve(b - 0.3, -r - 0.72, b - 0.42, -r - 0.82, b - 0.62, -r - 0.74), 0x2A2B2E,
            0.06)
        pen.solid(oval(b - 0.2, -r - 0.6, 0.12), Look(0xE9E6D2, finish="gloss"))

    def _scooter(self, pen: Pen, rand: Rand, paint: int, turn: float) -> None:
        r, b = 0.2, 0.62
        body = Look(paint, texture="cloud", finish="gloss")
        for name, x in (("rear_wheel", -b), ("front_wheel", b)):
            wheel(pen, x, -r, r, turn)
            pen.mark(name, x, -r)
        pen.solid(tube(curve(b, -r, b - 0.06, -0.5, b - 0.2, -0.98), 0.1, 0.16, 0.1), body)
        pen.solid(blob(-b - 0.3, -0.32, -b - 0.15, -0.68, -0.2, -0.68, -0.05, -0.3, 0.35, -0.2,
            0.35, -0.12, -0.2, -0.14, -0.45, -0.35), body)
        pen.solid(blob(b - 0.2, -0.25, b - 0.14, -0.75, b + 0.02, -0.7, b + 0.1, -0.32), body, 0.8)
        pen.solid(box(-b - 0.2, -0.8, -0.15, -0.66, 0.06), Look(0x3A2A22, finish="soft"))
        pen.line(curve(b - 0.2, -0.98, b - 0.32, -1.05, b - 0.42, -0.98), 0x2A2B2E, 0.05)
        pen.solid(oval(b - 0.1, -0.92, 0.08), Look(0xF1ECD2, finish="gloss"))

    def _penny(self, pen: Pen, rand: Rand, paint: int, turn: float) -> None:
        spoked(pen, 0.2, -0.72, 0.72, turn, 0x26272A, 10, 0.06)
        spoked(pen, -0.75, -0.2, 0.2, turn, 0x26272A, 5, 0.05)
        pen.line(curve(-0.75, -0.2, -0.6, -0.9, -0.25, -1.4, 0.15, -1.52), paint, 0.07)
        pen.line(poly(0.2, -0.72, 0.15, -1.6), paint, 0.06)
        pen.line(curve(0.0, -1.58, 0.15, -1.66, 0.42, -1.55), 0x3A3B3E, 0.05)
        pen.solid(blob(-0.3, -1.52, 0.02, -1.56, -0.2, -1.42), Look(0x2A211D))
        pen.mark("front_wheel", 0.2, -0.72)
        pen.mark("rear_wheel", -0.75, -0.2)

    def _tricycle(self, pen: Pen, rand: Rand, paint: int, turn: float) -> None:
        for x in (-0.62, -0.4):
            spoked(pen, x, -0.22, 0.22, turn, 0x2A2A2C, 4, 0.07)
        spoked(pen, 0.5, -0.38, 0.38, turn, 0x2A2A2C, 5, 0.08)
        pen.line(curve(-0.5, -0.25, -0.2, -0.4, 0.2, -0.6, 0.4, -0.85), paint, 0.11)
        pen.line(poly(0.5, -0.38, 0.38, -1.0), paint, 0.09)
        pen.line(curve(0.2, -1.0, 0.38, -1.05, 0.5, -0.95), 0xD8D9DA, 0.06)
        pen.solid(blob(-0.4, -0.55, 0.0, -0.55, -0.1, -0.42, -0.35, -0.42), Look(0x1F1D1D))
        pen.mark("front_wheel", 0.5, -0.38)

    def _cart(self, pen: Pen, rand: Rand, paint: int, turn: float) -> None:
        for x in (-0.45, 0.4):
            wheel(pen, x, -0.1, 0.1, turn)
        pen.line(poly(-0.45, -0.2, 0.4, -0.2, 0.55, -0.35), 0x8F9499, 0.05)
        basket = Look(0xC6CBD0, 0x6E747A, "checks", 0.12, 0.0)
        pen.solid(poly(-0.6, -0.4, -0.75, -1.0, 0.75, -0.85, 0.55, -0.4), basket, 0.3)
        pen.line(poly(-0.6, -0.38, -0.85, -1.18, -1.0, -1.2), paint, 0.07)

    def _pram(self, pen: Pen, rand: Rand, paint: int, turn: float) -> None:
        for x in (-0.42, 0.42):
            spoked(pen, x, -0.24, 0.24, turn, 0x3A3A3D, 5, 0.05)
        pen.line(curve(-0.42, -0.24, 0, -0.5, 0.42, -0.24), 0xB5B9BD, 0.05)
        body = Look(paint, -1, "knit", 0.3, 0, 0.2)
        pen.solid(blob(-0.7, -0.95, 0.7, -0.95, 0.55, -0.5, 0, -0.38, -0.55, -0.5), body, 0.9)
        pen.solid(blob(0.02, -0.92, 0.05, -1.5, 0.5, -1.45, 0.78, -0.95),
            body._replace(colour=shade(paint, 0.8), texture="ribs"), 0.9)
        pen.line(curve(-0.65, -0.9, -0.95, -1.1, -1.1, -1.3), 0x8A8E92, 0.06)

    def _barrow(self, pen: Pen, rand: Rand, paint: int, turn: float) -> None:
        pen.line(poly(-1.1, -0.62, 0.6, -0.25), 0x8A6238, 0.08)
        pen.line(poly(-0.4, -0.45, -0.48, 0.0), 0x55585C, 0.07)
        pen.solid(poly(-0.6, -0.55, 0.25, -0.35, 0.75, -0.95, -0.75, -0.95),
            Look(paint, -1, "mottle", 0.2, 0, 0.3, "gloss"), 0.5)
        wheel(pen, 0.62, -0.22, 0.22, turn)
        pen.mark("front_wheel", 0.62, -0.22)

    def _segway(self, pen: Pen, rand: Rand, paint: int, turn: float) -> None:
        pen.line(poly(0.05, -0.3, 0.25, -1.5), 0x9A9EA2, 0.08)
        pen.line(curve(0.02, -1.45, 0.25, -1.55, 0.4, -1.4), 0x2A2A2D, 0.08)
        pen.solid(box(-0.3, -0.45, 0.35, -0.32, 0.04), Look(0x3A3B3E))
        wheel(pen, 0.0, -0.32, 0.32, turn, 0x8A8E92)
        pen.solid(box(-0.36, -0.68, 0.36, -0.6, 0.04), Look(paint, finish="gloss"))


VARIETIES: Varieties = (
    ("mountain_bike", Cycle("bicycle", thick=0.075)),
    ("moped", Cycle("scooter")),
    ("high_wheeler", Cycle("penny")),
    ("motor_scooter", Cycle("motorbike", wheel=0.3, fairing=True)),
    ("shopping_cart", Cycle("cart")),
    ("perambulator", Cycle("pram")),
    ("wheelbarrow", Cycle("barrow")),
    ("tricycle", Cycle("tricycle")),
    ("segway", Cycle("segway")),
    ("touring_bike", Cycle("bicycle", thick=0.045, wheel=0.46)),
)  # fmt: skip
