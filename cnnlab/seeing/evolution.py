"""Features while a net learns: the strongest activations, and how near each map is to its end.

T copies of one net along its training, U maps (ZF 4.1, Fig. 3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cnnlab.nets.convnet import ConvNet, build
from cnnlab.seeing.deconv import Units, project
from cnnlab.seeing.sheets import enhanced
from cnnlab.training.trained import Trained


@dataclass(frozen=True)
class OverTime:
    """Where each of U maps responds most in each of T copies of a net; every field is (T, U)."""

    image: np.ndarray  # number of the image
    y: np.ndarray
    x: np.ndarray


@torch.no_grad()
def strongest_over_time(
    nets: Mapping[float, ConvNet], x: Tensor, taps: Sequence[str]
) -> dict[str, OverTime]:
    """Find the strongest activation of every map over images (N, 3, P, P), copy by copy.

    Every layer is read in the same pass; memory holds a batch.
    """
    rows: dict[str, list[np.ndarray]] = {tap: [] for tap in taps}
    for net in nets.values():
        parts = [net.taps(part.to(next(net.parameters()).device), taps) for part in x.split(200)]
        for tap in taps:
            peaks = [part[tap].flatten(2).max(dim=2) for part in parts]  # (B, U) each
            value, place = (torch.cat(p) for p in zip(*peaks, strict=True))
            image = value.argmax(dim=0)  # (U,)
            place = place.gather(0, image[None])[0]
            width = parts[0][tap].shape[3]
            rows[tap].append(torch.stack([image, place // width, place % width]).cpu().numpy())
    return {tap: OverTime(*np.stack(found).transpose(1, 0, 2)) for tap, found in rows.items()}


def projections(
    nets: Mapping[float, ConvNet],
    x: Tensor,
    tap: str,
    found: OverTime,
    units: np.ndarray,
) -> Tensor:
    """Project what `strongest_over_time` found for some units: (T, units, 3, h, w)."""
    out = []
    for t, net in enumerate(nets.values()):
        fields = (found.image[t, units], units, found.y[t, units], found.x[t, units])
        chosen = Units(*(torch.as_tensor(np.array(f)) for f in fields))
        out.append(project(net, x, tap, chosen).pixels.cpu())
    return torch.stack(out)


def learned(start: Tensor, end: Tensor) -> Tensor:
    """What training added to filters (F, C, k, k): the end without what is left of the start.

    Of each filter the part along its random start is taken out, however far weight decay or
    clipping has shrunk it; after a training as long as the papers' there is next to nothing of it.
    """
    share = (end * start).sum(dim=(1, 2, 3)) / start.square().sum(dim=(1, 2, 3)).clamp_min(1e-12)
    return end - share[:, None, None, None] * start


def first_filters(trained: Trained) -> Tensor:
    """What training added to layer 1 of a net: (F, 3, k, k), see `learned`."""
    spec, seed, init = trained.job.spec, trained.job.seed, trained.job.recipe.init
    name = f"conv{spec.convs[0].layer}.weight"
    start, end = build(spec, seed=seed, init=init), trained.net().cpu()
    both = (net.layers.get_parameter(name).detach() for net in (start, end))
    return learned(*both)


def in_rows(pixels: Tensor) -> np.ndarray:
    """Projections (T, U, 3, h, w) as pictures, map by map, each copy by copy: (U * T, h, w, 3)."""
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


def _centred(values: Tensor) -> Tensor:
    """Activations (N, U, ...) as rows (U, N * places) of zero mean, length one; NaN if silent."""
    flat = values.float().transpose(0, 1).flatten(1)
    flat = flat - flat.mean(dim=1, keepdim=True)
    return flat / flat.norm(dim=1, keepdim=True)
