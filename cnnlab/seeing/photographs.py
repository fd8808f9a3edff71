"""The shipped nets that learned from photographs, and the photographs that scikit-learn ships."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cnnlab import paths
from cnnlab.nets.convnet import ConvNet
from cnnlab.nets.weights import load_net
from cnnlab.training.machine import device


@dataclass(frozen=True)
class Shipped:
    """A net from data/weights with its card: data, recipe, accuracy, command, mean."""

    net: ConvNet
    card: dict[str, Any]

    def mean(self, side: int) -> Tensor:
        """The mean training pixel as a mean image (side, side, 3)."""
        return torch.tensor(self.card["mean"], dtype=torch.float32).expand(side, side, 3)


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


def squares(side: int, *, scales: tuple[float, ...] = (1.0, 1.5, 2.0, 3.0, 4.0)) -> np.ndarray:
    """Squares (N, side, side, 3) uint8 cut from scikit-learn's two photographs, china and flower.

    Each photograph is shrunk until its shorter side holds `scale` squares, and cut with half of
    each square shared with the next; both photographs whole come first.
    """
    import cv2
    from sklearn.datasets import load_sample_image

    found = []
    for scale in scales:
        for name in ("china.jpg", "flower.jpg"):
            photo = load_sample_image(name)
            shrink = scale * side / min(photo.shape[:2])
            size = (round(photo.shape[1] * shrink), round(photo.shape[0] * shrink))
            small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
            height, width = small.shape[:2]
            if scale == 1:
                left = (width - side) // 2
                found.append(small[:side, left : left + side])
                continue
            for y in range(0, height - side + 1, side // 2):
                found += [
                    small[y : y + side, x : x + side] for x in range(0, width - side + 1, side // 2)
                ]
    return np.stack(found)
