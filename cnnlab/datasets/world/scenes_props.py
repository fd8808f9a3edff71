"""What stands about in many places, and what reaches in front of the camera."""

from collections.abc import Sequence

from cnnlab.datasets.world.backdrop import LEAVES, any_look, occluder
from cnnlab.datasets.world.extras import CARS, PEOPLE
from cnnlab.datasets.world.families.furniture import Stand
from cnnlab.datasets.world.families.household import Laid, Potted, Screen
from cnnlab.datasets.world.families.lamps import Lamp
from cnnlab.datasets.world.families.people import Person
from cnnlab.datasets.world.families.seats import Seat
from cnnlab.datasets.world.families.vessels import Vessel
from cnnlab.datasets.world.grammar import Kind
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.settings import HOUSES, TREES
from cnnlab.datasets.world.shapes import box, curve, poly, tube
from cnnlab.datasets.world.stage import Stage

PLANTS = (Potted("broad"), Potted("blades"), Potted("bush"), Potted("fronds"), Potted("bloom"))
CHAIRS = (Seat(), Seat(style="panel"), Seat(style="hoop"), Seat(0.55, 0.3, 0.8, "cushion", True,
    padded=True), Seat(back=0.0), Seat(0.45, 0.3, 0.85, "cushion", True, swivel=True, padded=True))
TABLES = (Stand("table"), Stand("table", wide=1.2, tall=0.5), Stand("round"), Stand("desk"), Laid())
CASES = (Stand("shelf", wide=0.75, tall=0.9), Stand("wardrobe", wide=0.6, tall=0.9),
    Stand("drawers", wide=0.6))
BARREL = Vessel((-0.85, 0.46, -0.4, 0.6, 0.0, 0.64, 0.4, 0.6, 0.85, 0.46))
LAMPS = (Lamp("floor"), Lamp("table"), Lamp("lantern"))
INSIDE: tuple[Kind, ...] = (*PLANTS[:3], *CHAIRS, *TABLES[:3], *CASES, *LAMPS[:2], Screen("flat"),
    Stand("sofa", wide=1.2), *PEOPLE, Person("sit"), BARREL)
OUTSIDE: tuple[Kind, ...] = (*TREES, *TREES, *HOUSES[:2], *PEOPLE, *PEOPLE, *CARS, Stand("bench"),
    Lamp("lantern"), *PLANTS[2:], BARREL)
GREENS: tuple[Kind, ...] = (*TREES, Potted("bush"), Potted("bloom"))


def spread(stage: Stage, kinds: Sequence[Kind], count: int, top: float, low: float,
    small: float, big: float) -> None:  # fmt: skip
    """Things on the ground between two lines, from `small` at the upper to `big` at the lower."""
    rand = stage.rand
    for foot in sorted(rand.span(top, low) for _ in range(count)):
        share = (foot - top) / max(low - top, 0.01)
        stage.put(rand.pick(kinds), rand.span(0, 1), foot,
            (small + (big - small) * share) * rand.near(1, 0.25))


def crate(stage: Stage, x: float, foot: float, size: float) -> None:
    """A box of any surface."""
    rand = stage.rand
    look = any_look(rand)._replace(grain=0.1)
    wide, lid = size * rand.span(0.4, 0.9), size * 0.15
    pen = Pen()
    pen.solid(poly(x - wide, foot - size, x - wide + lid, foot - size - lid, x + wide + lid,
        foot - size - lid, x + wide, foot - size), look, 0.2)
    pen.solid(box(x - wide, foot - size, x + wide, foot), look, 0.15)
    stage.paint(pen)


def strewn(stage: Stage, inside: bool) -> None:
    """Things that say nothing of the place."""
    rand = stage.rand
    for _ in range(rand.below(3)):
        foot = rand.span(0.55, 1.0)
        stage.put(rand.pick(INSIDE if inside else OUTSIDE), rand.span(-0.05, 1.05), foot,
            rand.span(0.08, 0.3) * (0.4 + foot))
    for _ in range(rand.below(3) if rand.chance(0.4) else 0):
        crate(stage, rand.unit(), rand.span(0.6, 1.0), rand.span(0.04, 0.12))


def near(stage: Stage, inside: bool) -> None:
    """Something close to the camera that hides a part of the place."""
    rand = stage.rand
    which = rand.below(5)
    if which == 0:
        stage.put(rand.pick(PEOPLE), rand.unit(), rand.span(1.1, 1.5), rand.span(0.7, 1.1))
    elif which == 1:
        kind = rand.pick(INSIDE if inside else GREENS)
        stage.put(kind, rand.pick((0.0, 1.0)) + rand.span(-0.1, 0.1), rand.span(1.0, 1.2),
            rand.span(0.4, 0.9))
    elif which == 2:
        x, wide = rand.unit(), rand.span(0.03, 0.1)
        stage.area(tube(curve(x, -0.1, x + rand.span(-0.03, 0.03), 0.5, x, 1.1), wide),
            any_look(rand), 0.8, True)
    elif which == 3:
        top, look = rand.span(0.7, 0.9), rand.pick(LEAVES)._replace(grain=0.15)
        stage.area(box(-0.1, top, 1.1, 1.1), any_look(rand) if inside else look, 0.2)
    else:
        for _ in range(rand.between(1, 3)):
            stage.canvas.paint(*occluder(stage.canvas, rand), stage.light, stage.tint)
