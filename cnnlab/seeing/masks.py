"""Where the objects of the drawn world are, in its pictures as nets read them."""

import numpy as np

from cnnlab.datasets import world
from cnnlab.datasets.packed import Packed


def object_masks(packed: Packed, index: np.ndarray, pixels: int) -> np.ndarray:
    """Where the object is in the centre crops of some pictures of a set: (N, P, P) bool.

    False everywhere for photographs, which come without masks.
    """
    masks = np.zeros((len(index), pixels, pixels), bool)
    if packed.source != "world":
        return masks
    side, classes = packed.images.shape[1], len(packed.classes)
    start = (side - pixels) // 2
    part = slice(start, start + pixels)
    for mask, i in zip(masks, index, strict=True):
        scene = world.scene(packed.role, packed.split, int(i), size=side, classes=classes)
        mask[:] = np.any([o.mask for o in scene.instances], axis=0)[part, part]
    return masks
