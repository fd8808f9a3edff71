"""Scene classes under a roof that are known by what stands in rows, lies about or hangs."""

from cnnlab.datasets.world.extras import CARS, PEOPLE
from cnnlab.datasets.world.families.furniture import Stand
from cnnlab.datasets.world.families.lamps import Lamp
from cnnlab.datasets.world.families.people import SHIRTS, Person
from cnnlab.datasets.world.families.seats import CLOTHS, WOODS
from cnnlab.datasets.world.families.vehicles import Vehicle
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.rooms import frame, shelf_wall, shell, window
from cnnlab.datasets.world.scenes_props import BARREL, CASES, CHAIRS, TABLES, crate, spread
from cnnlab.datasets.world.shapes import arc, blob, box, oval, poly
from cnnlab.datasets.world.stage import Stage

GOODS = (0xB98A54, 0xC9A878, 0x8A6A48, 0x9AA3A8, 0xD9C9A0)


def gym(stage: Stage) -> None:
    """A hall with lines on its floor and a hoop or a net, or with bars and mats."""
    rand = stage.rand
    x0, y0, x1, y1 = shell(stage)
    pen = Pen()
    if rand.chance(0.6):
        x = rand.span(x0, x1)
        pen.line(arc(x, y1 + 0.12, 0.25, 0.1, 0, 6.28, 20), 0xF1F1EC, 0.012)
        for _ in range(rand.between(1, 3)):
            y = y1 + rand.span(0.02, 0.3)
            pen.line(poly(-0.1, y, 1.1, y + rand.span(-0.1, 0.1)), rand.pick(SHIRTS), 0.012)
        if rand.chance(0.6):
            y = y0 + (y1 - y0) * rand.span(0.2, 0.4)
            pen.solid(box(x - 0.09, y - 0.07, x + 0.09, y + 0.06), Look(0xEDEDE8), 0.2)
            pen.line(oval(x, y + 0.06, 0.035, 0.012), 0xD9602F, 0.01)
            pen.line(poly(x, y1 + 0.05, x, y), 0x5A5C60, 0.012)
        else:
            pen.line(poly(-0.1, y1 - 0.08, 1.1, y1 - 0.1), 0xEDEDE8, 0.03)
            for post in (rand.span(0, 0.3), rand.span(0.7, 1)):
                pen.line(poly(post, y1 + 0.15, post, y1 - 0.12), 0x5A5C60, 0.016)
    else:
        for step in range(rand.between(2, 5)):
            x, y = 0.1 + 0.22 * step, y1 + rand.span(0.05, 0.25)
            high = rand.span(0.2, 0.45)
            for leg in (-0.06, 0.06):
                pen.line(poly(x + leg, y, x + leg, y - high), 0x3A3C40, 0.014)
            pen.line(poly(x - 0.08, y - high, x + 0.08, y - high), 0x9AA0A6, 0.016)
            pen.solid(box(x - 0.07, y - 0.05, x + 0.07, y + 0.02), Look(rand.pick(SHIRTS)), 0.5)
    stage.paint(pen)
    spread(stage, (Person("run"), Person("walk"), Person("stand")), rand.below(5), y1 + 0.05, 1.0,
        0.15, 0.4)


def warehouse(stage: Stage) -> None:
    """Racks of boxes along an aisle, or piles of boxes in an open hall."""
    rand = stage.rand
    back = shell(stage, depth=rand.span(0.25, 0.6))
    y1 = back[3]
    if rand.chance(0.5):
        for side in (-1, 1) if rand.chance(0.7) else (rand.pick((-1, 1)),):
            shelf_wall(stage, side, back, GOODS, rand.between(2, 4), 3.0)
    else:
        for _ in range(rand.between(2, 4)):
            x, foot = rand.unit(), rand.span(y1 + 0.03, 0.9)
            size = 0.05 + 0.12 * (foot - y1)
            for level in range(rand.between(2, 4)):
                for step in range(rand.between(1, 3)):
                    crate(stage, x + size * 1.5 * step, foot - size * level, size)
    forklift = Vehicle(0xE0A42A, shape="low", tall=0.7, wheels=(-0.5, 0.5), windows=0,
        extras="fork")
    spread(stage, (forklift, *PEOPLE, BARREL, *CARS[2:]), rand.below(4), y1 + 0.08, 1.0, 0.1, 0.3)
    if rand.chance(0.6):
        crate(stage, rand.unit(), rand.span(0.8, 1.0), rand.span(0.06, 0.15))


def theatre(stage: Stage) -> None:
    """Rows of seats before a stage with curtains, or the seats as seen from the stage."""
    rand = stage.rand
    x0, y0, x1, y1 = shell(stage)
    cloth = Look(rand.pick(CLOTHS), -1, "ribs", 0.05, 1.57)
    seats = Look(rand.pick(CLOTHS), -1, "cloud", 0.1, finish="soft")
    if rand.chance(0.6):
        stage.area(box(x0, y0 + 0.04, x1, y1 - 0.08), Look(rand.pick((0x2A2C33, 0x6A5A48, 0xC3CBD2,
            0xF1EEE6)), -1, "cloud", 0.3, finish=rand.pick(("matte", "glow"))), 0.1)
        wide = (x1 - x0) * rand.span(0.1, 0.4)
        for a, b in ((x0, x0 + wide), (x1 - wide, x1)):
            stage.area(box(a, y0, b, y1 - 0.06), cloth, 0.3, True)
        stage.area(box(x0, y0 - 0.02, x1, y0 + 0.08), cloth, 0.3, True)
        spread(stage, PEOPLE, rand.below(4), y1 - 0.08, y1 - 0.06, 0.14, 0.2)
        y, size = y1 + 0.05, 0.035
    else:
        for step in range(rand.between(1, 3)):
            y = y0 + (y1 - y0) * (0.15 + 0.25 * step)
            stage.area(blob(x0 - 0.1, y, 0.5, y + 0.06, x1 + 0.1, y, x1 + 0.1, y + 0.06, 0.5,
                y + 0.13, x0 - 0.1, y + 0.06), Look(rand.pick(WOODS)), 0.6, True)
        y, size = y1 - 0.25, 0.02
    while y < 1.1:
        shift = rand.unit() * size
        for step in range(int(1.2 / (size * 2.2)) + 1):
            x = shift - 0.1 + size * 2.2 * step
            if abs(x - 0.5) > 0.06 or size < 0.04:
                stage.area(box(x - size, y - size * 1.6, x + size, y + size, size), seats, 0.5)
        y, size = y + size * 2.2, size * 1.35


def laundry(stage: Stage) -> None:
    """Machines with round doors side by side along one wall or both, baskets and tables."""
    rand = stage.rand
    x0, _, x1, y1 = shell(stage, depth=rand.span(0.35, 0.85))
    case = Look(rand.pick((0xE9ECEC, 0xB9BEC2, 0x8A8F94, 0xC9A878)), -1, "cloud", 0.2)
    pen = Pen()

    def machine(x: float, y: float, wide: float, high: float, squash: float) -> None:
        pen.solid(box(x - wide, y - high, x + wide, y), case, 0.15)
        pen.solid(oval(x, y - high * 0.45, wide * 0.65 * squash, high * 0.3), Look(0x9AA0A6,
            finish="metal"), 0.3)
        pen.flat(oval(x, y - high * 0.45, wide * 0.48 * squash, high * 0.22), rand.pick((0x2A3A4A,
            rand.pick(SHIRTS))))
        pen.flat(box(x - wide * 0.7, y - high * 0.93, x + wide * 0.3, y - high * 0.85), 0x4A5058)

    if rand.chance(0.5):
        count, levels = rand.between(3, 6), rand.between(1, 2)
        wide, high = 1.1 / count / 2, rand.span(0.2, 0.3)
        for level in range(levels):
            for step in range(count):
                machine(wide + 2 * wide * step, y1 + 0.08 - high * level, wide * 0.94, high, 1.0)
    else:
        for side in (-1, 1) if rand.chance(0.5) else (rand.pick((-1, 1)),):
            for step in range(5):
                t = 1 - 0.2 * step
                x = (x0 - x0 * (1 - t) * 1.2) if side < 0 else (x1 + (1 - x1) * (1 - t) * 1.2)
                machine(x, y1 + (1 - y1) * (1 - t), 0.03 + 0.07 * (1 - t), 0.15 + 0.3 * (1 - t),
                    0.7)
    stage.paint(pen)
    spread(stage, (*TABLES[:2], *CHAIRS[:3], *PEOPLE, BARREL), rand.below(5), y1 + 0.1, 1.0, 0.12,
        0.35)


def attic(stage: Stage) -> None:
    """A sloping roof on one side or both, a window in it or in the gable, stored things."""
    rand = stage.rand
    x0, y0, x1, y1 = shell(stage)
    boards = Look(rand.pick(WOODS), -1, rand.pick(("planks", "cloud", "wood")), 0.12, 1.2)
    ridge = rand.span(x0, x1) if rand.chance(0.6) else rand.pick((-0.1, 1.1))
    knee = rand.span(y1 - 0.15, y1 - 0.02)
    for side in (-1, 1):
        edge, far = (-0.1, x0) if side < 0 else (1.1, x1)
        stage.area(poly(ridge, -0.1, edge, -0.1, edge, min(0.95, knee + 0.25), far, knee, ridge,
            y0), boards, 0.1)
        pen = Pen()
        for step in range(3):
            t = 0.25 + 0.25 * step
            pen.line(poly(ridge + (edge - ridge) * t, -0.1, edge + (far - edge) * t, knee),
                shade(boards.colour, 0.6), 0.02)
        stage.paint(pen)
    if rand.chance(0.5):
        x, y = rand.span(0.15, 0.85), rand.span(0.1, 0.4)
        stage.area(poly(x, y, x + 0.14, y + 0.03, x + 0.11, y + 0.22, x - 0.03, y + 0.18),
            Look(0xD3DFE8, finish="glow"), 0.1)
    else:
        middle = (x0 + x1) / 2
        window(stage, middle - 0.07, y1 - 0.35, middle + 0.07, y1 - 0.12)
    for _ in range(rand.below(5)):
        crate(stage, rand.unit(), rand.span(y1, 1.0), rand.span(0.05, 0.12))
    spread(stage, (*CASES, Stand("bed"), *CHAIRS[:3], *TABLES[:2]), rand.between(1, 4), y1 + 0.03,
        0.95, 0.12, 0.35)


def nursery(stage: Stage) -> None:
    """A cot or small chairs at a low table, toys on the floor, bright pictures."""
    rand = stage.rand
    x0, y0, x1, y1 = shell(stage)
    for _ in range(rand.below(4)):
        frame(stage, rand.span(x0, x1 - 0.1), y0 + rand.span(0.03, 0.15), 0.09, 0.09)
    if rand.chance(0.5):
        window(stage, x0 + 0.03, y0 + 0.05, x0 + 0.2, y1 - 0.18)
    if rand.chance(0.6):
        stage.area(oval(rand.span(0.3, 0.7), 0.85, 0.35, 0.1), Look(rand.pick(SHIRTS), 0xEFEDE6,
            rand.pick(("dots", "checks", "stripes")), 0.06))
    if rand.chance(0.6):
        stage.put(Stand("crib"), rand.span(0.2, 0.8), y1 + rand.span(0.05, 0.25),
            rand.span(0.22, 0.42))
        stage.put(CASES[2], rand.unit(), y1 + 0.04, 0.2)
    else:
        spread(stage, (Stand("table", tall=0.5), *CHAIRS[:3]), rand.between(4, 8), y1 + 0.05, 1.0,
            0.08, 0.2)
    for _ in range(rand.between(2, 6)):
        x, y, size = rand.unit(), rand.span(y1 + 0.08, 1.0), rand.span(0.02, 0.05)
        look = Look(rand.pick(SHIRTS), rand.pick((-1, 0xEFEDE6)), rand.pick(("cloud", "stripes")),
            0.04, finish="gloss")
        stage.area(oval(x, y, size) if rand.chance(0.5) else box(x - size, y - size, x + size, y),
            look, 0.9, True)
    spread(stage, (Person("sit", child=True), Person("walk", child=True)), rand.below(4), y1 + 0.1,
        1.0, 0.12, 0.3)


def museum(stage: Stage) -> None:
    """Pictures along the walls of a bare hall, or pieces on stands, and those who look."""
    rand = stage.rand
    x0, y0, x1, y1 = shell(stage)
    if rand.chance(0.6):
        x = x0 + 0.02
        while x < x1 - 0.06:
            wide, high = rand.span(0.06, 0.2), rand.span(0.08, 0.25)
            frame(stage, x, (y0 + y1) / 2 - high / 2 - 0.04, min(wide, x1 - x - 0.02), high)
            x += wide + rand.span(0.03, 0.1)
        for _ in range(rand.below(3)):
            stage.put(Stand("bench"), rand.unit(), rand.span(y1 + 0.1, 0.9), 0.12)
    else:
        for foot in sorted(rand.span(y1, 0.95) for _ in range(rand.between(3, 6))):
            x, size = rand.unit(), 0.06 + 0.3 * (foot - y1 + 0.1)
            stage.area(box(x - size * 0.35, foot - size, x + size * 0.35, foot), Look(0xD9D6CC),
                0.3, True)
            stage.put(rand.pick((BARREL, Person("bust"), Lamp("candelabra"), Person("stand"))), x,
                foot - size * 0.98, size * rand.span(0.7, 1.2), shadow=False)
    spread(stage, PEOPLE, rand.below(5), y1 + 0.05, 1.0, 0.2, 0.5)


def dining_room(stage: Stage) -> None:
    """One large table with chairs about it, a lamp above, a cupboard behind."""
    rand = stage.rand
    x0, y0, x1, y1 = shell(stage)
    if rand.chance(0.5):
        window(stage, x0 + 0.04, y0 + 0.04, x0 + rand.span(0.2, 0.3), y1 - 0.2)
    if rand.chance(0.6):
        stage.put(rand.pick(CASES), rand.span(x0, x1), y1 + 0.02, rand.span(0.25, 0.4))
    x, foot, size, chair = rand.span(0.35, 0.65), rand.span(0.82, 0.95), rand.span(0.2, 0.3), \
        rand.pick(CHAIRS)
    for step in range(rand.between(2, 3)):
        stage.put(chair, x + size * (0.9 * step - 0.9), foot - size * 0.35, size * 1.1)
    stage.put(rand.pick(TABLES), x, foot, size)
    for side in (-1, 1):
        if rand.chance(0.7):
            stage.put(chair, x + side * size * rand.span(1.1, 1.6), foot + 0.03, size * 1.25,
                flip=side > 0)
    if rand.chance(0.6):
        stage.put(Lamp("chandelier"), x, rand.span(0.25, 0.4), rand.span(0.15, 0.25), shadow=False)
