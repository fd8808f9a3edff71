"""Scenes with boxes by role: `load_scenes("pascal-2012", "mini", "val")`, whatever plays the role.

Pictures keep their own shape, and lie one after another in one memory-mapped file.
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from cnnlab.artifacts import store
from cnnlab.datasets import voc
from cnnlab.datasets.annotations import CLASSES
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.roles import asked
from cnnlab.datasets.sources import WORLD, known
from cnnlab.datasets.spool import PIXELS, records
from cnnlab.profiles import Profile, RoleSize


@dataclass(frozen=True, eq=False)
class Scenes:
    """N pictures and the M objects in them: rows `objects(i)` of the lists are picture i's.

    Boxes are as VOC writes them: x1, y1, x2, y2 with pixels counted from 1 and both ends inside, so
    that a box is x2 - x1 + 1 pixels wide. Only a picture that was scaled has broken numbers there.
    """

    pixels: np.ndarray  # (bytes,) uint8 on disk, read-only
    starts: np.ndarray  # (N,) int64, where a picture begins in it
    sizes: np.ndarray  # (N, 2) int64, height and width
    first: np.ndarray  # (N + 1,) int64, the first object of a picture
    boxes: np.ndarray  # (M, 4) float64
    labels: np.ndarray  # (M,) int64
    difficult: np.ndarray  # (M,) bool: not counted in tests, either way
    truncated: np.ndarray  # (M,) bool: cut by the border
    occluded: np.ndarray  # (M,) bool: partly hidden
    names: tuple[str, ...]  # of the pictures
    classes: tuple[str, ...]
    role: str
    split: str
    source: str  # "world", or the real set
    digest: str  # SHA-256 of the content: the same scenes have it wherever they were packed

    def __len__(self) -> int:
        return len(self.names)

    def image(self, i: int) -> np.ndarray:
        """Picture i, uint8 (H, W, 3)."""
        height, width = (int(side) for side in self.sizes[i])
        start = int(self.starts[i])
        return self.pixels[start : start + 3 * height * width].reshape(height, width, 3)

    def objects(self, i: int) -> slice:
        """The rows of picture i's objects."""
        return slice(int(self.first[i]), int(self.first[i + 1]))

    @cached_property
    def owner(self) -> np.ndarray:
        """The picture of each object, (M,) int64."""
        return np.repeat(np.arange(len(self)), np.diff(self.first))

    @cached_property
    def shares(self) -> np.ndarray:
        """The part of its picture that each object's box takes, (M,) between 0 and 1."""
        wide, high = (self.boxes[:, 2:] - self.boxes[:, :2] + 1).T
        return wide * high / self.sizes[self.owner].prod(axis=1)

    def take(self, rows: Sequence[int] | np.ndarray) -> "Scenes":
        """The pictures of the given numbers, in that order; the pixels are not copied."""
        rows = np.asarray(rows, dtype=np.int64)
        every = np.arange(len(self.labels))
        parts = [every[self.objects(i)] for i in rows]
        chosen = np.concatenate([np.empty(0, dtype=np.int64), *parts])  # objects
        told = hashlib.sha256(f"{self.digest} {rows.tolist()}".encode()).hexdigest()
        lists = ("boxes", "labels", "difficult", "truncated", "occluded")
        return replace(
            self,
            starts=self.starts[rows],
            sizes=self.sizes[rows],
            first=np.cumsum([0, *(len(part) for part in parts)]),
            **{name: getattr(self, name)[chosen] for name in lists},
            names=tuple(self.names[i] for i in rows),
            digest=told,
        )


def load_scenes(role: str, profile: Profile | str, split: str | None = None) -> Scenes:
    """One split of a boxed role at a profile's scale, packed once where that is still to do.

    `split` defaults to the role's first. Raises DataError for an unknown role, split or source and
    for a set that is damaged, DataMissing where a real set is not in the data folder.
    """
    profile, size, split = asked(role, profile, split, boxed=True)
    if size.source == WORLD:
        folder = _render(role, split, size)
    else:
        folder = _read(split, size, profile.data_dir)
    return opened(folder, role, split, size.source)


def opened(folder: Path, role: str, split: str, source: str) -> Scenes:
    """The scenes in a folder of the store, whose sums the store has verified."""
    found = records(folder)
    objects = [one for record in found for one in record.objects]
    content = [[r.name, r.sha256, [list(vars(one).values()) for one in r.objects]] for r in found]
    flags = {
        name: np.array([getattr(one, name) for one in objects], dtype=bool)
        for name in ("difficult", "truncated", "occluded")
    }
    return Scenes(
        pixels=np.memmap(folder / PIXELS, dtype=np.uint8, mode="r"),
        starts=np.array([record.start for record in found], dtype=np.int64),
        sizes=np.array([(record.height, record.width) for record in found], dtype=np.int64),
        first=np.cumsum([0, *(len(record.objects) for record in found)]),
        boxes=np.array([one.box for one in objects], dtype=float).reshape(-1, 4),
        labels=np.array([one.label for one in objects], dtype=np.int64),
        **flags,
        names=tuple(record.name for record in found),
        classes=CLASSES,
        role=role,
        split=split,
        source=source,
        digest=hashlib.sha256(json.dumps(content).encode()).hexdigest(),
    )


def _render(role: str, split: str, size: RoleSize) -> Path:
    from cnnlab.datasets import render_scenes

    sizes = {"classes": size.classes, "count": size.splits[split], "pixels": size.pixels}
    config = {"source": WORLD, "role": role, "split": split, **sizes}

    def build(workdir: Path) -> None:
        render_scenes.pack(workdir, role, split, **sizes)

    return store.make("scenes", config, build, code=(render_scenes.pack,))


def _read(split: str, size: RoleSize, data_dir: Path | None) -> Path:
    known(size.source)
    if size.source not in voc.YEARS:
        years = ", ".join(voc.YEARS)
        raise DataError(f"{size.source} is a set without boxes; choose {WORLD}, {years}")
    with voc.kit(size.source, split, data_dir) as kit:
        count = size.splits[split]
        config = {
            "source": size.source,
            "split": split,
            "count": count,
            "pixels": size.pixels,
            "files": kit.identity(count),
        }

        def build(workdir: Path) -> None:
            try:
                voc.pack(workdir, kit, count, size.pixels)
            except DataError:  # what a kill leaves is gone on from, what a refusal leaves is not
                shutil.rmtree(workdir, ignore_errors=True)
                raise

        return store.make("scenes", config, build, code=(voc.pack,))
