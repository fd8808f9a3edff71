"""Weights of a Caffe model file (.caffemodel), read without Caffe and without executing anything.

The file is one protocol buffer message. Four message types and seven fields of it matter:
NetParameter.layer (100) and .layers (2, the old form), the layer's name (1; 4) and blobs (7; 6),
BlobProto.shape (7), .data (5) and the old num, channels, height, width (1 to 4).
"""

from collections.abc import Iterator
from pathlib import Path

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
    except (IndexError, ValueError) as error:
        raise ValueError(f"{path} is no whole .caffemodel ({error}); fetch it again") from error
    net = ConvNet(CAFFENET)
    shapes = {name: value.shape for name, value in net.layers.state_dict().items()}
    shaped = {  # the old form writes a bias as (1, 1, 1, n) and fc weights as (1, 1, out, in)
        name: value.reshape(shapes[name])
        if name in shapes and value.numel() == shapes[name].numel()
        else value
        for name, value in tensors.items()
    }
    load_tensors(net, shaped, source=str(path))
    conv1 = net.layers.get_submodule("conv1").get_parameter("weight")  # (96, 3, 11, 11)
    conv1.data = conv1.data.flip(1)
    return net


def _layers(message: memoryview) -> Iterator[tuple[str, list[np.ndarray]]]:
    for field, value in _fields(message):
        if field not in (2, 100) or not isinstance(value, memoryview):
            continue
        name_field, blob_field = (1, 7) if field == 100 else (4, 6)
        name, blobs = "", []
        for inner, content in _fields(value):
            if inner == name_field and isinstance(content, memoryview):
                name = bytes(content).decode()
            elif inner == blob_field and isinstance(content, memoryview):
                blobs.append(_blob(content))
        if blobs:
            yield name, blobs


def _blob(message: memoryview) -> np.ndarray:
    shape: list[int] = []
    old = {1: 1, 2: 1, 3: 1, 4: 1}  # num, channels, height, width
    data = [np.empty(0, np.float32)]
    for field, value in _fields(message):
        if field == 5 and isinstance(value, memoryview):  # packed floats, or a single one
            data.append(np.frombuffer(value, "<f4"))
        elif field == 7 and isinstance(value, memoryview):
            for inner, dims in _fields(value):
                if inner == 1:
                    shape += [dims] if isinstance(dims, int) else _varints(dims)
        elif field in old and isinstance(value, int):
            old[field] = value
    return np.concatenate(data).reshape(shape or list(old.values()))


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        field, wire = key >> 3, key & 7
        if wire == VARINT:
            value, position = _varint(message, position)
            yield field, value
            continue
        if wire == BYTES:
            length, position = _varint(message, position)
        elif wire in (FIXED32, FIXED64):
            length = 4 if wire == FIXED32 else 8
        else:
            raise ValueError(f"wire type {wire} at byte {position}")
        if position + length > len(message):
            raise ValueError(
                f"field {field} ends {position + length - len(message)} bytes past the end"
            )
        yield field, message[position : position + length]
        position += length


def _varints(message: memoryview) -> list[int]:
    values, position = [], 0
    while position < len(message):
        value, position = _varint(message, position)
        values.append(value)
    return values


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position
