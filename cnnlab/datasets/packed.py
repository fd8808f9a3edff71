"""Packed sets: images of one size in one memory-mapped array, with labels and class names."""

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cnnlab.artifacts import store
from cnnlab.datasets.rows import CLASSES, IMAGES, LABELS


@dataclass(frozen=True, eq=False)
class Packed:
    """One split of one role: `images[i]` shows `classes[labels[i]]`.

    The images lie on disk and come into memory as they are looked at.

    >>> labels, classes = np.array([0, 1]), ("cat", "dog")
    >>> packed = Packed(np.zeros((2, 8, 8, 3)), labels, classes, "pets", "all", "world", "")
    >>> packed.first_classes(1).classes
    ('cat',)
    """

    images: np.ndarray  # (N, S, S, 3) uint8, read-only
    labels: np.ndarray  # (N,) int64
    classes: tuple[str, ...]
    role: str
    split: str
    source: str  # "world", or the real set
    digest: str  # SHA-256 of the content: the same images have it wherever they were packed

    def __len__(self) -> int:
        return len(self.images)

    def first_classes(self, count: int) -> "Packed":
        """The images of the first `count` classes; all of them, without a copy, for 0."""
        if not 0 < count < len(self.classes):
            return self
        rows = np.flatnonzero(self.labels < count)
        digest = f"{self.digest}, first {count} classes"
        parts = {"images": self.images[rows], "labels": self.labels[rows]}
        return replace(self, **parts, classes=self.classes[:count], digest=digest)


def open_packed(folder: Path, role: str, split: str, source: str) -> Packed:
    """The packed set in a folder of the store, whose sums the store has verified."""
    files = json.loads((folder / store.MANIFEST).read_text(encoding="utf-8"))["files"]
    sums = " ".join(files[name]["sha256"] for name in (IMAGES, LABELS, CLASSES))
    return Packed(
        images=np.load(folder / IMAGES, mmap_mode="r"),
        labels=np.load(folder / LABELS),
        classes=tuple(json.loads((folder / CLASSES).read_text(encoding="utf-8"))),
        role=role,
        split=split,
        source=source,
        digest=hashlib.sha256(sums.encode()).hexdigest(),
    )
