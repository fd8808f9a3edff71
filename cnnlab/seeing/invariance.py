"""How far features move when the picture is shifted, scaled or turned (ZF 4.2, Fig. 4).

N images, A amounts of one transformation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab.seeing.chain import chain
from cnnlab.seeing.checks import check_finite, check_images

KINDS = ("shift", "scale", "rotation")


@dataclass(frozen=True)
class Moves:
    """Distances and probabilities along one transformation."""

    kind: str
    amounts: np.ndarray  # (A,) pixels, factors or degrees
    distance: Mapping[str, np.ndarray]  # tap -> (N, A), Euclidean, from the untouched image
    between: Mapping[str, float]  # tap -> mean distance of two different images, the yardstick
    probability: np.ndarray  # (N, A) of the true class

    def relative(self, tap: str) -> np.ndarray:
        """Distances of a tap as shares of that between two different images: (N, A)."""
        return self.distance[tap] / self.between[tap]

    def __getitem__(self, images: np.ndarray) -> "Moves":
        """The same of some of the images, measured with the same yardstick."""
        distance = {tap: d[images] for tap, d in self.distance.items()}
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
    taps: Sequence[str] = ("layer1", "layer7"),
    *,
    batch: int = 100,
) -> Moves:
    """Transform images (N, 3, P, P) by each amount and see how features and answer move.

    Memory holds a batch; different images are compared inside a batch. Raises ValueError for an
    unknown kind or tap, fewer than two images, images too small for a unit, labels that are not
    one class of the net for each image, and values that are not finite.
    """
    if len(images) < 2:
        raise ValueError("at least two images are needed: distances are measured against theirs")
    if len(labels) != len(images):
        raise ValueError(f"{len(images)} images have {len(labels)} labels; give one for each")
    check_images(net, images, taps)
    parts = [
        _part(net, x, true, kind, by, taps)
        for x, true in zip(images.split(batch), labels.split(batch), strict=True)
    ]
    distance, pairs, probability = zip(*parts, strict=True)
    count = sum(len(x) * (len(x) - 1) // 2 for x in images.split(batch))
    return Moves(
        kind,
        np.asarray(by, dtype=float),
        {tap: np.concatenate([d[tap] for d in distance]) for tap in taps},
        {tap: sum(p[tap] for p in pairs) / count for tap in taps},
        np.concatenate(probability),
    )


def _part(
    net: nn.Module,
    x: Tensor,
    labels: Tensor,
    kind: str,
    by: Sequence[float] | np.ndarray,
    taps: Sequence[str],
) -> tuple[dict[str, np.ndarray], dict[str, float], np.ndarray]:
    """Of a batch: distances (B, A) and summed distances of pairs by tap, probabilities (B, A)."""
    still, _ = _features(net, x, labels, taps)
    distance: dict[str, list[Tensor]] = {tap: [] for tap in taps}
    probability = []
    for amount in by:
        found, p = _features(net, transform(x, kind, float(amount)), labels, taps)
        probability.append(p)
        for tap in taps:
            distance[tap].append((found[tap] - still[tap]).norm(dim=1))  # (B,)
    return (
        {tap: torch.stack(d, dim=1).cpu().numpy() for tap, d in distance.items()},
        {tap: float(torch.pdist(still[tap]).sum()) for tap in taps},
        torch.stack(probability, dim=1).cpu().numpy(),
    )


def _features(
    net: nn.Module, x: Tensor, labels: Tensor, taps: Sequence[str]
) -> tuple[dict[str, Tensor], Tensor]:
    """Features (B, D) of each tap and p(true class) (B,)."""
    at = {tap: len(chain(net, tap)) - 1 for tap in taps}
    found = {}
    x = x.to(next(net.parameters()).device)
    for i, stage in enumerate(chain(net)):
        x = stage.module(x)
        found |= {tap: x.flatten(1).float() for tap, where in at.items() if where == i}
    for tap, features in found.items():
        check_finite(features, tap)
    p = x.float().softmax(dim=1)
    check_finite(p, "the answer")
    wrong = labels[(labels < 0) | (labels >= p.shape[1])]
    if len(wrong):
        raise ValueError(f"the net has classes 0 to {p.shape[1] - 1}, no class {int(wrong[0])}")
    return found, p.gather(1, labels.to(p.device)[:, None])[:, 0]
