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
    flat, index = _flat(values), _flat(switches)
    out = values.new_zeros(len(values), size[0] * size[1], values.shape[1])
    if mode == "sum":
        out.scatter_add_(1, index, flat)
    else:
        out.scatter_add_(1, index, flat * _last(index, flat != 0, out.shape[1]))
    return out.unflatten(1, size).permute(0, 3, 1, 2)


def _flat(maps: Tensor) -> Tensor:
    """Maps (N, C, h, w) as (N, h * w, C): no copy of channels-last memory."""
    return maps.permute(0, 2, 3, 1).flatten(1, 2)


def _last(index: Tensor, speaks: Tensor, places: int) -> Tensor:
    """Which units are the last, in reading order, to speak at their place: (N, h * w, C) bool."""
    order = torch.arange(1, index.shape[1] + 1, device=index.device)[:, None] * speaks
    latest = torch.zeros(len(index), places, index.shape[2], dtype=order.dtype, device=index.device)
    latest.scatter_reduce_(1, index, order, "amax")
    return speaks & (latest.gather(1, index) == order)


def shared_switches(switches: Tensor) -> Tensor:
    """Which pooled units have their maximum in common with another: (N, C, h * w) bool, sorted."""
    places = switches.flatten(2).sort(dim=2).values
    same = places[..., 1:] == places[..., :-1]
    nothing = torch.zeros_like(same[..., :1])
    return torch.cat([same, nothing], dim=2) | torch.cat([nothing, same], dim=2)
