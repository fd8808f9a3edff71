"""What makes two things of one class differ: colours, surfaces and bends that all classes share.

A class is the arrangement of its parts. Its usual colours and textures help to know it, as in
photographs, but only so often: else they come from pools that belong to no class.
"""

import math

import numpy as np

from cnnlab.datasets.world.bias import Bias
from cnnlab.datasets.world.looks import Look, Tint, blend, rgb, tint
from cnnlab.datasets.world.pen import Part, Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import Points

COLOURS = (
    0x2B2724, 0x4A3A2E, 0x6B4A2E, 0x8A5A32, 0xA9743F, 0xC49A62, 0xD9C09A, 0xEDE6DA, 0xF4F4F2,
    0xB9BDC0, 0x8C9196, 0x5E646A, 0x3A3F46, 0x8E2F2A, 0xC23B2E, 0xD9772F, 0xE0A93A, 0xE6CF5A,
    0x8FA040, 0x4F7F3A, 0x2F5F45, 0x3F8A8A, 0x4A86B8, 0x2F5390, 0x5B4A8C, 0x8A5A8A, 0xC77F96,
)  # fmt: skip
TEXTURES = (
    "mottle", "cloud", "fur", "wood", "ribs", "brushed", "knit", "stripes", "dots", "patches",
    "spots", "curl", "scales", "planks", "crumb",
)  # fmt: skip
DARK, PALE = 50, 235  # pupils, tyres and teeth keep their colour


def own_tint(rand: Rand, bias: Bias) -> Tint:
    """How one instance's colours are turned, bleached and lit."""
    hue = rand.span(-bias.hue, bias.hue)
    return tint(hue, rand.span(*bias.saturation), rand.span(*bias.brightness))


def vary(pen: Pen, rand: Rand, bias: Bias, frontal: bool = False) -> None:
    """Give one instance its own colours, textures and shape; landmarks move along.

    A frontal view is bent less, so that its parts stay where a face has them.
    """
    looks: dict[Look, Look] = {}
    colours: dict[int, int] = {}
    repaint, retexture = rand.chance(bias.repaint), rand.chance(bias.retexture)
    amount = rand.span(0, bias.bend) * (0.3 if frontal else 1.0)
    points = [part.points for part in pen.parts]
    bent = _bent(np.concatenate([*points, *(np.array((at,)) for at in pen.marks.values())]), rand,
        amount)  # fmt: skip
    begin = 0
    for index, part in enumerate(pen.parts):
        look = looks.get(part.look)
        if look is None:
            look = _repainted(part.look, colours, rand) if repaint else part.look
            if retexture and part.mode in ("solid", "decal"):
                look = _retextured(look, rand)
            looks[part.look] = look
        end = begin + len(part.points)
        pen.parts[index] = Part(part.mode, bent[begin:end], look, part.amount, part.casts)
        begin = end
    for name, (x, y) in zip(pen.marks, bent[begin:].tolist(), strict=True):
        pen.marks[name] = (x, y)


def _repainted(look: Look, colours: dict[int, int], rand: Rand) -> Look:
    """A look in the instance's colours; one new colour for all parts that share an old one."""

    def new(colour: int) -> int:
        if colour not in colours:
            channels = rgb(colour)
            keep = max(channels) < DARK or min(channels) > PALE
            mixed = blend(colour, rand.pick(COLOURS), rand.span(0.6, 1.0))
            colours[colour] = colour if keep else mixed
        return colours[colour]

    return look._replace(colour=new(look.colour), other=new(look.other) if look.other >= 0 else -1)


def _retextured(look: Look, rand: Rand) -> Look:
    """A look with a texture of no class in particular, coarser or finer, along or across."""
    grain, angle = look.grain * rand.pick((0.7, 1.0, 1.4)), look.angle + rand.pick((0.0, 1.57))
    return look._replace(
        texture=rand.pick(TEXTURES), grain=grain, angle=angle, contrast=rand.span(0.1, 0.4)
    )


def _bent(points: Points, rand: Rand, amount: float) -> Points:
    """Points of a plane that two slow waves bend, by at most `amount` object units."""
    bent = points.copy()
    for _ in range(2):
        angle, toward = rand.span(0, 2 * math.pi), rand.span(0, 2 * math.pi)
        pace = rand.span(1.2, 2.6)  # radians an object unit
        way = np.array((pace * math.cos(angle), pace * math.sin(angle)))
        wave = (0.5 * amount) * np.sin(points @ way + rand.span(0, 2 * math.pi))  # (N,)
        bent[:, 0] += wave * math.cos(toward)
        bent[:, 1] += wave * math.sin(toward)
    return bent
