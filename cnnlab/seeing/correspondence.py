"""Does hiding the same part change different faces alike (ZF 4.4, Fig. 6, Table 3)?

F faces, D features of a layer.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab.datasets.faces import PARTS, Face, elsewhere
from cnnlab.seeing.checks import check_finite, check_square
from cnnlab.seeing.layers import activations

SILENT = 1e-5  # of the largest feature: smaller changes are rounding and count as none


def hide_parts(
    x: Tensor, faces: Sequence[Face], size: int, rng: np.random.Generator, *, group: int = 5
) -> dict[str, Tensor]:
    """Copies of the faces' images x (F, 3, P, P) with each part hidden, and two controls.

    A *random* place off the parts, another on each face; and a *same place* off the parts, for each
    `group` of faces in a row one pixel. Raises ValueError for a square of `size` px that is larger
    than the image or finds no room off the parts.

    Example:
        >>> from cnnlab.datasets import marked_photographs
        >>> faces = marked_photographs(64)
        >>> x = torch.ones(len(faces), 3, 64, 64)
        >>> list(hide_parts(x, faces, 9, np.random.default_rng(0)))
        ['right_eye', 'left_eye', 'nose', 'random', 'same_place']
    """
    check_square(size, *x.shape[2:])
    places = {part: [face.parts[part] for face in faces] for part in PARTS}
    for name, count in ("random", 1), ("same_place", group):
        groups = (faces[i : i + count] for i in range(0, len(faces), count))
        places[name] = [place for some in groups for place in elsewhere(some, size, rng)]
    return {part: hide(x, torch.tensor(centres), size) for part, centres in places.items()}


def move_faces(
    x: Tensor, faces: Sequence[Face], size: int, rng: np.random.Generator
) -> tuple[Tensor, list[Face]]:
    """Faces x (F, 3, P, P) shifted, each its own way, and where their parts come to lie.

    By up to `size` px along either axis, as far as every part's square of that size stays in the
    picture. What comes into view is zero, the mean of the training images.

    Example:
        >>> from cnnlab.datasets import marked_photographs
        >>> faces = marked_photographs(64)
        >>> x, moved = move_faces(torch.ones(2, 3, 64, 64), faces, 9, np.random.default_rng(0))
        >>> x.shape, moved[0].parts["nose"] == faces[0].parts["nose"]
        (torch.Size([2, 3, 64, 64]), False)
    """
    images, moved = [], []
    for image, face in zip(x, faces, strict=True):
        parts = np.array([*face.parts.values()])  # (parts, 2), x and y
        ends = np.array(image.shape[:0:-1])  # width, height
        low = np.minimum(size, parts.min(axis=0) - size / 2).clip(0).astype(int)
        high = np.minimum(size, ends - size / 2 - parts.max(axis=0)).clip(0).astype(int)
        dx, dy = rng.integers(-low, high + 1).tolist()
        by = [dx, -dx, dy, -dy]  # padding below zero cuts off
        images.append(F.pad(image, by))
        mask = None if face.mask is None else F.pad(torch.from_numpy(face.mask), by).numpy()
        spots = {name: (px + dx, py + dy) for name, (px, py) in face.parts.items()}
        moved.append(replace(face, parts=spots, mask=mask))
    return torch.stack(images), moved


def hide(x: Tensor, centres: Tensor, size: int) -> Tensor:
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
        image[:, top : top + size, left : left + size] = 0
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
