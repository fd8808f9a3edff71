"""Windows warped to the input of a net (R-CNN's appendix: a square, 16 of 227 px of context)."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from torch import Tensor

from cnnlab.artifacts.progress import processors
from cnnlab.datasets.windows import window
from cnnlab.detection.boxes import check_boxes
from cnnlab.detection.fast.warp import batched_warp
from cnnlab.training.machine import device

_BLOCK = 16  # windows a thread makes at a time


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
    pairs = zip(images, boxes, strict=True)
    return _stacked([window(image, box, pixels, pixels, fill) for image, box in pairs], pixels)


def warp(images: Sequence[np.ndarray], boxes: np.ndarray, pixels: int, fill: np.ndarray) -> Tensor:
    """As `plain_warp`, on the device of the nets: in threads, or on a GPU by matrices.

    >>> warp([np.zeros((9, 9, 3), np.uint8)], np.array([[3, 3, 7, 7]]), 8, np.ones(3)).shape
    torch.Size([1, 3, 8, 8])
    """
    _check(images, boxes)
    if device().type != "cpu":
        return batched_warp(images, boxes, pixels, fill, device())

    def block(start: int) -> list[np.ndarray]:
        stop = min(start + _BLOCK, len(boxes))
        return [window(images[i], boxes[i], pixels, pixels, fill) for i in range(start, stop)]

    with ThreadPoolExecutor(processors()) as pool:
        blocks = pool.map(block, range(0, len(boxes), _BLOCK))
        return _stacked([one for some in blocks for one in some], pixels)


def _stacked(windows: list[np.ndarray], pixels: int) -> Tensor:
    stacked = np.stack(windows) if windows else np.zeros((0, pixels, pixels, 3), np.uint8)
    return torch.from_numpy(stacked).permute(0, 3, 1, 2)


def _check(images: Sequence[np.ndarray], boxes: np.ndarray) -> None:
    if len(images) != len(boxes):
        raise ValueError(f"{len(images)} images and {len(boxes)} boxes do not pair")
    for image, box in zip(images, boxes, strict=True):
        check_boxes(np.asarray(box)[None], *image.shape[:2])
