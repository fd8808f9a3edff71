"""The world's front door: any picture of any role, alone or with its truth."""

from collections.abc import Sequence
from functools import lru_cache

from cnnlab.datasets.world import sun, voc
from cnnlab.datasets.world.bias import BIASES
from cnnlab.datasets.world.grammar import Kind
from cnnlab.datasets.world.objects import Shot, shoot, truth
from cnnlab.datasets.world.roster import BOXED, catalogue, classes, splits
from cnnlab.datasets.world.scene import Image, Scene
from cnnlab.datasets.world.seeding import Rand, key
from cnnlab.datasets.world.stage import Stage

SMALLEST = 16

Choice = int | Sequence[str] | None


def image(
    role: str,
    split: str,
    index: int,
    *,
    size: int,
    classes: Choice = None,
    seed: int = 0,
    frontal: bool = False,
) -> Image:
    """Picture number `index` of a role: (size, size, 3) uint8 RGB; its label is index % classes.

    Pictures of boxed roles have `size` pixels on their longer side, and are about the class.
    `classes` is how many of the role's classes play, or their names; `frontal` asks for a plain,
    centred, unhidden view, as the study of face parts needs. A pure function of its arguments.
    Raises ValueError for an unknown role, split or class, a negative index, or size under 16.

    >>> image("caltech101", "all", 0, size=32).shape
    (32, 32, 3)
    """
    names = _checked(role, split, index, size, classes)
    if role in BOXED or role == "sun":
        return _stage(role, split, index, size, names, seed).picture()
    return _shot(role, split, index, size, names, seed, frontal).image


def scene(
    role: str,
    split: str,
    index: int,
    *,
    size: int,
    classes: Choice = None,
    seed: int = 0,
    frontal: bool = False,
) -> Scene:
    """The same picture as `image`, with its truth: class, mask, box, landmarks of each object.

    >>> drawn = scene("caltech101", "all", 0, size=32)
    >>> drawn.instances[0].name, drawn.instances[0].mask.shape
    ('face', (32, 32))
    """
    names = _checked(role, split, index, size, classes)
    label = index % len(names)
    name = names[label]
    if role in BOXED or role == "sun":
        stage = _stage(role, split, index, size, names, seed)
        return Scene(stage.picture(), label, voc.truths(stage))
    shot = _shot(role, split, index, size, names, seed, frontal)
    variety = f"{catalogue()[name].family}/{name}"
    return Scene(shot.image, label, (truth(shot, label, name, variety),))


def _shot(
    role: str, split: str, index: int, size: int, names: Sequence[str], seed: int, frontal: bool
) -> Shot:
    kind = catalogue()[names[index % len(names)]]
    rand = Rand(seed, key(role, split), index)
    return shoot(kind, rand, BIASES[role], size, frontal, _everything())


@lru_cache(maxsize=1)
def _everything() -> tuple[Kind, ...]:
    """Every kind there is, in the order of the catalogue."""
    return tuple(catalogue().values())


def _stage(
    role: str, split: str, index: int, size: int, names: Sequence[str], seed: int
) -> Stage:
    rand = Rand(seed, key(role, split), index)
    compose = sun.compose if role == "sun" else voc.compose
    return compose(names[index % len(names)], rand, BIASES[role], size)


def _checked(role: str, split: str, index: int, size: int, choice: Choice) -> Sequence[str]:
    """The class names that play, after checking every argument."""
    everything = classes(role)
    if split not in splits(role):
        raise ValueError(f"{role} has no split {split!r}; choose one of {', '.join(splits(role))}")
    if index < 0:
        raise ValueError(f"index must be 0 or more, not {index}")
    if size < SMALLEST:
        raise ValueError(f"size must be at least {SMALLEST} pixels, not {size}")
    if choice is None:
        return everything
    if isinstance(choice, int):
        return classes(role, choice)
    names = tuple(choice)
    unknown = [name for name in names if name not in everything]
    if unknown or not names:
        wrong = ", ".join(unknown) or "an empty list"
        raise ValueError(f"{role} has no class {wrong}; choose from {', '.join(everything)}")
    return names
