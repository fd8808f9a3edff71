"""Images of the procedural world, with or without boxes, rendered in processes into rows."""

import contextlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from cnnlab.artifacts.processes import in_processes
from cnnlab.artifacts.progress import processors
from cnnlab.datasets import world
from cnnlab.datasets.boxed import FLAGS, BoxedObject, note_of
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.rows import Rows, write_rows
from cnnlab.datasets.sources import BOXED

_BLOCK = 128  # images rendered per task
_BOXED_BLOCK = 25  # fewer where all need more time
_SMALL = 4  # blocks sooner rendered here than by processes that must first start


def pack(
    workdir: Path, role: str, split: str, *, classes: int, per_class: int, pixels: int
) -> None:
    """Write `per_class` world images of each of the first `classes` classes (0: all) of a role.

    Of a role with boxes `per_class` is the number of images in all, `pixels` their longer side, and
    their objects are written beside them. Rows that an interrupted build left in `workdir` are
    kept. Every image is a pure function of its number, so any number of processes gives the bytes.
    """
    boxed = role in BOXED
    if per_class < 1:
        what = "images" if boxed else "images per class"
        raise DataError(f"the world has no end: ask for 1 or more {what}, not {per_class}")
    names = world.classes(role, classes or None)
    count = per_class if boxed else per_class * len(names)
    with Rows(workdir, count, pixels) as rows:
        blocks = rows.blocks(_BOXED_BLOCK if boxed else _BLOCK)
        where = (str(rows.path), rows.offset)
        tasks = [(*where, int(run[0]), len(run), role, split, pixels, names) for run in blocks]
        if processors() > 1 and len(tasks) > _SMALL:
            results = in_processes(render_block, tasks, processors())
        else:
            results = (render_block(*task) for task in tasks)
        with contextlib.closing(results):
            blocks = ((range(first, first + n), notes) for first, n, notes in results)
            rows.fill(blocks, f"rendering {role} {split}")
        rows.finish(np.full(count, -1) if boxed else np.arange(count) % len(names), names)


def render_block(
    path: str, offset: int, first: int, count: int, role: str, split: str, pixels: int, names: Any
) -> tuple[int, int, list[dict[str, Any]]]:
    """Render `count` images from number `first` on into their rows of an open images.npy.

    Returns both numbers and, of a role with boxes, what is kept of each image beside its pixels.
    """
    cv2.setNumThreads(0)  # a process a core draws faster than threads within each
    how = {"size": pixels, "classes": tuple(names)}
    numbers = range(first, first + count)
    if role in BOXED:
        scenes = [world.scene(role, split, number, **how) for number in numbers]
        images = [scene.image for scene in scenes]
        objects = [[_boxed(item) for item in scene.instances] for scene in scenes]
        titles = [f"{role} {split} {number:06d}" for number in numbers]
        notes = [note_of(*parts) for parts in zip(titles, images, objects, strict=True)]
    else:
        images, notes = [world.image(role, split, number, **how) for number in numbers], []
    with Path(path).open("r+b") as file:
        write_rows(file, offset, first, images, pixels)
    return first, count, notes


def _boxed(item: world.Instance) -> BoxedObject:
    x1, y1, x2, y2 = item.box  # half-open from 0, as the world counts
    flags = {flag: bool(getattr(item, flag)) for flag in FLAGS}
    return BoxedObject(item.label, (x1 + 1, y1 + 1, x2, y2), **flags)
