"""People: whole figures in many poses, and faces."""

import math
from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, box, curve, limb, oval, poly, tube

SKINS = (0xE8B996, 0xD49F78, 0xB57F58, 0x8A5A3C, 0x5F3D2A, 0xF0CBB0)
HAIRS = (0x1E1713, 0x3B2618, 0x6A4426, 0xA8793F, 0xC9A766, 0x8A8683, 0x7A2F1E)
SHIRTS = (0xB8302F, 0x2F5A9C, 0xE7E5DF, 0x3F7A4A, 0xD9A43A, 0x2A2C33, 0x7A4A8A, 0x4FA0B0, 0xD98A9C)
TROUSERS = (0x2B3A5A, 0x3A3530, 0x7A6A52, 0x1F2024, 0x55606A, 0x8A8478)


@dataclass(frozen=True)
class Person(Kind):
    """A figure about 2 units tall, its feet at y = 1."""

    pose: str = "stand"  # stand, walk, sit, run, bust
    dress: bool = False
    child: bool = False

    family: ClassVar[str] = "person"
    context: ClassVar[str] = "any"
    stands: ClassVar[bool] = True
    turns: ClassVar[float] = 0.04

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Back to front: far limbs, trunk, near limbs, head."""
        skin = Look(rand.pick(SKINS), -1, "cloud", 0.4, 0, 0.12, "soft")
        shirt_colour = rand.pick(SHIRTS)
        pattern = rand.pick(("cloud", "cloud", "knit", "bands"))
        other = shade(shirt_colour, 0.65) if pattern == "bands" else -1
        shirt = Look(shirt_colour, other, pattern, 0.14, 0.0, 0.22)
        lower = Look(rand.pick(TROUSERS if not self.dress else SHIRTS), -1, "knit", 0.2, 0.0, 0.2)
        shoe = Look(rand.pick((0x1E1B1A, 0x5A3A24, 0xE2E0DA, 0x8A2F2A)), finish="gloss")
        big = 0.22 if self.child else 0.165 * rand.near(1, 0.05)
        girth = rand.near(0.26, 0.14)
        top = -1.0 + 2 * big + 0.06  # shoulders
        hip = 0.05 if not self.child else 0.15
        if self.pose == "bust":
            self._bust(pen, rand, skin, shirt)
            return
        self._legs(pen, rand, lower, shoe, girth, hip)
        self._arm(pen, rand, skin, shirt, girth, top, hip, -1)
        waist = girth * rand.span(0.78, 0.95)
        trunk = blob(
            -girth, top + 0.03, -girth * 0.5, top - 0.04, girth * 0.5, top - 0.04, girth,
                top + 0.03,
            waist, (top + hip) / 2, girth * 0.9, hip + 0.1, -girth * 0.9, hip + 0.1, -waist,
                (top + hip) / 2,
        )  # fmt: skip
        pen.solid(trunk, shirt, 1.0)
        if self.dress:
            flare = rand.span(0.32, 0.5)
            pen.solid(poly(-waist, hip - 0.15, waist, hip - 0.15, flare, hip + 0.52, -flare,
                hip + 0.52), shirt, 0.8)
        self._arm(pen, rand, skin, shirt, girth, top, hip, 1)
        pen.solid(box(-0.06, top - 0.12, 0.06, top + 0.05, 0.03), skin, 0.8, False)
        self._head(pen.at(rand.span(-0.03, 0.03), -1.0 + big, big / 0.5, rand.span(-0.12, 0.12)),
            rand, skin)
        pen.mark("head", 0, -1.0 + big)
        pen.mark("hip", 0, hip)

    def _legs(self, pen: Pen, rand: Rand, lower: Look, shoe: Look, girth: float,
        hip: float) -> None:
        stride = {"stand": 0.06, "walk": 0.3, "run": 0.55}.get(self.pose, 0.1) * rand.span(0.6, 1.2)
        far = lower._replace(colour=shade(lower.colour, 0.75))
        for side, look in ((-1, far), (1, lower)):
            if self.pose == "sit":
                knee = (side * 0.16 + 0.3, hip + 0.12)
                foot = (side * 0.16 + 0.36, 0.95)
            else:
                foot = (side * (0.1 + stride),
                    0.95 - (0.25 if self.pose == "run" and side < 0 else 0))
                knee = (side * (0.12 + stride * 0.5) + (0.1 if self.pose != "stand" else 0),
                    (hip + 0.95) / 2)
            line = curve(side * girth * 0.45, hip, *knee, *foot, steps=4)
            pen.solid(tube(line, girth * 0.95, girth * 0.72, girth * 0.5), look, 1.0)
            pen.solid(limb(foot[0] - 0.03, 0.965 + foot[1] - 0.95, foot[0] + 0.14,
                0.975 + foot[1] - 0.95, 0.1, 0.08), shoe, 0.8, False)

    def _arm(self, pen: Pen, rand: Rand, skin: Look, shirt: Look, girth: float, top: float,
        hip: float, side: int) -> None:
        swing = rand.span(-0.7, 0.5) if self.pose in ("walk", "run") else rand.span(-0.35, 0.35)
        reach = (hip - top) * 0.62
        if rand.chance(0.12):
            swing = rand.span(-2.6, -1.6)
        ex = side * (girth + 0.06) + side * reach * 0.35 * abs(math.sin(swing))
        ey = top + 0.08 + reach * math.cos(swing * 0.8)
        wx, wy = ex + side * 0.1 * math.sin(swing), ey + reach * 0.85 * math.cos(swing * 0.9)
        sleeve = rand.chance(0.55)
        look = shirt if sleeve else skin
        line = curve(side * girth * 0.88, top + 0.06, ex, ey, wx, wy, steps=4)
        pen.solid(tube(line, 0.16, 0.13, 0.1), look, 0.9)
        if not sleeve:
            pen.solid(oval(side * girth * 0.9, top + 0.1, 0.11, 0.13), shirt, 0.9, False)
        pen.solid(oval(wx, wy, 0.065, n=12), skin, 0.8, False)

    def _bust(self, pen: Pen, rand: Rand, skin: Look, shirt: Look) -> None:
        wide = rand.span(0.8, 1.0)
        pen.solid(blob(-wide, 1.05, -wide * 0.9, 0.45, -0.3, 0.22, 0.3, 0.22, wide * 0.9, 0.45,
            wide, 1.05), shirt, 0.9)
        pen.solid(box(-0.17, 0.0, 0.17, 0.38, 0.06), skin, 0.8)
        self._head(pen.at(0, -0.38, 1.05, rand.span(-0.1, 0.1)), rand, skin)
        pen.mark("head", 0, -0.38)

    def _head(self, pen: Pen, rand: Rand, skin: Look) -> None:
        """Head of height about 1 around the origin."""
        colour = rand.pick(HAIRS)
        hair = Look(colour, -1, "fur", 0.25, 1.57, 0.35)
        style = rand.below(5) if not self.dress else rand.pick((2, 3, 3))
        if style == 3:
            pen.solid(blob(-0.42, -0.2, -0.3, -0.55, 0.3, -0.55, 0.42, -0.2, 0.48, 0.55, 0.2, 0.6,
                -0.2, 0.6, -0.48, 0.55), hair, 0.9)
        _features(pen, rand, skin, 0.0)
        if style == 4:  # a cap
            cap = Look(rand.pick(SHIRTS), texture="cloud")
            pen.solid(blob(-0.4, -0.16, -0.36, -0.46, 0, -0.6, 0.36, -0.46, 0.4, -0.16), cap, 0.9)
            pen.solid(blob(-0.1, -0.2, 0.55, -0.16, 0.5, -0.06, -0.05, -0.12), cap, 0.8)
        elif style != 0 or rand.chance(0.6):
            low = -0.12 if style != 2 else 0.08
            pen.solid(blob(-0.42, low, -0.4, -0.4, 0, -0.62, 0.4, -0.4, 0.42, low, 0.33, -0.22, 0.0,
                -0.3, -0.33, -0.22), hair, 0.8)


def _features(pen: Pen, rand: Rand, skin: Look, yaw: float) -> None:
    """Ears, head, eyes, brows, nose and mouth."""
    for side in (-1, 1):
        pen.solid(oval(side * 0.39, 0.02, 0.07, 0.12), skin, 0.8, False)
    jaw = rand.span(0.24, 0.31)
    pen.solid(blob(0, -0.52, 0.32, -0.42, 0.38, -0.05, jaw, 0.34, 0, 0.52, -jaw, 0.34, -0.38, -0.05,
        -0.32, -0.42), skin, 1.1)
    dark = shade(skin.colour, 0.35)
    for side in (-1, 1):
        x = side * 0.16 + yaw
        pen.flat(oval(x, -0.04, 0.075, 0.05, n=12), 0xF4F0EA)
        pen.flat(oval(x, -0.04, 0.042, n=10), 0x2A1C14)
        pen.line(curve(x - 0.09, -0.15, x, -0.18, x + 0.09, -0.15), dark, 0.035)
        pen.mark("left_eye" if side < 0 else "right_eye", x, -0.04)
    pen.line(curve(yaw - 0.02, 0.0, yaw + 0.05, 0.14, yaw - 0.03, 0.16), shade(skin.colour, 0.68),
        0.035)
    pen.mark("nose", yaw, 0.14)
    smile = rand.span(-0.02, 0.06)
    pen.line(curve(yaw - 0.13, 0.28, yaw, 0.29 + smile, yaw + 0.13, 0.28), 0x9A4A44, 0.05)
    pen.mark("mouth", yaw, 0.29)


@dataclass(frozen=True)
class Portrait(Kind):
    """A human face that fills the picture."""

    family: ClassVar[str] = "human face"
    context: ClassVar[str] = "indoor"
    turns: ClassVar[float] = 0.06

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Shoulders and head."""
        Person("bust").draw(pen, rand, frontal)


VARIETIES: Varieties = (("face", Portrait()),)
