"""Scenes as the squares that a net was trained on: whole pictures (ZF 5), or one object at a time.

The net sees the centre P x P of squares of S x S pixels. N scenes, M objects in them.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from cnnlab.artifacts import store
from cnnlab.artifacts.progress import processors
from cnnlab.datasets.packed import Packed, opened
from cnnlab.datasets.rows import Rows
from cnnlab.datasets.scenes import Scenes
from cnnlab.probing.features import features
from cnnlab.profiles.layers import PooledLayer
from cnnlab.training.trained import Trained

VIEWS = (1, 5, 10)  # the centre; with four corners; all of them mirrored too
_CHUNK = 256  # squares made at a time: few, to hold few in memory


def windows(image: np.ndarray, side: int, crop: int, count: int) -> np.ndarray:
    """`count` squares (count, S, S, 3) of a picture (H, W, 3), its shorter side scaled to S.

    The first is the centre square. The others bring the P x P at a corner of the scaled picture to
    the middle, where the net looks: corners of the whole scene, not of its centre square. Raises
    ValueError unless `count` is 1, 5 or 10.
    """
    if count not in VIEWS:
        raise ValueError(f"views of a scene are 1, 5 or 10, not {count}")
    scale = side / min(image.shape[:2])
    height, width = (max(side, round(scale * n)) for n in image.shape[:2])
    picture = _resized(image, height, width)
    low, right = height - crop, width - crop
    corners = [(low // 2, right // 2), (0, 0), (0, right), (low, 0), (low, right)]
    margin = (side - crop) // 2
    found = [_cut(picture, y - margin, x - margin, side) for y, x in corners[: min(count, 5)]]
    return np.stack(found + [one[:, ::-1] for one in found] * (count == 10))


def around(image: np.ndarray, box: np.ndarray, side: int, crop: int) -> np.ndarray:
    """The square (S, S, 3) about a VOC box (4,), whose longer side fills the P x P the net sees.

    What lies outside the picture repeats its border.
    """
    x1, y1, x2, y2 = box
    reach = max(1, round(max(x2 - x1 + 1, y2 - y1 + 1) * side / crop))  # px of the picture
    top, left = round((y1 - 1 + y2 - reach) / 2), round((x1 - 1 + x2 - reach) / 2)
    return _resized(_cut(image, top, left, reach), side, side)


def scene_squares(scenes: Scenes, side: int, crop: int, count: int = 1) -> Packed:
    """`windows` of every scene, packed once: row v * N + i is view v of scene i.

    The label of a row is the class of the scene's largest object, -1 where there is none.
    """
    labels = np.full(len(scenes), -1, dtype=np.int64)
    order = np.argsort(scenes.shares, kind="stable")
    labels[scenes.owner[order]] = scenes.labels[order]  # the last written is the largest
    views, n = range(count), len(scenes)

    def make(i: int) -> tuple[list[int], np.ndarray]:
        return [v * n + i for v in views], windows(scenes.image(i), side, crop, count)

    config = {"scenes": scenes.digest, "side": side, "crop": crop, "views": count}
    return _packed(scenes, config, np.tile(labels, count), n, make)


def object_squares(scenes: Scenes, side: int, crop: int) -> Packed:
    """`around` every object of all scenes, packed once, with its class: (M, S, S, 3)."""

    def make(j: int) -> tuple[list[int], np.ndarray]:
        image = scenes.image(int(scenes.owner[j]))
        return [j], around(image, scenes.boxes[j], side, crop)[None]

    config = {"scenes": scenes.digest, "side": side, "crop": crop, "views": "objects"}
    return _packed(scenes, config, scenes.labels, len(scenes.labels), make)


def scene_rows(trained: Trained, scenes: Scenes, stage: str = "layer7", views: int = 1):
    """Features (N, D) of whole scenes at one stage, the mean over their views."""
    side, crop = len(trained.mean), trained.job.spec.pixels
    squares = scene_squares(scenes, side, crop, views)
    rows = features(trained, squares, [PooledLayer(stage)])[stage]  # (V N, D)
    return np.asarray(rows, np.float32).reshape(views, len(scenes), -1).mean(axis=0)


def object_rows(trained: Trained, scenes: Scenes, stage: str = "layer7") -> np.ndarray:
    """Features (M, D) of every object, cut out by its box, at one stage."""
    squares = object_squares(scenes, len(trained.mean), trained.job.spec.pixels)
    return np.asarray(features(trained, squares, [PooledLayer(stage)])[stage], np.float32)


Make = Callable[[int], tuple[list[int], np.ndarray]]  # number -> rows, (rows, S, S, 3)


def _packed(
    scenes: Scenes, config: dict[str, object], labels: np.ndarray, count: int, make: Make
) -> Packed:
    def build(workdir: Path) -> None:
        with Rows(workdir, len(labels), int(str(config["side"]))) as rows:
            for places, squares in _in_threads(make, count):
                for row, square in zip(places, squares, strict=True):
                    rows.write(row, square[None])
                rows.mark(places)
            rows.finish(labels, scenes.classes)

    folder = store.make("squares", config, build, code=(windows, around))
    return opened(folder, scenes.role, scenes.split, scenes.source)


def _in_threads(make: Make, count: int) -> Iterator[tuple[list[int], np.ndarray]]:
    with ThreadPoolExecutor(processors()) as pool:
        for start in range(0, count, _CHUNK):
            yield from pool.map(make, range(start, min(start + _CHUNK, count)))


def _cut(image: np.ndarray, top: int, left: int, side: int) -> np.ndarray:
    """The square from (top, left) on, its border repeated where it leaves the picture."""
    rows = np.arange(top, top + side).clip(0, image.shape[0] - 1)
    columns = np.arange(left, left + side).clip(0, image.shape[1] - 1)
    return image[rows[:, None], columns]


def _resized(image: np.ndarray, height: int, width: int) -> np.ndarray:
    if image.shape[:2] == (height, width):
        return image
    picture = Image.fromarray(np.ascontiguousarray(image))
    scaled = picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3.0)
    return np.asarray(scaled)
