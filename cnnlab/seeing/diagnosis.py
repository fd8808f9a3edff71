"""What Zeiler & Fergus saw wrong in AlexNet's first two layers, as numbers (ECCV 4.1, Fig. 6).

F filters of layer 1, U maps of layer 2.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cnnlab.nets.convnet import ConvNet
from cnnlab.results.statistics import difference, mean_of, share
from cnnlab.seeing import aliasing as spectra
from cnnlab.seeing import receptive
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.seeing.layers import activations
from cnnlab.seeing.top import project_top, top_images

DEAD, EXTREME = "dead filters (%)", "extreme filters (%)"
MIDDLE, ALIASED = "power in the middle band (%)", "layer-2 power beyond the grid (%)"
ADDED = "layer-2 power beyond the grid, added (%)"
STRONGEST = "strongest / median filter"


def first(net: ConvNet) -> Tensor:
    """Filters of layer 1: (F, 3, k, k)."""
    return net.layers.get_parameter(f"conv{net.spec.convs[0].layer}.weight").detach().cpu()


def drawn(net: ConvNet, images: np.ndarray, crops: CentreCrops, maps: int, seed: int) -> Tensor:
    """Top-nine projections of some maps of layer 2, drawn by `seed`: (maps * 9, 3, h, w)."""
    chosen = np.random.default_rng(seed).choice(net.spec.convs[1].maps, maps, replace=False)
    best = top_images(net, images, "layer2", [int(unit) for unit in chosen], preprocess=crops)
    found, _ = project_top(net, images, "layer2", best, preprocess=crops)
    return found.pixels.cpu()


def step(net: ConvNet) -> int:
    """Pixels between neighbours of the grid on which layer 2 sees layer 1."""
    return receptive.field(net, f"pool{net.spec.convs[0].layer}").stride


@torch.no_grad()
def faults(net: ConvNet, filters: Tensor, second: Tensor, x: Tensor) -> dict[str, np.ndarray]:
    """The faults of a net in percent, filter by filter (F,), or map by map for layer 2 (U,).

    `filters` (F, 3, k, k) are those whose spectrum counts, `second` is what `drawn` gives, and
    images x (N, 3, P, P) tell which filters are dead.
    """
    layer = f"relu{net.spec.convs[0].layer}"
    response = activations(net, x, layer)[layer].mean(dim=(0, 2, 3)).cpu()
    found = {
        DEAD: spectra.dead(response),
        EXTREME: spectra.extreme(filters),
        MIDDLE: spectra.bands(filters)[:, 1],
    }
    percent = {name: 100 * values.numpy().astype(float) for name, values in found.items()}
    return {**percent, ALIASED: aliased(net, second)}


def aliased(net: ConvNet, second: Tensor) -> np.ndarray:
    """Power in percent that maps of layer 2 draw finer than their grid can carry: (U,).

    `second` (U * 9, 3, h, w) is what `drawn` gives.
    """
    share = spectra.beyond(second, 1 / (2 * step(net))).reshape(-1, 9).mean(dim=1)
    return 100 * share.numpy().astype(float)


def cells(
    measured: Mapping[str, Mapping[str, np.ndarray]], a: str = "AlexNet", b: str = "ZFNet"
) -> list[dict[str, Any]]:
    """Table cells: the mean of every fault of every net, and nets a minus b where both are there.

    Intervals are over filters, or maps of layer 2; those of shares are Wilson's.
    """
    rows = [
        (share(values > 0) if name in (DEAD, EXTREME) else mean_of(values)).cell(name, net)
        for net, faults in measured.items()
        for name, values in faults.items()
    ]
    if a in measured and b in measured:
        rows += [
            difference(values, measured[b][name]).cell(name, f"{a} minus {b}")
            for name, values in measured[a].items()
        ]
    return rows
