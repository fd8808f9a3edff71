"""A spec made into a network whose every layer can be read by name."""

from collections import OrderedDict

import torch
from torch import Tensor, nn

from cnnlab.nets.lrn import LRN
from cnnlab.nets.spec import NetSpec

# AGM's layer names, and ZF's layers 1 to 7, as layers of the net.
ALIASES = {
    **{"conv-1": "pool1", "conv-2": "pool2", "conv-3": "relu3", "conv-4": "relu4"},
    **{"conv-5": "pool5", "fc-6": "relu6", "fc-7": "relu7"},
    **{"layer1": "norm1", "layer2": "norm2", "layer3": "relu3", "layer4": "relu4"},
    **{"layer5": "pool5", "layer6": "relu6", "layer7": "relu7"},
}


class ConvNet(nn.Module):
    """The net of a `NetSpec`: images (N, 3, P, P) in, class scores (N, K) out.

    >>> from cnnlab.nets import spec
    >>> ConvNet(spec("zfnet").scaled(56, width=0.1, classes=3)).resolve("conv-5")
    'pool5'
    """

    def __init__(self, spec: NetSpec):
        super().__init__()
        self.spec = spec
        self.layers = nn.Sequential(OrderedDict(_layers(spec)))
        self._order = _relu_after_pool(list(self.layers))

    def forward(self, x: Tensor) -> Tensor:
        for layer in self._order:
            x = layer(x)
        return x

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the layers that can be read, from the input up."""
        return tuple(self.spec.shapes())

    def resolve(self, layer: str) -> str:
        """Caffe's name of a layer, which AGM's and ZF's names stand for as well.

        Raises ValueError, with the names there are, for any other.
        """
        name = ALIASES.get(layer, layer)
        if name not in self.names:
            raise ValueError(
                f"{self.spec.name} has no layer {layer!r}; it has {', '.join(self.names)}, "
                f"and the papers' names {', '.join(ALIASES)}"
            )
        return name


def build(
    spec: NetSpec, *, seed: int = 0, init: str = "paper", conv1_scale: float = 1.0
) -> ConvNet:
    """A net with fresh weights, the same for the same seed, laid out channels-last.

    `init="paper"` draws every weight from N(0, 0.01) (ZF 3.1). Small nets do not train from that:
    `init="he"` keeps the variance from layer to layer, N(0, 2 / fan in), and leaves only the
    classifier as the paper has it. `conv1_scale` multiplies the deviation of layer 1 alone; every
    other draw stays the same. Raises ValueError for another `init`, and unless the scale is
    positive.

    >>> from cnnlab.nets import spec
    >>> build(spec("zfnet").scaled(56, width=0.1, classes=3))(torch.zeros(1, 3, 56, 56)).shape
    torch.Size([1, 3])
    """
    if init not in ("paper", "he"):
        raise ValueError(f"init is 'paper' or 'he', not {init!r}")
    if conv1_scale <= 0:
        raise ValueError(f"layer 1 starts at a positive share of its deviation, not {conv1_scale}")
    net = ConvNet(spec)
    generator = torch.Generator().manual_seed(seed)
    for name, layer in net.layers.named_children():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            fan_in = layer.weight[0].numel()
            he = init == "he" and name != "fc8"
            std = ((2 / fan_in) ** 0.5 if he else 0.01) * (conv1_scale if name == "conv1" else 1)
            nn.init.normal_(layer.weight, std=std, generator=generator)
            assert layer.bias is not None
            nn.init.zeros_(layer.bias)
    return channels_last(net)


def channels_last(net: ConvNet) -> ConvNet:
    """The same net with its filters laid out channels-last, as its inputs are."""
    return net.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]


def weighted_layers(net: ConvNet) -> dict[str, nn.Module]:
    """The layers that have weights, by name, from the input up."""
    children = net.layers.named_children()
    return {name: layer for name, layer in children if list(layer.parameters())}


class Scale(nn.Module):
    """Divide by a constant: pixels to unit scale."""

    def __init__(self, by: float):
        super().__init__()
        self.by = by

    def forward(self, x: Tensor) -> Tensor:
        return x / self.by

    def extra_repr(self) -> str:
        return f"by={self.by:g}"


def _layers(spec: NetSpec) -> list[tuple[str, nn.Module]]:
    layers: list[tuple[str, nn.Module]] = []
    if spec.scale != 1.0:
        layers += [("scale", Scale(spec.scale))]
    shapes, channels = spec.shapes(), 3
    for c in spec.convs:
        conv = nn.Conv2d(channels, c.maps, c.kernel, c.stride, c.pad, groups=c.groups)
        layers += [(f"conv{c.layer}", conv), (f"relu{c.layer}", nn.ReLU())]
        if c.pool:
            layers += [(f"pool{c.layer}", nn.MaxPool2d(3, 2, ceil_mode=spec.ceil))]
        if c.norm:
            n = spec.norm
            layers += [(f"norm{c.layer}", LRN(n.size, n.alpha, n.beta, n.k))]
        channels = c.maps
    top = shapes[layers[-1][0]]  # (C, H, W)
    features = top[0] * top[1] * top[2]
    layers += [("flat", nn.Flatten())]
    for n, units in spec.fc.items():
        layers += [(f"fc{n}", nn.Linear(features, units)), (f"relu{n}", nn.ReLU())]
        layers += [(f"drop{n}", nn.Dropout(spec.dropout))]
        features = units
    return [*layers, ("fc8", nn.Linear(features, spec.classes))]


def _relu_after_pool(layers: list[nn.Module]) -> tuple[nn.Module, ...]:
    """The same function with each ReLU moved behind its pooling: max and relu commute.

    A quarter of the elements to rectify, forward and backward. Layers are read in the papers'
    order.
    """
    order = list(layers)
    for i in range(len(order) - 1):
        if isinstance(order[i], nn.ReLU) and isinstance(order[i + 1], nn.MaxPool2d):
            order[i], order[i + 1] = order[i + 1], order[i]
    return tuple(order)
