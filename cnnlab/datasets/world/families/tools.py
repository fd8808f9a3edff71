"""Hand tools and cutlery: a handle along y and a head on it."""

from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import arc, blob, box, curve, fan, limb, mirror, oval, poly, tube

STEEL = Look(0xB4BAC0, -1, "brushed", 0.3, 1.57, 0.2, "metal")


@dataclass(frozen=True)
class Tool(Kind):
    """A tool, its head up."""

    head: str = "hammer"
    grip: int = 0x9A6B3A
    metal: int = 0xB4BAC0
    long: float = 1.0  # length of the handle
    thick: float = 0.16

    family: ClassVar[str] = "tool"
    context: ClassVar[str] = "indoor"
    turns: ClassVar[float] = 0.5

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Handle, then head."""
        steel = STEEL._replace(colour=self.metal)
        grip = Look(self.grip, -1, "wood", 0.3, 1.57, 0.3, "soft")
        if self.long:
            pen.solid(limb(0, -0.3, 0, self.long, self.thick * 0.8, self.thick), grip, 1.2)
            pen.mark("grip", 0, self.long * 0.8)
        getattr(self, f"_{self.head}")(pen, rand, steel, grip)
        pen.mark("head", 0, -0.5)

    def _hammer(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        pen.solid(poly(-0.1, -0.62, 0.3, -0.66, 0.52, -0.7, 0.52, -0.34, 0.3, -0.38, -0.1, -0.4),
            steel)
        pen.solid(blob(-0.1, -0.62, -0.5, -0.6, -0.68, -0.38, -0.45, -0.46, -0.1, -0.4), steel)

    def _mallet(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        pen.solid(box(-0.5, -0.75, 0.5, -0.2, 0.1), grip._replace(angle=0))

    def _axe(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        pen.solid(blob(-0.1, -0.75, 0.15, -0.7, 0.62, -0.95, 0.72, -0.45, 0.6, 0.02, 0.15, -0.3,
            -0.1, -0.28, steps=3), steel)
        pen.decal(blob(0.55, -1.0, 0.8, -0.5, 0.55, 0.1, 0.62, -0.5), Look(0xE8ECEE))

    def _saw(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        edge = []
        for step in range(22):
            edge += [-0.28 + (0.05 if step % 2 else -0.03), 0.6 - 0.085 * step]
        pen.solid(poly(0.22, 0.6, 0.05, -1.25, -0.2, -1.25, *reversed_pairs(edge)), steel, 0.3)
        pen.solid(blob(-0.35, 0.55, 0.3, 0.5, 0.36, 1.1, 0.1, 1.2, -0.3, 1.05), grip)
        pen.flat(oval(0.0, 0.85, 0.12, 0.18), 0x2A231D)

    def _screwdriver(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        pen.solid(box(-0.05, -1.2, 0.05, 0.1), steel)
        pen.solid(poly(-0.09, -1.3, 0.09, -1.3, 0.05, -1.05, -0.05, -1.05), steel)
        pen.solid(blob(-0.14, 0.05, 0.14, 0.05, 0.2, 0.3, 0.18, 0.9, 0, 1.02, -0.18, 0.9, -0.2,
            0.3), Look(self.grip, -1, "ribs", 0.12, 0.0, 0.3, "gloss"))

    def _wrench(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        pen.solid(box(-0.12, -0.6, 0.12, 0.9, 0.08), steel)
        pen.solid(blob(-0.3, -0.55, -0.36, -0.95, -0.16, -1.15, -0.12, -0.82, 0.12, -0.82, 0.16,
            -1.15, 0.36, -0.95, 0.3, -0.55, 0, -0.45, steps=3), steel)
        pen.solid(oval(0, 0.95, 0.28), steel)
        pen.flat(oval(0, 0.95, 0.14, n=6), 0x2A2B2D)

    def _scissors(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        gape = rand.span(0.08, 0.45)
        for side in (-1, 1):
            blade = pen.at(0, 0, 1, side * gape)
            shape = poly(-0.12 * side, 0.1, 0.1 * side, 0.1, 0.02 * side, -1.15)
            blade.solid(shape, steel, 0.6)
            ring = oval(side * -0.22, 0.72, 0.24, 0.32, n=20)
            blade.line(poly(0, 0.0, side * -0.12, 0.45), self.grip, 0.13)
            blade.line(ring[[*range(20), 0]], self.grip, 0.12)
        pen.flat(oval(0, 0.02, 0.05), 0x4A4C50)

    def _shovel(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        pen.solid(blob(-0.36, -0.25, 0.36, -0.25, 0.42, -0.75, 0, -1.25, -0.42, -0.75), steel)
        pen.line(poly(-0.22, self.long, 0.22, self.long), self.grip, 0.13)

    def _rake(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        pen.line(poly(-0.6, -0.35, 0.6, -0.35), self.metal, 0.09)
        for step in range(8):
            x = -0.56 + 0.16 * step
            pen.line(curve(x, -0.35, x * 1.02, -0.6, x, -0.8), self.metal, 0.05)

    def _fork(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        pen.solid(tube(curve(0, 1.1, 0, 0.3, 0, -0.4), 0.2, 0.1, 0.14), steel)
        pen.solid(blob(-0.24, -0.65, 0.24, -0.65, 0.2, -0.4, 0, -0.22, -0.2, -0.4), steel)
        for x in (-0.2, -0.07, 0.07, 0.2):
            pen.solid(limb(x, -0.6, x, -1.15, 0.075, 0.05), steel, 1.0, False)

    def _spoon(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        pen.solid(tube(curve(0, 1.1, 0, 0.2, 0, -0.45), 0.2, 0.09, 0.12), steel)
        pen.solid(oval(0, -0.78, 0.28, 0.42), steel)
        pen.decal(oval(0.02, -0.76, 0.2, 0.32), Look(shade(self.metal, 0.75), finish="metal"))

    def _knife(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        pen.solid(blob(-0.12, 0.15, 0.16, 0.15, 0.18, -0.6, 0.02, -1.25, -0.12, -0.7, steps=3),
            steel, 0.6)
        pen.solid(box(-0.12, 0.1, 0.14, 1.0, 0.08), grip)

    def _brush(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        pen.solid(box(-0.28, -0.45, 0.28, -0.15), steel)
        pen.solid(blob(-0.28, -0.42, 0.28, -0.42, 0.32, -0.8, 0.1, -1.1, -0.32, -0.95),
            Look(0x6A4A2C, -1, "fur", 0.2, 0, 0.4))

    def _broom(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        pen.solid(poly(-0.15, -0.2, 0.15, -0.2, 0.5, -1.1, -0.5, -1.1),
            Look(0xD9B25A, -1, "fur", 0.25, 1.57, 0.5))
        pen.line(poly(-0.28, -0.5, 0.28, -0.5), 0xB0402A, 0.05)

    def _umbrella(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        pen.line(curve(0, -0.2, 0, 1.0, 0.12, 1.15, 0.24, 1.0), 0x4A3A2E, 0.07)
        dome = blob(-1.1, -0.1, -0.75, -0.75, 0, -1.0, 0.75, -0.75, 1.1, -0.1, 0.72, -0.22, 0.36,
            -0.1, 0, -0.22, -0.36, -0.1, -0.72, -0.22)
        pen.solid(dome, Look(self.grip, texture="cloud", finish="soft"), 1.0)
        for x in (-0.36, 0.36):
            pen.decal(tube(curve(0, -1.0, x * 0.9, -0.7, x, -0.1), 0.02, 0.03),
                Look(shade(self.grip, 0.6)))

    def _racket(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        for step in range(-3, 4):
            pen.line(poly(step * 0.14, -1.15, step * 0.14, -0.2), 0xE8E6DA, 0.02)
            pen.line(poly(-0.48, -0.68 + step * 0.15, 0.48, -0.68 + step * 0.15), 0xE8E6DA, 0.02)
        ring = oval(0, -0.68, 0.5, 0.62, n=28)
        pen.line(ring[[*range(28), 0]], self.metal, 0.1)

    def _plunger(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        pen.solid(fan(0, -0.3, 0.55, 3.14, 6.28), Look(0xA83A2A, finish="gloss"))
        pen.solid(mirror(box(-0.6, -0.36, 0.6, -0.24, 0.05)), Look(0x8A2F22))

    def _lens(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        pen.solid(oval(0, -0.62, 0.5), Look(0xBFD6E0, texture="cloud", finish="metal"))
        pen.line(oval(0, -0.62, 0.52, n=28)[[*range(28), 0]], self.metal, 0.12)

    def _anchor(self, pen: Pen, rand: Rand, steel: Look, grip: Look) -> None:
        pen.line(poly(0, -0.7, 0, 0.9), self.metal, 0.18)
        pen.line(poly(-0.4, -0.4, 0.4, -0.4), self.metal, 0.14)
        pen.line(arc(0, 0.1, 0.75, 0.8, 0.1, 3.04, 16), self.metal, 0.17)
        pen.line(oval(0, -0.88, 0.18, n=16)[[*range(16), 0]], self.metal, 0.1)
        for side in (-1, 1):
            pen.solid(poly(side * 0.75, -0.1, side * 0.95, 0.35, side * 0.5, 0.3), steel)


def reversed_pairs(values: list[float]) -> list[float]:
    """The coordinate pairs of a flat list, last pair first."""
    pairs = list(zip(values[::2], values[1::2], strict=True))
    return [value for pair in reversed(pairs) for value in pair]


VARIETIES: Varieties = (
    ("hammer", Tool("hammer")),
    ("axe", Tool("axe", long=1.2)),
    ("screwdriver", Tool("screwdriver", 0xC9402A, long=0)),
    ("shovel", Tool("shovel", long=1.2)),
    ("handsaw", Tool("saw", long=0)),
    ("broom", Tool("broom", 0x4A6A9A, long=1.3, thick=0.1)),
    ("paint_brush", Tool("brush", 0xC98A2A, long=0.9)),
    ("wrench", Tool("wrench", long=0)),
    ("scissors", Tool("scissors", 0xC93A2A, long=0)),
    ("umbrella", Tool("umbrella", 0x3F5FA8, long=0)),
    ("anchor", Tool("anchor", metal=0x4A4F55, long=0)),
    ("fork", Tool("fork", long=0)),
    ("spoon", Tool("spoon", long=0)),
    ("kitchen_knife", Tool("knife", 0x2B2725, long=0)),
    ("rake", Tool("rake", metal=0x6A3A2A, long=1.3, thick=0.1)),
    ("tennis_racket", Tool("racket", 0x2A2C30, 0xC0392B, 0.9)),
    ("mallet", Tool("mallet")),
    ("plunger", Tool("plunger", long=1.1, thick=0.12)),
    ("magnifier", Tool("lens", 0x2C2826, 0xC9A23A, 0.8)),
)  # fmt: skip
