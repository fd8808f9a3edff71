"""Photographs of a real set, decoded in threads into rows, with labels or with boxes."""

import hashlib
import sys
import threading
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import numpy as np

from cnnlab.datasets import unfinished
from cnnlab.datasets.boxed import note_of
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.files import Files
from cnnlab.datasets.images import fit, square, whole_images_only
from cnnlab.datasets.layouts import Selection
from cnnlab.datasets.rows import IMAGES, Decoded, Rows, write_labels
from cnnlab.datasets.sharding import write_shards
from cnnlab.datasets.voc import check_boxes, parse_annotation, scale_box

T = TypeVar("T")
DAMAGED = "damaged.txt"  # in the folder of a build: what it could not use
TOLD = 10  # files that one error names


def pack(workdir: Path, selection: Selection, pixels: int) -> None:
    """Write the selected images as squares of `pixels`, with their labels and the class names.

    Images with annotations keep their shape: only those larger than `pixels` are scaled down to it,
    and their objects are written beside them. Rows that an interrupted build left in `workdir` are
    kept. Raises DataError, naming all the files, for images or annotations that cannot be used, and
    tells of images that are there twice.
    """
    damaged = workdir / DAMAGED
    if damaged.exists():  # and a kill: rows of files that cannot be used count as done
        for name in (IMAGES, DAMAGED):
            (workdir / name).unlink(missing_ok=True)
    one = _boxed if selection.annotations else _square
    lock, failed = threading.Lock(), set[int]()

    def decode(rows: np.ndarray) -> Decoded:
        images, notes = [], []
        for i in rows:
            try:
                image, *note = one(selection, pixels, i)
            except DataError as error:
                with lock, damaged.open("a", encoding="utf-8") as file:
                    file.write(f"{error}\n")
                    failed.add(int(i))
                image, note = np.zeros((1, 1, 3), np.uint8), [{}]
            images.append(image)
            notes += note
        return images, notes

    with whole_images_only(), Rows(workdir, len(selection.images), pixels) as rows:
        unfinished.take_up(rows, selection, pixels)
        rows.fill_in_threads(decode, f"packing {selection.files.path.name}")
        if not failed:
            rows.finish(selection.labels, selection.classes)
    if failed:
        read = set(range(len(selection.images))) - failed
        notes = {i: [rows.notes[i]] if i in rows.notes else [] for i in sorted(read)}
        unfinished.keep(workdir, selection, pixels, notes)
        raise DataError(_told(damaged, selection.files))
    unfinished.drop(selection, pixels)
    _tell_repeats(rows.path, selection)


def pack_shards(workdir: Path, selection: Selection, pixels: int, images: int) -> None:
    """As `pack`, of images without annotations, into shards of so many `images`.

    Images that are there twice are not told of: a set of this size is not looked through again.
    """
    unfinished.take_up_shards(workdir, selection, pixels)
    with whole_images_only():
        errors = write_shards(
            workdir,
            (len(selection.images), pixels),
            images,
            lambda row: _square(selection, pixels, row)[0],
            lambda rows: unfinished.state_of(selection, rows),
            f"packing {selection.files.path.name}",
        )
    if errors:
        damaged = workdir / DAMAGED
        damaged.write_text("".join(f"{error}\n" for error in errors), encoding="utf-8")
        told = _told(damaged, selection.files)
        unfinished.keep_shards(workdir, selection, pixels)
        raise DataError(told)
    unfinished.drop(selection, pixels)
    write_labels(workdir, selection.labels, selection.classes)


def _told(damaged: Path, files: Files) -> str:
    lines = sorted(damaged.read_text("utf-8").splitlines())
    more = f", and {len(lines) - TOLD} more" if len(lines) > TOLD else ""
    fix = files.fix
    if all(".xml" in line for line in lines):
        fix = "correct it, or take its picture off the list"
    return f"{files.path}: cannot use {', '.join(lines[:TOLD])}{more}; {fix}"


def _tell_repeats(path: Path, selection: Selection) -> None:
    """Tell of pictures that are there twice: a copied file, or a class folder copied beside."""
    firsts: dict[bytes, int] = {}
    pixels = np.load(path, mmap_mode="r")
    pairs = [
        (firsts[key], i)
        for i, key in enumerate(hashlib.blake2b(row, digest_size=16).digest() for row in pixels)
        if firsts.setdefault(key, i) != i
    ]
    if pairs:
        one, other = (selection.images[i] for i in pairs[0])
        print(
            f"cnnlab: {len(pairs)} of {len(pixels)} images of {selection.files.path.name} repeat "
            f"another, such as {other}, which shows what {one} does; are they copies?",
            file=sys.stderr,
        )


def _square(selection: Selection, pixels: int, i: int) -> tuple[np.ndarray]:
    return (_used(selection.files, selection.images[i], lambda data: square(data, pixels)),)


def _boxed(selection: Selection, pixels: int, i: int) -> tuple[np.ndarray, dict[str, Any]]:
    name, annotation, files = selection.images[i], selection.annotations[i], selection.files
    objects, written = _used(files, annotation, parse_annotation)
    image, scale, sides = _used(files, name, lambda data: fit(data, pixels))
    _used(files, annotation, lambda _: check_boxes(objects, written, *sides))
    objects = [scale_box(item, scale, *image.shape[:2]) for item in objects]
    return image, note_of(PurePosixPath(name).stem, image, objects)


def _used(files: Files, name: str, decode: Callable[[bytes], T]) -> T:
    """What a file decodes to; raises DataError with the name of the file and the reason."""
    try:
        return decode(files.read(name))
    except DataError as error:
        reason = str(error).removeprefix(f"{name} in {files.path} ").partition("; ")[0]
        raise DataError(f"{name} ({reason})") from error
