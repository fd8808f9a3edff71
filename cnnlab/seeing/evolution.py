"""Features while a net learns: the strongest activations, and how near each map is to its end.

T copies of one net along its training, U maps (ZF 4.1, Fig. 3).
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cnnlab.nets.convnet import ConvNet, build
from cnnlab.seeing.deconvnet import Units, project
from cnnlab.seeing.layers import Images, LayerReader, batches, check_finite, check_units
from cnnlab.training.loop import iterations
from cnnlab.training.trained import Trained


@dataclass(frozen=True)
class OverTime:
    """Where each of U maps responds most in each of T copies of a net; every field is (T, U)."""

    image: np.ndarray  # number of the image
    y: np.ndarray
    x: np.ndarray


@torch.no_grad()
def strongest_over_time(
    nets: Mapping[float, ConvNet], x: Tensor, layers: Sequence[str], *, batch: int = 200
) -> dict[str, OverTime]:
    """Find the strongest activation of every map over images (N, 3, P, P), copy by copy.

    Every layer is read in the same pass; memory holds a batch. Raises ValueError for what
    `activations` refuses and for activations that are not finite.
    """
    rows: dict[str, list[np.ndarray]] = {layer: [] for layer in layers}
    for net in nets.values():
        best: dict[str, Tensor] = {}
        with LayerReader(net, layers) as read:
            for start, part in batches(x, batch):
                for layer, maps in _maps(read, part).items():
                    new = _winners(maps, start)
                    old = best.get(layer, new)
                    best[layer] = torch.where(new[0] > old[0], new, old)
        for layer in layers:
            rows[layer].append(best[layer][1:].long().cpu().numpy())
    return {layer: OverTime(*np.stack(places, axis=1)) for layer, places in rows.items()}


def _maps(read: LayerReader, x: Images) -> dict[str, Tensor]:
    """Activations of every layer for a batch: (B, U, h, w), fully connected ones at (0, 0)."""
    values = read(x)
    for layer, maps in values.items():
        check_finite(maps, layer)
    return {name: v if v.dim() == 4 else v[:, :, None, None] for name, v in values.items()}


def _winners(maps: Tensor, start: int) -> Tensor:
    """Value, number of the image, row and column of each map's strongest activation: (4, U).

    `maps` (B, U, h, w) are of the images from number `start` on.
    """
    value, place = maps.flatten(2).max(dim=2)  # (B, U)
    value, image = value.max(dim=0)
    place = place.gather(0, image[None])[0]
    width = maps.shape[3]
    return torch.stack([value.double(), start + image, place // width, place % width])


def projections(
    nets: Mapping[float, ConvNet],
    x: Tensor,
    layer: str,
    found: OverTime,
    units: np.ndarray,
) -> Tensor:
    """Project what `strongest_over_time` found for some units: (T, units, 3, h, w).

    Raises ValueError for units that were not looked at.
    """
    check_units(torch.as_tensor(units), found.image.shape[1], layer)
    out = []
    for t, net in enumerate(nets.values()):
        fields = (found.image[t, units], units, found.y[t, units], found.x[t, units])
        chosen = Units(*(torch.as_tensor(np.array(f)) for f in fields))
        out.append(project(net, x, layer, chosen).pixels.cpu())
    return torch.stack(out)


def learned(start: Tensor, end: Tensor) -> Tensor:
    """What training added to filters (F, C, k, k): the end without what is left of the start.

    Of each filter the part along its random start is taken out, however far weight decay or
    clipping has shrunk it; after a training as long as the papers' there is next to nothing of it.
    """
    share = (end * start).sum(dim=(1, 2, 3)) / start.square().sum(dim=(1, 2, 3)).clamp_min(1e-12)
    return end - share[:, None, None, None] * start


def before(net: ConvNet, *, seed: int, init: str) -> ConvNet:
    """A net as it was before its first step, on the same device: its seed says all of it."""
    return build(net.spec, seed=seed, init=init).eval().to(next(net.parameters()).device)


def copies(trained: Trained) -> dict[float, ConvNet]:
    """The copies of a net along its training, by share of it: start, checkpoints, end."""
    end, recipe = trained.net(), trained.job.recipe
    kept = {c / iterations(recipe): trained.net(c) for c in trained.checkpoints}
    return {0.0: before(end, seed=trained.job.seed, init=recipe.init), **kept, 1.0: end}


def first_filters(trained: Trained) -> Tensor:
    """What training added to layer 1 of a net: (F, 3, k, k), see `learned`."""
    end = trained.net()
    return added(before(end, seed=trained.job.seed, init=trained.job.recipe.init), end)


def added(start: ConvNet, end: ConvNet) -> Tensor:
    """What lies between two copies of a net in layer 1: (F, 3, k, k), see `learned`."""
    name = f"conv{end.spec.convs[0].layer}.weight"
    return learned(*(net.layers.get_parameter(name).detach().cpu() for net in (start, end)))


@torch.no_grad()
def agreement_with_end(
    nets: Mapping[float, ConvNet], x: Tensor, layers: Sequence[str], *, batch: int = 100
) -> dict[str, np.ndarray]:
    """Correlation of every map with itself at the end, over images (N, 3, P, P) and places.

    Layer -> (T, U); the last of `nets` is the end. NaN where a map is silent; memory holds a batch.
    Raises ValueError for what `strongest_over_time` refuses.
    """
    sums: dict[tuple[str, int], Tensor] = {}
    with ExitStack() as stack:
        readers = [stack.enter_context(LayerReader(net, layers)) for net in nets.values()]
        for _, part in batches(x, batch):
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
