"""Wheels shared by everything that rolls."""

import math

from cnnlab.datasets.world.looks import Look
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.shapes import oval, poly

RUBBER = Look(0x2A2A2C, -1, "mottle", 0.1, 0.0, 0.3, "soft")
RIM = Look(0xA9AEB4, -1, "brushed", 0.2, 0.0, 0.2, "metal")
PAINTS = (0xB3262A, 0x1F4E8C, 0xE2E3E0, 0x2B2E33, 0x8F979E, 0x2F6B46, 0xD9A62B, 0x6A2C4A, 0x7AA6C2,
    0xB06A2C)


def wheel(pen: Pen, x: float, y: float, r: float, turn: float, rim: int = 0xB5BAC0) -> None:
    """A car wheel: tyre, rim, five spokes."""
    pen.solid(oval(x, y, r), RUBBER, 0.6, False)
    pen.solid(oval(x, y, r * 0.6), RIM._replace(colour=rim), 0.8, False)
    for step in range(5):
        angle = turn + step * 1.2566
        near = (x + r * 0.2 * math.cos(angle), y + r * 0.2 * math.sin(angle))
        far = (x + r * 0.52 * math.cos(angle), y + r * 0.52 * math.sin(angle))
        pen.line(poly(*near, *far), 0x4A4E54, r * 0.13)
    pen.flat(oval(x, y, r * 0.14, n=10), 0x55595F)


def spoked(pen: Pen, x: float, y: float, r: float, turn: float, tyre: int, spokes: int,
    thick: float) -> None:
    """A thin wheel one can see through: ring, spokes, hub."""
    for step in range(spokes):
        angle = turn + step * math.pi / spokes
        dx, dy = r * math.cos(angle), r * math.sin(angle)
        pen.line(poly(x - dx, y - dy, x + dx, y + dy), 0xB9BDC2, 0.018)
    ring = oval(x, y, r, n=28)
    pen.line(ring[[*range(28), 0]], tyre, thick)
    inner = oval(x, y, r - thick * 0.75, n=28)
    pen.line(inner[[*range(28), 0]], 0xA5A9AE, thick * 0.35)
    pen.flat(oval(x, y, 0.045, n=10), 0x77797D)
