"""Receptive fields: which pixels a unit can see, computed layer by layer from the net itself."""

from dataclasses import dataclass

import torch
from torch import nn

from cnnlab.nets.convnet import ConvNet
from cnnlab.nets.spec import NetSpec
from cnnlab.seeing.chain import chain


@dataclass(frozen=True)
class ReceptiveField:
    """On each axis the unit at position i sees `size` pixels from start + i * stride on."""

    size: int
    stride: int
    start: int  # below zero where the padding is seen as well

    def span(self, i: int, pixels: int | None = None) -> tuple[int, int]:
        """First pixel and the one past the last that position i sees, cut to `pixels` if given."""
        first = self.start + i * self.stride
        if pixels is None:
            return first, first + self.size
        return max(0, first), min(pixels, first + self.size)


def receptive_field(net: nn.Module | NetSpec, layer: str) -> ReceptiveField:
    """Receptive field of the units of a convolutional layer, exact, padding included.

    A unit at (y, x) sees rows `span(y)` and columns `span(x)`. Raises ValueError for a layer that
    is not there, and for a fully connected one, whose units see every pixel.

    Example:
        >>> from cnnlab.nets.spec import ZFNET
        >>> receptive_field(ZFNET, "layer5").size
        171
    """
    if isinstance(net, NetSpec):
        with torch.device("meta"):  # the geometry alone, no weights
            net = ConvNet(net)
    size, stride, start = 1, 1, 0
    for entry in chain(net, layer):
        if entry.geometry is None:
            raise ValueError(f"a unit of {layer} sees the whole image: it is fully connected")
        g = entry.geometry
        start -= g.pad * stride
        size += (g.extent - 1) * stride
        stride *= g.stride
    return ReceptiveField(size, stride, start)
