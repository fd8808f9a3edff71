"""Which varieties play in which role, in which order."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from cnnlab.datasets.world.families import (
    aircraft,
    birds,
    boats,
    breeds,
    bugs,
    buildings,
    cycles,
    dishes,
    emblems,
    flowers,
    fruit,
    furniture,
    instruments,
    lamps,
    people,
    plants,
    sea,
    seats,
    signs,
    species,
    strings,
    tools,
    vehicles,
    vessels,
)
from cnnlab.datasets.world.grammar import Kind
from cnnlab.datasets.world.sun import SUN
from cnnlab.datasets.world.voc_classes import VOC

# Rows are families; classes are dealt from the rows in turn, so that any beginning of the list
# mixes families.
_IMAGENET = (
    "beagle husky bulldog dalmatian pug german_shepherd chihuahua golden_retriever poodle "
    "rottweiler",
    "sports_car school_bus tractor fire_engine minivan pickup taxi",
    "tabby_cat lion red_fox siamese_cat tiger",
    "flamingo toucan penguin hen bald_eagle drake",
    "daisy tulip rose poppy",
    "teapot wine_bottle bucket vase goblet",
    "zebra camel hippopotamus gazelle bison cheetah",
    "airliner biplane airship jumbo_jet",
    "rocking_chair throne office_chair",
    "church castle lighthouse barn cottage",
    "ladybug monarch dragonfly tarantula honeybee",
    "guitar violin banjo",
    "traffic_light street_sign warning_sign no_entry_sign",
    "yawl container_ship galleon speedboat",
    "goldfish starfish great_white_shark rock_crab clownfish",
    "hammer axe screwdriver shovel",
    "granny_smith banana pineapple",
    "mountain_bike moped perambulator shopping_cart",
    "bookcase desk wardrobe park_bench",
    "trumpet drum saxophone",
    "oak fir saguaro",
    "cheeseburger ice_cream_cone doughnut",
)
_CALTECH101 = (
    "face cougar_face panda wild_cat",
    "elephant okapi llama kangaroo rhino stegosaurus brontosaurus",
    "ibis emu pigeon rooster",
    "dolphin octopus lobster sea_horse nautilus",
    "ant scorpion mayfly tick",
    "car_side steam_locomotive",
    "helicopter ketch schooner ferry",
    "sunflower lotus water_lily bonsai joshua_tree",
    "windsor_chair chandelier menorah",
    "ewer coffee_mug",
    "wrench scissors umbrella anchor",
    "pagoda windmill",
    "mandolin grand_piano accordion",
    "stop_sign yin_yang",
    "strawberry pizza",
)
_CALTECH256 = (
    "gorilla chimp raccoon wolf rabbit koala",
    "giraffe goat greyhound elk skunk porcupine unicorn iguana",
    "swan hummingbird cormorant goose parrot ostrich",
    "killer_whale swordfish jellyfish sea_turtle scallop",
    "house_fly grasshopper praying_mantis centipede swallowtail",
    "bulldozer cement_mixer bullet_train covered_wagon limousine ambulance tank",
    "tricycle segway touring_bike wheelbarrow",
    "hot_air_balloon fighter_jet space_shuttle hang_glider",
    "kayak ocean_liner submarine",
    "hibiscus iris palm_tree fern barrel_cactus toadstool",
    "ladder_chair table_lamp lantern four_poster",
    "beer_mug wine_glass soda_can kettle picnic_basket frying_pan hourglass",
    "fork spoon kitchen_knife tennis_racket magnifier",
    "skyscraper igloo teepee minaret pyramid suspension_bridge",
    "electric_guitar harp french_horn xylophone congas gramophone",
    "playing_card chess_board dice us_flag compass analog_clock",
    "grapes watermelon carrot tomato pear",
    "birthday_cake hot_dog sushi fried_egg spaghetti",
)
_CALTECH256_MORE = (  # dealt after the rows above, so that these keep their order
    "brown_bear piglet ram deer_head",
    "wild_boar ibex arctic_fox ox",
    "goldfinch peacock jay vulture",
    "stingfish angelfish trout",
    "sulphur_butterfly rhinoceros_beetle garden_spider stag_beetle",
    "jeep forklift snow_truck beetle_car delivery_truck",
    "high_wheeler motor_scooter junk paddle_steamer",
    "foxglove fly_agaric agave cypress willow",
    "folding_chair bar_stool wicker_chair crib chest_of_drawers pedestal_table picnic_table "
    "floor_lamp",
    "barrel pitcher milk_can amphora wok cocktail_glass jam_jar",
    "handsaw broom paint_brush rake mallet plunger",
    "palace tent",
    "cello balalaika flute upright_piano bagpipe tambourine metronome",
    "yield_sign crossing_sign curve_sign speed_sign sundial dartboard tricolour crossword",
    "orange pumpkin corn pretzel sundae",
)
BOXED = ("pascal", "pascal-2012", "pascal-extra")
SPLITS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "imagenet": ("train", "val"),
        "caltech101": ("all",),
        "caltech256": ("all",),
        "sun": ("all",),
        "pascal": ("trainval", "test"),
        "pascal-2012": ("trainval", "val"),
        "pascal-extra": ("trainval",),
    }
)


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Kind]:
    """Every variety there is by name."""
    modules = (
        aircraft, birds, boats, breeds, bugs, buildings, cycles, dishes, emblems, flowers, fruit,
        furniture, instruments, lamps, people, plants, sea, seats, signs, species, strings, tools,
        vehicles, vessels,
    )  # fmt: skip
    found: dict[str, Kind] = {}
    for module in modules:
        for name, kind in module.VARIETIES:
            if name in found:
                raise ValueError(f"two varieties are called {name}: rename one")
            found[name] = kind
    return MappingProxyType(found)


def family(name: str) -> str:
    """The family of a variety; raises ValueError for an unknown one.

    >>> family("flamingo")
    'bird'
    """
    if name not in catalogue():
        raise ValueError(f"no variety {name!r}; `classes(role)` names them")
    return catalogue()[name].family


def _dealt(rows: Sequence[str]) -> tuple[str, ...]:
    """One name from each row in turn, until all are used up."""
    hands = [row.split() for row in rows]
    longest = max(len(hand) for hand in hands)
    return tuple(hand[turn] for turn in range(longest) for hand in hands if turn < len(hand))


@lru_cache(maxsize=1)
def _all() -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType(
        {
            "imagenet": _dealt(_IMAGENET),
            "caltech101": _dealt(_CALTECH101),
            "caltech256": _dealt(_CALTECH256) + _dealt(_CALTECH256_MORE),
            "sun": tuple(SUN),
            "pascal": tuple(VOC),
            "pascal-2012": tuple(VOC),
            "pascal-extra": tuple(VOC),
        }
    )


def roles() -> tuple[str, ...]:
    """Names of the roles the world can play.

    >>> roles()[:2]
    ('imagenet', 'caltech101')
    """
    return tuple(SPLITS)


def splits(role: str) -> tuple[str, ...]:
    """Splits of a role; raises ValueError for an unknown one.

    >>> splits("pascal")
    ('trainval', 'test')
    """
    _known(role)
    return SPLITS[role]


def classes(role: str, count: int | None = None) -> tuple[str, ...]:
    """Class names of a role in order, all or the first `count`.

    Raises ValueError for an unknown role or a count that the role does not have.

    >>> classes("imagenet", 3)
    ('beagle', 'sports_car', 'tabby_cat')
    """
    _known(role)
    names = _all()[role]
    if count is None:
        return names
    if not 1 <= count <= len(names):
        raise ValueError(f"{role} has 1 to {len(names)} classes, not {count}")
    return names[:count]


def _known(role: str) -> None:
    if role not in SPLITS:
        raise ValueError(f"unknown role {role!r}; choose one of {', '.join(SPLITS)}")
