"""Looking inside a trained net: deconvnets, occlusion, invariance, correspondence (ZF 4)."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.seeing.deconvnet import deconvnet as deconvnet
    from cnnlab.seeing.deconvnet import plain_deconvnet as plain_deconvnet
    from cnnlab.seeing.deconvnet import project as project
    from cnnlab.seeing.deconvnet import strongest as strongest
    from cnnlab.seeing.inputs import CentreCrops as CentreCrops
    from cnnlab.seeing.layers import activations as activations
    from cnnlab.seeing.top import top_images as top_images

__all__ = face(  # pyright: ignore
    __name__,
    deconvnet=("deconvnet", "plain_deconvnet", "project", "strongest"),
    inputs=("CentreCrops",),
    layers=("activations",),
    top=("top_images",),
)
