"""What a detector's net is fine-tuned on: windows with objects, and background (R-CNN, AGM 2.3).

Background is the last of K + 1 outputs. B windows in a batch, P x P pixels each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cnnlab.datasets import BoxedImages
from cnnlab.detection.windows import Windows, class_overlaps, with_truth

LEFT_OUT = -1  # label of a window that shows neither an object nor background

# Pixels (B, 3, P, P) minus the mean of windows: numbers of sets and pictures (B,), boxes (B, 4).
Read = Callable[[np.ndarray, np.ndarray, np.ndarray], Tensor]


def window_labels(
    scenes: BoxedImages, windows: Windows, *, positive: float = 0.5, background: float = 0.5
) -> np.ndarray:
    """What each of B windows shows, (B,): a class, background (K), or `LEFT_OUT`.

    A window shows the object that it overlaps most, if by `positive` or more, and background if it
    overlaps every object by less than `background` (0.5; AGM's draft: 0.3).

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles.tiny import TINY
    >>> scenes = load_scenes("pascal", TINY)
    >>> none = Windows.of([np.zeros((0, 4))] * len(scenes))
    >>> labels = window_labels(scenes, with_truth(scenes, none))
    >>> np.array_equal(labels, scenes.labels)
    True
    """
    labels = np.full(len(windows.boxes), LEFT_OUT)
    for i in range(len(scenes)):
        values = class_overlaps(scenes, i, windows[i])  # (n, K)
        best, some = values.max(axis=1), labels[windows.rows(i)]
        some[best < background] = len(scenes.classes)
        some[best >= positive] = values.argmax(axis=1)[best >= positive]
    return labels


@dataclass(frozen=True, eq=False)
class Samples:
    """Windows of one or more sets, with what they show: what batches are drawn from."""

    sets: np.ndarray  # (B,) number of the set
    pictures: np.ndarray  # (B,) number of the picture in its set
    boxes: np.ndarray  # (B, 4)
    labels: np.ndarray  # (B,) K is background
    classes: int  # K

    @classmethod
    def of(
        cls,
        sets: Sequence[tuple[BoxedImages, Windows]],
        *,
        positive: float = 0.5,
        background: float = 0.5,
    ) -> "Samples":
        """The objects and the proposals of each set of scenes, without what shows neither.

        Raises ValueError where no window shows an object, or none background.
        """
        parts = []
        for number, (scenes, proposals) in enumerate(sets):
            windows = with_truth(scenes, proposals)
            labels = window_labels(scenes, windows, positive=positive, background=background)
            shown = labels != LEFT_OUT
            parts.append((np.full(shown.sum(), number), windows.owner[shown]))
            parts[-1] += (windows.boxes[shown], labels[shown])
        classes = len(sets[0][0].classes)
        number, owner, boxes, labels = (np.concatenate(part) for part in zip(*parts, strict=True))
        samples = cls(number, owner, boxes, labels, classes)
        for what, rows in (("an object", samples.positive), ("background", samples.background)):
            if not len(rows):
                raise ValueError(f"no window shows {what}; take more pictures, or more proposals")
        return samples

    @property
    def positive(self) -> np.ndarray:
        """The rows that show an object."""
        return np.flatnonzero(self.labels < self.classes)

    @property
    def background(self) -> np.ndarray:
        """The rows that show none."""
        return np.flatnonzero(self.labels == self.classes)

    def draw(self, rng: np.random.Generator, count: int, share: float) -> np.ndarray:
        """`count` rows, with replacement: so large a share of objects, and then background."""
        positive = round(count * share)
        return np.concatenate(
            [rng.choice(self.positive, positive), rng.choice(self.background, count - positive)]
        )


@dataclass(frozen=True, eq=False)
class WindowBatches:
    """Batches of 32 windows with objects and 96 of background, at full scale, for `fit`.

    Batch i is a function of (seed, i) alone: each window is drawn uniformly, with replacement, and
    mirrored half of the times.

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles.tiny import TINY
    >>> scenes = load_scenes("pascal", TINY)
    >>> proposals = Windows.of([[[1, 1, 9, 9], [3, 3, 12, 9]]] * len(scenes))
    >>> samples = Samples.of([(scenes, proposals)])
    >>> batches = WindowBatches(samples, lambda *_: torch.zeros(8, 3, 5, 5), batch=8, seed=0)
    >>> (batches[0][1] == 20).tolist()
    [False, False, True, True, True, True, True, True]
    """

    samples: Samples
    read: Read
    batch: int
    seed: int
    share: float = 0.25  # of windows with objects

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
        """Batch i as pixels minus mean (B, 3, P, P) and labels (B,)."""
        rng = np.random.default_rng([self.seed, 5, i])
        rows = self.samples.draw(rng, self.batch, self.share)
        pixels, labels = self.shown(rows)
        mirrored = torch.from_numpy(rng.random(self.batch) < 0.5).to(pixels.device)
        pixels = torch.where(mirrored[:, None, None, None], pixels.flip(3), pixels)
        return pixels.contiguous(memory_format=torch.channels_last), labels

    def shown(self, rows: np.ndarray) -> tuple[Tensor, Tensor]:
        """Some of the samples as they are: pixels minus mean (B, 3, P, P) and labels (B,)."""
        some = self.samples
        pixels = self.read(some.sets[rows], some.pictures[rows], some.boxes[rows])
        return pixels, torch.from_numpy(some.labels[rows]).to(pixels.device)
