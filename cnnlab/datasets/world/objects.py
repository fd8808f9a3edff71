"""Pictures of single objects: the imagenet and Caltech roles."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from cnnlab.datasets.world.backdrop import backdrop, clutter, contact, occluder
from cnnlab.datasets.world.bias import Bias
from cnnlab.datasets.world.canvas import OVERSAMPLING, Bytes, Canvas, Light, Place, place
from cnnlab.datasets.world.develop import develop
from cnnlab.datasets.world.grammar import Kind
from cnnlab.datasets.world.instances import own_tint, vary
from cnnlab.datasets.world.looks import tint
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.scene import Image, Instance, tight
from cnnlab.datasets.world.seeding import Rand


class Shot(NamedTuple):
    """A picture and what is needed to work out its truth afterwards."""

    image: Image
    canvas: Canvas
    pen: Pen
    place: Place
    front: tuple[tuple[Pen, Place], ...]


def shoot(
    kind: Kind, rand: Rand, bias: Bias, size: int, frontal: bool, others: Sequence[Kind]
) -> Shot:
    """Take one picture (size, size, 3) of one object, with things of `others` behind it."""
    side = size * OVERSAMPLING
    canvas = Canvas(side, side, (rand.below(1 << 16), rand.below(1 << 16)))
    angle = rand.span(-2.4, -0.7)
    light = Light(math.cos(angle), math.sin(angle), rand.span(*bias.shadow))
    setting = kind.context if rand.chance(bias.context) else "any"
    scene_tint = tint(rand.span(-0.1, 0.1), rand.span(0.5, 1.0), rand.span(0.7, 1.1))
    backdrop(canvas, rand, setting, scene_tint, rand.span(*bias.defocus))
    clutter(canvas, rand, round(rand.span(*bias.clutter)), light, scene_tint)
    for _ in range(round(rand.span(*bias.strangers))):
        _stranger(canvas, rand, rand.pick(others), light, bias)
    pen = Pen()
    kind.draw(pen, rand, frontal)
    vary(pen, rand, bias, frontal)
    wander, colours = bias.wander * side, own_tint(rand, bias)
    extent = rand.span(*bias.extent)
    turn = rand.normal(kind.turns * bias.turn)
    centre = (side / 2 + rand.normal(wander), side / 2 + rand.normal(wander))
    flip = kind.flips and rand.chance(bias.mirror)
    squeeze, lean = 1 - rand.span(0, bias.squeeze), rand.span(-bias.lean, bias.lean)
    if frontal:
        extent, turn, centre, flip = 0.9, turn * 0.2, (side / 2, side / 2), False
        squeeze, lean = 1.0, 0.0
    spot = place(pen, centre, extent * side, turn=turn, flip=flip, squeeze=squeeze, lean=lean)
    if kind.stands:
        _ground(canvas, pen, spot, light)
    canvas.paint(pen, spot, light, colours)
    front: tuple[tuple[Pen, Place], ...] = ()
    if rand.chance(bias.occluder) and not frontal:
        front = (occluder(canvas, rand),)
        canvas.paint(*front[0], light, scene_tint)
    return Shot(develop(canvas, rand, bias, size, size), canvas, pen, spot, front)


def _stranger(canvas: Canvas, rand: Rand, kind: Kind, light: Light, bias: Bias) -> None:
    """Something of another class, smaller and farther back."""
    pen, side = Pen(), max(canvas.height, canvas.width)
    kind.draw(pen, rand)
    vary(pen, rand, bias)
    pen.parts = [part._replace(amount=0.0, casts=False) if part.mode == "solid" else part
        for part in pen.parts]  # far away and out of focus: no shading of its own
    colours = own_tint(rand, bias)
    centre = (canvas.width * rand.unit(), canvas.height * rand.span(0.1, 1.0))
    spot = place(
        pen, centre, side * rand.span(0.2, 0.5), turn=rand.normal(0.4),
        flip=kind.flips and rand.chance(0.5),
    )  # fmt: skip
    canvas.paint(pen, spot, light, colours)


def _ground(canvas: Canvas, pen: Pen, spot: Place, light: Light) -> None:
    points = np.concatenate([part.points for part in pen.parts if part.mode == "solid"])
    points = points @ spot.matrix + spot.offset
    low, high = points.min(0).tolist(), points.max(0).tolist()
    wide = (high[0] - low[0]) * 0.5
    contact(canvas, (low[0] + high[0]) / 2 - light.x * wide * 0.2, high[1], wide, wide * 0.16,
        light.shadow)


def shrink(stamp: Bytes, height: int, width: int) -> np.ndarray:
    """Silhouette on the canvas to a mask (height, width) of the picture."""
    return cv2.resize(stamp, (width, height), interpolation=cv2.INTER_AREA) > 128


def truth(shot: Shot, label: int, name: str, variety: str) -> Instance:
    """What is truly in a picture of one object."""
    height, width = shot.image.shape[:2]
    whole = shot.canvas.stamp(shot.pen, shot.place)
    seen = whole.copy()
    for pen, spot in shot.front:
        seen[shot.canvas.stamp(pen, spot) > 0] = 0
    mask = shrink(seen, height, width)
    points = np.concatenate([part.points for part in shot.pen.parts if part.mode != "decal"])
    points = points @ shot.place.matrix + shot.place.offset
    inside = (points >= 0).all() and (points < (shot.canvas.width, shot.canvas.height)).all()
    return Instance(
        label, name, variety, mask, tight(mask), landmarks(shot.pen, shot.place, height, width),
        truncated=not inside, occluded=bool((seen != whole).any()),
    )  # fmt: skip


def landmarks(pen: Pen, spot: Place, height: int, width: int) -> dict[str, tuple[float, float]]:
    """Landmarks in picture px that fall inside it; left is the viewer's left."""
    found = {}
    for name, at in pen.marks.items():
        x, y = (np.array(at) @ spot.matrix + spot.offset) / OVERSAMPLING
        if 0 <= x < width and 0 <= y < height:
            found[name] = (float(x), float(y))
    pair = found.get("left_eye"), found.get("right_eye")
    if pair[0] and pair[1] and pair[0][0] > pair[1][0]:
        found["left_eye"], found["right_eye"] = pair[1], pair[0]
    return found
