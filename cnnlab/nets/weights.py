"""Weights in and out: our own checkpoints (safetensors), torchvision's AlexNet."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from cnnlab.artifacts.plain import from_plain, to_plain
from cnnlab.artifacts.store import write_atomic
from cnnlab.nets.convnet import ConvNet, channels_last
from cnnlab.nets.spec import ALEXNET, NetSpec

# torchvision's AlexNet ("one weird trick"): 64-192-384-256-256 filters, no LRN. Its inputs are
# RGB in [0, 1], minus (0.485, 0.456, 0.406), over (0.229, 0.224, 0.225).
_SMALLER = ALEXNET.with_maps(conv1=64, conv2=192, conv4=256)
TORCHVISION_ALEXNET = replace(
    ALEXNET,
    name="torchvision-alexnet",
    convs=tuple(replace(conv, norm=False) for conv in _SMALLER.convs),
)


def save_net(
    net: ConvNet, path: Path, *, dtype: torch.dtype = torch.float32, mean: Tensor | None = None
) -> None:
    """Write weights and spec to one safetensors file, atomically; `load_net` reads it.

    In int8 each filter has a scale of its own: its weights change by less than a percent of its
    largest, and the features of a photograph by one or two. A net that is passed on may carry its
    mean image.
    """
    from safetensors.torch import save

    tensors = {name: value.detach().cpu() for name, value in net.layers.state_dict().items()}
    if dtype == torch.int8:
        for name in [name for name in tensors if name.endswith("weight")]:
            largest = tensors[name].abs().flatten(1).amax(dim=1).clamp_min(1e-12)  # (filters,)
            tensors[f"{name}_scale"] = scale = largest / 127
            by = scale.view(-1, *[1] * (tensors[name].dim() - 1))
            tensors[name] = (tensors[name] / by).round().to(torch.int8)
    else:
        tensors = {name: value.to(dtype) for name, value in tensors.items()}
    if mean is not None:
        tensors["mean"] = mean.to("cpu", torch.float16)
    tensors = {name: value.contiguous() for name, value in tensors.items()}
    write_atomic(path, save(tensors, metadata={"spec": json.dumps(to_plain(net.spec))}))


def load_net(path: Path, *, expect: NetSpec | None = None) -> ConvNet:
    """Read a net written by `save_net`, in fp32; nothing in the file is ever executed.

    Raises ValueError for a missing or damaged file, and for a checkpoint of another net than
    `expect`, naming the first difference.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except FileNotFoundError as error:
        raise ValueError(f"no checkpoint {path}; run the notebook that trains it") from error
    except (SafetensorError, OSError) as error:
        raise ValueError(
            f"{path} is no readable checkpoint ({error}); delete it to retrain"
        ) from error
    if "spec" not in metadata:
        raise ValueError(f"{path} holds weights but no cnnlab spec; write it with save_net")
    spec = from_plain(NetSpec, json.loads(metadata["spec"]))
    if expect is not None and spec != expect:
        raise ValueError(f"{path} holds another net: {spec.difference(expect)}")
    tensors.pop("mean", None)
    for name in [name for name in tensors if name.endswith("_scale")]:  # written in int8
        scale, weight = tensors.pop(name), name.removesuffix("_scale")
        tensors[weight] = tensors[weight] * scale.view(-1, *[1] * (tensors[weight].dim() - 1))
    net = ConvNet(spec)
    load_tensors(net, tensors, source=str(path))
    return channels_last(net)


def load_tensors(net: ConvNet, tensors: Mapping[str, Tensor], *, source: str) -> None:
    """Copy named tensors into a net, every one of them with its exact shape.

    Raises ValueError naming `source` and the first tensor that is missing, extra, misshapen.
    """
    expected = net.layers.state_dict()
    for name in sorted(expected.keys() | tensors.keys()):
        shape = tuple(tensors[name].shape) if name in tensors else "missing"
        needed = tuple(expected[name].shape) if name in expected else "not part of this net"
        if shape != needed:
            raise ValueError(f"{source}: {name} is {shape}, {net.spec.name} wants {needed}")
    net.layers.load_state_dict({name: value.float() for name, value in tensors.items()})


def from_torchvision(state: Mapping[str, Tensor]) -> ConvNet:
    """A `ConvNet` from the state dict of `torchvision.models.alexnet`, of any number of classes.

    Its own preprocessing applies: see TORCHVISION_ALEXNET. Raises ValueError for another model.

    >>> from_torchvision({"fc.weight": torch.zeros(10, 512)})  # a ResNet's
    Traceback (most recent call last):
    ValueError: fc.weight is no tensor of torchvision's AlexNet
    """
    names = {"features.0": "conv1", "features.3": "conv2", "features.6": "conv3"}
    names |= {"features.8": "conv4", "features.10": "conv5"}
    names |= {"classifier.1": "fc6", "classifier.4": "fc7", "classifier.6": "fc8"}
    tensors = {}
    for key, value in state.items():
        layer, _, kind = key.rpartition(".")
        if layer not in names:
            raise ValueError(f"{key} is no tensor of torchvision's AlexNet")
        tensors[f"{names[layer]}.{kind}"] = value
    classes = len(tensors["fc8.bias"]) if "fc8.bias" in tensors else 1000
    net = ConvNet(replace(TORCHVISION_ALEXNET, classes=classes))
    load_tensors(net, tensors, source="torchvision AlexNet")
    return net
