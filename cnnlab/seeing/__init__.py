"""Looking inside a trained net: deconvnets, occlusion, invariance, correspondence (ZF 4)."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.seeing.deconvnet import deconvnet as deconvnet
    from cnnlab.seeing.deconvnet import plain_deconvnet as plain_deconvnet
    from cnnlab.seeing.deconvnet import project as project
    from cnnlab.seeing.deconvnet import strongest as strongest
    from cnnlab.seeing.layers import activations as activations

__all__ = face(  # pyright: ignore
    __name__,
    deconvnet=("deconvnet", "plain_deconvnet", "project", "strongest"),
    layers=("activations",),
)
