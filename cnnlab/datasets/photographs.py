"""Photographs of a real set, decoded in threads into rows, with labels or with boxes."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import numpy as np

from cnnlab.artifacts.progress import processors
from cnnlab.datasets.annotations import BoxedObject, parse_annotation, scale_box
from cnnlab.datasets.archives import Files
from cnnlab.datasets.boxed import note_of
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.images import fit, square, whole_images_only
from cnnlab.datasets.layouts import Selection
from cnnlab.datasets.rows import Block, Rows

_BLOCK = 32  # images decoded per task: enough to hide its cost, few enough to bound memory

Decoded = tuple[list[np.ndarray], list[dict[str, Any]]]  # images (H, W, 3), notes on them
T = TypeVar("T")


def pack(workdir: Path, chosen: Selection, pixels: int) -> None:
    """Write the chosen images as squares of `pixels`, with their labels and the class names.

    Images with annotations keep their shape: only those larger than `pixels` are scaled down to it,
    and their objects are written beside them. Memory is constant. Rows that an interrupted build
    left in `workdir` are kept. The bytes do not depend on the number of threads. Raises DataError,
    naming the file, for an image or an annotation that cannot be used.
    """
    decode = partial(_with_boxes if chosen.annotations else _squares, chosen, pixels)
    with whole_images_only(), Rows(workdir, len(chosen.images), pixels) as rows:
        rows.fill(_in_threads(decode, rows), f"packing {chosen.files.path.name}")
        rows.finish(chosen.labels, chosen.classes)


def _squares(chosen: Selection, pixels: int, rows: Sequence[int]) -> Decoded:
    names = [chosen.images[i] for i in rows]
    return [_used(chosen.files, name, lambda data: square(data, pixels)) for name in names], []


def _with_boxes(chosen: Selection, pixels: int, rows: Sequence[int]) -> Decoded:
    images, notes = [], []
    for i in rows:
        name = chosen.images[i]
        objects: list[BoxedObject] = _used(chosen.files, chosen.annotations[i], parse_annotation)
        image, scale = _used(chosen.files, name, lambda data: fit(data, pixels))
        objects = [scale_box(one, scale, *image.shape[:2]) for one in objects]
        images.append(image)
        notes.append(note_of(PurePosixPath(name).stem, image, objects))
    return images, notes


def _in_threads(decode: Callable[[Sequence[int]], Decoded], rows: Rows) -> Iterator[Block]:
    """Decode blocks in all processors, a few ahead; Pillow lets other threads run meanwhile."""
    blocks, ahead = rows.blocks(_BLOCK), 4 * processors()
    with ThreadPoolExecutor(processors()) as pool:
        for start in range(0, len(blocks), ahead):
            part = blocks[start : start + ahead]
            for block, (images, notes) in zip(part, pool.map(decode, part), strict=True):
                rows.write(int(block[0]), images)
                yield block, notes


def _used(files: Files, name: str, decode: Callable[[bytes], T]) -> T:
    """What a file decodes to; raises DataError with the name of the file and the fix."""
    try:
        return decode(files.read(name))
    except DataError as error:
        raise DataError(f"{name} in {files.path} cannot be used ({error}); {files.fix}") from error
