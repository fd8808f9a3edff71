"""Second layouts of rooms: the same furniture from elsewhere, or otherwise arranged."""

from cnnlab.datasets.world.families.furniture import Stand
from cnnlab.datasets.world.families.household import Screen
from cnnlab.datasets.world.families.lamps import Lamp
from cnnlab.datasets.world.families.people import SHIRTS, Person
from cnnlab.datasets.world.families.seats import CLOTHS, WOODS, Seat
from cnnlab.datasets.world.looks import Look
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.rooms import PEOPLE, Back, frame, shelf_wall, shell, window
from cnnlab.datasets.world.scenes_home import CHINA
from cnnlab.datasets.world.scenes_props import BARREL, CASES, CHAIRS, PLANTS, TABLES, spread
from cnnlab.datasets.world.shapes import blob, box, oval, poly
from cnnlab.datasets.world.stage import Stage

BOOKS = (0x7A2F2A, 0x2F4A6A, 0x5A6A3A, 0xB5935A, 0x4A3626, 0x8A6A7A, 0x3A3A3E)
PACKETS = (0xE0402F, 0xF0C42A, 0x2F7FD0, 0x4FB04A, 0xF0F0EA, 0xE87AA8, 0xE88A2A)


def _shelves(stage: Stage, back: Back, goods: tuple[int, ...], rows: int, wide: float) -> None:
    """Shelves that cover the back wall from side to side."""
    rand = stage.rand
    x0, y0, x1, y1 = back
    top, low = y0 + 0.04, y1 + 0.03
    stage.area(box(x0, top, x1, low), Look(rand.pick(WOODS), -1, "wood", 0.1), 0.1, True)
    pen = Pen()
    for row in range(rows):
        base, x = top + (low - top) * (row + 0.93) / rows, x0 + 0.01
        while x < x1 - 0.02:
            step = min(wide * rand.span(0.5, 1.3), x1 - 0.01 - x)
            high = (low - top) / rows * rand.span(0.5, 0.85)
            pen.flat(box(x, base - high, x + step * 0.9, base), rand.pick(goods))
            x += step
    stage.paint(pen)


def kitchen(stage: Stage) -> None:
    """A worktop in the middle of the room, stools before it, cupboards or shelves behind."""
    rand = stage.rand
    x0, y0, x1, y1 = shell(stage)
    front = Look(rand.pick((*WOODS, 0xEDEBE4, 0x6A8A9A)), -1, "cloud", 0.15)
    count, top = rand.between(3, 6), y0 + (y1 - y0) * rand.span(0.3, 0.45)
    for step in range(count):
        x, wide = x0 + (x1 - x0) * step / count, (x1 - x0) / count
        if rand.chance(0.75):
            stage.area(box(x + 0.004, y0 + 0.02, x + wide - 0.004, top), front, 0.2, True)
        stage.area(box(x + 0.004, y1 - 0.16, x + wide - 0.004, y1 + 0.01), front, 0.2)
    stage.area(box(x0, y1 - 0.18, x1, y1 - 0.15), Look(0x5A5A5C, -1, "mottle", 0.05), 0.3)
    if rand.chance(0.5):
        tall = rand.span(0.3, 0.5)
        stage.area(box(x1 - 0.12, y1 + 0.03 - tall, x1 + 0.03, y1 + 0.05), Look(0xD9DCDE, -1,
            "cloud", 0.2, finish="gloss"), 0.3, True)
    x, wide = rand.span(0.35, 0.65), rand.span(0.2, 0.35)
    low, high = rand.span(0.85, 1.0), rand.span(0.2, 0.3)
    stage.area(box(x - wide, low - high, x + wide, low), front, 0.2, True)
    stage.area(poly(x - wide - 0.02, low - high, x + wide + 0.02, low - high, x + wide * 0.85,
        low - high - 0.06, x - wide * 0.85, low - high - 0.06), Look(0xC9C0B0, -1, "mottle", 0.05),
        0.2)
    for step in range(rand.below(4)):
        stage.put(Seat(back=0.0), x - wide + 0.15 * step + 0.05, low + 0.06, high * 0.8)


def bedroom(stage: Stage) -> None:
    """A bed seen from its side along a wall, a cupboard or window beside it."""
    rand = stage.rand
    x0, y0, x1, y1 = shell(stage)
    x = rand.span(0.3, 0.7)
    if rand.chance(0.6):
        window(stage, x0 + 0.04, y0 + 0.05, x0 + rand.span(0.18, 0.3), y1 - 0.2)
    stage.put(rand.pick(CASES[1:]), rand.pick((x0 + 0.05, x1 - 0.05)), y1 + 0.03,
        rand.span(0.25, 0.5))
    bed = Stand(rand.pick(("bed", "bed", "canopy")), rand.pick(WOODS), rand.pick(CLOTHS))
    stage.put(bed, x, y1 + rand.span(0.12, 0.3), rand.span(0.22, 0.42))
    if rand.chance(0.6):
        stage.put(Lamp("table"), rand.span(x0, x1), y1 - 0.02, 0.14, shadow=False)
    if rand.chance(0.5):
        frame(stage, rand.span(x0, x1 - 0.12), y0 + 0.05, 0.12, 0.1)


def living_room(stage: Stage) -> None:
    """Armchairs and a sofa before a fireplace or a wall of shelves, a table with plants."""
    rand = stage.rand
    back = x0, y0, x1, y1 = shell(stage)
    if rand.chance(0.5):
        x = rand.span(x0 + 0.12, x1 - 0.12)
        stage.area(box(x - 0.12, y0, x + 0.12, y1 + 0.02), Look(0xA8A29A, -1, "bricks", 0.08), 0.2,
            True)
        stage.area(box(x - 0.07, y1 - 0.14, x + 0.07, y1 + 0.02), Look(0x1F1A18), 0.2)
        if rand.chance(0.5):
            stage.area(oval(x, y1 - 0.02, 0.05, 0.04), Look(0xF0A030, finish="glow"), 0.8)
    else:
        _shelves(stage, back, BOOKS, rand.between(3, 4), 0.03)
    chairs = (CHAIRS[3], Stand("sofa", wide=0.9), Stand("sofa", wide=1.3))
    spread(stage, chairs, rand.between(2, 4), y1 + 0.08, 1.0, 0.18, 0.34)
    spread(stage, (TABLES[1], *PLANTS[:2]), rand.between(1, 3), y1 + 0.1, 1.0, 0.1, 0.22)


def office(stage: Stage) -> None:
    """One or two desks close by, a screen and papers on them, cupboards behind."""
    rand = stage.rand
    x0, y0, x1, y1 = shell(stage)
    spread(stage, (*CASES, PLANTS[0]), rand.between(1, 3), y1, y1 + 0.04, 0.2, 0.4)
    for _ in range(rand.between(1, 2)):
        x, foot, size = rand.span(0.2, 0.8), rand.span(0.8, 1.05), rand.span(0.25, 0.45)
        stage.put(Stand("desk", wide=1.1), x, foot, size)
        stage.put(Screen(rand.pick(("flat", "laptop", "tube"))), x + rand.span(-0.1, 0.1),
            foot - size * 0.75, size * rand.span(0.5, 0.7), shadow=False)
        stage.put(rand.pick((CHAIRS[5], CHAIRS[3], Person("sit"))), x + rand.span(-0.2, 0.2),
            foot + 0.06, size * 1.1)
    if rand.chance(0.5):
        window(stage, x0 + 0.05, y0 + 0.04, x1 - 0.1, y0 + 0.2, True)


def classroom(stage: Stage) -> None:
    """Desks and pupils as seen from the board, pictures and windows behind them."""
    rand = stage.rand
    x0, y0, x1, y1 = shell(stage)
    for step in range(rand.between(1, 4)):
        x = x0 + 0.02 + (x1 - x0) * 0.25 * step
        if rand.chance(0.5):
            window(stage, x, y0 + 0.05, x + 0.1, y1 - 0.15)
        else:
            frame(stage, x, y0 + 0.08, 0.1, 0.08)
    seat, wood = rand.pick(CHAIRS[:3]), rand.pick(WOODS)
    for row in range(rand.between(2, 3)):
        foot, size = y1 + 0.08 + 0.14 * row, 0.1 + 0.06 * row
        for step in range(rand.between(3, 5) - row):
            x = 0.1 + rand.span(0, 0.05) + 0.22 * step * (1 + 0.3 * row)
            stage.put(rand.pick((seat, Person("sit", child=True))), x, foot - 0.02, size * 1.2)
            stage.put(Stand("table", wood, wide=0.8), x, foot, size, flip=False)
    if rand.chance(0.3):
        stage.area(box(-0.05, 0.05, rand.span(0.1, 0.2), 0.6), Look(0x2A4A3A, texture="cloud"), 0.1)


def library(stage: Stage) -> None:
    """Reading tables in front of a wall of books."""
    rand = stage.rand
    back = shell(stage)
    _shelves(stage, back, BOOKS, rand.between(4, 6), rand.span(0.015, 0.03))
    if rand.chance(0.4):
        shelf_wall(stage, rand.pick((-1, 1)), back, BOOKS, rand.between(3, 5))
    spread(stage, (*TABLES[:2], *CHAIRS[:3], *PEOPLE, Person("sit")), rand.between(3, 7),
        back[3] + 0.08, 1.0, 0.14, 0.35)


def supermarket(stage: Stage) -> None:
    """Shelves from side to side, or low bins of goods, and buyers."""
    rand = stage.rand
    back = shell(stage)
    y1 = back[3]
    if rand.chance(0.6):
        _shelves(stage, back, PACKETS, rand.between(3, 5), rand.span(0.02, 0.05))
    for _ in range(rand.between(1, 3)):
        x, y, wide = rand.unit(), rand.span(y1 + 0.1, 0.95), rand.span(0.1, 0.25)
        stage.area(box(x - wide, y - 0.12, x + wide, y), Look(rand.pick((*WOODS, 0xD9DCDE))), 0.2,
            True)
        for step in range(5):
            for level in (0.12, 0.15):
                stage.area(oval(x - wide * 0.8 + wide * 0.4 * step, y - level, wide * 0.2, 0.03),
                    Look(rand.pick(PACKETS)), 0.8)
    spread(stage, (*PEOPLE, BARREL), rand.between(1, 4), y1 + 0.1, 1.05, 0.25, 0.55)


def bathroom(stage: Stage) -> None:
    """A row of basins under mirrors, or a shower behind glass."""
    rand = stage.rand
    x0, _, _, y1 = shell(stage)
    for step in range(rand.between(1, 4)):
        x, y = x0 + 0.1 + 0.2 * step, y1 - rand.span(0.1, 0.14)
        stage.area(box(x - 0.07, y - 0.28, x + 0.07, y - 0.08), Look(0xBCD0DA, 0xE9F1F4, "cloud",
            0.2, finish="glow"), 0.1, True)
        stage.area(blob(x - 0.08, y, x + 0.08, y, x + 0.05, y + 0.08, x - 0.05, y + 0.08), CHINA,
            0.9, True)
    if rand.chance(0.6):
        x = rand.pick((0.0, 0.7))
        stage.area(box(x, rand.span(0.0, 0.2), x + 0.3, 0.95), Look(0xA9C4CE, 0xD9E6EA, "cloud",
            0.3), 0.1, True)
        pen = Pen()
        pen.line(box(x, 0.1, x + 0.3, 0.95), 0x9AA0A6, 0.015)
        stage.paint(pen)
    else:
        x, low = rand.span(0.3, 0.7), rand.span(0.85, 1.0)
        stage.area(box(x - 0.08, low - 0.3, x + 0.08, low - 0.14, 0.02), CHINA, 0.5)
        stage.area(blob(x - 0.07, low, x - 0.1, low - 0.16, x + 0.1, low - 0.16, x + 0.07, low),
            CHINA, 0.9, True)


def restaurant(stage: Stage) -> None:
    """A counter with stools and bottles behind it, or one laid table close by."""
    rand = stage.rand
    back = shell(stage)
    y1 = back[3]
    if rand.chance(0.5):
        _shelves(stage, back, (*SHIRTS, 0x3A4A2A, 0xB98A54), rand.between(2, 4), 0.02)
        top, low = y1 - rand.span(0.0, 0.1), y1 + rand.span(0.15, 0.25)
        stage.area(box(-0.1, top, 1.1, low), Look(rand.pick(WOODS), -1, "planks", 0.15, 1.57), 0.1)
        stage.area(box(-0.1, top - 0.02, 1.1, top + 0.02), Look(0x5A4636, finish="gloss"), 0.3)
        spread(stage, (Seat(back=0.0), Seat(back=0.0), *PEOPLE, Person("sit")), rand.between(3, 7),
            low + 0.02, low + 0.08, 0.22, 0.32)
    else:
        spread(stage, (*CHAIRS[:3], Person("sit")), rand.between(3, 6), y1, 0.9, 0.12, 0.35)
        spread(stage, (TABLES[4], TABLES[2]), rand.between(2, 3), y1 + 0.08, 1.0, 0.12, 0.35)
    for _ in range(rand.below(4)):
        stage.put(Lamp("chandelier"), rand.unit(), rand.span(0.15, 0.3), rand.span(0.08, 0.16),
            shadow=False)
