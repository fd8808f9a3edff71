"""The papers' networks: specs, the net built from one, its weights in and out (ZF 3, Table 1)."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.nets.caffe import load_caffenet
    from cnnlab.nets.convnet import ConvNet, build
    from cnnlab.nets.spec import NetSpec
    from cnnlab.nets.weights import from_torchvision
    from cnnlab.nets.zoo import spec, zf14_table3, zf_table1

__all__ = face(__name__)  # pyright: ignore
