"""Four-legged animals from the side: trunk, legs in a walking pose, neck, head, tail, horns."""

import math
from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind
from cnnlab.datasets.world.looks import Look, blend, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, curve, limb, oval, petal, poly, tube


@dataclass(frozen=True)
class Beast(Kind):
    """A quadruped; lengths are in units of half the trunk's length."""

    coat: int = 0x8A5A33
    second: int = -1  # belly or saddle; -1: none
    texture: str = "fur"
    pattern: int = -1  # second colour of the coat's texture
    grain: float = 0.3
    angle: float = 0.2
    depth: float = 0.38  # half height of the trunk
    legs: float = 0.9
    leg_width: float = 0.2
    socks: int = -1
    neck: float = 0.6
    rise: float = 0.8  # neck angle above the horizontal, radians
    neck_width: float = 0.34
    head: float = 0.27
    snout: float = 0.34
    snout_width: float = 0.2
    ears: str = "prick"  # prick, round, flop, fan, none
    tail: str = "thin"  # thin, tuft, bushy, stub, curl, thick, brush
    tail_length: float = 0.8
    horns: str = ""  # short, long, curl, antler, nose, tusk, one
    mane: int = -1
    hump: int = 0
    trunk: bool = False
    plates: bool = False
    quills: int = -1
    beard: bool = False
    wool: bool = False
    upright: bool = False  # rests on strong hind legs

    family: ClassVar[str] = "beast"
    context: ClassVar[str] = "outdoor"
    stands: ClassVar[bool] = True
    turns: ClassVar[float] = 0.06

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Back to front: far legs, tail, neck and head, trunk, near legs."""
        if self.upright:
            pen = pen.at(0, 0, 1.0, -rand.near(0.75, 0.15))
        coat = Look(self.coat, self.pattern, self.texture, self.grain, self.angle, 0.28)
        far = coat._replace(colour=shade(self.coat, 0.62), other=self.pattern)
        stride = rand.span(-1, 1)
        depth = self.depth * rand.near(1, 0.06)
        legs = self.legs * rand.near(1, 0.05)
        for front, phase in ((0.62, -stride), (-0.68, stride)):
            self._leg(pen, front + 0.12, depth, legs, phase, far, front > 0)
        self._tail(pen, rand, coat, depth)
        self._neck(pen, rand, coat, depth)
        trunk = blob(
            -0.98, -depth * 0.55, -0.5, -depth * 1.02, 0.3, -depth * 0.92, 0.85, -depth * 0.95,
            1.02, -depth * 0.1, 0.72, depth * 0.85, 0, depth * 0.98, -0.62, depth * 0.8, -1.04,
                depth * 0.2,
        )  # fmt: skip
        if self.hump:
            at = (0.05,) if self.hump == 1 else (-0.35, 0.4)
            for x in at:
                pen.solid(oval(x, -depth * 1.05, 0.36, 0.42), coat, 0.9)
        if self.plates:
            for step in range(7):
                x = -0.95 + 0.3 * step
                tall = 0.5 - 0.1 * abs(step - 3)
                pen.solid(petal(x, -depth * 0.7, -1.57 + 0.1 * (step - 3), tall + 0.25, 0.3),
                    Look(shade(self.coat, 0.75), finish="soft"))
        pen.solid(trunk, coat, 1.1)
        if self.wool:
            self._wool(pen, rand, coat, depth)
        if self.second >= 0:
            pen.decal(oval(-0.1, depth * 1.15, 0.95, depth * 0.75), Look(self.second, -1, "fur",
                0.25, 0.2, 0.2))
        if self.quills >= 0:
            for step in range(26):
                x = rand.span(-1.05, 0.45)
                y = -depth * rand.span(0.0, 1.0)
                angle = -2.3 + 0.5 * (x + 0.3) + rand.span(-0.2, 0.2)
                pen.line(poly(x, y, x + 0.62 * math.cos(angle), y + 0.62 * math.sin(angle)),
                    self.quills if step % 2 else 0xE9E2D3, 0.03)
        for front, phase in ((0.62, stride), (-0.68, -stride)):
            self._leg(pen, front, depth, legs, phase, coat, front > 0)

    def _wool(self, pen: Pen, rand: Rand, coat: Look, depth: float) -> None:
        """Rows of locks over the trunk, the upper ones behind."""
        for row, count in enumerate((8, 9, 9, 8)):
            for step in range(count):
                x = -0.92 + 1.9 * (step + 0.5 * (row % 2)) / count + rand.span(-0.06, 0.06)
                y = depth * (-0.88 + 0.54 * row + rand.span(-0.12, 0.12))
                shape = oval(x, y, rand.span(0.12, 0.19), depth * rand.span(0.24, 0.36), 0.0, n=10)
                pen.solid(shape, coat, 1.2, False)

    def _leg(self, pen: Pen, x: float, depth: float, legs: float, phase: float, look: Look,
        front: bool) -> None:
        width = self.leg_width
        top = depth * 0.25
        foot_y = depth + legs
        knee = top + (foot_y - top) * 0.5
        swing = 0.2 * phase * (legs + 0.2)
        bend = 0.08 if front else -0.1
        if self.upright and front:
            foot_y, knee, swing = depth + legs * 0.45, top + legs * 0.3, 0.25
        line = curve(x, top, x + swing * 0.5 + bend, knee, x + swing, foot_y, steps=4)
        pen.solid(tube(line, width * (1.5 if front else 2.1), width * 0.95, width * 0.72), look,
            1.2)
        if self.socks >= 0:
            pen.decal(oval(x + swing, foot_y, width * 1.2, legs * 0.3), Look(self.socks))
        hoof = limb(x + swing - width * 0.1, foot_y, x + swing + width * 0.45, foot_y + 0.01,
            width * 0.75, width * 0.6)
        pen.solid(hoof, Look(shade(self.coat if self.socks < 0 else self.socks, 0.5)), 0.8, False)

    def _tail(self, pen: Pen, rand: Rand, coat: Look, depth: float) -> None:
        size, sway = self.tail_length, rand.span(-0.25, 0.25)
        x, y = -0.96, -depth * 0.45
        dark = coat._replace(colour=shade(self.coat, 0.7))
        if self.tail == "stub":
            pen.solid(limb(x, y, x - 0.16, y + 0.08, 0.16, 0.1), coat)
        elif self.tail == "curl":
            pen.line(curve(x, y, x - 0.15, y - 0.1, x - 0.05, y - 0.22, x - 0.22, y - 0.2),
                self.coat, 0.06)
        elif self.tail == "thick":
            line = curve(x + 0.35, y + 0.1, x - 0.4 * size, y + 0.3, x - size, y + 0.55 + sway,
                x - 1.5 * size, y + 0.5 + sway)
            pen.solid(tube(line, depth * 1.6, depth * 0.7, 0.04), coat)
        elif self.tail in ("bushy", "brush"):
            up = -1 if self.tail == "brush" else 0.35
            line = curve(x + 0.1, y + 0.1, x - 0.3 * size, y + 0.25 * up, x - 0.75 * size,
                y + (0.5 * up + sway) * size, x - 0.85 * size, y + (1.0 * up + sway) * size)
            pen.solid(tube(line, 0.12, 0.3, 0.38, 0.12), dark if self.second < 0 else coat, 0.9)
        else:
            line = curve(x + 0.05, y, x - 0.18, y + 0.2 * size, x - 0.2 + sway, y + size)
            pen.solid(tube(line, 0.11, 0.07, 0.06), coat)
            if self.tail == "tuft":
                pen.solid(oval(x - 0.2 + sway, y + size, 0.09, 0.2), Look(shade(self.coat, 0.4),
                    texture="fur"))

    def _neck(self, pen: Pen, rand: Rand, coat: Look, depth: float) -> None:
        rise = self.rise + rand.span(-0.18, 0.18)
        x0, y0 = 0.68, -depth * 0.35
        x1, y1 = x0 + self.neck * math.cos(rise), y0 - self.neck * math.sin(rise)
        line = curve(x0 - 0.1, y0 + 0.1, (x0 + x1) / 2 + 0.04, (y0 + y1) / 2 + 0.04, x1, y1)
        wide = self.neck_width
        if self.mane >= 0:
            hair = curve(x0 - 0.28, y0 - depth * 0.4, (x0 + x1) / 2 - wide * 0.62,
                (y0 + y1) / 2 - 0.1, x1 - wide * 0.35, y1 - 0.2)
            pen.solid(tube(hair, 0.12, 0.26, 0.16), Look(self.mane, -1, "fur", 0.2, 1.2, 0.4))
        pen.solid(tube(line, depth * 1.7, wide * 1.15, wide * 0.85), coat, 1.0)
        nod = rand.span(-0.12, 0.22) - (0.35 if self.upright else 0)
        self._head(pen.at(x1, y1, 1.0, nod + (0.75 if self.upright else 0)), rand, coat)

    def _head(self, pen: Pen, rand: Rand, coat: Look) -> None:
        size, long, wide = self.head, self.snout, self.snout_width
        plain = coat._replace(other=-1,
            texture="fur") if self.pattern >= 0 and self.texture != "stripes" else coat
        inner = Look(blend(self.coat, 0xD9A091, 0.5))
        self._horns(pen, size)
        ear = pen.at(-size * 0.35, -size * 0.75, size, rand.span(-0.2, 0.2))
        if self.ears == "prick":
            pen.solid(petal(-size * 0.1, -size * 0.6, -1.75, size * 1.1, size * 0.6), plain)
        skull = blob(
            -size, -size * 0.1, -size * 0.4, -size * 0.92, size * 0.5, -size * 0.72,
                size + long * 0.45, -wide * 0.55 + 0.04,
            size + long, -wide * 0.1, size + long * 0.9, wide * 0.75, size * 0.7, size * 0.6,
                -size * 0.3, size * 0.85,
        )  # fmt: skip
        pen.solid(skull, plain, 1.1)
        muzzle = Look(shade(self.coat, 0.72) if self.second < 0 else self.second, -1, "fur", 0.2)
        pen.decal(oval(size + long * 0.85, wide * 0.2, wide * 0.9, wide * 1.1), muzzle)
        if self.trunk:
            curl = rand.span(0.1, 0.5)
            line = curve(size * 0.6, 0.1, size + 0.2, 0.55, size + 0.12, 1.05, size + 0.2 + curl,
                1.35 - curl * 0.3)
            pen.solid(tube(line, size * 0.95, 0.24, 0.17, 0.12), plain)
        if self.ears == "fan":
            flap = blob(-0.15, -0.65, 0.25, -0.55, 0.2, 0.1, 0.0, 0.62, -0.5, 0.45, -0.72, -0.2,
                -0.6, -0.6)
            pen.at(-size * 0.35, 0, 0.95, rand.span(-0.1, 0.15)).solid(flap, plain, 0.7)
        elif self.ears == "round":
            pen.solid(oval(-size * 0.35, -size * 0.75, size * 0.34), plain)
            pen.decal(oval(-size * 0.3, -size * 0.7, size * 0.18), inner)
        elif self.ears == "flop":
            ear.solid(blob(-0.3, 0, 0.25, 0.0, 0.3, 0.8, 0.0, 1.15, -0.35, 0.7),
                plain._replace(colour=shade(self.coat, 0.8)), 0.8)
        elif self.ears == "prick":
            pen.solid(petal(-size * 0.4, -size * 0.5, -1.95, size * 1.15, size * 0.62), plain)
            pen.decal(petal(-size * 0.4, -size * 0.5, -1.95, size * 0.85, size * 0.32), inner)
        eye_x, eye_y = size * 0.32, -size * 0.24
        pen.flat(oval(eye_x, eye_y, size * 0.17, size * 0.15, n=10), 0x17110E)
        pen.flat(oval(eye_x + size * 0.05, eye_y - size * 0.06, size * 0.05, n=6), 0xFFFFFF)
        pen.mark("eye", eye_x, eye_y)
        pen.flat(oval(size + long * 0.93, -wide * 0.05, wide * 0.22, wide * 0.16, n=10), 0x1E1715)
        pen.mark("nose", size + long, 0.0)
        pen.line(curve(size + long * 0.95, wide * 0.4, size + long * 0.5, wide * 0.52, size * 0.9,
            wide * 0.5), shade(self.coat, 0.4), 0.02)
        if self.beard:
            pen.solid(petal(size + long * 0.35, wide * 0.5, 1.7, 0.32, 0.16), muzzle)

    def _horns(self, pen: Pen, size: float) -> None:
        bone = Look(0xD8CDB4, -1, "ribs", 0.12, 1.0, 0.3)
        x, y = size * 0.05, -size * 0.7
        if self.horns == "short":
            pen.solid(tube(curve(x, y, x + 0.1, y - 0.14, x + 0.04, y - 0.28), 0.11, 0.04), bone)
        elif self.horns == "long":
            pen.solid(tube(curve(x, y, x - 0.1, y - 0.4, x - 0.38, y - 0.72), 0.11, 0.03), bone)
        elif self.horns == "curl":
            pen.solid(tube(curve(x, y, x - 0.25, y - 0.42, x - 0.65, y - 0.4, x - 0.78, y + 0.02),
                0.17, 0.12, 0.03), bone)
        elif self.horns == "antler":
            for lean in (0.0, 0.18):
                pen.line(curve(x, y, x - 0.15 + lean, y - 0.45, x - 0.02 + lean, y - 0.95),
                    0x8A6A42, 0.06)
                for tip, tall in ((0.3, 0.35), (0.28, 0.6), (-0.22, 0.5)):
                    pen.line(curve(x - 0.12 + lean, y - tall + 0.05, x - 0.1 + lean + tip * 0.7,
                        y - tall - 0.1, x - 0.1 + lean + tip, y - tall - 0.26), 0x8A6A42, 0.045)
        elif self.horns == "nose":
            pen.solid(petal(size + self.snout * 0.72, -0.06, -1.35, 0.42, 0.2), bone)
            pen.solid(petal(size + self.snout * 0.3, -0.14, -1.5, 0.2, 0.14), bone)
        elif self.horns == "tusk":
            pen.solid(tube(curve(size * 0.9, 0.2, size + 0.32, 0.42, size + 0.6, 0.28), 0.09, 0.03),
                Look(0xF1EADA))
        elif self.horns == "one":
            pen.solid(petal(size * 0.5, -size * 0.55, -1.1, 0.75, 0.12),
                Look(0xE9D9A6, -1, "ribs", 0.1, 1.0, 0.3))
