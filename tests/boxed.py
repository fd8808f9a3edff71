"""Scenes with boxes, made in memory."""

from collections.abc import Sequence

import numpy as np

from cnnlab.datasets.boxed import VOC_CLASSES, BoxedImages

Box = tuple[float, float, float, float]


def boxed(
    objects: Sequence[Sequence[tuple[int, Box]]], pixels: np.ndarray | None = None, side: int = 64
) -> BoxedImages:
    """Pictures with (class, box) for every object; grey where no pixels (N, S, S, 3) are given."""
    count = len(objects)
    if pixels is None:
        pixels = np.full((count, side, side, 3), 128, np.uint8)
    every = [item for some in objects for item in some]
    flags = np.zeros(len(every), bool)
    return BoxedImages(
        pixels=pixels,
        rows=np.arange(count),
        sizes=np.full((count, 2), pixels.shape[1]),
        first=np.cumsum([0, *map(len, objects)]),
        boxes=np.array([box for _, box in every], float).reshape(-1, 4),
        labels=np.array([label for label, _ in every], np.int64),
        difficult=flags,
        truncated=flags,
        occluded=flags,
        names=tuple(f"picture {i}" for i in range(count)),
        classes=VOC_CLASSES,
        role="pascal",
        split="trainval",
        source="world",
        digest="boxed",
    )
