"""The rows of images.npy while they are made: written in any order, resumed after a kill."""

import errno
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Self

import numpy as np

IMAGES, LABELS, CLASSES = "images.npy", "labels.npy", "classes.json"
_LEDGER = "done"
_SAVE_EVERY = 1.0  # seconds of work that a kill can cost


class Rows:
    """A file of N images being filled in `workdir`, where a killed build may have begun it.

    The disk space is claimed first, so that a full disk is told at once, and rows go through plain
    writes: on a full disk a memory map would end the process instead of raising OSError.
    """

    def __init__(self, workdir: Path, count: int, pixels: int) -> None:
        self.path = workdir / IMAGES
        self.shape = (count, pixels, pixels, 3)
        self._ledger = workdir / _LEDGER
        if not self._resumable():
            self._create()
        self._done = np.fromfile(self._ledger, dtype=np.uint8)  # (N,)
        self.offset = self.path.stat().st_size - int(np.prod(self.shape))  # bytes of npy header
        self._file = self.path.open("r+b")
        self._saved = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def todo(self) -> np.ndarray:
        """Numbers of the rows still to be written, ascending."""
        return np.flatnonzero(self._done == 0)

    def write(self, row: int, images: np.ndarray) -> None:
        """Write uint8 `images` (n, S, S, 3) at rows `row`, `row` + 1, ..."""
        write_rows(self._file, self.offset, row, images)

    def mark(self, rows: Sequence[int] | np.ndarray) -> None:
        """Count `rows` as written; recorded on disk once a second."""
        self._done[rows] = 1
        if time.monotonic() - self._saved > _SAVE_EVERY:
            self._file.flush()
            os.fsync(self._file.fileno())  # never recorded before it is there
            with self._ledger.open("r+b") as ledger:  # in place: cut short, it stays a ledger
                ledger.write(self._done.tobytes())
            self._saved = time.monotonic()

    def finish(self, labels: np.ndarray, classes: Sequence[str]) -> None:
        """Complete the file and put labels and class names beside it."""
        if len(self.todo):
            raise RuntimeError(f"{len(self.todo)} of {self.shape[0]} rows were never written")
        self._file.flush()
        np.save(self.path.with_name(LABELS), labels.astype(np.int64))
        names = json.dumps(list(classes), ensure_ascii=False, indent=0)
        self.path.with_name(CLASSES).write_text(names + "\n", encoding="utf-8")
        self._ledger.unlink()

    def _resumable(self) -> bool:
        try:
            header = np.load(self.path, mmap_mode="r")
            return header.shape == self.shape and self._ledger.stat().st_size == self.shape[0]
        except (OSError, ValueError, EOFError):
            return False

    def _create(self) -> None:
        self._ledger.unlink(missing_ok=True)
        np.lib.format.open_memmap(self.path, mode="w+", dtype=np.uint8, shape=self.shape)
        self._claim()
        np.zeros(self.shape[0], dtype=np.uint8).tofile(self._ledger)

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


def write_rows(file: IO[bytes], offset: int, row: int, images: np.ndarray) -> None:
    """Write uint8 `images` (n, S, S, 3) from row `row` on into an open images.npy."""
    file.seek(offset + row * images[0].nbytes)
    file.write(np.ascontiguousarray(images).data)
