"""Scene classes of open country, told apart by how the picture is laid out."""

from cnnlab.datasets.world.backdrop import GROUNDS, LEAVES, WATERS
from cnnlab.datasets.world.extras import BOATS, crowd
from cnnlab.datasets.world.families.beasts import Beast
from cnnlab.datasets.world.families.buildings import Building
from cnnlab.datasets.world.families.people import SHIRTS
from cnnlab.datasets.world.families.plants import Tree
from cnnlab.datasets.world.families.sea import Armed, Fish
from cnnlab.datasets.world.families.tools import Tool
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.settings import TREES, skyline
from cnnlab.datasets.world.settings import sky as paint_sky
from cnnlab.datasets.world.shapes import blob, box, curve, oval, petal, poly, tube
from cnnlab.datasets.world.stage import Stage


def beach(stage: Stage) -> None:
    """Sky, sea and a slanting shore in bands; parasols and towels."""
    rand = stage.rand
    horizon, shore = rand.span(0.28, 0.45), rand.span(0.55, 0.7)
    paint_sky(stage, horizon)
    stage.rows(WATERS[rand.below(2)], horizon, shore + 0.12, 0.35)
    slope = rand.span(-0.14, 0.14)
    edge = [-0.1, shore - slope, 0.3, shore - slope * 0.4 + 0.03, 0.7, shore + slope * 0.4 - 0.02,
        1.1, shore + slope]
    sand = Look(rand.pick((0xE0C896, 0xD9BD84, 0xE8D8B0)), -1, "mottle", 0.1)
    surf = Pen()
    surf.line(curve(*edge), 0xF4F4F0, 0.05)
    stage.paint(surf)
    stage.area(poly(*edge, 1.1, 1.1, -0.1, 1.1), sand)
    for _ in range(rand.between(1, 4)):
        y = rand.span(shore + 0.12, 0.98)
        stage.put(Tool("umbrella", rand.pick(SHIRTS), long=0), rand.span(0.05, 0.95), y,
            0.16 + 0.35 * (y - shore), flip=False)
    for _ in range(rand.below(4)):
        x, y = rand.span(0.05, 0.85), rand.span(shore + 0.1, 0.95)
        stage.area(poly(x, y, x + 0.12, y - 0.02, x + 0.15, y + 0.03, x + 0.02, y + 0.05),
            Look(rand.pick(SHIRTS), 0xF1EEE6, "bands", 0.05))
    crowd(stage, rand.below(6), shore, 0.98, 0.24)
    if rand.chance(0.35):
        stage.put(Tree("palm", 0x3F7A3A, 0x6FA04A, 0x8A6F4A), rand.span(0.0, 1.0),
            rand.span(0.85, 1.05), rand.span(0.5, 0.85))
    if rand.chance(0.4):
        stage.put(rand.pick(BOATS), rand.span(0.1, 0.9), horizon + 0.05, rand.span(0.05, 0.12),
            shadow=False)


def forest(stage: Stage) -> None:
    """Trunks standing from the ground to above the picture, leaves between them."""
    rand = stage.rand
    stage.rows(rand.pick(LEAVES), 0, 1, rand.span(0.2, 0.4))
    stage.dim(0, 0.6, rand.span(0.9, 1.3), 0.8)
    ground = rand.span(0.6, 0.75)
    stage.rows(Look(0x5A4A32, 0x6F7A3F, "gravel", 0.12), ground, 1)
    for depth in sorted(rand.unit() for _ in range(rand.between(7, 14))):
        x, wide = rand.span(0, 1), 0.03 + 0.09 * depth * depth
        bark = Look(shade(rand.pick((0x5A4530, 0x6B5A48, 0x4A3A2C)), 0.6 + 0.5 * depth), -1, "fur",
            0.08, 1.57, 0.4)
        foot = ground + 0.02 + 0.3 * depth
        bend = rand.span(-0.05, 0.05)
        stage.area(tube(curve(x, foot, x + bend * 0.5, 0.3, x + bend, -0.1), wide * 1.4, wide,
            wide * 0.9), bark, 1.0)
    for _ in range(rand.between(2, 6)):
        stage.put(Tree("fern", 0x4A8A3A, 0x6FAA4A), rand.span(0, 1), rand.span(ground + 0.05, 1.02),
            rand.span(0.08, 0.2))
    for _ in range(3):
        stage.area(oval(rand.span(0, 1), rand.span(-0.05, 0.08), rand.span(0.15, 0.3), 0.12),
            LEAVES[0]._replace(grain=0.1), 0.8)


def mountain(stage: Stage) -> None:
    """Peaks with snow over a valley or lake."""
    rand = stage.rand
    base = rand.span(0.6, 0.75)
    paint_sky(stage, base)
    for layer in range(rand.between(2, 3)):
        rock = Look(rand.pick((0x7A7F8C, 0x8A8278, 0x66707C)), -1, "mottle", 0.12, 0, 0.4)
        for _ in range(2):
            x, top, wide = rand.span(0, 1), rand.span(0.08, 0.3) + 0.1 * layer, rand.span(0.35, 0.6)
            ridge = rand.span(-0.05, 0.05)
            stage.area(poly(x, top, x - wide, base + 0.03, x + ridge, base + 0.03), rock)
            stage.area(poly(x, top, x + ridge, base + 0.03, x + wide, base + 0.03),
                rock._replace(colour=shade(rock.colour, 0.65)))
            stage.area(poly(x, top, x - wide * 0.25, top + (base - top) * 0.25, x - wide * 0.1,
                top + (base - top) * 0.2, x, top + (base - top) * 0.32, x + wide * 0.12,
                top + (base - top) * 0.2, x + wide * 0.25, top + (base - top) * 0.25),
                Look(0xF2F5F8, texture="cloud"))
    stage.rows(rand.pick((GROUNDS[0], WATERS[1], GROUNDS[4])), base, 1, 0.3)
    stage.dim(base, 1, 0.9, 1.05)
    for _ in range(rand.between(2, 8)):
        y = rand.span(base + 0.02, 0.98)
        stage.put(TREES[1], rand.span(0, 1), y, 0.08 + 0.4 * (y - base))


def desert(stage: Stage) -> None:
    """Dunes in long curves under a bare sky."""
    rand = stage.rand
    horizon = rand.span(0.35, 0.55)
    paint_sky(stage, horizon + 0.1)
    for step in range(5):
        y = horizon + 0.13 * step
        crest = [rand.span(-0.06, 0.06) for _ in range(5)]
        line = curve(*(v for i, c in enumerate(crest) for v in (-0.1 + 0.3 * i, y + c))).ravel()
        sand = Look(shade(rand.pick((0xD9A860, 0xCF9A55, 0xE0B878)), 0.8 + 0.06 * step), -1,
            "water", 0.06, 0, 0.25)
        stage.area(poly(*line, 1.2, 1.1, -0.2, 1.1), sand, 0.35)
    for _ in range(rand.below(4)):
        y = rand.span(horizon + 0.15, 0.98)
        kind = rand.pick((Tree("cactus", 0x4F7A46, 0x7FA062), Tree("agave", 0x6F8F7A, 0x94B09A)))
        stage.put(kind, rand.span(0, 1), y, 0.08 + 0.3 * (y - horizon))
    if rand.chance(0.3):
        for step in range(3):
            stage.put(Beast(0xC2965C, depth=0.4, legs=1.15, leg_width=0.15, neck=0.95, rise=0.95,
                neck_width=0.26, head=0.2, hump=2), 0.2 + 0.2 * step, horizon + 0.22, 0.13,
                flip=False)


def pasture(stage: Stage) -> None:
    """Grass behind a fence, animals spread over it."""
    rand = stage.rand
    horizon = rand.span(0.3, 0.45)
    paint_sky(stage, horizon)
    skyline(stage, horizon, False)
    stage.rows(GROUNDS[rand.pick((0, 6))], horizon, 1, 0.35)
    stage.dim(horizon, 1, 0.9, 1.08)
    if rand.chance(0.4):
        stage.put(Building("barn", 0xA5352A, roof=0x5A5C60), rand.span(0.1, 0.9), horizon + 0.08,
            rand.span(0.16, 0.3))
    wool = Beast(0xEDE6D8, depth=0.5, legs=0.4, neck=0.28, head=0.23, snout=0.22, ears="flop",
        tail="stub", wool=True)
    cow = Beast(0xF0EDE6, -1, "patches", 0x26221F, 0.5, depth=0.46, legs=0.55, neck=0.42, rise=0.45,
        neck_width=0.42, tail="tuft")
    herd = rand.pick((wool, cow, Beast(0x7A4526, mane=0x1F1815, neck=0.75, rise=0.85)))
    for y in sorted(rand.span(horizon + 0.08, 0.9) for _ in range(rand.between(2, 6))):
        stage.put(herd, rand.span(0, 1), y, 0.06 + 0.3 * (y - horizon))
    pen = Pen()
    y = rand.span(0.86, 0.97)
    for rail in (0.0, 0.09):
        pen.line(poly(-0.1, y - rail, 1.1, y - rail + rand.span(-0.02, 0.02)), 0x8A6F50, 0.025)
    for step in range(6):
        x = 0.02 + 0.2 * step
        pen.solid(box(x - 0.018, y - 0.14, x + 0.018, y + 0.08), Look(0x7A6044, -1, "wood", 0.1,
            1.57))
    stage.paint(pen)


def underwater(stage: Stage) -> None:
    """Blue depth over a sea bed with weed and fish."""
    rand = stage.rand
    stage.rows(Look(rand.pick((0x1F5F8A, 0x1C6A7A, 0x2A4F8A)), 0x4F9ABF, "cloud", 0.4), 0, 1)
    stage.dim(0, 0.85, 1.3, 0.75)
    bed = rand.span(0.72, 0.85)
    dune = curve(-0.1, bed, 0.3, bed + rand.span(-0.05, 0.05), 0.7, bed + rand.span(-0.05, 0.05),
        1.1, bed).ravel()
    stage.area(poly(*dune, 1.1, 1.1, -0.1, 1.1), Look(0x8FA08A, -1, "gravel", 0.08))
    for _ in range(rand.between(4, 9)):
        x, tall = rand.span(0, 1), rand.span(0.1, 0.35)
        if rand.chance(0.6):
            sway = rand.span(-0.08, 0.08)
            stage.area(tube(curve(x, bed + 0.1, x + sway, bed - tall * 0.4, x - sway,
                bed + 0.05 - tall), 0.03, 0.025, 0.01), Look(rand.pick((0x3F7A4A, 0x6A8A3A)),
                texture="ribs"), 0.8)
        else:
            colour = rand.pick((0xD9607A, 0xE08A4A, 0xA86AC0))
            for step in range(5):
                stage.area(petal(x, bed + 0.08, -2.4 + 0.42 * step, tall * 0.7, 0.05),
                    Look(colour, texture="gravel", grain=0.03), 0.8)
    fish = (Fish(0xE8791F, deep=0.48, tail="fan"), Fish(0xE3D67A, deep=0.6, tail="fan",
        dorsal="tall", bars=0x2A2A2E), Fish(0x6B8AC0, deep=0.34))
    kind = rand.pick(fish)
    for _ in range(rand.between(2, 7)):
        stage.put(kind if rand.chance(0.6) else rand.pick(fish), rand.span(0, 1),
            rand.span(0.15, bed), rand.span(0.05, 0.16), shadow=False)
    if rand.chance(0.3):
        stage.put(Armed(0xC9A3D8, "jelly", second=0xE8C7E6), rand.span(0.1, 0.9),
            rand.span(0.3, 0.6), 0.2, shadow=False)


def snowfield(stage: Stage) -> None:
    """White slopes with dark firs."""
    rand = stage.rand
    horizon = rand.span(0.3, 0.5)
    paint_sky(stage, horizon + 0.15)
    snow = Look(0xE9EEF4, -1, "cloud", 0.4, 0, 0.12, "soft")
    for step in range(4):
        y, tilt = horizon + 0.15 * step, rand.span(-0.12, 0.12)
        line = curve(-0.1, y + tilt, 0.4, y + rand.span(-0.04, 0.04), 1.1, y - tilt).ravel()
        stage.area(poly(*line, 1.1, 1.1, -0.1, 1.1), snow._replace(colour=shade(0xE9EEF4,
            0.86 + 0.045 * step)), 0.5)
        for _ in range(rand.between(1, 4)):
            stage.put(Tree("fir", 0x1F3F32, 0x8FA8A0), rand.span(0, 1),
                y + 0.06 + rand.span(0, 0.06), 0.1 + 0.09 * step + rand.span(0, 0.06))
    if rand.chance(0.35):
        stage.put(Building("house", 0x7A5638, "planks", 0xDDE6EE), rand.span(0.15, 0.85),
            rand.span(0.65, 0.85), rand.span(0.15, 0.25))
    if rand.chance(0.4):
        crowd(stage, rand.between(1, 3), 0.65, 0.95, 0.2)


def cliff_coast(stage: Stage) -> None:
    """Steep rock on one side falling into the sea."""
    rand = stage.rand
    horizon = rand.span(0.35, 0.5)
    paint_sky(stage, horizon)
    stage.rows(rand.pick(WATERS), horizon, 1, 0.4)
    for layer in range(3):
        reach, top = 0.75 - 0.2 * layer, rand.span(0.12, 0.25) + 0.12 * layer
        rock = Look(shade(rand.pick((0x9A8468, 0x8A7F74, 0xB09A78)), 0.75 + 0.12 * layer), -1,
            "fur", 0.12, 1.4, 0.5)
        low = horizon + 0.08 + 0.2 * layer
        stage.area(blob(-0.2, top, reach * 0.5, top + rand.span(-0.02, 0.05), reach * 0.8,
            top + 0.08, reach * 0.9, low, reach, low + 0.06, -0.2, low + 0.3, steps=2), rock, 0.4,
            True)
        stage.area(poly(-0.2, top - 0.02, reach * 0.5, top - 0.01, reach * 0.78, top + 0.07,
            reach * 0.4, top + 0.06, -0.2, top + 0.07), GROUNDS[0]._replace(grain=0.06))
        pen = Pen()
        pen.line(curve(-0.1, low + 0.2, reach * 0.6, low + 0.13, reach, low + 0.06), 0xF1F4F2,
            0.022)
        stage.paint(pen)
