"""Road and rail vehicles from the side: body on wheels, windows, cargo and fittings."""

from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.families.wheels import PAINTS, RIM, RUBBER, wheel
from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import Points, blob, box, curve, oval, poly, tube

GLASS = Look(0x35475A, 0x8FAEC4, "cloud", 1.0, 0.0, 0.3, "gloss")


@dataclass(frozen=True)
class Vehicle(Kind):
    """A vehicle facing right, from x = -1 to 1; the ground is at y = 0."""

    paint: int = -1  # -1: any car colour
    trim: int = -1  # stripe along the flank
    shape: str = "sedan"  # outline, see `_outline`
    tall: float = 0.62
    wheels: tuple[float, ...] = (-0.6, 0.6)
    wheel: float = 0.2
    windows: int = 2  # panes along the side; 0: none
    extras: str = ""  # any of: ladder beacon cargo bed scoop drum fork gun chimney roll

    family: ClassVar[str] = "vehicle"
    context: ClassVar[str] = "outdoor"
    stands: ClassVar[bool] = True
    turns: ClassVar[float] = 0.05

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Back to front: far fittings, body, windows, trim, wheels."""
        paint = self.paint if self.paint >= 0 else rand.pick(PAINTS)
        body = Look(paint, -1, "cloud", 0.8, 0.0, 0.12, "gloss")
        tall = self.tall * rand.near(1, 0.05)
        base = -self.wheel * 0.75
        pen.solid(box(-0.9, base - 0.08, 0.9, -0.06, 0.03), Look(0x232426), 0.5)
        self._behind(pen, rand, body, tall, base)
        outline = self._outline(tall, base)
        pen.solid(outline, body, 0.9)
        if self.trim >= 0:
            pen.decal(box(-1.1, base - tall * 0.36, 1.1, base - tall * 0.22), Look(self.trim))
        pen.decal(box(-1.1, base - 0.07, 1.1, base + 0.1), Look(shade(paint, 0.55)))
        self._glass(pen, tall, base)
        self._front(pen, rand, body, tall, base)
        turn = rand.span(0, 1.2)
        for x in self.wheels:
            pen.flat(oval(x, -self.wheel, self.wheel * 1.18), 0x161617)
            wheel(pen, x, -self.wheel, self.wheel, turn)
        pen.mark("rear_wheel", min(self.wheels), -self.wheel)
        pen.mark("front_wheel", max(self.wheels), -self.wheel)
        pen.flat(oval(0.95, base - tall * 0.3, 0.035, 0.05, n=10), 0xFBF3C4)
        pen.flat(oval(-0.96, base - tall * 0.3, 0.03, 0.05, n=10), 0xD23A2A)

    def _outline(self, h: float, b: float) -> Points:
        if self.shape == "sedan":
            return blob(-1, b, -1.0, b - h * 0.48, -0.72, b - h * 0.55, -0.4, b - h * 0.98, 0.18,
                b - h, 0.5, b - h * 0.58, 0.92, b - h * 0.45, 1.0, b - 0.02, 0.98, b, steps=3)
        if self.shape == "sports":
            return blob(-1, b, -1.02, b - h * 0.62, -0.6, b - h * 0.72, -0.25, b - h, 0.08,
                b - h * 0.98, 0.45, b - h * 0.58, 0.95, b - h * 0.32, 1.02, b, steps=3)
        if self.shape == "hatch":
            return blob(-0.96, b, -1.0, b - h * 0.5, -0.82, b - h * 0.95, 0.1, b - h, 0.48,
                b - h * 0.58, 0.92, b - h * 0.48, 1.0, b, steps=3)
        if self.shape == "bug":
            return blob(-0.95, b, -0.98, b - h * 0.35, -0.6, b - h * 0.85, 0.0, b - h, 0.45,
                b - h * 0.62, 0.85, b - h * 0.45, 1.0, b, steps=4)
        if self.shape == "van":
            return blob(-0.98, b, -1.0, b - h * 0.95, -0.85, b - h, 0.4, b - h, 0.72, b - h * 0.6,
                0.96, b - h * 0.45, 1.0, b, steps=3)
        if self.shape == "box":
            return box(-1.0, b - h, 1.0, b, 0.09)
        if self.shape == "nose":
            return poly(-1, b, -1, b - h, 0.42, b - h, 0.48, b - h * 0.52, 0.97, b - h * 0.46, 1.0,
                b)
        if self.shape == "open":
            return poly(-1, b, -1, b - h * 0.48, 0.42, b - h * 0.48, 0.55, b - h * 0.5, 0.97,
                b - h * 0.46, 1, b)
        if self.shape == "pickup":
            return poly(-1, b, -1, b - h * 0.5, -0.2, b - h * 0.5, -0.14, b - h, 0.3, b - h, 0.5,
                b - h * 0.55, 0.95, b - h * 0.48, 1, b)
        if self.shape == "cab":
            return poly(0.42, b, 0.42, b - h, 0.8, b - h, 0.96, b - h * 0.5, 1, b)
        if self.shape == "bullet":
            return blob(-1, b, -1, b - h, 0.2, b - h, 0.62, b - h * 0.85, 1.05, b - h * 0.22, 1.05,
                b, steps=3)
        if self.shape == "tractor":
            return poly(-0.2, b, -0.2, b - h * 0.5, 0.92, b - h * 0.48, 0.95, b)
        return box(-0.75, b - h * 0.5, 0.75, b, 0.05)  # low

    def _glass(self, pen: Pen, h: float, b: float) -> None:
        if self.windows and self.shape in ("sedan", "sports", "hatch", "bug", "van", "pickup"):
            left = {"sports": -0.32, "pickup": -0.08, "van": -0.85, "hatch": -0.78,
                "bug": -0.45}.get(self.shape, -0.42)
            top, low = b - h * 0.9, b - h * 0.58
            pane = poly(left - 0.12, low, left, top, 0.12, top, 0.42, low)
            pen.decal(pane, GLASS)
            for step in range(1, self.windows):
                x = left + (0.2 - left) * step / self.windows
                pen.line(poly(x, top, x, low), 0x22252A, 0.03)
            pen.line(curve(0.0, low + 0.02, 0.02, b - h * 0.1, -0.02, b - 0.04), 0x1E2023, 0.012)
            pen.line(poly(-0.22, low + 0.07, -0.1, low + 0.07), 0xD5D7D9, 0.025)
        elif self.windows:
            left, right = (0.5, 0.86) if self.shape == "cab" else (-0.94,
                0.9 if self.shape == "box" else 0.38)
            if self.shape == "bullet":
                right = 0.4
                pen.decal(poly(0.5, b - h * 0.86, 0.78, b - h * 0.6, 0.62, b - h * 0.5, 0.48,
                    b - h * 0.55), GLASS)
            wide = (right - left) / self.windows
            for step in range(self.windows):
                x = left + wide * step
                pen.decal(box(x + wide * 0.1, b - h * 0.88, x + wide * 0.9, b - h * 0.54, 0.02),
                    GLASS)

    def _behind(self, pen: Pen, rand: Rand, body: Look, h: float, b: float) -> None:
        extras = self.extras
        if "cargo" in extras:
            pen.solid(box(-1.0, b - h * 1.12, 0.36, b, 0.03), Look(rand.pick((0xD8D8D4, 0xC7A46A,
                0x8FA9B8)), -1, "ribs", 0.12, 1.57, 0.15), 0.4)
        if "bed" in extras:
            load = Look(0x8A6A45, -1, "gravel", 0.15, 0, 0.4)
            pen.solid(blob(-0.95, b - h * 0.5, -0.5, b - h * 1.05, 0.1, b - h * 0.95, 0.36,
                b - h * 0.55), load)
            pen.solid(poly(-1.05, b - 0.05, -1.12, b - h * 0.72, 0.38, b - h * 0.62, 0.36,
                b - 0.05), body, 0.4)
        if "drum" in extras:
            pen.solid(oval(-0.35, b - h * 0.68, 0.66, 0.38, -0.2), Look(0xC9CBC8, 0xB5552C, "bands",
                0.6, 0.9))
        if "canvas" in extras:
            pen.solid(blob(-1.0, b - h * 0.4, -1.08, b - h * 1.1, -0.4, b - h * 1.3, 0.3,
                b - h * 1.3, 0.95, b - h * 1.1, 0.85, b - h * 0.4), Look(0xEAE2CF, -1, "ribs", 0.5,
                1.57, 0.25))
        if "chimney" in extras:
            pen.solid(box(0.5, b - h * 1.35, 0.66, b - h * 0.4, 0.02), Look(0x2A2B2D))
            pen.solid(box(0.45, b - h * 1.42, 0.71, b - h * 1.3, 0.02), Look(0x3A3B3D))
            pen.solid(box(0.08, b - h * 1.08, 0.3, b - h * 0.6, 0.08),
                Look(0xC09A3A, finish="metal"))
        if "roll" in extras:
            pen.line(poly(-0.62, b - h * 0.45, -0.55, b - h, 0.3, b - h, 0.5, b - h * 0.48),
                shade(body.colour, 0.4), 0.06)
            pen.solid(box(-0.3, b - h * 0.75, -0.08, b - h * 0.4, 0.05), Look(0x2C2A28))

    def _front(self, pen: Pen, rand: Rand, body: Look, h: float, b: float) -> None:
        extras = self.extras
        if "ladder" in extras:
            rise = rand.span(0.0, 0.12)
            top = b - h * 1.08
            for lift in (0.0, 0.1):
                pen.line(poly(-1.05, top - lift, 0.3, top - lift - rise), 0xD6D8DA, 0.035)
            for step in range(9):
                x = -0.98 + 0.15 * step
                y = top - rise * (x + 1.05) / 1.35
                pen.line(poly(x, y, x, y - 0.1), 0xC6C8CA, 0.025)
        if "beacon" in extras:
            pen.solid(box(0.45, b - h - 0.09, 0.66, b - h, 0.03), Look(rand.pick((0x2F5FE0,
                0xE03A2A)), finish="glow"))
        if "cross" in extras:
            pen.flat(box(-0.45, b - h * 0.5, -0.35, b - h * 0.16), 0xC92A2A)
            pen.flat(box(-0.53, b - h * 0.38, -0.27, b - h * 0.28), 0xC92A2A)
        if "sign" in extras:
            pen.solid(box(-0.2, b - h - 0.1, 0.05, b - h + 0.02, 0.02),
                Look(0xF3E9B0, finish="glow"))
        if "scoop" in extras:
            swing = rand.span(-0.12, 0.12)
            pen.solid(tube(curve(0.3, b - h * 0.3, 0.85, b - h * 0.35 + swing, 1.05,
                b - 0.02 + swing), 0.09, 0.08), Look(shade(body.colour, 0.7)))
            pen.solid(blob(1.05, b - 0.32 + swing, 1.25, b - 0.2 + swing, 1.32, 0.0 + swing, 1.02,
                0.0 + swing, 1.12, b - 0.1 + swing), Look(0x8B8E90, finish="metal"))
        if "fork" in extras:
            pen.line(poly(0.82, 0.0, 0.82, b - h * 1.5), 0x3A3C40, 0.09)
            pen.line(poly(0.85, -0.05, 1.4, -0.05), 0x55585C, 0.06)
            pen.line(poly(-0.5, b - h * 0.4, -0.42, b - h * 1.1, 0.4, b - h * 1.1, 0.5,
                b - h * 0.4), shade(body.colour, 0.5), 0.06)
            pen.solid(box(-0.3, b - h * 0.8, -0.12, b - h * 0.4, 0.04), Look(0x2C2A28))
        if "gun" in extras:
            pen.solid(tube(curve(0.1, b - h * 0.72, 0.7, b - h * 0.82, 1.35, b - h * 0.9), 0.1,
                0.08), body)
            pen.solid(blob(-0.5, b - h * 0.45, -0.38, b - h * 0.95, 0.2, b - h * 0.98, 0.4,
                b - h * 0.45), body)
        if "track" in extras:
            pen.solid(box(-0.95, -0.42, 0.95, 0.0, 0.2), RUBBER, 0.5)
            for step in range(6):
                pen.solid(oval(-0.72 + 0.29 * step, -0.2, 0.13),
                    RIM._replace(colour=shade(body.colour, 0.8)), 0.8, False)
        if "cabin" in extras:
            pen.solid(poly(-0.62, b - h * 0.4, -0.58, b - h * 1.2, 0.12, b - h * 1.2, 0.2,
                b - h * 0.45), body._replace(colour=shade(body.colour, 0.9)), 0.5)
            pen.decal(box(-0.5, b - h * 1.1, 0.08, b - h * 0.65), GLASS)
            pen.solid(box(-0.68, b - h * 1.3, 0.2, b - h * 1.16, 0.04), body)
        if "spoiler" in extras:
            pen.solid(poly(-1.05, b - h * 0.98, -0.7, b - h * 0.9, -0.7, b - h * 0.82, -1.05,
                b - h * 0.86), body)
        if "boiler" in extras:
            pen.solid(box(-0.25, b - h * 0.72, 0.98, b - h * 0.1, 0.12),
                Look(0x2A3A34, -1, "bands", 0.5, 1.57, 0.2, "gloss"), 1.0)
            pen.solid(oval(0.98, b - h * 0.42, 0.07, h * 0.3), Look(0x1F2422))
            pen.solid(poly(0.95, b, 1.25, 0.0, 0.8, 0.0), Look(0xA02C22))
        if "smoke" in extras:
            for step in range(4):
                pen.solid(oval(0.5 - 0.25 * step, b - h * 1.6 - 0.1 * step, 0.14 + 0.05 * step),
                    Look(0xD9DADA, texture="cloud", finish="soft"), 1.2)


VARIETIES: Varieties = (
    ("sports_car", Vehicle(shape="sports", tall=0.44, wheel=0.21, windows=1, extras="spoiler")),
    ("minivan", Vehicle(shape="van", tall=0.68, windows=3)),
    ("school_bus", Vehicle(0xE5A823, 0x1F1D1A, shape="nose", tall=0.86, windows=5, wheel=0.19)),
    ("fire_engine", Vehicle(0xC0231F, 0xEDEDE8, shape="box", tall=0.72, windows=3,
        extras="ladder beacon", wheel=0.2, wheels=(-0.65, -0.3, 0.62))),
    ("pickup", Vehicle(shape="pickup", tall=0.62, windows=1, wheel=0.22)),
    ("tractor", Vehicle(0x3B7A34, shape="tractor", tall=0.75, wheels=(-0.42, 0.66), wheel=0.3,
        windows=0, extras="cabin")),
    ("jeep", Vehicle(0x5A6038, shape="open", tall=0.7, wheel=0.24, windows=0, extras="roll")),
    ("steam_locomotive", Vehicle(0x26352F, 0xA02C22, shape="cab", tall=0.8,
        wheels=(-0.75, -0.45, -0.1, 0.25, 0.65), wheel=0.15, windows=0,
        extras="chimney boiler smoke")),
    ("forklift", Vehicle(0xE0A42A, shape="low", tall=0.7, wheels=(-0.5, 0.5), wheel=0.19, windows=0,
        extras="fork")),
    ("taxi", Vehicle(0xE8BE2C, 0x24221F, shape="sedan", tall=0.58, extras="sign")),
    ("ambulance", Vehicle(0xEEEEEA, 0xD0402C, shape="van", tall=0.78, windows=1,
        extras="beacon cross")),
    ("tank", Vehicle(0x5C6244, shape="low", tall=0.85, wheels=(0.0,), wheel=0.1, windows=0,
        extras="gun track")),
    ("car_side", Vehicle(shape="hatch", tall=0.6, windows=2)),
    ("snow_truck", Vehicle(0xD9762A, shape="cab", tall=0.8, windows=1, extras="bed scoop",
        wheels=(-0.65, -0.3, 0.65))),
    ("bulldozer", Vehicle(0xE3AE26, shape="low", tall=0.8, wheels=(0.0,), wheel=0.1, windows=0,
        extras="track cabin scoop")),
    ("cement_mixer", Vehicle(0xD5D6D2, shape="cab", tall=0.85, windows=1, extras="drum",
        wheels=(-0.7, -0.35, 0.66))),
    ("bullet_train", Vehicle(0xEDEFF0, 0x2F62A8, shape="bullet", tall=0.5, windows=7, wheel=0.09,
        wheels=(-0.75, -0.55, 0.35, 0.55))),
    ("covered_wagon", Vehicle(0x7B5836, shape="low", tall=0.85, wheels=(-0.55, 0.55), wheel=0.3,
        windows=0, extras="canvas")),
    ("beetle_car", Vehicle(shape="bug", tall=0.62, windows=2, wheel=0.2)),
    ("limousine", Vehicle(0x1E1F22, shape="sedan", tall=0.36, windows=5, wheel=0.12,
        wheels=(-0.72, 0.72))),
    ("delivery_truck", Vehicle(shape="cab", tall=0.72, windows=1, extras="cargo",
        wheels=(-0.7, -0.3, 0.66))),
)  # fmt: skip
