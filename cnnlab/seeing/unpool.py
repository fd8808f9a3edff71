"""Max pooling undone: a value goes back to the place where the maximum was found (ZF 2.1)."""

import torch
from torch import Tensor

MODES = ("sum", "overwrite")


def unpool(values: Tensor, switches: Tensor, size: tuple[int, int], mode: str = "sum") -> Tensor:
    """Values (N, C, h, w) put at their `switches`, flat positions in maps of `size`: (N, C, *size).

    Windows of 3x3 at stride 2 overlap, and about a third of them share their maximum with a
    neighbour. `sum` adds what arrives at one place, as the gradient of pooling does: nothing that
    came down is lost. `overwrite` keeps the last in reading order, as assigning through the
    switches does; a unit that carries nothing writes nothing, or a silent neighbour could wipe out
    the very activation that was chosen. Reconstructions by the two differ visibly. Raises
    ValueError for another mode.
    """
    if mode not in MODES:
        raise ValueError(f"switches are shared by 'sum' or 'overwrite', not {mode!r}")
    n, c, h, w = values.shape
    flat, index = values.reshape(n, c, h * w), switches.reshape(n, c, h * w)
    out = values.new_zeros(n, c, size[0] * size[1])
    if mode == "sum":
        out.scatter_add_(2, index, flat)
    else:
        last = _last(index, flat != 0, out.shape[2])
        out.scatter_add_(2, index, flat * last)
    return out.reshape(n, c, *size)


def _last(index: Tensor, speaks: Tensor, places: int) -> Tensor:
    """Which units are the last, in reading order, to speak at their place: (N, C, h * w) bool."""
    order = torch.arange(1, index.shape[2] + 1, device=index.device).expand_as(index) * speaks
    latest = torch.zeros(*index.shape[:2], places, dtype=order.dtype, device=index.device)
    latest.scatter_reduce_(2, index, order, "amax")
    return speaks & (latest.gather(2, index) == order)


def shared(switches: Tensor) -> Tensor:
    """Which pooled units have their maximum in common with another: (N, C, h * w) bool, sorted."""
    places = switches.flatten(2).sort(dim=2).values
    same = places[..., 1:] == places[..., :-1]
    nothing = torch.zeros_like(same[..., :1])
    return torch.cat([same, nothing], dim=2) | torch.cat([nothing, same], dim=2)
