"""Shipped nets that learned from photographs, and photographs to look at without a download.

The photographs come with scikit-image and scikit-learn; none lies in this repository. cat (Stefan
van der Walt) and coffee (Rachel Michetti): CC0. astronaut (NASA: Eileen Collins) and rocket
(SpaceX: Falcon 9): public domain. temple (danielbuechele) and flower (vultilion), of Flickr: CC BY
2.0.
"""

import json
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cnnlab.artifacts import paths
from cnnlab.nets.convnet import ConvNet
from cnnlab.nets.weights import load_net
from cnnlab.training.machine import device

# name -> the package that brings it, and its file there
FILES = {
    "cat": ("skimage.data", "chelsea.png"),
    "astronaut": ("skimage.data", "astronaut.png"),
    "coffee": ("skimage.data", "coffee.png"),
    "rocket": ("skimage.data", "rocket.jpg"),
    "temple": ("sklearn.datasets.images", "china.jpg"),
    "flower": ("sklearn.datasets.images", "flower.jpg"),
}


@dataclass(frozen=True)
class Shipped:
    """A net from data/weights with its card: data, recipe, accuracy, command, mean."""

    net: ConvNet
    card: dict[str, Any]

    def mean(self, side: int) -> Tensor:
        """The mean training pixel as a mean image (side, side, 3)."""
        return torch.tensor(self.card["mean"], dtype=torch.float32).expand(side, side, 3)

    @property
    def birth(self) -> dict[str, Any]:
        """Seed and initialisation, from which its first weights follow."""
        return {"seed": self.card["seed"], "init": self.card["recipe"]["init"]}

    def __str__(self) -> str:
        top1 = self.card["accuracy"]["val-top1"]
        said = f"{top1['value']:.1f}% of {top1['n']:,} validation images correct"
        return f"{self.card['net']}, {self.card['data']}; {said}"


def shipped(name: str = "zfnet-photographs") -> Shipped | None:
    """A net shipped in data/weights, or None where it is not there.

    Raises ValueError for a file or a card that cannot be read.
    """
    folder = paths.root() / "data" / "weights"
    path, card = folder / f"{name}.safetensors", folder / f"{name}.json"
    if not path.exists():
        return None
    try:
        said = json.loads(card.read_text(encoding="utf-8"))
        if np.shape(said["mean"]) != (3,):
            raise ValueError("its mean is no pixel")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path.name} needs its card {card.name}: {error}") from error
    return Shipped(load_net(path).eval().to(device()), said)


def camera() -> Shipped:
    """The shipped net that learned from photographs.

    Raises ValueError, with the mend, where it is not there.
    """
    found = shipped()
    if found is None:
        raise ValueError("data/weights/zfnet-photographs.safetensors is not there; restore it")
    return found


def names() -> tuple[str, ...]:
    """Names of the photographs, in the order of `squares`."""
    return tuple(FILES)


def photograph(name: str) -> np.ndarray:
    """One photograph (H, W, 3) uint8, whole.

    Raises ValueError for another name, and where the library that brings it has left it out.
    """
    from PIL import Image

    if name not in FILES:
        raise ValueError(f"no photograph {name!r}; there are {', '.join(FILES)}")
    package, file = FILES[name]
    try:
        with (resources.files(package) / file).open("rb") as stream:
            return np.asarray(Image.open(stream).convert("RGB"))
    except OSError as error:
        library = package.partition(".")[0]
        raise ValueError(f"{library} here lacks its {file}; install it anew") from error


def squares(side: int, *, scales: tuple[float, ...] = (1.0, 1.5, 2.0, 3.0, 4.0)) -> np.ndarray:
    """Squares (N, side, side, 3) uint8 cut from the photographs of `names`.

    At scale 1 comes the middle of each photograph, which its whole height fills. At a larger scale
    each is shrunk until its height holds that many squares, and cut with half of each square
    shared with the next; a photograph too small for that is passed over. Raises ValueError for
    squares larger than the smallest photograph, or a scale below 1.
    """
    if any(scale < 1 for scale in scales):
        raise ValueError(f"a square is no larger than its photograph: scales {scales} are below 1")
    photos = {name: photograph(name) for name in FILES}
    least = min(min(photo.shape[:2]) for photo in photos.values())
    if not 0 < side <= least:
        raise ValueError(f"squares of {side} px; the photographs hold 1 to {least} px")
    found = [
        cut for scale in scales for photo in photos.values() for cut in _cuts(photo, side, scale)
    ]
    return np.stack(found)


def _cuts(photo: np.ndarray, side: int, scale: float) -> list[np.ndarray]:
    """Squares of one photograph (H, W, 3) at one scale, row by row."""
    import cv2

    shrink = scale * side / min(photo.shape[:2])
    if shrink > 1:
        return []
    size = (round(photo.shape[1] * shrink), round(photo.shape[0] * shrink))
    small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    rows, columns = range(0, height - side + 1, side // 2), range(0, width - side + 1, side // 2)
    if scale == 1:
        rows, columns = [(height - side) // 2], [(width - side) // 2]
    return [small[y : y + side, x : x + side] for y in rows for x in columns]
