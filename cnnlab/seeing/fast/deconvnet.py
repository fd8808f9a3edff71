"""The deconvnet of chosen activations, computing only the positions inside receptive fields.

B activations, C channels, h x w positions. Map i is the input of layer i, map 0 the image. A window
is the part of a map that one unit sees.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab.nets.convnet import Scale
from cnnlab.seeing.chain import ChainLayer
from cnnlab.seeing.checks import check_finite
from cnnlab.seeing.fast.transposed import transposed_filters
from cnnlab.seeing.fast.windows import cut, fill_outside, paste
from cnnlab.seeing.projection import Projection, Units, unpool

LARGEST = 0.8  # of a map's area: instead of larger windows the whole map is computed


class WindowedDeconvnet:
    """The way up to the chosen activations and down again, for one batch.

    `spans[i]` is the side of the window of map i that a unit sees, `extent[i]` the same or None
    where the whole map is computed; `origin[i]` (B, 2) is where those windows start. `sizes` are
    the `shapes` of the layers.
    """

    def __init__(
        self,
        layers: tuple[ChainLayer, ...],
        sizes: list[tuple[int, ...]],
        images: Tensor,
        units: Units,
    ):
        self.layers, self.sizes, self.images, self.units = layers, sizes, images, units
        self.origin = [torch.stack([units.y, units.x], dim=1)]
        spans = [1]
        for layer in reversed(layers):
            g = layer.geometry
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
            self.extent.append(None if flat or span**2 > LARGEST * size[1] * size[2] else span)
        last = max((i for i, e in enumerate(self.extent) if e is None), default=0)
        self.extent[:last] = [None] * last  # whole below a whole map

    def project(self, mode: str) -> Projection:
        """Reconstruct the batch's activations; `mode` says how switches are shared."""
        pools, value = self._forward()
        x, place = self._only(value)
        single = place is not None  # one value each, at `place`
        for i in reversed(range(len(self.layers))):
            module = self.layers[i].module
            if isinstance(module, nn.Conv2d):
                x, place = self._filter(i, module, x, place)
                single = False
            elif isinstance(module, nn.MaxPool2d):
                if single:  # it moves to its switch
                    place = self._at_switch(i, *pools[i])
                    continue
                x, place = self._in_frame(i + 1, x, place), None
                x = self._unpool(i, x, *pools[i], mode)
            elif isinstance(module, nn.ReLU):
                x = x.clamp_min_(0)  # every step down makes a tensor of its own
            elif isinstance(module, nn.Linear):
                x = x @ module.weight
            elif isinstance(module, nn.Flatten):
                x = x.reshape(len(x), *self.sizes[i])
            elif isinstance(module, Scale):
                x = x / module.by
        return self._crop(self._in_frame(0, x, place), value)

    def _forward(self) -> tuple[dict[int, tuple[Tensor, Tensor]], Tensor]:
        """Switches of every pooling on the way, with the row of each item, and the activations."""
        rows = self.units.image
        x, which, pools = self.images, rows, {}
        if self.extent[0] is None:  # whole maps: once for each distinct image
            distinct, which = torch.unique(rows, return_inverse=True)
            x = x[distinct]
        windowed = False  # x holds whole maps of the distinct images
        activation = self.units.value
        stop = len(self.layers)
        if activation is not None:
            pooled = [i for i, s in enumerate(self.layers) if isinstance(s.module, nn.MaxPool2d)]
            stop = pooled[-1] + 1 if pooled else 0
        for i, layer in enumerate(self.layers[:stop]):
            module = layer.module
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
                window = module.kernel_size, module.stride, 0 if windowed else module.padding
                ceil = module.ceil_mode and not windowed
                x, places = F.max_pool2d(x, *window, module.dilation, ceil, return_indices=True)
                pools[i] = places, which
            elif isinstance(module, nn.ReLU):
                x = x.clamp_min(0) if x is self.images else x.clamp_min_(0)
            else:
                x = module(x)
        if activation is not None:
            return pools, activation.to(x.dtype)
        y, left = (self.units.y, self.units.x) if not windowed else (0, 0)
        index = (which, self.units.unit, y, left) if x.dim() == 4 else (which, self.units.unit)
        value = x[index]
        check_finite(value, self.layers[-1].name)
        return pools, value

    def _only(self, value: Tensor) -> tuple[Tensor, Tensor | None]:
        """The chosen activations with nothing around them, and where they are, (B, 2)."""
        units, maps = self.units, self.sizes[-1][0]
        x = value.new_zeros(len(value), maps)
        x[torch.arange(len(value), device=value.device), units.unit] = value
        if len(self.sizes[-1]) < 3:
            return x, None
        return x[:, :, None, None], torch.stack([units.y, units.x], dim=1)

    def _filter(
        self, i: int, module: nn.Conv2d, x: Tensor, place: Tensor | None
    ) -> tuple[Tensor, Tensor | None]:
        """The transposed filters of layer i on windows at `place` (B, 2), or on those of map i."""
        g = self.layers[i].geometry
        assert g is not None
        weight, groups, dilation = module.weight, module.groups, module.dilation
        few = module.in_channels <= 4 and groups == 1 and dilation == (1, 1)
        whole = height, width = self._whole(i)
        if place is None and self.extent[i + 1] is None:
            if few:
                return transposed_filters(x, weight, g.stride, g.pad, whole), None
            # what the forward stride could not reach gets nothing
            more = [
                side - (n - 1) * g.stride - g.extent + 2 * g.pad
                for side, n in zip(whole, x.shape[2:], strict=True)
            ]
            x = F.conv_transpose2d(x, weight, None, g.stride, g.pad, more, groups, dilation)
            return x, None
        if few:
            x = transposed_filters(x, weight, g.stride)
        else:
            x = F.conv_transpose2d(x, weight, None, g.stride, groups=groups, dilation=dilation)
        if place is None:
            return self._in_frame(i, x, self.origin[i]), None
        place = place * g.stride - g.pad
        if x.shape[2] ** 2 > LARGEST * height * width:
            return self._in_frame(i, x, place), None
        return fill_outside(x, place, whole, 0.0), place

    def _at_switch(self, i: int, places: Tensor, which: Tensor) -> Tensor:
        """Where in the input of layer i the switches of the chosen units point, (B, 2)."""
        windowed = self.extent[i + 1] is not None
        y, x = (0, 0) if windowed else (self.units.y, self.units.x)
        flat = places[which, self.units.unit, y, x]
        width = self.spans[i] if windowed else self._whole(i)[1]
        place = torch.stack([flat // width, flat % width], dim=1)
        return place + self.origin[i] if windowed else place

    def _unpool(self, i: int, x: Tensor, places: Tensor, which: Tensor, mode: str) -> Tensor:
        if self.extent[i + 1] is None:
            each = len(places) == len(which) and bool((which.diff() == 1).all())
            return unpool(x, places if each else places[which], self._whole(i), mode)
        x = unpool(x, places, (self.spans[i], self.spans[i]), mode)
        return self._in_frame(i, x, self.origin[i])

    def _in_frame(self, i: int, x: Tensor, place: Tensor | None) -> Tensor:
        """Windows at `place` (B, 2) in the frame of map i, its whole map or its own windows."""
        if place is None:
            return x
        side, whole = self.extent[i], self._whole(i)
        if side is None:
            onto = x.new_zeros(len(x), *self.sizes[i])
        elif x.shape[2] == side and torch.equal(place, self.origin[i]):
            return fill_outside(x, place, whole, 0.0)
        else:
            place = place - self.origin[i]
            onto = x.new_zeros(len(x), self.sizes[i][0], side, side)
        onto = paste(x, place, onto.contiguous(memory_format=torch.channels_last))
        return onto if side is None else fill_outside(onto, self.origin[i], whole, 0.0)

    def _crop(self, x: Tensor, value: Tensor) -> Projection:
        height, width = self._whole(0)
        h, w = (min(self.spans[0], side) for side in (height, width))
        room = torch.tensor([height - h, width - w], device=x.device)
        origin = torch.minimum(self.origin[0].clamp_min(0), room)  # (B, 2)
        start = origin if self.extent[0] is None else origin - self.origin[0]
        rows = torch.arange(len(x), device=x.device)
        pixels = cut(x, rows, start, (h, w), 0.0)
        return Projection(pixels, origin, value)

    def _whole(self, i: int) -> tuple[int, int]:
        return self.sizes[i][1], self.sizes[i][2]
