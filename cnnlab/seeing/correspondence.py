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

from cnnlab.artifacts import paths
from cnnlab.seeing.layers import activations
from cnnlab.seeing.photographs import photograph

PARTS = ("right_eye", "left_eye", "nose")
SILENT = 1e-5  # of the largest feature: smaller changes are rounding and count as none


@dataclass(frozen=True)
class Face:
    """A picture (H, W, 3) uint8 and where its parts are: name -> (x, y) in pixels.

    *Left* and *right* are the viewer's. `mask` (H, W) covers the object; None: all of the picture.
    """

    image: np.ndarray
    parts: Mapping[str, tuple[float, float]]
    name: str = ""
    mask: np.ndarray | None = None

    def __post_init__(self) -> None:
        height, width = self.image.shape[:2]
        for name, (x, y) in self.parts.items():
            if not (0 <= x < width and 0 <= y < height):
                raise ValueError(
                    f"{name} at ({x:g}, {y:g}) lies outside of the image of {width} x {height} px"
                )

    def square(self, left: int, top: int, side: int, pixels: int) -> "Face":
        """The square of `side` px from (left, top) on, shrunk to `pixels`, its parts along with it.

        Raises ValueError for a square that leaves the image, and for one that loses a part.
        """
        import cv2

        height, width = self.image.shape[:2]
        if side < 1 or min(left, top) < 0 or left + side > width or top + side > height:
            raise ValueError(
                f"a square of {side} px at ({left}, {top}) leaves the image of {width} x {height}"
            )
        rows, columns = slice(top, top + side), slice(left, left + side)
        scale = pixels / side
        small = [
            cv2.resize(np.ascontiguousarray(a[rows, columns]), (pixels, pixels), interpolation=how)
            for a, how in ((self.image, cv2.INTER_AREA), (self._object(), cv2.INTER_NEAREST))
        ]
        parts = {n: ((x - left) * scale, (y - top) * scale) for n, (x, y) in self.parts.items()}
        return Face(small[0], parts, self.name, small[1] > 0)

    def elsewhere(self, size: int, rng: np.random.Generator) -> tuple[float, float]:
        """A random place (x, y) on the object whose square meets no part's square."""
        return elsewhere(self._object() > 0, self.parts, size, rng)

    def _object(self) -> np.ndarray:
        whole = np.ones(self.image.shape[:2], np.uint8)
        return whole if self.mask is None else self.mask.astype(np.uint8)


def read_faces(path: Path, pixels: int) -> list[Face]:
    """Faces of `pixels` px from a JSON list of photographs, marked by hand.

    Each is {"photograph": name, "square": [left, top, side], "parts": {"nose": [x, y], ...}}, all
    in pixels of the whole photograph; names are those of `photographs.names`. Raises ValueError
    for a file of another form, an unknown photograph, and a part outside of image or square.
    """
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
        marked = [(str(f["photograph"]), _square(f["square"]), _parts(f["parts"])) for f in listed]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        form = '{"photograph": name, "square": [left, top, side], "parts": {"nose": [x, y]}}'
        raise ValueError(f"{path} is no list of {form} ({error})") from error
    return [
        Face(photograph(name), parts, name).square(*square, pixels)
        for name, square, parts in marked
    ]


def landmarks(pixels: int) -> list[Face]:
    """The faces of data/landmarks.json."""
    return read_faces(paths.root() / "data" / "landmarks.json", pixels)


def places(faces: Sequence[Face], size: int, rng: np.random.Generator) -> dict[str, Tensor]:
    """Where to hide squares: of every part, and at *random* on each face, x and y (F, 2)."""
    found = {part: torch.tensor([face.parts[part] for face in faces]) for part in PARTS}
    found["random"] = torch.tensor([face.elsewhere(size, rng) for face in faces])
    return found


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
    change = before.float() - after.float()
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


def disagreement_of_changed(sign: Tensor) -> float:
    """The same among features that change in both faces of a pair: a coin would give 0.5."""
    both = (sign[:, None] != 0) & (sign[None] != 0)  # (F, F, D)
    both &= ~torch.eye(len(sign), dtype=torch.bool, device=sign.device)[:, :, None]
    return float(((sign[:, None] != sign[None]) & both).sum() / both.sum().clamp_min(1))


def groups(count: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Numbers of `count` faces dealt at random into sets of `size`: (sets, size).

    Raises ValueError for fewer faces than one set needs.
    """
    if count < size:
        raise ValueError(f"{count} faces are too few for a set of {size}")
    return rng.permutation(count)[: count // size * size].reshape(-1, size)


def changes(net: nn.Module, x: Tensor, hidden: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
    """Signs (F, D) of what hiding changes in each layer, for images and copies (F, 3, P, P)."""
    before, after = (activations(net, images, layers) for images in (x, hidden))
    return {name: signs(before[name].flatten(1), after[name].flatten(1)) for name in before}


def elsewhere(
    mask: np.ndarray,
    parts: Mapping[str, tuple[float, float]],
    size: int,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """A random place (x, y) on the object's mask (H, W) whose square meets no part's square.

    The whole square lies in the picture, so that it hides as much as that of a part. Where the
    object leaves no such place, one on the object as far from the parts as there is.
    """
    y, x = np.nonzero(mask)
    if not len(x):
        raise ValueError("the object's mask is empty: there is no place on it to hide")
    centres = np.array([*parts.values()])  # (parts, 2)
    apart = np.abs(np.stack([x, y], axis=1)[:, None] - centres).max(axis=2).min(axis=1)
    height, width = mask.shape
    inside = (np.minimum(x, y) >= size / 2) & (x <= width - size / 2) & (y <= height - size / 2)
    free = np.flatnonzero((apart >= size) & inside)
    chosen = rng.choice(free) if len(free) else apart.argmax()
    return float(x[chosen]), float(y[chosen])


def _square(listed: Sequence[int]) -> tuple[int, int, int]:
    left, top, side = (int(n) for n in listed)
    return left, top, side


def _parts(listed: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, float]]:
    return {name: (float(x), float(y)) for name, (x, y) in listed.items()}
