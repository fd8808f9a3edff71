"""From pictures to what our nets read, and back to what a reader sees."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cnnlab.seeing.layers import Images, channels_first


@dataclass(frozen=True)
class CentreCrops:
    """How our nets read: the centre P x P of an image, minus that of the mean training image.

    `mean` is (S, S, 3) in [0, 255], `pixels` is P. For `preprocess=`, or called with images.

    Example:
        >>> crops = CentreCrops(mean=torch.full((8, 8, 3), 100.0), pixels=6)
        >>> x = crops(np.full((2, 8, 8, 3), 250, np.uint8))
        >>> x.shape, float(x.max()), int(crops.pictures(x).max())
        (torch.Size([2, 3, 6, 6]), 150.0, 250)
    """

    mean: Tensor
    pixels: int

    def __call__(self, images: Images) -> Tensor:
        """Inputs (N, 3, P, P) of uint8 images (N, S, S, 3) or (N, 3, S, S); of P px as they are.

        Raises ValueError for images of another type or size, and for ones smaller than the crop.
        """
        x = channels_first(images)
        side, expected = tuple(x.shape[2:]), tuple(self.mean.shape[:2])
        if side not in (expected, (self.pixels, self.pixels)):
            raise ValueError(f"images are {side}, their mean is {expected}")
        x = _centre(x, self.pixels).to(self.mean.device).float() - self.middle
        return x.contiguous(memory_format=torch.channels_last)

    @property
    def middle(self) -> Tensor:
        """The part of the mean image that centre crops lose: (3, P, P)."""
        return _centre(self.mean.permute(2, 0, 1), self.pixels)

    def pictures(self, x: Tensor) -> np.ndarray:
        """Inputs (N, 3, P, P) as pictures (N, P, P, 3) uint8."""
        pixels = x.cpu() + self.middle.cpu()
        return pixels.permute(0, 2, 3, 1).clamp(0, 255).round().numpy().astype(np.uint8)


def _centre(x: Tensor, pixels: int) -> Tensor:
    start = (x.shape[-1] - pixels) // 2
    if start < 0:
        raise ValueError(f"images of {x.shape[-1]} px are smaller than the net's {pixels} px")
    return x[..., start : start + pixels, start : start + pixels]
