"""Non-maximum suppression: of boxes that overlap, only the strongest stays (R-CNN 2.2)."""

import numpy as np
import torch
import torchvision

from cnnlab.detection.boxes import edges, iou


def plain_nms(
    boxes: np.ndarray, scores: np.ndarray, *, overlap: float = 0.3, most: int = 100
) -> np.ndarray:
    """Numbers of the boxes (N, 4) that stay, strongest first.

    Only the `most` strongest are looked at. Of those, a box goes that overlaps one that stays by an
    IoU of more than `overlap`. Equal scores keep their order. Raises ValueError for scores that are
    not finite.

    >>> boxes = np.array([[1, 1, 10, 10], [2, 1, 11, 10], [21, 1, 30, 10]])
    >>> plain_nms(boxes, np.array([0.5, 0.9, 0.1])).tolist()
    [1, 2]
    """
    order = _strongest(scores, most)
    stay: list[int] = []
    while len(order):
        best, rest = order[0], order[1:]
        stay.append(int(best))
        order = rest[iou(boxes[best][None], boxes[rest])[0] <= overlap]
    return np.array(stay, dtype=np.int64)


def nms(
    boxes: np.ndarray, scores: np.ndarray, *, overlap: float = 0.3, most: int = 100
) -> np.ndarray:
    """As `plain_nms`, by torchvision.

    >>> boxes = np.array([[1, 1, 10, 10], [2, 1, 11, 10], [21, 1, 30, 10]])
    >>> nms(boxes, np.array([0.5, 0.9, 0.1])).tolist()
    [1, 2]
    """
    order = _strongest(scores, most)
    ranks = torch.arange(len(order), 0, -1, dtype=torch.float64)  # equal scores keep their order
    stay = torchvision.ops.nms(edges(boxes[order]), ranks, overlap)
    return order[stay.numpy()]


def _strongest(scores: np.ndarray, most: int) -> np.ndarray:
    """Numbers of the highest scores (N,), at most `most`, falling."""
    if not np.isfinite(scores).all():
        raise ValueError(f"the score of box {int((~np.isfinite(scores)).argmax())} is not finite")
    return np.argsort(-scores, kind="stable")[:most]
