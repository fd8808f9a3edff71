"""Windows of maps: the part of each layer that one unit sees, for many units at once.

B windows of h x w positions; `origin` (B, 2) holds the row and column of each window's first
position in its map, below zero where the window sticks out into the padding.
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def cut(x: Tensor, rows: Tensor, origin: Tensor, size: tuple[int, int], fill: float) -> Tensor:
    """Windows (B, C, h, w) of the maps x[rows] (N, C, H, W); `fill` outside of the map."""
    whole = (x.shape[2], x.shape[3])
    place = _places(rows, origin, size, whole)
    windows = x.permute(0, 2, 3, 1).reshape(-1, x.shape[1]).index_select(0, place)
    windows = windows.view(len(rows), *size, -1).permute(0, 3, 1, 2)  # channels-last in memory
    return fill_outside(windows, origin, whole, fill)


def paste(windows: Tensor, origin: Tensor, onto: Tensor, *, add: bool = False) -> Tensor:
    """Write windows (B, C, h, w) into channels-last maps (B, C, H, W), in place, or `add` them.

    What sticks out is dropped.
    """
    size, whole = windows.shape[2:], (onto.shape[2], onto.shape[3])
    place = _places(torch.arange(len(onto), device=onto.device), origin, size, whole)
    values = windows.permute(0, 2, 3, 1).reshape(-1, windows.shape[1])
    outside = _outside(origin, size, whole)
    if outside is not None:
        inside = ~outside.flatten()
        place, values = place[inside], values[inside]
    flat = onto.permute(0, 2, 3, 1).view(-1, onto.shape[1])  # a copy would not be in place
    if add:
        flat.index_add_(0, place, values)
    else:
        flat.index_copy_(0, place, values)
    return onto


def fill_outside(windows: Tensor, origin: Tensor, whole: tuple[int, int], value: float) -> Tensor:
    """Set positions of windows (B, C, h, w) that lie outside of their maps to `value`, in place."""
    outside = _outside(origin, windows.shape[2:], whole)
    if outside is not None:
        windows.masked_fill_(outside[:, None], value)
    return windows


def _outside(origin: Tensor, size: Sequence[int], whole: tuple[int, int]) -> Tensor | None:
    """Which positions of windows do not lie on their maps, (B, h, w) bool; None where all do."""
    far = torch.tensor([whole[0] - size[0], whole[1] - size[1]], device=origin.device)
    if not ((origin < 0) | (origin > far)).any():
        return None
    positions = [_along(origin[:, i], size[i]) for i in (0, 1)]
    rows, columns = ((x < 0) | (x >= side) for x, side in zip(positions, whole, strict=True))
    return rows[:, :, None] | columns[:, None, :]


def _places(rows: Tensor, origin: Tensor, size: Sequence[int], whole: tuple[int, int]) -> Tensor:
    """Positions of windows of maps `rows`, as numbers of an (N * H * W) list: (B * h * w,).

    Those that stick out get the number of the nearest position on the map.
    """
    height, width = whole
    y = _along(origin[:, 0], size[0]).clamp(0, height - 1) + rows[:, None] * height  # (B, h)
    x = _along(origin[:, 1], size[1]).clamp(0, width - 1)  # (B, w)
    return (y[:, :, None] * width + x[:, None, :]).flatten()


def _along(first: Tensor, size: int) -> Tensor:
    return first[:, None] + torch.arange(size, device=first.device)  # (B, size)
