"""Aircraft."""

from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, box, curve, lathe, oval, petal, poly, tube


@dataclass(frozen=True)
class Plane(Kind):
    """A flying machine, nose to the right; lengths in units of half the fuselage."""

    plan: str = "jet"  # jet, biplane, fighter, helicopter, balloon, airship, shuttle, glider
    skin: int = 0xE3E6E8
    trim: int = 0x2F5EA8
    fat: float = 0.17
    engines: int = 2

    family: ClassVar[str] = "aircraft"
    context: ClassVar[str] = "sky"
    turns: ClassVar[float] = 0.12

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Draw by plan."""
        skin = Look(self.skin, -1, "brushed", 0.5, 0.0, 0.1, "gloss")
        getattr(self, f"_{self.plan}")(pen, rand, skin, Look(self.trim, finish="gloss"))

    def _hull(self, pen: Pen, skin: Look, trim: Look, windows: int) -> None:
        f = self.fat
        pen.solid(blob(-1.05, -f * 0.6, -0.5, -f, 0.5, -f, 0.86, -f * 0.7, 1.06, 0.0, 0.85,
            f * 0.75, 0.4, f, -0.5, f * 0.85), skin, 1.1)
        pen.decal(box(-1.2, f * 0.05, 1.1, f * 0.3), trim)
        for step in range(windows):
            x = -0.62 + 1.2 * step / max(1, windows - 1)
            pen.flat(oval(x, -f * 0.32, 0.026, 0.04, n=8), 0x24303E)
        pen.flat(poly(0.78, -f * 0.62, 0.92, -f * 0.42, 0.8, -f * 0.22, 0.72, -f * 0.25), 0x24303E)
        pen.mark("nose", 1.05, 0.0)

    def _jet(self, pen: Pen, rand: Rand, skin: Look, trim: Look) -> None:
        f, reach = self.fat, rand.near(1, 0.15)
        dull = skin._replace(colour=shade(self.skin, 0.82))
        pen.solid(poly(0.15, -f * 0.5, -0.28, -0.72 * reach, -0.42, -0.72 * reach, -0.18, -f * 0.4),
            dull, 0.5)
        pen.solid(poly(-0.72, -f * 0.7, -1.1, -0.72, -1.3, -0.72, -1.08, -f * 0.4), trim, 0.6)
        pen.solid(poly(-0.8, -f * 0.4, -1.2, -0.34, -1.3, -0.32, -1.05, -f * 0.2), dull, 0.5)
        self._hull(pen, skin, trim, 9)
        pen.solid(poly(0.24, f * 0.35, -0.42, 0.78 * reach, -0.6, 0.78 * reach, -0.2, f * 0.6),
            skin, 0.5)
        pen.solid(poly(-0.8, f * 0.1, -1.22, 0.3, -1.34, 0.3, -1.05, f * 0.1), skin, 0.5)
        for step in range(self.engines):
            y = 0.27 + 0.22 * step * reach
            x = 0.02 - 0.25 * step
            pen.solid(box(x - 0.13, y, x + 0.15, y + 0.14, 0.06), Look(0x8B9298, finish="metal"))
            pen.flat(oval(x + 0.15, y + 0.07, 0.025, 0.06, n=10), 0x1D2023)
        pen.mark("tail", -1.2, -0.7)

    def _biplane(self, pen: Pen, rand: Rand, skin: Look, trim: Look) -> None:
        pen.solid(box(-0.05, -0.58, 0.75, -0.5, 0.03), trim)
        pen.solid(poly(-0.8, -0.05, -1.12, -0.5, -1.25, -0.45, -1.1, 0.05), trim, 0.7)
        pen.solid(blob(-1.15, -0.06, 0.1, -0.22, 0.75, -0.2, 0.9, 0.0, 0.7, 0.2, 0.0, 0.2), skin,
            1.0)
        pen.solid(box(-0.1, 0.14, 0.7, 0.23, 0.03), trim)
        for x in (0.02, 0.6):
            pen.line(poly(x, -0.5, x - 0.03, 0.15), 0x6A4A2C, 0.035)
        pen.line(poly(0.35, 0.2, 0.45, 0.42), 0x4A4A4C, 0.05)
        pen.solid(oval(0.45, 0.47, 0.12), Look(0x222224))
        pen.solid(box(-0.95, -0.1, -1.2, -0.03), trim)
        spin = rand.span(-0.5, 0.5)
        pen.line(poly(0.95 - 0.1 * spin, -0.5, 0.95 + 0.1 * spin, 0.5), 0x4A3322, 0.06)
        pen.flat(oval(-0.12, -0.22, 0.1, 0.06), 0x2A2522)
        pen.mark("nose", 0.9, 0.0)

    def _fighter(self, pen: Pen, rand: Rand, skin: Look, trim: Look) -> None:
        dull = skin._replace(colour=shade(self.skin, 0.8))
        pen.solid(poly(-0.7, -0.1, -1.1, -0.58, -1.25, -0.58, -1.05, -0.05), dull, 0.6)
        pen.solid(blob(-1.15, -0.1, 0.0, -0.16, 0.6, -0.12, 1.3, 0.02, 0.6, 0.12, -0.2, 0.16, -1.15,
            0.12, steps=3), skin, 1.0)
        pen.solid(poly(0.25, 0.02, -0.75, 0.52, -0.95, 0.5, -0.72, 0.04), skin, 0.4)
        pen.solid(blob(0.2, -0.12, 0.38, -0.27, 0.62, -0.22, 0.8, -0.06),
            Look(0x3B5064, finish="gloss"))
        pen.solid(oval(-1.17, 0.0, 0.06, 0.11), Look(0xE8822A, finish="glow"))
        for x in (-0.35, -0.6):
            pen.line(poly(x - 0.2, 0.42, x + 0.25, 0.42), 0xD9DBDC, 0.06)
        pen.mark("nose", 1.3, 0.02)

    def _helicopter(self, pen: Pen, rand: Rand, skin: Look, trim: Look) -> None:
        pen.solid(tube(curve(0.0, -0.05, -0.6, -0.1, -1.3, -0.18), 0.4, 0.16, 0.08), skin)
        pen.solid(poly(-1.15, -0.15, -1.35, -0.52, -1.45, -0.5, -1.32, -0.12), trim)
        pen.line(oval(-1.38, -0.3, 0.2, n=16)[[*range(16), 0]], 0x8A9096, 0.025)
        pen.solid(blob(-0.5, 0.1, -0.4, -0.35, 0.2, -0.42, 0.62, -0.15, 0.75, 0.2, 0.4, 0.42, -0.3,
            0.4), skin, 1.1)
        pen.decal(blob(0.16, -0.45, 0.7, -0.35, 0.85, 0.1, 0.25, 0.12),
            Look(0x35485C, 0x8FAEC4, "cloud", 0.8))
        pen.decal(box(-0.6, 0.16, 0.9, 0.26), trim)
        for x in (-0.25, 0.3):
            pen.line(poly(x, 0.38, x, 0.6), 0x3A3B3D, 0.04)
        pen.line(curve(-0.55, 0.6, 0.5, 0.6, 0.68, 0.52), 0x3A3B3D, 0.05)
        pen.line(poly(0.05, -0.4, 0.05, -0.58), 0x3A3B3D, 0.07)
        tilt = rand.span(-0.05, 0.05)
        pen.solid(poly(-1.1, -0.6 - tilt, 1.2, -0.6 + tilt, 1.2, -0.56 + tilt, -1.1, -0.56 - tilt),
            Look(0x4A4D51), 0.5)
        pen.mark("nose", 0.75, 0.2)

    def _balloon(self, pen: Pen, rand: Rand, skin: Look, trim: Look) -> None:
        for x in (-0.16, 0.16):
            pen.line(poly(x * 2.6, 0.55, x, 1.15), 0x4A3A2A, 0.02)
        bag = lathe(0, -0.95, 0.05, -0.85, 0.5, -0.35, 0.85, 0.15, 0.72, 0.6, 0.34, 0.75, 0.2)
        pen.solid(bag, Look(self.skin, texture="cloud", finish="soft"), 1.2)
        for step in range(-2, 3):
            bend = step * 0.36
            if step % 2 == 0:
                pen.decal(tube(curve(0, -1.0, bend * 0.8, -0.75, bend * 1.12, -0.2, bend * 0.8, 0.3,
                    bend * 0.2, 0.8), 0.04, 0.26, 0.34, 0.26, 0.1), Look(self.trim,
                    texture="cloud"))
        pen.solid(box(-0.2, 1.1, 0.2, 1.4, 0.04), Look(0x8A5E34, -1, "knit", 0.2, 0, 0.4))
        pen.mark("basket", 0, 1.25)

    def _airship(self, pen: Pen, rand: Rand, skin: Look, trim: Look) -> None:
        for y in (-0.42, 0.42):
            pen.solid(poly(-0.72, y * 0.5, -1.15, y, -1.25, y * 0.9, -1.05, y * 0.2), trim)
        pen.solid(oval(0, 0, 1.15, 0.42), skin._replace(texture="ribs", grain=0.3), 1.2)
        pen.decal(box(-0.7, -0.06, 0.7, 0.1), trim)
        pen.solid(blob(-0.25, 0.38, 0.3, 0.38, 0.25, 0.55, -0.2, 0.55),
            Look(0x55595E, finish="gloss"))
        pen.mark("nose", 1.15, 0)

    def _shuttle(self, pen: Pen, rand: Rand, skin: Look, trim: Look) -> None:
        pen.solid(lathe(-0.1, -1.1, 0.02, -0.85, 0.16, -0.5, 0.22, 0.9, 0.22, smooth=False),
            Look(0xC2702F, -1, "mottle", 0.3), 1.2)
        for x in (-0.4, 0.2):
            pen.solid(lathe(x, -0.75, 0.01, -0.6, 0.1, 1.0, 0.1, 1.1, 0.14, smooth=False),
                Look(0xECECE8), 1.2)
        pen.solid(poly(0.02, 0.2, -0.62, 0.9, 0.62, 0.9, 0.1, 0.2), Look(0xE7E8E6), 0.4)
        pen.solid(lathe(0.0, -0.75, 0.02, -0.6, 0.14, -0.3, 0.18, 0.95, 0.2, smooth=False), skin,
            1.1)
        pen.flat(box(-0.1, -0.58, 0.1, -0.48, 0.03), 0x1E2226)
        pen.solid(petal(0, 0.95, 1.57, 0.5, 0.3), Look(0xF2B04A, finish="glow"))
        pen.mark("nose", 0, -0.75)

    def _glider(self, pen: Pen, rand: Rand, skin: Look, trim: Look) -> None:
        bend = rand.span(0.1, 0.3)
        wing = poly(0, -0.6, 1.3, 0.1 - bend, 0.9, 0.18 - bend * 0.4, 0, -0.08, -0.9,
            0.18 - bend * 0.4, -1.3, 0.1 - bend)
        pen.solid(wing, Look(self.skin, self.trim, "stripes", 0.5, 1.0), 0.5)
        pen.line(poly(0, -0.4, -0.2, 0.5, 0.25, 0.5, 0, -0.4), 0x8A8D90, 0.035)
        pen.solid(tube(curve(-0.5, 0.4, -0.1, 0.35, 0.28, 0.3), 0.16, 0.2, 0.14), Look(0x2B3C5A))
        pen.solid(oval(0.36, 0.24, 0.1), Look(0xC9463A))


VARIETIES: Varieties = (
    ("airliner", Plane("jet")),
    ("biplane", Plane("biplane", 0xC03A2A, 0xE5DFCF)),
    ("airship", Plane("airship", 0xC9CDD0, 0x2A4F8A)),
    ("jumbo_jet", Plane("jet", 0xF0F0EC, 0xB52A35, fat=0.24, engines=2)),
    ("helicopter", Plane("helicopter", 0xD98A2A, 0x2A2B2E)),
    ("hang_glider", Plane("glider", 0xE0493A, 0xF0D24A)),
    ("hot_air_balloon", Plane("balloon", 0xD9402F, 0xF2CE3A)),
    ("fighter_jet", Plane("fighter", 0x7F8A92, 0x55606A)),
    ("space_shuttle", Plane("shuttle", 0xF1F1EE, 0x2A2A2D)),
)  # fmt: skip
