"""Scene classes by name, and a picture of one."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import cv2

from cnnlab.datasets.world import scenes_halls as halls
from cnnlab.datasets.world import scenes_home as home
from cnnlab.datasets.world import scenes_nature as nature
from cnnlab.datasets.world import scenes_town as town
from cnnlab.datasets.world import scenes_travel as travel
from cnnlab.datasets.world.bias import Bias
from cnnlab.datasets.world.canvas import OVERSAMPLING
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.stage import Stage

SUN: Mapping[str, Callable[[Stage], None]] = MappingProxyType({
    "beach": nature.beach, "kitchen": home.kitchen, "street": travel.street,
        "forest": nature.forest,
    "bedroom": home.bedroom, "mountain": nature.mountain, "office": halls.office,
        "harbour": travel.harbour,
    "living_room": home.living_room, "highway": travel.highway, "classroom": halls.classroom,
    "desert": nature.desert, "library": halls.library, "pasture": nature.pasture,
        "corridor": halls.corridor,
    "airport": travel.airport, "bathroom": home.bathroom, "downtown": town.downtown,
    "supermarket": halls.supermarket, "station": travel.station,
        "church_interior": halls.church_interior,
    "playground": town.playground, "restaurant": halls.restaurant, "stadium": town.stadium,
    "underwater": nature.underwater, "snowfield": nature.snowfield, "parking": travel.parking,
    "park": town.park, "bridge": travel.bridge, "cliff_coast": nature.cliff_coast,
})  # fmt: skip


def compose(name: str, rand: Rand, bias: Bias, size: int) -> Stage:
    """Paint a scene of class `name`, framed anew: mirrored, shifted and zoomed."""
    stage = Stage(rand, bias, size, size)
    SUN[name](stage)
    stage.things.clear()
    if rand.chance(bias.mirror):
        stage.canvas.colour[:] = stage.canvas.colour[:, ::-1]
        stage.canvas.shade[:] = stage.canvas.shade[:, ::-1]
    side = size * OVERSAMPLING
    cut = round(side * rand.span(*bias.extent))
    x, y = rand.below(side - cut + 1), rand.below(side - cut + 1)
    if cut < side:
        canvas = stage.canvas
        for layer in (canvas.colour, canvas.shade):
            layer[:] = cv2.resize(layer[y : y + cut, x : x + cut], (side, side))
    return stage
