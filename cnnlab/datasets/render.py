"""Images of the procedural world, with or without boxes, rendered in processes into rows."""

import contextlib
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.artifacts.processes import in_processes
from cnnlab.artifacts.progress import processors
from cnnlab.datasets.annotations import BoxedObject
from cnnlab.datasets.boxed import note_of
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.rows import Rows, write_rows
from cnnlab.datasets.sources import BOXED

_BLOCK = 128  # images rendered per task
_BOXED_BLOCK = 25  # fewer where all need more time
_SMALL = 4  # blocks sooner rendered here than by processes that must first start


def pack(
    workdir: Path,
    role: str,
    split: str,
    *,
    classes: int,
    per_class: int,
    pixels: int,
    workers: int | None = None,
) -> None:
    """Write `per_class` world images of each of the first `classes` classes (0: all) of a role.

    Of a role with boxes `per_class` is the number of images in all, `pixels` their longer side, and
    their objects are written beside them. Rows that an interrupted build left in `workdir` are
    kept. Every image is a pure function of its number, so the bytes do not depend on `workers`
    (None: all processors).
    """
    from cnnlab.datasets.world import classes as classes_of

    boxed = role in BOXED
    if per_class < 1:
        what = "images" if boxed else "images per class"
        raise DataError(f"the world has no end: ask for 1 or more {what}, not {per_class}")
    names = classes_of(role, classes or None)
    count = per_class if boxed else per_class * len(names)
    with Rows(workdir, count, pixels) as rows:
        blocks = rows.blocks(_BOXED_BLOCK if boxed else _BLOCK)
        where = (str(rows.path), rows.offset)
        tasks = [(*where, int(run[0]), len(run), role, split, pixels, names) for run in blocks]
        if len(tasks) <= _SMALL:
            workers = 1
        with contextlib.closing(_rendered(tasks, workers or processors())) as results:
            rows.fill(
                ((range(first, first + n), notes) for first, n, notes in results),
                f"rendering {role} {split}",
            )
        rows.finish(np.full(count, -1) if boxed else np.arange(count) % len(names), names)


def _rendered(
    tasks: list[tuple[Any, ...]], workers: int
) -> Generator[tuple[int, int, list[Any]], None, None]:
    """Render every block, here or in processes, each given as it comes."""
    if workers > 1:
        yield from in_processes(render_block, tasks, workers)
    else:
        for task in tasks:
            yield render_block(*task)


def render_block(
    path: str,
    offset: int,
    first: int,
    count: int,
    role: str,
    split: str,
    pixels: int,
    classes: Sequence[str],
) -> tuple[int, int, list[dict[str, Any]]]:
    """Render `count` images from number `first` on into their rows of an open images.npy.

    Returns both numbers and, of a role with boxes, what is kept of each image beside its pixels.
    """
    import cv2

    cv2.setNumThreads(0)  # a process a core draws faster than threads within each
    draw = _scene if role in BOXED else _image
    numbers = range(first, first + count)
    drawn = [draw(role, split, i, size=pixels, classes=tuple(classes)) for i in numbers]
    with Path(path).open("r+b") as file:
        write_rows(file, offset, first, (image for image, _ in drawn), pixels)
    return first, count, [note for _, note in drawn if note is not None]


def _image(role: str, split: str, number: int, **how: Any) -> tuple[np.ndarray, None]:
    from cnnlab.datasets.world import image

    return image(role, split, number, **how), None


def _scene(role: str, split: str, number: int, **how: Any) -> tuple[np.ndarray, dict[str, Any]]:
    from cnnlab.datasets.world import scene

    drawn = scene(role, split, number, **how)
    objects = [
        # half-open from 0, as the world counts, to both ends inside from 1, as VOC does
        BoxedObject(
            one.label,
            (one.box[0] + 1, one.box[1] + 1, one.box[2], one.box[3]),
            difficult=bool(one.difficult),
            truncated=bool(one.truncated),
            occluded=bool(one.occluded),
        )
        for one in drawn.instances
    ]
    return drawn.image, note_of(f"{role} {split} {number:06d}", drawn.image, objects)
