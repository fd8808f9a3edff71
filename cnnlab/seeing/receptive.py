"""Receptive fields: which pixels a unit can see, computed layer by layer from the net itself."""

from dataclasses import dataclass

import torch
from torch import nn

from cnnlab.nets.convnet import ConvNet
from cnnlab.nets.spec import NetSpec
from cnnlab.seeing.chain import chain


@dataclass(frozen=True)
class Field:
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


def field(net: nn.Module | NetSpec, tap: str) -> Field:
    """Receptive field of a convolutional stage's units, exact, padding included.

    A unit at (y, x) sees rows `span(y)` and columns `span(x)`. Raises ValueError for a stage that
    is not there, and for a fully connected one, whose units see every pixel.
    """
    if isinstance(net, NetSpec):
        with torch.device("meta"):  # the geometry alone, no weights
            net = ConvNet(net)
    size, stride, start = 1, 1, 0
    for stage in chain(net, tap):
        if stage.geometry is None:
            raise ValueError(f"a unit of {tap} sees the whole image: it is fully connected")
        g = stage.geometry
        start -= g.pad * stride
        size += (g.extent - 1) * stride
        stride *= g.stride
    return Field(size, stride, start)


def fields(net: nn.Module | NetSpec, taps: tuple[str, ...]) -> dict[str, Field]:
    """Receptive fields of several stages, by their names as given."""
    return {tap: field(net, tap) for tap in taps}
