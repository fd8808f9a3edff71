"""VOC-like scenes: one to eight objects of the twenty classes in a setting that suits them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from cnnlab.datasets.world import settings
from cnnlab.datasets.world.bias import Bias
from cnnlab.datasets.world.canvas import Place, extent, place, stand
from cnnlab.datasets.world.families.dishes import Dish
from cnnlab.datasets.world.families.fruit import Fruit
from cnnlab.datasets.world.families.furniture import Stand
from cnnlab.datasets.world.families.people import Person
from cnnlab.datasets.world.families.vessels import Vessel
from cnnlab.datasets.world.objects import landmarks, shrink
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.scene import Instance, tight
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.stage import Stage
from cnnlab.datasets.world.voc_classes import VOC, Model

NAMES = tuple(VOC)


class Setting(NamedTuple):
    """A kind of place: how to paint it and who is met there, with weights by repetition."""

    paint: Callable[[Stage, float], None]
    company: tuple[str, ...]
    horizon: tuple[float, float]
    flies: bool = False  # things hang in the air
    herds: float = 0.0  # how often the company is more of the same class


_STREET = Setting(settings.street, ("car", "car", "car", "person", "person", "person", "bus",
    "bicycle", "motorbike", "dog"), (0.34, 0.5))
_MEADOW = Setting(settings.meadow, ("person", "person", "dog", "horse", "cow", "sheep", "bird",
    "car"), (0.28, 0.5), herds=0.6)
_GARDEN = Setting(settings.garden, ("person", "dog", "cat", "bird", "pottedplant", "chair",
    "bicycle"), (0.4, 0.6))
_LAKE = Setting(settings.lake, ("boat", "boat", "boat", "bird"), (0.3, 0.5), herds=0.5)
_AIR = Setting(settings.air, ("aeroplane", "bird", "bird"), (0.5, 0.6), flies=True, herds=0.8)
_FIELD = Setting(settings.airfield, ("aeroplane", "person", "person", "car"), (0.35, 0.5))
_RAILS = Setting(settings.railway, ("person", "person", "person", "train"), (0.35, 0.5))
_ROOM = Setting(settings.room, ("chair", "chair", "person", "person", "sofa", "pottedplant",
    "tvmonitor", "diningtable", "cat", "dog", "bottle"), (0.45, 0.62))
_TABLE = Setting(settings.tabletop, ("bottle", "bottle", "bottle", "pottedplant", "tvmonitor",
    "cat"), (0.35, 0.55), herds=0.5)

SETTINGS: Mapping[str, tuple[Setting, ...]] = MappingProxyType({
    "aeroplane": (_AIR, _FIELD), "bicycle": (_STREET, _GARDEN), "bird": (_GARDEN, _LAKE, _MEADOW,
        _AIR),
    "boat": (_LAKE,), "bottle": (_TABLE, _TABLE, _TABLE, _ROOM), "bus": (_STREET,),
        "car": (_STREET, _STREET, _MEADOW),
    "cat": (_ROOM, _ROOM, _GARDEN, _TABLE), "chair": (_ROOM, _ROOM, _GARDEN), "cow": (_MEADOW,),
    "diningtable": (_ROOM,), "dog": (_MEADOW, _ROOM, _GARDEN, _STREET),
        "horse": (_MEADOW, _MEADOW, _STREET),
    "motorbike": (_STREET, _STREET, _MEADOW), "person": (_STREET, _MEADOW, _GARDEN, _ROOM, _RAILS),
    "pottedplant": (_ROOM, _GARDEN, _TABLE), "sheep": (_MEADOW,), "sofa": (_ROOM,),
        "train": (_RAILS,),
    "tvmonitor": (_ROOM, _TABLE),
})  # fmt: skip
_PROPS = (Fruit(0xC8302A), Fruit(0xE88A22, plan="round"), Dish("donut", 0xCF9A55, 0xE58AB0),
    Dish("cake", 0xF0B5C4, 0x9A5A3A), Vessel((-0.6, 0.5, 0.0, 0.5, 0.65, 0.48, 0.7, 0.42),
    handle="side"))  # fmt: skip
MOST = 8  # labelled objects in a scene
_COMPANY = (0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 7)  # further objects, by repetition
_RAISED = ("tvmonitor", "bottle")
_MOUNTS = ("bicycle", "motorbike", "horse")
ASPECTS = ((4, 3), (4, 3), (4, 3), (3, 2), (1, 1), (3, 4), (3, 4))


class _Plan(NamedTuple):
    """An object to be painted: who, where, how big."""

    name: str
    model: Model
    pen: Pen
    place: Place
    foot: float
    rider: bool


def compose(name: str, rand: Rand, bias: Bias, size: int) -> Stage:
    """Paint a scene about an object of class `name`, `size` px on the picture's longer side."""
    wide, high = rand.pick(ASPECTS)
    if wide >= high:
        width, height = size, round(size * high / wide)
    else:
        width, height = round(size * wide / high), size
    stage = Stage(rand, bias, height, width)
    setting = rand.pick(SETTINGS[name])
    horizon = rand.span(*setting.horizon)
    setting.paint(stage, horizon)
    stage.things.clear()
    plans = _plans(stage, setting, name, horizon)
    if setting is _TABLE:
        for _ in range(rand.below(3)):
            foot = rand.span(horizon + 0.05, 0.95)
            stage.put(rand.pick(_PROPS), rand.span(0.05, stage.aspect), foot, rand.span(0.1, 0.22))
    seats = MOST - len(plans)
    for plan in sorted(plans, key=lambda plan: plan.foot):
        if setting is _ROOM and plan.name in _RAISED:
            _support(stage, plan)
        stage.add(plan.pen, plan.place, plan.name, f"{plan.name}/{plan.model.variety}",
            not setting.flies)
        if plan.rider and seats > 0:
            _ride(stage, plan)
            seats -= 1
    return stage


def _plans(stage: Stage, setting: Setting, name: str, horizon: float) -> list[_Plan]:
    rand = stage.rand
    model = rand.pick(VOC[name])
    pen = stage.drawn(model.kind)
    share = rand.span(*stage.bias.extent)
    foot = rand.span(0.72, 1.04)
    shape = extent(pen, Place(np.eye(2), (0.0, 0.0), 1.0))
    ratio = (shape[2] - shape[0]) / max(shape[3] - shape[1], 1e-6)
    tall = min(share * min(stage.aspect / ratio, 1.0), foot - 0.01 + 0.15 * rand.unit())
    scale = tall / model.tall  # units per metre where the main object stands
    metre = scale / max(foot - horizon, 0.12)  # how that grows below the horizon
    x = stage.aspect * min(max(0.5 + rand.normal(stage.bias.wander), 0.1), 0.9)
    plans = [_placed(stage, setting, name, model, pen, x, foot, tall)]
    for _ in range(rand.pick(_COMPANY)):
        other = name if rand.chance(setting.herds) else rand.pick(setting.company)
        plan = _companion(stage, setting, other, horizon, metre, plans)
        if plan is not None:
            plans.append(plan)
    return plans


def _companion(
    stage: Stage, setting: Setting, name: str, horizon: float, metre: float, plans: list[_Plan]
) -> _Plan | None:
    """A further object that fits and does not bury another, or None."""
    rand = stage.rand
    model = rand.pick(VOC[name])
    pen = stage.drawn(model.kind)
    for _ in range(4):
        foot = rand.span(horizon + 0.05, 1.1)
        tall = model.tall * metre * (foot - horizon) * rand.near(1, 0.1)
        if setting.flies:
            tall = rand.span(0.1, 0.45)
        x = rand.span(-0.02, stage.aspect + 0.02)
        if not 0.05 < tall < 1.1:
            continue
        plan = _placed(stage, setting, name, model, pen, x, foot, tall)
        mine = extent(pen, plan.place)
        if all(_covered(mine, extent(other.pen, other.place)) < 0.45 for other in plans):
            return plan
    return None


def _placed(
    stage: Stage,
    setting: Setting,
    name: str,
    model: Model,
    pen: Pen,
    x: float,
    foot: float,
    tall: float,
) -> _Plan:
    rand, unit = stage.rand, stage.unit
    flip = model.kind.flips and rand.chance(stage.bias.mirror)
    turn = rand.normal(model.kind.turns * 0.6 * stage.bias.turn)
    if setting.flies:
        y = rand.span(0.25, 0.7)
        spot = place(pen, (x * unit, y * unit), tall * 1.3 * unit, turn=turn, flip=flip)
    else:
        spot = stand(pen, x * unit, foot * unit, tall * unit, flip=flip, turn=turn * 0.5)
    rider = name in _MOUNTS and not setting.flies and rand.chance(0.35)
    return _Plan(name, model, pen, spot, foot, rider)


def _support(stage: Stage, plan: _Plan) -> None:
    """A low cupboard or table under a thing that does not stand on the floor."""
    x1, y1, x2, y2 = (value / stage.unit for value in extent(plan.pen, plan.place))
    metre = (y2 - y1) / plan.model.tall
    tall = 0.5 * metre
    kind = Stand("drawers", wide=0.8) if stage.rand.chance(0.5) else Stand("table", wide=1.0,
        tall=0.7)
    stage.put(kind, (x1 + x2) / 2, y2 + tall * 0.86, tall)


def _covered(first: tuple[float, ...], second: tuple[float, ...]) -> float:
    """Share of the smaller box that the other covers."""
    wide = min(first[2], second[2]) - max(first[0], second[0])
    high = min(first[3], second[3]) - max(first[1], second[1])
    if wide <= 0 or high <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (first, second)]
    return wide * high / max(min(areas), 1e-6)


def _ride(stage: Stage, plan: _Plan) -> None:
    """Seat a person on a mount."""
    x1, y1, x2, y2 = (value / stage.unit for value in extent(plan.pen, plan.place))
    high = y2 - y1
    tall = 1.45 * high / plan.model.tall * (0.95 if plan.name == "horse" else 1.0)
    seat = y1 + high * (0.42 if plan.name == "horse" else 0.3)
    facing_left = plan.place.matrix[0, 0] < 0
    x = (x1 + x2) / 2 - (0.08 if not facing_left else -0.08) * (x2 - x1)
    stage.put(Person("sit"), x, seat + tall * 0.47, tall, name="person", flip=facing_left,
        shadow=False)


def truths(stage: Stage) -> tuple[Instance, ...]:
    """Every labelled object that can be seen, in the order of painting."""
    found = []
    height, width = stage.height, stage.width
    for thing, whole, visible in stage.seen():
        mask = shrink(visible, height, width)
        pixels = int(mask.sum())
        if pixels < 12:
            continue
        x1, y1, x2, y2 = extent(thing.pen, thing.place)
        canvas = stage.canvas
        inside = min(x1, y1) >= -1 and x2 <= canvas.width + 1 and y2 <= canvas.height + 1
        shown = float((visible > 0).sum()) / max(1.0, float((whole > 0).sum()))
        box = tight(mask)
        area = (box[2] - box[0]) * (box[3] - box[1])
        hard = shown < 0.35 or area < 0.004 * height * width
        found.append(Instance(
            NAMES.index(thing.name), thing.name, thing.variety, mask, box,
            landmarks(thing.pen, thing.place, height, width),
            difficult=hard, truncated=not inside, occluded=shown < 0.95,
        ))  # fmt: skip
    return tuple(found)
