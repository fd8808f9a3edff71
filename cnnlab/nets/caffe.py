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
    own = {name: value.shape for name, value in net.layers.state_dict().items()}
    shaped = {  # the old form writes a bias as (1, 1, 1, n) and fc weights as (1, 1, out, in)
        name: value.reshape(own[name])
        if name in own and value.numel() == own[name].numel()
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
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        field, wire = key >> 3, key & 7
        if wire == VARINT:
            value, at = _varint(message, at)
            yield field, value
            continue
        if wire == BYTES:
            length, at = _varint(message, at)
        elif wire in (FIXED32, FIXED64):
            length = 4 if wire == FIXED32 else 8
        else:
            raise ValueError(f"wire type {wire} at byte {at}")
        if at + length > len(message):
            raise ValueError(f"field {field} ends {at + length - len(message)} bytes past the end")
        yield field, message[at : at + length]
        at += length


def _varints(message: memoryview) -> list[int]:
    values, at = [], 0
    while at < len(message):
        value, at = _varint(message, at)
        values.append(value)
    return values


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
