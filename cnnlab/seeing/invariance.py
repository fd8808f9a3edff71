"""How far features move when the picture is shifted, scaled or turned (ZF 4.2, Fig. 4).

N images, A amounts of one transformation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab.seeing.checks import check_finite, check_labels
from cnnlab.seeing.layers import OUTPUT, activations

KINDS = ("shift", "scale", "rotation")


@dataclass(frozen=True)
class Invariance:
    """Distances and probabilities along one transformation."""

    kind: str
    amounts: np.ndarray  # (A,) pixels, factors or degrees
    distance: Mapping[str, np.ndarray]  # layer -> (N, A), Euclidean, from the untouched image
    between: Mapping[str, float]  # layer -> mean distance of two different images, the yardstick
    probability: np.ndarray  # (N, A) of the true class

    def relative(self, layer: str) -> np.ndarray:
        """Distances in a layer as shares of that between two different images: (N, A)."""
        return self.distance[layer] / self.between[layer]

    def __getitem__(self, images: np.ndarray) -> "Invariance":
        """The same of some of the images, measured with the same yardstick."""
        distance = {layer: d[images] for layer, d in self.distance.items()}
        return replace(self, distance=distance, probability=self.probability[images])


def transform_amounts(pixels: int, count: int = 25) -> dict[str, np.ndarray]:
    """Fig. 4's amounts: shifts of +-60 px in 224, scales 1 to 1.8, rotations 0 to 350 degrees.

    Example:
        >>> transform_amounts(56, count=3)["shift"].tolist()
        [-15.0, 0.0, 15.0]
    """
    return {
        "shift": np.unique(np.round(np.linspace(-60, 60, count) * pixels / 224)),
        "scale": np.linspace(1.0, 1.8, count),
        "rotation": np.arange(0.0, 351.0, 350 / (count - 1)).round(6),
    }


def transform(images: Tensor, kind: str, amount: float) -> Tensor:
    """Images (N, 3, H, W) shifted down, enlarged about or turned around their centre.

    Bilinear, by pixels, factor or degrees counter-clockwise; what comes into view is zero, the mean
    of the training images. Raises ValueError for another kind and for a factor of zero or less.

    Example:
        >>> transform(torch.ones(1, 3, 4, 4), "shift", 1)[0, 0, :, 0].tolist()
        [0.0, 1.0, 1.0, 1.0]
    """
    if kind not in KINDS:
        raise ValueError(f"no transformation {kind!r}; there are {', '.join(KINDS)}")
    # not torchvision's affine: it agrees to about a hundredth of a grey level, our tables need more
    height, width = images.shape[2:]
    theta = torch.eye(2, 3, dtype=images.dtype, device=images.device)
    if kind == "shift":
        theta[1, 2] = -2 * amount / height  # the grid spans -1 to 1
    elif kind == "scale":
        if amount <= 0:
            raise ValueError(f"a picture is enlarged by a factor above 0, not {amount}")
        theta[:, :2] /= amount
    else:
        turn = torch.deg2rad(torch.tensor(float(amount), dtype=images.dtype))
        cos, sin = float(turn.cos()), float(turn.sin())
        rows = [[cos, -sin * height / width], [sin * width / height, cos]]
        theta[:, :2] = torch.tensor(rows, dtype=images.dtype)
    theta = theta.expand(len(images), 2, 3)
    grid = F.affine_grid(theta, list(images.shape), align_corners=False)  # (N, H, W, 2)
    return F.grid_sample(images, grid, align_corners=False)


@torch.no_grad()
def invariance(
    net: nn.Module,
    images: Tensor,
    labels: Tensor,
    kind: str,
    amounts: Sequence[float] | np.ndarray,
    layers: Sequence[str] = ("layer1", "layer7"),
) -> Invariance:
    """Transform images (N, 3, H, W) by each amount and see how features and answer move (ZF 4.2).

    `net`, `images` and `layers` are those of `activations`. Raises ValueError for what it refuses,
    an unknown kind, fewer than two images, labels that are not one class of the net for each image,
    and values that are not finite.

    Example:
        >>> from torchvision.models import resnet18
        >>> images, labels = torch.randn(2, 3, 48, 40), torch.tensor([3, 5])
        >>> turned = invariance(resnet18(), images, labels, "rotation", [0, 90], ["layer1"])
        >>> turned.relative("layer1").shape, bool((turned.distance["layer1"][:, 0] < 0.01).all())
        ((2, 2), True)
    """
    if len(images) < 2:
        raise ValueError("at least two images are needed: distances are measured against theirs")
    if len(labels) != len(images):
        raise ValueError(f"{len(images)} images have {len(labels)} labels; give one for each")
    clear, _ = _features(net, images, labels, layers)
    distance: dict[str, list[Tensor]] = {layer: [] for layer in layers}
    probability = []
    for amount in amounts:
        moved, p = _features(net, transform(images, kind, float(amount)), labels, layers)
        probability.append(p)
        for layer in layers:
            distance[layer].append((moved[layer] - clear[layer]).norm(dim=1))
    return Invariance(
        kind,
        np.asarray(amounts, dtype=float),
        {layer: torch.stack(d, dim=1).cpu().numpy() for layer, d in distance.items()},
        {layer: float(torch.pdist(rows).mean()) for layer, rows in clear.items()},
        torch.stack(probability, dim=1).cpu().numpy(),
    )


def _features(
    net: nn.Module, x: Tensor, labels: Tensor, layers: Sequence[str]
) -> tuple[dict[str, Tensor], Tensor]:
    """Features (N, D) of each layer and p(true class) (N,)."""
    values = activations(net, x, [*layers, OUTPUT])
    check_labels(values[OUTPUT].shape[1:], labels)
    features = {layer: v.flatten(1).float() for layer, v in values.items()}
    for layer, rows in features.items():
        check_finite(rows, layer or "the answer")
    scores = features.pop(OUTPUT)  # (N, K)
    return features, scores.softmax(dim=1).gather(1, labels.to(scores.device)[:, None])[:, 0]
