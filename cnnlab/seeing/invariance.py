"""How far features move when the picture is shifted, scaled or turned (ZF 4.2, Fig. 4).

N images, A amounts of one transformation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab.seeing.chain import chain

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
) -> Moves:
    """Transform images (N, 3, P, P) by each amount and see how features and answer move.

    Raises ValueError for an unknown kind or tap, fewer than two images and values not finite.
    """
    if len(images) < 2:
        raise ValueError("at least two images are needed: distances are measured against theirs")
    still, _ = _features(net, images, labels, taps)
    distance: dict[str, list[Tensor]] = {tap: [] for tap in taps}
    probability = []
    for amount in by:
        found, p = _features(net, transform(images, kind, float(amount)), labels, taps)
        probability.append(p)
        for tap in taps:
            distance[tap].append((found[tap] - still[tap]).norm(dim=1))  # (N,)
    return Moves(
        kind,
        np.asarray(by, dtype=float),
        {tap: torch.stack(d, dim=1).cpu().numpy() for tap, d in distance.items()},
        {tap: float(torch.pdist(still[tap]).mean()) for tap in taps},
        torch.stack(probability, dim=1).cpu().numpy(),
    )


def _features(
    net: nn.Module, x: Tensor, labels: Tensor, taps: Sequence[str]
) -> tuple[dict[str, Tensor], Tensor]:
    """Features (N, D) of each tap and p(true class) (N,)."""
    stages = chain(net)
    at = {tap: len(chain(net, tap)) - 1 for tap in taps}
    found = {}
    for i, stage in enumerate(stages):
        x = stage.module(x)
        found |= {tap: x.flatten(1).float() for tap, where in at.items() if where == i}
    scores = x.float().softmax(dim=1)
    if not bool(torch.isfinite(scores).all()):
        raise ValueError("the net's answers are not finite; the net or the images hold NaN")
    return found, scores.gather(1, labels.to(x.device)[:, None])[:, 0]
