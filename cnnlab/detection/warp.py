"""Windows warped to the input of a net (R-CNN's appendix: a square, 16 of 227 px of context)."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from cnnlab.datasets.windows import window
from cnnlab.detection.boxes import check_boxes
from cnnlab.detection.fast.warp import batched_warp, pasted_warp
from cnnlab.training.machine import device


def plain_warp(
    images: Sequence[np.ndarray], boxes: np.ndarray, pixels: int, fill: np.ndarray
) -> Tensor:
    """Windows (N, 3, P, P) uint8 about VOC boxes (N, 4), each of an image (H, W, 3) uint8.

    What one looks like says `datasets.windows.window`: the box fills it but for a little context.
    Beyond the border of an image is `fill`: a colour (3,), or a net's mean image (P, P, 3), of
    which nothing is left when that is subtracted (R-CNN). Raises ValueError for a box that is
    empty, inverted or leaves its image.

    >>> plain_warp([np.zeros((9, 9, 3), np.uint8)], np.array([[3, 3, 7, 7]]), 8, np.ones(3)).shape
    torch.Size([1, 3, 8, 8])
    """
    _check(images, boxes)
    windows = np.zeros((len(images), pixels, pixels, 3), np.uint8)
    for i, (image, box) in enumerate(zip(images, boxes, strict=True)):
        windows[i] = window(image, box, pixels, pixels, fill)
    return torch.from_numpy(windows).permute(0, 3, 1, 2)


def warp(images: Sequence[np.ndarray], boxes: np.ndarray, pixels: int, fill: np.ndarray) -> Tensor:
    """As `plain_warp`, on the device of the nets: bit for bit on a CPU, by matrices on a GPU.

    >>> warp([np.zeros((9, 9, 3), np.uint8)], np.array([[3, 3, 7, 7]]), 8, np.ones(3)).shape
    torch.Size([1, 3, 8, 8])
    """
    _check(images, boxes)
    if device().type != "cpu":
        return batched_warp(images, boxes, pixels, fill, device())
    return pasted_warp(images, boxes, pixels, fill)


def _check(images: Sequence[np.ndarray], boxes: np.ndarray) -> None:
    if len(images) != len(boxes):
        raise ValueError(f"{len(images)} images and {len(boxes)} boxes do not pair")
    shapes = [image.shape[:2] for image in images]
    for shape in dict.fromkeys(shapes):
        check_boxes(np.asarray(boxes)[[other == shape for other in shapes]], *shape)
