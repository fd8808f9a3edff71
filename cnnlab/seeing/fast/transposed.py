"""The transposed filters of the first layer, fast: few output channels, large kernels."""

import torch
from torch import Tensor
from torch.nn import functional as F


def transposed_filters(
    x: Tensor, weight: Tensor, stride: int, pad: int = 0, size: tuple[int, int] | None = None
) -> Tensor:
    """What `F.conv_transpose2d(x, weight, stride=stride)` gives, for square kernels.

    x is (N, F, h, w), `weight` (F, C, k, k). Only the `size` rows and columns from `pad` on are
    computed (default: all). Every r x r block of output pixels is one position of an ordinary
    convolution with C * r * r outputs, r a multiple of the stride. Libraries compute that two to
    three times as fast where C is 3: vector units hold 8 or 16 outputs, not 3.
    """
    step = 2 if stride == 1 else 1  # input positions a block advances by
    block, k = stride * step, weight.shape[2]
    height, width = size or tuple((n - 1) * stride + k for n in x.shape[2:])
    first = -((k - 1 - pad) // stride)  # input position the first block reads from
    length = (block - 1 + pad) // stride - first + 1
    counts = [-(-side // block) for side in (height, width)]
    # zeros before and after, as many on both sides: a convolution adds those by itself
    missing = max(c * step - n for c, n in zip(counts, x.shape[2:], strict=True)) + length - step
    extra = max(0, -(-(missing + 2 * first) // step))  # blocks computed before the first, not used
    kernel = _blocks(weight, stride, block, length, first, pad)
    before = extra * step - first
    if before < 0:  # what is kept starts after the first position
        x, before = x[:, :, -before:, -before:], 0
    blocks = F.conv2d(x, kernel, stride=step, padding=before)
    blocks = blocks[:, :, extra : extra + counts[0], extra : extra + counts[1]]
    return F.pixel_shuffle(blocks, block)[:, :, :height, :width]


def _blocks(weight: Tensor, stride: int, block: int, length: int, first: int, pad: int) -> Tensor:
    """Weights (F, C, k, k) for blocks of output pixels: (C * block^2, F, length, length)."""
    pixel = torch.arange(block, device=weight.device)[:, None] + pad
    position = torch.arange(length, device=weight.device)[None] + first
    offset = pixel - stride * position  # which weight carries position to pixel (block, length)
    valid = (offset >= 0) & (offset < weight.shape[2])
    offset = offset.clamp(0, weight.shape[2] - 1)
    scattered = weight[:, :, offset[:, :, None, None], offset]  # (F, C, block, L, block, L)
    scattered = scattered * (valid[:, :, None, None] & valid)
    kernel = scattered.permute(1, 2, 4, 0, 3, 5).reshape(-1, weight.shape[0], length, length)
    return kernel.contiguous(memory_format=torch.channels_last)
