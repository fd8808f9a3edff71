"""Scene classes by name, and a picture of one."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from cnnlab.datasets.world import scenes_halls as halls
from cnnlab.datasets.world import scenes_home as home
from cnnlab.datasets.world import scenes_nature as nature
from cnnlab.datasets.world import scenes_open as open_air
from cnnlab.datasets.world import scenes_other_country as wild
from cnnlab.datasets.world import scenes_other_rooms as others
from cnnlab.datasets.world import scenes_other_towns as built
from cnnlab.datasets.world import scenes_rooms as rooms
from cnnlab.datasets.world import scenes_town as town
from cnnlab.datasets.world import scenes_travel as travel
from cnnlab.datasets.world.bias import Bias
from cnnlab.datasets.world.scenes_props import near, strewn
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.site import Site
from cnnlab.datasets.world.stage import Stage

Layout = Callable[[Stage], None]
# Every class has two layouts or more: here, or within its function.
SUN: Mapping[str, tuple[Layout, ...]] = MappingProxyType({
    "beach": (nature.beach, wild.beach), "kitchen": (home.kitchen, others.kitchen),
    "street": (travel.street, built.street), "forest": (nature.forest, wild.forest),
    "bedroom": (home.bedroom, others.bedroom), "mountain": (nature.mountain, wild.mountain),
    "office": (halls.office, others.office), "harbour": (travel.harbour, built.harbour),
    "living_room": (home.living_room, others.living_room),
    "highway": (travel.highway, built.highway),
    "classroom": (halls.classroom, others.classroom), "desert": (nature.desert, wild.desert),
    "library": (halls.library, others.library), "pasture": (nature.pasture, wild.pasture),
    "garden": (open_air.garden,), "airport": (travel.airport, built.airport),
    "bathroom": (home.bathroom, others.bathroom), "downtown": (town.downtown, built.downtown),
    "supermarket": (halls.supermarket, others.supermarket),
    "station": (travel.station, built.station), "market": (open_air.market,),
    "playground": (town.playground, built.playground),
    "restaurant": (halls.restaurant, others.restaurant), "canyon": (open_air.canyon,),
    "gym": (rooms.gym,), "snowfield": (nature.snowfield, wild.snowfield),
    "parking": (travel.parking, built.parking),
    "park": (town.park, built.park), "warehouse": (rooms.warehouse,),
    "cliff_coast": (nature.cliff_coast, wild.cliff_coast), "theatre": (rooms.theatre,),
    "campsite": (open_air.campsite,), "laundry": (rooms.laundry,),
    "waterfall": (open_air.waterfall,), "attic": (rooms.attic,),
    "railway_track": (open_air.railway_track,), "nursery": (rooms.nursery,),
    "vineyard": (open_air.vineyard,), "museum": (rooms.museum,),
    "swimming_pool": (open_air.swimming_pool,), "dining_room": (rooms.dining_room,),
    "bridge": (travel.bridge,), "church_interior": (halls.church_interior,),
    "stadium": (town.stadium,), "corridor": (halls.corridor,), "underwater": (nature.underwater,),
})  # fmt: skip
INDOORS = tuple(module.__name__ for module in (home, halls, rooms, others))


def compose(name: str, rand: Rand, bias: Bias, size: int) -> Stage:
    """Paint a scene of class `name`, lit and framed anew."""
    paint = rand.pick(SUN[name])
    inside = paint.__module__ in INDOORS
    stage = Site(rand, bias, size, inside)
    paint(stage)
    if paint is not nature.underwater:
        strewn(stage, inside)
        (stage.lamps if inside else stage.weather)()
    stage.light_up()
    if rand.chance(0.25):
        near(stage, inside)
    stage.view()
    stage.things.clear()
    return stage
