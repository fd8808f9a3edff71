"""The deconvnet of ZF 2.1: one activation carried back to the pixels that caused it.

Exact, for many activations at once, and limited to what each unit sees: up and down, only the
positions inside its receptive field are computed. B activations, C channels, h x w positions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab.nets.convnet import Scale
from cnnlab.seeing.chain import Stage, chain, shapes
from cnnlab.seeing.spread import spread
from cnnlab.seeing.unpool import MODES, unpool
from cnnlab.seeing.windows import cut, fill_outside, paste

WORTH = 0.8  # of a map's area: larger windows are computed as the whole map


@dataclass(frozen=True)
class Units:
    """Chosen activations: unit `unit[i]` at row `y[i]`, column `x[i]`, seeing image `image[i]`.

    Integer tensors (B,); `value` holds known activations. A fully connected unit is at (0, 0).
    """

    image: Tensor
    unit: Tensor
    y: Tensor
    x: Tensor
    value: Tensor | None = None

    def __len__(self) -> int:
        return len(self.image)

    def __getitem__(self, part: slice | Tensor) -> "Units":
        value = None if self.value is None else self.value[part]
        return Units(self.image[part], self.unit[part], self.y[part], self.x[part], value)


@dataclass(frozen=True)
class Projection:
    """Reconstructions (B, 3, h, w) of the window of the image that each unit sees.

    The window's first pixel is at row `top`, column `left`; at the border it is moved into the
    image. `value` is the activation each one started from.
    """

    pixels: Tensor
    top: Tensor  # (B,)
    left: Tensor
    value: Tensor

    def full(self, height: int, width: int) -> Tensor:
        """The reconstructions at their places in whole images, zero elsewhere: (B, 3, H, W)."""
        out = self.pixels.new_zeros(len(self.pixels), self.pixels.shape[1], height, width)
        return paste(self.pixels, torch.stack([self.top, self.left], dim=1), out)

    def patches(self, images: Tensor, units: Units) -> Tensor:
        """The same windows cut out of the images the units saw: (B, 3, h, w)."""
        origin = torch.stack([self.top, self.left], dim=1)
        h, w = self.pixels.shape[2:]
        return cut(images, units.image.to(images.device), origin, (h, w), 0.0)


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
    _check_values(value, tap)
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
        _check_values(units.value, tap)
    parts = [
        _Walk(stages, sizes, images, units[slice(start, start + batch)]).down(switches)
        for start in range(0, len(units), batch)
    ]
    return Projection(*(torch.cat([getattr(p, name) for p in parts]) for name in _FIELDS))


_FIELDS = ("pixels", "top", "left", "value")


class _Walk:
    """Up to the chosen activations and down again, for one batch.

    Level i is the input of stage i. `extent[i]` is the side of the window on it that a unit sees,
    None where the whole map is computed; `origin[i]` (B, 2) is where those windows begin.
    """

    def __init__(
        self,
        stages: tuple[Stage, ...],
        sizes: list[tuple[int, ...]],
        images: Tensor,
        units: Units,
    ):
        self.stages, self.sizes, self.images, self.units = stages, sizes, images, units
        self.origin = [torch.stack([units.y, units.x], dim=1)]
        spans = [1]
        for stage in reversed(stages):
            g = stage.geometry
            if g is None:  # place is lost: everything below is seen
                spans.append(1_000_000)
                self.origin.append(torch.zeros_like(self.origin[-1]))
                continue
            spans.append((spans[-1] - 1) * g.stride + g.extent)
            self.origin.append(self.origin[-1] * g.stride - g.pad)
        self.origin.reverse()
        self.spans = spans[::-1]
        self.extent: list[int | None] = []
        for span, size in zip(self.spans, sizes, strict=True):
            flat = len(size) < 3
            self.extent.append(None if flat or span**2 > WORTH * size[1] * size[2] else span)
        last = max((i for i, e in enumerate(self.extent) if e is None), default=0)
        self.extent[:last] = [None] * last  # whole below a whole map

    def down(self, mode: str) -> Projection:
        """Reconstruct the batch's activations."""
        pools, value = self._up()
        x = self._seed(value)
        for i in reversed(range(len(self.stages))):
            module = self.stages[i].module
            if isinstance(module, nn.Conv2d):
                x = self._filter(i, module, x)
            elif isinstance(module, nn.MaxPool2d):
                x = self._unpool(i, x, *pools[i], mode)
            elif isinstance(module, nn.ReLU):
                x = x.clamp_min_(0)  # every step down makes a tensor of its own
            elif isinstance(module, nn.Linear):
                x = x @ module.weight
            elif isinstance(module, nn.Flatten):
                x = x.reshape(len(x), *self.sizes[i])
            elif isinstance(module, Scale):
                x = x / module.by
        return self._cropped(x, value)

    def _up(self) -> tuple[dict[int, tuple[Tensor, Tensor]], Tensor]:
        """Switches of every pooling on the way, with the row of each item, and the activations."""
        rows = self.units.image
        x, which, pools = self.images, rows, {}
        if self.extent[0] is None:  # whole maps: once for each distinct image
            distinct, which = torch.unique(rows, return_inverse=True)
            x = x[distinct]
        windowed = False  # x holds whole maps of the distinct images
        known = self.units.value
        stop = len(self.stages)
        if known is not None:
            pooled = [i for i, s in enumerate(self.stages) if isinstance(s.module, nn.MaxPool2d)]
            stop = pooled[-1] + 1 if pooled else 0
        for i, stage in enumerate(self.stages[:stop]):
            module = stage.module
            reads = isinstance(module, nn.Conv2d | nn.MaxPool2d)
            fill = -torch.inf if isinstance(module, nn.MaxPool2d) else 0.0
            if not windowed and self.extent[i + 1] is not None and reads:
                side = self.spans[i]
                x = cut(x, which, self.origin[i], (side, side), fill)
                windowed, which = True, torch.arange(len(rows), device=rows.device)
            elif windowed and reads:
                x = fill_outside(x, self.origin[i], self._whole(i), fill)
            if isinstance(module, nn.Conv2d) and windowed:
                x = F.conv2d(
                    x, module.weight, module.bias, module.stride, 0, module.dilation, module.groups
                )
            elif isinstance(module, nn.MaxPool2d):
                x, places = F.max_pool2d(
                    x,
                    module.kernel_size,
                    module.stride,
                    0 if windowed else module.padding,
                    module.dilation,
                    ceil_mode=module.ceil_mode and not windowed,
                    return_indices=True,
                )
                pools[i] = places, which
            elif isinstance(module, nn.ReLU):
                x = x.clamp_min_(0) if i else x.clamp_min(0)
            else:
                x = module(x)
        if known is not None:
            return pools, known.to(x.dtype)
        y, left = (self.units.y, self.units.x) if not windowed else (0, 0)
        at = (which, self.units.unit, y, left) if x.dim() == 4 else (which, self.units.unit)
        value = x[at]
        _check_values(value, self.stages[-1].name)
        return pools, value

    def _seed(self, value: Tensor) -> Tensor:
        """The layer with everything but the chosen activations zero."""
        n, size = torch.arange(len(value), device=value.device), self.sizes[-1]
        units = self.units
        if len(size) < 3:
            x = value.new_zeros(len(value), *size)
            x[n, units.unit] = value
        elif self.extent[-1] is None:
            x = value.new_zeros(len(value), *size)
            x[n, units.unit, units.y, units.x] = value
        else:
            x = value.new_zeros(len(value), size[0], 1, 1)
            x[n, units.unit] = value[:, None, None]
        return x

    def _filter(self, i: int, module: nn.Conv2d, x: Tensor) -> Tensor:
        g, whole = self.stages[i].geometry, self.extent[i + 1] is None
        assert g is not None
        if module.in_channels <= 4 and module.groups == 1 and module.dilation == (1, 1):
            x = spread(x, module.weight, g.stride)
        else:
            x = F.conv_transpose2d(
                x, module.weight, None, g.stride, groups=module.groups, dilation=module.dilation
            )
        if not whole:
            return self._settled(i, x)
        # off with the padding; what the forward stride could not reach gets nothing
        height, width = self._whole(i)
        x = x[:, :, g.pad : g.pad + height, g.pad : g.pad + width]
        return F.pad(x, (0, width - x.shape[3], 0, height - x.shape[2]))

    def _unpool(self, i: int, x: Tensor, places: Tensor, which: Tensor, mode: str) -> Tensor:
        if self.extent[i + 1] is None:
            return unpool(x, places[which], self._whole(i), mode)
        return self._settled(i, unpool(x, places, (self.spans[i], self.spans[i]), mode))

    def _settled(self, i: int, x: Tensor) -> Tensor:
        """A window that came down to level i: in its map where the whole is computed from here."""
        if self.extent[i] is None:
            onto = x.new_zeros(len(x), *self.sizes[i])
            onto = onto.contiguous(memory_format=torch.channels_last)
            return paste(x, self.origin[i], onto)
        return fill_outside(x, self.origin[i], self._whole(i), 0.0)

    def _cropped(self, x: Tensor, value: Tensor) -> Projection:
        height, width = self._whole(0)
        h, w = (min(self.spans[0], side) for side in (height, width))
        room = torch.tensor([height - h, width - w], device=x.device)
        origin = torch.minimum(self.origin[0].clamp_min(0), room)  # (B, 2)
        moved = origin if self.extent[0] is None else origin - self.origin[0]
        rows = torch.arange(len(x), device=x.device)
        pixels = cut(x, rows, moved, (h, w), 0.0)
        return Projection(pixels, origin[:, 0], origin[:, 1], value)

    def _whole(self, i: int) -> tuple[int, int]:
        return self.sizes[i][1], self.sizes[i][2]


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


def _check_values(values: Tensor, tap: str) -> None:
    if not bool(torch.isfinite(values).all()):
        raise ValueError(f"activations of {tap} are not finite; the net or the images hold NaN")
