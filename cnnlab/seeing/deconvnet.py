"""The deconvnet of ZF 2.1: one activation carried back to the pixels that caused it.

`plain_deconvnet` is the method as the paper describes it. `deconvnet` and `project` give the same
and compute only what each unit can see (`fast.deconvnet`).
"""
# pyright: reportArgumentType=false
# torch's type of conv2d_input knows no tuples of sides

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.grad import conv2d_input

from cnnlab.nets.convnet import Scale
from cnnlab.seeing.chain import chain, shapes
from cnnlab.seeing.checks import check_finite, check_units
from cnnlab.seeing.fast.deconvnet import WindowedDeconvnet
from cnnlab.seeing.layers import LayerReader, activations
from cnnlab.seeing.projection import MODES, Projection, Units, unpool


def deconvnet(
    net: nn.Module,
    images: Tensor,
    layer: str,
    unit: int | Sequence[int] | np.ndarray | Tensor,
    *,
    position: tuple[int, int] | None = None,
    switches: str = "sum",
) -> Tensor:
    """Carry one activation of each image (N, 3, H, W) back to its pixels: (N, 3, H, W) (ZF 2.1).

    It is the strongest of `unit`, one number for all images or one for each, or the one at the row
    and column `position`. `switches` says what happens where pooled units share one, see `unpool`.
    Works on chains of layers: nets of this package, torchvision's AlexNet and VGG, `nn.Sequential`.
    BatchNorm is fused into the convolution before it. Raises ValueError, naming the layer, for what
    cannot be inverted: skips, branches, average pooling, other layers.

    Example:
        >>> import torch
        >>> from torchvision.models import alexnet
        >>> net = alexnet(weights=None).eval()
        >>> deconvnet(net, torch.randn(2, 3, 224, 224), "features.5", 17).shape
        torch.Size([2, 3, 224, 224])
    """
    unit = torch.as_tensor(unit).expand(len(images))
    units = strongest(net, images, layer, unit)
    if position is not None:
        y, x = (torch.full_like(units.unit, place) for place in position)
        units = Units(units.image, units.unit, y, x)
    return project(net, images, layer, units, switches=switches).full(*images.shape[2:])


@torch.no_grad()
def plain_deconvnet(
    net: nn.Module,
    images: Tensor,
    layer: str,
    unit: int | Sequence[int] | np.ndarray | Tensor,
    *,
    switches: str = "sum",
) -> Tensor:
    """What `deconvnet` gives, by its definition: whole maps, one layer after the other (ZF 2.1).

    Example:
        >>> net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2))
        >>> plain_deconvnet(net, torch.randn(2, 3, 9, 9), "2", unit=1).shape
        torch.Size([2, 3, 9, 9])
    """
    layers = [entry.module for entry in chain(net, layer)]
    x, inputs = images.to(next(net.parameters(), images).device), []
    for module in layers:  # up
        inputs.append(x)
        x = module(x)
    x = only_strongest(x, unit)
    for module, before in zip(reversed(layers), reversed(inputs), strict=True):  # down
        x = undo(module, x, before, switches)
    return x


def only_strongest(maps: Tensor, unit: int | Sequence[int] | np.ndarray | Tensor) -> Tensor:
    """Maps (N, C, h, w) with all but the strongest activation of `unit` zero, in each image.

    Example:
        >>> only_strongest(torch.tensor([[[1.0, 3.0, 2.0], [5.0, 4.0, 6.0]]]), unit=0).tolist()
        [[[0.0, 3.0, 0.0], [0.0, 0.0, 0.0]]]
    """
    flat, n = maps.reshape(*maps.shape[:2], -1), torch.arange(len(maps))  # (N, C, h * w)
    place = flat[n, unit].argmax(dim=1)
    chosen = torch.zeros_like(flat)
    chosen[n, unit, place] = flat[n, unit, place]
    return chosen.reshape(maps.shape)


def undo(module: nn.Module, x: Tensor, before: Tensor, switches: str = "sum") -> Tensor:
    """One step down: from what a layer gave, x, to its input `before`, whose shape comes back.

    Example:
        >>> pool, before = nn.MaxPool2d(2), torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
        >>> undo(pool, torch.tensor([[[[7.0]]]]), before).tolist()
        [[[[0.0, 0.0], [0.0, 7.0]]]]
    """
    match module:
        case nn.MaxPool2d() as pool:  # the switches are where the maxima were
            window = pool.kernel_size, pool.stride, pool.padding, pool.dilation, pool.ceil_mode
            _, places = F.max_pool2d(before, *window, return_indices=True)
            return unpool(x, places, before.shape[2:], switches)
        case nn.ReLU():
            return x.relu()
        case nn.Conv2d() as conv:  # the same filters transposed, without biases
            steps = conv.stride, conv.padding, conv.dilation, conv.groups
            return conv2d_input(before.shape, conv.weight, x, *steps)
        case nn.Linear() as full:
            return x @ full.weight
        case nn.Flatten():
            return x.reshape(before.shape)
        case Scale() as scale:
            return x / scale.by
        case _:  # LRN: its divisors are near constant over a window
            return x


@torch.no_grad()
def strongest(net: nn.Module, images: Tensor, layer: str, units: Sequence[int] | Tensor) -> Units:
    """For image i of (B, 3, H, W), the place where unit `units[i]` of `layer` responds most.

    Raises ValueError for a layer or unit that does not exist and for activations that are NaN.
    """
    x = activations(net, images, layer, batch=len(images))[layer]
    unit = torch.as_tensor(units, device=x.device)
    check_units(unit, x.shape[1], layer)
    row = torch.arange(len(x), device=x.device)
    value, place = x[row, unit].reshape(len(x), -1).max(dim=1)  # of (B, h * w)
    check_finite(value, layer)
    width = x.shape[3] if x.dim() == 4 else 1
    return Units(row, unit, place // width, place % width, value)


@torch.no_grad()
def project(
    net: nn.Module,
    images: Tensor,
    layer: str,
    units: Units,
    *,
    switches: str = "sum",
    batch: int = 36,
) -> Projection:
    """Carry activations of `layer` back to the pixels of images (N, 3, H, W) (ZF 2.1).

    As in `plain_deconvnet`; LRN is passed unchanged, since its divisors are near constant over a
    window and ZF describe no step for it. Where `units.value` is given the forward pass ends at the
    last pooling it needs. Raises ValueError for what `chain`, `strongest` and `unpool` refuse, and
    for a position outside of the map.
    """
    if switches not in MODES:
        raise ValueError(f"switches are shared by 'sum' or 'overwrite', not {switches!r}")
    layers = chain(net, layer)
    sizes = shapes(layers, tuple(images.shape[1:]))
    reader = LayerReader(net, layer)
    images, units = images.to(reader.device, reader.dtype), units.to(reader.device)
    maps, height, width = (*sizes[-1], 1, 1)[:3]
    check_units(units.unit, maps, layer)
    _check_places("row", units.y, height, layer)
    _check_places("column", units.x, width, layer)
    _check_places("image", units.image, len(images), layer)
    if units.value is not None:
        check_finite(units.value, layer)
    parts = [
        WindowedDeconvnet(layers, sizes, images, units[start : start + batch]).project(switches)
        for start in range(0, len(units), batch)
    ]
    fields = zip(*((p.pixels, p.origin, p.value) for p in parts), strict=True)
    return Projection(*(torch.cat(field) for field in fields))


def _check_places(name: str, places: Tensor, count: int, layer: str) -> None:
    wrong = places[(places < 0) | (places >= count)]
    if len(wrong):
        raise ValueError(f"no {name} {int(wrong[0])} for {layer}: there are 0 to {count - 1}")
