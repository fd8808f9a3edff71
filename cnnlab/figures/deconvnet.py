"""Pages of notebooks 03 and 04: ZF Fig. 1 (deconvnet), Fig. 8 (top nine), Fig. 3 (training)."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor
from torch.nn import functional as F

from cnnlab.figures import plots
from cnnlab.results.statistics import Estimate
from cnnlab.results.style import COLUMN, OURS, PAGE, palette
from cnnlab.seeing.projection import Projection, shared_switches, unpool

MARKS = "osD^vxP"


def lively_corner(maps: Tensor) -> Tensor:
    """The corner (5, 5) of maps (N, 1, h, w) that shows most of how pooling by 3 x 3 / 2 goes.

    Its four maxima are above zero, two of them are one place, and its values vary most.
    """
    corners = F.unfold(maps, 5).transpose(1, 2).reshape(-1, 1, 5, 5)
    maxima, switches = F.max_pool2d(corners, 3, 2, return_indices=True)
    fit = (maxima.amin(dim=(1, 2, 3)) > 0) & (shared_switches(switches).sum(dim=(1, 2)) == 2)
    return corners[(corners.std(dim=(1, 2, 3)) * fit).argmax(), 0]


def figure1(maps: Tensor, above: Tensor) -> Figure:
    """ZF Fig. 1: the two columns of a layer, and unpooling by switches of a real piece of a map.

    `maps` (N, 1, h, w) are rectified activations, of which a `lively_corner` is drawn; `above`
    (2, 2) is what comes down from the layer above.
    """
    maps = lively_corner(maps)
    figure = plt.figure(figsize=(PAGE, 6.4))
    grid = figure.add_gridspec(2, 5, height_ratios=[1.25, 1])
    _columns(figure.add_subplot(grid[0, :]))
    pooled, switches = F.max_pool2d(maps[None, None], 3, 2, return_indices=True)
    back = unpool(above[None, None], switches, (5, 5))[0, 0]
    places = torch.zeros(25).scatter(0, switches.flatten(), 1.0).reshape(5, 5)
    top = float(max(maps.max(), above.max(), 1e-9))
    panels = (
        (maps, "rectified map", top),
        (pooled[0, 0], "pooled: maxima of 3 x 3", top),
        (places, "switches: where they were", 1.0),
        (above, "from the layer above", top),
        (back, "unpooled", top),
    )
    for k, (values, title, limit) in enumerate(panels):
        _cells(figure.add_subplot(grid[1, k]), values, title, limit, numbers=k != 2)
    return figure


def _columns(axes: Axes) -> None:
    """Boxes of the layer (right, upwards) and of its deconvnet (left, downwards)."""
    up = ["layer below, pooled maps", "filter  $F$", "rectify", "max pooling", "pooled maps"]
    down = ["reconstruction below", r"filter  $F^{\,T}$", "rectify", "max unpooling"]
    down += ["layer above, reconstruction"]
    for names, x, color, arrow in ((down, 0.0, palette()[3], -1), (up, 6.0, OURS, 1)):
        for i, name in enumerate(names):
            solid = i in (1, 2, 3)
            axes.text(
                x + 2, i, name, ha="center", va="center", fontsize=9.5,
                color="white" if solid else "black",
                bbox={
                    "boxstyle": "round,pad=0.42", "fc": color if solid else "white", "ec": color,
                },
            )  # fmt: skip
            if i < 4:
                start, end = (i + 0.3, i + 0.7) if arrow > 0 else (i + 0.7, i + 0.3)
                axes.annotate(
                    "", (x + 2, end), (x + 2, start), arrowprops={"arrowstyle": "-|>", "lw": 1.6}
                )
    axes.annotate(
        "switches", (3.1, 3), (6.6, 3), ha="center", va="center", fontsize=9,
        arrowprops={"arrowstyle": "-|>", "lw": 1.6, "ls": "--"},
    )  # fmt: skip
    axes.text(2, 4.75, "deconvnet", ha="center", weight="bold")
    axes.text(8, 4.75, "convnet", ha="center", weight="bold")
    axes.set(xlim=(-0.5, 10.5), ylim=(-0.5, 5.1))
    axes.set_axis_off()


def _cells(axes: Axes, values: Tensor, title: str, top: float, *, numbers: bool) -> None:
    axes.imshow(values, cmap="Blues", vmin=0, vmax=1.4 * top)
    for y in range(values.shape[0]):
        for x in range(values.shape[1]):
            value = float(values[y, x])
            text = f"{value:.1f}" if numbers else "●" if value else ""
            axes.text(x, y, text, ha="center", va="center", fontsize=7.5)
    axes.set_xticks(np.arange(-0.5, values.shape[1]), [])
    axes.set_yticks(np.arange(-0.5, values.shape[0]), [])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.grid(color="#949494", lw=0.6)
    axes.set_title(title, fontsize=8)


def one_activation(picture: np.ndarray, name: str, map: Tensor, projection: Tensor) -> Figure:
    """A picture (P, P, 3), one map (h, w) of it, its strongest activation projected (3, P, P)."""
    figure, axes = plt.subplots(1, 3, figsize=(PAGE * 0.75, 2.4))
    plots.picture(axes[0], picture, name)
    figure.colorbar(plots.heat(axes[1], map.cpu().numpy(), "the map"), ax=axes[1], shrink=0.8)
    plots.picture(axes[2], plots.enhanced(projection[None])[0], "its strongest, projected")
    return figure


def figure8(
    filters: Tensor, first: Tensor, pairs: Mapping[str, tuple[Projection, Tensor]]
) -> Figure:
    """ZF Fig. 8: layer 1, then the nine strongest of as many maps a layer as fit, at least two.

    Layer 1 has its filters (F, 3, k, k) and the patches (maps * 9, 3, h, w) of the first of them;
    the others have projections, left, beside the patches that these came from.
    """
    width, count = 9.5 * plots.DPI, len(first) // 9
    sheet = plots.nines(plots.as_pictures(first), count, 4)
    filter_sheet = plots.mosaic(plots.enhanced(filters), 8, scale=1)
    titles = f"layer 1: its {len(filters)} filters", f"patches of filters 1 to {count}"
    rows = [dict(zip(titles, (filter_sheet, sheet), strict=True))]
    for layer, (projection, patches) in pairs.items():
        fit = int(width / 4 / (3 * patches.shape[2] + 12))  # in half a page, at twice their size
        maps = min(len(patches) // 9, max(2, fit))
        blocks = [
            plots.nines(pictures, maps, maps)
            for pictures in (
                plots.enhanced(projection.pixels[: 9 * maps]),
                plots.as_pictures(patches[: 9 * maps]),
            )
        ]
        titles = f"layer {layer[-1]}: projections", f"layer {layer[-1]}: patches"
        rows.append(dict(zip(titles, blocks, strict=True)))
    return plots.page(rows, width=width)[0]


def by_layer(
    series: Mapping[str, Mapping[str, Estimate]], label: str, limits: tuple[float, float]
) -> Figure:
    """Estimates with their intervals, layer by layer, a line for each named series."""
    figure, axes = plt.subplots(figsize=(COLUMN * 1.2, 2.6))
    layers = list(next(iter(series.values())))
    for i, ((name, estimates), mark) in enumerate(zip(series.items(), MARKS, strict=False)):
        low, y, high = np.array([(e.low, e.value, e.high) for e in estimates.values()]).T
        x, style = np.arange(len(y)) + 0.07 * i, f"{mark}-"  # beside each other, or bars would hide
        axes.errorbar(x, y, [y - low, high - y], fmt=style, capsize=3, label=name)
    axes.set(xlabel="layer", ylabel=label, ylim=limits)
    axes.set_xticks(range(len(layers)), [layer[-1] for layer in layers])
    axes.legend()
    return figure


def figure3(projected: Mapping[str, Tensor], names: Sequence[str]) -> Figure:
    """ZF Fig. 3: projections (T, U, 3, h, w) layer by layer, a row a map, time from left to right.

    The first two layers stand beside each other; `names` are those of the T copies.
    """
    sheets = {
        f"layer {layer[-1]}": plots.mosaic(
            plots.enhanced(pixels.transpose(0, 1).flatten(0, 1)), len(names), scale=1
        )  # map by map, copy by copy
        for layer, pixels in projected.items()
    }
    titles = list(sheets)
    rows = [titles[:2], *([title] for title in titles[2:])]
    figure, panels = plots.page([{t: sheets[t] for t in row} for row in rows], below=26)
    for panel in panels:
        for i, name in enumerate(names):
            place = {"transform": panel.transAxes, "va": "top", "ha": "center"}
            panel.text((i + 0.5) / len(names), -4 / panel.bbox.height, name, fontsize=6, **place)
    return figure


def curves_over_training(
    series: Mapping[str, np.ndarray], shares: np.ndarray, label: str, names: Sequence[str] = ()
) -> Figure:
    """Means over the maps (T, U) of each layer against the share of training, a line a layer.

    With `names` of the copies they stand at equal distances: each value tells what is new since the
    copy before.
    """
    x = np.arange(len(names)) if len(names) else 100 * shares
    means = {f"layer {layer[-1]}": np.nanmean(v, axis=1) for layer, v in series.items()}
    figure, axes = plt.subplots(figsize=(COLUMN * 1.4, 2.8))
    seaborn.lineplot(pd.DataFrame(means, index=x), ax=axes, markers=True, dashes=False)
    axes.set(xlabel="share of training (%)", ylabel=label, ylim=(0, None))
    if len(names):  # whose names have their unit
        axes.set_xlabel("copy at this share of training, against the one before")
        axes.set_xticks(x, names)
    axes.legend(ncols=2, fontsize=7)
    return figure
