"""What covers each pixel of a scene: its objects, and the textures that they are painted with."""

import cv2
import numpy as np
from numpy.typing import NDArray

from cnnlab.datasets.world import voc
from cnnlab.datasets.world.canvas import FIXED, OVERSAMPLING
from cnnlab.datasets.world.render import Choice, _checked, _stage
from cnnlab.datasets.world.roster import BOXED
from cnnlab.datasets.world.scene import Instance
from cnnlab.datasets.world.stage import Stage
from cnnlab.datasets.world.texture import names as textures


def anatomy(
    role: str, split: str, index: int, *, size: int, classes: Choice = None, seed: int = 0
) -> tuple[tuple[Instance, ...], NDArray[np.uint8]]:
    """The objects of `scene` with the same arguments, and the texture at each pixel, (H, W).

    Texture t of `textures()` has number 1 + t. 0 has none that the grammar knows: what lies behind
    all objects, lines, and plain areas. Raises ValueError as `scene`, and for a role without boxes.

    >>> objects, covered = anatomy("pascal", "test", 0, size=64)
    >>> objects[0].name, textures()[covered[objects[0].mask].max() - 1], covered.shape
    ('aeroplane', 'brushed', (64, 48))
    """
    if role not in BOXED:
        raise ValueError(f"{role} has no boxes; the anatomy is known of {', '.join(BOXED)}")
    names = _checked(role, split, index, size, classes)
    stage = _stage(role, split, index, size, names, seed)
    return voc.truths(stage), _covered(stage)


def _covered(stage: Stage) -> NDArray[np.uint8]:
    """The texture's number at each pixel, painted as the canvas paints: from far to near."""
    over = np.zeros((stage.canvas.height, stage.canvas.width), np.uint8)
    numbers = {name: 1 + t for t, name in enumerate(textures())}
    for thing in stage.things:
        solid = np.zeros_like(over)
        for part in thing.pen.parts:
            points = part.points @ thing.place.matrix + thing.place.offset
            outline = [np.rint(points * (1 << FIXED)).astype(np.int32)]
            if part.mode == "line":
                width = max(1, round(part.amount * thing.place.size))
                cv2.polylines(over, outline, False, (0,), width, cv2.LINE_8, FIXED)
                continue
            mask = np.zeros_like(over)
            cv2.fillPoly(mask, outline, (255,), cv2.LINE_8, FIXED)
            if part.mode == "decal":  # cut off at the last solid
                mask &= solid
            elif part.mode == "solid":
                solid = mask
            over[mask > 0] = 0 if part.mode == "flat" else numbers[part.look.texture]
    return over[::OVERSAMPLING, ::OVERSAMPLING]
