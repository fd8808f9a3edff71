"""Windows of pictures as a net reads them: warped to its input, minus its mean (R-CNN)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from torch import Tensor

from cnnlab.datasets import BoxedImages
from cnnlab.detection.warp import warp
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.training.machine import device


@dataclass(frozen=True, eq=False)
class WindowReader:
    """Inputs of a net from windows of one or more sets of pictures.

    A window fills the P x P that the net sees but for a little context; what lies beyond the border
    of its picture is the mean image, of which nothing is left.
    """

    sets: Sequence[BoxedImages]
    mean: Tensor  # (S, S, 3) of the net, in [0, 255]
    pixels: int  # P

    @cached_property
    def crops(self) -> CentreCrops:
        """What subtracts the mean."""
        return CentreCrops(self.mean.to(device()), self.pixels)

    @cached_property
    def fill(self) -> np.ndarray:
        """What lies beyond borders, (P, P, 3)."""
        return self.crops.middle.permute(1, 2, 0).cpu().numpy()

    def __call__(self, sets: np.ndarray, pictures: np.ndarray, boxes: np.ndarray) -> Tensor:
        """Inputs (B, 3, P, P) of boxes (B, 4), each of a picture (B,) of a set (B,)."""
        pairs = list(zip(sets.tolist(), pictures.tolist(), strict=True))
        images = {(s, i): self.sets[s].image(i) for s, i in dict.fromkeys(pairs)}
        windows = warp([images[pair] for pair in pairs], boxes, self.pixels, self.fill)
        return self.crops(windows)

    def picture(self, i: int, boxes: np.ndarray) -> Tensor:
        """Inputs (n, 3, P, P) of boxes (n, 4) of picture i of the first set."""
        return self(np.zeros(len(boxes), int), np.full(len(boxes), i), boxes)
