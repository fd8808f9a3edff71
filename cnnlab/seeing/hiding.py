"""What a square hides, held against what hiding it does (ZF 4.3): the object, the projection.

N images of P x P pixels, a grid of R x C positions of the square.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.figures.sheets import enhanced
from cnnlab.results.statistics import correlation
from cnnlab.seeing.deconvnet import project, strongest
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.seeing.occlusion import Maps
from cnnlab.seeing.top import project_top, top_images


def under(values: np.ndarray, maps: Maps) -> np.ndarray:
    """Mean of values (N, P, P) under each square: (N, R, C)."""
    total = np.pad(values.astype(float).cumsum(1).cumsum(2), ((0, 0), (1, 0), (1, 0)))
    y, x, size = maps.top[:, None], maps.left, maps.size
    corners = total[:, y + size, x + size] + total[:, y, x]
    return (corners - total[:, y, x + size] - total[:, y + size, x]) / size**2


def fall(maps: Maps) -> np.ndarray:
    """How much the watched map falls silent at each position: (N, R, C)."""
    return maps.clear_activation[:, None, None] - maps.activation


def energy(net: nn.Module, x: Tensor, maps: Maps) -> np.ndarray:
    """Squared projection of the watched map's strongest activation at each pixel: (N, P, P)."""
    return _projected(net, x, maps).square().sum(dim=1).cpu().numpy()


def examples(
    net: nn.Module,
    x: Tensor,
    maps: Maps,
    images: np.ndarray,
    crops: CentreCrops,
    *,
    others: int = 3,
) -> np.ndarray:
    """Column (c) of Fig. 5: (N, 1 + others, P, P, 3), projections of the watched map.

    The first is of the picture itself, the others are of those `images` that excite the map most.
    """
    pixels = x.shape[2]
    here = enhanced(_projected(net, x, maps))[:, None]
    units = [int(unit) for unit in maps.unit]
    best = top_images(net, images, "layer5", units, count=others, preprocess=crops)
    found, _ = project_top(net, images, "layer5", best, preprocess=crops)
    there = enhanced(found.full(pixels, pixels)).reshape(len(x), others, pixels, pixels, 3)
    return np.concatenate([here, there], axis=1)


def on_and_off(values: np.ndarray, masks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of values (N, P, P) on and off a mask (N, P, P), picture by picture: (N,) each.

    Values that are NaN, where no square came, are left out; NaN where nothing remains.
    """
    known = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        on, off = (
            np.where(part, values, 0).sum(axis=(1, 2)) / part.sum(axis=(1, 2))
            for part in (masks & known, ~masks & known)
        )
    both = np.isfinite(on) & np.isfinite(off)
    return np.where(both, on, np.nan), np.where(both, off, np.nan)


def correlations(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Pearson correlation of two maps (N, R, C), picture by picture: (N,); NaN if one is flat."""
    return np.array([correlation(*pair) for pair in zip(a, b, strict=True)])


def deepest(maps: Maps, labels: Sequence[int] | np.ndarray, count: int) -> np.ndarray:
    """Numbers of `count` images whose p(true) falls most, deepest first, each of another class."""
    order = np.argsort(-maps.drop().max(axis=(1, 2)), kind="stable")
    _, first = np.unique(np.asarray(labels)[order], return_index=True)
    return order[np.sort(first)][:count]


def square(maps: Maps, centre: np.ndarray) -> tuple[int, int]:
    """Row and column of the grid whose square's centre lies nearest to a pixel (y, x)."""
    starts = (maps.top, maps.left)
    r, c = (
        int(np.abs(start + maps.size / 2 - at).argmin())
        for start, at in zip(starts, centre, strict=True)
    )
    return r, c


@torch.no_grad()
def _projected(net: nn.Module, x: Tensor, maps: Maps) -> Tensor:
    """Projections (N, 3, P, P) of each picture's strongest activation of its watched map."""
    units = strongest(net, x, "layer5", torch.from_numpy(maps.unit))
    return project(net, x, "layer5", units).full(*x.shape[2:])
