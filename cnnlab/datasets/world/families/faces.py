"""Animal faces seen from the front: two eyes, a nose, ears and a muzzle that differ by breed."""

from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
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
            self._body(pen, rand, Look(self.coat, self.pattern, self.texture, self.grain, 1.57, 0.3))
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
        pen.solid(star(0, 0.05, 1.15, 0.98, 15, turn + 0.2), look._replace(colour=shade(self.mane, 1.15)), 0.5)

    def _horns(self, pen: Pen, rand: Rand, skull: float) -> None:
        look = Look(0xCDBb9A, -1, "ribs", 0.15, 0.6, 0.3)
        size = rand.near(1, 0.12)
        for side in (-1, 1):
            if self.horns == "curl":
                for ring, radius in enumerate((0.5, 0.34)):
                    pen.solid(oval(side * (0.95 - 0.02 * ring), -0.1, radius * size, radius * 1.1 * size), look)
            elif self.horns == "straight":
                tip = petal(side * 0.35, -0.6, -1.57 + side * 0.35, 1.0 * size, 0.3)
                pen.solid(tip, look)
            else:
                line = curve(side * 0.3, -0.6, side * 0.6, -1.0, side * 0.62, -1.6 * size)
                pen.line(line, 0x7A5A35, 0.11)
                pen.line(curve(side * 0.52, -0.9, side * 0.95, -1.05, side * 1.05, -1.45 * size), 0x86653D, 0.09)

    def _ears(self, pen: Pen, rand: Rand, skull: float, yaw: float) -> None:
        outer = Look(self.ear_colour if self.ear_colour >= 0 else self.coat, -1, "fur", 0.25, 1.57, 0.3)
        inner = Look(blend(shade(outer.colour, 0.8), 0xD59A8C, 0.5), -1, "fur", 0.2, 1.57, 0.2)
        size = self.ear_size * rand.near(1, 0.08)
        perk = rand.span(-0.08, 0.08)
        for side in (-1, 1):
            wide = size * (1 + side * yaw * 1.2)
            ear = pen.at(side * skull * 0.78, -0.5, wide, side * perk)
            if self.ears == "flop":
                lobe = blob(-0.2, -0.12, 0.2, -0.12, 0.42, 0.3, 0.36, 0.85, 0.1, 1.0, -0.1, 0.7, -0.12, 0.3)
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
                ear.solid(petal(-0.1 * side, 0.3, 0.25 if side > 0 else 2.9, 0.95, 0.42), outer, 0.7)
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
            pen.decal(blob(-0.1 + yaw, -0.9, 0.1 + yaw, -0.9, 0.13 + yaw, -0.2, 0.4, 0.5, 0.3, 1, -0.3, 1, -0.4, 0.5, -0.13 + yaw, -0.2), white)
        if "patches" in marks:
            for side in (-1, 1):
                pen.decal(oval(side * (gap + 0.04) + yaw * 0.6, eye_y + 0.08, 0.27, 0.33, side * -0.5), white)
        if "bandit" in marks:
            dark = white._replace(colour=0x2B2622)
            for side in (-1, 1):
                pen.decal(oval(side * (gap + 0.1) + yaw * 0.6, eye_y + 0.06, 0.4, 0.2, side * 0.35), dark)
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
                    pen.decal(petal(yaw + side * 0.04, y, -1.57 + side * (0.9 + 0.2 * step), 0.42, 0.09), Look(dark))
                    pen.decal(petal(side * skull, 0.0 + 0.2 * step, 3.14 if side > 0 else 0, 0.45, 0.1), Look(dark))

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

    def _muzzle(self, pen: Pen, rand: Rand, yaw: float, nose_y: float, look: Look, tall: float) -> None:
        wide, x = self.muzzle, yaw * 1.6
        mouth_y = nose_y + self.nose * 1.9
        if rand.chance(self.tongue):
            pen.solid(oval(x, mouth_y + 0.2, 0.15, rand.span(0.18, 0.3)), Look(0xD8707C, finish="gloss"))
        if wide:
            shape = blob(
                x - wide * 0.55, nose_y - 0.16, x + wide * 0.55, nose_y - 0.16,
                x + wide * (1 + self.jowl), mouth_y, x + wide * 0.6, mouth_y + 0.16 + self.jowl * 0.4,
                x, mouth_y + 0.1, x - wide * 0.6, mouth_y + 0.16 + self.jowl * 0.4,
                x - wide * (1 + self.jowl), mouth_y,
            )  # fmt: skip
            pen.solid(shape, look, 0.9)
        n = self.nose
        nose = blob(x - n, nose_y - n * 0.55, x, nose_y - n * 0.75, x + n, nose_y - n * 0.55, x + n * 0.45, nose_y + n * 0.5, x, nose_y + n * 0.75, x - n * 0.45, nose_y + n * 0.5)
        pen.solid(nose, Look(self.nose_colour, texture="cloud", finish="gloss"), 1.2, False)
        if n > 0.2 and self.nose_colour > 0x800000:  # a snout shows its nostrils
            for side in (-1, 1):
                pen.flat(oval(x + side * n * 0.38, nose_y, n * 0.14, n * 0.22), 0x5A2A2A)
        dark = shade(self.coat, 0.25)
        pen.line(curve(x, nose_y + n * 0.7, x, mouth_y, x - wide * 0.55, mouth_y + 0.09), dark, 0.035)
        pen.line(curve(x, mouth_y, x + wide * 0.28, mouth_y + 0.09, x + wide * 0.6, mouth_y + 0.06), dark, 0.035)
        pen.mark("nose", x, nose_y)
        pen.mark("mouth", x, mouth_y)
        if self.whiskers:
            for side in (-1, 1):
                for step in range(3):
                    pen.line(curve(x + side * wide * 0.5, nose_y + 0.1 + 0.06 * step, x + side * 0.75, nose_y + 0.05 + 0.12 * step, x + side * 1.15, nose_y + 0.1 * step * 2 - 0.02), 0xEDE8E0, 0.02)


_CAT = dict(ears="prick", ear_size=0.95, muzzle=0.27, drop=0.26, nose=0.1, eye=0.17, gap=0.38, slit=True, jaw=0.62, length=0.88, whiskers=True, nose_colour=0xC77C78)
_BEAR = dict(ears="round", muzzle=0.4, jaw=0.62, eye=0.085, nose=0.19, drop=0.4)

VARIETIES: Varieties = (
    ("beagle", Face(0xB8732F, ears="flop", marks="blaze", ear_colour=0x8E5524, tongue=0.3)),
    ("husky", Face(0x55585E, 0xF4F2EE, ears="prick", marks="cheeks mask", iris=0x7FB2D9, ear_size=0.85)),
    ("dalmatian", Face(0xF2EFEA, 0xF6F3EE, "spots", 0x1F1C1C, 0.26, ear_colour=0x2A2625, ear_size=0.9)),
    ("bulldog", Face(0xC79A6B, 0xF1E8DA, ears="fold", ear_size=0.8, skull=1.05, jaw=0.85, jowl=0.2, muzzle=0.55, drop=0.24, length=0.85, nose=0.2, marks="mask")),
    ("german_shepherd", Face(0xB27B3C, 0x2A2320, ears="prick", ear_size=1.1, marks="mask", jaw=0.52, muzzle=0.36, drop=0.52, length=1.1)),
    ("poodle", Face(0xD9CFC4, 0xDDD4CA, "curl", ears="flop", ear_size=1.15, skull=0.85, jaw=0.45, muzzle=0.28, drop=0.52, mane=0xD6CBBF, grain=0.18)),
    ("pug", Face(0xD3AE7E, 0x2E2723, ears="fold", ear_colour=0x332B27, skull=1.02, jaw=0.78, muzzle=0.5, drop=0.18, length=0.82, nose=0.15, eye=0.17, gap=0.46, marks="mask", jowl=0.1)),
    ("chihuahua", Face(0xC9955B, 0xE9D3B4, ears="bat", ear_size=1.0, skull=0.95, jaw=0.42, muzzle=0.25, drop=0.32, eye=0.17, nose=0.11, length=0.85)),
    ("golden_retriever", Face(0xD29B4C, 0xE3BD82, ears="flop", ear_size=0.85, ear_colour=0xB67C34, jaw=0.66, muzzle=0.42, drop=0.46, tongue=0.6)),
    ("rottweiler", Face(0x26211F, 0x9C5F2A, ears="fold", ear_size=1.05, jaw=0.72, muzzle=0.44, marks="tan")),
    ("tabby_cat", Face(0x8F7A62, 0xD9CBB8, "stripes", 0x4E4033, 0.14, iris=0xA9B24A, marks="stripes", **_CAT)),
    ("siamese_cat", Face(0xE6D9C4, 0x4A382F, iris=0x5FA3DE, marks="mask", ear_colour=0x43332B, **(_CAT | dict(jaw=0.5, ear_size=1.15, length=0.95)))),
    ("lion", Face(0xC99A52, 0xE8D6B4, mane=0x7D4B1F, ears="round", ear_size=0.75, muzzle=0.42, nose=0.18, nose_colour=0x5B3A30, eye=0.1, iris=0xB5822F, jaw=0.7, drop=0.46)),
    ("tiger", Face(0xDA8530, 0xF5EFE6, "stripes", 0x2A1E17, 0.3, ears="round", ear_size=0.8, marks="cheeks stripes", muzzle=0.44, nose=0.16, nose_colour=0xB5746B, eye=0.1, iris=0xC9A53C, jaw=0.75)),
    ("red_fox", Face(0xC8622A, 0xF4EEE6, ears="prick", ear_size=1.05, skull=1.05, jaw=0.36, muzzle=0.22, nose=0.11, drop=0.52, marks="cheeks", eye=0.1, iris=0xB98031, length=1.05)),
    ("brown_bear", Face(0x6B4526, 0xA57F55, **_BEAR)),
    ("cougar_face", Face(0xB98A5C, 0xEFE6DA, ears="round", ear_size=0.7, marks="mask", muzzle=0.36, nose=0.15, nose_colour=0xB5746B, eye=0.1, iris=0x9CA04A, whiskers=True, jaw=0.62)),
    ("panda", Face(0xF3F1EC, 0x1E1B1B, ear_colour=0x1C1919, marks="patches", **(_BEAR | dict(muzzle=0.0, skull=1.1, jaw=0.75, nose=0.15)))),
    ("wild_cat", Face(0xA98C5D, 0xE7DCC6, "rosettes", 0x3B2C1E, 0.16, iris=0xBFA63C, **(_CAT | dict(ears="round", ear_size=0.9)))),
    ("koala", Face(0x9A9AA0, 0xC9C7C9, ears="round", ear_size=1.75, muzzle=0.0, nose=0.26, drop=0.28, eye=0.09, gap=0.42, jaw=0.7, length=0.9)),
    ("gorilla", Face(0x2A2827, 0x3B3836, ears="round", ear_size=0.4, marks="mask", muzzle=0.56, nose=0.24, nose_colour=0x161414, drop=0.3, eye=0.08, gap=0.26, jaw=0.8, skull=0.9, length=1.1)),
    ("chimp", Face(0x33261E, 0xC79A78, ears="round", ear_size=0.85, marks="mask patches", muzzle=0.52, nose=0.11, nose_colour=0x7A5443, drop=0.26, eye=0.1, gap=0.27, jaw=0.68, skull=0.88)),
    ("raccoon", Face(0x86807A, 0xE9E4DC, ears="round", ear_size=0.85, marks="cheeks bandit", muzzle=0.26, jaw=0.45, nose=0.13, eye=0.1, skull=1.02)),
    ("wolf", Face(0x7C776F, 0xDDD6CA, ears="prick", ear_size=0.9, marks="cheeks", muzzle=0.3, jaw=0.55, drop=0.56, eye=0.09, iris=0xC7A23E, length=1.1)),
    ("rabbit", Face(0xB7A08A, 0xEDE4DA, ears="long", muzzle=0.24, nose=0.09, nose_colour=0xC98B88, drop=0.34, eye=0.14, gap=0.5, jaw=0.6, skull=0.85, whiskers=True)),
    ("piglet", Face(0xE5A8A0, 0xE8AFA8, "mottle", ears="prick", ear_size=0.75, muzzle=0.3, nose=0.27, nose_colour=0xDB8F8A, drop=0.34, eye=0.08, jaw=0.75)),
    ("ram", Face(0xD9D0C0, 0xCFC3AF, "curl", ears="wide", ear_size=0.5, horns="curl", muzzle=0.3, nose=0.12, drop=0.6, eye=0.09, gap=0.48, jaw=0.45, iris=0xC0902F, skull=0.8, length=1.1, grain=0.14)),
    ("deer_head", Face(0xA8743F, 0xE2CDAE, ears="wide", ear_size=0.9, horns="antler", muzzle=0.28, nose=0.14, drop=0.66, eye=0.11, gap=0.5, jaw=0.4, skull=0.72, length=1.15)),
)  # fmt: skip
