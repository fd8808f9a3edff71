"""The papers' networks: specs, the net built from one, its weights in and out (ZF 3, Table 1)."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.nets.caffe import load_caffenet as load_caffenet
    from cnnlab.nets.convnet import ConvNet as ConvNet
    from cnnlab.nets.convnet import build as build
    from cnnlab.nets.lrn import LRN as LRN
    from cnnlab.nets.spec import NetSpec as NetSpec
    from cnnlab.nets.weights import from_torchvision as from_torchvision
    from cnnlab.nets.weights import load_net as load_net
    from cnnlab.nets.weights import save_net as save_net
    from cnnlab.nets.zoo import spec as spec
    from cnnlab.nets.zoo import zf14_table3 as zf14_table3
    from cnnlab.nets.zoo import zf_table1 as zf_table1

__all__ = face(  # pyright: ignore
    __name__,
    caffe=("load_caffenet",),
    convnet=("ConvNet", "build"),
    lrn=("LRN",),
    spec=("NetSpec",),
    weights=("from_torchvision", "load_net", "save_net"),
    zoo=("spec", "zf14_table3", "zf_table1"),
)
