"""Features while a net learns: how near each map is to its end, and when it gets there.

T copies of one net along its training, U maps (ZF 4.1, Fig. 3).
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.seeing.checks import check_finite
from cnnlab.seeing.layers import activations

MOVED = 0.99  # a map whose start agrees more than this with its end has not moved


@torch.no_grad()
def agreement_with_end(
    nets: Mapping[float, nn.Module], images: Tensor, layers: Sequence[str]
) -> dict[str, np.ndarray]:
    """Correlation of every map with itself at the end, over images (N, 3, P, P) and places.

    Layer -> (T, U); the last of `nets` is the end. NaN where a map is silent. Raises ValueError for
    what `activations` refuses and for values that are not finite.

    Example:
        >>> nets = {share: nn.Sequential(nn.Conv2d(3, 2, 3)) for share in (0.0, 1.0)}
        >>> agreement_with_end(nets, torch.randn(5, 3, 8, 8), ["0"])["0"][-1].round(2)
        array([1., 1.])
    """
    *_, last = nets.values()
    end = {name: _standard(name, v) for name, v in activations(last, images, layers).items()}
    agreement = {layer: [] for layer in layers}
    for net in nets.values():
        for layer, maps in activations(net, images, layers).items():
            r = (_standard(layer, maps) * end[layer]).sum(dim=1)  # (U,)
            agreement[layer].append(r.cpu().numpy())
    return {layer: np.stack(r) for layer, r in agreement.items()}


def _standard(layer: str, maps: Tensor) -> Tensor:
    """Each map of (N, U, ...) as a row less its mean, of length 1, or NaN: (U, N * places)."""
    check_finite(maps, layer)
    rows = maps.transpose(0, 1).flatten(1).double()
    centred = rows - rows.mean(dim=1, keepdim=True)
    length = centred.norm(dim=1, keepdim=True)
    silent = length <= 3e-5 * rows.norm(dim=1, keepdim=True)  # what is left is rounding
    return (centred / length).masked_fill(silent, torch.nan)


def share_travelled(agreement: np.ndarray) -> np.ndarray:
    """How much of the way from its start to its end each map has gone, of `agreement` (T, U).

    (a(t) - a(0)) / (1 - a(0)): 0 at the start, 1 at the end, so that what a map's random start and
    its end have in common counts for nothing. NaN for maps that never moved, which have no way.

    Example:
        >>> agreement = np.array([[0.5, 1.0], [0.75, 1.0], [1.0, 1.0]])  # the second is frozen
        >>> share_travelled(agreement).T.tolist()
        [[0.0, 0.5, 1.0], [nan, nan, nan]]
    """
    way = 1 - agreement[:1]
    way = np.where(way > 1 - MOVED, way, np.nan)
    return (agreement - agreement[:1]) / way


def at_constant_pace(nets: Mapping[float, nn.Module]) -> dict[float, nn.Module]:
    """Copies whose weights all go straight from the first net to the last, at one pace.

    The control of `time_to`: no layer of theirs is ahead of another. Keys are shares, 0 to 1.

    Example:
        >>> nets = {share: nn.Linear(1, 1) for share in (0.0, 0.25, 1.0)}
        >>> first, quarter, last = (float(net.weight) for net in at_constant_pace(nets).values())
        >>> abs(quarter - (0.75 * first + 0.25 * last)) < 1e-6
        True
    """
    first, *_, last = (net.state_dict() for net in nets.values())
    copies = {}
    for share, net in nets.items():
        copies[share] = deepcopy(net)
        weights = {name: torch.lerp(first[name], last[name], share) for name in first}
        copies[share].load_state_dict(weights)
    return copies


def time_to(agreement: np.ndarray, shares: np.ndarray, level: float) -> np.ndarray:
    """Share of training at which each map reaches a level of `agreement` (T, U) for good: (U,).

    Between two copies the time is interpolated; NaN for silent maps.

    Example:
        >>> agreement = np.array([[0.0], [0.8], [1.0]])  # one map, three copies
        >>> time_to(agreement, np.array([0.0, 0.5, 1.0]), level=0.9).round(2).tolist()
        [0.75]
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
