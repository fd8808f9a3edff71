"""Photographs of a real set, decoded in threads into rows, with labels or with boxes."""

from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeVar

import numpy as np

from cnnlab.datasets.boxed import note_of
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.files import Files
from cnnlab.datasets.images import fit, square, whole_images_only
from cnnlab.datasets.layouts import Selection
from cnnlab.datasets.rows import Decoded, Rows
from cnnlab.datasets.voc import parse_annotation, scale_box

T = TypeVar("T")


def pack(workdir: Path, selection: Selection, pixels: int) -> None:
    """Write the selected images as squares of `pixels`, with their labels and the class names.

    Images with annotations keep their shape: only those larger than `pixels` are scaled down to it,
    and their objects are written beside them. Rows that an interrupted build left in `workdir` are
    kept. Raises DataError, naming the file, for an image or an annotation that cannot be used.
    """
    decode = partial(_with_boxes if selection.annotations else _squares, selection, pixels)
    with whole_images_only(), Rows(workdir, len(selection.images), pixels) as rows:
        rows.fill_in_threads(decode, f"packing {selection.files.path.name}")
        rows.finish(selection.labels, selection.classes)


def _squares(selection: Selection, pixels: int, rows: np.ndarray) -> Decoded:
    names = [selection.images[i] for i in rows]
    return [_used(selection.files, name, lambda data: square(data, pixels)) for name in names], []


def _with_boxes(selection: Selection, pixels: int, rows: np.ndarray) -> Decoded:
    images, notes = [], []
    for i in rows:
        name = selection.images[i]
        objects = _used(selection.files, selection.annotations[i], parse_annotation)
        image, scale = _used(selection.files, name, lambda data: fit(data, pixels))
        objects = [scale_box(item, scale, *image.shape[:2]) for item in objects]
        images.append(image)
        notes.append(note_of(PurePosixPath(name).stem, image, objects))
    return images, notes


def _used(files: Files, name: str, decode: Callable[[bytes], T]) -> T:
    """What a file decodes to; raises DataError with the name of the file and the fix."""
    try:
        return decode(files.read(name))
    except DataError as error:
        raise DataError(f"{name} in {files.path} cannot be used ({error}); {files.fix}") from error
