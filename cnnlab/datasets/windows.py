"""Objects warped to the input of a net, each with a little of what surrounds it (R-CNN, AGM 2).

The net sees the centre P x P of windows of S x S pixels. M objects in N scenes.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from cnnlab.artifacts import store
from cnnlab.datasets.boxed import BoxedImages
from cnnlab.datasets.packed import Packed, open_packed
from cnnlab.datasets.rows import Decoded, Rows

WINDOWS = "-windows"  # ends the name of the role that holds a boxed role's windows
CONTEXT = 16 / 227  # of the side that the net sees, on every side of a box (R-CNN)
_LOOKED_AT = 500  # scenes, evenly spaced, whose mean colour stands for that of all


def windows(scenes: BoxedImages, side: int, crop: int, fill: np.ndarray) -> Packed:
    """A window of every object, packed once: row j shows object j and has its class.

    `fill` (3,) is the colour beyond the border of a picture. Whether object j is difficult, and
    which scene it is in, say `scenes.difficult[j]` and `scenes.owner[j]`.

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles import SMOKE, RoleSize, scaled
    >>> two = RoleSize("world", classes=20, pixels=64, splits={"test": 2})
    >>> scenes = load_scenes("pascal", scaled(SMOKE, roles={"pascal": two}))
    >>> windows(scenes, side=32, crop=28, fill=np.zeros(3)).images.shape
    (4, 32, 32, 3)
    """

    def cut(rows: np.ndarray) -> Decoded:
        pairs = [(scenes.image(int(scenes.owner[j])), scenes.boxes[j]) for j in rows]
        return [window(image, box, side, crop, fill) for image, box in pairs], []

    def build(workdir: Path) -> None:
        with Rows(workdir, len(scenes.labels), side) as rows:
            rows.fill_in_threads(cut, "cutting windows")
            rows.finish(scenes.labels, scenes.classes)

    config = {"scenes": scenes.digest, "side": side, "crop": crop, "fill": list(map(float, fill))}
    folder = store.make("windows", config, build, code=(windows,))
    return open_packed(folder, scenes.role + WINDOWS, scenes.split, scenes.source)


def window(
    image: np.ndarray, box: np.ndarray, side: int, crop: int, fill: np.ndarray
) -> np.ndarray:
    """The S x S about a VOC box (4,) of a picture (H, W, 3), warped, so that its sides may stretch.

    The box fills the P x P that the net sees but for `CONTEXT`; what follows outwards goes on at
    the same scale, so that a training crop beside the centre shows the picture too.
    """
    inner = crop * (1 - 2 * CONTEXT)
    start = np.asarray(box[:2], dtype=float) - 1  # (x, y), as edges
    scale = inner / (np.asarray(box[2:], dtype=float) - start)  # px of the window per px
    corner = start - (side - inner) / 2 / scale
    low = np.maximum(corner, 0)
    high = np.minimum(corner + side / scale, (image.shape[1], image.shape[0]))
    (left, top), (right, bottom) = (np.rint((v - corner) * scale).astype(int) for v in (low, high))
    result = np.empty((side, side, 3), np.uint8)
    result[:] = np.rint(fill)
    part = Image.fromarray(image).resize(
        (right - left, bottom - top), Image.Resampling.BICUBIC, (*low, *high), reducing_gap=3.0
    )
    result[top:bottom, left:right] = np.asarray(part)
    return result


def window_labels(labels: np.ndarray, box: np.ndarray, crop: int) -> np.ndarray:
    """Labels (H, W, J) of a picture's pixels where the net sees them in the window of a box.

    (J, P, P): the label at the middle of each pixel; 0 beyond the border of the picture.

    >>> window_labels(np.arange(1, 5).reshape(2, 2, 1), np.array([1, 1, 2, 2]), crop=4).tolist()
    [[[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]]
    """
    inner = crop * (1 - 2 * CONTEXT)
    start = np.asarray(box[:2], dtype=float) - 1  # (x, y), as edges
    scale = inner / (np.asarray(box[2:], dtype=float) - start)
    middles = np.arange(crop)[:, None] + 0.5 - (crop - inner) / 2  # px of the window from the box
    x, y = np.floor(start + middles / scale).astype(int).T  # (P,) each
    height, width = labels.shape[:2]
    inside = ((y >= 0) & (y < height))[:, None] & ((x >= 0) & (x < width))
    part = labels[y.clip(0, height - 1)[:, None], x.clip(0, width - 1)]  # (P, P, J)
    return np.where(inside[..., None], part, 0).transpose(2, 0, 1)


def mean_colour(scenes: BoxedImages) -> np.ndarray:
    """Mean colour (3,) of the pictures, each counted alike, over at most 500 of them.

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles import SMOKE, RoleSize, scaled
    >>> two = RoleSize("world", classes=20, pixels=64, splits={"test": 2})
    >>> mean_colour(load_scenes("pascal", scaled(SMOKE, roles={"pascal": two}))).shape
    (3,)
    """
    numbers = np.linspace(0, len(scenes) - 1, min(_LOOKED_AT, len(scenes))).astype(int)
    return np.mean([scenes.image(i).mean(axis=(0, 1)) for i in numbers], axis=0).round(3)
