"""Does hiding the same part change different faces alike (ZF 4.4, Fig. 6, Table 3)?

F faces, D features of a layer.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.datasets.faces import PARTS, Face
from cnnlab.seeing.layers import activations, check_finite, check_square

SILENT = 1e-5  # of the largest feature: smaller changes are rounding and count as none


def hide_parts(
    x: Tensor, faces: Sequence[Face], size: int, rng: np.random.Generator
) -> dict[str, Tensor]:
    """Copies of the faces' images x (F, 3, P, P) with each part hidden, and with a *random* place.

    Raises ValueError for a square of `size` px that is larger than the image.

    Example:
        >>> from cnnlab.datasets import marked_photographs
        >>> faces = marked_photographs(64)
        >>> x = torch.ones(len(faces), 3, 64, 64)
        >>> list(hide_parts(x, faces, 9, np.random.default_rng(0)))
        ['right_eye', 'left_eye', 'nose', 'random']
    """
    places = {part: [face.parts[part] for face in faces] for part in PARTS}
    places["random"] = [face.elsewhere(size, rng) for face in faces]
    return {part: hide(x, torch.tensor(centres), size) for part, centres in places.items()}


def hide(x: Tensor, centres: Tensor, size: int, fill: float = 0.0) -> Tensor:
    """Copies of images (F, 3, P, P) with a square around centres (F, 2), x and y, hidden."""
    height, width = x.shape[2:]
    check_square(size, height, width)
    hidden = x.clone()
    for image, (cx, cy) in zip(hidden, centres.tolist(), strict=True):
        if not (0 <= cx < width and 0 <= cy < height):
            raise ValueError(
                f"a part at ({cx:g}, {cy:g}) lies outside of the image of {width} x {height} px"
            )
        top, left = (max(0, round(c - size / 2)) for c in (cy, cx))
        image[:, top : top + size, left : left + size] = fill
    return hidden


def sign_changes(
    net: nn.Module, x: Tensor, hidden: Tensor, layers: Sequence[str]
) -> dict[str, Tensor]:
    """Signs -1, 0, 1 (F, D) of what hiding takes from each feature of each layer of any net.

    `x` and `hidden` (F, 3, P, P) are the images and their copies.

    Example:
        >>> net, x = nn.Sequential(nn.Conv2d(3, 4, 3)), torch.ones(2, 3, 8, 8)
        >>> hidden = hide(x, torch.full((2, 2), 4.0), size=3)
        >>> sign_changes(net, x, hidden, ["0"])["0"].shape
        torch.Size([2, 144])
    """
    before, after = (activations(net, images, layers) for images in (x, hidden))
    signs = {}
    for layer in before:
        features = before[layer].flatten(1).float()
        change = features - after[layer].flatten(1).float()
        check_finite(change, layer)
        signs[layer] = change.sign() * (change.abs() > SILENT * features.abs().max())
    return signs


def disagreement(signs: Tensor, *, changed: bool = False) -> float:
    """Share of features whose signs (F, D) differ, mean over the pairs of faces (ZF Table 3).

    The paper's formula sums over pairs, its table prints means. With `changed` only features count
    that change in both faces of a pair: a coin would give 0.5. Raises ValueError for one face.

    Example:
        >>> signs = torch.tensor([[1, -1, 0, 1], [1, 1, 0, 0]])
        >>> disagreement(signs), disagreement(signs, changed=True)
        (0.5, 0.5)
    """
    if len(signs) < 2:
        raise ValueError(f"signs are compared between faces; {len(signs)} is too few")
    differ = signs[:, None] != signs[None]  # (F, F, D)
    pairs = ~torch.eye(len(signs), dtype=torch.bool, device=signs.device)  # i != j
    if not changed:
        return float(differ.float().mean(dim=2)[pairs].mean())
    both = (signs[:, None] != 0) & (signs[None] != 0) & pairs[:, :, None]
    return float((differ & both).sum() / both.sum().clamp_min(1))
