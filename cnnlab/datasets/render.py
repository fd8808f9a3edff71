"""Images of the procedural world, rendered in processes into rows."""

import contextlib
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.artifacts.processes import in_processes
from cnnlab.artifacts.progress import bar, processors
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.rows import Rows, write_rows

_BLOCK = 128  # images rendered per task
_SMALL = 4 * _BLOCK  # images sooner rendered here than by processes that must first start


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

    Rows that a killed build left in `workdir` are kept. Every image is a pure function of its
    number, so the bytes do not depend on `workers` (None: all processors).
    """
    from cnnlab.datasets.world import classes as classes_of

    if per_class < 1:
        raise DataError(
            f"the world has no end: ask for 1 or more images per class, not {per_class}"
        )
    names = classes_of(role, classes or None)
    labels = np.arange(len(names) * per_class, dtype=np.int64) % len(names)
    with Rows(workdir, len(labels), pixels) as rows:
        left = rows.todo  # row numbers
        where = (str(rows.path), rows.offset)
        tasks = [(*where, int(run[0]), len(run), role, split, pixels, names) for run in _runs(left)]
        few = len(left) <= _SMALL
        with (
            contextlib.closing(_rendered(tasks, 1 if few else workers or processors())) as blocks,
            bar(f"rendering {role} {split}", len(labels), done=len(labels) - len(left)) as shown,
        ):
            for first, count in blocks:
                rows.mark(range(first, first + count))
                shown.update(count)
        rows.finish(labels, names)


def _rendered(tasks: list[tuple[Any, ...]], workers: int) -> Generator[tuple[int, int], None, None]:
    """Render every block, here or in processes; yields the first number and the count of each."""
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
) -> tuple[int, int]:
    """Render `count` images from number `first` on into their rows of an open images.npy."""
    import cv2

    from cnnlab.datasets.world import image

    cv2.setNumThreads(0)  # a process a core draws faster than threads within each
    images = np.empty((count, pixels, pixels, 3), dtype=np.uint8)
    for i in range(count):
        images[i] = image(role, split, first + i, size=pixels, classes=tuple(classes))
    with Path(path).open("r+b") as file:
        write_rows(file, offset, first, images)
    return first, count


def _runs(rows: np.ndarray) -> list[np.ndarray]:
    """Runs of consecutive row numbers, none longer than a block."""
    runs = np.split(rows, np.flatnonzero(np.diff(rows) != 1) + 1)
    return [run[i : i + _BLOCK] for run in runs for i in range(0, len(run), _BLOCK)]
