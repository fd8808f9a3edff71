"""Birds from the side: trunk, folded wing, neck, beak, tail and legs."""

import math
from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, curve, oval, petal, poly, tube


@dataclass(frozen=True)
class Bird(Kind):
    """A bird; lengths are in units of half the trunk's length."""

    body: int = 0x8A6A4A
    wing: int = 0x6B4F36
    breast: int = -1
    head: int = -1
    beak: int = 0xD99A2B
    leg: int = 0xC98A34
    plump: float = 0.6  # height of the trunk against its length
    pitch: float = 0.25  # trunk raised from the horizontal, radians
    neck: float = 0.25
    neck_curve: float = 0.0
    neck_width: float = 0.3
    head_size: float = 0.34
    beak_length: float = 0.3
    beak_width: float = 0.16
    beak_bend: float = 0.0  # > 0: hooked or curved down
    tail: str = "plain"  # plain, fan, long, sickle, short, fork
    legs: float = 0.4
    crest: str = ""  # comb, plume, tuft
    swims: bool = False
    eye_ring: int = -1

    family: ClassVar[str] = "bird"
    context: ClassVar[str] = "outdoor"
    stands: ClassVar[bool] = True
    turns: ClassVar[float] = 0.08

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Back to front: legs, tail, neck, trunk, wing, head."""
        body = Look(self.body, -1, "fur", 0.2, 0.3, 0.25)
        wing = Look(self.wing, -1, "scales", 0.22, 0.5, 0.35)
        head = body._replace(colour=self.head if self.head >= 0 else self.body)
        plump = self.plump * rand.near(1, 0.07)
        if not self.swims:
            self._legs(pen, rand, plump)
        trunk = pen.at(0, 0, 1, -self.pitch + rand.span(-0.1, 0.1))
        self._tail(trunk, rand, wing)
        nx, ny = 0.72 * math.cos(self.pitch), -0.72 * math.sin(self.pitch) - 0.1
        up = 1.1 + rand.span(-0.15, 0.15)
        hx = nx + (self.neck + 0.18) * math.cos(up)
        hy = ny - (self.neck + 0.18) * math.sin(up)
        bow = self.neck_curve * (self.neck + 0.2)
        neck = curve(nx - 0.25, ny + 0.3, nx + 0.08 + bow, ny - 0.1, (nx + hx) / 2 - bow * 0.6,
            (ny + hy) / 2 - 0.1, hx, hy)
        pen.solid(tube(neck, plump * 1.1, self.neck_width * 1.3, self.neck_width, self.neck_width),
            head if self.neck > 0.5 else body)
        shape = blob(-1.0, -0.02, -0.4, -plump * 0.82, 0.4, -plump * 0.9, 0.88, -plump * 0.35, 0.8,
            plump * 0.4, 0.2, plump * 0.95, -0.55, plump * 0.6)
        trunk.solid(shape, body, 1.1)
        if self.breast >= 0:
            trunk.decal(oval(0.5, plump * 0.5, 0.75, plump * 0.75, -0.5),
                body._replace(colour=self.breast))
        beat = rand.span(-0.12, 0.12)
        wing_shape = blob(0.45, -plump * 0.4, 0.35, plump * 0.3, -0.2, plump * 0.52 + beat, -0.85,
            plump * 0.25 + beat, -1.15, 0.05 + beat, -0.5, -plump * 0.5)
        trunk.solid(wing_shape, wing, 0.6)
        for step in range(3):
            y = plump * (0.05 + 0.14 * step)
            trunk.line(curve(0.1 - 0.1 * step, y, -0.5, y + 0.08, -0.95 + 0.1 * step,
                y + beat * 0.5), shade(self.wing, 0.6), 0.03)
        self._head(pen.at(hx, hy, 1.0, rand.span(-0.2, 0.15)), rand, head)

    def _legs(self, pen: Pen, rand: Rand, plump: float) -> None:
        for x in (-0.1, 0.14):
            step = rand.span(-0.18, 0.18)
            foot = plump * 0.8 + self.legs
            pen.line(poly(x, plump * 0.5, x + step * 0.4 - 0.04, plump * 0.7 + self.legs * 0.5,
                x + step, foot), self.leg, 0.075)
            pen.line(poly(x + step - 0.14, foot + 0.03, x + step, foot, x + step + 0.22,
                foot + 0.04), self.leg, 0.06)

    def _tail(self, pen: Pen, rand: Rand, wing: Look) -> None:
        if self.tail == "fan":
            for step in range(7):
                angle = 2.2 + 0.3 * step + rand.span(-0.04, 0.04)
                pen.solid(petal(-0.6, 0, angle, 1.35, 0.42), wing._replace(grain=0.12), 0.6)
                pen.flat(oval(-0.6 + 1.12 * math.cos(angle), 1.12 * math.sin(angle), 0.1), 0x2A5FA0)
        elif self.tail == "long":
            for step in range(3):
                pen.solid(petal(-0.7, 0.0, 3.0 - 0.14 * step, 1.7, 0.2), wing)
        elif self.tail == "sickle":
            for step in range(5):
                bend = 0.25 * step
                line = curve(-0.75, -0.1, -1.15, -0.55 - bend * 0.5, -1.5 + bend * 0.2,
                    -0.35 - bend)
                pen.solid(tube(line, 0.2, 0.17, 0.05), wing, 0.8)
        elif self.tail == "fork":
            for side in (-0.2, 0.22):
                pen.solid(petal(-0.7, 0.0, 3.14 + side, 1.15, 0.22), wing)
        else:
            long = 0.75 if self.tail == "plain" else 0.45
            pen.solid(blob(-0.7, -0.18, -0.8 - long, -0.12, -0.85 - long, 0.14, -0.7, 0.2, steps=3),
                wing)

    def _head(self, pen: Pen, rand: Rand, look: Look) -> None:
        size = self.head_size
        if self.crest == "comb":
            for step in range(3):
                pen.solid(oval(-0.12 + 0.14 * step, -size * 1.0, 0.1, 0.15), Look(0xC92C2A))
            pen.solid(oval(size * 0.8, size * 0.85, 0.09, 0.17), Look(0xC92C2A))
        elif self.crest == "plume":
            for step in range(5):
                angle = -2.5 + 0.3 * step
                pen.line(poly(0, -size * 0.5, size * 2.0 * math.cos(angle),
                    size * 2.0 * math.sin(angle)), look.colour, 0.05)
                pen.flat(oval(size * 2.0 * math.cos(angle), size * 2.0 * math.sin(angle), 0.06),
                    look.colour)
        elif self.crest == "tuft":
            pen.solid(petal(-size * 0.2, -size * 0.5, -2.5, size * 1.5, size * 0.6), look)
        long, wide, bend = self.beak_length, self.beak_width, self.beak_bend
        beak = blob(
            size * 0.75, -wide, size + long * 0.6, -wide * 0.75 + bend * 0.25, size + long,
                bend * 0.9,
            size + long * 0.55, wide * 0.5 + bend * 0.5, size * 0.75, wide * 0.9, steps=3,
        )  # fmt: skip
        pen.solid(beak, Look(self.beak, finish="gloss", texture="cloud"), 0.9)
        pen.line(curve(size * 0.7, 0.02, size + long * 0.5, bend * 0.3, size + long * 0.9,
            bend * 0.8), shade(self.beak, 0.5), 0.025)
        pen.solid(oval(0, 0, size * 1.02, size * 0.92), look)
        eye = (size * 0.38, -size * 0.2)
        if self.eye_ring >= 0:
            pen.flat(oval(*eye, size * 0.34), self.eye_ring)
        pen.flat(oval(*eye, size * 0.19), 0x120E0C)
        pen.flat(oval(eye[0] + 0.03, eye[1] - 0.03, size * 0.06, n=6), 0xFFFFFF)
        pen.mark("eye", *eye)
        pen.mark("beak", size + long, bend * 0.9)


VARIETIES: Varieties = (
    ("flamingo", Bird(0xE58A94, 0xD66A78, beak=0x2B2424, leg=0xE08B96, plump=0.45, neck=1.1,
        neck_curve=0.35, neck_width=0.14, head_size=0.19, beak_length=0.26, beak_bend=0.2,
        beak_width=0.1, legs=1.4, tail="short")),
    ("goldfinch", Bird(0xE2B93B, 0x2C2622, head=0xE2B93B, plump=0.62, neck=0.08, beak_length=0.16,
        legs=0.25)),
    ("toucan", Bird(0x1E1D20, 0x26252A, breast=0xF2E9D8, beak=0xE88B25, plump=0.6, beak_length=0.95,
        beak_width=0.24, beak_bend=0.18, legs=0.2, eye_ring=0x55A7C9, tail="long")),
    ("penguin", Bird(0x23262D, 0x1A1C22, 0xF2F0EA, plump=0.5, pitch=1.35, neck=0.0,
        beak_length=0.24, beak_width=0.09, legs=0.42, leg=0xD98B2B, tail="short", head_size=0.32)),
    ("ostrich", Bird(0x2B2625, 0x1F1B1A, head=0xC9A08C, leg=0xC9A08C, beak=0xC79A6D, plump=0.6,
        neck=1.1, neck_width=0.15, head_size=0.2, beak_length=0.16, legs=1.15, tail="short")),
    ("hen", Bird(0x9A5126, 0x7C3F1D, plump=0.75, pitch=0.35, neck=0.2, beak_length=0.16,
        crest="comb", tail="plain", legs=0.35)),
    ("bald_eagle", Bird(0x3F2D20, 0x33251B, head=0xF4F1EB, plump=0.55, pitch=0.7, neck=0.12,
        beak_length=0.3, beak_width=0.15, beak_bend=0.22, legs=0.3)),
    ("drake", Bird(0xA9A296, 0x7B6B58, head=0x1F6B48, beak=0xD8B93A, plump=0.5, pitch=0.12,
        neck=0.3, beak_length=0.36, beak_width=0.12, swims=True, tail="short")),
    ("peacock", Bird(0x1C5FA8, 0x2C8A5B, plump=0.5, pitch=0.5, neck=0.55, neck_width=0.2,
        head_size=0.22, beak_length=0.18, beak_width=0.08, crest="plume", tail="fan", legs=0.5)),
    ("jay", Bird(0x4A7FC4, 0x2F5EA8, 0xE3E6EA, plump=0.55, neck=0.1, crest="tuft", beak=0x2A2A2E,
        beak_length=0.22, tail="plain", legs=0.3)),
    ("ibis", Bird(0xC43B30, 0xA82C26, beak=0x6A3B32, plump=0.5, neck=0.6, neck_width=0.18,
        head_size=0.22, beak_length=0.75, beak_width=0.07, beak_bend=0.3, legs=0.8)),
    ("emu", Bird(0x5A4A3A, 0x4A3B2E, head=0x3A4A5A, plump=0.72, pitch=0.1, neck=0.95,
        neck_width=0.18, head_size=0.2, beak=0x33302E, beak_length=0.18, legs=0.95, tail="short",
        leg=0x6A5A4A)),
    ("pigeon", Bird(0x7F8894, 0x9BA3AD, head=0x4C5A66, plump=0.6, neck=0.16, head_size=0.27,
        beak=0x3A3537, beak_length=0.16, beak_width=0.08, legs=0.25, leg=0xC2574F)),
    ("rooster", Bird(0xA33E1E, 0x23463A, head=0xD08A2C, plump=0.62, pitch=0.55, neck=0.35,
        beak_length=0.17, crest="comb", tail="sickle", legs=0.5)),
    ("swan", Bird(0xF4F3F0, 0xE8E6E2, beak=0xE0812B, plump=0.5, pitch=0.1, neck=0.95,
        neck_curve=0.42, neck_width=0.19, head_size=0.21, beak_length=0.24, beak_width=0.1,
        swims=True, tail="short")),
    ("hummingbird", Bird(0x2F8A5A, 0x4A7A6A, 0xC43B4A, plump=0.42, pitch=0.9, neck=0.05,
        head_size=0.3, beak=0x1E1C1C, beak_length=0.85, beak_width=0.045, swims=True, tail="fork")),
    ("cormorant", Bird(0x22282A, 0x2C3436, plump=0.4, pitch=0.75, neck=0.7, neck_curve=0.25,
        neck_width=0.2, head_size=0.2, beak=0x9A8450, beak_length=0.4, beak_width=0.07,
        beak_bend=0.1, legs=0.2)),
    ("goose", Bird(0x8A7C6A, 0x6F6252, 0xE0D8CC, head=0x201E1E, plump=0.55, neck=0.75,
        neck_width=0.2, head_size=0.22, beak=0x2A2727, beak_length=0.24, legs=0.35, leg=0x2F2A28)),
    ("parrot", Bird(0xC8302C, 0x2E7FB8, plump=0.5, pitch=0.95, neck=0.05, head_size=0.38,
        beak=0xE4DCCB, beak_length=0.22, beak_width=0.2, beak_bend=0.28, tail="long", legs=0.12,
        eye_ring=0xF2EEE6)),
    ("vulture", Bird(0x3A302A, 0x2A231F, head=0xC78A80, plump=0.62, pitch=0.6, neck=0.4,
        neck_curve=0.5, neck_width=0.16, head_size=0.2, beak=0xB9A890, beak_length=0.24,
        beak_bend=0.18, legs=0.3)),
)  # fmt: skip
