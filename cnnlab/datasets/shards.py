"""Sets too large for one file: uint8 images in shards, of which any is read without the others.

Raw pixels, because decoding is too slow: on one core OpenCV decodes 1,400 JPEGs a second (256 px,
25 kB) and Pillow 1,100, where ImageFolder with all its steps gives 560. Raw pixels are read 24,000
times a second, 5,900 with the mean subtracted. They take eight times the disk.

N images of S x S pixels, M in a shard. A shard is an .npy file, which `np.load` opens as well.
"""

import contextlib
import hashlib
import io
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np

from cnnlab.artifacts import ledger
from cnnlab.artifacts.progress import bar, memory
from cnnlab.artifacts.store import BULK, PARTIAL, sha256
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.packed import Packed
from cnnlab.datasets.rows import CLASSES, LABELS

INDEX = "index.jsonl"  # a line for each whole shard; the index of the set once it has all
HEADER = 128  # bytes of an .npy header


@dataclass(frozen=True)
class Shard:
    """One file of a set and what must be in it."""

    number: int
    images: int
    bytes: int
    sha256: str  # of the file
    first: str  # SHA-256 of the first image, which tells shards apart when they are opened
    state: str = ""  # of the files that its images come from

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"images-{self.number:05d}{BULK}"


class Shards:
    """The images (N, S, S, 3) uint8 of a folder of shards, read when they are asked for.

    Indexed, it is an array: `images[3]`, `images[10:20]`, `images[rows]`; only `images[:]` gives
    itself, unread. Raises DataError where a shard is missing, has another size or does not begin
    with the image that it was written with; only `verify` reads every byte.
    """

    dtype, ndim = np.dtype(np.uint8), 4

    def __init__(self, folder: Path) -> None:
        self.folder, self.shards = folder, entries(folder)
        if [shard.number for shard in self.shards] != list(range(len(self.shards) or 1)):
            raise DataError(f"{folder / INDEX} lacks shards; {_fix(folder)}")
        for shard in self.shards:
            if fault := fault_of(folder, shard, self.shards):
                raise DataError(f"{folder / shard.file} {fault}; {_fix(folder)}")
        first = self.shards[0]
        side = round(((first.bytes - HEADER) / first.images / 3) ** 0.5)
        self.shape = (sum(shard.images for shard in self.shards), side, side, 3)
        self._files: dict[int, io.FileIO] = {}

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def nbytes(self) -> int:
        """Bytes of all pixels."""
        return int(np.prod(self.shape))

    def read(self, row: int, into: np.ndarray) -> None:
        """Read image `row` into a contiguous array (S, S, 3) uint8, from any thread.

        Plain reads, not a memory map: pages of a map count as this process's own memory.
        """
        number, place = divmod(row, self.shards[0].images)
        if number not in self._files:
            self._files[number] = (self.folder / self.shards[number].file).open("rb", buffering=0)
        file, start = self._files[number], HEADER + place * into.nbytes
        if os.preadv(file.fileno(), [into.data], start) != into.nbytes:
            raise DataError(f"{file.name} ends early; {_fix(self.folder)}")

    def __getitem__(self, rows: Any) -> Any:
        if isinstance(rows, slice):
            if rows == slice(None):
                return self
            rows = np.arange(*rows.indices(len(self)))
        numbers = np.asarray(range(len(self))[rows] if np.ndim(rows) == 0 else self._numbers[rows])
        size = numbers.size * int(np.prod(self.shape[1:]))
        if size > memory() / 2:
            raise DataError(
                f"{numbers.size} images take {size / 1e9:.0f} GB of memory; read them in parts, or "
                "learn from them through cnnlab.training.streaming"
            )
        images = np.empty((*numbers.shape, *self.shape[1:]), np.uint8)
        for row, image in zip(numbers.flat, images.reshape(-1, *self.shape[1:]), strict=True):
            self.read(int(row), image)
        return images

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        images = self[self._numbers]
        return images if dtype is None else images.astype(dtype, copy=False)

    @cached_property
    def _numbers(self) -> np.ndarray:
        return np.arange(len(self))

    def verify(self) -> None:
        """Read every shard; raises DataError naming those that are no longer what was written."""
        wrong, whole = [], sum(shard.bytes for shard in self.shards)
        with bar("checking shards", whole, unit="B") as progress:
            for shard in self.shards:
                if sha256(self.folder / shard.file) != shard.sha256:
                    wrong.append(shard.file)
                progress.update(shard.bytes)
        if wrong:
            raise DataError(f"{', '.join(wrong)} in {self.folder} changed; {_fix(self.folder)}")


def fault_of(folder: Path, shard: Shard, others: Iterable[Shard] = ()) -> str:
    """What is wrong with a shard in one phrase, "" for nothing; its bytes stay unread."""
    try:
        with (folder / shard.file).open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size != shard.bytes:
                return f"has {size} bytes, {shard.bytes} were written"
            file.seek(HEADER)
            first = hashlib.sha256(file.read((size - HEADER) // shard.images)).hexdigest()
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if first == shard.first:
        return ""
    place = next((other.file for other in others if other.first == first), "")
    return f"holds what belongs in {place}" if place else "holds images of another set"


def entries(folder: Path) -> list[Shard]:
    """The shards of an index by number, without lines that tell of none."""
    shards = {}
    for value in ledger.values(folder / INDEX):
        with contextlib.suppress(TypeError):  # of another version
            shards[value["number"]] = Shard(**value)
    return [shards[number] for number in sorted(shards)]


def _fix(folder: Path) -> str:
    return f"rename the folder to {folder.name}{PARTIAL}, and the next run packs it anew"


def open_sharded(folder: Path, role: str, split: str, source: str) -> Packed:
    """The set in a folder of the store that holds shards, as `open_packed` opens a single file."""
    images, names = Shards(folder), (folder / CLASSES).read_text(encoding="utf-8")
    sums = [shard.sha256 for shard in images.shards]
    sums += [sha256(folder / name) for name in (LABELS, CLASSES)]
    return Packed(
        images=cast(np.ndarray, images),
        labels=np.load(folder / LABELS),
        classes=tuple(json.loads(names)),
        role=role,
        split=split,
        source=source,
        digest=hashlib.sha256(" ".join(sums).encode()).hexdigest(),
    )
