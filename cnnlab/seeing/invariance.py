"""How far features move when the picture is shifted, scaled or turned (ZF 4.2, Fig. 4).

N images, A amounts of one transformation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab.seeing.layers import OUTPUT, LayerReader, check_finite

KINDS = ("shift", "scale", "rotation")


@dataclass(frozen=True)
class Moves:
    """Distances and probabilities along one transformation."""

    kind: str
    amounts: np.ndarray  # (A,) pixels, factors or degrees
    distance: Mapping[str, np.ndarray]  # layer -> (N, A), Euclidean, from the untouched image
    between: Mapping[str, float]  # layer -> mean distance of two different images, the yardstick
    probability: np.ndarray  # (N, A) of the true class

    def relative(self, layer: str) -> np.ndarray:
        """Distances of a layer as shares of that between two different images: (N, A)."""
        return self.distance[layer] / self.between[layer]

    def __getitem__(self, images: np.ndarray) -> "Moves":
        """The same of some of the images, measured with the same yardstick."""
        distance = {layer: d[images] for layer, d in self.distance.items()}
        return replace(self, distance=distance, probability=self.probability[images])


def amounts(kind: str, pixels: int, count: int = 25) -> np.ndarray:
    """Fig. 4's range: shifts of +-60 px in 224, scales 1 to 1.8, rotations 0 to 350 degrees.

    Raises ValueError for another kind.
    """
    if kind == "shift":
        return np.unique(np.round(np.linspace(-60, 60, count) * pixels / 224))
    if kind == "scale":
        return np.linspace(1.0, 1.8, count)
    if kind == "rotation":
        return np.arange(0.0, 351.0, 350 / (count - 1)).round(6)
    raise ValueError(f"no transformation {kind!r}; there are {', '.join(KINDS)}")


def transform(images: Tensor, kind: str, amount: float) -> Tensor:
    """Images (N, 3, P, P) shifted down, enlarged about or turned around their centre.

    Bilinear, by pixels, factor or degrees counter-clockwise; what comes into view is zero, the mean
    of the training images. Raises ValueError for another kind and for a factor of zero or less.
    """
    if kind not in KINDS:
        raise ValueError(f"no transformation {kind!r}; there are {', '.join(KINDS)}")
    theta = torch.eye(2, 3, dtype=images.dtype, device=images.device)
    if kind == "shift":
        theta[1, 2] = -2 * amount / images.shape[2]  # the grid spans -1 to 1
    elif kind == "scale":
        if amount <= 0:
            raise ValueError(f"a picture is enlarged by a factor above 0, not {amount}")
        theta[:, :2] /= amount
    else:
        turn = torch.deg2rad(torch.tensor(float(amount), dtype=images.dtype))
        cos, sin = float(turn.cos()), float(turn.sin())
        theta[:, :2] = torch.tensor([[cos, -sin], [sin, cos]], dtype=images.dtype)
    grid = F.affine_grid(
        theta.expand(len(images), 2, 3), list(images.shape), align_corners=False
    )  # (N, P, P, 2)
    return F.grid_sample(images, grid, align_corners=False)


@torch.no_grad()
def moves(
    net: nn.Module,
    images: Tensor,
    labels: Tensor,
    kind: str,
    by: Sequence[float] | np.ndarray,
    layers: Sequence[str] = ("layer1", "layer7"),
    *,
    batch: int = 100,
) -> Moves:
    """Transform images (N, 3, P, P) by each amount and see how features and answer move.

    Memory holds a batch; different images are compared inside a batch. Raises ValueError for an
    unknown kind or layer, fewer than two images, images too small for a unit, labels that are not
    one class of the net for each image, and values that are not finite.
    """
    if len(images) < 2:
        raise ValueError("at least two images are needed: distances are measured against theirs")
    if len(labels) != len(images):
        raise ValueError(f"{len(images)} images have {len(labels)} labels; give one for each")
    with LayerReader(net, [*layers, OUTPUT]) as read:
        parts = [
            _part(read, x, true, kind, by)
            for x, true in zip(images.split(batch), labels.split(batch), strict=True)
        ]
    distance, pairs, probability = zip(*parts, strict=True)
    count = sum(len(x) * (len(x) - 1) // 2 for x in images.split(batch))
    return Moves(
        kind,
        np.asarray(by, dtype=float),
        {layer: np.concatenate([d[layer] for d in distance]) for layer in layers},
        {layer: sum(p[layer] for p in pairs) / count for layer in layers},
        np.concatenate(probability),
    )


def _part(
    read: LayerReader, x: Tensor, labels: Tensor, kind: str, by: Sequence[float] | np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, float], np.ndarray]:
    """Of a batch: distances (B, A) and summed distances of pairs by layer, probabilities (B, A)."""
    still, _ = _features(read, x, labels)
    distance: dict[str, list[Tensor]] = {layer: [] for layer in still}
    probability = []
    for amount in by:
        features, p = _features(read, transform(x, kind, float(amount)), labels)
        probability.append(p)
        for layer in features:
            distance[layer].append((features[layer] - still[layer]).norm(dim=1))  # (B,)
    return (
        {layer: torch.stack(d, dim=1).cpu().numpy() for layer, d in distance.items()},
        {layer: float(torch.pdist(features).sum()) for layer, features in still.items()},
        torch.stack(probability, dim=1).cpu().numpy(),
    )


def _features(read: LayerReader, x: Tensor, labels: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    """Features (B, D) of each layer and p(true class) (B,)."""
    features = {layer: values.flatten(1).float() for layer, values in read(x).items()}
    scores = features.pop(OUTPUT)  # (B, K)
    for layer, values in features.items():
        check_finite(values, layer)
    p = scores.softmax(dim=1)
    check_finite(p, "the answer")
    wrong = labels[(labels < 0) | (labels >= p.shape[1])]
    if len(wrong):
        raise ValueError(f"the net has classes 0 to {p.shape[1] - 1}, no class {int(wrong[0])}")
    return features, p.gather(1, labels.to(p.device)[:, None])[:, 0]
