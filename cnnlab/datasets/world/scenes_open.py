"""Scene classes under the sky that are known by how many things lie together."""

from cnnlab.datasets.world.backdrop import FLOORS, GROUNDS, LEAVES, WALLS, WATERS
from cnnlab.datasets.world.extras import ASPHALT, CARS, PEOPLE, crowd
from cnnlab.datasets.world.families.buildings import Building
from cnnlab.datasets.world.families.furniture import Stand
from cnnlab.datasets.world.families.people import SHIRTS
from cnnlab.datasets.world.families.plants import Tree
from cnnlab.datasets.world.families.seats import CLOTHS
from cnnlab.datasets.world.families.tools import Tool
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.scenes_props import BARREL, PLANTS, spread
from cnnlab.datasets.world.settings import HOUSES, TREES, skyline
from cnnlab.datasets.world.settings import sky as paint_sky
from cnnlab.datasets.world.shapes import box, curve, oval, poly, tube
from cnnlab.datasets.world.stage import Stage

ROCKS = (0x9A8468, 0x8A7F74, 0xB0784A, 0x7A7F8C)


def _land(stage: Stage, grounds: tuple[Look, ...], low: float = 0.25, high: float = 0.55) -> float:
    """Sky, perhaps something on the horizon, and one of the grounds; returns the horizon."""
    rand = stage.rand
    horizon = rand.span(low, high)
    paint_sky(stage, horizon + 0.02)
    if rand.chance(0.7):
        skyline(stage, horizon, rand.chance(0.3))
    stage.rows(rand.pick(grounds), horizon, 1, 0.35)
    stage.dim(horizon, 1, 0.9, 1.07)
    return horizon


def garden(stage: Stage) -> None:
    """Beds of plants along a path, before a hedge or by the wall of a house."""
    rand = stage.rand
    horizon = _land(stage, (GROUNDS[0], GROUNDS[0], GROUNDS[4], GROUNDS[6]))
    if rand.chance(0.5):
        stage.area(box(-0.1, horizon - rand.span(0.1, 0.25), 1.1, horizon + 0.05),
            rand.pick((*LEAVES, WALLS[1]))._replace(grain=0.15), 0.2)
    else:
        stage.put(HOUSES[0], rand.unit(), horizon + 0.1, rand.span(0.4, 0.7))
    if rand.chance(0.6):
        x, end = rand.unit(), rand.unit()
        stage.area(tube(curve(x, horizon, rand.unit(), 0.7, end, 1.1), 0.03, 0.12, 0.3),
            rand.pick((GROUNDS[1], GROUNDS[2], FLOORS[1]))._replace(grain=0.1))
    if rand.chance(0.5):
        for y in sorted(rand.span(horizon + 0.1, 0.95) for _ in range(3)):
            for step in range(rand.between(3, 6)):
                stage.put(rand.pick(PLANTS[2:]), 0.15 + 0.15 * step, y, 0.05 + 0.25 * (y - horizon))
    else:
        spread(stage, PLANTS[2:] + TREES[:1], rand.between(6, 12), horizon + 0.05, 1.0, 0.06, 0.3)
    if rand.chance(0.4):
        stage.put(Stand("bench"), rand.unit(), rand.span(0.7, 0.9), 0.15)


def canyon(stage: Stage) -> None:
    """Walls of layered rock on both sides of a gorge, or tables of rock behind each other."""
    rand = stage.rand
    tone = rand.pick(ROCKS)
    horizon = _land(stage, (GROUNDS[1], GROUNDS[2], WATERS[1], GROUNDS[6]), 0.5, 0.7)
    rock = Look(tone, shade(tone, 0.7), "bands", 0.1, rand.span(-0.2, 0.2))
    if rand.chance(0.6):
        for depth in range(3):
            for side in (0, 1):
                reach, top = 0.42 - 0.12 * depth + rand.span(-0.05, 0.08), rand.span(-0.1, 0.3)
                top, low = 0.35 - 0.15 * depth + top * 0.5, horizon + 0.02 + 0.2 * depth
                corners = [-0.1, top, reach * 0.5, top, reach * 0.8, (top + low) / 2, reach, low,
                    -0.1, low + 0.1]
                corners[::2] = [1 - x if side else x for x in corners[::2]]
                stage.area(poly(*corners), rock._replace(colour=shade(tone, 0.7 + 0.15 * depth)),
                    0.3, True)
    else:
        for depth in range(rand.between(3, 5)):
            x, wide, top = rand.unit(), rand.span(0.15, 0.4), rand.span(0.15, 0.4) + 0.05 * depth
            low = horizon + 0.05 * depth
            stage.area(poly(x - wide * 0.7, top, x + wide * 0.7, top, x + wide * 0.8, low - 0.1,
                x + wide * 1.3, low, x - wide * 1.3, low, x - wide * 0.8, low - 0.1), rock, 0.2,
                True)
    spread(stage, TREES, rand.below(5), horizon + 0.1, 1.0, 0.04, 0.18)


def waterfall(stage: Stage) -> None:
    """White water down a rock face into a pool, in one fall or in several steps."""
    rand = stage.rand
    base, top = rand.span(0.55, 0.8), rand.span(-0.1, 0.25)
    if top > 0.02:
        paint_sky(stage, 0.35)
    rock = Look(rand.pick(ROCKS), -1, rand.pick(("fur", "mottle", "gravel")), 0.12, 1.5)
    edge = [v for step in range(6) for v in (-0.1 + 0.24 * step, top + rand.span(-0.05, 0.05))]
    stage.area(poly(*edge, 1.1, base + 0.1, -0.1, base + 0.1), rock, 0.1)
    stage.area(poly(*edge, 1.1, top + 0.08, -0.1, top + 0.12), LEAVES[0]._replace(grain=0.1), 0.1)
    stage.rows(rand.pick((*WATERS, GROUNDS[2])), base, 1, 0.35)
    white = Look(0xE6EEF2, 0xB4C6D0, "fur", 0.08, 1.57)
    x, wide = rand.span(0.2, 0.8), rand.span(0.06, 0.2)
    if rand.chance(0.5):
        stage.area(tube(curve(x, top, x + rand.span(-0.04, 0.04), 0.4, x, base + 0.04), wide,
            wide * 1.5), white, 0.6)
    else:
        y = top
        while y < base:
            drop = rand.span(0.12, 0.3)
            stage.area(tube(poly(x, y, x + rand.span(-0.03, 0.03), min(base, y + drop)), wide,
                wide * 1.3), white, 0.6)
            stage.area(oval(x, min(base, y + drop), wide * 1.2, 0.03), white, 0.5)
            x, y = x + rand.span(-0.2, 0.2), y + drop
    stage.area(oval(x, base + 0.03, wide * 1.5, 0.035), white, 0.8)
    for _ in range(rand.between(2, 6)):
        stage.area(oval(rand.unit(), rand.span(base, 1.0), rand.span(0.05, 0.18),
            rand.span(0.03, 0.1)), rock, 0.9, True)
    spread(stage, (Tree("fern"), *TREES), rand.below(6), base - 0.1, 1.0, 0.1, 0.3)


def _lines(stage: Stage, horizon: float, x: float, count: int, look: Look, wide: float) -> None:
    """Stripes on the ground that run together in the point x of the horizon."""
    for step in range(count):
        near = -0.6 + 2.2 * (step + 0.5) / count
        stage.area(poly(x - 0.004, horizon + 0.02, x + 0.004, horizon + 0.02, near + wide, 1.1,
            near - wide, 1.1), look, 0.6, True)


def vineyard(stage: Stage) -> None:
    """Rows of low plants that run away from the camera, or past it."""
    rand = stage.rand
    horizon = _land(stage, (GROUNDS[0], GROUNDS[4], GROUNDS[6], GROUNDS[1]))
    leaves = rand.pick(LEAVES)._replace(grain=0.08)
    if rand.chance(0.5):
        count = rand.between(5, 9)
        _lines(stage, horizon, rand.unit(), count, leaves, 0.5 / count)
        return
    y, tilt = horizon + 0.04, rand.span(-0.1, 0.1)
    while y < 1.1:
        high = 0.02 + 0.3 * (y - horizon)
        for step in range(8) if rand.chance(0.3) else ():
            stage.area(box(0.14 * step, y - high, 0.14 * step + 0.01, y + 0.02), Look(0x7A6044))
        stage.area(tube(curve(-0.1, y - tilt, 0.3, y, 0.7, y, 1.1, y + tilt), high), leaves, 0.8,
            True)
        y += high * rand.span(1.4, 2.0)


def railway_track(stage: Stage) -> None:
    """Rails on ballast through open country, away from the camera or across the picture."""
    rand = stage.rand
    horizon = _land(stage, (GROUNDS[0], GROUNDS[2], GROUNDS[4], GROUNDS[6]))
    pen = Pen()
    if rand.chance(0.6):
        x, near = rand.unit(), rand.span(0.1, 0.9)
        stage.area(poly(x - 0.01, horizon, x + 0.01, horizon, near + 0.5, 1.05, near - 0.5, 1.05),
            GROUNDS[2]._replace(grain=0.08))
        for step in range(12):
            t = 0.06 * 1.29**step
            mid, y = x + (near - x) * t, horizon + (1.05 - horizon) * t
            pen.line(poly(mid - 0.4 * t, y, mid + 0.4 * t, y), 0x5A4636, 0.005 + 0.03 * t)
        for rail in (-0.28, 0.28):
            pen.line(poly(x, horizon, near + rail, 1.05), 0xA5ABB0, 0.014)
    else:
        for y in (0.8, rand.span(0.55, 0.65))[: rand.between(1, 2)]:
            stage.area(box(-0.1, y - 0.06, 1.1, y + 0.08), GROUNDS[2]._replace(grain=0.08))
            for step in range(14):
                pen.line(poly(0.08 * step, y - 0.04, 0.08 * step - 0.02, y + 0.05), 0x5A4636, 0.02)
            for rail in (-0.02, 0.04):
                pen.line(poly(-0.1, y + rail, 1.1, y + rail), 0xA5ABB0, 0.012)
    if rand.chance(0.6):
        for step in range(4):
            x = 0.3 * step + rand.span(0, 0.1)
            pen.line(poly(x, horizon + 0.1, x, horizon - 0.25), 0x5A5C60, 0.012)
        pen.line(poly(-0.1, horizon - 0.2, 1.1, horizon - 0.22), 0x2A2C30, 0.005)
    stage.paint(pen)


def campsite(stage: Stage) -> None:
    """Tents on open ground, in a row or about a fire, among trees."""
    rand = stage.rand
    horizon = _land(stage, (GROUNDS[0], GROUNDS[4], GROUNDS[6], GROUNDS[1]))
    spread(stage, TREES, rand.between(1, 6), horizon, horizon + 0.15, 0.3, 0.6)
    tents = [Building(rand.pick(("tent", "tent", "teepee", "igloo")), rand.pick(SHIRTS), "cloud")
        for _ in range(2)]
    if rand.chance(0.5):
        y, size = rand.span(horizon + 0.1, 0.8), rand.span(0.12, 0.22)
        for step in range(rand.between(3, 5)):
            stage.put(rand.pick(tents), 0.05 + 0.27 * step, y, size)
    else:
        spread(stage, tents, rand.between(1, 3), horizon + 0.1, 0.95, 0.12, 0.45)
        stage.area(oval(rand.unit(), 0.9, 0.06, 0.03), Look(0xF0A030, finish="glow"), 0.8)
    spread(stage, (*PEOPLE, *CARS, Stand("table"), BARREL), rand.below(5), 0.6, 1.0, 0.08, 0.25)


def market(stage: Stage) -> None:
    """Stalls under cloth roofs with goods before them, in a row or along a lane, and buyers."""
    rand = stage.rand
    horizon = _land(stage, (ASPHALT, GROUNDS[2], FLOORS[1], GROUNDS[3]))
    skyline(stage, horizon, True)
    lane = rand.chance(0.5)
    for step in range(rand.between(3, 6)):
        depth = (step // 2) / 3 if lane else rand.span(0.2, 0.5)
        size = 0.12 + 0.4 * depth
        x = 0.5 + (-1 if step % 2 else 1) * (0.12 + 0.5 * depth) if lane else 0.05 + 0.25 * step
        foot = horizon + 0.12 + 0.45 * depth
        cloth = Look(rand.pick(SHIRTS), rand.pick((-1, 0xEFEDE6)), rand.pick(("stripes", "cloud")),
            0.06, 1.57)
        for post in (-0.8, 0.8):
            stage.area(box(x + size * post - 0.008, foot - size, x + size * post + 0.008, foot),
                Look(0x6A5A48))
        stage.area(box(x - size * 0.85, foot - size * 0.45, x + size * 0.85, foot), Look(
            rand.pick(CLOTHS), -1, "planks", 0.1), 0.3)
        for good in range(4):
            stage.area(oval(x + size * (0.4 * good - 0.6), foot - size * 0.48, size * 0.18,
                size * 0.1), Look(rand.pick(SHIRTS), -1, "dots", 0.03), 0.8)
        stage.area(poly(x - size, foot - size, x - size * 0.8, foot - size * 1.35, x + size * 0.8,
            foot - size * 1.35, x + size, foot - size), cloth, 0.3, True)
    crowd(stage, rand.between(2, 9), horizon + 0.1, 1.0, 0.4)


def swimming_pool(stage: Stage) -> None:
    """A basin with straight sides in a paved court or a hall, chairs and people about it."""
    rand = stage.rand
    horizon = _land(stage, (FLOORS[1], GROUNDS[0], GROUNDS[1], FLOORS[0]), 0.3, 0.5)
    if rand.chance(0.4):
        stage.rows(rand.pick(WALLS), 0, horizon)
        for step in range(4):
            stage.area(box(0.27 * step, horizon - 0.3, 0.27 * step + 0.2, horizon - 0.08),
                Look(0xC3CBD2, finish="glow"))
    water = Look(0x3FA6C4, 0x9FD8E0, "water", 0.2)
    x, top, low = rand.span(0.3, 0.7), horizon + rand.span(0.06, 0.15), rand.span(0.8, 1.1)
    far, close = rand.span(0.15, 0.45), rand.span(0.35, 0.8)
    shift = rand.span(-0.2, 0.2)
    stage.area(poly(x - far - 0.03, top - 0.02, x + far + 0.03, top - 0.02,
        x + shift + close + 0.06, low + 0.04, x + shift - close - 0.06, low + 0.04),
        Look(0xD9D6CC, -1, "tiles", 0.1), 0.1)
    stage.area(poly(x - far, top, x + far, top, x + shift + close, low, x + shift - close, low),
        water, 0.1)
    if rand.chance(0.5):
        pen = Pen()
        for lane in range(1, 5):
            a = -1 + 0.4 * lane
            pen.line(poly(x + far * a, top, x + shift + close * a, low), 0xD9402F, 0.01)
        stage.paint(pen)
    else:
        spread(stage, (Tool("umbrella", rand.pick(SHIRTS), long=0), Stand("bench"), *PLANTS[3:]),
            rand.between(2, 5), top, top + 0.1 + rand.span(0, 0.4), 0.1, 0.25)
    spread(stage, (*PEOPLE, Stand("bench")), rand.below(5), top, 1.0, 0.1, 0.3)
