"""Occlusion of chains, computed only where a square changes something.

B squares on N images. Map i is the input of layer i, map 0 the image. A window of map i holds all
that a square can have changed there; B windows have one size and lie on their maps.
"""

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab.seeing.chain import POINTWISE, ChainLayer, Geometry
from cnnlab.seeing.checks import check_finite
from cnnlab.seeing.fast.windows import cut, paste

LARGEST = 0.8  # of a map's area: where a square changes more of it, the whole map is computed
ENOUGH_WORK = 2e10  # multiplications that take much longer than starting a batch of windows
HEAD_BATCHES = 4  # that share a pass through the last layers, whose weights are slow to read
Tile = tuple[Tensor, Tensor]  # images and places on the grid (B,) of some squares


def occlude(
    layers: tuple[ChainLayer, ...],
    last: int,
    images: Tensor,
    labels: Tensor,
    cover: Tensor,
    *,
    size: int,
    rows: np.ndarray,
    columns: np.ndarray,
    batch: int,
) -> list[Tensor]:
    """The first seven fields of `OcclusionMaps`, watching the maps of layer number `last`.

    The square begins at all `rows` and `columns` and shows `cover` (N, 3, H, W). Squares come in
    tiles of neighbours, whose maps wait for each other before the layers above read them.
    """
    parts = []
    for x, label, square in zip(*(t.split(batch) for t in (images, labels, cover)), strict=True):
        local = LocalForward(layers[: last + 1], x, size)
        watch = _Watch(layers[last + 1 :], local.clear[-1], label)
        grid = torch.cartesian_prod(torch.from_numpy(rows), torch.from_numpy(columns)).to(x.device)
        count = min(batch, local.squares_at_once())
        tiles = _tiles(len(x), len(rows), len(columns), count, x.device)
        values = []
        for group in _at_most(tiles, HEAD_BATCHES * batch):
            maps = torch.cat([local(image, grid[place], square) for image, place in group])
            values.append(watch.read(maps, torch.cat([image for image, _ in group])))
        order = torch.cat([image * len(grid) + place for image, place in tiles]).argsort()
        shape = (len(x), len(rows), len(columns))
        hidden = [torch.cat(v)[order].reshape(shape) for v in zip(*values, strict=True)]
        parts.append((*hidden, watch.unit, *watch.clear))
    return [torch.cat(field) for field in zip(*parts, strict=True)]


class LocalForward:
    """Activations of images with a square hidden, computed where the square can be seen.

    The layers above the last of the given ones, and those from a flattening on, are left to the
    caller. `clear` holds the input of each layer and the last output, with nothing hidden.
    """

    def __init__(self, layers: tuple[ChainLayer, ...], images: Tensor, size: int):
        self.layers, self.size, self.clear = layers, size, [images]
        for layer in layers:
            x = layer.module(self.clear[-1])
            self.clear.append(x.contiguous(memory_format=torch.channels_last))
        self.sizes = [x.shape[1:] for x in self.clear]

    def __call__(self, image: Tensor, place: Tensor, cover: Tensor) -> Tensor:
        """Output of the last layer (B, C, H, W) for square b of image[b] at row, column place[b].

        The square shows what `cover` (N, 3, H, W) has there. A convolution is linear: only the
        change goes through it, and what comes out is added to the clear output.
        """
        x, origin, i = cut(cover, image, place, (self.size, self.size), 0.0), place, 0
        while i < len(self.layers) and self.is_local(i, x):
            module = self.layers[i].module
            if isinstance(module, nn.Conv2d) and module.stride == (1, 1):
                x, origin = self._add_change(i, module, x, origin, image)
            elif isinstance(module, nn.Conv2d | nn.MaxPool2d):
                x, origin = self._recompute(i, module, x, origin, image)
            else:
                x = x.clamp_min_(0) if isinstance(module, nn.ReLU) else module(x)
            i += 1
        if _side(x) != self.sizes[i][1:]:
            onto = self.clear[i].index_select(0, image)
            onto = onto.contiguous(memory_format=torch.channels_last)
            x = paste(x.to(onto.dtype), origin, onto)
        for layer in self.layers[i:]:
            x = layer.module(x)
        return x

    def is_local(self, i: int, window: Tensor) -> bool:
        """Whether layer i is computed in windows of this size (B, C, h, w)."""
        _, height, width = self.sizes[i]
        known = isinstance(self.layers[i].module, (nn.Conv2d, nn.MaxPool2d, *POINTWISE))
        return known and window.shape[2] * window.shape[3] <= LARGEST * height * width

    def squares_at_once(self) -> int:
        """How many squares of one image keep the processor busy."""
        modules = [layer.module for layer in self.layers]
        convs = [(i, m) for i, m in enumerate(modules) if isinstance(m, nn.Conv2d)]
        work = sum(math.prod(self.sizes[i + 1]) * conv.weight[0].numel() for i, conv in convs)
        return max(1, int(ENOUGH_WORK / max(1, work)))

    def _add_change(
        self, i: int, module: nn.Conv2d, x: Tensor, origin: Tensor, image: Tensor
    ) -> tuple[Tensor, Tensor]:
        g = self._geometry(i)
        change = x - cut(self.clear[i], image, origin, _side(x), 0.0)
        reach = g.extent - 1
        more = F.conv2d(change, module.weight, None, 1, reach, module.dilation, module.groups)
        first, side = self._changed(i, origin, _side(x))
        onto = cut(self.clear[i + 1], image, first, side, 0.0)
        return paste(more.to(onto.dtype), origin - reach + g.pad - first, onto, add=True), first

    def _recompute(
        self, i: int, module: nn.Module, x: Tensor, origin: Tensor, image: Tensor
    ) -> tuple[Tensor, Tensor]:
        g = self._geometry(i)
        first, side = self._changed(i, origin, _side(x))
        reads = first * g.stride - g.pad
        height, width = ((n - 1) * g.stride + g.extent for n in side)
        fill = -torch.inf if isinstance(module, nn.MaxPool2d) else 0.0
        onto = cut(self.clear[i], image, reads, (height, width), fill)
        x = paste(x.to(onto.dtype), origin - reads, onto)
        if isinstance(module, nn.MaxPool2d):
            return F.max_pool2d(x, module.kernel_size, module.stride, 0, module.dilation), first
        assert isinstance(module, nn.Conv2d)
        weight, bias = module.weight, module.bias
        return F.conv2d(x, weight, bias, module.stride, 0, module.dilation, module.groups), first

    def _changed(
        self, i: int, origin: Tensor, side: tuple[int, int]
    ) -> tuple[Tensor, tuple[int, int]]:
        """First output positions (B, 2) that windows at `origin` can change, and how many."""
        g, whole = self._geometry(i), torch.tensor(self.sizes[i + 1][1:])
        whole, begin = whole.to(origin.device), origin + g.pad
        first = -(g.extent - 1 - begin).div(g.stride, rounding_mode="floor")
        end = begin + torch.tensor(side, device=origin.device) - 1
        last = end.div(g.stride, rounding_mode="floor")
        first = first.clamp_min(0)
        count = (torch.minimum(last, whole - 1) - first + 1).amax(dim=0).clamp_min(1)  # (2,)
        height, width = count.tolist()
        return torch.minimum(first, whole - count), (height, width)

    def _geometry(self, i: int) -> Geometry:
        geometry = self.layers[i].geometry
        assert geometry is not None
        return geometry


def _side(x: Tensor) -> tuple[int, int]:
    return x.shape[2], x.shape[3]


class _Watch:
    """Reads the three values of Fig. 5 off the watched layer's maps and the answer they lead to."""

    def __init__(self, above: tuple[ChainLayer, ...], maps: Tensor, labels: Tensor):
        self.above, self.labels = above, labels.to(maps.device)
        self.unit = maps.flatten(2).amax(dim=2).argmax(dim=1)  # (N,)
        self.clear = self.read(maps, torch.arange(len(maps), device=maps.device))

    def read(self, x: Tensor, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Total of the watched map, p(true) and answer (B,) from the layer's maps (B, C, H, W)."""
        row = torch.arange(len(x), device=x.device)
        total = x[row, self.unit[image]].float().sum(dim=(1, 2))
        for layer in self.above:
            x = layer.module(x)
        scores = x.float().softmax(dim=1)
        check_finite(scores, "the answer")
        return total, scores[row, self.labels[image]], scores.argmax(dim=1)


def _tiles(images: int, rows: int, columns: int, count: int, device: torch.device) -> list[Tile]:
    """Images and places on the grid (B,) of all squares, about `count` neighbours at a time.

    Windows of neighbours stick out of the maps alike, so together they are smallest.
    """
    side = max(1, math.isqrt(count // images))
    numbers = torch.arange(rows * columns, device=device).reshape(rows, columns)
    places = [
        tile.flatten()
        for band in numbers.tensor_split(-(-rows // side))
        for tile in band.tensor_split(-(-columns // side), dim=1)
    ]
    every_image = torch.arange(images, device=device)
    pairs = [torch.cartesian_prod(every_image, place) for place in places]  # (B, 2)
    parts = [part for group in pairs for part in group.tensor_split(-(-len(group) // count))]
    return [(part[:, 0], part[:, 1]) for part in parts]


def _at_most(tiles: list[Tile], batch: int) -> Iterator[list[Tile]]:
    """Tiles in their order, together so many that they hold at most `batch` squares, or one."""
    group: list[Tile] = []
    for tile in tiles:
        if group and sum(len(image) for image, _ in group) + len(tile[0]) > batch:
            yield group
            group = []
        group.append(tile)
    yield group
