"""A room in perspective, and what hangs on or lines its walls."""

from cnnlab.datasets.world.backdrop import FLOORS, SKIES, WALLS
from cnnlab.datasets.world.families.people import Person
from cnnlab.datasets.world.families.seats import WOODS
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.shapes import box, poly
from cnnlab.datasets.world.stage import Stage

Back = tuple[float, float, float, float]
PEOPLE = (Person("stand"), Person("walk"), Person("stand", dress=True), Person("sit"))


def shell(stage: Stage, wall: Look | None = None, floor: Look | None = None,
    depth: float = 0.0) -> Back:  # fmt: skip
    """Floor, ceiling and three walls; returns the back wall's corners x0, y0, x1, y1.

    Every room may have any wall and any floor; those given are only more likely.
    """
    rand = stage.rand
    if wall is None or rand.chance(0.75):
        wall = rand.pick(WALLS)
    if floor is None or rand.chance(0.75):
        floor = rand.pick(FLOORS)
    size = max(0.16, (depth or rand.span(0.5, 0.72)) * rand.span(0.8, 1.2))
    size = min(size, 0.9)
    x0, y0 = rand.span(0.1, 0.9) * (1 - size), rand.span(0.25, 0.65) * (1 - size)
    x1, y1 = x0 + size, y0 + size * rand.span(0.75, 0.95)
    small = wall._replace(grain=wall.grain * 0.35)
    above = rand.pick((0xE3E0D8, 0xC9CCCE, 0x8A8378, 0x5A4A3A))
    lid = Look(above, -1, rand.pick(("cloud", "planks", "tiles")), 0.2)
    stage.area(poly(-0.1, -0.1, 1.1, -0.1, x1, y0, x0, y0), lid, 0.05)
    stage.area(poly(-0.1, 1.1, 1.1, 1.1, x1, y1, x0, y1), floor._replace(grain=floor.grain * 0.3),
        0.05)
    stage.area(poly(-0.1, -0.1, x0, y0, x0, y1, -0.1, 1.1),
        small._replace(colour=shade(wall.colour, 0.8)), 0.05)
    stage.area(poly(1.1, -0.1, x1, y0, x1, y1, 1.1, 1.1),
        small._replace(colour=shade(wall.colour, 0.9)), 0.05)
    stage.area(box(x0, y0, x1, y1), small, 0.03)
    _fittings(stage, x0, y0, x1, y1)
    return x0, y0, x1, y1


def _fittings(stage: Stage, x0: float, y0: float, x1: float, y1: float) -> None:
    """What any room may have: a lower part of the walls, lights, beams, posts, a door."""
    rand = stage.rand
    if rand.chance(0.3):
        rise = rand.span(0.2, 0.45)
        y = y1 - (y1 - y0) * rise
        stage.area(poly(-0.1, 1.1 - 1.2 * rise, x0, y, x1, y, 1.1, 1.1 - 1.2 * rise, 1.1, 1.1, x1,
            y1, x0, y1, -0.1, 1.1), rand.pick(WALLS)._replace(grain=0.15), 0.05)
    pen = Pen()
    if rand.chance(0.5):
        light = rand.span(0.03, 0.12)
        for step in range(rand.between(1, 3)):
            t = 0.2 + 0.3 * step
            y, half = y0 * t, (0.5 - (0.5 - light) * t) * 0.3
            pen.flat(box((x0 + x1) / 2 - half, y - 0.012, (x0 + x1) / 2 + half, y + 0.012),
                0xFBFBF4)
    if rand.chance(0.25):
        for step in range(4):
            t = step / 4
            pen.line(poly(x0 * t, y0 * t, 1 + (x1 - 1) * t, y0 * t), rand.pick(WOODS), 0.03)
    if rand.chance(0.35):
        x = rand.span(x0, max(x0, x1 - 0.12))
        pen.solid(box(x, y0 + (y1 - y0) * 0.3, x + min(0.12, (x1 - x0) * 0.4), y1),
            Look(rand.pick((*WOODS, 0xE3E0D6, 0x5A6A7A))), 0.1)
    if rand.chance(0.2):
        for x in (rand.span(0.0, 0.3), rand.span(0.7, 1.0)):
            pen.solid(box(x - 0.03, -0.1, x + 0.03, rand.span(y1, 0.95)), Look(0xC9C2B4), 0.8)
    stage.paint(pen)


def window(stage: Stage, x0: float, y0: float, x1: float, y1: float, blinds: bool = False) -> None:
    """A bright window, with blinds if asked for."""
    rand = stage.rand
    pen = Pen()
    pen.solid(box(x0 - 0.012, y0 - 0.012, x1 + 0.012, y1 + 0.012), Look(0xEDE9E0), 0.2)
    pen.solid(box(x0, y0, x1, y1), Look(rand.pick(SKIES), 0xF1F3F4, "cloud", 0.2, finish="glow"),
        0.05, False)
    if blinds:
        pen.decal(box(x0, y0, x1, y0 + (y1 - y0) * rand.span(0.4, 1.0)),
            Look(0xD9D6CC, 0xA8A59C, "bands", 0.025))
    else:
        pen.line(poly((x0 + x1) / 2, y0, (x0 + x1) / 2, y1), 0xEDE9E0, 0.01)
        pen.line(poly(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2), 0xEDE9E0, 0.01)
    stage.paint(pen)


def frame(stage: Stage, x: float, y: float, wide: float, high: float) -> None:
    """A picture on the wall."""
    rand = stage.rand
    stage.area(box(x, y, x + wide, y + high), Look(rand.pick((0x5A3A22, 0x1F1F21, 0xC9A23A))), 0.2,
        True)
    stage.area(box(x + 0.01, y + 0.01, x + wide - 0.01, y + high - 0.01),
        Look(rand.pick(SKIES), rand.pick((0x4F7A4A, 0xA8603A)), "patches", 0.06))


def shelf_wall(stage: Stage, side: int, back: Back, goods: tuple[int, ...], rows: int,
    wide: float = 1.0) -> None:  # fmt: skip
    """Shelves full of goods along one side wall, in perspective; `wide` stretches the goods."""
    rand = stage.rand
    x0, y0, x1, y1 = back
    near, far = (-0.05, x0 + 0.03) if side < 0 else (1.05, x1 - 0.03)
    top, low = (-0.02, y0 + 0.06), (1.0, y1 - 0.01)

    def at(t: float, level: float) -> tuple[float, float]:
        x = near + (far - near) * t
        high = top[0] + (top[1] - top[0]) * t
        deep = low[0] + (low[1] - low[0]) * t
        return x, high + (deep - high) * level

    wood = rand.pick((*WOODS, 0xC9CCCE))
    stage.area(poly(*at(0, 0), *at(1, 0), *at(1, 1), *at(0, 1)), Look(shade(wood, 0.45)), 0.05)
    pen = Pen()
    for row in range(rows):
        base, lid = (row + 0.95) / rows, (row + 0.12) / rows
        t = 0.0
        while t < 0.97:
            step = wide * rand.span(0.02, 0.05) * (1 - 0.5 * t)
            high = base - (base - lid) * rand.span(0.65, 1.0)
            pen.flat(poly(*at(t, high), *at(t + step * 0.92, high), *at(t + step * 0.92, base),
                *at(t, base)), shade(rand.pick(goods), 1 - 0.25 * t))
            t += step
        pen.flat(poly(*at(0, base - 0.012), *at(1, base - 0.012), *at(1, base + 0.015),
            *at(0, base + 0.015)), wood)
    stage.paint(pen)
