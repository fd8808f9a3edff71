"""What the drawn world knows of its pictures, cut as nets read them: masks and frontal faces."""

from collections.abc import Sequence

import numpy as np

from cnnlab.datasets import world
from cnnlab.datasets.packed import Packed
from cnnlab.seeing.correspondence import PARTS, Face

DOG_BREEDS = (
    *("beagle", "husky", "dalmatian", "bulldog", "german_shepherd"),
    *("pug", "chihuahua", "golden_retriever", "poodle", "rottweiler"),
)


def object_masks(packed: Packed, index: np.ndarray, pixels: int) -> np.ndarray:
    """Where the object is in the centre crops of some pictures of a set: (N, P, P) bool.

    False everywhere for photographs, which come without masks.
    """
    masks = np.zeros((len(index), pixels, pixels), bool)
    if packed.source != "world":
        return masks
    side, classes = packed.images.shape[1], len(packed.classes)
    part = _central(side, pixels)
    for mask, i in zip(masks, index, strict=True):
        scene = world.scene(packed.role, packed.split, int(i), size=side, classes=classes)
        mask[:] = np.any([o.mask for o in scene.instances], axis=0)[part, part]
    return masks


def frontal_faces(breeds: Sequence[str], count: int, *, side: int, pixels: int) -> list[Face]:
    """Faces from the front, the breeds in turn: the middle P pixels of pictures of `side`.

    Every face has its parts (x, y) in the crop and the mask (P, P) of the animal.
    """
    part, start = _central(side, pixels), (side - pixels) // 2
    faces = []
    for i in range(count):
        scene = world.scene("imagenet", "val", i, size=side, classes=breeds, frontal=True)
        (animal,) = scene.instances
        places = {name: animal.landmarks[name] for name in PARTS}
        parts = {name: (x - start, y - start) for name, (x, y) in places.items()}
        faces.append(Face(scene.image[part, part], parts, animal.name, animal.mask[part, part]))
    return faces


def _central(side: int, pixels: int) -> slice:
    start = (side - pixels) // 2
    return slice(start, start + pixels)
