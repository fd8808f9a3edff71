"""Windows of pictures as a net reads them: warped to its input, minus its mean (R-CNN)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from torch import Tensor

from cnnlab.datasets import BoxedImages
from cnnlab.datasets.windows import window
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.training.machine import device


@dataclass(frozen=True, eq=False)
class WindowReader:
    """Inputs of a net from windows of one or more sets of pictures.

    A window fills the P x P that the net sees but for a little context; what lies beyond the border
    of its picture has the colour of the mean image, so that next to nothing of it is left.
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
        """The colour beyond borders, (3,)."""
        return self.mean.mean(dim=(0, 1)).cpu().numpy()

    def __call__(self, sets: np.ndarray, pictures: np.ndarray, boxes: np.ndarray) -> Tensor:
        """Inputs (B, 3, P, P) of boxes (B, 4), each of a picture (B,) of a set (B,)."""
        side = self.pixels
        warped = [
            window(self.sets[s].image(i), box, side, side, self.fill)
            for s, i, box in zip(sets, pictures, boxes, strict=True)
        ]
        return self.crops(np.stack(warped))

    def picture(self, i: int, boxes: np.ndarray) -> Tensor:
        """Inputs (n, 3, P, P) of boxes (n, 4) of picture i of the first set."""
        return self(np.zeros(len(boxes), int), np.full(len(boxes), i), boxes)
