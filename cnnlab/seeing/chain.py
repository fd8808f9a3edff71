"""A net as a plain chain of named layers with their geometry: what a deconvnet can invert.

Ours, torchvision's AlexNet and VGG, and any `nn.Sequential` of the layers named here, none of which
writes into its input here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import nn
from torch.func import functional_call
from torch.nn.utils.fusion import fuse_conv_bn_weights

from cnnlab.nets.convnet import ConvNet, Scale
from cnnlab.nets.lrn import LRN
from cnnlab.nets.spec import NetSpec

POINTWISE = (nn.ReLU, nn.Identity, LRN, nn.LocalResponseNorm, Scale)
KNOWN = (
    *(*POINTWISE, nn.AdaptiveAvgPool2d, nn.BatchNorm2d, nn.Dropout, nn.Dropout2d),
    *(nn.Flatten, nn.Linear, nn.Conv2d, nn.MaxPool2d),
)


@dataclass(frozen=True)
class Geometry:
    """How positions of a layer's output map to its input, along either axis.

    Output position i reads the `extent` input positions from i * stride - pad on.
    """

    extent: int = 1
    stride: int = 1
    pad: int = 0


@dataclass(frozen=True)
class ChainLayer:
    """One layer; `geometry` is None from the flattening on, where place is lost."""

    name: str
    module: nn.Module
    geometry: Geometry | None


def chain(net: nn.Module, layer: str | None = None) -> tuple[ChainLayer, ...]:
    """The layers of a net from the input to `layer` (default: to the end), those above not checked.

    Layers of our nets go by the papers' names; those of others by module path (`features.4`).
    Raises ValueError for a layer that is not there, and for one no deconvnet can pass, by its name.
    """
    modules = list(_layers(net))
    if layer is not None:
        names = [name for name, _ in modules]
        name = net.resolve(layer) if isinstance(net, ConvNet) else layer
        if name == "prob":
            raise ValueError("prob is a softmax over all classes, not a layer; project fc8 instead")
        if name not in names:
            raise ValueError(f"no layer {layer!r} in this net; it has {', '.join(names)}")
        modules = modules[: names.index(name) + 1]
    layers = [_checked(name, module) for name, module in modules]
    flat = next((i for i, entry in enumerate(layers) if entry.geometry is None), len(layers))
    layers[flat:] = [ChainLayer(entry.name, entry.module, None) for entry in layers[flat:]]
    return _fused(layers)


def shapes(layers: tuple[ChainLayer, ...], image: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Shape of one image (C, H, W) and of each layer's output for it: (C, H, W), then (units,).

    Nothing is computed. Raises ValueError, naming the layer, for an image of a size that a layer
    cannot read, and for one that it would average.
    """
    x, sizes = torch.empty(1, *image, device="meta"), [tuple(image)]
    for layer in layers:
        state = layer.module.state_dict()
        weights = {name: w.to("meta", torch.float32) for name, w in state.items()}
        try:
            x = functional_call(layer.module, weights, x)
        except RuntimeError as error:
            side = " x ".join(map(str, image[1:]))
            raise ValueError(
                f"layer {layer.name} cannot read what an image of {side} px gives it, {sizes[-1]}; "
                "give images of the size the net was made for"
            ) from error
        if isinstance(layer.module, nn.AdaptiveAvgPool2d) and x.shape[1:] != sizes[-1]:
            raise ValueError(
                f"{layer.name} averages {sizes[-1]} into {tuple(x.shape[1:])} here, which a "
                "deconvnet cannot undo; give images of the size the net was made for"
            )
        sizes.append(tuple(x.shape[1:]))
    return sizes


def _fused(layers: list[ChainLayer]) -> tuple[ChainLayer, ...]:
    """The same function with every BatchNorm multiplied into the convolution before it."""
    for i, (conv, norm) in enumerate(pairwise(layers)):
        if not isinstance(norm.module, nn.BatchNorm2d):
            continue
        if not isinstance(conv.module, nn.Conv2d) or norm.module.running_var is None:
            raise ValueError(
                f"layer {norm.name} is a BatchNorm2d; a deconvnet inverts only one that follows a "
                "convolution and has running statistics"
            )
        layers[i] = ChainLayer(conv.name, nn.Identity(), Geometry())
        layers[i + 1] = ChainLayer(norm.name, _one(conv.module, norm.module), conv.geometry)
    return tuple(layers)


@torch.no_grad()
def _one(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> nn.Conv2d:
    assert norm.running_mean is not None and norm.running_var is not None
    what = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups")
    fused = nn.utils.skip_init(nn.Conv2d, **{name: getattr(conv, name) for name in what})
    assert isinstance(fused, nn.Conv2d)
    statistics = norm.running_mean, norm.running_var, norm.eps, norm.weight, norm.bias
    fused.weight, fused.bias = fuse_conv_bn_weights(conv.weight, conv.bias, *statistics)
    return fused


@dataclass(frozen=True)
class ReceptiveField:
    """On each axis the unit at position i sees `size` pixels from start + i * stride on."""

    size: int
    stride: int
    start: int  # below zero where the padding is seen as well

    def span(self, i: int, pixels: int) -> tuple[int, int]:
        """First of the `pixels` that position i sees, and the one past the last."""
        first = self.start + i * self.stride
        return max(0, first), min(pixels, first + self.size)


def receptive_field(net: nn.Module | NetSpec, layer: str) -> ReceptiveField:
    """Receptive field of the units of a convolutional layer, exact, padding included.

    A unit at (y, x) sees rows `span(y)` and columns `span(x)`. Raises ValueError for what `chain`
    refuses, and for a fully connected layer, whose units see every pixel.

    Example:
        >>> from cnnlab.nets.spec import ZFNET
        >>> receptive_field(ZFNET, "layer5").size
        171
    """
    if isinstance(net, NetSpec):
        with torch.device("meta"):  # the geometry alone, no weights
            net = ConvNet(net)
    size, stride, start = 1, 1, 0
    for entry in chain(net, layer):
        if entry.geometry is None:
            raise ValueError(f"a unit of {layer} sees the whole image: it is fully connected")
        start -= entry.geometry.pad * stride
        size += (entry.geometry.extent - 1) * stride
        stride *= entry.geometry.stride
    return ReceptiveField(size, stride, start)


def _layers(net: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    if isinstance(net, ConvNet):
        yield from net.layers.named_children()
        return
    from torchvision.models import VGG, AlexNet  # not needed, and slow to import, for our nets

    if _plain(net, nn.Sequential):
        yield from _flattened("", net)
    elif _plain(net, AlexNet) or _plain(net, VGG):
        # it flattens in `forward`, where no module says so
        yield from _flattened("features", net.get_submodule("features"))
        yield "avgpool", net.get_submodule("avgpool")
        yield "flatten", nn.Flatten()
        yield from _flattened("classifier", net.get_submodule("classifier"))
    else:
        raise ValueError(
            f"{type(net).__name__} is no plain chain of layers; give a cnnlab net, torchvision's "
            "AlexNet or VGG, or an nn.Sequential"
        )


def _flattened(name: str, module: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    if not _plain(module, nn.Sequential):
        yield name, module
        return
    for child, part in module._modules.items():  # named_children leaves out repeated modules
        if part is not None:
            yield from _flattened(f"{name}.{child}".lstrip("."), part)


def _plain(module: nn.Module, kind: type[nn.Module]) -> bool:
    """Whether a module computes what its class does: no method of its own, and no hooks."""
    methods = ("forward", "_conv_forward")
    return (
        isinstance(module, kind)
        and not any(name in vars(module) for name in methods)
        and all(getattr(type(module), m, None) is getattr(kind, m, None) for m in methods)
        and not (module._forward_hooks or module._forward_pre_hooks)
    )


def _checked(name: str, module: nn.Module) -> ChainLayer:
    kind = next((kind for kind in KNOWN if isinstance(module, kind)), None)
    if kind is not None and not _plain(module, kind):
        raise ValueError(
            f"layer {name} is a {kind.__name__} with a forward pass or hooks of its own, which a "
            "deconvnet cannot undo; give the plain layer (of pruned or normed weights: `remove` "
            "the hooks, which keeps the weights)"
        )
    if isinstance(module, nn.Dropout | nn.Dropout2d):
        return ChainLayer(name, nn.Identity(), Geometry())  # whatever mode the net is in
    if isinstance(module, nn.ReLU):
        return ChainLayer(name, nn.ReLU(), Geometry())  # never in place
    if isinstance(module, (*POINTWISE, nn.AdaptiveAvgPool2d, nn.BatchNorm2d)):
        return ChainLayer(name, module, Geometry())
    if isinstance(module, nn.Flatten | nn.Linear):
        return ChainLayer(name, module, None)
    if isinstance(module, nn.Conv2d | nn.MaxPool2d):
        kernel, stride, pad, dilation = (
            _square(name, what, getattr(module, what))
            for what in ("kernel_size", "stride", "padding", "dilation")
        )
        if isinstance(module, nn.Conv2d) and module.padding_mode != "zeros":
            raise ValueError(
                f"layer {name} pads with {module.padding_mode!r}; a deconvnet undoes padding by "
                "zeros only"
            )
        return ChainLayer(name, module, Geometry(dilation * (kernel - 1) + 1, stride, pad))
    raise ValueError(
        f"layer {name} is a {type(module).__name__}, which this deconvnet cannot pass; it knows "
        "Conv2d (with BatchNorm2d), MaxPool2d, ReLU, LRN, Dropout, Flatten, Linear and an "
        "identical AdaptiveAvgPool2d in a row, no skips and no branches"
    )


def _square(name: str, what: str, value: object) -> int:
    sides = set(value) if isinstance(value, tuple) else {value}
    side = sides.pop()
    if sides or not isinstance(side, int):
        raise ValueError(
            f"layer {name} has {what} {value!r}; only square layers with numbers are undone"
        )
    return side
