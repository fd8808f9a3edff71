"""Shards while they are written: each appears whole, and a killed packing goes on from the last."""

import errno
import hashlib
import io
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path

import numpy as np
from tqdm import tqdm

from cnnlab.artifacts import ledger
from cnnlab.artifacts.progress import bar
from cnnlab.artifacts.store import PARTIAL, sha256, write_atomic
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.rows import BLOCK, in_threads
from cnnlab.datasets.shards import HEADER, INDEX, Shard, entries, fault_of


def write_shards(
    folder: Path,
    shape: tuple[int, int],
    images: int,
    read: Callable[[int], np.ndarray],
    state: Callable[[Sequence[int]], str] = lambda rows: "",
    title: str = "packing",
) -> list[DataError]:
    """Write N images of S x S, `shape`, as shards of `images`; gives the errors of those not read.

    `read(row)` gives (S, S, 3) uint8 or raises DataError, in several threads at once. Shards appear
    whole, in order; those that lie in `folder` whole, and with the same `state` of their rows, are
    kept: so a killed packing goes on. A shard with an image that cannot be read is not written.
    Raises OSError at once where the disk has too little room.
    """
    count, side = shape
    parts = [range(start, min(start + images, count)) for start in range(0, count, images)]
    kept = {}
    for shard in entries(folder):
        rows = parts[shard.number] if shard.number < len(parts) else ()
        fits = (shard.images, shard.bytes) == (len(rows), HEADER + len(rows) * side * side * 3)
        if not fits or state(rows) != shard.state or fault_of(folder, shard):
            continue
        if sha256(folder / shard.file) == shard.sha256:
            kept[shard.number] = shard
    _save_index(folder, kept)
    missing = count - sum(shard.images for shard in kept.values())
    if shutil.disk_usage(folder).free < missing * side * side * 3:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    errors: list[DataError] = []
    with bar(title, count, done=count - missing) as progress:
        for number, rows in enumerate(parts):
            if number in kept:
                continue
            path, before = folder / f".{number:05d}{PARTIAL}", len(errors)
            pixels = _without_errors(_in_order(read, rows), errors, progress)
            sums = _write(path, pixels, (len(rows), side, side, 3))
            if len(errors) > before:
                path.unlink()
                continue
            shard = kept[number] = Shard(number, len(rows), *sums, state(rows))
            path.replace(folder / shard.file)
            _save_index(folder, kept)
    return errors


def _save_index(folder: Path, shards: Mapping[int, Shard]) -> None:
    lines = (ledger.line(asdict(shards[number])) for number in sorted(shards))
    write_atomic(folder / INDEX, "".join(lines).encode())


def _write(path: Path, images: Iterable[bytes], shape: tuple[int, ...]) -> tuple[int, str, str]:
    """Write an .npy file; its bytes, its SHA-256 and that of its first image."""
    header, whole, first = io.BytesIO(), hashlib.sha256(), ""
    about = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, about)
    with path.open("wb") as file:
        for part in chain([header.getvalue()], images):
            file.write(part)
            whole.update(part)
            if not first and file.tell() > HEADER:
                first = hashlib.sha256(part).hexdigest()
        file.flush()
        os.fsync(file.fileno())
        return file.tell(), whole.hexdigest(), first


def _in_order(read: Callable[[int], np.ndarray], rows: range) -> Iterator[bytes | DataError]:
    """The pixels of rows, or why they cannot be read."""

    def block(start: int) -> list[bytes | DataError]:
        return [one(row) for row in rows[start : start + BLOCK]]

    def one(row: int) -> bytes | DataError:
        try:
            return read(row).tobytes()
        except DataError as error:
            return error

    yield from chain.from_iterable(in_threads(block, range(0, len(rows), BLOCK)))


def _without_errors(
    parts: Iterable[bytes | DataError], errors: list[DataError], progress: tqdm
) -> Iterator[bytes]:
    for part in parts:
        progress.update()
        if isinstance(part, DataError):
            errors.append(part)
        else:
            yield part
