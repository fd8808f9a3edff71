"""Settings of the VOC scenes: where the ground lies, what it looks like, what else stands there."""

from cnnlab.datasets.world.backdrop import FLOORS, GROUNDS, LEAVES, SKIES, WALLS, WATERS
from cnnlab.datasets.world.families.buildings import Building
from cnnlab.datasets.world.families.plants import Tree
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.shapes import box, oval, poly
from cnnlab.datasets.world.stage import Stage

TREES = (Tree("round"), Tree("fir", 0x234A33, 0x4A7A50), Tree("cypress", 0x2F4A2C, 0x4F6F3F))
HOUSES = (Building("house"), Building("tower", 0xA9B6C0), Building("tower", 0xB59A80),
    Building("church"))


def sky(stage: Stage, low: float) -> None:
    """Sky down to `low`, brighter towards the horizon."""
    rand = stage.rand
    stage.rows(Look(rand.pick(SKIES), 0xF3F3F1, "cloud", rand.span(0.6, 1.2)), 0, low)
    stage.dim(0, low, rand.span(0.8, 1.0), 1.12)


def skyline(stage: Stage, horizon: float, town: bool) -> None:
    """Trees or houses standing on the horizon."""
    rand = stage.rand
    x = rand.span(-0.1, 0.1)
    while x < stage.aspect + 0.1:
        if town and rand.chance(0.75):
            tall = rand.span(0.18, 0.42)
            stage.put(rand.pick(HOUSES), x, horizon + 0.015, tall, shadow=False)
            x += tall * rand.span(0.5, 0.9)
        else:
            tall = rand.span(0.1, 0.3)
            stage.put(rand.pick(TREES), x, horizon + 0.015, tall, shadow=False)
            x += tall * rand.span(0.4, 1.1)
    stage.things.clear()


def street(stage: Stage, horizon: float) -> None:
    """Road with kerb and markings, houses behind."""
    rand = stage.rand
    sky(stage, horizon)
    skyline(stage, horizon, True)
    stage.rows(Look(0x8F8A82, -1, "tiles", 0.4), horizon, horizon + 0.12)
    stage.rows(Look(rand.pick((0x6A6B6E, 0x7A7875, 0x5C5E63)), -1, "mottle", 0.4), horizon + 0.1, 1)
    stage.dim(horizon, 1, 0.9, 1.05)
    pen = Pen()
    pen.flat(box(-0.1, horizon + 0.1, stage.aspect + 0.1, horizon + 0.12), 0xB9B4AA)
    y, x = horizon + (1 - horizon) * rand.span(0.4, 0.6), rand.span(-0.2, 0)
    while x < stage.aspect:
        pen.flat(poly(x, y, x + 0.16, y, x + 0.15, y + 0.02, x - 0.02, y + 0.02), 0xE6E3D8)
        x += 0.3
    stage.paint(pen)


def meadow(stage: Stage, horizon: float) -> None:
    """Grass under the sky, trees on the horizon, perhaps a fence."""
    rand = stage.rand
    sky(stage, horizon)
    if rand.chance(0.35):
        hill = Look(rand.pick((0x7F9A6A, 0x8A9AA6, 0x6F8A5A)), -1, "cloud", 0.4)
        for _ in range(2):
            stage.area(oval(rand.span(0, stage.aspect), horizon + 0.04, 0.6, rand.span(0.1, 0.25)),
                hill)
    if rand.chance(0.75):
        skyline(stage, horizon, False)
    ground = rand.pick((GROUNDS[0], GROUNDS[0], GROUNDS[6], GROUNDS[4]))
    stage.rows(ground, horizon, horizon + 0.15, 0.2)
    stage.rows(ground, horizon + 0.15, horizon + 0.35, 0.35)
    stage.rows(ground, horizon + 0.35, 1, 0.5)
    stage.dim(horizon, 1, 0.88, 1.08)
    if rand.chance(0.3):
        pen = Pen()
        y = horizon + 0.08
        for rail in (0.0, 0.05):
            pen.line(poly(-0.1, y - rail, stage.aspect + 0.1, y - rail), 0x8A7358, 0.012)
        for step in range(9):
            x = stage.aspect * step / 8
            pen.line(poly(x, y + 0.04, x, y - 0.08), 0x7A6348, 0.016)
        stage.paint(pen)


def lake(stage: Stage, horizon: float) -> None:
    """Water to the horizon, perhaps a far shore."""
    rand = stage.rand
    sky(stage, horizon)
    if rand.chance(0.5):
        for _ in range(rand.between(1, 3)):
            shore = Look(rand.pick((0x6F8A6A, 0x8595A2, 0x5F7A5A)), -1, "cloud", 0.3)
            stage.area(oval(rand.span(0, stage.aspect), horizon + 0.02, rand.span(0.3, 0.7),
                rand.span(0.05, 0.16)), shore)
    water = rand.pick(WATERS)
    stage.rows(water, horizon, horizon + 0.18, 0.25)
    stage.rows(water, horizon + 0.18, 1, 0.5)
    stage.dim(horizon, 1, 1.1, 0.85)


def air(stage: Stage, horizon: float) -> None:
    """Nothing but sky."""
    sky(stage, 1.0)


def airfield(stage: Stage, horizon: float) -> None:
    """A runway in a flat field."""
    sky(stage, horizon)
    if stage.rand.chance(0.5):
        skyline(stage, horizon, False)
    stage.rows(GROUNDS[0], horizon, horizon + 0.16, 0.5)
    stage.rows(Look(0x85878A, -1, "mottle", 0.5), horizon + 0.14, 1)
    stage.dim(horizon, 1, 0.9, 1.08)
    pen = Pen()
    for step in range(4):
        y = horizon + 0.22 + 0.2 * step
        pen.flat(box(-0.1, y, stage.aspect + 0.1, y + 0.012), 0xEDEBE2)
    stage.paint(pen)


def railway(stage: Stage, horizon: float) -> None:
    """Ballast, sleepers, rails and a platform edge."""
    rand = stage.rand
    sky(stage, horizon)
    skyline(stage, horizon, rand.chance(0.5))
    stage.rows(GROUNDS[2], horizon, 1, 0.3)
    stage.dim(horizon, 1, 0.85, 1.0)
    pen = Pen()
    y = 1 - (1 - horizon) * rand.span(0.2, 0.35)
    for step in range(15):
        x = -0.1 + (stage.aspect + 0.2) * step / 14
        pen.flat(poly(x, y - 0.03, x + 0.05, y - 0.03, x + 0.04, y + 0.06, x - 0.02, y + 0.06),
            0x5A4636)
    for rail in (-0.01, 0.045):
        pen.line(poly(-0.1, y + rail, stage.aspect + 0.1, y + rail), 0x9AA0A6, 0.014)
    stage.paint(pen)


def room(stage: Stage, horizon: float) -> None:
    """A wall with a window or pictures, a floor with perhaps a rug."""
    rand = stage.rand
    wall, floor = rand.pick(WALLS), rand.pick(FLOORS)
    stage.rows(wall, 0, horizon)
    stage.dim(0, horizon, 0.9, 1.05)
    stage.rows(floor, horizon, 1)
    stage.dim(horizon, 1, 0.85, 1.08)
    pen = Pen()
    pen.solid(box(-0.1, horizon - 0.03, stage.aspect + 0.1, horizon + 0.005),
        Look(shade(wall.colour, 1.2)), 0.5)
    if rand.chance(0.45):
        x, wide, low = rand.span(0.1, stage.aspect - 0.3), rand.span(0.25,
            0.4), horizon - rand.span(0.08, 0.14)
        pen.solid(box(x - 0.02, -0.1, x + wide + 0.02, low + 0.02), Look(0xEDE9E0), 0.2)
        pen.solid(box(x, -0.1, x + wide, low), Look(rand.pick(SKIES), 0xF1F1EF, "cloud", 0.5,
            finish="glow"), 0.1)
        pen.decal(oval(x + wide * rand.unit(), low, wide * 0.5, 0.12),
            rand.pick(LEAVES)._replace(grain=0.1))
        pen.line(poly(x + wide / 2, -0.1, x + wide / 2, low), 0xEDE9E0, 0.014)
    for _ in range(rand.below(3)):
        x, y = rand.span(0.05, stage.aspect - 0.25), rand.span(0.02, 0.16)
        w, h = rand.span(0.12, 0.24), rand.span(0.1, 0.18)
        pen.solid(box(x, y, x + w, y + h), Look(rand.pick((0x5A3A22, 0x1F1F21, 0xC9A23A))), 0.2)
        pen.decal(box(x + 0.015, y + 0.015, x + w - 0.015, y + h - 0.015),
            Look(rand.pick(SKIES), rand.pick((0x4F7A4A, 0xA8603A, 0x3A4A6A)), "patches", 0.1))
    if rand.chance(0.4):
        x, y = rand.span(0.2, stage.aspect - 0.2), (1 + horizon) / 2
        rug = Look(rand.pick((0x8A3A36, 0x3A5A7A, 0xB59A6A)), rand.pick((0xD9C9A0, 0x2A2C33)),
            "checks", 0.1)
        pen.solid(oval(x, y, 0.5, (1 - horizon) * 0.36), rug, 0.1, False)
    stage.paint(pen)


def tabletop(stage: Stage, horizon: float) -> None:
    """A table or counter seen close, something dim behind it."""
    rand = stage.rand
    stage.rows(rand.pick(WALLS), 0, horizon)
    stage.dim(0, horizon, rand.span(0.6, 0.9), 0.9)
    stage.rows(rand.pick((FLOORS[4], FLOORS[0], FLOORS[1], Look(0xD9D4C8, -1, "cloud", 0.7))),
        horizon, 1)
    stage.dim(horizon, 1, 0.85, 1.12)


def garden(stage: Stage, horizon: float) -> None:
    """Lawn or path before a hedge."""
    rand = stage.rand
    stage.rows(rand.pick(LEAVES), 0, horizon + 0.02, rand.span(0.2, 0.5))
    stage.dim(0, horizon, 1.05, 0.75)
    stage.rows(rand.pick((GROUNDS[0], GROUNDS[0], GROUNDS[4], FLOORS[1], GROUNDS[2])), horizon, 1,
        0.4)
    stage.dim(horizon, 1, 0.85, 1.08)
