"""What a square hides, compared with what hiding it does (ZF 4.3): the object, the projection.

N images of P x P pixels, a grid of R x C positions of the square.
"""

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.datasets import world
from cnnlab.datasets.packed import Packed
from cnnlab.results.statistics import correlation
from cnnlab.seeing.deconvnet import deconvnet
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.seeing.occlusion import OcclusionMaps
from cnnlab.seeing.top import project_top, top_images


def map_projections(
    net: nn.Module, x: Tensor, maps: OcclusionMaps, images: np.ndarray, crops: CentreCrops
) -> Tensor:
    """Column (c) of Fig. 5: (N, 4, 3, P, P), projections of the watched map of layer 5.

    The first is of the picture itself, the others are of those `images` that excite the map most.

    Example:
        >>> from cnnlab.nets import build, spec
        >>> from cnnlab.seeing import occlusion
        >>> net, x = build(spec("zfnet").scaled(56, 0.1, 5)).eval(), torch.randn(1, 3, 56, 56)
        >>> maps = occlusion(net, x, torch.tensor([0]), size=16, stride=40)
        >>> images = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), np.uint8)
        >>> map_projections(net, x, maps, images, CentreCrops(torch.zeros(64, 64, 3), 56)).shape
        torch.Size([1, 4, 3, 56, 56])
    """
    first = deconvnet(net, x, "layer5", maps.unit)
    best = top_images(net, images, {"layer5": maps.unit.tolist()}, count=3, preprocess=crops)
    others, _ = project_top(net, images, "layer5", best["layer5"], preprocess=crops)
    others = others.full(*x.shape[2:]).unflatten(0, (len(x), 3))
    return torch.cat([first[:, None], others], dim=1)


def correlations(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Pearson correlation of two maps (N, R, C), picture by picture: (N,); NaN if one is flat.

    Example:
        >>> a = np.random.default_rng(0).normal(size=(2, 5, 5))
        >>> correlations(a, -a).round(2)
        array([-1., -1.])
    """
    return np.array([correlation(*pair) for pair in zip(a, b, strict=True)])


def object_masks(packed: Packed, index: np.ndarray, pixels: int) -> np.ndarray:
    """Where the object is in the centre crops of some pictures of a set: (N, P, P) bool.

    False everywhere for photographs, which come without masks.

    Example:
        >>> from types import SimpleNamespace
        >>> object_masks(SimpleNamespace(source="photographs"), np.arange(2), pixels=56).shape
        (2, 56, 56)
    """
    masks = np.zeros((len(index), pixels, pixels), bool)
    if packed.source != "world":
        return masks
    side, classes = packed.images.shape[1], len(packed.classes)
    start = (side - pixels) // 2
    part = slice(start, start + pixels)
    for mask, i in zip(masks, index, strict=True):
        scene = world.scene(packed.role, packed.split, int(i), size=side, classes=classes)
        mask[:] = np.any([o.mask for o in scene.instances], axis=0)[part, part]
    return masks
