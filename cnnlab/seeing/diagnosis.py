"""What Zeiler & Fergus saw wrong in AlexNet's first two layers, as numbers (ECCV 4.1, Fig. 6).

F filters of C x k x k weights, U maps of layer 2. Frequencies are in cycles per pixel, 0 to 0.5
along an axis.
"""

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cnnlab.nets.convnet import ConvNet
from cnnlab.results.statistics import mean_of, share
from cnnlab.seeing.chain import receptive_field
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.seeing.layers import activations
from cnnlab.seeing.top import project_top, top_images

GRID = 128  # points of the transforms: pictures are padded to it with zeros
LOW = 0.6  # cycles per filter: below is a blob of one colour, whatever the filter's size
SHARED = LOW / 7  # cycles per pixel: where ZFNet's low band ends, as one border for all nets
HIGH = 0.3  # cycles per pixel: above is near the pixel grid
DEAD = 0.1  # of the median filter's mean response
FREQUENCY = torch.fft.fftfreq(GRID)
RADIUS = (FREQUENCY[:, None].square() + FREQUENCY.square()).sqrt()  # (GRID, GRID), of `power`


def layer1_filters(net: ConvNet) -> Tensor:
    """Filters of layer 1, on the CPU: (F, 3, k, k).

    Example:
        >>> from cnnlab.nets.spec import ZFNET
        >>> layer1_filters(ConvNet(ZFNET.scaled(56, 0.1, 5))).shape
        torch.Size([8, 3, 7, 7])
    """
    return net.layers.get_parameter(f"conv{net.spec.convs[0].layer}.weight").detach().cpu()


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
    best = top_images(net, images, {"layer2": chosen.tolist()}, preprocess=crops)["layer2"]
    projection, _ = project_top(net, images, "layer2", best, preprocess=crops)
    return projection.pixels.cpu()


@torch.no_grad()
def measure_faults(
    net: ConvNet, projections: Tensor, fresh: Tensor, x: Tensor, coarse: int
) -> dict[str, np.ndarray]:
    """The faults of a net, filter by filter (F,), or map by map for layer 2 (U,).

    Images x (N, 3, P, P) tell which filters are dead: under a tenth of the median's mean response.
    `projections` and `fresh` (U * 9, 3, h, w) are `layer2_projections` of the net and of what it
    was before training. Layer 2 is judged at the net's own grid, and at one of `coarse` pixels.

    Example:
        >>> from cnnlab.nets.spec import ZFNET
        >>> net, pictures = ConvNet(ZFNET.scaled(56, 0.1, 5)), torch.randn(9, 3, 20, 20)
        >>> faults = measure_faults(net, pictures, pictures, torch.randn(2, 3, 56, 56), coarse=4)
        >>> faults["layer 2 at its grid, added by training (dB)"]
        array([0.])
    """
    layer = f"relu{net.spec.convs[0].layer}"
    response = activations(net, x, layer)[layer].mean(dim=(0, 2, 3)).cpu()
    filters = layer1_filters(net)
    middle = bands(filters)[:, 1]
    faults = {
        "dead filters (%)": response < DEAD * response.median(),
        "extreme filters (%)": middle < 0.5,
        "power in the middle band (%)": middle,
        "power in the middle band, one border (%)": bands(filters, SHARED * filters.shape[2])[:, 1],
    }
    measures = {name: 100 * values.numpy().astype(float) for name, values in faults.items()}
    grid = receptive_field(net, f"pool{net.spec.convs[0].layer}").stride  # in pixels
    own, before = (grid_excess(pixels, grid) for pixels in (projections, fresh))
    measures["layer 2 at its grid (dB)"] = own
    measures["layer 2 at its grid, added by training (dB)"] = own - before
    measures[f"layer 2 at a grid of {coarse} px (dB)"] = grid_excess(projections, coarse)
    return measures


def fault_table(faults: Mapping[str, Mapping[str, np.ndarray]]) -> list[dict[str, Any]]:
    """Table cells: the mean of every fault of every net, and AlexNet minus ZFNet if both are there.

    Intervals are over filters, or maps of layer 2; those of shares come from Wilson's.

    Example:
        >>> faults = {"power in the middle band (%)": np.array([60.0, 40.0])}
        >>> fault_table({"ZFNet": faults})[0]["value"]
        50.0
    """
    means = {
        (name, net): share(values > 0, "filters")
        if "filters" in name
        else mean_of(values, "maps" if "layer 2" in name else "filters")
        for net, measured in faults.items()
        for name, values in measured.items()
    }
    if "AlexNet" in faults and "ZFNet" in faults:
        for name in faults["AlexNet"]:
            gap = means[name, "AlexNet"].minus(means[name, "ZFNet"])
            means[name, "AlexNet minus ZFNet"] = gap
    return [mean.cell(*where) for where, mean in means.items()]


def grid_excess(pictures: Tensor, grid: int) -> np.ndarray:
    """How far a grid of `grid` pixels stands out in the spectra of pictures: decibels (U,).

    `pictures` are nine for each map (U * 9, C, h, w). A grid repeats a picture's spectrum around
    its harmonics, multiples of 1 / `grid` cycles per pixel along both axes. The power around each
    is divided by that of its neighbours, two to three of the finest waves that h pixels tell apart
    away: 0 is no grid. The mean is over harmonics, zero left out. A map whose nine pictures are all
    empty has no spectrum: NaN. Raises ValueError for a grid that GRID is no multiple of.

    Example:
        >>> comb, noise = torch.zeros(9, 1, 32, 32), torch.randn(9, 1, 32, 32)
        >>> comb[..., ::4, ::4] = torch.randn(9, 1, 1, 1)
        >>> bool(grid_excess(comb, 4) > 10), bool(abs(grid_excess(noise, 4)) < 3)
        (True, True)
    """
    if GRID % grid:
        raise ValueError(f"a grid of {grid} px does not divide {GRID}; give a power of two")
    side = pictures.shape[2]
    window = torch.hann_window(side + 2, periodic=False)[1:-1]  # or a picture's ends draw lines
    spectra = power(pictures * window[:, None] * window)
    spectra = spectra / spectra.sum(dim=(1, 2), keepdim=True)  # NaN for an empty picture
    spectra = spectra.reshape(-1, 9, GRID, GRID).nanmean(dim=1)
    number = (FREQUENCY * grid).round()  # of the nearest harmonic along an axis
    away = (FREQUENCY - number / grid).abs() * side
    away = torch.maximum(away[:, None], away)  # of the nearest harmonic, in both axes
    excess = []
    for row, column in product(range(grid), repeat=2):
        around = (number[:, None] % grid == row) & (number % grid == column)
        at, beside = (around & (away <= 1), around & (away > 2) & (away <= 3))
        if row or column:
            ratio = spectra[:, at].mean(dim=1) / spectra[:, beside].mean(dim=1).clamp_min(1e-20)
            excess.append(10 * ratio.clamp_min(1e-20).log10())
    return torch.stack(excess).mean(dim=0).numpy().astype(float)


def power(x: Tensor) -> Tensor:
    """Power spectrum of images or filters (F, C, h, w) summed over channels: (F, GRID, GRID).

    A filter's mean counts as its lowest frequency. Raises ValueError above GRID pixels.
    """
    if max(x.shape[2:]) > GRID:
        raise ValueError(f"spectra are taken of at most {GRID} px, not {tuple(x.shape[2:])}")
    return torch.fft.fft2(x.float(), s=(GRID, GRID)).abs().square().sum(dim=1)


def bands(x: Tensor, low: float = LOW, high: float = HIGH) -> Tensor:
    """Shares of the power of x (F, C, h, w) in the low, the middle and the high band: (F, 3).

    `low` is in cycles per filter, since a flat filter's spectrum is the wider the smaller it is.

    Example:
        >>> int(bands(torch.ones(1, 3, 7, 7)).argmax())  # a plain colour lies in the low band
        0
    """
    r, low = RADIUS, low / max(x.shape[2:])
    parts = torch.stack([r < low, (r >= low) & (r <= high), r > high])
    shares = (power(x)[:, None] * parts).sum(dim=(2, 3))  # (F, 3)
    return shares / shares.sum(dim=1, keepdim=True).clamp_min(1e-20)


def spectrum(x: Tensor) -> tuple[Tensor, Tensor]:
    """Frequencies up to 0.5 and the share of the power of x (F, C, h, w) in a ring around each.

    Both are (24,). Every picture weighs the same; diagonal frequencies above 0.5 are left out. A
    ring's power is its mean per frequency times its area: the number of frequencies that happen to
    fall into it must not show.
    """
    bins, powers = 24, power(x)
    shares = (powers / powers.sum(dim=(1, 2), keepdim=True).clamp_min(1e-20)).mean(dim=0)
    ring = (RADIUS * 2 * bins).long().clamp_max(bins).flatten()  # the corners are one ring more
    middle = (torch.arange(bins) + 0.5) / (2 * bins)
    density = (ring.bincount(shares.flatten()) / ring.bincount())[:bins] * middle
    return middle, density / density.sum()
