"""What a plain forward pass with hooks gives: the oracle of all that reads layers."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from cnnlab.seeing.layers import OUTPUT


def by_hooks(net: nn.Module, x: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
    """A plain forward pass, with a copy of what each layer gives."""
    values: dict[str, Tensor] = {}
    hooks = [
        net.get_submodule(name).register_forward_hook(
            lambda _, __, out, name=name: values.update({name: out.clone()})  # pyright: ignore
        )
        for name in layers
    ]
    with torch.no_grad():
        values[OUTPUT] = net(x.clone())
    for hook in hooks:
        hook.remove()
    return values
