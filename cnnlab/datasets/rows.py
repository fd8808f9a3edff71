"""The rows of images.npy while they are made: written in any order, resumed after a kill."""

import contextlib
import errno
import json
import os
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import IO, Any, Self, TypeVar

import numpy as np

from cnnlab.artifacts import ledger
from cnnlab.artifacts.progress import bar, processors

IMAGES, LABELS, CLASSES, NOTES = "images.npy", "labels.npy", "classes.json", "notes.jsonl"
_LEDGER = "done.jsonl"
_SAVE_EVERY = 1.0  # seconds of work that a kill can cost

BLOCK = 32  # images decoded per task: enough to hide its cost, few enough to bound memory
T = TypeVar("T")
R = TypeVar("R")
Decoded = tuple[list[np.ndarray], list[dict[str, Any]]]  # images (H, W, 3), notes on them
Block = tuple[Sequence[int] | np.ndarray, Sequence[Any]]  # rows that are written, and their notes


class Rows:
    """A file of N images being filled in `workdir`, where an interrupted build may have begun it.

    A row may carry a note (JSON), such as what its image shows. The disk space is claimed first, so
    that a full disk raises an error at once, and rows go through plain writes: on a full disk a
    memory map would end the process instead of raising OSError.
    """

    def __init__(self, workdir: Path, count: int, pixels: int) -> None:
        self.path = workdir / IMAGES
        self.shape = (count, pixels, pixels, 3)
        self.notes: dict[int, Any] = {}
        self._done = np.zeros(count, dtype=bool)  # (N,)
        self._ledger = workdir / _LEDGER
        self._unsaved: list[tuple[list[int], list[Any]]] = []
        entries = self._resumed()
        if not entries:
            self._ledger.unlink(missing_ok=True)
            np.lib.format.open_memmap(self.path, mode="w+", dtype=np.uint8, shape=self.shape)
            self._claim()
        self.offset = self.path.stat().st_size - int(np.prod(self.shape))  # bytes of npy header
        self._file = self.path.open("r+b")
        lines = "".join(map(ledger.line, entries))  # without what was torn or damaged
        self._ledger.write_text(lines, encoding="utf-8")
        self._saved = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def todo(self) -> np.ndarray:
        """Numbers of the rows still to be written, ascending."""
        return np.flatnonzero(~self._done)

    def blocks(self, size: int) -> list[np.ndarray]:
        """The rows still to be written as runs of consecutive numbers, none longer than `size`."""
        todo = self.todo
        runs = np.split(todo, np.flatnonzero(np.diff(todo) != 1) + 1)
        return [run[i : i + size] for run in runs for i in range(0, len(run), size)]

    def write(self, row: int, images: Iterable[np.ndarray]) -> None:
        """Write uint8 images, each (H, W, 3) of at most S x S, at rows `row`, `row` + 1, ..."""
        write_rows(self._file, self.offset, row, images, self.shape[1])

    def mark(self, rows: Sequence[int] | np.ndarray, notes: Sequence[Any] = ()) -> None:
        """Count `rows` as written, with their notes; recorded on disk once a second."""
        self._done[rows] = True
        numbers = [int(row) for row in rows]
        self.notes.update(zip(numbers, notes, strict=False))
        self._unsaved.append((numbers, list(notes)))
        if time.monotonic() - self._saved > _SAVE_EVERY:
            self._file.flush()
            os.fsync(self._file.fileno())  # never recorded before it is there
            pixels = np.load(self.path, mmap_mode="r")
            with self._ledger.open("a", encoding="utf-8") as file:
                for numbers, texts in self._unsaved:
                    file.write(ledger.line([numbers, texts, _sum(pixels, numbers)]))
            self._unsaved, self._saved = [], time.monotonic()

    def fill(self, blocks: Iterable[Block], title: str) -> None:
        """Mark blocks of rows that were written, as they come, under a progress bar."""
        count = self.shape[0]
        with bar(title, count, done=count - len(self.todo)) as progress:
            for rows, notes in blocks:
                self.mark(rows, notes)
                progress.update(len(rows))

    def fill_in_threads(self, decode: Callable[[np.ndarray], Decoded], title: str) -> None:
        """Write what `decode` gives for each block of rows that is left, in all processors."""

        def results() -> Iterator[Block]:
            blocks = self.blocks(BLOCK)
            for rows, (images, notes) in zip(blocks, in_threads(decode, blocks), strict=True):
                self.write(int(rows[0]), images)
                yield rows, notes

        self.fill(results(), title)

    def finish(self, labels: np.ndarray, classes: Sequence[str]) -> None:
        """Complete the file and put class names, labels and notes, where there are any, beside it.

        Raises RuntimeError where rows were never written.
        """
        if len(self.todo):
            raise RuntimeError(f"{len(self.todo)} of {self.shape[0]} rows were never written")
        self._file.flush()
        write_labels(self.path.parent, labels, classes)
        if self.notes:
            lines = (json.dumps(self.notes[row], ensure_ascii=False) for row in sorted(self.notes))
            text = "".join(f"{line}\n" for line in lines)
            self.path.with_name(NOTES).write_text(text, encoding="utf-8")
        self._ledger.unlink()

    def _resumed(self) -> list[Any]:
        """The entries of the ledger that an interrupted build of the same shape left.

        Entries whose rows are not as they were written are left out: those rows are made again.
        """
        entries: list[Any] = []
        with contextlib.suppress(OSError, ValueError, EOFError):
            pixels = np.load(self.path, mmap_mode="r")
            for entry in ledger.values(self._ledger) if pixels.shape == self.shape else ():
                rows, notes, total = entry
                if _sum(pixels, rows) == total:
                    self._done[rows] = True
                    self.notes.update(zip(rows, notes, strict=False))
                    entries.append(entry)
        return entries

    def _claim(self) -> None:
        try:
            with self.path.open("r+b") as file:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, self.path.stat().st_size)
        except OSError as error:
            if error.errno in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
                return  # a file system that cannot claim space tells when it is full
            self.path.unlink()  # the part that was claimed would keep the disk full
            raise


def write_labels(folder: Path, labels: np.ndarray, classes: Sequence[str]) -> None:
    """Write the labels (N,) of packed images and the class names that they count."""
    np.save(folder / LABELS, labels.astype(np.int64))
    names = json.dumps(list(classes), ensure_ascii=False, indent=0)
    (folder / CLASSES).write_text(names + "\n", encoding="utf-8")


def in_threads(function: Callable[[T], R], tasks: Iterable[T]) -> Iterator[R]:
    """`function` of each task, in order, by all processors: a few ahead, in bounded memory.

    >>> list(in_threads(abs, [-2, 1]))
    [2, 1]
    """
    left = iter(tasks)
    with ThreadPoolExecutor(processors()) as pool:
        ahead = deque(pool.submit(function, task) for task in islice(left, 2 * processors()))
        while ahead:
            result = ahead.popleft().result()
            ahead.extend(pool.submit(function, task) for task in islice(left, 1))
            yield result


def _sum(pixels: np.ndarray, rows: Sequence[int]) -> int:
    total = 0
    for row in rows:
        total = zlib.crc32(pixels[row].data, total)
    return total


def write_rows(
    file: IO[bytes], offset: int, row: int, images: Iterable[np.ndarray], side: int
) -> None:
    """Write uint8 images into an open images.npy from row `row` on, at the top left of each row."""
    for i, image in enumerate(images, row):
        height, width = image.shape[:2]
        if (height, width) != (side, side):
            image = np.pad(image, ((0, side - height), (0, side - width), (0, 0)))
        file.seek(offset + i * image.nbytes)
        file.write(np.ascontiguousarray(image).data)
