"""What must hold of nets, units and values before they are looked at, each with its fix."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn


def check_readable(net: nn.Module) -> None:
    """Raise ValueError for a net whose layers cannot be read one image at a time by hooks."""
    for name, module in net.named_modules():
        what = f"{name or 'the net'} is a {type(module).__name__}"
        if isinstance(module, torch.jit.ScriptModule):
            raise ValueError(f"{what}, whose layers no hook can read; give the net it was made of")
        if any(map(nn.parameter.is_lazy, module.parameters(recurse=False))):
            raise ValueError(f"{what} that has no weights yet; call the net once on an image")


def mixes_images(module: nn.Module) -> bool:
    """Whether what a layer gives an image depends on the others of its batch, in any mode."""
    return isinstance(module, nn.modules.batchnorm._BatchNorm) and module.running_mean is None


def check_units(units: Tensor, count: int, layer: str) -> None:
    """Raise ValueError for no units at all, or for one that a layer with `count` does not have."""
    if not len(units):
        raise ValueError(f"no units of {layer} were asked for; it has 0 to {count - 1}")
    wrong = units[(units < 0) | (units >= count)]
    if len(wrong):
        raise ValueError(f"{layer} has units 0 to {count - 1}, no unit {int(wrong[0])}")


def check_finite(values: Tensor, layer: str) -> None:
    """Raise ValueError for activations that are NaN or infinite."""
    if not bool(torch.isfinite(values).all()):
        raise ValueError(f"activations of {layer} are not finite; the net or the images hold NaN")


def check_labels(scores: Sequence[int], labels: Tensor) -> None:
    """Raise ValueError unless an image's answer is scores (K,), and `labels` are some of them."""
    if len(scores) != 1:
        raise ValueError(f"the net answers with {tuple(scores)} an image, not with scores (K,)")
    wrong = labels[(labels < 0) | (labels >= scores[0])]
    if len(wrong):
        raise ValueError(f"the net has classes 0 to {scores[0] - 1}, no class {wrong[0]}")


def check_square(size: int, height: int, width: int) -> None:
    """Raise ValueError for a square to hide that does not fit an image."""
    if not 0 < size <= min(height, width):
        raise ValueError(f"a square of {size} px does not fit an image of {width} x {height} px")
