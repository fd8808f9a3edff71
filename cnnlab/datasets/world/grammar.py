"""What every part grammar is: a frozen set of parameters that draws itself with a pen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand


@dataclass(frozen=True)
class Kind:
    """A variety of a family: its fields fix the parts, `draw` lays them out anew for each instance.

    Objects are drawn upright in units where they span about [-1, 1], x right, y down.
    """

    family: ClassVar[str] = ""
    turns: ClassVar[float] = 0.12  # usual tilt in the picture plane, radians (one deviation)
    flips: ClassVar[bool] = True  # whether its mirror image is as likely
    context: ClassVar[str] = "any"  # where it is usually seen, see backdrop.SETTINGS
    stands: ClassVar[bool] = False  # rests on the ground and darkens it

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Record the parts of one instance; `frontal` asks for the plain front view."""
        raise NotImplementedError


Varieties = Sequence[tuple[str, Kind]]
