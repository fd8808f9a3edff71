"""The deconvnet of ZF 2.1: one activation carried back to the pixels that caused it.

Exact, for many activations at once, and limited to what each unit sees: up and down, only the
positions inside its receptive field are computed (`walk`).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from cnnlab.seeing.chain import chain, shapes
from cnnlab.seeing.fast.walk import Walk
from cnnlab.seeing.layers import check_finite
from cnnlab.seeing.units import Projection, Units
from cnnlab.seeing.unpool import MODES


@torch.no_grad()
def strongest(net: nn.Module, images: Tensor, tap: str, units: Sequence[int] | Tensor) -> Units:
    """For image i of (B, 3, H, W), the place where unit `units[i]` of `tap` responds most.

    Raises ValueError for a tap or unit that does not exist and for activations that are NaN.
    """
    x = images
    for stage in chain(net, tap):
        x = stage.module(x)
    wanted = torch.as_tensor(units, device=x.device)
    _check_units(wanted, x.shape[1], tap)
    maps = x[torch.arange(len(x), device=x.device), wanted].reshape(len(x), -1)  # (B, h * w)
    value, at = maps.max(dim=1)
    check_finite(value, tap)
    width = x.shape[3] if x.dim() == 4 else 1
    return Units(torch.arange(len(x), device=x.device), wanted, at // width, at % width, value)


@torch.no_grad()
def project(
    net: nn.Module,
    images: Tensor,
    tap: str,
    units: Units,
    *,
    switches: str = "sum",
    batch: int = 36,
) -> Projection:
    """Carry activations of `tap` back to the pixels of images (N, 3, H, W) (ZF 2.1).

    All other activations of the layer are zero. Then, from layer to layer: unpool by the switches
    of the forward pass, rectify, filter with the same filters transposed; no biases, and nothing
    rectifies the pixels. LRN is passed unchanged: its divisors are near constant over a window, and
    ZF describe no step for it. `switches` says what happens where two pooled units share one, see
    `unpool`. Where `units.value` is given the forward pass ends at the last pooling it needs.
    Raises ValueError for what `chain` and `strongest` refuse, and a position outside of the map.
    """
    if switches not in MODES:
        raise ValueError(f"switches are shared by 'sum' or 'overwrite', not {switches!r}")
    stages = chain(net, tap)
    sizes = shapes(stages, tuple(images.shape[1:]))
    _check_units(units.unit, sizes[-1][0], tap)
    _check_places(units, sizes[-1], tap, len(images))
    if units.value is not None:
        check_finite(units.value, tap)
    parts = [
        Walk(stages, sizes, images, units[slice(start, start + batch)]).down(switches)
        for start in range(0, len(units), batch)
    ]
    return Projection(*(torch.cat([getattr(p, name) for p in parts]) for name in _FIELDS))


_FIELDS = ("pixels", "top", "left", "value")


def _check_units(units: Tensor, count: int, tap: str) -> None:
    wrong = units[(units < 0) | (units >= count)]
    if len(wrong):
        raise ValueError(f"{tap} has units 0 to {count - 1}, no unit {int(wrong[0])}")


def _check_places(units: Units, size: tuple[int, ...], tap: str, images: int) -> None:
    height, width = size[1:] if len(size) == 3 else (1, 1)
    for name, places, count in (
        ("row", units.y, height),
        ("column", units.x, width),
        ("image", units.image, images),
    ):
        wrong = places[(places < 0) | (places >= count)]
        if len(wrong):
            raise ValueError(f"no {name} {int(wrong[0])} for {tap}: there are 0 to {count - 1}")
