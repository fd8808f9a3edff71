"""Scene classes of ways and harbours, told apart by how the picture is laid out."""

import math
from itertools import pairwise

from cnnlab.datasets.world.backdrop import GROUNDS, WATERS
from cnnlab.datasets.world.extras import ASPHALT, BOATS, CARS, PEOPLE, crowd
from cnnlab.datasets.world.families.aircraft import Plane
from cnnlab.datasets.world.looks import Look
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.settings import sky as paint_sky
from cnnlab.datasets.world.settings import skyline
from cnnlab.datasets.world.shapes import arc, box, curve, oval, poly
from cnnlab.datasets.world.stage import Stage


def _away(horizon: float, x: float, near: float, far: float) -> list[float]:
    """Corners of a strip that runs from the lower edge towards the point x on the horizon."""
    return [x - far, horizon, x + far, horizon, x + near, 1.02, x - near, 1.02]


def street(stage: Stage) -> None:
    """A road running away between two rows of house fronts."""
    rand = stage.rand
    horizon, x = rand.span(0.42, 0.55), rand.span(0.35, 0.65)
    paint_sky(stage, horizon + 0.05)
    stage.rows(Look(0x9A948A, -1, "tiles", 0.1), horizon, 1)
    for side in (-1, 1):
        far, reach = 0.06, 1.0 if side > 0 else 0.0
        edges = [0.0, 0.22, 0.42, 0.6, 0.76, 0.9, 1.0]
        for start, end in list(pairwise(edges))[::-1]:
            wall = Look(rand.pick((0xC9B9A0, 0xA8614A, 0x9AA3A8, 0xD9C9AE, 0x8A6A5A)), -1, "bricks",
                0.06)
            x0, x1 = (reach + (x + side * far - reach) * t**0.75 for t in (start, end))
            top = rand.span(-0.1, 0.18)
            y0, y1 = (top + (horizon - 0.06 - top) * t for t in (start, end))
            b0, b1 = (0.95 + (horizon + 0.02 - 0.95) * t**0.75 for t in (start, end))
            stage.area(poly(x0, y0, x1, y1, x1, b1, x0, b0), wall)
            pen = Pen()
            for row in range(3):
                for a, b in ((0.2, 0.4), (0.6, 0.8)):
                    f0, f1 = 0.15 + 0.25 * row, 0.27 + 0.25 * row
                    xa, xb = x0 + (x1 - x0) * a, x0 + (x1 - x0) * b
                    ya, yb = y0 + (y1 - y0) * a, y0 + (y1 - y0) * b
                    ba, bb = b0 + (b1 - b0) * a, b0 + (b1 - b0) * b
                    pen.flat(poly(xa, ya + (ba - ya) * f0, xb, yb + (bb - yb) * f0, xb,
                        yb + (bb - yb) * f1, xa, ya + (ba - ya) * f1), 0x3A4654)
            stage.paint(pen)
    stage.area(poly(*_away(horizon, x, 0.42, 0.03)), ASPHALT)
    stage.dim(horizon, 1, 0.9, 1.05)
    pen = Pen()
    for step in range(5):
        t0, t1 = 0.15 * 1.6**step, 0.15 * 1.6**step * 1.25
        pen.line(poly(x, horizon + 0.55 * t0, x, horizon + 0.55 * t1), 0xE9E6DA,
            0.012 + 0.01 * step / 4)
    stage.paint(pen)
    for depth in sorted(rand.span(0.1, 0.8) for _ in range(rand.between(1, 4))):
        side = rand.pick((-1, 1))
        stage.put(rand.pick(CARS), x + side * (0.05 + 0.3 * depth), horizon + 0.04 + 0.45 * depth,
            0.04 + 0.13 * depth)
    crowd(stage, rand.below(4), horizon + 0.1, 0.98, 0.32)


def highway(stage: Stage) -> None:
    """A wide empty road to the horizon through open land."""
    rand = stage.rand
    horizon, x = rand.span(0.35, 0.5), rand.span(0.3, 0.7)
    paint_sky(stage, horizon)
    for _ in range(rand.below(3)):
        stage.area(oval(rand.span(0, 1), horizon + 0.04, 0.5, rand.span(0.08, 0.2)),
            Look(0x7F93A0, -1, "cloud", 0.3))
    stage.rows(rand.pick((GROUNDS[0], GROUNDS[1], GROUNDS[6])), horizon, 1, 0.3)
    for shift in (-0.3, 0.3) if rand.chance(0.5) else (0.0,):
        near = 0.36 if shift else 0.6
        stage.area(poly(x + shift * 0.08 - 0.02, horizon, x + shift * 0.08 + 0.02, horizon,
            x + shift * 1.6 + near, 1.05, x + shift * 1.6 - near, 1.05), ASPHALT)
        pen = Pen()
        for lane in (-0.33, 0.33):
            for step in range(6):
                t0, t1 = 0.09 * 1.55**step, 0.09 * 1.55**step * 1.3
                mid = [x + shift * 0.08 + (shift * 1.52 + near * lane) * t for t in (t0, t1)]
                pen.line(poly(mid[0], horizon + (1 - horizon) * t0, mid[1],
                    horizon + (1 - horizon) * t1), 0xEEEBE0, 0.008 + 0.012 * t0)
        stage.paint(pen)
    for _ in range(rand.below(4)):
        depth = rand.span(0.1, 0.6)
        stage.put(rand.pick(CARS), x + rand.span(-0.4, 0.4) * depth, horizon + 0.5 * depth,
            0.03 + 0.14 * depth)
    pen = Pen()
    for side in (-1, 1):
        pen.line(poly(x + side * 0.05, horizon, x + side * 1.1, 0.9), 0xB5B9BC, 0.016)
    stage.paint(pen)


def harbour(stage: Stage) -> None:
    """Boats in rows on still water, a quay with houses or a jetty."""
    rand = stage.rand
    line = rand.span(0.3, 0.42)
    paint_sky(stage, line)
    skyline(stage, line, rand.chance(0.7))
    stage.area(box(-0.1, line, 1.1, line + 0.05), Look(0x8A8378, -1, "bricks", 0.06))
    stage.rows(rand.pick(WATERS), line + 0.05, 1, 0.4)
    stage.dim(line + 0.05, 1, 1.05, 0.85)
    if rand.chance(0.6):
        x = rand.span(0.0, 0.6)
        stage.area(poly(x, 1.05, x + 0.06, line + 0.14, x + 0.12, line + 0.14, x + 0.36, 1.05),
            Look(0x8A6A4A, -1, "planks", 0.1))
    for y in sorted(rand.span(line + 0.12, 0.95) for _ in range(rand.between(4, 8))):
        kind = rand.pick(BOATS)
        stage.put(kind, rand.span(0, 1), y,
            (0.12 + 0.45 * (y - line)) * (1 if kind.masts else 0.45), shadow=False)


def airport(stage: Stage) -> None:
    """Aircraft parked on concrete before a long flat building."""
    rand = stage.rand
    horizon = rand.span(0.35, 0.5)
    paint_sky(stage, horizon)
    if rand.chance(0.8):
        top = horizon - rand.span(0.08, 0.14)
        stage.area(box(-0.1, top, 1.1, horizon + 0.02), Look(0xB9C0C4, -1, "brushed", 0.2))
        stage.area(box(-0.1, top + 0.03, 1.1, horizon - 0.02), Look(0x4A6072, 0x8FAEC4, "bands",
            0.05, 1.57))
        x = rand.span(0.1, 0.9)
        stage.area(poly(x - 0.02, horizon, x - 0.015, top - 0.15, x + 0.015, top - 0.15, x + 0.02,
            horizon), Look(0xC9CCCC))
        stage.area(poly(x - 0.05, top - 0.15, x - 0.06, top - 0.21, x + 0.06, top - 0.21, x + 0.05,
            top - 0.15), Look(0x3A4A5A))
    stage.rows(Look(0x9A9B9A, -1, "mottle", 0.3), horizon, 1)
    stage.dim(horizon, 1, 0.92, 1.05)
    pen = Pen()
    x = rand.span(0.2, 0.8)
    pen.line(curve(x, horizon + 0.02, x + rand.span(-0.2, 0.2), 0.75, rand.span(0, 1), 1.05),
        0xE3BE3A, 0.014)
    stage.paint(pen)
    for y in sorted(rand.span(horizon + 0.08, 0.92) for _ in range(rand.between(1, 4))):
        trim = rand.pick((0x2F62A8, 0xC0302A, 0x3A7A5A, 0xD98A2A))
        stage.put(Plane("jet", rand.pick((0xEDEFF0, 0xD9DCDE)), trim), rand.span(0.1, 0.9), y,
            0.1 + 0.45 * (y - horizon))
    for _ in range(rand.below(3)):
        y = rand.span(horizon + 0.1, 0.98)
        stage.put(rand.pick(CARS), rand.span(0, 1), y, 0.02 + 0.1 * (y - horizon))


def station(stage: Stage) -> None:
    """A platform and rails that run to one side under a canopy."""
    rand = stage.rand
    horizon, x = rand.span(0.4, 0.5), rand.span(0.3, 0.5)
    paint_sky(stage, horizon)
    skyline(stage, horizon, True)
    stage.rows(GROUNDS[2], horizon, 1, 0.3)
    pen = Pen()
    for step in range(9):
        t = 0.07 * 1.42**step
        y = horizon + (1 - horizon) * t
        pen.line(poly(x - 0.36 * t, y, x + 0.36 * t, y), 0x5A4636, 0.006 + 0.03 * t)
    for rail in (-0.26, 0.26):
        pen.line(poly(x, horizon, x + rail * 1.05, 1.02), 0xA5ABB0, 0.014)
    stage.paint(pen)
    stage.area(poly(x + 0.02, horizon, 1.1, horizon, 1.1, 1.05, x + 0.45, 1.05),
        Look(0xA8A298, -1, "tiles", 0.12))
    stage.area(poly(x + 0.02, horizon, x + 0.04, horizon, x + 0.5, 1.05, x + 0.42, 1.05),
        Look(0xE3C23A))
    if rand.chance(0.7):
        paint = rand.pick((0x2F5F9C, 0xB8302A, 0x3A7A4A))
        train = Look(paint, -1, "brushed", 0.3, 0, 0.15, "gloss")
        left = x - rand.span(0.45, 0.6)
        stage.area(poly(x - 0.02, horizon - 0.02, x - 0.03, horizon + 0.05, left, 1.0, left - 0.35,
            1.0, left - 0.35, 0.0, left, 0.05), train)
        pen = Pen()
        for step in range(6):
            t0, t1 = 0.12 + 0.14 * step, 0.22 + 0.14 * step
            xs = [left + (x - left) * t for t in (t0, t1)]
            pen.flat(poly(xs[0], 0.22 + (horizon - 0.22) * t0, xs[1], 0.22 + (horizon - 0.22) * t1,
                xs[1], 0.5 + (horizon + 0.01 - 0.5) * t1, xs[0], 0.5 + (horizon + 0.01 - 0.5) * t0),
                0x2F3F50)
        stage.paint(pen)
    if rand.chance(0.75):
        stage.area(poly(x + 0.06, horizon - 0.12, 1.1, 0.0, 1.1, 0.14, x + 0.06, horizon - 0.09),
            Look(0x8A9096, -1, "ribs", 0.1, 0.3))
        for t in (0.3, 0.55, 0.9):
            px = x + 0.06 + (1.05 - x) * t
            stage.area(box(px - 0.01 - 0.01 * t, horizon - 0.1 - 0.2 * t, px + 0.01 + 0.01 * t,
                horizon + 0.04 + 0.4 * t), Look(0x4A5056), 0.8)
    for depth in sorted(rand.unit() for _ in range(rand.between(1, 5))):
        stage.put(rand.pick(PEOPLE), x + 0.12 + 0.5 * depth + rand.span(-0.05, 0.2),
            horizon + 0.08 + 0.45 * depth, 0.1 + 0.3 * depth)


def parking(stage: Stage) -> None:
    """Cars side by side in rows on marked asphalt."""
    rand = stage.rand
    horizon = rand.span(0.22, 0.36)
    paint_sky(stage, horizon)
    skyline(stage, horizon, rand.chance(0.6))
    stage.rows(ASPHALT, horizon, 1)
    stage.dim(horizon, 1, 0.92, 1.06)
    y, size = horizon + 0.08, 0.05
    while y < 1.05:
        x = rand.span(-0.1, 0.0)
        pen = Pen()
        while x < 1.1:
            pen.line(poly(x, y, x - 0.03, y + size * 0.9), 0xE3E1D8, 0.007)
            x += size * 2.9
        stage.paint(pen)
        x -= size * 2.9 * round(1.2 / (size * 2.9))
        while x < 1.1:
            if rand.chance(0.8):
                stage.put(rand.pick(CARS), x + size * 1.4, y + size * 0.5,
                    size * rand.near(1, 0.08))
            x += size * 2.9
        y, size = y + size * 2.3, size * 1.6


def bridge(stage: Stage) -> None:
    """A long span across water from edge to edge."""
    rand = stage.rand
    horizon, deck = rand.span(0.45, 0.6), rand.span(0.4, 0.55)
    paint_sky(stage, horizon)
    for side in (0.0, 1.0):
        stage.area(oval(side, horizon + 0.02, rand.span(0.2, 0.4), rand.span(0.06, 0.2)),
            Look(0x5F7A5A, -1, "foliage", 0.08))
    stage.rows(rand.pick(WATERS), horizon, 1, 0.4)
    stage.dim(horizon, 1, 1.05, 0.85)
    colour = rand.pick((0xB5452F, 0x6A7A8A, 0x8A8378, 0x3F6A5A))
    pen = Pen()
    if rand.chance(0.5):
        for x in (rand.span(0.15, 0.25), rand.span(0.7, 0.85)):
            pen.solid(box(x - 0.02, deck - 0.32, x + 0.02, horizon + 0.18), Look(colour), 0.8)
            for step in range(1, 7):
                for side in (-1, 1):
                    pen.line(poly(x, deck - 0.3, x + side * 0.055 * step, deck), colour, 0.006)
    else:
        for step in range(5):
            x = 0.1 + 0.2 * step
            pen.line(arc(x, deck + 0.13, 0.1, 0.12, math.pi, 2 * math.pi, 12), colour, 0.03)
            pen.solid(box(x - 0.115, deck, x - 0.085, horizon + 0.16),
                Look(colour, -1, "bricks", 0.05), 0.8)
    pen.solid(poly(-0.1, deck, 1.1, deck + rand.span(-0.04, 0.04), 1.1, deck + 0.05, -0.1,
        deck + 0.045), Look(colour, -1, "brushed", 0.2), 0.5)
    stage.paint(pen)
    if rand.chance(0.5):
        stage.put(rand.pick(BOATS), rand.span(0.1, 0.9), rand.span(horizon + 0.15, 0.95),
            rand.span(0.08, 0.2), shadow=False)
