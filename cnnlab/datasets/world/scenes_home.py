"""Scene classes of the home: a room furnished after its use."""

from cnnlab.datasets.world.backdrop import FLOORS, WALLS
from cnnlab.datasets.world.families.furniture import Stand
from cnnlab.datasets.world.families.household import Laid, Potted, Screen
from cnnlab.datasets.world.families.lamps import Lamp
from cnnlab.datasets.world.families.seats import CLOTHS, WOODS
from cnnlab.datasets.world.families.vessels import Vessel
from cnnlab.datasets.world.grammar import Kind
from cnnlab.datasets.world.looks import Look
from cnnlab.datasets.world.rooms import frame, shell, window
from cnnlab.datasets.world.shapes import blob, box, curve, oval, tube
from cnnlab.datasets.world.stage import Stage

CHINA = Look(0xF1F1EE, texture="cloud", contrast=0.06, finish="gloss")


def kitchen(stage: Stage) -> None:
    """Cupboards above and below a worktop, a cooker between."""
    rand = stage.rand
    x0, y0, x1, y1 = shell(stage, Look(0xDCD6C8, -1, "tiles", 0.2), rand.pick(FLOORS[:2]),
        rand.span(0.7, 0.85))
    front = Look(rand.pick((*WOODS, 0xEDEBE4, 0x6A8A9A)), -1, rand.pick(("wood", "cloud")), 0.15,
        1.57)
    top, count = y1 - rand.span(0.22, 0.28), rand.between(4, 6)
    wide = (x1 - x0) / count
    gap, cooker = rand.below(count), rand.below(count)
    for step in range(count):
        x = x0 + wide * step
        if step == gap:
            window(stage, x + 0.01, y0 + 0.06, x + wide - 0.01, top - 0.14)
        else:
            stage.area(box(x + 0.004, y0 + 0.01, x + wide - 0.004, top - 0.2), front, 0.2, True)
            stage.area(oval(x + wide * 0.85, top - 0.23, 0.008), Look(0xC9CCD0, finish="metal"))
        below = Look(0x3A3C40, finish="gloss") if step == cooker else front
        stage.area(box(x + 0.004, top + 0.03, x + wide - 0.004, y1), below, 0.2)
        if step == cooker:
            stage.area(box(x + 0.02, top + 0.09, x + wide - 0.02, y1 - 0.05),
                Look(0x15171A, 0x4A5058, "cloud", 0.1), 0.2)
            for knob in range(3):
                stage.area(oval(x + wide * (0.25 + 0.25 * knob), top + 0.055, 0.01),
                    Look(0xD0D3D6, finish="metal"))
    stage.area(box(x0 - 0.02, top, x1 + 0.02, top + 0.035), Look(rand.pick((0x5A5A5C, 0xC9C0B0,
        0x8A6A48)), -1, "mottle", 0.05), 0.4, True)
    pots = (Vessel((-0.3, 0.28, 0.0, 0.6, 0.6, 0.72, 0.7, 0.68), colour=0xB4BBC0, material="metal",
        handle="top", lid=0.28), Vessel((-0.6, 0.5, 0.0, 0.5, 0.65, 0.48, 0.7, 0.42),
        handle="side"), Vessel((-1.0, 0.12, -0.5, 0.13, -0.2, 0.3, 0.0, 0.32, 0.95, 0.31, 1.0,
        0.28)))
    for _ in range(rand.between(2, 5)):
        stage.put(rand.pick(pots), rand.span(x0 + 0.03, x1 - 0.03), top + 0.015,
            rand.span(0.06, 0.12))
    if rand.chance(0.6):
        side = rand.pick((x0 - 0.1, x1 + 0.02))
        stage.area(box(side, y0 + 0.12, side + 0.2, 1.0), Look(rand.pick((0xE9ECEC, 0xB9BEC2)),
            texture="cloud", finish="gloss"), 0.3, True)
        stage.area(box(side + 0.02, y0 + 0.25, side + 0.035, y0 + 0.4), Look(0x7A7E82))
    if rand.chance(0.5):
        stage.put(Laid(wood=rand.pick(WOODS)), rand.span(0.25, 0.75), 1.05, rand.span(0.22, 0.32))


def bedroom(stage: Stage) -> None:
    """A bed with pillows against the back wall, lamps beside it, curtains."""
    rand = stage.rand
    x0, y0, x1, y1 = shell(stage, rand.pick(WALLS[:4]), rand.pick((FLOORS[0], FLOORS[2])))
    side = rand.chance(0.5)
    if rand.chance(0.8):
        wx = x0 + 0.03 if side else x1 - 0.21
        window(stage, wx, y0 + 0.06, wx + 0.18, y0 + 0.3)
        cloth = Look(rand.pick(CLOTHS), -1, "ribs", 0.04, 1.57)
        for cx in (wx - 0.04, wx + 0.15):
            stage.area(blob(cx, y0 + 0.02, cx + 0.07, y0 + 0.02, cx + 0.06, y0 + 0.2, cx + 0.08,
                y0 + 0.38, cx - 0.01, y0 + 0.38, steps=2), cloth, 0.6)
    middle, half = (x0 + x1) / 2 + rand.span(-0.08, 0.08), rand.span(0.17, 0.24)
    stage.area(blob(middle - half, y1 - 0.02, middle - half, y1 - 0.26, middle, y1 - 0.32,
        middle + half, y1 - 0.26, middle + half, y1 - 0.02, steps=3), Look(rand.pick(WOODS), -1,
        "wood", 0.15), 0.5, True)
    near = half * rand.span(1.35, 1.7)
    low = min(0.98, y1 + rand.span(0.16, 0.26))
    quilt = Look(rand.pick(CLOTHS), rand.pick((-1, 0xEDE6D6)), rand.pick(("checks", "dots", "cloud",
        "stripes")), 0.06, 0, 0.2, "soft")
    stage.area(blob(middle - half, y1 - 0.1, middle + half, y1 - 0.1, middle + near, low,
        middle + near, low + 0.1, middle - near, low + 0.1, middle - near, low, steps=3), quilt,
        0.5, True)
    for x in (middle - half * 0.5, middle + half * 0.5):
        stage.area(oval(x, y1 - 0.11, half * 0.42, 0.05), Look(0xF3F1EB, texture="cloud",
            finish="soft"), 1.0, True)
    for x in (middle - half - 0.09, middle + half + 0.09):
        if rand.chance(0.8):
            stage.put(Stand("drawers", wide=0.6), x, y1 + 0.04, 0.16)
            stage.put(Lamp("table", metal=rand.pick(CLOTHS)), x, y1 - 0.11, 0.15, shadow=False)
    if rand.chance(0.6):
        frame(stage, middle - 0.1, y0 + 0.05, rand.span(0.12, 0.2), rand.span(0.08, 0.12))
    if rand.chance(0.35):
        stage.put(Stand("wardrobe", wide=0.65, tall=0.92), 0.08 if side else 0.92, 0.92, 0.6)


def living_room(stage: Stage) -> None:
    """Sofas round a low table, a screen or lamp, a rug."""
    rand = stage.rand
    x0, y0, x1, y1 = shell(stage, rand.pick(WALLS), rand.pick(FLOORS))
    if rand.chance(0.6):
        window(stage, x0 + 0.05, y0 + 0.04, x0 + 0.25, y1 - 0.2)
    for _ in range(rand.between(1, 3)):
        frame(stage, rand.span(x0 + 0.2, x1 - 0.16), y0 + rand.span(0.04, 0.12),
            rand.span(0.08, 0.15), rand.span(0.07, 0.12))
    stage.area(oval(0.5, 0.86, 0.4, 0.1), Look(rand.pick(CLOTHS), 0xD9C9A0, "checks", 0.05))
    things: list[tuple[Kind, float, float, float]] = [
        (Stand("sofa", wide=rand.pick((1.0, 1.35))), rand.span(0.35, 0.65), y1 + 0.08, 0.24)
    ]
    if rand.chance(0.6):
        things.append((Stand("sofa", wide=1.0), rand.pick((0.1, 0.9)), 0.98, 0.3))
    if rand.chance(0.7):
        things.append((Potted("broad"), rand.pick((x0, x1)), y1 + 0.05, 0.26))
    if rand.chance(0.6):
        things.append((Lamp("floor", metal=0x3A3C40), rand.pick((x0 + 0.05, x1 - 0.05)), y1 + 0.03,
            0.4))
    if rand.chance(0.5):
        things.append((Screen("flat", 1.2), rand.pick((0.12, 0.88)), 0.8, 0.2))
    things.append((Stand("table", rand.pick(WOODS), wide=1.2, tall=0.45), rand.span(0.4, 0.6), 0.95,
        0.14))
    for kind, x, foot, tall in sorted(things, key=lambda thing: thing[2]):
        stage.put(kind, x, foot, tall)


def bathroom(stage: Stage) -> None:
    """Tiles, a tub, a basin under a mirror."""
    rand = stage.rand
    tile = Look(rand.pick((0xDDE6E6, 0xC9D9DC, 0xE6DFD0, 0xBFD0C4)), -1, "tiles", 0.3)
    x0, y0, x1, y1 = shell(stage, tile, Look(rand.pick((0x8A8F94, 0xC9C2B6, 0x6A7A84)), -1, "tiles",
        0.35))
    if rand.chance(0.7):
        stage.area(box(-0.1, y1 - 0.32, 1.1, y1 - 0.29), Look(rand.pick(CLOTHS)), 0.2)
    left = rand.chance(0.5)
    bx = x0 + 0.14 if left else x1 - 0.14
    stage.area(box(bx - 0.1, y0 + 0.05, bx + 0.1, y0 + 0.27, 0.02), Look(0xBCD0DA, 0xE9F1F4,
        "cloud", 0.2, finish="glow"), 0.1, True)
    stage.area(box(bx - 0.02, y1 - 0.15, bx + 0.02, y1 + 0.03), CHINA, 0.8)
    stage.area(blob(bx - 0.13, y1 - 0.22, bx + 0.13, y1 - 0.22, bx + 0.08, y1 - 0.12, bx - 0.08,
        y1 - 0.12), CHINA, 0.9, True)
    stage.area(tube(curve(bx, y1 - 0.22, bx, y1 - 0.28, bx + 0.03, y1 - 0.27), 0.016),
        Look(0xC4CACE, finish="metal"))
    tx = x1 - 0.3 if left else x0 + 0.3
    ty = min(0.9, y1 + rand.span(0.12, 0.2))
    stage.area(blob(tx - 0.34, ty - 0.2, tx + 0.34, ty - 0.2, tx + 0.3, ty, tx + 0.2, ty + 0.06,
        tx - 0.2, ty + 0.06, tx - 0.3, ty), CHINA, 0.8, True)
    stage.area(oval(tx, ty - 0.2, 0.34, 0.045), Look(0xCBD9DE), 0.4)
    if rand.chance(0.6):
        cloth = Look(rand.pick(CLOTHS), 0xEEF0EE, "dots", 0.08)
        stage.area(blob(tx - 0.32, y0 - 0.05, tx - 0.12, y0 - 0.05, tx - 0.16, ty - 0.3, tx - 0.14,
            ty - 0.05, tx - 0.34, ty - 0.05, steps=2), cloth, 0.5, True)
    wx = rand.span(0.05, 0.95)
    stage.area(blob(wx - 0.08, 0.98, wx - 0.06, 0.8, wx - 0.1, 0.78, wx + 0.1, 0.78, wx + 0.06, 0.8,
        wx + 0.08, 0.98), CHINA, 0.9, True)
    stage.area(box(wx - 0.09, 0.6, wx + 0.09, 0.78, 0.02), CHINA, 0.5)
