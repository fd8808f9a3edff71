"""A stage for pictures of several things, painted from far to near, and what is seen of each."""

import math
from typing import NamedTuple

import numpy as np

from cnnlab.datasets.world.backdrop import contact, fill, shade_rows
from cnnlab.datasets.world.bias import Bias
from cnnlab.datasets.world.canvas import OVERSAMPLING, Bytes, Canvas, Light, Place, extent, stand
from cnnlab.datasets.world.develop import develop
from cnnlab.datasets.world.grammar import Kind
from cnnlab.datasets.world.instances import own_tint
from cnnlab.datasets.world.looks import Look, tint
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.scene import Image
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import Points


class Thing(NamedTuple):
    """An object that has been painted; `name` is its class, or "" if it bears none."""

    pen: Pen
    place: Place
    name: str
    variety: str


class Stage:
    """Paints one picture; lengths are in units of its height, x from 0 to `aspect`, y down."""

    def __init__(self, rand: Rand, bias: Bias, height: int, width: int) -> None:
        self.rand, self.bias = rand, bias
        self.height, self.width = height, width
        shift = (rand.below(1 << 16), rand.below(1 << 16))
        self.canvas = Canvas(height * OVERSAMPLING, width * OVERSAMPLING, shift)
        self.unit = float(self.canvas.height)  # canvas px per unit
        self.aspect = width / height
        angle = rand.span(-2.4, -0.7)
        self.light = Light(math.cos(angle), math.sin(angle), rand.span(*bias.shadow))
        self.tint = tint(
            rand.span(-0.08, 0.08), rand.span(*bias.saturation), rand.span(*bias.brightness)
        )
        self.things: list[Thing] = []

    def rows(self, look: Look, y0: float, y1: float, near: float = 1.0) -> None:
        """Cover the band from y0 to y1; `near` enlarges the texture."""
        top, low = max(0, round(y0 * self.unit)), min(self.canvas.height, round(y1 * self.unit))
        fill(self.canvas, look, self.tint, top, low, near * 2 / max(1.0, self.aspect))

    def dim(self, y0: float, y1: float, first: float, last: float) -> None:
        """Let the light run from `first` to `last` over the band from y0 to y1."""
        top, low = max(0, round(y0 * self.unit)), min(self.canvas.height, round(y1 * self.unit))
        shade_rows(self.canvas, top, low, first, last)

    def area(self, points: Points, look: Look, round: float = 0.15, casts: bool = False) -> None:
        """Paint a surface given in picture units."""
        pen = Pen()
        pen.solid(points, look, round, casts)
        self.paint(pen)

    def paint(self, pen: Pen) -> None:
        """Paint parts given in picture units."""
        spot = Place(np.eye(2) * self.unit, (0.0, 0.0), self.unit)
        self.canvas.paint(pen, spot, self.light, self.tint)

    def drawn(self, kind: Kind) -> Pen:
        """A fresh instance of a kind."""
        pen = Pen()
        kind.draw(pen, self.rand)
        return pen

    def put(
        self,
        kind: Kind,
        x: float,
        foot: float,
        tall: float,
        *,
        name: str = "",
        flip: bool | None = None,
        shadow: bool = True,
    ) -> Place:
        """Stand a new object of the kind on (x, foot), `tall` high, and paint it."""
        pen = self.drawn(kind)
        if flip is None:
            flip = kind.flips and self.rand.chance(0.5)
        turn = self.rand.normal(kind.turns * 0.4)
        spot = stand(pen, x * self.unit, foot * self.unit, tall * self.unit, flip=flip, turn=turn)
        self.add(pen, spot, name, kind.family, shadow)
        return spot

    def add(self, pen: Pen, spot: Place, name: str, variety: str, shadow: bool = True) -> None:
        """Paint a placed object, with its shadow on the ground."""
        own = own_tint(self.rand, self.bias)
        if shadow:
            x1, _, x2, y2 = extent(pen, spot)
            wide = (x2 - x1) / 2
            middle = (x1 + x2) / 2 - self.light.x * wide * 0.15
            contact(self.canvas, middle, y2 - wide * 0.03, wide, wide * 0.14, self.light.shadow)
        self.canvas.paint(pen, spot, self.light, own)
        self.things.append(Thing(pen, spot, name, variety))

    def seen(self) -> list[tuple[Thing, Bytes, Bytes]]:
        """Each named thing with its whole and its visible silhouette on the canvas."""
        hidden: Bytes = np.zeros((self.canvas.height, self.canvas.width), np.uint8)
        found = []
        for thing in reversed(self.things):
            whole = self.canvas.stamp(thing.pen, thing.place)
            if thing.name:
                found.append((thing, whole, np.where(hidden > 0, np.uint8(0), whole)))
            hidden |= whole
        return found[::-1]

    def picture(self) -> Image:
        """The finished picture (height, width, 3)."""
        return develop(self.canvas, self.rand, self.bias, self.height, self.width)
