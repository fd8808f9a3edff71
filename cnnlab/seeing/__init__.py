"""Looking inside a trained net: deconvnets, occlusion, invariance, correspondence (ZF 4)."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.seeing.layers import activations as activations

__all__ = face(__name__, layers=("activations",))  # pyright: ignore
