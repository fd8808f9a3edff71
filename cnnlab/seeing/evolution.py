"""Features while a net learns: the strongest activations, and how near each map is to its end.

T copies of one net along its training, U maps (ZF 4.1, Fig. 3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cnnlab.nets.convnet import ConvNet
from cnnlab.seeing.sheets import enhanced
from cnnlab.seeing.top import project_top, top
from cnnlab.statistics import Z95, Estimate


@dataclass(frozen=True)
class OverTime:
    """The strongest activation of U maps in T copies of a net."""

    pixels: Tensor  # (T, U, 3, h, w) projections
    image: np.ndarray  # (T, U) number of the image it comes from


def strongest_over_time(
    nets: Mapping[float, ConvNet],
    images: np.ndarray,
    mean: Tensor,
    tap: str,
    units: Sequence[int] | np.ndarray,
) -> OverTime:
    """Find and project the strongest activation of each map over images (N, S, S, 3), copy by copy."""
    pixels, number = [], []
    for net in nets.values():
        side = net.spec.pixels
        best = top(net, images, mean, tap, list(units), count=1, pixels=side)
        projection, _ = project_top(net, images, mean, tap, best, pixels=side)
        pixels.append(projection.pixels)
        number.append(best.image[:, 0])
    return OverTime(torch.stack(pixels), np.stack(number))


def winners(
    nets: Mapping[float, ConvNet],
    images: np.ndarray,
    mean: Tensor,
    tap: str,
    units: Sequence[int],
) -> np.ndarray:
    """Which image excites each map most in each copy: (T, U)."""
    found = [
        top(net, images, mean, tap, units, count=1, pixels=net.spec.pixels).image[:, 0]
        for net in nets.values()
    ]
    return np.stack(found)


def in_rows(pixels: Tensor) -> np.ndarray:
    """Projections (T, U, 3, h, w) as pictures, a row a map and a column a copy: (U * T, h, w, 3)."""
    return enhanced(pixels.transpose(0, 1).flatten(0, 1))


@torch.no_grad()
def agreement_with_end(
    nets: Mapping[float, ConvNet], x: Tensor, taps: Sequence[str]
) -> dict[str, np.ndarray]:
    """Correlation of every map with itself at the end, over images (N, 3, P, P) and places.

    Tap -> (T, U); the last of `nets` is the end. NaN where a map is silent.
    """
    said = [net.taps(x.to(next(net.parameters()).device), taps) for net in nets.values()]
    found = {}
    for tap in taps:
        flat = [_centred(values[tap]) for values in said]  # (U, N * places) each
        found[tap] = np.stack([(now * flat[-1]).sum(dim=1).cpu().numpy() for now in flat])
        found[tap][:, ~np.isfinite(found[tap][-1])] = np.nan
    return found


def time_to(agreement: np.ndarray, shares: np.ndarray, level: float) -> np.ndarray:
    """Share of training at which each map reaches a level of agreement (T, U) for good: (U,).

    Between two copies the time is interpolated; NaN for silent maps.
    """
    out = np.full(agreement.shape[1], np.nan)
    for u, curve in enumerate(agreement.T):
        if not np.isfinite(curve[-1]):
            continue
        curve = np.nan_to_num(curve)
        below = np.flatnonzero(curve < level)
        if not len(below):
            out[u] = shares[0]
            continue
        i = below[-1]  # the last copy that is still short of it; the end never is
        rise = (level - curve[i]) / (curve[i + 1] - curve[i])
        out[u] = shares[i] + rise * (shares[i + 1] - shares[i])
    return out


def difference(a: np.ndarray, b: np.ndarray) -> Estimate:
    """Mean of a minus mean of b, two sets of maps, with its 95% interval; NaN are left out."""
    a, b = (v[np.isfinite(v)] for v in (np.asarray(a, float), np.asarray(b, float)))
    if min(len(a), len(b)) < 2:
        return Estimate(float("nan"), float("nan"), float("nan"), min(len(a), len(b)))
    value = float(a.mean() - b.mean())
    half = Z95 * np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return Estimate(value, value - half, value + half, len(a) + len(b))


def _centred(values: Tensor) -> Tensor:
    """Activations (N, U, ...) as rows of zero mean and unit length (U, N * places); NaN if silent."""
    flat = values.float().transpose(0, 1).flatten(1)
    flat = flat - flat.mean(dim=1, keepdim=True)
    return flat / flat.norm(dim=1, keepdim=True)
