"""The windows of many pictures in one array, and what each of them shows (R-CNN).

A window is a box as `BoxedImages` has it; N pictures, B windows in all, K classes.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cnnlab.datasets import BoxedImages
from cnnlab.detection.boxes import iou


@dataclass(frozen=True, eq=False)
class Windows:
    """The windows of N pictures: `windows[i]` are the boxes of picture i, (n, 4).

    >>> windows = Windows.of([np.zeros((0, 4)), np.array([[1, 1, 4, 4]])])
    >>> len(windows), windows[0].shape, windows[1].tolist()
    (2, (0, 4), [[1.0, 1.0, 4.0, 4.0]])
    """

    first: np.ndarray  # (N + 1,) int64, the first window of a picture
    boxes: np.ndarray  # (B, 4) float64

    @classmethod
    def of(cls, boxes: Iterable[ArrayLike]) -> "Windows":
        """From the boxes (n, 4) of one picture after another; a picture may have none."""
        every = [np.asarray(some, dtype=float).reshape(-1, 4) for some in boxes]
        first = np.cumsum([0, *map(len, every)], dtype=np.int64)
        return cls(first, np.concatenate([np.zeros((0, 4)), *every]))

    def __len__(self) -> int:
        return len(self.first) - 1

    def __getitem__(self, i: int) -> np.ndarray:
        return self.boxes[self.rows(i)]

    def rows(self, i: int) -> slice:
        """The rows of `boxes` that are picture i's."""
        return slice(int(self.first[i]), int(self.first[i + 1]))

    @property
    def owner(self) -> np.ndarray:
        """The picture of each window, (B,) int64."""
        return np.repeat(np.arange(len(self)), np.diff(self.first))

    @property
    def digest(self) -> str:
        """SHA-256 of all boxes: part of the key of what is made from them."""
        return hashlib.sha256(self.first.tobytes() + self.boxes.tobytes()).hexdigest()


def with_truth(scenes: BoxedImages, proposals: Windows) -> Windows:
    """Of each picture the boxes of its objects, and then its proposals: what training looks at.

    Raises ValueError for proposals of other pictures.

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles.tiny import TINY
    >>> scenes = load_scenes("pascal", TINY)
    >>> none = Windows.of([np.zeros((0, 4))] * len(scenes))
    >>> np.array_equal(with_truth(scenes, none).boxes, scenes.boxes)
    True
    """
    check_pictures(scenes, proposals)
    pairs = ((scenes.boxes[scenes.objects(i)], proposals[i]) for i in range(len(scenes)))
    return Windows.of(np.concatenate(pair) for pair in pairs)


def check_pictures(scenes: BoxedImages, windows: Windows) -> None:
    """Raise ValueError unless there are windows for as many pictures as there are."""
    if len(windows) != len(scenes):
        raise ValueError(
            f"there are windows of {len(windows)} pictures for {len(scenes)}; propose them for "
            "the same split"
        )


def class_overlaps(scenes: BoxedImages, i: int, boxes: np.ndarray) -> np.ndarray:
    """The best overlap of boxes (n, 4) with any object of each class of picture i, (n, K).

    Difficult objects count as all others. 0 where the picture has no object of a class.

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles.tiny import TINY
    >>> scenes = load_scenes("pascal", TINY)
    >>> class_overlaps(scenes, 0, scenes.boxes[scenes.objects(0)]).max()
    np.float64(1.0)
    """
    best = np.zeros((len(boxes), len(scenes.classes)))
    objects = scenes.objects(i)
    labels, values = scenes.labels[objects], iou(boxes, scenes.boxes[objects])  # (n, objects)
    for k in np.unique(labels):
        best[:, k] = values[:, labels == k].max(axis=1)
    return best
