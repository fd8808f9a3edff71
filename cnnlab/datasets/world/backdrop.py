"""Backgrounds with natural statistics, clutter behind the object and things in front of it."""

import math
from collections.abc import Mapping
from types import MappingProxyType

import cv2
import numpy as np

from cnnlab.datasets.world.canvas import Bytes, Canvas, Light, Place
from cnnlab.datasets.world.looks import LIT, Look, Tint, ramp
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import Points, blob, box, curve, limb, oval, petal, tube

SKIES = (0x86AEDB, 0xA9C4DE, 0xC3CBD2, 0xE0C6A8, 0x6F9BD0, 0xD7DDE2)
GROUNDS = (
    Look(0x6E8C3E, 0x4E6B2C, "grass", 0.5),
    Look(0xC9B48A, -1, "mottle", 0.6),
    Look(0x8A8378, -1, "gravel", 0.35),
    Look(0x77787B, -1, "mottle", 0.5),
    Look(0x7A5C3E, -1, "gravel", 0.5),
    Look(0xE6EAEE, -1, "cloud", 0.9),
    Look(0x9A8B4A, 0x6E6A34, "grass", 0.6),
)
WATERS = (
    Look(0x4A7F9C, 0x86B4C4, "water", 0.5),
    Look(0x2F5F74, 0x7FA6AA, "water", 0.6),
    Look(0x5F8A86, 0x9CBDB4, "water", 0.5),
)
WALLS = (
    Look(0xCFC2AC, -1, "cloud", 1.2),
    Look(0xA45C44, 0xC9B9A6, "bricks", 0.9),
    Look(0x9FB0B4, -1, "cloud", 1.0),
    Look(0xB9A27E, 0x9C8460, "bands", 0.45, 1.57),
    Look(0x8F6B48, -1, "planks", 0.9, 1.57),
    Look(0xC9CFC4, -1, "tiles", 0.6),
    Look(0x7C8796, -1, "mottle", 0.8),
)
FLOORS = (
    Look(0x9A6C40, -1, "planks", 0.7),
    Look(0xB3ABA0, -1, "tiles", 0.8),
    Look(0x7A4A44, -1, "knit", 0.5),
    Look(0x6D6A68, -1, "mottle", 0.5),
    Look(0xC4A678, -1, "wood", 0.9),
)
LEAVES = (
    Look(0x2E4A22, 0x7FA24A, "foliage", 0.4),
    Look(0x3F4A22, 0x9AA04A, "foliage", 0.55),
    Look(0x4A3A22, 0xB0813A, "foliage", 0.45),
    Look(0x24402C, 0x5F8F5A, "foliage", 0.3),
)
DEPTHS = (Look(0x1F5F8A, 0x5FA6C4, "water", 0.9), Look(0x1C4A66, 0x3F8A9C, "cloud", 0.9))
PLAIN = (0x8FA0A8, 0xA89C8A, 0x7F8F7A, 0xB8AFA6, 0x6F7A8C, 0x9A8078, 0xC8C2B4, 0x5F6660)
SURFACES = GROUNDS[:5] + FLOORS + LEAVES[:3] + WALLS[:3]
SETTINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {  # where things of a kind are usually seen
        "outdoor": ("field", "field", "leaves", "soft"),
        "indoor": ("room", "room", "surface", "soft"),
        "sky": ("air", "air", "field"),
        "water": ("sea", "sea", "field"),
        "deep": ("deep", "deep", "soft"),
        "ground": ("surface", "leaves", "soft"),
        "any": ("field", "room", "leaves", "surface", "soft", "air", "sea"),
    }
)


def fill(canvas: Canvas, look: Look, tint: Tint, y0: int, y1: int, near: float = 1.0) -> None:
    """Cover rows y0 to y1 with a look; `near` enlarges its texture."""
    if y1 <= y0:
        return
    length = look.grain * near * 0.5 * max(canvas.height, canvas.width)
    grey = canvas.texture(look, length, look.angle, (0, y0, canvas.width, y1))
    cv2.applyColorMap(grey, ramp(look, tint), canvas.colour[y0:y1])


def shade_rows(canvas: Canvas, y0: int, y1: int, first: float, last: float) -> None:
    """Let the shade run from `first` to `last` (1: unchanged) over rows y0 to y1."""
    if y1 > y0:
        ramped = np.linspace(first * LIT, last * LIT, y1 - y0).astype(np.uint8)
        canvas.shade[y0:y1] = ramped[:, None]


def backdrop(canvas: Canvas, rand: Rand, setting: str, tint: Tint, defocus: float) -> None:
    """Paint a background fit for a setting (see SETTINGS) and blur it by `defocus`, 0 to 1."""
    height = canvas.height
    style = rand.pick(SETTINGS[setting])
    horizon = int(height * rand.span(0.3, 0.75))
    if style == "soft":
        _soft(canvas, rand, tint)
    elif style == "surface":
        fill(canvas, rand.pick(SURFACES), tint, 0, height, rand.span(0.7, 1.5))
    elif style == "leaves":
        fill(canvas, rand.pick(LEAVES), tint, 0, height, rand.span(0.6, 1.6))
    elif style == "deep":
        fill(canvas, rand.pick(DEPTHS), tint, 0, height)
        shade_rows(canvas, 0, height, 1.25, 0.75)
    elif style == "air":
        fill(canvas, Look(rand.pick(SKIES), 0xF4F4F2, "cloud", rand.span(0.7, 1.4)), tint, 0,
            height)
        shade_rows(canvas, 0, height, 0.9, 1.1)
    else:
        upper: Look
        if style == "room":
            upper, lower = rand.pick(WALLS), rand.pick(FLOORS)
        else:
            upper = Look(rand.pick(SKIES), 0xF1F1EF, "cloud", rand.span(0.35, 0.8))
            lower = rand.pick(WATERS if style == "sea" else GROUNDS)
        fill(canvas, upper, tint, 0, horizon)
        fill(canvas, lower, tint, horizon, height, 0.4)
        shade_rows(canvas, horizon, height, 0.82, 1.1)
        if style == "field" and rand.chance(0.6):
            _treeline(canvas, rand, horizon, tint)
    if defocus > 0.3:
        kernel = 1 + 2 * int(defocus * 0.015 * height)
        canvas.colour[:] = cv2.blur(canvas.colour, (kernel, kernel))


def _soft(canvas: Canvas, rand: Rand, tint: Tint) -> None:
    first, second = rand.pick(PLAIN), rand.pick(PLAIN)
    fill(canvas, Look(first, second, "cloud", rand.span(0.7, 2.0)), tint, 0, canvas.height)
    shade_rows(canvas, 0, canvas.height, rand.span(0.75, 1.2), rand.span(0.75, 1.2))


def _treeline(canvas: Canvas, rand: Rand, horizon: int, tint: Tint) -> None:
    """Bushes or hills along the horizon."""
    pen = Pen()
    look = rand.pick(LEAVES) if rand.chance(0.6) else Look(0x7F93A0, -1, "cloud", 0.8)
    x = -0.1
    while x < 1.1:
        wide = rand.span(0.12, 0.35)
        pen.solid(oval(x, 0.0, wide, rand.span(0.06, 0.2), n=14), look._replace(grain=0.12), 0.8,
            False)
        x += wide * 1.1
    spot = Place(np.eye(2) * canvas.width, (0.0, float(horizon)), float(canvas.width))
    keep = canvas.colour[horizon:].copy(), canvas.shade[horizon:].copy()
    canvas.paint(pen, spot, Light(-0.5, -0.8, 0.0), tint)
    canvas.colour[horizon:], canvas.shade[horizon:] = keep


def any_look(rand: Rand) -> Look:
    """A surface of no class in particular."""
    base = rand.pick(SURFACES)
    if rand.chance(0.5):
        return base._replace(grain=0.3)
    value = rand.span(0.3, 0.95)
    r, g, b = (int(255 * value * rand.span(0.45, 1.0)) for _ in range(3))
    texture = rand.pick(("mottle", "cloud", "wood", "fur", "ribs", "knit", "stripes", "dots",
        "brushed"))
    other = -1 if rand.chance(0.7) else (255 - r) << 16 | g << 8 | b
    return Look(r << 16 | g << 8 | b, other, texture, rand.span(0.15, 0.5), rand.span(0, 3), 0.3)


def lump(rand: Rand) -> Points:
    """An outline of no class in particular, about one unit across."""
    which = rand.below(5)
    turn = rand.span(0, math.pi)
    if which == 0:
        return oval(0, 0, rand.span(0.25, 0.5), rand.span(0.25, 0.5), turn)
    if which == 1:
        return box(-0.5, -rand.span(0.15, 0.5), 0.5, 0.3, rand.span(0, 0.2))
    if which == 2:
        return limb(-0.5, rand.span(-0.4, 0.4), 0.5, rand.span(-0.4, 0.4), 0.15,
            rand.span(0.1, 0.4))
    if which == 3:
        return petal(-0.5, 0, rand.span(-1, 1), 1.0, rand.span(0.25, 0.6))
    radii = [rand.span(0.25, 0.55) for _ in range(6)]
    corners = [c for i, r in enumerate(radii) for c in (r * math.cos(i * 1.047),
        r * math.sin(i * 1.047))]
    return blob(*corners)


def clutter(canvas: Canvas, rand: Rand, count: int, light: Light, tint: Tint) -> None:
    """Scatter things of no class over the background."""
    side = max(canvas.height, canvas.width)
    for _ in range(count):
        pen = Pen()
        pen.solid(lump(rand), any_look(rand))
        for _ in range(rand.below(3)):
            pen.at(rand.span(-0.4, 0.4), rand.span(-0.4, 0.4), 0.5, rand.span(0,
                6)).solid(lump(rand), any_look(rand))
        size = side * rand.span(0.14, 0.42)
        centre = (canvas.width * rand.span(0, 1), canvas.height * rand.span(0.1, 1.05))
        canvas.paint(pen, Place(_turn(rand) * size, centre, size), light, tint)


def _turn(rand: Rand) -> np.ndarray:
    angle = rand.span(0, 2 * math.pi)
    return np.array(((math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))))


def occluder(canvas: Canvas, rand: Rand) -> tuple[Pen, Place]:
    """Something that reaches into the picture from its border, as a pen and its place."""
    pen = Pen()
    side = max(canvas.height, canvas.width)
    if rand.chance(0.5):  # a twig with leaves
        leaf = rand.pick(LEAVES)._replace(texture="mottle", other=-1, colour=rand.pick((0x5F8A3A,
            0x7A9A4A, 0x8A7A3A)))
        pen.line(curve(0, 0, 0.2, 0.05, 0.45, rand.span(-0.1, 0.15)), 0x5A4028, 0.025)
        for step in range(5):
            x = 0.08 + 0.09 * step
            pen.solid(petal(x, 0.03, rand.span(0.4, 1.0) * (1 if step % 2 else -1), 0.17, 0.08),
                leaf)
    else:  # a post, an arm or a stone
        wide = rand.span(0.06, 0.13)
        pen.solid(tube(curve(-0.05, 0, 0.2, rand.span(-0.05, 0.05), 0.38, rand.span(-0.1, 0.1)),
            wide, wide * 0.8), any_look(rand))
    edge = rand.below(4)
    along = rand.span(0.15, 0.85)
    angle = (0.0, math.pi / 2, math.pi, -math.pi / 2)[edge] + rand.span(-0.5, 0.5)
    start = ((0.0, along), (along, 0.0), (1.0, along), (along, 1.0))[edge]
    matrix = np.array(((math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))))
    size = side * rand.span(0.7, 1.1)
    return pen, Place(matrix * size, (start[0] * canvas.width, start[1] * canvas.height), size)


def contact(canvas: Canvas, x: float, y: float, rx: float, ry: float, dark: float) -> None:
    """Darken a soft ellipse on the ground under an object (canvas px)."""
    x0, x1 = max(0, int(x - rx * 1.3)), min(canvas.width, int(x + rx * 1.3) + 1)
    y0, y1 = max(0, int(y - ry * 1.6)), min(canvas.height, int(y + ry * 1.6) + 1)
    if x0 >= x1 or y0 >= y1:
        return
    spot: Bytes = np.full((y1 - y0, x1 - x0), 255, np.uint8)
    centre = (int((x - x0) * 16), int((y - y0) * 16))
    axes = (int(rx * 16), max(16, int(ry * 16)))
    cv2.ellipse(spot, centre, axes, 0, 0, 360, (255 * (1 - dark),), -1, cv2.LINE_8, 4)
    kernel = 1 + 2 * int(max(1.0, ry * 0.6))
    soft = cv2.blur(spot, (kernel, kernel))
    under = canvas.shade[y0:y1, x0:x1]
    cv2.multiply(under, soft, under, scale=1 / 255)
