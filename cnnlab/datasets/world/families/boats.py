"""Boats."""

from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, box, curve, oval, petal, poly, tube

SAILS = (0xF2EEE4, 0xE7D9BE, 0xD9E2EA, 0xC7483A)


@dataclass(frozen=True)
class Boat(Kind):
    """A boat, bow to the right; the waterline is at y = 0."""

    hull: int = 0x7B4A2A
    stripe: int = -1
    shape: str = "yacht"  # yacht, ship, canoe, speed, tall, sub
    masts: tuple[float, ...] = ()
    sail: str = ""  # triangle, square, lateen
    deck: str = ""  # cabin, stack, cargo, liner, pilot, paddle
    depth: float = 0.3

    family: ClassVar[str] = "boat"
    context: ClassVar[str] = "water"
    turns: ClassVar[float] = 0.07

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Back to front: masts, sails, deck, hull."""
        d = self.depth
        hull = Look(self.hull, -1, "planks" if self.shape in ("tall", "canoe") else "brushed", 0.3,
            0.0, 0.25, "gloss")
        if self.shape == "sub":
            pen.solid(blob(-0.25, -0.1, -0.2, -0.5, 0.2, -0.5, 0.25, -0.1), hull)
            pen.line(poly(0.05, -0.5, 0.05, -0.78, 0.16, -0.78), 0x3A3C40, 0.05)
            pen.solid(poly(-0.95, -0.05, -1.2, -0.32, -1.25, 0.3, -0.95, 0.1), hull)
            pen.solid(blob(-1.05, 0.0, -0.6, -0.22, 0.6, -0.24, 1.1, -0.02, 0.7, 0.22, -0.6, 0.2),
                hull, 1.1)
            for x in (-0.3, 0.0, 0.3):
                pen.flat(oval(x, -0.02, 0.05), 0xE9D68A)
            return
        colour = rand.pick(SAILS)
        cloth = Look(colour, -1, "cloud", 0.8, 0, 0.12, "soft")
        for index, x in enumerate(self.masts):
            self._rig(pen, rand, x, cloth, index)
        self._deck(pen, d)
        shapes = {
            "yacht": blob(-0.9, -d, 1.05, -d * 1.05, 0.6, -d * 0.3, 0.1, 0.0, -0.7, 0.0, steps=3),
            "ship": poly(-1.0, -d, 0.75, -d, 0.82, -d * 1.25, 1.12, -d * 1.3, 0.86, 0, -0.92, 0),
            "canoe": blob(-1.15, -d * 1.5, -0.8, -d * 0.8, 0, -d * 0.6, 0.8, -d * 0.8, 1.15,
                -d * 1.5, 0.85, -0.02, 0, 0.06, -0.85, -0.02, steps=3),
            "speed": poly(-0.95, -d, 0.3, -d * 1.05, 1.15, -d * 1.2, 0.55, 0, -0.9, 0),
            "tall": blob(-1.0, -d * 1.75, -0.7, -d * 1.1, 0.4, -d, 1.1, -d * 1.55, 0.72, -0.02, 0,
                0.06, -0.8, 0, steps=3),
        }
        pen.solid(shapes[self.shape], hull, 0.8)
        if self.stripe >= 0:
            pen.decal(box(-1.2, -d * 0.3, 1.2, 0.1), Look(self.stripe))
        if self.shape in ("yacht", "speed"):
            pen.line(poly(-0.88, -d * 0.98, 1.0, -d * 1.04), 0xD9C9A0, 0.03)
        if self.shape == "tall":
            for step in range(5):
                pen.flat(box(-0.62 + 0.28 * step, -d * 0.72, -0.5 + 0.28 * step, -d * 0.42),
                    0x241A14)
        pen.mark("bow", 1.05, -d)
        pen.mark("stern", -0.95, -d)

    def _rig(self, pen: Pen, rand: Rand, x: float, cloth: Look, index: int) -> None:
        top = -1.65 + 0.15 * index * rand.near(1, 0.2)
        foot = -self.depth * 0.9
        belly = rand.span(0.02, 0.12)
        pen.line(poly(x, foot, x, top - 0.08), 0x6B4A2E, 0.045)
        if self.sail == "triangle":
            pen.solid(blob(x - 0.03, top, x - 0.03, foot - 0.1, x - 0.72, foot - 0.1,
                x - 0.32 - belly, (top + foot) / 2, steps=3), cloth, 0.7)
            if index == len(self.masts) - 1:
                pen.solid(poly(x + 0.04, top + 0.12, x + 0.72, foot - 0.04, x + 0.06, foot - 0.12),
                    cloth._replace(colour=shade(cloth.colour, 0.92)), 0.7)
        elif self.sail == "lateen":
            pen.solid(poly(x - 0.4, top + 0.5, x + 0.35, foot - 0.1, x - 0.5, foot - 0.15),
                cloth._replace(texture="ribs", grain=0.3), 0.7)
            pen.solid(poly(x - 0.42, top + 0.2, x + 0.3, top + 0.3, x + 0.42, foot - 0.15, x - 0.3,
                foot - 0.15), cloth._replace(texture="ribs", grain=0.35), 0.7)
        elif self.sail == "square":
            for step in range(3):
                y0 = top + 0.08 + (foot - top - 0.3) * step / 3
                y1 = y0 + (foot - top - 0.3) / 3 - 0.05
                half = 0.2 + 0.05 * step
                pen.solid(blob(x - half, y0, x + half, y0, x + half + belly, (y0 + y1) / 2,
                    x + half * 1.1, y1, x - half * 1.1, y1, x - half + belly, (y0 + y1) / 2,
                    steps=2), cloth, 0.7)

    def _deck(self, pen: Pen, d: float) -> None:
        white = Look(0xEDEDE8, finish="soft")
        if self.deck in ("cabin", "pilot"):
            pen.solid(poly(-0.5, -d, -0.42, -d - 0.24, 0.2, -d - 0.24, 0.4, -d), white, 0.6)
            pen.decal(box(-0.36, -d - 0.18, 0.22, -d - 0.08), Look(0x35485C))
            if self.deck == "pilot":
                pen.line(poly(-0.25, -d - 0.24, -0.25, -d - 0.6), 0x8A8D90, 0.04)
        elif self.deck in ("liner", "stack", "paddle"):
            for step in range(3):
                y = -d - 0.15 * (step + 1)
                pen.solid(box(-0.8 + 0.1 * step, y, 0.62 - 0.14 * step, y + 0.16), white, 0.4)
                for window in range(9 - step):
                    wx = -0.72 + 0.1 * step + 0.14 * window
                    pen.flat(box(wx, y + 0.05, wx + 0.06, y + 0.1), 0x33485C)
            for x in (-0.45, -0.1, 0.22)[: 3 if self.deck == "liner" else 2]:
                pen.solid(poly(x - 0.08, -d - 0.44, x - 0.1, -d - 0.8, x + 0.08, -d - 0.8, x + 0.1,
                    -d - 0.44), Look(0xB8352A, finish="gloss"))
                pen.decal(box(x - 0.2, -d - 0.82, x + 0.2, -d - 0.7), Look(0x1F1F21))
            if self.deck == "paddle":
                pen.solid(oval(-0.85, -0.3, 0.36), Look(0xA02C22, 0x3A1A14, "bands", 0.12))
        elif self.deck == "cargo":
            colours = (0xA8402C, 0x2F6A8F, 0x3F7A4A, 0xC9973A, 0x7A7F85)
            for step in range(7):
                for row in range(2 + (step % 3 > 0)):
                    x, y = -0.5 + 0.17 * step, -d - 0.13 * (row + 1)
                    pen.solid(box(x, y, x + 0.16, y + 0.12), Look(colours[(step * 2 + row * 3) % 5],
                        -1, "ribs", 0.08, 1.57), 0.3)
            pen.solid(box(-0.9, -d - 0.52, -0.62, -d), white, 0.5)
            pen.decal(box(-0.88, -d - 0.46, -0.62, -d - 0.36), Look(0x35485C))
        elif self.deck == "paddler":
            pen.solid(tube(curve(0, -d * 0.5, 0.02, -0.5, 0.05, -0.78), 0.26, 0.3, 0.14),
                Look(0xD9572C))
            pen.solid(oval(0.06, -0.88, 0.13), Look(0xD3A07A))
            pen.line(poly(-0.55, -0.1, 0.6, -0.85), 0xB58A4A, 0.05)
            pen.solid(petal(-0.5, -0.12, 2.6, 0.3, 0.16), Look(0xD9B23A))


VARIETIES: Varieties = (
    ("yawl", Boat(0xE6E3DA, 0x2A4F8A, masts=(0.1,), sail="triangle")),
    ("container_ship", Boat(0x2A3B4C, 0x8A2A22, "ship", deck="cargo", depth=0.34)),
    ("speedboat", Boat(0xEDEEEC, 0xC92A2A, "speed", deck="cabin")),
    ("galleon", Boat(0x6A4426, -1, "tall", (-0.55, 0.0, 0.5), "square", depth=0.36)),
    ("submarine", Boat(0x4A525A, shape="sub")),
    ("ketch", Boat(0x24425F, 0xE7E3D8, masts=(-0.5, 0.25), sail="triangle")),
    ("schooner", Boat(0x4A2E20, -1, "tall", (-0.35, 0.35), "triangle", depth=0.28)),
    ("ferry", Boat(0xEFEFEA, 0x2F6A8F, "ship", deck="stack", depth=0.3)),
    ("kayak", Boat(0xE0A52A, -1, "canoe", deck="paddler", depth=0.2)),
    ("junk", Boat(0x6E3A22, -1, "tall", (-0.35, 0.35), "lateen", depth=0.3)),
    ("ocean_liner", Boat(0x1F2226, 0xA02C22, "ship", deck="liner", depth=0.32)),
    ("paddle_steamer", Boat(0xE7E2D3, 0xA02C22, "ship", deck="paddle", depth=0.24)),
)  # fmt: skip
