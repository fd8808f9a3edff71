"""Vessels turned on a lathe: a profile, a handle, a spout, a lid, a glaze."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import arc, box, curve, lathe, oval, poly, tube

GLAZES = (0x3F6A8F, 0xA8483A, 0xE2DCCB, 0x5A7A5A, 0x7A4A6A, 0xC98A3A, 0x2F3A4A, 0xB9C2C6)
MATERIALS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "clay": ("mottle", "matte"), "glaze": ("cloud", "gloss"), "metal": ("brushed", "metal"),
    "glass": ("cloud", "metal"), "wood": ("wood", "matte"), "wicker": ("checks", "matte"),
})  # fmt: skip


@dataclass(frozen=True)
class Vessel(Kind):
    """A vessel from y = -1 (top) to 1 (foot); the profile lists y, radius from the rim down."""

    profile: tuple[float, ...] = (-0.8, 0.4, 0.0, 0.5, 0.9, 0.35)
    smooth: bool = True
    colour: int = -1
    material: str = "glaze"
    handle: str = ""  # side, twin, top, long, ear
    spout: str = ""  # beak, long
    lid: float = 0.0  # radius of a lid with a knob; 0: none
    cork: int = -1
    label: int = -1
    content: int = -1  # what is seen in the open mouth
    bands: int = -1
    hoops: bool = False

    family: ClassVar[str] = "vessel"
    context: ClassVar[str] = "indoor"
    stands: ClassVar[bool] = True
    turns: ClassVar[float] = 0.06

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Back to front: far rim, handle, spout, body, decoration, lid."""
        texture, finish = MATERIALS[self.material]
        base = self.colour if self.colour >= 0 else rand.pick(GLAZES)
        other = shade(base, 0.65) if self.material == "wicker" else -1
        look = Look(base, other, texture, 0.12 if self.material == "wicker" else 0.5,
            0.0 if self.material != "wood" else 1.57, 0.22, finish)
        fat, tall = rand.near(1, 0.12), rand.near(1, 0.08)
        profile = [value * (fat if step % 2 else tall) for step, value in enumerate(self.profile)]
        top, mouth, foot = profile[0], profile[1], profile[-2]
        widest = max(profile[1::2])
        self._handle(pen, base, look, top, mouth, foot, widest)
        if self.spout == "long":
            line = curve(widest * 0.7, 0.45, widest + 0.22, 0.2, widest + 0.35, top + 0.15)
            pen.solid(tube(line, 0.28, 0.18, 0.12), look)
        elif self.spout == "beak":
            pen.solid(poly(mouth * 0.4, top, mouth + 0.28, top - 0.06, mouth * 0.9, top + 0.3),
                look)
        body = lathe(0, *profile, smooth=self.smooth)
        pen.solid(body, look, 1.2)
        if self.bands >= 0:
            for y in (-0.25, 0.35):
                pen.decal(box(-1.2, y, 1.2, y + 0.14), Look(self.bands))
        if self.hoops:
            for y in (-0.6, -0.15, 0.3, 0.7):
                pen.decal(box(-1.2, y, 1.2, y + 0.07), Look(0x3A3C3F, finish="metal"))
        if self.label >= 0:
            pen.decal(box(-1.2, 0.05, 1.2, 0.55), Look(self.label, texture="cloud"))
            pen.decal(box(-0.18, 0.15, 0.18, 0.42, 0.08), Look(shade(self.label, 0.45)))
        if self.lid:
            pen.solid(oval(0, top - 0.02, self.lid, 0.13), look)
            pen.solid(oval(0, top - 0.18, 0.09), look)
        elif self.cork >= 0:
            pen.solid(box(-mouth * 0.85, top - 0.14, mouth * 0.85, top + 0.06, 0.03),
                Look(self.cork))
        elif mouth > 0.15:
            pen.solid(oval(0, top, mouth, mouth * 0.22), Look(shade(base, 0.9), texture="cloud",
                finish=finish), 0.6, False)
            inside = self.content if self.content >= 0 else shade(base, 0.35)
            pen.flat(oval(0, top + 0.01, mouth * 0.86, mouth * 0.16), inside)
        pen.mark("rim", 0, top)
        pen.mark("foot", 0, foot)

    def _handle(self, pen: Pen, base: int, look: Look, top: float, mouth: float, foot: float,
        widest: float) -> None:
        dark = shade(base, 0.85)
        middle = (top + foot) / 2
        if self.handle in ("side", "twin"):
            pen.line(arc(-widest * 0.85, middle - 0.05, 0.38, (foot - top) * 0.28, 1.4, 4.88, 14),
                dark, 0.12)
            pen.mark("handle", -widest * 0.85 - 0.38, middle - 0.05)
        if self.handle == "twin":
            pen.line(arc(widest * 0.85, middle - 0.05, 0.38, (foot - top) * 0.28, -1.74, 1.74, 14),
                dark, 0.12)
        elif self.handle == "ear":
            pen.line(curve(-mouth * 0.8, top + 0.1, -widest - 0.2, top + 0.1, -widest - 0.05,
                middle), dark, 0.1)
            pen.mark("handle", -widest - 0.15, top + 0.15)
        elif self.handle == "top":
            pen.line(arc(0, top, mouth * 0.98, 0.62, 3.14, 6.28, 14), 0x55585C, 0.06)
            pen.mark("handle", 0, top - 0.62)
        elif self.handle == "long":
            pen.line(poly(-widest * 0.9, middle - 0.15, -widest - 1.1, middle - 0.32), 0x2B2A2A,
                0.13)
            pen.mark("handle", -widest - 1.0, middle - 0.3)


VARIETIES: Varieties = (
    ("wine_bottle", Vessel((-1.0, 0.13, -0.45, 0.14, -0.15, 0.32, 0.0, 0.34, 0.95, 0.33, 1.0, 0.3),
        colour=0x2C4A2E, material="glass", cork=0xA87A4A, label=0xEDE6D2)),
    ("teapot", Vessel((-0.35, 0.32, -0.1, 0.62, 0.3, 0.7, 0.7, 0.45, 0.8, 0.38), handle="side",
        spout="long", lid=0.34)),
    ("vase", Vessel((-0.95, 0.3, -0.7, 0.18, -0.2, 0.5, 0.3, 0.55, 0.85, 0.28, 0.95, 0.32),
        bands=0xE9E2CF)),
    ("coffee_mug", Vessel((-0.6, 0.5, 0.0, 0.5, 0.65, 0.48, 0.7, 0.42), handle="side",
        content=0x3F2416)),
    ("goblet", Vessel((-0.9, 0.42, -0.4, 0.48, 0.05, 0.2, 0.2, 0.07, 0.75, 0.08, 0.9, 0.4, 0.95,
        0.42), colour=0xC9D9E2, material="glass", content=0x7A1F33)),
    ("bucket", Vessel((-0.6, 0.68, 0.7, 0.45, 0.75, 0.42), False, material="metal", colour=0xA9B0B5,
        handle="top")),
    ("barrel", Vessel((-0.85, 0.46, -0.4, 0.6, 0.0, 0.64, 0.4, 0.6, 0.85, 0.46), colour=0x8F6436,
        material="wood", hoops=True)),
    ("frying_pan", Vessel((-0.12, 0.85, 0.1, 0.8, 0.18, 0.72), False, 0x3A3B3E, "metal",
        handle="long")),
    ("pitcher", Vessel((-0.9, 0.3, -0.55, 0.26, 0.1, 0.55, 0.6, 0.52, 0.9, 0.36), handle="side",
        spout="beak")),
    ("milk_can", Vessel((-0.9, 0.36, -0.75, 0.26, -0.5, 0.28, -0.2, 0.52, 0.85, 0.54, 0.95, 0.5),
        False, 0xB9C0C4, "metal", handle="twin")),
    ("amphora", Vessel((-0.95, 0.22, -0.6, 0.16, -0.2, 0.5, 0.25, 0.45, 0.85, 0.14, 1.0, 0.18),
        colour=0xB5643A, material="clay", handle="twin", bands=0x2A201C)),
    ("ewer", Vessel((-1.0, 0.2, -0.6, 0.14, 0.0, 0.44, 0.4, 0.4, 0.7, 0.16, 0.95, 0.34),
        colour=0xC9A23A, material="metal", handle="side", spout="beak")),
    ("wok", Vessel((-0.2, 1.0, 0.1, 0.8, 0.35, 0.35, 0.38, 0.25), colour=0x2F3033, material="metal",
        handle="twin")),
    ("beer_mug", Vessel((-0.65, 0.46, 0.0, 0.45, 0.75, 0.48, 0.8, 0.46), False, 0xD99A2B, "glass",
        handle="side", content=0xF6F0DF, hoops=False, bands=0xE8B45A)),
    ("wine_glass", Vessel((-0.95, 0.3, -0.5, 0.42, -0.15, 0.26, 0.0, 0.05, 0.8, 0.05, 0.9, 0.38),
        colour=0xDCE6EA, material="glass")),
    ("cocktail_glass", Vessel((-0.8, 0.7, -0.1, 0.07, 0.7, 0.05, 0.85, 0.42), False, 0xC7DDE0,
        "glass", content=0xE88A4A)),
    ("soda_can", Vessel((-0.85, 0.36, -0.75, 0.45, 0.75, 0.45, 0.85, 0.36), False, 0xC4282C,
        "metal", label=0xEDEDE8)),
    ("kettle", Vessel((-0.3, 0.28, 0.0, 0.6, 0.6, 0.72, 0.7, 0.68), colour=0xB4BBC0,
        material="metal", handle="top", spout="beak", lid=0.28)),
    ("picnic_basket", Vessel((-0.3, 0.85, 0.6, 0.7, 0.65, 0.65), False, 0xB98A4A, "wicker",
        handle="top")),
    ("jam_jar", Vessel((-0.75, 0.4, -0.6, 0.4, -0.5, 0.52, 0.75, 0.52, 0.82, 0.45), False, 0xA8283A,
        "glass", cork=0xE2C34A, label=0xF2EDE0)),
    ("hourglass", Vessel((-0.9, 0.5, -0.8, 0.46, -0.3, 0.36, 0.0, 0.06, 0.3, 0.36, 0.8, 0.46, 0.9,
        0.5), colour=0xD9CBA0, material="glass", cork=0x6A4426, bands=-1)),
)  # fmt: skip
