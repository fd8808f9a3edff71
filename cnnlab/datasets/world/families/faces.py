"""Animal faces seen from the front: two eyes, a nose, ears and a muzzle that differ by breed."""

from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind
from cnnlab.datasets.world.looks import Look, blend, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, curve, mirror, oval, petal, poly, star


@dataclass(frozen=True)
class Face(Kind):
    """A face; lengths are in units of half the head's width."""

    coat: int = 0xA9783F
    second: int = 0xF1E9DC  # muzzle, blaze and other markings
    texture: str = "fur"
    pattern: int = -1  # second colour of the coat's texture; -1: plain
    grain: float = 0.3
    ears: str = "flop"  # flop, prick, bat, round, fold, wide
    ear_size: float = 1.0
    ear_colour: int = -1
    skull: float = 1.0  # width of the forehead
    jaw: float = 0.6  # width at the mouth
    length: float = 1.0  # from brow to chin
    muzzle: float = 0.42  # width; 0: none
    drop: float = 0.42  # how far below the eyes the nose sits
    nose: float = 0.17
    nose_colour: int = 0x231D1E
    eye: float = 0.13
    gap: float = 0.4  # half the distance between the eyes
    iris: int = 0x4A2C14
    slit: bool = False
    marks: str = ""  # any of: blaze mask patches tan stripes tips cheeks bandit
    mane: int = -1
    horns: str = ""  # curl, straight, antler
    tongue: float = 0.0  # how often it shows
    whiskers: bool = False
    jowl: float = 0.0

    family: ClassVar[str] = "animal face"
    context: ClassVar[str] = "outdoor"
    turns: ClassVar[float] = 0.13

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """The chest below, then the head."""
        if not frontal or self.mane < 0:
            self._body(pen, rand, Look(self.coat, self.pattern, self.texture, self.grain, 1.57,
                0.3))
        self.head(pen, rand, frontal)

    def head(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Back to front: mane, horns, ears, head, markings, eyes, muzzle, nose."""
        yaw, nod = (0.0, 0.0) if frontal else (rand.span(-0.16, 0.16), rand.span(-0.06, 0.06))
        skull, jaw = self.skull * rand.near(0.82, 0.05), self.jaw * rand.near(1, 0.08)
        tall = self.length * rand.near(0.95, 0.05)
        coat = Look(self.coat, self.pattern, self.texture, self.grain, 1.57, 0.3)
        plain = Look(self.coat, -1, "fur", self.grain, 1.57, 0.3)
        white = Look(self.second, -1, "fur", 0.2, 1.57, 0.16)
        if self.mane >= 0:
            self._mane(pen, rand, tall)
        if self.horns:
            self._horns(pen, rand, skull)
        behind = self.ears not in ("flop", "fold")
        if behind:
            self._ears(pen, rand, skull, yaw)
        outline = blob(
            0, -0.8 * tall, skull * 0.7, -0.62 * tall, skull, -0.12,
            jaw * 1.12 + self.jowl, 0.45 * tall, jaw * 0.5, 0.8 * tall, 0, 0.88 * tall,
            -jaw * 0.5, 0.8 * tall, -jaw * 1.12 - self.jowl, 0.45 * tall, -skull, -0.12,
            -skull * 0.7, -0.62 * tall,
        )  # fmt: skip
        pen.solid(outline, coat, 1.1)
        eye_y = -0.16 + nod
        gap = self.gap * rand.near(1, 0.06)
        nose_y = eye_y + self.drop * rand.near(1, 0.06) + 0.1
        self._markings(pen, white, yaw, eye_y, gap, tall, skull)
        if not behind:
            self._ears(pen, rand, skull, yaw)
        for side in (-1, 1):
            self._eye(pen, rand, side * gap + yaw * 0.6, eye_y, side)
        self._muzzle(pen, rand, yaw, nose_y, white if self.second >= 0 else plain, tall)

    def _body(self, pen: Pen, rand: Rand, coat: Look) -> None:
        lean = rand.span(-0.15, 0.15)
        chest = blob(
            -0.45, 0.2, 0.45, 0.2, 0.72 + lean, 0.9, 1.0 + lean, 1.55, 0, 1.7, -1.0 + lean, 1.55,
            -0.72 + lean, 0.9,
        )  # fmt: skip
        pen.solid(chest, coat, 0.9)
        if self.second >= 0 and "blaze" in self.marks:
            pen.decal(oval(lean, 1.25, 0.42, 0.6), Look(self.second, -1, "fur", 0.25, 1.57, 0.16))

    def _mane(self, pen: Pen, rand: Rand, tall: float) -> None:
        look = Look(self.mane, -1, "fur", 0.35, 1.57, 0.45)
        turn = rand.span(0, 0.4)
        pen.solid(star(0, 0.12, 1.45 * rand.near(1, 0.06), 1.22, 17, turn), look, 0.6)
        pen.solid(star(0, 0.05, 1.15, 0.98, 15, turn + 0.2), look._replace(colour=shade(self.mane,
            1.15)), 0.5)

    def _horns(self, pen: Pen, rand: Rand, skull: float) -> None:
        look = Look(0xCDBb9A, -1, "ribs", 0.15, 0.6, 0.3)
        size = rand.near(1, 0.12)
        for side in (-1, 1):
            if self.horns == "curl":
                for ring, radius in enumerate((0.5, 0.34)):
                    pen.solid(oval(side * (0.95 - 0.02 * ring), -0.1, radius * size,
                        radius * 1.1 * size), look)
            elif self.horns == "straight":
                tip = petal(side * 0.35, -0.6, -1.57 + side * 0.35, 1.0 * size, 0.3)
                pen.solid(tip, look)
            else:
                line = curve(side * 0.3, -0.6, side * 0.6, -1.0, side * 0.62, -1.6 * size)
                pen.line(line, 0x7A5A35, 0.11)
                pen.line(curve(side * 0.52, -0.9, side * 0.95, -1.05, side * 1.05, -1.45 * size),
                    0x86653D, 0.09)

    def _ears(self, pen: Pen, rand: Rand, skull: float, yaw: float) -> None:
        outer = Look(self.ear_colour if self.ear_colour >= 0 else self.coat, -1, "fur", 0.25, 1.57,
            0.3)
        inner = Look(blend(shade(outer.colour, 0.8), 0xD59A8C, 0.5), -1, "fur", 0.2, 1.57, 0.2)
        size = self.ear_size * rand.near(1, 0.08)
        perk = rand.span(-0.08, 0.08)
        for side in (-1, 1):
            wide = size * (1 + side * yaw * 1.2)
            ear = pen.at(side * skull * 0.78, -0.5, wide, side * perk)
            if self.ears == "flop":
                lobe = blob(-0.2, -0.12, 0.2, -0.12, 0.42, 0.3, 0.36, 0.85, 0.1, 1.0, -0.1, 0.7,
                    -0.12, 0.3)
                ear.solid(lobe if side > 0 else mirror(lobe), outer, 0.8)
            elif self.ears == "fold":
                flap = poly(-0.28, -0.22, 0.22, -0.3, 0.5, 0.02, 0.3, 0.3, 0.02, 0.12)
                ear.solid(flap if side > 0 else mirror(flap), outer, 0.7)
            elif self.ears == "prick":
                shape = blob(-0.38, 0.1, -0.12, -0.5, 0.12, -0.86, 0.26, -0.4, 0.28, 0.2, steps=3)
                hole = blob(-0.2, 0.05, -0.02, -0.4, 0.1, -0.62, 0.17, -0.3, 0.16, 0.15, steps=3)
                ear.solid(shape if side > 0 else mirror(shape), outer, 0.8)
                ear.decal(hole if side > 0 else mirror(hole), inner)
            elif self.ears == "bat":
                shape = blob(-0.35, 0.1, -0.3, -0.6, 0.12, -1.05, 0.5, -0.6, 0.35, 0.2, steps=3)
                hole = blob(-0.2, 0.05, -0.15, -0.5, 0.12, -0.85, 0.33, -0.5, 0.22, 0.15, steps=3)
                ear.solid(shape if side > 0 else mirror(shape), outer, 0.8)
                ear.decal(hole if side > 0 else mirror(hole), inner)
            elif self.ears == "long":
                ear.solid(oval(side * -0.18, -0.62, 0.24, 0.85, side * 0.12), outer, 0.8)
                ear.decal(oval(side * -0.18, -0.55, 0.13, 0.65, side * 0.12), inner)
            elif self.ears == "wide":
                ear.solid(petal(-0.1 * side, 0.3, 0.25 if side > 0 else 2.9, 0.95, 0.42), outer,
                    0.7)
                ear.decal(petal(0.0, 0.3, 0.25 if side > 0 else 2.9, 0.7, 0.22), inner)
            else:
                ear.solid(oval(0.04 * side, -0.02, 0.36, 0.36), outer, 0.8)
                ear.decal(oval(0.04 * side, 0.03, 0.21, 0.22), inner)

    def _markings(
        self, pen: Pen, white: Look, yaw: float, eye_y: float, gap: float, tall: float, skull: float
    ) -> None:
        marks = self.marks
        if "mask" in marks:
            pen.decal(blob(-0.55 + yaw, 0.1, 0.55 + yaw, 0.1, 0.62, 0.9, -0.62, 0.9), white)
        if "cheeks" in marks:
            for side in (-1, 1):
                pen.decal(oval(side * 0.62, 0.38, 0.42, 0.5), white)
                pen.decal(oval(side * gap * 0.95 + yaw, eye_y - 0.27, 0.16, 0.1), white)
        if "blaze" in marks:
            pen.decal(blob(-0.1 + yaw, -0.9, 0.1 + yaw, -0.9, 0.13 + yaw, -0.2, 0.4, 0.5, 0.3, 1,
                -0.3, 1, -0.4, 0.5, -0.13 + yaw, -0.2), white)
        if "patches" in marks:
            for side in (-1, 1):
                pen.decal(oval(side * (gap + 0.04) + yaw * 0.6, eye_y + 0.08, 0.27, 0.33,
                    side * -0.5), white)
        if "bandit" in marks:
            dark = white._replace(colour=0x2B2622)
            for side in (-1, 1):
                pen.decal(oval(side * (gap + 0.1) + yaw * 0.6, eye_y + 0.06, 0.4, 0.2, side * 0.35),
                    dark)
        if "tan" in marks:
            tan = white._replace(colour=0xB5702C)
            for side in (-1, 1):
                pen.decal(oval(side * gap * 0.8 + yaw * 0.6, eye_y - 0.22, 0.12, 0.09), tan)
                pen.decal(oval(side * 0.42, 0.55, 0.32, 0.36), tan)
        if "stripes" in marks:
            dark = shade(self.coat, 0.35)
            for side in (-1, 1):
                for step in range(3):
                    y = -0.62 + 0.13 * step
                    pen.decal(petal(yaw + side * 0.04, y, -1.57 + side * (0.9 + 0.2 * step), 0.42,
                        0.09), Look(dark))
                    pen.decal(petal(side * skull, 0.0 + 0.2 * step, 3.14 if side > 0 else 0, 0.45,
                        0.1), Look(dark))

    def _eye(self, pen: Pen, rand: Rand, x: float, y: float, side: int) -> None:
        size = self.eye * rand.near(1, 0.06)
        rim = shade(self.coat, 0.35) if "patches" not in self.marks else 0x15110F
        tilt = side * (-0.3 if self.slit else -0.12)
        pen.flat(oval(x, y, size * 1.3, size * 1.12, tilt), rim)
        pen.flat(oval(x, y, size * 1.08, size * 0.94, tilt), self.iris)
        pupil = 0.32 if self.slit else 0.62
        pen.flat(oval(x, y, size * pupil, size * 0.8), 0x0D0B0A)
        pen.flat(oval(x - size * 0.3, y - size * 0.35, size * 0.26, n=8), 0xFFFFFF)
        pen.mark("left_eye" if side < 0 else "right_eye", x, y)

    def _muzzle(self, pen: Pen, rand: Rand, yaw: float, nose_y: float, look: Look,
        tall: float) -> None:
        wide, x = self.muzzle, yaw * 1.6
        mouth_y = nose_y + self.nose * 1.9
        if rand.chance(self.tongue):
            pen.solid(oval(x, mouth_y + 0.2, 0.15, rand.span(0.18, 0.3)),
                Look(0xD8707C, finish="gloss"))
        if wide:
            shape = blob(
                x - wide * 0.55, nose_y - 0.16, x + wide * 0.55, nose_y - 0.16,
                x + wide * (1 + self.jowl), mouth_y, x + wide * 0.6,
                    mouth_y + 0.16 + self.jowl * 0.4,
                x, mouth_y + 0.1, x - wide * 0.6, mouth_y + 0.16 + self.jowl * 0.4,
                x - wide * (1 + self.jowl), mouth_y,
            )  # fmt: skip
            pen.solid(shape, look, 0.9)
        n = self.nose
        nose = blob(x - n, nose_y - n * 0.55, x, nose_y - n * 0.75, x + n, nose_y - n * 0.55,
            x + n * 0.45, nose_y + n * 0.5, x, nose_y + n * 0.75, x - n * 0.45, nose_y + n * 0.5)
        pen.solid(nose, Look(self.nose_colour, texture="cloud", finish="gloss"), 1.2, False)
        if n > 0.2 and self.nose_colour > 0x800000:  # a snout shows its nostrils
            for side in (-1, 1):
                pen.flat(oval(x + side * n * 0.38, nose_y, n * 0.14, n * 0.22), 0x5A2A2A)
        dark = shade(self.coat, 0.25)
        pen.line(curve(x, nose_y + n * 0.7, x, mouth_y, x - wide * 0.55, mouth_y + 0.09), dark,
            0.035)
        pen.line(curve(x, mouth_y, x + wide * 0.28, mouth_y + 0.09, x + wide * 0.6, mouth_y + 0.06),
            dark, 0.035)
        pen.mark("nose", x, nose_y)
        pen.mark("mouth", x, mouth_y)
        if self.whiskers:
            for side in (-1, 1):
                for step in range(3):
                    pen.line(curve(x + side * wide * 0.5, nose_y + 0.1 + 0.06 * step,
                        x + side * 0.75, nose_y + 0.05 + 0.12 * step, x + side * 1.15,
                        nose_y + 0.1 * step * 2 - 0.02), 0xEDE8E0, 0.02)
