"""The transposed filters of the first layer, fast: few output channels, large kernels."""

import torch
from torch import Tensor
from torch.nn import functional as F


def spread(x: Tensor, weight: Tensor, stride: int) -> Tensor:
    """What `F.conv_transpose2d(x, weight, stride=stride)` gives, for square kernels, no padding.

    x is (N, F, h, w), `weight` (F, C, k, k). Every r x r block of output pixels is one position of
    an ordinary convolution with C * r * r outputs, r a multiple of the stride. Libraries compute
    that two to three times as fast where C is 3: vector units hold 16 outputs, not 3.
    """
    step = 2 if stride == 1 else 1  # input positions a block advances by
    block, k = stride * step, weight.shape[2]
    reach = -(-(k - 1) // stride)  # input positions before the block's own that reach into it
    kernel = _blocks(weight, stride, block, step + reach, reach)
    sides = [(n - 1) * stride + k for n in x.shape[2:]]
    counts = [-(-side // block) for side in sides]
    right, below = (max(0, step * c - n) for c, n in zip(counts[::-1], x.shape[:1:-1], strict=True))
    blocks = F.conv2d(F.pad(x, (reach, right, reach, below)), kernel, stride=step)
    blocks = blocks[:, :, : counts[0], : counts[1]]
    return F.pixel_shuffle(blocks, block)[:, :, : sides[0], : sides[1]]


def _blocks(weight: Tensor, stride: int, block: int, length: int, reach: int) -> Tensor:
    """Weights (F, C, k, k) for blocks of output pixels: (C * block^2, F, length, length)."""
    pixel = torch.arange(block, device=weight.device)[:, None]
    position = torch.arange(length, device=weight.device)[None] - reach
    tap = (
        pixel - stride * position
    )  # which weight carries the position to the pixel (block, length)
    hit = (tap >= 0) & (tap < weight.shape[2])
    tap = tap.clamp(0, weight.shape[2] - 1)
    spread_out = weight[:, :, tap[:, :, None, None], tap[None, None]]  # (F, C, block, L, block, L)
    spread_out = spread_out * (hit[:, :, None, None] & hit[None, None])
    kernel = spread_out.permute(1, 2, 4, 0, 3, 5).reshape(-1, weight.shape[0], length, length)
    return kernel.contiguous(memory_format=torch.channels_last)
