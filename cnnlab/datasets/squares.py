"""Scenes as the squares a net takes: whole pictures (ZF 5), or one object at a time.

The net sees the centre P x P of squares of S x S pixels. N scenes, M objects in them.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from cnnlab.artifacts import store
from cnnlab.datasets.boxed import BoxedImages
from cnnlab.datasets.packed import Packed, open_packed
from cnnlab.datasets.rows import Decoded, Rows


def squares(
    scenes: BoxedImages, side: int, crop: int, *, objects: bool = False, crops: int = 1
) -> Packed:
    """Squares of every scene, packed once: `scene_crops`, or with `objects` `around_box` of each.

    Row i * crops + c is crop c of scene i, labelled by the class of the scene's largest object (-1:
    none); or row j is object j, labelled by its class. Raises ValueError unless `crops` is 1 or 5.

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles import SMOKE, RoleSize, scaled
    >>> two = RoleSize("world", classes=20, pixels=64, splits={"test": 2})
    >>> scenes = load_scenes("pascal", scaled(SMOKE, roles={"pascal": two}))
    >>> squares(scenes, side=32, crop=28, crops=5).images.shape
    (10, 32, 32, 3)
    """

    def crops_of(i: int) -> np.ndarray:
        if not objects:
            return scene_crops(scenes.image(i), side, crop, crops)
        return around_box(scenes.image(int(scenes.owner[i])), scenes.boxes[i], side, crop)[None]

    def cut(rows: np.ndarray) -> Decoded:
        numbers = range(rows[0] // crops, rows[-1] // crops + 1)
        return [*np.concatenate([crops_of(i) for i in numbers])[rows[0] % crops :][: len(rows)]], []

    labels = scenes.labels
    if not objects:
        labels = np.full(len(scenes), -1, dtype=np.int64)
        order = np.argsort(scenes.shares, kind="stable")
        labels[scenes.owner[order]] = scenes.labels[order]  # the last written is the largest
        labels = np.repeat(labels, crops)

    def build(workdir: Path) -> None:
        with Rows(workdir, len(labels), side) as rows:
            rows.fill_in_threads(cut, "cutting squares")
            rows.finish(labels, scenes.classes)

    sizes = {"side": side, "crop": crop, "objects": objects, "crops": crops}
    config = {"scenes": scenes.digest, **sizes}
    folder = store.make("squares", config, build, code=(squares,))
    return open_packed(folder, scenes.role, scenes.split, scenes.source)


def scene_crops(image: np.ndarray, side: int, crop: int, count: int = 1) -> np.ndarray:
    """Squares (count, S, S, 3) of a picture (H, W, 3) whose shorter side is scaled to S.

    The first is the centre square. The others bring the P x P at a corner of the scaled picture to
    the middle, where the net looks: corners of the whole scene, not of its centre square. Raises
    ValueError unless `count` is 1 or 5.
    """
    if count not in (1, 5):
        raise ValueError(f"a scene has 1 or 5 crops, not {count}")
    scale = side / min(image.shape[:2])
    height, width = (max(side, round(scale * n)) for n in image.shape[:2])
    picture = _resized(image, height, width)
    low, right = height - crop, width - crop
    corners = [(low // 2, right // 2), (0, 0), (0, right), (low, 0), (low, right)]
    margin = (side - crop) // 2
    return np.stack([_cut(picture, y - margin, x - margin, side) for y, x in corners[:count]])


def around_box(image: np.ndarray, box: np.ndarray, side: int, crop: int) -> np.ndarray:
    """The square (S, S, 3) about a VOC box (4,), whose longer side fills the P x P the net sees.

    What lies outside the picture repeats its border.
    """
    x1, y1, x2, y2 = box
    reach = max(1, round(max(x2 - x1 + 1, y2 - y1 + 1) * side / crop))  # px of the picture
    top, left = round((y1 - 1 + y2 - reach) / 2), round((x1 - 1 + x2 - reach) / 2)
    return _resized(_cut(image, top, left, reach), side, side)


def _cut(image: np.ndarray, top: int, left: int, side: int) -> np.ndarray:
    """The square from (top, left) on, its border repeated where it leaves the picture."""
    rows = np.arange(top, top + side).clip(0, image.shape[0] - 1)
    columns = np.arange(left, left + side).clip(0, image.shape[1] - 1)
    return image[rows[:, None], columns]


def _resized(image: np.ndarray, height: int, width: int) -> np.ndarray:
    picture = Image.fromarray(image)
    return np.asarray(picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3.0))
