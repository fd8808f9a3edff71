"""How each role's pictures are taken: the one place where difficulty is calibrated."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

Range = tuple[float, float]


@dataclass(frozen=True)
class Bias:
    """Strengths of everything that makes two pictures of one class differ.

    Ranges are drawn from evenly; lengths are shares of the picture's side.
    """

    extent: Range = (0.52, 1.1)  # longer side of the object
    wander: float = 0.09  # deviation of its centre from the picture's
    turn: float = 1.5  # tilt, in units of the family's usual tilt
    squeeze: float = 0.35  # greatest narrowing, as by a turn in depth
    lean: float = 0.2  # greatest shear
    mirror: float = 0.5  # how often things face the other way
    context: float = 0.7  # how often the background fits the family
    clutter: Range = (0.0, 3.0)  # things of no class in the background
    strangers: Range = (0.0, 1.3)  # things of other classes in the background
    occluder: float = 0.25  # how often something reaches in front
    repaint: float = 0.5  # how often colours are any, not those of the class
    retexture: float = 0.3  # how often textures are any
    bend: float = 0.3  # greatest bend of a shape, object units (an object spans 2)
    defocus: Range = (0.0, 1.0)  # blur of the background
    hue: float = 0.42  # greatest turn of an object's hue, radians
    saturation: Range = (0.3, 1.15)
    brightness: Range = (0.65, 1.15)
    cast: float = 0.1  # colour cast of the light, per channel
    gamma: Range = (0.75, 1.35)
    gradient: float = 0.24  # unevenness of the light over the picture
    shadow: Range = (0.15, 0.6)
    blur: Range = (0.0, 0.5)  # lens blur (deviation), pixels
    relief: float = 0.05  # deviation of the fine relief of surfaces, as a share of their shade
    crisp: Range = (0.2, 1.2)  # sharpening of what the lens has not blurred
    noise: Range = (0.5, 2.5)  # sensor noise, grey levels (deviation)


# imagenet: single objects as photographs of the web show them.
# caltech101: larger and more alike in pose, in any colour, so that colour alone does not name them.
# caltech256: smaller, off-centre, cluttered.
_WEB = Bias()
# pascal: whole scenes; `extent` is the main object's share of the picture.
_STREETS = replace(
    _WEB, extent=(0.3, 0.95), wander=0.16, turn=1.0, hue=0.15, saturation=(0.7, 1.15),
    brightness=(0.8, 1.15), blur=(0.0, 0.45), crisp=(0.3, 1.2), relief=0.045, shadow=(0.2, 0.5),
)  # fmt: skip
# sun: places; `extent` is the share of the place that the picture frames. Lamps and weather, not a
# cast or noise, make its pictures differ.
_PLACES = replace(
    _STREETS, extent=(0.55, 1.0), mirror=0.5, hue=0.6, saturation=(0.3, 1.15),
    brightness=(0.8, 1.25), cast=0.08, gamma=(0.65, 1.25), gradient=0.3, relief=0.03,
    noise=(0.5, 3.0),
)  # fmt: skip
BIASES: Mapping[str, Bias] = MappingProxyType(
    {
        "imagenet": _WEB,
        "caltech101": replace(
            _WEB, extent=(0.53, 1.03), wander=0.06, turn=1.2, squeeze=0.33, lean=0.16, mirror=0.35,
            context=0.68, clutter=(0.0, 2.8), strangers=(0.0, 1.2), occluder=0.22, repaint=0.56,
            retexture=0.42, bend=0.37, hue=0.95, saturation=(0.15, 1.15),
        ),
        "caltech256": replace(
            _WEB, extent=(0.43, 1.02), wander=0.12, mirror=0.45, context=0.55, clutter=(0.0, 4.0),
            strangers=(0.0, 1.5),
        ),
    }
    | {"sun": _PLACES}
    | dict.fromkeys(("pascal", "pascal-2012", "pascal-extra"), _STREETS)
)  # fmt: skip
