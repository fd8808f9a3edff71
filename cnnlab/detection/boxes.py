"""Boxes as VOC writes them, their overlap, and detections (VOC devkit).

A box is x1, y1, x2, y2 with pixels counted from 1 and both ends inside, so that it is
x2 - x1 + 1 pixels wide (see `datasets.BoxedImages`).
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torchvision.ops import box_iou


@dataclass(frozen=True, eq=False)
class Detections:
    """Boxes that a detector reports, D in all, in any order.

    >>> box = np.array([[1, 1, 4, 4]])
    >>> len(Detections(np.array([0]), np.array([7]), box, np.array([0.9])))
    1
    """

    images: np.ndarray  # (D,) int64, number of the picture
    labels: np.ndarray  # (D,) int64, number of the class
    boxes: np.ndarray  # (D, 4) VOC boxes
    scores: np.ndarray  # (D,) higher is surer

    def __len__(self) -> int:
        return len(self.scores)


def edges(boxes: np.ndarray) -> Tensor:
    """VOC boxes (N, 4) as edges from 0 on, float64: a box of one pixel is 1 wide.

    >>> edges(np.array([[1, 1, 2, 3]])).tolist()
    [[0.0, 0.0, 2.0, 3.0]]
    """
    values = np.asarray(boxes, dtype=float).reshape(-1, 4)
    return torch.from_numpy(values - np.array([1.0, 1.0, 0.0, 0.0]))


def iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union of each VOC box of a (N, 4) with each of b (M, 4): (N, M).

    >>> iou(np.array([[1, 1, 4, 4]]), np.array([[1, 1, 4, 2], [3, 1, 6, 4], [5, 1, 6, 4]])).round(2)
    array([[0.5 , 0.33, 0.  ]])
    """
    return box_iou(edges(a), edges(b)).numpy()


def check_boxes(boxes: np.ndarray, height: int, width: int) -> None:
    """Raise ValueError, naming the first, for a box that is empty, inverted or leaves the picture.

    >>> check_boxes(np.array([[1, 1, 9, 4]]), height=4, width=8)
    Traceback (most recent call last):
    ValueError: box [1, 1, 9, 4] does not lie in its picture of 4 x 8 pixels; clip it to 1..8, 1..4
    """
    boxes = np.asarray(boxes)
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"boxes are (N, 4), x1 y1 x2 y2, not {boxes.shape}")
    for box in boxes[~((boxes[:, :2] <= boxes[:, 2:]).all(axis=1))][:1]:
        raise ValueError(f"box {box.tolist()} holds no pixel; give x1 <= x2 and y1 <= y2")
    inside = (boxes[:, :2] >= 1).all(axis=1) & (boxes[:, 2:] <= (width, height)).all(axis=1)
    for box in boxes[~inside][:1]:
        raise ValueError(
            f"box {box.tolist()} does not lie in its picture of {height} x {width} pixels; "
            f"clip it to 1..{width}, 1..{height}"
        )
