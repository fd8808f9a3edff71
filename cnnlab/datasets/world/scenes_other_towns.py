"""Second layouts of towns and ways: the same things from elsewhere, or otherwise arranged."""

from cnnlab.datasets.world.backdrop import GROUNDS, WATERS
from cnnlab.datasets.world.extras import ASPHALT, BOATS, CARS, PEOPLE, crowd
from cnnlab.datasets.world.families.aircraft import Plane
from cnnlab.datasets.world.families.trains import Coach
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.scenes_props import spread
from cnnlab.datasets.world.settings import TREES, skyline
from cnnlab.datasets.world.settings import sky as paint_sky
from cnnlab.datasets.world.settings import street as street_across
from cnnlab.datasets.world.shapes import blob, box, curve, poly
from cnnlab.datasets.world.stage import Stage

TONES = (0xC9B9A0, 0xA8614A, 0x9AA3A8, 0xD9C9AE, 0x7A8898)


def street(stage: Stage) -> None:
    """House fronts on the other side of the road, cars before them."""
    rand = stage.rand
    horizon = rand.span(0.5, 0.7)
    street_across(stage, horizon)
    x = rand.span(-0.1, 0.0)
    while x < 1.05:
        wide, top = rand.span(0.15, 0.35), rand.span(-0.1, 0.25)
        wall = Look(rand.pick(TONES), -1, "bricks", 0.06)
        stage.area(box(x, top, x + wide, horizon + 0.03), wall, 0.1)
        pen = Pen()
        rows, columns = rand.between(2, 4), rand.between(2, 3)
        for row in range(rows):
            for column in range(columns):
                a, b = x + wide * (column + 0.3) / columns, x + wide * (column + 0.75) / columns
                y = top + 0.04 + (horizon - top) * row / rows
                pen.flat(box(a, y, b, y + (horizon - top) * 0.5 / rows), 0x3A4654)
        stage.paint(pen)
        x += wide
    spread(stage, CARS, rand.between(1, 4), horizon + 0.08, 0.95, 0.08, 0.22)
    crowd(stage, rand.below(4), horizon + 0.05, 1.0, 0.4)
    if rand.chance(0.4):
        stage.put(TREES[0], rand.unit(), horizon + 0.12, rand.span(0.3, 0.6))


def harbour(stage: Stage) -> None:
    """A few boats close by along a quay, seen from the land."""
    rand = stage.rand
    line = rand.span(0.25, 0.5)
    paint_sky(stage, line)
    if rand.chance(0.6):
        skyline(stage, line, rand.chance(0.5))
    stage.rows(rand.pick(WATERS), line, 1, 0.4)
    for y in sorted(rand.span(line + 0.2, 0.85) for _ in range(rand.between(2, 4))):
        kind = rand.pick(BOATS)
        stage.put(kind, rand.unit(), y, rand.span(0.4, 0.7) * (1 if kind.masts else 0.5),
            shadow=False)
    top = rand.span(0.78, 0.92)
    stage.area(poly(-0.1, top + rand.span(-0.1, 0.1), 1.1, top, 1.1, 1.1, -0.1, 1.1),
        Look(rand.pick((0x8A6A4A, 0x8A8378)), -1, rand.pick(("planks", "bricks")), 0.1), 0.1)
    spread(stage, PEOPLE, rand.below(4), top, 1.05, 0.2, 0.35)


def highway(stage: Stage) -> None:
    """Lanes that cross the picture, perhaps under a bridge, traffic on them."""
    rand = stage.rand
    horizon, top = rand.span(0.3, 0.5), rand.span(0.5, 0.62)
    paint_sky(stage, horizon)
    skyline(stage, horizon, rand.chance(0.4))
    stage.rows(rand.pick((GROUNDS[0], GROUNDS[1], GROUNDS[6])), horizon, 1, 0.3)
    tilt = rand.span(-0.1, 0.1)
    stage.area(poly(-0.1, top - tilt, 1.1, top + tilt, 1.1, 0.95 + tilt * 2, -0.1, 0.95 - tilt * 2),
        ASPHALT)
    pen = Pen()
    for lane in (0.3, 0.62):
        y = top + (0.95 - top) * lane
        for step in range(6):
            pen.line(poly(0.2 * step, y, 0.2 * step + 0.1, y), 0xEEEBE0, 0.012)
    pen.line(poly(-0.1, top - tilt, 1.1, top + tilt), 0xB5B9BC, 0.02)
    stage.paint(pen)
    spread(stage, CARS, rand.between(1, 6), top + 0.06, 0.95, 0.05, 0.16)
    if rand.chance(0.35):
        y = horizon - rand.span(0.0, 0.15)
        stage.area(box(-0.1, y, 1.1, y + 0.08), Look(0x9A9B9A), 0.3, True)
        for x in (0.2, 0.7):
            stage.area(box(x, y, x + 0.06, top + 0.05), Look(0x8A8B8A), 0.6)


def airport(stage: Stage) -> None:
    """One aircraft close by, on the ground or just above it."""
    rand = stage.rand
    horizon = rand.span(0.4, 0.7)
    paint_sky(stage, horizon)
    skyline(stage, horizon, rand.chance(0.5))
    stage.rows(rand.pick((ASPHALT, GROUNDS[0], GROUNDS[3])), horizon, 1)
    edge = horizon + rand.span(0.1, 0.2)
    stage.area(poly(-0.1, horizon + 0.15, 1.1, edge, 1.1, 0.95, -0.1, 0.98), ASPHALT)
    plane = Plane("jet", rand.pick((0xEDEFF0, 0xD9DCDE)), rand.pick(TONES))
    stage.put(plane, rand.span(0.3, 0.7), horizon + rand.span(-0.15, 0.25), rand.span(0.25, 0.45))
    spread(stage, (*CARS, *PEOPLE), rand.below(5), horizon + 0.1, 1.0, 0.05, 0.2)


def downtown(stage: Stage) -> None:
    """Towers on both sides of a road, seen from below."""
    rand = stage.rand
    x, base = rand.span(0.35, 0.65), rand.span(0.65, 0.85)
    paint_sky(stage, base)
    for depth in range(4):
        for side in (-1, 1):
            t = depth / 3
            near, top = x + side * (0.1 + 0.35 * t), rand.span(0.1, 0.4) - 0.35 * t
            wall = Look(shade(rand.pick(TONES), 0.8), 0x4A5A6A, "checks", 0.04, 0, 0.3)
            stage.area(poly(near, top, near + side * 0.5, top - 0.1, near + side * 0.5, 1.1, near,
                base + 0.2 * t), wall, 0.1, True)
    stage.area(poly(x - 0.08, base, x + 0.08, base, 1.0, 1.1, 0.0, 1.1), ASPHALT)
    spread(stage, (*CARS, *PEOPLE), rand.between(1, 6), base, 1.0, 0.05, 0.2)


def station(stage: Stage) -> None:
    """A train alongside the platform, from end to end of the picture."""
    rand = stage.rand
    horizon = rand.span(0.4, 0.6)
    paint_sky(stage, horizon)
    skyline(stage, horizon, rand.chance(0.6))
    stage.rows(GROUNDS[2], horizon, 1, 0.3)
    train = Coach(rand.pick(TONES), nose=rand.pick(("slant", "box", "steam")))
    stage.put(train, rand.span(0.3, 0.7), horizon + rand.span(0.1, 0.2), rand.span(0.2, 0.4))
    edge = horizon + rand.span(0.2, 0.3)
    stage.area(poly(-0.1, edge, 1.1, edge + rand.span(-0.06, 0.06), 1.1, 1.1, -0.1, 1.1),
        Look(0xA8A298, -1, "tiles", 0.12), 0.1)
    if rand.chance(0.5):
        stage.area(box(-0.1, rand.span(0.0, 0.1), 1.1, rand.span(0.12, 0.2)), Look(0x8A9096, -1,
            "ribs", 0.1), 0.2, True)
        for post in (0.1, 0.5, 0.9):
            stage.area(box(post, 0.1, post + 0.03, edge + 0.1), Look(0x4A5056), 0.8)
    spread(stage, PEOPLE, rand.between(1, 6), edge + 0.05, 1.0, 0.2, 0.4)


def park(stage: Stage) -> None:
    """A pond among trees, people on the bank."""
    rand = stage.rand
    horizon = rand.span(0.3, 0.5)
    paint_sky(stage, horizon)
    skyline(stage, horizon, False)
    stage.rows(GROUNDS[0], horizon, 1, 0.3)
    x, y = rand.span(0.2, 0.8), rand.span(0.6, 0.85)
    wide, high = rand.span(0.25, 0.5), rand.span(0.06, 0.16)
    stage.area(blob(x - wide, y, x, y - high, x + wide, y - rand.span(0, 0.05), x + wide * 0.4,
        y + high, x - wide * 0.5, y + high * 0.8), rand.pick(WATERS)._replace(grain=0.1), 0.1)
    spread(stage, (*TREES, *PEOPLE), rand.between(4, 9), horizon + 0.05, 1.0, 0.15, 0.45)


def playground(stage: Stage) -> None:
    """Climbing frames, a round dome of bars or a seesaw, on a lawn between houses."""
    rand = stage.rand
    horizon = rand.span(0.35, 0.5)
    paint_sky(stage, horizon)
    skyline(stage, horizon, True)
    stage.rows(rand.pick((GROUNDS[0], GROUNDS[1], GROUNDS[3])), horizon, 1, 0.35)
    pen = Pen()
    for _ in range(rand.between(1, 3)):
        x, y, size = rand.span(0.1, 0.9), rand.span(0.65, 0.95), rand.span(0.15, 0.3)
        colour, which = rand.pick((0xD9402F, 0x2F6FC4, 0xE8B92A, 0x3FA05A)), rand.below(3)
        if which == 0:
            for ring in (1.0, 0.6, 0.2):
                a, b = size * ring, size * ring * 0.7
                pen.line(curve(x - a, y, x - b, y - size * 0.8, x, y - size, x + b,
                    y - size * 0.8, x + a, y), colour, 0.014)
            for level in (0.35, 0.7):
                pen.line(poly(x - size * 0.9, y - size * level, x + size * 0.9, y - size * level),
                    colour, 0.012)
        elif which == 1:
            pen.line(poly(x - size, y - 0.12, x + size, y - rand.span(0.0, 0.1)), colour, 0.03)
            pen.solid(poly(x - 0.04, y, x, y - 0.07, x + 0.04, y), Look(colour), 0.5)
        else:
            for step in range(4):
                a = x - size + size * 2 * step / 3
                pen.line(poly(a, y, a, y - size), colour, 0.018)
            for level in (0.4, 0.7, 1.0):
                bar = y - size * level
                pen.line(poly(x - size, bar, x + size, bar), colour, 0.014)
    stage.paint(pen)
    crowd(stage, rand.between(1, 5), 0.6, 1.0, 0.3)


def parking(stage: Stage) -> None:
    """One row of cars along a kerb or a wall, close by, or a lane between two rows."""
    rand = stage.rand
    horizon = rand.span(0.3, 0.5)
    paint_sky(stage, horizon)
    skyline(stage, horizon, rand.chance(0.6))
    stage.rows(rand.pick((ASPHALT, GROUNDS[2], GROUNDS[3])), horizon, 1)
    if rand.chance(0.5):
        y, size = rand.span(0.6, 0.85), rand.span(0.14, 0.24)
        stage.area(box(-0.1, y - size * 1.6, 1.1, y - size * 0.3), Look(rand.pick(TONES), -1,
            "bricks", 0.08), 0.1)
        x = rand.span(-0.1, 0.1)
        while x < 1.1:
            stage.put(rand.pick(CARS), x, y, size * rand.near(1, 0.1))
            x += size * rand.span(2.2, 3.0)
    else:
        for step in range(5):
            t = 0.15 + 0.2 * step
            for side in (-1, 1):
                if rand.chance(0.8):
                    stage.put(rand.pick(CARS), 0.5 + side * (0.1 + 0.45 * t),
                        horizon + 0.05 + 0.5 * t, 0.05 + 0.16 * t)
    spread(stage, (*PEOPLE, *TREES), rand.below(4), horizon + 0.05, 1.0, 0.1, 0.35)
