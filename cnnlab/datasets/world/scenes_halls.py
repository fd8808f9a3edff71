"""Scene classes of public rooms: a hall furnished after its use."""

from cnnlab.datasets.world.backdrop import FLOORS, WALLS
from cnnlab.datasets.world.families.furniture import Stand
from cnnlab.datasets.world.families.household import Laid, Screen
from cnnlab.datasets.world.families.lamps import Lamp
from cnnlab.datasets.world.families.seats import CLOTHS, WOODS, Seat
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.rooms import PEOPLE, frame, shelf_wall, shell, window
from cnnlab.datasets.world.shapes import arc, blob, box, curve, oval, poly
from cnnlab.datasets.world.stage import Stage


def office(stage: Stage) -> None:
    """Desks with screens in rows, swivel chairs, blinds, ceiling lights."""
    rand = stage.rand
    x0, y0, x1, y1 = shell(stage, Look(rand.pick((0xC9CFD2, 0xD6D2C6)), -1, "cloud", 1.0),
        Look(0x6A7078, -1, "knit", 0.3), rand.span(0.55, 0.8))
    for step in range(rand.between(2, 3)):
        wx = x0 + 0.03 + (x1 - x0) * 0.33 * step
        window(stage, wx, y0 + 0.04, wx + (x1 - x0) * 0.27, y1 - 0.22, True)
    for step in range(2):
        cx, cy = 0.3 + 0.4 * step, y0 * 0.5
        stage.area(poly(cx - 0.1, cy - 0.03, cx + 0.1, cy - 0.03, cx + 0.07, cy + 0.03, cx - 0.07,
            cy + 0.03), Look(0xF8F8F0, finish="glow"))
    desk = Stand("desk", rand.pick((0xC9A878, 0xD9D6CE, 0x8A6A48)), wide=1.1)
    chair = Seat(0.45, 0.3, 0.85, "cushion", True, swivel=True, padded=True,
        cushion=rand.pick((0x2C3036, 0x3A4A6A)))
    for row, (foot, size) in enumerate(((y1 + 0.06, 0.16), (y1 + 0.2, 0.25))):
        for x in (0.22, 0.55, 0.88) if row == 0 else (rand.span(0.15, 0.35), rand.span(0.7, 0.9)):
            stage.put(desk, x, foot, size)
            stage.put(Screen("flat" if rand.chance(0.7) else "laptop"), x + 0.02,
                foot - size * 0.72, size * 0.6, shadow=False)
            if rand.chance(0.75):
                stage.put(chair, x + rand.span(-0.06, 0.06), foot + 0.08, size * 1.15)


def classroom(stage: Stage) -> None:
    """A board across the front wall, rows of small desks facing it."""
    rand = stage.rand
    x0, y0, x1, y1 = shell(stage, Look(rand.pick((0xE3DCC0, 0xC9D6CC, 0xD9D2C4)), -1, "cloud", 1.0),
        FLOORS[rand.pick((0, 1))], rand.span(0.65, 0.85))
    board = Look(rand.pick((0x2A4A3A, 0x2C3338, 0xF2F3F1)), texture="cloud")
    stage.area(box(x0 + 0.1, y0 + 0.07, x1 - 0.1, y1 - 0.2), Look(0x8A6238), 0.2, True)
    stage.area(box(x0 + 0.115, y0 + 0.085, x1 - 0.115, y1 - 0.215), board, 0.05)
    ink = 0xE9E9E2 if board.colour < 0x800000 else 0x2A4A9A
    pen = Pen()
    for row in range(rand.between(2, 4)):
        y, x = y0 + 0.12 + 0.055 * row, x0 + 0.15
        while x < x1 - 0.3 * rand.unit() - 0.16:
            step = rand.span(0.02, 0.06)
            pen.line(curve(x, y, x + step / 2, y - rand.span(0, 0.02), x + step, y), ink, 0.007)
            x += step + 0.015
    stage.paint(pen)
    stage.put(Stand("desk", rand.pick(WOODS)), rand.span(x0 + 0.15, x1 - 0.15), y1 + 0.05, 0.14)
    seat, wood = Seat(0.42, 0.3, 0.7, "panel"), rand.pick(WOODS)
    for row in range(3):
        foot, size = y1 + 0.12 + 0.12 * row, 0.11 + 0.05 * row
        count = 4 - (row > 1)
        for step in range(count):
            x = 0.5 + (step - (count - 1) / 2) * (0.24 + 0.06 * row)
            stage.put(Stand("table", wood, wide=0.8, tall=0.8), x, foot, size, flip=False)
            stage.put(seat, x, foot + 0.04, size * 1.15, flip=False)


def library(stage: Stage) -> None:
    """Book shelves on both sides of an aisle, reading tables."""
    rand = stage.rand
    back = shell(stage, WALLS[0], rand.pick((FLOORS[0], FLOORS[2])), rand.span(0.3, 0.5))
    for side in (-1, 1):
        shelf_wall(stage, side, back, (0x7A2F2A, 0x2F4A6A, 0x5A6A3A, 0xB5935A, 0x4A3626, 0x8A6A7A,
            0x3A3A3E), rand.between(4, 6))
    x0, y0, x1, y1 = back
    stage.put(Stand("shelf", wide=0.75, tall=0.85), (x0 + x1) / 2, y1 + 0.01, (y1 - y0) * 0.8)
    if rand.chance(0.7):
        stage.put(Stand("table", rand.pick(WOODS), wide=1.2), 0.5 + rand.span(-0.1, 0.1), 0.96, 0.2)
        stage.put(Lamp("table", 0x4F8A5A, 0xC9A23A), 0.5 + rand.span(-0.1, 0.1), 0.8, 0.13)
    if rand.chance(0.5):
        stage.put(rand.pick(PEOPLE), rand.span(0.35, 0.65), rand.span(0.8, 0.98),
            rand.span(0.25, 0.45))


def supermarket(stage: Stage) -> None:
    """Bright packets on both sides of an aisle under strip lights."""
    rand = stage.rand
    back = shell(stage, Look(0xE3E3DC, -1, "cloud", 1.0), Look(0xD0CEC6, -1, "tiles", 0.5),
        rand.span(0.28, 0.45))
    bright = (0xE0402F, 0xF0C42A, 0x2F7FD0, 0x4FB04A, 0xF0F0EA, 0xE87AA8, 0xE88A2A)
    for side in (-1, 1):
        shelf_wall(stage, side, back, bright, rand.between(4, 5))
    x0, y0, x1, _ = back
    pen = Pen()
    for step in range(3):
        t = 0.25 + 0.3 * step
        y, half = y0 * (1 - 0.8 * t), 0.06 + 0.12 * t
        pen.flat(box((x0 + x1) / 2 - half, y - 0.012, (x0 + x1) / 2 + half, y + 0.012), 0xFBFBF4)
    pen.flat(box(x0 + 0.02, y0 + 0.03, x1 - 0.02, y0 + 0.1), rand.pick(bright))
    stage.paint(pen)
    for _ in range(rand.between(0, 2)):
        stage.put(rand.pick(PEOPLE), rand.span(0.35, 0.65), rand.span(0.75, 0.98),
            rand.span(0.25, 0.5))


def corridor(stage: Stage) -> None:
    """Bare walls with doors that run to a small far end."""
    rand = stage.rand
    x0, y0, x1, y1 = shell(stage, rand.pick((WALLS[0], WALLS[2], WALLS[6])), rand.pick(FLOORS[:4]),
        rand.span(0.16, 0.3))
    pen = Pen()
    door = rand.pick((*WOODS, 0x5A6A7A, 0xE3E0D6))
    for side in (-1, 1):
        near, far = (0.0, x0) if side < 0 else (1.0, x1)
        for t0 in (0.08, 0.42, 0.68, 0.84):
            t1 = t0 + 0.2 * (1 - t0)
            edge = [(near + (far - near) * t, y0 * t + (y1 - y0) * t * 0.1 + 0.14 * (1 - t),
                1 + (y1 - 1) * t) for t in (t0, t1)]
            (xa, ta, ba), (xb, tb, bb) = edge
            pen.flat(poly(xa, ta, xb, tb, xb, bb, xa, ba), shade(door, 0.75))
            pen.flat(poly(xa + (xb - xa) * 0.12, ta + 0.02, xa + (xb - xa) * 0.9, tb + 0.02,
                xa + (xb - xa) * 0.9, bb, xa + (xb - xa) * 0.12, ba), door)
            pen.flat(oval(xa + (xb - xa) * 0.8, (ta + ba) / 2 + 0.04, 0.008, n=8), 0xD9C07A)
    for step in range(4):
        t = 0.15 + 0.24 * step
        y, half = y0 * t, 0.1 * (1 - t) + 0.012
        pen.flat(poly(0.5 + (x0 - 0.5 + (x1 - x0) / 2) * t - half, y - half * 0.3,
            0.5 + (x0 - 0.5 + (x1 - x0) / 2) * t + half, y - half * 0.3,
            0.5 + (x0 - 0.5 + (x1 - x0) / 2) * t + half * 0.8, y + half * 0.2,
            0.5 + (x0 - 0.5 + (x1 - x0) / 2) * t - half * 0.8, y + half * 0.2), 0xFBF8EC)
    pen.flat(box(x0 + (x1 - x0) * 0.3, y0 + (y1 - y0) * 0.25, x0 + (x1 - x0) * 0.7, y1),
        rand.pick((0xF6F4E8, door)))
    stage.paint(pen)
    if rand.chance(0.4):
        stage.put(rand.pick(PEOPLE), rand.span(x0, x1), y1 + rand.span(0.02, 0.2),
            rand.span(0.15, 0.35))


def church_interior(stage: Stage) -> None:
    """Columns and arches on both sides, pews, coloured windows at the end."""
    rand = stage.rand
    stone = Look(rand.pick((0xB9A98E, 0xA8A29A, 0xC9BBA0)), -1, "bricks", 0.3)
    x0, y0, x1, y1 = shell(stage, stone, Look(0x8A8078, -1, "tiles", 0.4), rand.span(0.35, 0.5))
    stage.area(blob(x0 + 0.02, y1, x0 + 0.02, y0 + 0.1, (x0 + x1) / 2, y0 - 0.08, x1 - 0.02,
        y0 + 0.1, x1 - 0.02, y1, steps=3), stone._replace(grain=0.08, colour=shade(stone.colour,
        0.75)), 0.2)
    for step in range(3):
        x = x0 + (x1 - x0) * (0.3 + 0.2 * step)
        glass = Look(rand.pick((0x3A5FC0, 0xC03A4A, 0x3F9A6A)), rand.pick((0xF0D060, 0xF0F0E0)),
            "checks", 0.03, finish="glow")
        stage.area(blob(x - 0.025, y1 - 0.14, x - 0.025, y0 + 0.1, x, y0 + 0.05, x + 0.025,
            y0 + 0.1, x + 0.025, y1 - 0.14, steps=3), glass)
    stage.put(Stand("table", 0x8A6A48, wide=0.9), (x0 + x1) / 2, y1 + 0.02, 0.09)
    for t in (0.85, 0.6, 0.3, 0.0):
        for side in (-1, 1):
            x = (x0 - (x0 + 0.02) * (1 - t)) if side < 0 else (x1 + (1.02 - x1) * (1 - t))
            wide = 0.02 + 0.05 * (1 - t)
            top, low = y0 * t - 0.1 * (1 - t), y1 + (0.95 - y1) * (1 - t)
            stage.area(box(x - wide, top, x + wide, low), stone._replace(grain=0.1,
                texture="mottle"), 1.0, True)
            stage.area(box(x - wide * 1.4, low - 0.02, x + wide * 1.4, low + 0.02),
                stone._replace(grain=0.1), 0.6)
    wood = rand.pick(WOODS)
    for row in range(4):
        y, half = y1 + 0.1 + 0.1 * row, 0.2 + 0.09 * row
        for side in (-1, 1):
            a, b = 0.5 + side * (0.05 + 0.02 * row), 0.5 + side * half
            stage.area(box(min(a, b), y - 0.05 - 0.012 * row, max(a, b), y + 0.02, 0.01),
                Look(shade(wood, 0.7 + 0.1 * row), -1, "wood", 0.12), 0.5, True)


def restaurant(stage: Stage) -> None:
    """Many small laid tables with chairs, hanging lamps."""
    rand = stage.rand
    x0, y0, x1, y1 = shell(stage, rand.pick(WALLS), rand.pick(FLOORS))
    for _ in range(rand.between(1, 3)):
        frame(stage, rand.span(x0, x1 - 0.12), y0 + rand.span(0.03, 0.1), 0.12, 0.09)
    table, chair = Laid(rand.chance(0.6), True), Seat(style=rand.pick(("slats", "hoop", "panel")))
    for row, (foot, size) in enumerate(((y1 + 0.06, 0.1), (y1 + 0.17, 0.15),
        (min(1.02, y1 + 0.33), 0.22))):
        offset = rand.span(0.0, 0.15)
        for step in range(3 if row < 2 else 2):
            x = 0.12 + offset + (0.34 if row < 2 else 0.5) * step
            for shift in (-1, 1):
                stage.put(chair, x + shift * size * 1.05, foot - 0.01, size * 1.25, flip=shift > 0)
            stage.put(table, x, foot, size)
            if rand.chance(0.3):
                stage.put(rand.pick(PEOPLE), x + size * 0.9, foot, size * 2)
    pen = Pen()
    for step in range(rand.between(2, 4)):
        x, y = 0.15 + 0.25 * step, rand.span(0.1, 0.25)
        pen.line(poly(x, -0.05, x, y), 0x2A2A2C, 0.008)
        pen.solid(arc(x, y + 0.05, 0.06, 0.055, 3.14, 6.28, 10), Look(rand.pick(CLOTHS),
            finish="gloss"))
        pen.flat(oval(x, y + 0.055, 0.03, 0.014), 0xFFF3C0)
    stage.paint(pen)
