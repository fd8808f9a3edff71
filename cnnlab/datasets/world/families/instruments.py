"""Winds, drums and keyboards."""

import math
from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.grammar import Kind, Varieties
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, box, curve, lathe, oval, poly, tube


@dataclass(frozen=True)
class Instrument(Kind):
    """Winds, drums, keys."""

    plan: str = "trumpet"
    colour: int = 0xD9B03A

    family: ClassVar[str] = "instrument"
    context: ClassVar[str] = "indoor"
    turns: ClassVar[float] = 0.15

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Draw by plan."""
        getattr(self, f"_{self.plan}")(pen, rand, Look(self.colour, -1, "brushed", 0.4, 0, 0.15,
            "metal"))

    def _trumpet(self, pen: Pen, rand: Rand, brass: Look) -> None:
        pen.solid(box(-0.5, -0.08, 0.6, 0.42, 0.22), brass._replace(colour=shade(self.colour, 0.8)),
            0.4)
        pen.decal(box(-0.36, 0.06, 0.46, 0.28, 0.12), Look(0x4A3F2A))
        for x in (-0.15, 0.05, 0.25):
            pen.solid(box(x - 0.06, -0.35, x + 0.06, 0.4, 0.03), brass)
        pen.solid(poly(-1.1, -0.05, 0.5, -0.06, 0.85, -0.12, 1.15, -0.38, 1.15, 0.36, 0.85, 0.1,
            0.5, 0.06, -1.1, 0.05), brass)
        pen.solid(oval(1.15, 0.0, 0.07, 0.38), brass)

    def _sax(self, pen: Pen, rand: Rand, brass: Look) -> None:
        line = curve(-0.55, -0.85, -0.25, -1.0, -0.1, -0.7, -0.05, 0.2, 0.05, 0.75, 0.35, 0.85, 0.5,
            0.45, 0.6, 0.0)
        pen.solid(tube(line, 0.07, 0.1, 0.17, 0.22, 0.27, 0.32, 0.4, 0.62), brass)
        pen.solid(oval(0.62, -0.03, 0.33, 0.11, 0.2), brass)
        pen.flat(oval(0.62, -0.04, 0.25, 0.07, 0.2), 0x4A3A18)
        for step in range(6):
            pen.solid(oval(-0.13 + 0.02 * step, -0.5 + 0.2 * step, 0.075),
                Look(0xEFE3B8, finish="metal"))
        pen.line(poly(-0.72, -0.78, -0.5, -0.88), 0x1E1C1C, 0.08)

    def _horn(self, pen: Pen, rand: Rand, brass: Look) -> None:
        for r in (0.55, 0.42):
            ring = oval(-0.1, 0.05, r, r, n=28)
            pen.line(ring[[*range(28), 0]], self.colour, 0.1)
            pen.line(ring[[*range(28), 0]] + (-0.02, -0.02), shade(self.colour, 1.2), 0.03)
        pen.solid(tube(curve(-0.1, 0.6, 0.35, 0.6, 0.7, 0.75), 0.1, 0.25, 0.8), brass)
        pen.line(curve(-0.4, -0.35, -0.2, -0.75, 0.1, -0.9), self.colour, 0.06)

    def _flute(self, pen: Pen, rand: Rand, brass: Look) -> None:
        pen.solid(tube(curve(-1.2, 0, 0, 0, 1.2, 0), 0.16), brass)
        for step in range(8):
            pen.solid(oval(-0.35 + 0.18 * step, -0.02, 0.06), Look(shade(self.colour, 0.7),
                finish="metal"))
        pen.solid(oval(-0.85, -0.03, 0.14, 0.09), Look(shade(self.colour, 0.8), finish="metal"))

    def _drum(self, pen: Pen, rand: Rand, brass: Look) -> None:
        shell = Look(self.colour, -1, "cloud", 0.5, 0, 0.2, "gloss")
        pen.solid(box(-0.85, -0.3, 0.85, 0.6, 0.1), shell, 1.2)
        for step in range(7):
            x = -0.75 + 0.25 * step
            pen.line(poly(x, -0.2, x + 0.12, 0.55, x + 0.25, -0.2), 0xE9E0C8, 0.03)
        pen.solid(box(-0.9, 0.5, 0.9, 0.64, 0.06), Look(0xC9A23A, finish="metal"))
        pen.solid(oval(0, -0.3, 0.9, 0.26), Look(0xC9A23A, finish="metal"), 0.4)
        pen.solid(oval(0, -0.32, 0.8, 0.2), Look(0xF1ECDF, texture="cloud", finish="soft"), 0.3)
        for turn in (-0.5, -0.2):
            pen.line(poly(-0.1, -0.35, -0.1 + 1.0 * math.cos(turn), -0.35 + 1.0 * math.sin(turn)),
                0xC9A06A, 0.06)

    def _congas(self, pen: Pen, rand: Rand, brass: Look) -> None:
        for x in (-0.38, 0.4):
            pen.solid(lathe(x, -0.75, 0.3, -0.3, 0.36, 0.3, 0.32, 0.9, 0.2),
                Look(self.colour, -1, "wood", 0.4, 1.57), 1.1)
            pen.decal(box(x - 0.5, -0.66, x + 0.5, -0.58), Look(0xC9CDD0, finish="metal"))
            pen.solid(oval(x, -0.75, 0.3, 0.09), Look(0xEFE6D2, finish="soft"), 0.4)

    def _piano(self, pen: Pen, rand: Rand, brass: Look) -> None:
        black = Look(self.colour, texture="cloud", finish="gloss", contrast=0.3)
        pen.solid(poly(-0.85, -0.15, -0.6, -1.15, 0.0, -1.25, 0.6, -0.95, 0.95, -0.2), black, 0.3)
        pen.solid(blob(-0.9, -0.2, 0.95, -0.2, 1.0, 0.18, 0.3, 0.3, -0.9, 0.28, steps=2), black,
            0.6)
        pen.solid(box(-0.95, 0.1, 0.1, 0.34), black, 0.5)
        pen.flat(poly(-0.88, 0.12, 0.04, 0.12, 0.1, 0.26, -0.95, 0.26), 0xF3F0E6)
        for step in range(12):
            pen.flat(box(-0.85 + 0.075 * step, 0.12, -0.82 + 0.075 * step, 0.2), 0x17161A)
        for x in (-0.8, 0.05, 0.85):
            pen.solid(box(x - 0.05, 0.3, x + 0.05, 0.98), black)
        pen.line(poly(0.3, 0.0, 0.1, -0.85), 0x2A2420, 0.04)

    def _upright(self, pen: Pen, rand: Rand, brass: Look) -> None:
        wood = Look(self.colour, -1, "wood", 0.5, 0, 0.3, "gloss")
        pen.solid(box(-0.95, -0.85, 0.95, 0.95, 0.03), wood, 0.3)
        pen.solid(box(-0.8, -0.7, 0.8, -0.15), wood._replace(colour=shade(self.colour, 0.75)), 0.3)
        pen.solid(box(-1.0, 0.0, 1.0, 0.25, 0.02), wood, 0.5)
        pen.flat(box(-0.9, -0.02, 0.9, 0.14), 0xF3F0E6)
        for step in range(20):
            pen.flat(box(-0.87 + 0.089 * step, -0.02, -0.83 + 0.089 * step, 0.07), 0x17161A)

    def _accordion(self, pen: Pen, rand: Rand, brass: Look) -> None:
        open_ = rand.span(0.3, 0.55)
        bellows = Look(0x2A2624, 0xB9B0A0, "bands", 0.1, 1.57)
        pen.solid(poly(-open_, -0.6, open_, -0.7, open_, 0.7, -open_, 0.6), bellows, 0.3)
        shell = Look(self.colour, texture="cloud", finish="gloss")
        pen.solid(box(-open_ - 0.4, -0.68, -open_, 0.66, 0.06), shell)
        pen.solid(box(open_, -0.78, open_ + 0.42, 0.78, 0.06), shell)
        for step in range(10):
            pen.flat(box(open_ + 0.24, -0.65 + 0.13 * step, open_ + 0.4, -0.55 + 0.13 * step),
                0xF3F0E6)
        for step in range(6):
            for column in (0.12, 0.26):
                pen.flat(oval(-open_ - column, -0.45 + 0.18 * step, 0.045, n=8), 0xEDE7D6)

    def _harp(self, pen: Pen, rand: Rand, brass: Look) -> None:
        for step in range(10):
            t = step / 9
            pen.line(poly(-0.5 + 0.85 * t, -0.85 + 0.35 * t, -0.5 + 0.95 * t, 0.85 - 1.35 * t),
                0xEDE7D6, 0.018)
        pen.solid(tube(curve(-0.6, 1.0, -0.58, 0.0, -0.55, -0.95), 0.14, 0.12), brass)
        pen.solid(tube(curve(-0.55, -0.95, -0.2, -1.05, 0.1, -0.75, 0.5, -0.75), 0.14, 0.16, 0.14),
            brass)
        pen.solid(tube(curve(-0.62, 1.0, 0.0, 0.3, 0.5, -0.75), 0.3, 0.22, 0.14),
            Look(shade(self.colour, 0.75), -1, "wood", 0.4, 1.0))

    def _xylophone(self, pen: Pen, rand: Rand, brass: Look) -> None:
        for y in (-0.25, 0.35):
            pen.line(poly(-1.0, y * 1.3, 1.0, y * 0.7), 0x6A4A2C, 0.07)
        for step in range(9):
            x, long = -0.9 + 0.225 * step, 0.62 - 0.04 * step
            colour = (0xC9302C, 0xD9702C, 0xE0B02C, 0x4F9A3A,
                0x3A7FB8)[step % 5] if self.colour == 0 else self.colour
            pen.solid(box(x - 0.085, -long, x + 0.085, long + 0.1, 0.03),
                Look(colour, finish="gloss"), 0.8)
        pen.line(poly(0.1, 0.2, 1.05, -0.6), 0xC9A06A, 0.05)
        pen.solid(oval(0.1, 0.2, 0.1), Look(0xB03A2A))

    def _gramophone(self, pen: Pen, rand: Rand, brass: Look) -> None:
        pen.solid(poly(-0.6, 0.45, 0.6, 0.45, 0.7, 1.0, -0.7, 1.0), Look(0x7A4A2A, -1, "wood", 0.4,
            0))
        pen.solid(oval(0, 0.45, 0.5, 0.12), Look(0x201E1E))
        pen.line(curve(0.45, 0.35, 0.62, 0.0, 0.3, -0.15), self.colour, 0.08)
        pen.solid(tube(curve(0.35, -0.1, 0.0, -0.35, -0.35, -0.65), 0.12, 0.4, 1.0), brass)
        pen.solid(oval(-0.42, -0.72, 0.3, 0.55, 0.72), Look(shade(self.colour, 0.6), texture="ribs",
            finish="metal"))

    def _bagpipe(self, pen: Pen, rand: Rand, brass: Look) -> None:
        for x, y in ((-0.5, -1.0), (-0.2, -1.15), (0.1, -1.2)):
            pen.solid(tube(curve(x * 0.3, 0.0, x * 0.7, -0.5, x, y), 0.1, 0.08, 0.14),
                Look(0x2A201C, 0xD9CFB8, "bands", 0.3, 0))
        pen.solid(blob(-0.7, 0.0, -0.3, -0.35, 0.4, -0.3, 0.7, 0.1, 0.3, 0.5, -0.4, 0.45),
            Look(self.colour, 0x24402C, "checks", 0.2, 0.4))
        pen.solid(tube(curve(0.45, 0.3, 0.6, 0.7, 0.75, 1.1), 0.1, 0.09), Look(0x2A201C))

    def _tambourine(self, pen: Pen, rand: Rand, brass: Look) -> None:
        pen.solid(oval(0, 0, 0.9, n=28), Look(self.colour, -1, "wood", 0.4, 0.4), 0.3)
        pen.solid(oval(0, 0, 0.76, n=28), Look(0xEFE6D2, texture="cloud", finish="soft"), 0.3)
        for step in range(8):
            angle = step * 0.785
            pen.solid(oval(0.84 * math.cos(angle), 0.84 * math.sin(angle), 0.12),
                Look(0xD9C05A, finish="metal"))

    def _metronome(self, pen: Pen, rand: Rand, brass: Look) -> None:
        pen.solid(poly(-0.25, -0.9, 0.25, -0.9, 0.6, 0.95, -0.6, 0.95),
            Look(self.colour, -1, "wood", 0.4, 1.57))
        pen.decal(poly(-0.15, -0.8, 0.15, -0.8, 0.4, 0.5, -0.4, 0.5), Look(0xEFE6D2))
        swing = rand.span(-0.6, 0.6)
        pen.line(poly(0, 0.45, 1.25 * math.sin(swing), 0.45 - 1.25 * math.cos(swing)), 0x8A8D90,
            0.045)
        pen.flat(oval(0.7 * math.sin(swing), 0.45 - 0.7 * math.cos(swing), 0.1), 0xC9A23A)


VARIETIES: Varieties = (
    ("trumpet", Instrument("trumpet")),
    ("saxophone", Instrument("sax", 0xCFA036)),
    ("drum", Instrument("drum", 0xB8302C)),
    ("grand_piano", Instrument("piano", 0x1F1E22)),
    ("accordion", Instrument("accordion", 0xB0242C)),
    ("harp", Instrument("harp")),
    ("french_horn", Instrument("horn", 0xD9A93A)),
    ("flute", Instrument("flute", 0xC4CACE)),
    ("gramophone", Instrument("gramophone")),
    ("congas", Instrument("congas", 0xA5622F)),
    ("upright_piano", Instrument("upright", 0x6A3F24)),
    ("xylophone", Instrument("xylophone", 0)),
    ("bagpipe", Instrument("bagpipe", 0xA8302C)),
    ("tambourine", Instrument("tambourine", 0xB9803F)),
    ("metronome", Instrument("metronome", 0x8A5228)),
)  # fmt: skip
