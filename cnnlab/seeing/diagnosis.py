"""What Zeiler & Fergus saw wrong in AlexNet's first two layers, as numbers (ECCV 4.1, Fig. 6).

F filters of C x k x k weights, U maps of layer 2. Frequencies are in cycles per pixel, 0 to 0.5
along an axis.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cnnlab.nets.convnet import ConvNet
from cnnlab.results.statistics import difference, mean_of, share
from cnnlab.seeing.chain import receptive_field
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.seeing.layers import activations
from cnnlab.seeing.top import project_top, top_images

GRID = 64  # points of the transforms: filters are padded to it with zeros
LOW = 0.6  # cycles per filter: below is a blob of one colour, whatever the filter's size
HIGH = 0.3  # cycles per pixel: above is near the pixel grid
DEAD = 0.1  # of the median filter's mean response
FREQUENCY = torch.fft.fftfreq(GRID)
RADIUS = (
    FREQUENCY[:, None].square() + FREQUENCY.square()
).sqrt()  # (GRID, GRID) of every frequency of `power`


def layer1_filters(net: ConvNet) -> Tensor:
    """Filters of layer 1, on the CPU: (F, 3, k, k).

    Example:
        >>> from cnnlab.nets.spec import ZFNET
        >>> layer1_filters(ConvNet(ZFNET.scaled(56, 0.1, 5))).shape
        torch.Size([8, 3, 7, 7])
    """
    return net.layers.get_parameter(f"conv{net.spec.convs[0].layer}.weight").detach().cpu()


def learned_filters(start: ConvNet, end: ConvNet) -> Tensor:
    """What training added to the filters of layer 1, on the CPU: (F, 3, k, k).

    Of each filter the part along its random start is taken out, however far weight decay or
    clipping has shrunk it; after a training as long as the papers' there is next to nothing of it.

    Example:
        >>> from cnnlab.nets import build
        >>> from cnnlab.nets.spec import ZFNET
        >>> net = build(ZFNET.scaled(56, 0.1, 5), init="he")
        >>> float(learned_filters(net, net).abs().max()) < 1e-6
        True
    """
    first, last = layer1_filters(start), layer1_filters(end)
    kept = (last * first).sum(dim=(1, 2, 3)) / first.square().sum(dim=(1, 2, 3)).clamp_min(1e-12)
    return last - kept[:, None, None, None] * first


def layer2_projections(
    net: ConvNet, images: np.ndarray, crops: CentreCrops, maps: int, seed: int
) -> Tensor:
    """Top-nine projections of `maps` maps of layer 2, chosen by `seed`: (maps * 9, 3, h, w).

    Example:
        >>> from cnnlab.nets.spec import ZFNET
        >>> net, crops = ConvNet(ZFNET.scaled(56, 0.1, 5)), CentreCrops(torch.zeros(64, 64, 3), 56)
        >>> images = np.random.default_rng(0).integers(0, 256, (9, 64, 64, 3), np.uint8)
        >>> layer2_projections(net, images, crops, maps=2, seed=0).shape[:2]
        torch.Size([18, 3])
    """
    chosen = np.random.default_rng(seed).choice(net.spec.convs[1].maps, maps, replace=False)
    best = top_images(net, images, "layer2", [int(unit) for unit in chosen], preprocess=crops)
    projection, _ = project_top(net, images, "layer2", best, preprocess=crops)
    return projection.pixels.cpu()


@torch.no_grad()
def measure_faults(
    net: ConvNet, filters: Tensor, projections: Tensor, noise: Tensor, x: Tensor
) -> dict[str, np.ndarray]:
    """The faults of a net in percent, filter by filter (F,), or map by map for layer 2 (U,).

    `filters` (F, 3, k, k) are those whose spectrum counts, images x (N, 3, P, P) tell which are
    dead: under a tenth of the median's mean response. `projections` and `noise` (U * 9, 3, h, w)
    are `layer2_projections` of the net and of what it was before training.

    Example:
        >>> from cnnlab.nets.spec import ZFNET
        >>> net, noise = ConvNet(ZFNET.scaled(56, 0.1, 5)), torch.randn(9, 3, 20, 20)
        >>> x = torch.randn(2, 3, 56, 56)
        >>> len(measure_faults(net, layer1_filters(net), noise, noise, x))
        5
    """
    layer = f"relu{net.spec.convs[0].layer}"
    response = activations(net, x, layer)[layer].mean(dim=(0, 2, 3)).cpu()
    middle = bands(filters)[:, 1]
    faults = {
        "dead filters (%)": response < DEAD * response.median(),
        "extreme filters (%)": middle < 0.5,
        "power in the middle band (%)": middle,
    }
    percent = {name: 100 * values.numpy().astype(float) for name, values in faults.items()}
    percent["layer-2 power beyond the grid (%)"] = fine = beyond_grid(net, projections)
    percent["layer-2 power beyond the grid, added (%)"] = fine - beyond_grid(net, noise)
    return percent


def fault_table(faults: Mapping[str, Mapping[str, np.ndarray]]) -> list[dict[str, Any]]:
    """Table cells: the mean of every fault of every net, and AlexNet minus ZFNet if both are there.

    Intervals are over filters, or maps of layer 2; those of shares are Wilson's.

    Example:
        >>> faults = {"power in the middle band (%)": np.array([60.0, 40.0])}
        >>> fault_table({"ZFNet": faults})[0]["value"]
        50.0
    """
    rows = [
        (share(values > 0) if "filters" in name else mean_of(values)).cell(name, net)
        for net, measured in faults.items()
        for name, values in measured.items()
    ]
    if "AlexNet" in faults and "ZFNet" in faults:
        rows += [
            difference(values, faults["ZFNet"][name]).cell(name, "AlexNet minus ZFNet")
            for name, values in faults["AlexNet"].items()
        ]
    return rows


def beyond_grid(net: ConvNet, projections: Tensor) -> np.ndarray:
    """Power in percent that maps of layer 2 draw finer than their grid can carry: (U,).

    `projections` (U * 9, 3, h, w) are `layer2_projections` of the net.
    """
    grid = receptive_field(net, f"pool{net.spec.convs[0].layer}").stride  # in pixels
    shares = beyond(projections, 1 / (2 * grid)).reshape(-1, 9).mean(dim=1)
    return 100 * shares.numpy().astype(float)


def power(x: Tensor) -> Tensor:
    """Power spectrum of images or filters (F, C, h, w) summed over channels: (F, GRID, GRID).

    A filter's mean counts as its lowest frequency. Raises ValueError above GRID pixels.
    """
    if max(x.shape[2:]) > GRID:
        raise ValueError(f"spectra are taken of at most {GRID} px, not {tuple(x.shape[2:])}")
    return torch.fft.fft2(x.float(), s=(GRID, GRID)).abs().square().sum(dim=1)


def beyond(x: Tensor, limit: float) -> Tensor:
    """Share of the power of x (F, C, h, w) whose frequency along an axis exceeds `limit`: (F,).

    With `limit` = 1 / (2 stride) that is what a grid of that stride cannot carry and folds over.

    Example:
        >>> stripes = (-1.0) ** torch.arange(32).expand(1, 1, 32, 32)
        >>> float(beyond(stripes, limit=1 / 4)) > 0.9
        True
    """
    outside = torch.maximum(FREQUENCY[:, None].abs(), FREQUENCY.abs()) > limit
    spectrum = power(x)
    return _share(spectrum * outside, spectrum)


def bands(x: Tensor, low: float = LOW, high: float = HIGH) -> Tensor:
    """Shares of the power of x (F, C, h, w) in the low, the middle and the high band: (F, 3).

    `low` is in cycles per filter, since a flat filter's spectrum is the wider the smaller it is.

    Example:
        >>> int(bands(torch.ones(1, 3, 7, 7)).argmax())  # a plain colour lies in the low band
        0
    """
    spectrum, r, low = power(x), RADIUS, low / max(x.shape[2:])
    parts = (r < low, (r >= low) & (r <= high), r > high)
    return torch.stack([_share(spectrum * part, spectrum) for part in parts], dim=1)


def spectrum(x: Tensor) -> tuple[Tensor, Tensor]:
    """Frequencies up to 0.5 and the share of the power of x (F, C, h, w) in a ring around each.

    Both are (24,). Every picture weighs the same; diagonal frequencies above 0.5 are left out.
    """
    bins, powers = 24, power(x)
    shares = (powers / powers.sum(dim=(1, 2), keepdim=True).clamp_min(1e-20)).mean(dim=0)
    ring = (RADIUS * 2 * bins).long().clamp_max(bins)  # the corners are one ring more
    total = torch.zeros(bins + 1).scatter_add_(0, ring.flatten(), shares.flatten())[:bins]
    return (torch.arange(bins) + 0.5) / (2 * bins), total / total.sum()


def _share(part: Tensor, whole: Tensor) -> Tensor:
    return part.sum(dim=(1, 2)) / whole.sum(dim=(1, 2)).clamp_min(1e-20)
