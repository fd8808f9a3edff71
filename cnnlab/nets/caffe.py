"""Weights of a Caffe model file (.caffemodel), read without Caffe and without executing anything.

The file is one protocol buffer message. Four message types and seven fields of it matter:
NetParameter.layer (100) and .layers (2, the old form), the layer's name (1; 4) and blobs (7; 6),
BlobProto.shape (7), .data (5) and the old num, channels, height, width (1 to 4).
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cnnlab.nets.convnet import ConvNet
from cnnlab.nets.spec import CAFFENET
from cnnlab.nets.weights import load_tensors

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # wire types


def load_caffenet(path: Path) -> ConvNet:
    """The BVLC reference CaffeNet of a .caffemodel file, made to take RGB, as all nets here do.

    Raises ValueError for a missing or truncated file and for the weights of another net.

    >>> load_caffenet(Path("bvlc.caffemodel"))
    Traceback (most recent call last):
    ValueError: no Caffe model at bvlc.caffemodel; give the path of the .caffemodel
    """
    tensors: dict[str, Tensor] = {}
    try:
        for name, blobs in _layers(memoryview(path.read_bytes())):
            for kind, blob in zip(("weight", "bias"), blobs, strict=False):
                tensors[f"{name}.{kind}"] = torch.from_numpy(blob)
    except FileNotFoundError as error:
        raise ValueError(f"no Caffe model at {path}; give the path of the .caffemodel") from error
    except (IndexError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is no whole .caffemodel ({error}); fetch it again") from error
    net = ConvNet(CAFFENET)
    shapes = {name: value.shape for name, value in net.layers.state_dict().items()}
    for name, value in tensors.items():  # the old form: bias (1, 1, 1, n), weight (1, 1, out, in)
        if name in shapes and value.numel() == shapes[name].numel():
            tensors[name] = value.reshape(shapes[name])
    load_tensors(net, tensors, source=str(path))
    conv1 = net.layers.get_submodule("conv1").get_parameter("weight")  # (96, 3, 11, 11)
    conv1.data = conv1.data.flip(1)
    return net


def _layers(message: memoryview) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Name and blobs of every layer, of those without blobs too."""
    net = _fields(message)
    for layers, name, blobs in ((100, 1, 7), (2, 4, 6)):
        for layer in map(_fields, net[layers]):
            yield bytes(layer[name][0]).decode(), [_blob(blob) for blob in layer[blobs]]


def _blob(message: memoryview) -> np.ndarray:
    fields = _fields(message)
    data = [np.frombuffer(floats, "<f4") for floats in fields[5]]  # packed, or a single one each
    shape = [n for dims in fields[7] for n in _dimensions(dims)]
    old = [(fields[n] or [1])[-1] for n in (1, 2, 3, 4)]  # num, channels, height, width
    return np.concatenate([np.empty(0, np.float32), *data]).reshape(shape or old)


def _dimensions(message: memoryview) -> Iterator[int]:
    for value in _fields(message)[1]:
        position = 0
        while not isinstance(value, int) and position < len(value):  # packed
            size, position = _varint(value, position)
            yield size
        if isinstance(value, int):
            yield value


def _fields(message: memoryview) -> defaultdict[int, list[Any]]:
    """The values of a message by field: whole numbers, and the bytes of everything else."""
    fields, position = defaultdict(list), 0
    while position < len(message):
        key, position = _varint(message, position)
        field, wire = key >> 3, key & 7
        if wire == VARINT:
            value, position = _varint(message, position)
            fields[field].append(value)
            continue
        if wire == BYTES:
            length, position = _varint(message, position)
        elif wire in (FIXED32, FIXED64):
            length = 4 if wire == FIXED32 else 8
        else:
            raise ValueError(f"wire type {wire} at byte {position}")
        end = position + length
        if end > len(message):
            raise ValueError(f"field {field} ends {end - len(message)} bytes past the end")
        fields[field].append(message[position:end])
        position = end
    return fields


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position
