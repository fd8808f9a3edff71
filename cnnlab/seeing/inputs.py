"""Pictures to what a net reads, and back to what a reader sees."""

import numpy as np
from torch import Tensor

from cnnlab.training.batches import to_tensor


def inputs(images: np.ndarray, mean: Tensor, pixels: int) -> Tensor:
    """Centre crops (N, 3, P, P) of images (N, S, S, 3) uint8, minus those of the mean (S, S, 3).

    Raises ValueError for images smaller than the crop or of another size than the mean.
    """
    if images.shape[1:] != tuple(mean.shape):
        raise ValueError(f"images are {images.shape[1:]}, their mean is {tuple(mean.shape)}")
    start = (images.shape[1] - pixels) // 2
    if start < 0:
        raise ValueError(f"images of {images.shape[1]} px are smaller than the net's {pixels} px")
    part = slice(start, start + pixels)
    minus = to_tensor(np.ascontiguousarray(images[:, part, part])).float() - mean[part, part].cpu()
    return minus.permute(0, 3, 1, 2)


def central(mean: Tensor, pixels: int) -> Tensor:
    """The part of the mean image that centre crops lose: (3, P, P)."""
    start = (mean.shape[0] - pixels) // 2
    return mean[start : start + pixels, start : start + pixels].permute(2, 0, 1)


def pictures(x: Tensor, mean: Tensor) -> np.ndarray:
    """Inputs (N, 3, P, P) as pictures (N, P, P, 3) uint8; `mean` is the whole mean image."""
    shown = x.cpu() + central(mean.cpu(), x.shape[2])
    return shown.permute(0, 2, 3, 1).clamp(0, 255).round().numpy().astype(np.uint8)
