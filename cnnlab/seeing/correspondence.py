"""Does hiding the same part change different faces alike (ZF 4.4, Fig. 6, Table 3)?

F faces, D features of a layer.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.seeing.chain import chain

PARTS = ("right_eye", "left_eye", "nose")
SILENT = 1e-5  # of the largest feature: smaller changes are rounding and count as none


@dataclass(frozen=True)
class Face:
    """A picture (H, W, 3) uint8 and where its parts are: name -> (x, y) in pixels."""

    image: np.ndarray
    parts: Mapping[str, tuple[float, float]]

    def __post_init__(self) -> None:
        height, width = self.image.shape[:2]
        for name, (x, y) in self.parts.items():
            if not (0 <= x < width and 0 <= y < height):
                raise ValueError(
                    f"{name} at ({x:g}, {y:g}) lies outside of the image of {width} x {height} px"
                )


def read_faces(path: Path, images: Mapping[str, np.ndarray]) -> list[Face]:
    """Faces from a JSON list of {"image": name, "parts": {"nose": [x, y], ...}}, for photographs.

    Raises ValueError for a file that is not of this form, an image that `images` does not hold and
    a part outside of its image.
    """
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
        named = [(str(face["image"]), _parts(face["parts"])) for face in listed]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f'{path} is no list of {{"image": name, "parts": {{"nose": [x, y]}}}} ({error})'
        ) from error
    missing = [name for name, _ in named if name not in images]
    if missing:
        raise ValueError(f"{path} names image {missing[0]!r}; there are {', '.join(images)}")
    return [Face(images[name], parts) for name, parts in named]


def hide(x: Tensor, centres: Tensor, size: int, fill: float = 0.0) -> Tensor:
    """Copies of images (F, 3, P, P) with a square around centres (F, 2), x and y, hidden.

    Raises ValueError for a centre outside of its image and a square larger than the image.
    """
    side = x.shape[2:]
    if not 0 < size <= min(side):
        raise ValueError(f"a square of {size} px does not fit an image of {side[1]} x {side[0]} px")
    out = x.clone()
    for face, (cx, cy) in zip(out, centres.tolist(), strict=True):
        if not (0 <= cx < side[1] and 0 <= cy < side[0]):
            raise ValueError(
                f"a part at ({cx:g}, {cy:g}) lies outside of the image of {side[1]} x {side[0]} px"
            )
        top, left = (max(0, round(c - size / 2)) for c in (cy, cx))
        face[:, top : top + size, left : left + size] = fill
    return out


def signs(before: Tensor, after: Tensor) -> Tensor:
    """Signs -1, 0, 1 (F, D) of before - after: features (F, D) with a part shown and hidden."""
    change = before - after
    if not bool(torch.isfinite(change).all()):
        raise ValueError("features are not finite; the net or the images hold NaN")
    return change.sign() * (change.abs() > SILENT * before.abs().max())


def disagreement(sign: Tensor) -> Tensor:
    """Share of features whose signs (F, D) differ, of every ordered pair i != j: (F * (F - 1),).

    Their mean is Table 3's number; the paper's formula sums them. Raises ValueError for one face.
    """
    if len(sign) < 2:
        raise ValueError(f"signs are compared between faces; {len(sign)} is too few")
    differ = (sign[:, None] != sign[None]).float().mean(dim=2)  # (F, F)
    return differ[~torch.eye(len(sign), dtype=torch.bool, device=sign.device)]


@torch.no_grad()
def changes(net: nn.Module, x: Tensor, hidden: Tensor, taps: Sequence[str]) -> dict[str, Tensor]:
    """Signs (F, D) of what hiding changes at each tap, for images and their copies (F, 3, P, P)."""
    features = [_features(net, both, taps) for both in (x, hidden)]
    return {tap: signs(features[0][tap], features[1][tap]) for tap in taps}


def elsewhere(
    mask: np.ndarray,
    parts: Mapping[str, tuple[float, float]],
    size: int,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """A random place (x, y) on the object's mask (H, W) whose square meets no part's square.

    Where the object leaves no such place, one on the object as far from the parts as there is.
    """
    y, x = np.nonzero(mask)
    if not len(x):
        raise ValueError("the object's mask is empty: there is no place on it to hide")
    centres = np.array([*parts.values()])  # (parts, 2)
    apart = np.abs(np.stack([x, y], axis=1)[:, None] - centres).max(axis=2).min(axis=1)
    free = np.flatnonzero(apart >= size)
    chosen = rng.choice(free) if len(free) else apart.argmax()
    return float(x[chosen]), float(y[chosen])


def _parts(listed: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, float]]:
    return {name: (float(x), float(y)) for name, (x, y) in listed.items()}


def _features(net: nn.Module, x: Tensor, taps: Sequence[str]) -> dict[str, Tensor]:
    at = {tap: len(chain(net, tap)) - 1 for tap in taps}
    found = {}
    for i, stage in enumerate(chain(net)[: max(at.values()) + 1]):
        x = stage.module(x)
        found |= {tap: x.flatten(1).float() for tap, where in at.items() if where == i}
    return found
