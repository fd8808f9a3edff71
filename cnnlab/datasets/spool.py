"""Pictures of their own sizes, appended to one file as they are made; resumed after a kill.

`pixels.bin` is the uint8 (H, W, 3) of one picture after another; `records.jsonl` has a line for
each, written only after its pixels. Pictures may come in any order: a record says where its own
begin, and its number says which picture it is.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Self

import numpy as np

PIXELS, RECORDS = "pixels.bin", "records.jsonl"


@dataclass(frozen=True)
class Truth:
    """One object of a picture; its box is VOC's (see `cnnlab.datasets.scenes`)."""

    label: int
    box: tuple[float, float, float, float]
    difficult: bool = False
    truncated: bool = False
    occluded: bool = False


@dataclass(frozen=True)
class Record:
    """One picture: its number and name, its size, what is in it, and where its pixels begin."""

    number: int
    name: str
    height: int
    width: int
    objects: tuple[Truth, ...]
    sha256: str = ""
    start: int = 0

    @property
    def bytes(self) -> int:
        """How many bytes its pixels take."""
        return 3 * self.height * self.width

    @classmethod
    def of(cls, number: int, name: str, image: np.ndarray, objects: Sequence[Truth]) -> Self:
        """The record of an image (H, W, 3) uint8."""
        digest = hashlib.sha256(np.ascontiguousarray(image).data).hexdigest()
        height, width, _ = image.shape
        return cls(number, name, height, width, tuple(objects), digest)

    @classmethod
    def read(cls, line: str) -> Self:
        """A record from the line that `line` gave."""
        fields = json.loads(line)
        objects = [Truth(**{**one, "box": tuple(one["box"])}) for one in fields.pop("objects")]
        return cls(objects=tuple(objects), **fields)

    def line(self) -> str:
        """The record as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"


class Spool:
    """The two files while they grow; `done` has the numbers of the pictures already in them."""

    def __init__(self, workdir: Path) -> None:
        pixels, records = workdir / PIXELS, workdir / RECORDS
        kept = _whole(pixels, records)
        self.done = {record.number for record in kept}
        self._end = sum(record.bytes for record in kept)
        records.write_text("".join(record.line() for record in kept), encoding="utf-8")
        pixels.touch()
        os.truncate(pixels, self._end)
        self._pixels: IO[bytes] = pixels.open("ab")
        self._records: IO[str] = records.open("a", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pixels.close()
        self._records.close()

    def append(self, records: Sequence[Record], pixels: bytes) -> None:
        """Add pictures whose pixels lie one after another in `pixels`."""
        if sum(record.bytes for record in records) != len(pixels):
            raise ValueError(f"{len(pixels)} bytes are not those of {len(records)} pictures")
        self._pixels.write(pixels)
        self._pixels.flush()
        os.fsync(self._pixels.fileno())  # never recorded before it is there
        for record in records:
            placed = Record(**{**record.__dict__, "start": self._end})
            self._records.write(placed.line())
            self._end += record.bytes
            self.done.add(record.number)
        self._records.flush()


def records(folder: Path) -> list[Record]:
    """The records of a finished folder, by number."""
    lines = (folder / RECORDS).read_text(encoding="utf-8").splitlines()
    return sorted(map(Record.read, lines), key=lambda record: record.number)


def _whole(pixels: Path, lines: Path) -> list[Record]:
    """What a killed build left: records up to the first torn line or missing pixel."""
    kept: list[Record] = []
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        size = pixels.stat().st_size
        for line in lines.read_text(encoding="utf-8").splitlines():
            record = Record.read(line)
            if record.start + record.bytes > size:
                break
            kept.append(record)
    return kept
