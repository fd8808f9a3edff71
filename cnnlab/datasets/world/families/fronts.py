"""Road and rail vehicles seen from the front."""

from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.families.vehicles import GLASS
from cnnlab.datasets.world.families.wheels import PAINTS, RUBBER
from cnnlab.datasets.world.grammar import Kind
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, box, oval, poly


@dataclass(frozen=True)
class Front(Kind):
    """A vehicle from the front with a strip of its flank; the ground is at y = 0."""

    plan: str = "car"  # car, bus, train
    paint: int = -1
    trim: int = 0xEDEDE8
    tall: float = 1.4
    decks: int = 1
    flank: float = 0.0  # how much of the side shows

    family: ClassVar[str] = "vehicle front"
    context: ClassVar[str] = "outdoor"
    stands: ClassVar[bool] = True
    turns: ClassVar[float] = 0.02

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Draw by plan."""
        paint = self.paint if self.paint >= 0 else rand.pick(PAINTS)
        getattr(self, f"_{self.plan}")(pen, rand, Look(paint, -1, "cloud", 0.8, 0, 0.12, "gloss"))

    def _car(self, pen: Pen, rand: Rand, body: Look) -> None:
        tall = self.tall * rand.near(1, 0.06)
        for x in (-0.78, 0.78):
            pen.solid(box(x - 0.16, -0.42, x + 0.16, 0.0, 0.06), RUBBER, 0.6)
        pen.solid(blob(-0.78, -tall * 0.5, -0.58, -tall, 0.58, -tall, 0.78, -tall * 0.5, steps=3),
            body, 0.8)
        pen.decal(poly(-0.68, -tall * 0.58, -0.52, -tall * 0.93, 0.52, -tall * 0.93, 0.68,
            -tall * 0.58), GLASS)
        pen.solid(blob(-1.0, -0.2, -0.98, -tall * 0.48, -0.7, -tall * 0.62, 0.7, -tall * 0.62, 0.98,
            -tall * 0.48, 1.0, -0.2, steps=3), body, 0.8)
        pen.decal(box(-0.45, -tall * 0.45, 0.45, -tall * 0.28, 0.04), Look(0x1E2022, 0x6A6E72,
            "bands", 0.06))
        pen.decal(box(-1.1, -0.34, 1.1, -0.1), Look(shade(body.colour, 0.5)))
        for side in (-1, 1):
            pen.solid(oval(side * 0.72, -tall * 0.4, 0.17, 0.11), Look(0xF6F1D2, finish="glow"))
            pen.solid(oval(side * 0.93, -tall * 0.68, 0.1, 0.07), body, 0.8)
        pen.flat(box(-0.2, -0.32, 0.2, -0.2), 0xEFEDE2)
        pen.mark("windscreen", 0, -tall * 0.75)

    def _bus(self, pen: Pen, rand: Rand, body: Look) -> None:
        tall = self.tall * rand.near(1, 0.05)
        side = self.flank * rand.span(0.6, 1.2)
        if side:
            flank = body._replace(colour=shade(body.colour, 0.85))
            pen.solid(box(0.6, -0.4, 0.6 + side, 0.0, 0.1), RUBBER, 0.6)
            pen.solid(poly(0.7, -tall, 0.7 + side, -tall * 0.88, 0.7 + side, -0.25, 0.7, -0.15),
                flank, 0.2)
            for deck in range(self.decks):
                y0 = -tall * (0.9 - 0.46 * deck)
                drop = tall * (0.3 if self.decks == 1 else 0.24)
                for step in range(4):
                    x0, x1 = 0.75 + side * step / 4, 0.71 + side * (step + 0.85) / 4
                    t0, t1 = step / 4 * 0.1 * tall, (step + 0.85) / 4 * 0.1 * tall
                    pen.decal(poly(x0, y0 + t0, x1, y0 + t1, x1, y0 + drop + t1 * 0.4, x0,
                        y0 + drop + t0 * 0.4), GLASS)
            pen.flat(oval(0.7 + side * 0.7, -0.2, 0.1, 0.22), 0x1B1B1C)
        for x in (-0.55, 0.55):
            pen.solid(box(x - 0.14, -0.32, x + 0.14, 0.0, 0.05), RUBBER, 0.6)
        pen.solid(box(-0.75, -tall, 0.75, -0.14, 0.12), body, 0.6)
        pen.decal(box(-0.8, -tall * 0.34, 0.8, -tall * 0.28), Look(self.trim))
        pen.solid(box(-0.5, -tall * 0.98, 0.5, -tall * 0.89, 0.03), Look(0xF2C84A, finish="glow"),
            0.3)
        low = -tall * 0.42
        high = -tall * 0.86 if self.decks == 1 else -tall * 0.62
        pen.solid(box(-0.66, high, 0.66, low, 0.08), GLASS, 0.3, False)
        pen.line(poly(0, high, 0, low), 0x26292D, 0.04)
        if self.decks == 2:
            pen.solid(box(-0.64, -tall * 0.87, 0.64, -tall * 0.68, 0.06), GLASS, 0.3, False)
        for x in (-0.56, 0.56):
            pen.solid(oval(x, -tall * 0.2, 0.12, 0.09), Look(0xF6F1D2, finish="glow"))
            pen.line(poly(x * 1.3, -tall * 0.8, x * 1.5, -tall * 0.72), 0x1E1E20, 0.07)
        pen.flat(box(-0.18, -0.32, 0.18, -0.2), 0xEFEDE2)
        pen.mark("windscreen", 0, (high + low) / 2)

    def _train(self, pen: Pen, rand: Rand, body: Look) -> None:
        tall = self.tall * rand.near(1, 0.05)
        long = self.flank * rand.span(0.7, 1.2)
        flank = body._replace(colour=shade(body.colour, 0.88), texture="brushed")
        far = 0.5  # how small the far end gets
        pen.solid(poly(0.6, -tall, 0.6 + long, -tall * far - 0.1, 0.6 + long, -0.08 - 0.1, 0.6,
            -0.1), flank, 0.15)
        pen.decal(poly(0.6, -tall * 0.42, 0.6 + long, -tall * far * 0.42 - 0.12, 0.6 + long,
            -tall * far * 0.3 - 0.12, 0.6, -tall * 0.3), Look(self.trim))
        for step in range(7):
            t0, t1 = step / 7, (step + 0.7) / 7
            s0, s1 = 1 - (1 - far) * t0, 1 - (1 - far) * t1
            x0, x1 = 0.66 + long * t0, 0.66 + long * t1
            pen.decal(poly(x0, -tall * 0.85 * s0, x1, -tall * 0.85 * s1, x1, -tall * 0.55 * s1, x0,
                -tall * 0.55 * s0), GLASS)
        pen.solid(blob(-0.68, -0.15, -0.7, -tall * 0.75, -0.45, -tall, 0.45, -tall, 0.7,
            -tall * 0.75, 0.68, -0.15, 0.3, -0.04, -0.3, -0.04, steps=3), body, 0.8)
        pen.decal(box(-0.8, -tall * 0.42, 0.8, -tall * 0.28), Look(self.trim))
        pen.solid(blob(-0.5, -tall * 0.52, -0.44, -tall * 0.86, 0.44, -tall * 0.86, 0.5,
            -tall * 0.52, steps=2), GLASS, 0.3, False)
        for x in (-0.45, 0.45):
            pen.solid(oval(x, -tall * 0.22, 0.1), Look(0xF8F2CE, finish="glow"))
        pen.solid(oval(0, -tall * 0.93, 0.07), Look(0xF8F2CE, finish="glow"))
        pen.solid(poly(-0.6, -0.16, 0.6, -0.16, 0.45, 0.0, -0.45, 0.0),
            Look(0x3A3B3D, -1, "ribs", 0.1, 1.57), 0.4)
        pen.mark("windscreen", 0, -tall * 0.7)

