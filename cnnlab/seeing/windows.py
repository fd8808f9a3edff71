"""Windows of maps: the part of each layer that one unit sees, for many units at once.

B windows of h x w positions; `origin` (B, 2) holds the row and column of each window's first
position in its map, below zero where the window sticks out into the padding.
"""

import torch
from torch import Tensor


def cut(x: Tensor, rows: Tensor, origin: Tensor, size: tuple[int, int], fill: float) -> Tensor:
    """Windows (B, C, h, w) of the maps x[rows] (N, C, H, W); `fill` outside of the map."""
    h, w = size
    out = torch.full(
        (len(rows), x.shape[1], h, w), fill, dtype=x.dtype, device=x.device
    ).contiguous(memory_format=torch.channels_last)
    for b, (row, (y, x0)) in enumerate(zip(rows.tolist(), origin.tolist(), strict=True)):
        (dy, sy), (dx, sx) = _overlap(y, h, x.shape[2]), _overlap(x0, w, x.shape[3])
        out[b, :, dy, dx] = x[row, :, sy, sx]
    return out


def paste(windows: Tensor, origin: Tensor, onto: Tensor, *, add: bool = False) -> Tensor:
    """Write windows (B, C, h, w) into maps (B, C, H, W), in place, or `add` them to the maps.

    What sticks out is dropped.
    """
    h, w = windows.shape[2:]
    for b, (y, x) in enumerate(origin.tolist()):
        (dy, sy), (dx, sx) = _overlap(y, h, onto.shape[2]), _overlap(x, w, onto.shape[3])
        if add:
            onto[b, :, sy, sx] += windows[b, :, dy, dx]
        else:
            onto[b, :, sy, sx] = windows[b, :, dy, dx]
    return onto


def fill_outside(windows: Tensor, origin: Tensor, whole: tuple[int, int], value: float) -> Tensor:
    """Set positions of windows (B, C, h, w) that lie outside of their maps to `value`, in place."""
    h, w = windows.shape[2:]
    far = torch.tensor([whole[0] - h, whole[1] - w], device=origin.device)
    out = ((origin < 0) | (origin > far)).any(dim=1)  # (B,)
    if out.any():
        rows, columns = (
            _outside(origin[:, axis], size, whole[axis]) for axis, size in enumerate((h, w))
        )
        windows.masked_fill_((rows[:, :, None] | columns[:, None, :])[:, None], value)
    return windows


def _outside(first: Tensor, size: int, whole: int) -> Tensor:
    at = first[:, None] + torch.arange(size, device=first.device)  # (B, size)
    return (at < 0) | (at >= whole)


def _overlap(first: int, size: int, whole: int) -> tuple[slice, slice]:
    """The part of a window that lies on its map, as a slice of the window and one of the map."""
    low, high = max(0, first), min(whole, first + size)
    high = max(low, high)
    return slice(low - first, high - first), slice(low, high)
