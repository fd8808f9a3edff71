"""A net computed anew only where its input changed: the first layers in windows, the rest whole.

B squares on N images; a block is a convolution with what follows it up to the next one.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab.seeing.chain import Stage, shapes
from cnnlab.seeing.windows import cut, fill_outside, paste

WORTH = 0.6  # of a map's area: a block that changes more of it is computed whole


class Partial:
    """Activations of images with a square hidden, computed where the square can be seen.

    Stages from number `until` on are left to the caller, and often more. `whole` computes nothing
    here, as a check and for comparison.
    """

    def __init__(
        self,
        stages: tuple[Stage, ...],
        images: Tensor,
        size: int,
        *,
        until: int | None = None,
        whole: bool = False,
    ):
        self.stages, self.images, self.size = stages, images, size
        self.until = len(stages) if until is None else until
        self.sizes = shapes(stages, tuple(images.shape[1:]))
        self.blocks = [] if whole else self._blocks()
        self.clear = [images]  # input of each block, and output of the last, nothing hidden
        for first, last, _, _ in self.blocks:
            x = self.clear[-1]
            for stage in stages[first:last]:
                x = stage.module(x)
            self.clear.append(x.contiguous(memory_format=torch.channels_last))
        self.added = self._added()

    def __call__(self, image: Tensor, at: Tensor, cover: Tensor) -> tuple[Tensor, int]:
        """Activations (B, ...) and the number of the stage that reads them.

        Square b lies on image[b] with its first pixel at row, column at[b], showing what `cover`
        (N, 3, P, P) has there.
        """
        changed, origin = None, at
        for (first, last, _, span), clear in zip(self.blocks, self.clear, strict=False):
            origins = [self._changed(origin, first, last)]
            spans = [span]
            for stage in reversed(self.stages[first:last]):
                g = stage.geometry
                assert g is not None
                origins.append(origins[-1] * g.stride - g.pad)
                spans.append((spans[-1] - 1) * g.stride + g.extent)
            fill = -torch.inf if isinstance(self.stages[first].module, nn.MaxPool2d) else 0.0
            x = cut(clear, image, origins[-1], (spans[-1], spans[-1]), fill)
            if changed is None:
                self._hide(x, image, at, origins[-1], cover)
            else:
                paste(changed, origin - origins[-1], x)
                fill_outside(x, origins[-1], self._side(first), fill)
            changed, origin = self._run(x, first, last, origins[::-1]), origins[0]
        if changed is None:
            x = self.images[image].clone()
            self._hide(x, image, at, torch.zeros_like(at), cover)
            return x, 0
        last = self.blocks[-1][1]
        if self.added:
            return self._add(changed, origin, image), self.added[-1][0] + 1
        onto = self.clear[-1][image].contiguous(memory_format=torch.channels_last)
        return paste(changed.to(onto.dtype), origin, onto), last

    def _added(self) -> list[tuple[int, Tensor, Tensor]]:
        """Convolutions after the blocks that only add the change: stage, clear input and output.

        They are linear: the output changes by what they make of the change, which is small even
        where so much of the output changes that a window of it would not pay.
        """
        found = []
        at, span = self.blocks[-1][1::2] if self.blocks else (self.until, 0)
        x = self.clear[-1]
        while at < self.until and isinstance(module := self.stages[at].module, nn.Conv2d):
            g, (_, height, width) = self.stages[at].geometry, self.sizes[at]
            assert g is not None
            plain = (module.stride, module.dilation) == ((1, 1), (1, 1))
            if not plain or span**2 > WORTH * height * width:
                break
            out = module(x).contiguous(memory_format=torch.channels_last)
            found.append((at, x, out))
            at, x, span = at + 2, out.clamp_min(0), span + g.extent - 1
            if at >= self.until or not isinstance(self.stages[at - 1].module, nn.ReLU):
                break
        return found

    def _add(self, changed: Tensor, origin: Tensor, image: Tensor) -> Tensor:
        """Output of the last of these for an input that is `changed` in windows at `origin`."""
        for at, x, out in self.added:
            g, module = self.stages[at].geometry, self.stages[at].module
            assert g is not None and isinstance(module, nn.Conv2d)
            if at > self.added[0][0]:
                changed = changed.clamp_min_(0)
            change = changed - cut(x, image, origin, (changed.shape[2], changed.shape[3]), 0.0)
            change = fill_outside(change, origin, self._side(at), 0.0)
            reach = g.extent - 1
            more = F.conv2d(change, module.weight, None, 1, reach, 1, module.groups)
            origin = origin - reach + g.pad
            if at < self.added[-1][0]:
                more = more.to(out.dtype)
                changed = more + cut(out, image, origin, (more.shape[2], more.shape[3]), 0.0)
        onto = out[image].contiguous(memory_format=torch.channels_last)
        return paste(more.to(onto.dtype), origin, onto, add=True)

    def _hide(self, x: Tensor, image: Tensor, at: Tensor, origin: Tensor, cover: Tensor) -> None:
        size = (self.size, self.size)
        paste(cut(cover, image, at, size, 0.0), at - origin, x)

    def _run(self, x: Tensor, first: int, last: int, origins: list[Tensor]) -> Tensor:
        for i in range(first, last):
            module = self.stages[i].module
            if i > first and isinstance(module, nn.Conv2d | nn.MaxPool2d):
                fill = -torch.inf if isinstance(module, nn.MaxPool2d) else 0.0
                x = fill_outside(x, origins[i - first], self._side(i), fill)
            if isinstance(module, nn.Conv2d):
                bias, dilation = module.bias, module.dilation
                x = F.conv2d(x, module.weight, bias, module.stride, 0, dilation, module.groups)
            elif isinstance(module, nn.MaxPool2d):
                x = F.max_pool2d(x, module.kernel_size, module.stride, 0, module.dilation)
            elif isinstance(module, nn.ReLU) and i > first:
                x = x.clamp_min_(0)  # of a tensor that the stage before has made
            else:
                x = module(x)
        return x

    def _blocks(self) -> list[tuple[int, int, int, int]]:
        """Blocks worth computing in windows: first stage, one past the last, spans in and out."""
        starts = [i for i, s in enumerate(self.stages) if isinstance(s.module, nn.Conv2d)]
        flat = (i for i, s in enumerate(self.stages) if s.geometry is None)
        # what stands before the first convolution belongs to it
        edges = [0, *starts[1:], next(flat, len(self.stages))]
        blocks, span = [], self.size
        for first, last in pairwise(edges):
            out = span
            for stage in self.stages[first:last]:
                g = stage.geometry
                assert g is not None
                out = (out + g.extent - 2) // g.stride + 1
            needs = out
            for stage in reversed(self.stages[first:last]):
                g = stage.geometry
                assert g is not None
                needs = (needs - 1) * g.stride + g.extent
            _, height, width = self.sizes[first]
            if needs**2 > WORTH * height * width or last > self.until:
                break
            blocks.append((first, last, span, out))
            span = out
        return blocks

    def _changed(self, origin: Tensor, first: int, last: int) -> Tensor:
        """First position of each axis that can change at the end of a block."""
        for stage in self.stages[first:last]:
            g = stage.geometry
            assert g is not None
            origin = -(-(origin + g.pad - g.extent + 1)).div(g.stride, rounding_mode="floor")
        return origin

    def _side(self, level: int) -> tuple[int, int]:
        return self.sizes[level][1], self.sizes[level][2]
