"""Images with boxes: pictures that keep their own shape, and the objects in each."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.datasets.rows import IMAGES, NOTES

VOC_CLASSES = (
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"),
    *("diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa"),
    *("train", "tvmonitor"),
)
FLAGS = ("difficult", "truncated", "occluded")


@dataclass(frozen=True)
class BoxedObject:
    """One object of a picture; its box is VOC's (see `BoxedImages`)."""

    label: int
    box: tuple[float, float, float, float]
    difficult: bool = False
    truncated: bool = False
    occluded: bool = False


@dataclass(frozen=True, eq=False)
class BoxedImages:
    """One split of one role: N pictures, and the M objects in them (`objects(i)` in picture i).

    Boxes are as VOC writes them: x1, y1, x2, y2 with pixels counted from 1 and both ends inside, so
    that a box is x2 - x1 + 1 pixels wide. Only a picture that was scaled has broken numbers there.

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles import SMOKE, RoleSize, scaled
    >>> two = RoleSize("world", classes=20, pixels=64, splits={"test": 2})
    >>> scenes = load_scenes("pascal", scaled(SMOKE, roles={"pascal": two}))
    >>> scenes.names, scenes.boxes.shape
    (('pascal test 000000', 'pascal test 000001'), (4, 4))
    """

    pixels: np.ndarray  # (_, S, S, 3) uint8 on disk, read-only; a picture lies at the top left
    rows: np.ndarray  # (N,) int64, the row of `pixels` that holds a picture
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
    digest: str  # SHA-256 of the content: the same images have it wherever they were packed

    def __len__(self) -> int:
        return len(self.names)

    def image(self, i: int) -> np.ndarray:
        """Picture i, uint8 (H, W, 3)."""
        height, width = self.sizes[i]
        return self.pixels[self.rows[i], :height, :width]

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

    @cached_property
    def present(self) -> np.ndarray:
        """Which classes a picture shows, as VOC's lists say it, (N, K) int8.

        1 present, 0 present only as a difficult object, which counts neither way, -1 absent.
        """
        present = np.full((len(self), len(self.classes)), -1, dtype=np.int8)
        hard = self.difficult
        present[self.owner[hard], self.labels[hard]] = 0
        present[self.owner[~hard], self.labels[~hard]] = 1
        return present

    @cached_property
    def largest_shares(self) -> np.ndarray:
        """The part of the picture that the largest object of each class takes, (N, K); 0 for none.

        Difficult objects do not count.
        """
        shares, easy = np.zeros((len(self), len(self.classes))), ~self.difficult
        np.maximum.at(shares, (self.owner[easy], self.labels[easy]), self.shares[easy])
        return shares

    def best_of_objects(self, scores: np.ndarray) -> np.ndarray:
        """Scores (N, K) of pictures from those of their objects (M, K): the best of any object."""
        best = np.full((len(self), scores.shape[1]), -np.inf)
        np.maximum.at(best, self.owner, np.where(np.isnan(scores), -np.inf, scores))
        best[~np.isfinite(best)] = 0.0  # a picture without objects has no reason for any class
        best[:, np.isnan(scores).all(axis=0)] = np.nan
        return best

    def take(self, numbers: Sequence[int] | np.ndarray) -> "BoxedImages":
        """The pictures of the given numbers, in that order; the pixels are not copied."""
        numbers = np.asarray(numbers, dtype=np.int64)
        objects = [np.arange(*self.first[i : i + 2]) for i in numbers]
        chosen = np.concatenate([np.arange(0), *objects])
        return replace(
            self,
            rows=self.rows[numbers],
            sizes=self.sizes[numbers],
            first=np.cumsum([0, *map(len, objects)]),
            **{name: getattr(self, name)[chosen] for name in ("boxes", "labels", *FLAGS)},
            names=tuple(self.names[i] for i in numbers),
            digest=hashlib.sha256(f"{self.digest} {numbers.tolist()}".encode()).hexdigest(),
        )


def note_of(name: str, image: np.ndarray, objects: Sequence[BoxedObject]) -> dict[str, Any]:
    """What is kept of a picture (H, W, 3) beside its pixels, as JSON."""
    return {
        "name": name,
        "size": image.shape[:2],
        "sha256": hashlib.sha256(np.ascontiguousarray(image).data).hexdigest(),
        "objects": [asdict(item) for item in objects],
    }


def open_boxed(folder: Path, role: str, split: str, source: str) -> BoxedImages:
    """The images with boxes in a folder of the store, whose sums the store has verified."""
    notes = [json.loads(line) for line in (folder / NOTES).read_text("utf-8").splitlines()]
    objects = [item for note in notes for item in note["objects"]]
    content = [[n["name"], n["sha256"], [list(o.values()) for o in n["objects"]]] for n in notes]
    return BoxedImages(
        pixels=np.load(folder / IMAGES, mmap_mode="r"),
        rows=np.arange(len(notes)),
        sizes=np.array([note["size"] for note in notes], dtype=np.int64).reshape(-1, 2),
        first=np.cumsum([0, *(len(note["objects"]) for note in notes)]),
        boxes=np.array([item["box"] for item in objects], dtype=float).reshape(-1, 4),
        labels=np.array([item["label"] for item in objects], dtype=np.int64),
        **{flag: np.array([item[flag] for item in objects], dtype=bool) for flag in FLAGS},
        names=tuple(note["name"] for note in notes),
        classes=VOC_CLASSES,
        role=role,
        split=split,
        source=source,
        digest=hashlib.sha256(json.dumps(content).encode()).hexdigest(),
    )
