"""What the processor could do at best, and what a net asks of it."""

import torch

from cnnlab.bench.paired import seconds
from cnnlab.nets.spec import NetSpec

SIDE = 2048  # of the square matrices: large enough for the best rate, small enough for any memory


def mm_flops(dtype: torch.dtype) -> float:
    """Operations a second of torch.mm on large squares, on torch's threads: the best of three."""
    a = torch.randn(SIDE, SIDE).to(dtype)
    b = torch.randn(SIDE, SIDE).to(dtype)
    torch.mm(a, b)
    return 2 * SIDE**3 / min(seconds(lambda: torch.mm(a, b)) for _ in range(3))


def training_flops(spec: NetSpec) -> float:
    """Operations (multiplications and additions) of one image forward and backward.

    Convolutions and full layers, counted from the spec: forward, gradient of the weights, gradient
    of the inputs, the last of which layer 1 has no use for.
    """
    shapes, total, inputs = spec.shapes(), 0, 3
    below = 0  # features that a full layer reads
    for i, c in enumerate(spec.convs):
        maps, side, _ = shapes[f"conv{c.layer}"]
        products = maps * side**2 * inputs // c.groups * c.kernel**2
        total += products * (2 if i == 0 else 3)
        inputs = maps
        top = shapes.get(f"pool{c.layer}", shapes[f"conv{c.layer}"])
        below = top[0] * top[1] * top[2]
    for units in (*spec.fc.values(), spec.classes):
        total += 3 * below * units
        below = units
    return 2.0 * total
