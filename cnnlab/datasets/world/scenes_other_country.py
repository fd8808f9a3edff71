"""Second layouts of open country: the same things from elsewhere, or otherwise arranged."""

from cnnlab.datasets.world.backdrop import GROUNDS, LEAVES, WATERS
from cnnlab.datasets.world.extras import BOATS, PEOPLE
from cnnlab.datasets.world.families.beasts import Beast
from cnnlab.datasets.world.families.plants import Tree
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.scenes_props import spread
from cnnlab.datasets.world.settings import HOUSES, TREES, skyline
from cnnlab.datasets.world.settings import sky as paint_sky
from cnnlab.datasets.world.shapes import blob, box, curve, oval, poly, tube
from cnnlab.datasets.world.stage import Stage


def beach(stage: Stage) -> None:
    """A shore that runs away from the camera, the sea on one side."""
    rand = stage.rand
    horizon = rand.span(0.2, 0.5)
    paint_sky(stage, horizon)
    stage.rows(rand.pick(WATERS), horizon, 1, 0.4)
    far, near = rand.span(0.1, 0.6), rand.span(0.3, 0.9)
    edge = [far, horizon, (far + near) / 2 + rand.span(-0.1, 0.1), (1 + horizon) / 2, near, 1.1]
    sand = GROUNDS[1]._replace(grain=0.1)
    stage.area(poly(*curve(*edge).ravel(), -0.1, 1.1, -0.1, horizon), sand)
    pen = Pen()
    pen.line(curve(*edge), 0xF4F4F0, 0.03)
    stage.paint(pen)
    if rand.chance(0.5):
        stage.area(oval(0.0, horizon + 0.03, rand.span(0.2, 0.5), rand.span(0.08, 0.25)),
            LEAVES[0]._replace(grain=0.1))
    spread(stage, (*PEOPLE, Tree("palm"), BOATS[0]), rand.between(1, 5), horizon + 0.1, 1.0, 0.08,
        0.4)


def forest(stage: Stage) -> None:
    """Whole trees behind each other on a slope, or a path between them."""
    rand = stage.rand
    ground = rand.span(0.35, 0.6)
    paint_sky(stage, ground)
    stage.rows(rand.pick((GROUNDS[0], GROUNDS[4], GROUNDS[6])), ground, 1, 0.3)
    if rand.chance(0.5):
        stage.area(tube(curve(rand.unit(), ground, rand.unit(), 0.75, rand.unit(), 1.1), 0.03, 0.15,
            0.3), GROUNDS[1]._replace(grain=0.1))
    for row in range(3):
        y = ground + 0.02 + 0.14 * row
        for step in range(rand.between(4, 7)):
            stage.put(rand.pick(TREES), 0.18 * step + rand.span(-0.08, 0.08), y,
                rand.span(0.3, 0.6) + 0.1 * row)
    spread(stage, (Tree("fern"), Tree("mushroom")), rand.below(5), 0.7, 1.0, 0.08, 0.2)


def mountain(stage: Stage) -> None:
    """Rounded ranges one behind the other, bare or wooded, or one peak above water."""
    rand = stage.rand
    base = rand.span(0.5, 0.85)
    paint_sky(stage, base)
    for layer in range(rand.between(2, 5)):
        y = rand.span(0.15, 0.35) + 0.1 * layer
        line = [v for i in range(5) for v in (-0.1 + 0.3 * i, y + rand.span(-0.14, 0.14))]
        look = rand.pick((Look(shade(rand.pick((0x7A7F8C, 0x8A8278, 0x66707C)), 1.2 - 0.1 * layer),
            -1, "mottle", 0.12), LEAVES[0]._replace(grain=0.05)))
        stage.area(poly(*curve(*line).ravel(), 1.2, base + 0.1, -0.2, base + 0.1), look, 0.3)
    stage.rows(rand.pick((GROUNDS[0], GROUNDS[2], WATERS[1], GROUNDS[6])), base, 1, 0.3)
    spread(stage, (*TREES, *HOUSES[:1]), rand.below(7), base + 0.02, 1.0, 0.06, 0.25)


def desert(stage: Stage) -> None:
    """A stony plain with plants and far tables of rock."""
    rand = stage.rand
    horizon = rand.span(0.3, 0.6)
    paint_sky(stage, horizon)
    for _ in range(rand.below(4)):
        x, wide, top = rand.unit(), rand.span(0.1, 0.3), horizon - rand.span(0.06, 0.25)
        stage.area(poly(x - wide * 0.7, top, x + wide * 0.7, top, x + wide, horizon + 0.03,
            x - wide, horizon + 0.03), Look(0xB0784A, -1, "bands", 0.08), 0.2)
    stage.rows(rand.pick((GROUNDS[1], GROUNDS[2], GROUNDS[6])), horizon, 1, 0.3)
    if rand.chance(0.4):
        stage.area(tube(curve(rand.unit(), horizon, rand.unit(), 0.7, rand.unit(), 1.1), 0.01, 0.1,
            0.25), GROUNDS[4]._replace(grain=0.1))
    spread(stage, (Tree("cactus", 0x4F7A46, 0x7FA062), Tree("agave"), Tree("fern")),
        rand.between(3, 9), horizon + 0.05, 1.0, 0.05, 0.3)
    for _ in range(rand.below(4)):
        stage.area(oval(rand.unit(), rand.span(horizon + 0.1, 1.0), 0.07, 0.04), GROUNDS[2], 0.9,
            True)


def pasture(stage: Stage) -> None:
    """A slope parted by walls or hedges, one or two animals close by."""
    rand = stage.rand
    horizon = rand.span(0.2, 0.5)
    paint_sky(stage, horizon)
    skyline(stage, horizon, rand.chance(0.2))
    field = rand.pick((GROUNDS[0], GROUNDS[6], GROUNDS[4]))
    stage.rows(field, horizon, 1, 0.35)
    for _ in range(rand.between(1, 4)):
        y, tilt = rand.span(horizon + 0.02, 0.8), rand.span(-0.15, 0.15)
        line = curve(-0.1, y - tilt, 0.5, y + rand.span(-0.05, 0.05), 1.1, y + tilt)
        look = rand.pick((LEAVES[0]._replace(grain=0.06), Look(0x8A8378, -1, "bricks", 0.04)))
        stage.area(tube(line, 0.02 + 0.06 * (y - horizon)), look, 0.7, True)
    cow = Beast(0xF0EDE6, -1, "patches", 0x26221F, 0.5, depth=0.46, legs=0.55, neck=0.42, rise=0.45)
    herd = rand.pick((cow, Beast(0x7A4526, mane=0x1F1815, neck=0.75, rise=0.85),
        Beast(0xEDE6D8, depth=0.5, legs=0.4, neck=0.28, head=0.23, wool=True)))
    spread(stage, (herd,), rand.between(1, 3), horizon + 0.2, 1.0, 0.12, 0.45)
    spread(stage, (*TREES, *HOUSES[:1]), rand.below(4), horizon, horizon + 0.2, 0.1, 0.3)


def snowfield(stage: Stage) -> None:
    """Snow on level ground before houses or a wood, a trodden way through it."""
    rand = stage.rand
    horizon = rand.span(0.3, 0.6)
    paint_sky(stage, horizon)
    skyline(stage, horizon, rand.chance(0.5))
    stage.rows(GROUNDS[5], horizon, 1)
    if rand.chance(0.6):
        way = tube(curve(rand.unit(), horizon, rand.unit(), 0.7, rand.unit(), 1.1), 0.02, 0.1, 0.25)
        stage.area(way, rand.pick((Look(0xB9C4D0), GROUNDS[4]))._replace(grain=0.1), 0.3)
    for _ in range(rand.below(4)):
        stage.area(oval(rand.unit(), rand.span(horizon + 0.05, 1.0), rand.span(0.1, 0.3), 0.06),
            GROUNDS[5], 0.9, True)
    spread(stage, (Tree("fir", 0x1F3F32, 0x8FA8A0), TREES[1], *HOUSES[:1], *PEOPLE),
        rand.between(2, 6), horizon + 0.03, 1.0, 0.12, 0.4)


def cliff_coast(stage: Stage) -> None:
    """Rocks that stand in the sea before a far wall of cliffs."""
    rand = stage.rand
    horizon = rand.span(0.3, 0.6)
    paint_sky(stage, horizon)
    rock = Look(rand.pick((0x9A8468, 0x8A7F74, 0xB09A78)), -1, "fur", 0.12, 1.4, 0.5)
    stage.rows(rand.pick(WATERS), horizon, 1, 0.4)
    top = horizon - rand.span(0.08, 0.25)
    line = [v for i in range(5) for v in (-0.1 + 0.3 * i, top + rand.span(-0.08, 0.12))]
    stage.area(poly(*line, 1.1, horizon + 0.04, -0.1, horizon + 0.04), rock, 0.1)
    for y in sorted(rand.span(horizon + 0.08, 0.95) for _ in range(rand.between(1, 4))):
        x, wide, tall = rand.unit(), rand.span(0.05, 0.15), rand.span(0.1, 0.4)
        stage.area(blob(x - wide, y, x - wide * 0.7, y - tall, x + wide * 0.4, y - tall * 1.05,
            x + wide, y, steps=2), rock, 0.5, True)
        pen = Pen()
        pen.line(curve(x - wide * 1.4, y, x, y + 0.03, x + wide * 1.4, y), 0xF1F4F2, 0.02)
        stage.paint(pen)
    if rand.chance(0.4):
        stage.area(box(-0.1, rand.span(0.8, 0.95), 1.1, 1.1), GROUNDS[0]._replace(grain=0.1), 0.2)
