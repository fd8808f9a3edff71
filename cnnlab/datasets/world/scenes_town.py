"""Scene classes of towns and leisure, told apart by how the picture is laid out."""

from cnnlab.datasets.world.backdrop import GROUNDS, LEAVES, WATERS
from cnnlab.datasets.world.extras import ASPHALT, PEOPLE
from cnnlab.datasets.world.families.furniture import Stand
from cnnlab.datasets.world.families.people import Person
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.settings import TREES, skyline
from cnnlab.datasets.world.settings import sky as paint_sky
from cnnlab.datasets.world.shapes import arc, box, curve, oval, poly, tube
from cnnlab.datasets.world.stage import Stage


def playground(stage: Stage) -> None:
    """Frames of bars and slides on sand, children between."""
    rand = stage.rand
    horizon = rand.span(0.35, 0.5)
    paint_sky(stage, horizon)
    skyline(stage, horizon, False)
    stage.rows(GROUNDS[0], horizon, 1, 0.35)
    stage.area(oval(0.5, 0.8, 0.55, 0.24), Look(0xD9BD84, -1, "mottle", 0.1))
    colours = (0xD9402F, 0x2F6FC4, 0xE8B92A, 0x3FA05A)
    pen = Pen()
    x, y, tall = rand.span(0.08, 0.3), rand.span(0.7, 0.85), rand.span(0.35, 0.5)
    a, b = rand.pick(colours), rand.pick(colours)
    for lean in (0.0, 0.1):
        pen.line(poly(x + lean, y, x + 0.05 + lean * 0.4, y - tall), a, 0.022)
    for step in range(5):
        t = step / 5
        pen.line(poly(x + 0.05 * t, y - tall * t, x + 0.1 - 0.01 * t, y - tall * t), a, 0.014)
    pen.solid(tube(curve(x + 0.06, y - tall, x + 0.18, y - tall * 0.8, x + 0.34, y - 0.08, x + 0.46,
        y), 0.07), Look(b, finish="gloss"))
    sx, sy, high = rand.span(0.5, 0.65), rand.span(0.72, 0.88), rand.span(0.38, 0.5)
    c = rand.pick(colours)
    for leg in (0.0, 0.3):
        pen.line(poly(sx + leg - 0.05, sy, sx + leg, sy - high, sx + leg + 0.05, sy), c, 0.022)
    pen.line(poly(sx, sy - high, sx + 0.3, sy - high), c, 0.024)
    for seat in (0.09, 0.21):
        swing = rand.span(-0.08, 0.08)
        for edge in (-0.025, 0.025):
            pen.line(poly(sx + seat + edge, sy - high, sx + seat + swing + edge, sy - 0.1),
                0x6A6C70, 0.007)
        pen.solid(box(sx + seat + swing - 0.04, sy - 0.11, sx + seat + swing + 0.04, sy - 0.09),
            Look(0x2A2A2D))
    stage.paint(pen)
    for _ in range(rand.between(1, 4)):
        foot = rand.span(0.68, 0.98)
        stage.put(Person("walk", child=True), rand.span(0.05, 0.95), foot,
            0.1 + 0.25 * (foot - 0.5))


def stadium(stage: Stage) -> None:
    """Banked rows of crowd around a striped green field."""
    rand = stage.rand
    rim, field = rand.span(0.1, 0.25), rand.span(0.5, 0.62)
    paint_sky(stage, rim + 0.06)
    bend = rand.span(0.03, 0.1)
    seats = Look(rand.pick((0xA8403A, 0x3F5F9C, 0x8A8F94)), 0xD9CDB8, "gravel", 0.035, 0, 0.4)
    stage.area(poly(*curve(-0.1, rim, 0.5, rim + bend, 1.1, rim).ravel(), 1.1, field, -0.1, field),
        seats)
    pen = Pen()
    for step in range(1, 6):
        y = rim + (field - rim) * step / 6
        pen.line(curve(-0.1, y, 0.5, y + bend * (1 - step / 6), 1.1, y), 0x6A6C70, 0.008)
    for x in (0.15, 0.5, 0.85):
        pen.line(poly(x, rim + bend, x, field), 0x9A9C9E, 0.014)
    stage.paint(pen)
    stage.rows(Look(0x4F9A42, 0x63AE50, "bands", 0.16, 1.57), field, 1)
    stage.dim(field, 1, 0.95, 1.1)
    pen = Pen()
    pen.line(poly(-0.1, field + 0.05, 1.1, field + 0.05), 0xF1F1EC, 0.012)
    pen.line(poly(0.5, field + 0.05, 0.5 + rand.span(-0.15, 0.15), 1.02), 0xF1F1EC, 0.014)
    pen.line(arc(0.5, 0.82, 0.22, 0.1, 0, 6.28, 24), 0xF1F1EC, 0.013)
    stage.paint(pen)
    for _ in range(rand.between(2, 7)):
        foot = rand.span(field + 0.08, 0.98)
        stage.put(Person("run"), rand.span(0.05, 0.95), foot, 0.06 + 0.22 * (foot - field))


def downtown(stage: Stage) -> None:
    """A dense wall of towers of many heights, perhaps over water."""
    rand = stage.rand
    base = rand.span(0.7, 0.9)
    paint_sky(stage, base)
    for layer in range(3):
        x = rand.span(-0.1, 0.0)
        while x < 1.1:
            wide, top = rand.span(0.06, 0.15), rand.span(0.08, 0.42) + 0.09 * layer
            tone = Look(shade(rand.pick((0x8FA0AC, 0xA89A88, 0x7A8898, 0xB5A896)),
                0.75 + 0.15 * layer), shade(0x5A6A7A, 0.7 + 0.15 * layer), "checks", 0.03, 0, 0.3)
            stage.area(box(x, top, x + wide, base + 0.02), tone, 0.1, True)
            x += wide * rand.span(0.75, 1.15)
    stage.rows(rand.pick((WATERS[1], ASPHALT, LEAVES[0])), base, 1, 0.3)
    stage.dim(base, 1, 0.8, 1.0)


def park(stage: Stage) -> None:
    """A winding path between lawns, benches and round trees."""
    rand = stage.rand
    horizon = rand.span(0.35, 0.48)
    paint_sky(stage, horizon)
    skyline(stage, horizon, False)
    stage.rows(GROUNDS[0], horizon, 1, 0.3)
    stage.dim(horizon, 1, 0.9, 1.08)
    bend = rand.span(0.15, 0.35) * rand.pick((-1, 1))
    path = curve(0.5 - bend * 0.5, horizon, 0.5 + bend * 0.3, horizon + 0.12, 0.5 - bend, 0.75,
        0.5 + bend * 0.4, 1.1)
    stage.area(tube(path, 0.02, 0.1, 0.22, 0.36), Look(0xCDB892, -1, "mottle", 0.08))
    for y in sorted(rand.span(horizon + 0.05, 0.95) for _ in range(rand.between(3, 6))):
        x = rand.span(0.0, 1.0)
        size = 0.1 + 0.75 * (y - horizon)
        if rand.chance(0.65):
            stage.put(TREES[0], x, y, size * 1.1)
        elif rand.chance(0.5):
            stage.put(Stand("bench"), x, y, size * 0.35)
        else:
            stage.put(rand.pick(PEOPLE), x, y, size * 0.6)
