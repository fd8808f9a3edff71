"""A room in perspective, and what hangs on or lines its walls."""

from cnnlab.datasets.world.backdrop import SKIES
from cnnlab.datasets.world.families.people import Person
from cnnlab.datasets.world.families.seats import WOODS
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.shapes import box, poly
from cnnlab.datasets.world.stage import Stage

Back = tuple[float, float, float, float]
PEOPLE = (Person("stand"), Person("walk"), Person("stand", dress=True), Person("sit"))


def shell(stage: Stage, wall: Look, floor: Look, depth: float = 0.0) -> Back:
    """Floor, ceiling and three walls; returns the back wall's corners x0, y0, x1, y1."""
    rand = stage.rand
    size = depth or rand.span(0.5, 0.72)
    x0, y0 = rand.span(0.25, 0.75) * (1 - size), rand.span(0.3, 0.6) * (1 - size)
    x1, y1 = x0 + size, y0 + size * rand.span(0.75, 0.95)
    small = wall._replace(grain=wall.grain * 0.35)
    stage.area(poly(-0.1, -0.1, 1.1, -0.1, x1, y0, x0, y0), Look(0xE3E0D8, texture="cloud"), 0.05)
    stage.area(poly(-0.1, 1.1, 1.1, 1.1, x1, y1, x0, y1), floor._replace(grain=floor.grain * 0.3),
        0.05)
    stage.area(poly(-0.1, -0.1, x0, y0, x0, y1, -0.1, 1.1), small._replace(colour=shade(wall.colour,
        0.8)), 0.05)
    stage.area(poly(1.1, -0.1, x1, y0, x1, y1, 1.1, 1.1), small._replace(colour=shade(wall.colour,
        0.9)), 0.05)
    stage.area(box(x0, y0, x1, y1), small, 0.03)
    return x0, y0, x1, y1


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


def shelf_wall(stage: Stage, side: int, back: Back, goods: tuple[int, ...], rows: int) -> None:
    """Shelves full of goods along one side wall, in perspective."""
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
            step = rand.span(0.02, 0.05) * (1 - 0.5 * t)
            high = base - (base - lid) * rand.span(0.65, 1.0)
            pen.flat(poly(*at(t, high), *at(t + step * 0.92, high), *at(t + step * 0.92, base),
                *at(t, base)), shade(rand.pick(goods), 1 - 0.25 * t))
            t += step
        pen.flat(poly(*at(0, base - 0.012), *at(1, base - 0.012), *at(1, base + 0.015),
            *at(0, base + 0.015)), wood)
    stage.paint(pen)
