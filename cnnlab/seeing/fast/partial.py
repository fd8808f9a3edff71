"""A net computed anew only where its input changed: the first layers in windows, the rest whole.

B squares on N images. The window of a level, the input of a stage, holds all that a square can have
changed there; B windows have one size and lie on their maps.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab.seeing.chain import POINTWISE, Geometry, Stage, shapes
from cnnlab.seeing.fast.windows import cut, paste

WORTH = 0.8  # of a map's area: where a square changes more of it, the whole map is computed
BUSY = 2e10  # multiplications that take much longer than starting a batch of windows


class Partial:
    """Activations of images with a square hidden, computed where the square can be seen.

    Stages from number `until` on are left to the caller. `whole` computes every map whole, as a
    check and for comparison.
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
        flat = next((i for i, s in enumerate(stages) if s.geometry is None), len(stages))
        self.until = flat if until is None else min(until, flat)
        self.stages, self.size = stages[: self.until], size
        self.sizes = shapes(self.stages, tuple(images.shape[1:]))
        self.worth = 0.0 if whole else WORTH
        self.clear = [images]  # the input of each stage and the last output, nothing hidden
        for stage in self.stages:
            x = stage.module(self.clear[-1])
            self.clear.append(x.contiguous(memory_format=torch.channels_last))

    def __call__(self, image: Tensor, at: Tensor, cover: Tensor) -> Tensor:
        """Output of the last stage (B, C, H, W) for square b at row, column at[b] of image[b].

        It shows what `cover` (N, 3, P, P) has there. A convolution is linear: only the change goes
        through it, and what comes out is added to the clear output.
        """
        x, origin, level = cut(cover, image, at, (self.size, self.size), 0.0), at, 0
        while level < self.until and self.pays(level, x):
            module = self.stages[level].module
            if isinstance(module, nn.Conv2d) and module.stride == (1, 1):
                x, origin = self._add(level, module, x, origin, image)
            elif isinstance(module, nn.Conv2d | nn.MaxPool2d):
                x, origin = self._redo(level, module, x, origin, image)
            else:
                x = x.clamp_min_(0) if isinstance(module, nn.ReLU) else module(x)
            level += 1
        if _side(x) != self.sizes[level][1:]:
            onto = self.clear[level].index_select(0, image)
            onto = onto.contiguous(memory_format=torch.channels_last)
            x = paste(x.to(onto.dtype), origin, onto)
        for stage in self.stages[level:]:
            x = stage.module(x)
        return x

    def pays(self, level: int, window: Tensor) -> bool:
        """Whether stage `level` is computed in windows of this size (B, C, h, w)."""
        _, height, width = self.sizes[level]
        known = isinstance(self.stages[level].module, (nn.Conv2d, nn.MaxPool2d, *POINTWISE))
        return known and window.shape[2] * window.shape[3] <= self.worth * height * width

    def few(self) -> int:
        """How many squares of one image keep the processor busy."""
        convs = [
            (i, s.module) for i, s in enumerate(self.stages) if isinstance(s.module, nn.Conv2d)
        ]
        work = sum(math.prod(self.sizes[i + 1]) * conv.weight[0].numel() for i, conv in convs)
        return max(1, int(BUSY / max(1, work)))

    def _add(
        self, level: int, module: nn.Conv2d, x: Tensor, origin: Tensor, image: Tensor
    ) -> tuple[Tensor, Tensor]:
        g = self._geometry(level)
        change = x - cut(self.clear[level], image, origin, _side(x), 0.0)
        reach = g.extent - 1
        more = F.conv2d(change, module.weight, None, 1, reach, module.dilation, module.groups)
        seen, side = self._changed(level, origin, _side(x))
        onto = cut(self.clear[level + 1], image, seen, side, 0.0)
        return paste(more.to(onto.dtype), origin - reach + g.pad - seen, onto, add=True), seen

    def _redo(
        self, level: int, module: nn.Module, x: Tensor, origin: Tensor, image: Tensor
    ) -> tuple[Tensor, Tensor]:
        g = self._geometry(level)
        seen, side = self._changed(level, origin, _side(x))
        reads = seen * g.stride - g.pad
        height, width = ((n - 1) * g.stride + g.extent for n in side)
        fill = -torch.inf if isinstance(module, nn.MaxPool2d) else 0.0
        onto = cut(self.clear[level], image, reads, (height, width), fill)
        x = paste(x.to(onto.dtype), origin - reads, onto)
        if isinstance(module, nn.MaxPool2d):
            return F.max_pool2d(x, module.kernel_size, module.stride, 0, module.dilation), seen
        assert isinstance(module, nn.Conv2d)
        weight, bias = module.weight, module.bias
        return F.conv2d(x, weight, bias, module.stride, 0, module.dilation, module.groups), seen

    def _changed(
        self, level: int, origin: Tensor, side: tuple[int, int]
    ) -> tuple[Tensor, tuple[int, int]]:
        """First output positions (B, 2) that windows at `origin` can change, and how many."""
        g, whole = self._geometry(level), torch.tensor(self.sizes[level + 1][1:])
        whole, begin = whole.to(origin.device), origin + g.pad
        first = -(g.extent - 1 - begin).div(g.stride, rounding_mode="floor")
        last = (begin + torch.tensor(side, device=origin.device) - 1).div(
            g.stride, rounding_mode="floor"
        )
        first = first.clamp_min(0)
        count = (torch.minimum(last, whole - 1) - first + 1).amax(dim=0).clamp_min(1)  # (2,)
        height, width = count.tolist()
        return torch.minimum(first, whole - count), (height, width)

    def _geometry(self, level: int) -> Geometry:
        geometry = self.stages[level].geometry
        assert geometry is not None
        return geometry


def _side(x: Tensor) -> tuple[int, int]:
    return x.shape[2], x.shape[3]
