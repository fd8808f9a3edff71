"""Features while a net learns: the strongest activations, and how near each map is to its end.

T copies of one net along its training, U maps (ZF 4.1, Fig. 3).
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.seeing.deconvnet import project
from cnnlab.seeing.layers import Images, LayerReader, batches, check_finite, check_units
from cnnlab.seeing.projection import Units
from cnnlab.seeing.top import top_images_by_layer

MOVED = 0.99  # a map whose start agrees more than this with its end has not moved


@dataclass(frozen=True)
class OverTime:
    """Where each of U maps responds most in each of T copies of a net; arrays are (T, U)."""

    layer: str
    image: np.ndarray  # number of the image
    y: np.ndarray
    x: np.ndarray

    def project(self, nets: Mapping[float, nn.Module], images: Tensor, units: np.ndarray) -> Tensor:
        """Projections of these activations for some units, copy by copy: (T, units, 3, h, w).

        `nets` and `images` are those that were searched. Raises ValueError for other units.
        """
        check_units(torch.as_tensor(units), self.image.shape[1], self.layer)
        copies = []
        for t, net in enumerate(nets.values()):
            places = (self.image[t, units], units, self.y[t, units], self.x[t, units])
            chosen = Units(*(torch.as_tensor(np.array(p)) for p in places))
            copies.append(project(net, images, self.layer, chosen).pixels.cpu())
        return torch.stack(copies)


def strongest_over_time(
    nets: Mapping[float, nn.Module], images: Tensor, layers: Sequence[str], *, batch: int = 200
) -> dict[str, OverTime]:
    """The strongest activation of every map over images (N, 3, P, P), copy by copy, by layer.

    Raises ValueError for what `top_images` refuses.

    Example:
        >>> nets = {share: nn.Sequential(nn.Conv2d(3, 4, 3)) for share in (0.0, 1.0)}
        >>> strongest_over_time(nets, torch.randn(5, 3, 8, 8), ["0"])["0"].image.shape
        (2, 4)
    """
    maps = dict.fromkeys(layers)  # all of them
    best = [top_images_by_layer(net, images, maps, count=1, batch=batch) for net in nets.values()]
    strongest = {}
    for layer in layers:
        copies = [copy[layer] for copy in best]
        places = zip(*((top.image, top.y, top.x) for top in copies), strict=True)
        strongest[layer] = OverTime(layer, *(np.stack(place)[:, :, 0] for place in places))
    return strongest


@torch.no_grad()
def agreement_with_end(
    nets: Mapping[float, nn.Module], images: Tensor, layers: Sequence[str], *, batch: int = 100
) -> dict[str, np.ndarray]:
    """Correlation of every map with itself at the end, over images (N, 3, P, P) and places.

    Layer -> (T, U); the last of `nets` is the end. NaN where a map is silent. Raises ValueError for
    what `activations` refuses and for values that are not finite.

    Example:
        >>> nets = {share: nn.Sequential(nn.Conv2d(3, 2, 3)) for share in (0.0, 1.0)}
        >>> agreement_with_end(nets, torch.randn(5, 3, 8, 8), ["0"])["0"][-1].round(2)
        array([1., 1.])
    """
    sums: dict[tuple[str, int], Tensor] = {}
    with ExitStack() as stack:
        readers = [stack.enter_context(LayerReader(net, layers)) for net in nets.values()]
        for _, part in batches(images, batch):
            end = _maps(readers[-1], part)
            for t, read in enumerate(readers):
                for layer, now in _maps(read, part).items():
                    new = _moments(now, end[layer])
                    sums[layer, t] = sums[layer, t] + new if (layer, t) in sums else new
    values = {
        layer: torch.stack([_correlation(sums[layer, t]) for t in range(len(nets))])
        for layer in layers
    }
    return {name: torch.where(a[-1].isnan(), a[-1], a).cpu().numpy() for name, a in values.items()}


def _maps(read: LayerReader, x: Images) -> dict[str, Tensor]:
    """Activations of every layer for a batch: (B, U, h, w), fully connected ones at (0, 0)."""
    values = read(x)
    for layer, maps in values.items():
        check_finite(maps, layer)
    return {name: v if v.dim() == 4 else v[:, :, None, None] for name, v in values.items()}


def _moments(a: Tensor, b: Tensor) -> Tensor:
    """Count and sums of a, b, a^2, b^2, ab over images and places of (B, U, h, w): (6, U)."""
    a, b = (v.double().transpose(0, 1).flatten(1) for v in (a, b))
    products = (torch.ones_like(a), a, b, a * a, b * b, a * b)
    return torch.stack([p.sum(dim=1) for p in products])


def _correlation(moments: Tensor) -> Tensor:
    """Correlation of a and b from their `_moments` (6, U): (U,), NaN where either is constant."""
    n, a, b, aa, bb, ab = moments
    spread = torch.stack([aa - a * a / n, bb - b * b / n])
    silent = (spread <= 1e-9 * torch.stack([aa, bb])).any(dim=0)
    return ((ab - a * b / n) / spread.prod(dim=0).sqrt()).masked_fill(silent, torch.nan)


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
