"""Local response normalisation, forward and backward: ours against torch's and shifted slices."""

from functools import partial

import torch
from torch import Tensor, nn

from cnnlab.bench.paired import paired
from cnnlab.bench.row import Row
from cnnlab.nets.lrn import LRN
from cnnlab.nets.spec import Norm

# images, channels, side: layers 1 and 2 of the quarter-width ZFNet, layer 1 at full size
SHAPES = ((64, 24, 28), (64, 64, 7), (8, 96, 55))
REPEATS = 5
CONSTANTS = Norm()


class Shifted(nn.Module):
    """The window's sum as shifted slices added up, channels-last: the plain way in tensors."""

    def forward(self, x: Tensor) -> Tensor:
        n, c = CONSTANTS, x.shape[1]
        squares = nn.functional.pad(x * x, (0, 0, 0, 0, n.size // 2, n.size // 2))
        window = sum(squares[:, i : i + c] for i in range(n.size))
        return x * (n.k + n.alpha * window) ** -n.beta


def run() -> list[Row]:
    """One row a shape and rival; both in fp32, and ours in bf16 against torch's fp32 last."""
    n = CONSTANTS
    ours = LRN(n.size, n.alpha, n.beta, n.k)
    stock = nn.LocalResponseNorm(n.size, n.alpha * n.size, n.beta, n.k)
    rows = []
    for shape in SHAPES:
        plain = _activations(*shape)  # NCHW
        last = plain.contiguous(memory_format=torch.channels_last)
        half = last.bfloat16()
        contestants = ((ours, last), (stock, plain), (Shifted(), last), (ours, half))
        calls = [partial(_both_ways, norm, x) for norm, x in contestants]
        a, b, c, d = (tuple(1e3 * s for s in times) for times in paired(calls, REPEATS))
        where = "x".join(map(str, (*shape, shape[-1])))
        agrees = f"values and gradients agree to {_apart(ours, last, stock, plain):.0e}"
        rows += [
            Row(f"{where}, rival nn.LocalResponseNorm", a, b, unit="ms", note=agrees),
            Row(f"{where}, rival shifted slices", a, c, unit="ms"),
            Row(f"{where}, ours in bf16, rival nn.LocalResponseNorm in fp32", d, b, unit="ms"),
        ]
    return rows


def _activations(images: int, channels: int, side: int) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return 40 * torch.randn(images, channels, side, side, generator=generator).relu()


def _both_ways(norm: nn.Module, x: Tensor) -> tuple[Tensor, Tensor]:
    """Output, and gradient of half its squared sum, at x."""
    x = x.detach().requires_grad_()
    y = norm(x)
    y.backward(y.detach())
    assert x.grad is not None
    return y.detach(), x.grad


def _apart(a: nn.Module, x: Tensor, b: nn.Module, z: Tensor) -> float:
    """Largest difference of outputs and gradients, relative to the largest value."""
    pairs = zip(_both_ways(a, x), _both_ways(b, z), strict=True)
    return max(float((p - q).abs().max() / q.abs().max()) for p, q in pairs)
