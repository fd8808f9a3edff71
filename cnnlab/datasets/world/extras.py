"""Cars, boats and people that appear in many scenes."""

from cnnlab.datasets.world.families.boats import Boat
from cnnlab.datasets.world.families.people import Person
from cnnlab.datasets.world.families.vehicles import Vehicle
from cnnlab.datasets.world.looks import Look
from cnnlab.datasets.world.stage import Stage

CARS = (Vehicle(shape="sedan", tall=0.56), Vehicle(shape="hatch", tall=0.62),
    Vehicle(shape="van", tall=0.66, windows=3))
BOATS = (
    Boat(0xE9E6DE, 0x2A4F8A, masts=(0.1,), sail="triangle"),
    Boat(0x2F5F8A, 0xD9D4C4, "yacht", deck="pilot", depth=0.36),
    Boat(0xF0F0EC, 0xC0392B, "speed", deck="cabin"),
)
PEOPLE = (Person("stand"), Person("walk"), Person("stand", dress=True), Person("walk", child=True))
ASPHALT = Look(0x6A6B6E, -1, "mottle", 0.2)


def crowd(stage: Stage, count: int, top: float, low: float, size: float) -> None:
    """People on the ground between two lines, larger when nearer."""
    rand = stage.rand
    for foot in sorted(rand.span(top, low) for _ in range(count)):
        tall = size * (0.35 + 0.65 * (foot - top) / max(low - top, 0.01))
        stage.put(rand.pick(PEOPLE), rand.span(0.03, 0.97), foot, tall)
