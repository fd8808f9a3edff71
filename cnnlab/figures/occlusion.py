"""Pages of notebook 06: ZF Fig. 5, what a net loses when a square hides part of the picture."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from torch import Tensor

from cnnlab.figures import plots
from cnnlab.results.style import PAGE, PAPER, palette
from cnnlab.seeing.occlusion import OcclusionMaps

SMOOTH = "antialiased"  # a panel is no whole multiple of its pixels
HEADS = (
    *("(a) deepest square", "(b) strongest map", "(c) its projections"),
    *("(d) p(class)", "(e) most probable class"),
)


def picture_with_grid(image: np.ndarray, cells: int, title: str) -> Figure:
    """A picture (P, P, 3) under a grid of cells x cells, rows and columns numbered from 0."""
    figure, axes = plt.subplots(figsize=(2.8, 2.8))
    axes.imshow(image)
    edges = np.linspace(0, len(image), cells + 1) - 0.5
    middles, numbers = (edges[1:] + edges[:-1]) / 2, [str(i) for i in range(cells)]
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(edges, minor=True)
        axis.set_ticks(middles, numbers)
    axes.grid(visible=False)
    axes.grid(which="minor", color="white", lw=0.8)
    axes.tick_params(which="both", length=0)
    axes.set(xlabel="column", ylabel="row", title=title)
    return figure


def probability_maps(
    maps: Mapping[str, OcclusionMaps],
    side: int,
    *,
    number: int = 0,
    picture: np.ndarray | None = None,
    name: str = "",
) -> Figure:
    """Map (d) of picture `number` of `side` px, under several settings, by title.

    With the `picture` (P, P, 3) and its `name` that comes first, on the same axes.
    """
    count = len(maps) + (picture is not None)
    size = (PAGE, 1.4) if count > 3 else (PAGE * 0.3 * count, 2.5)
    figure, axes = plt.subplots(1, count, figsize=size, squeeze=False)
    panels = list(axes[0])
    if picture is not None:
        plots.picture(panels.pop(0), picture, name)
    for panel, (title, values) in zip(panels, maps.items(), strict=True):
        _probability(panel, values, number, side, title, bar=count <= 3)
    return figure


def figure5(
    pictures: np.ndarray,
    maps: OcclusionMaps,
    projections: Tensor,
    classes: Sequence[str],
    names: Any,
) -> Figure:
    """ZF Fig. 5 of N pictures (N, P, P, 3) and projections (N, 4, 3, P, P); of these `classes`.

    `names[label]` are the classes of column (e). Every map lies where the square's centre was.
    """
    figure, grid = plt.subplots(
        len(pictures), 5, figsize=(PAGE, 1.75 * len(pictures) + 0.2), squeeze=False
    )
    side = pictures.shape[1]
    for i, row in enumerate(grid):
        heads = [head if i == 0 else "" for head in HEADS]
        plots.picture(
            row[0], pictures[i], f"{heads[0]}\n{classes[i]}".strip(), interpolation=SMOOTH
        )
        r, c = np.unravel_index(maps.probability[i].argmin(), maps.probability[i].shape)
        corner = float(maps.top[r]), float(maps.left[c])
        plots.outline(row[0], *corner, maps.size, maps.size, ec="white")
        name = f"{heads[1]}\nmap {maps.unit[i]}".strip()
        _bar(row[1], plots.heat(row[1], maps.activation[i], name))
        _place(row[1], maps, side)
        sheet = plots.mosaic(plots.enhanced(projections[i]), 2)
        plots.picture(row[2], sheet, heads[2], interpolation=SMOOTH)
        _probability(row[3], maps, i, side, heads[3])
        _answers(row[4], maps.label[i], names, heads[4])
        _place(row[4], maps, side)
    return figure


def drops_and_correlations(
    on: np.ndarray, off: np.ndarray, correlations: Mapping[str, np.ndarray]
) -> Figure:
    """A dot a picture for the drop on and off its object (N,); boxes of correlations (N,)."""
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.6), width_ratios=(1, 1.6))
    seaborn.scatterplot(x=off, y=on, s=16, ax=axes[0])
    values = np.concatenate([on, off])
    ends = np.nanquantile(values, (0, 1)) if np.isfinite(values).any() else (0, 1)
    axes[0].plot(ends, ends, color=PAPER, lw=1)
    axes[0].set(xlabel="drop of p(class) off the object", ylabel="drop of p(class) on the object")
    seaborn.boxplot(pd.DataFrame(correlations), orient="h", width=0.6, fliersize=2, ax=axes[1])
    axes[1].axvline(0, color="black", lw=0.8)
    axes[1].set(xlabel="correlation over the square's positions", xlim=(-1, 1))
    return figure


def _answers(axes: Axes, labels: np.ndarray, names: Sequence[str], title: str = "") -> None:
    """A map of classes (R, C), each in a colour of its own, the commonest four named below."""
    present, count = np.unique(labels, return_counts=True)
    order = present[np.argsort(-count, kind="stable")]
    rank = {int(label): min(i, 4) for i, label in enumerate(order)}
    colors = [palette()[i] for i in (0, 1, 2, 4, 7)]
    sheet = np.vectorize(rank.__getitem__)(labels)
    axes.imshow(sheet, cmap=ListedColormap(colors), vmin=0, vmax=4, interpolation="nearest")
    axes.set_axis_off()
    axes.set_title(title, fontsize=8, pad=3)
    texts = [names[int(label)] for label in order[:4]] + ["others"] * (len(order) > 4)
    patches = [Patch(color=color, label=name) for color, name in zip(colors, texts, strict=False)]
    axes.legend(
        handles=patches, fontsize=6, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=2,
        handlelength=0.8, columnspacing=0.6, borderpad=0.1,
    )  # fmt: skip


def _probability(
    axes: Axes, maps: OcclusionMaps, i: int, side: int, title: str, *, bar: bool = True
) -> None:
    image = plots.heat(axes, maps.probability[i], title, vmin=0, vmax=1)
    if bar:
        _bar(axes, image)
    _place(axes, maps, side)


def _bar(axes: Axes, image: Any) -> None:
    bar = axes.figure.colorbar(image, ax=axes, shrink=0.7, pad=0.03)
    bar.ax.tick_params(labelsize=6)
    bar.outline.set_visible(False)


def _place(axes: Axes, maps: OcclusionMaps, side: int) -> None:
    """Put the map just drawn where the centres of its squares are in a picture of `side` px."""
    step = (maps.top[1] - maps.top[0]) / 2 if len(maps.top) > 1 else maps.size / 2
    ends = [
        (starts[0] + maps.size / 2 - step - 0.5, starts[-1] + maps.size / 2 + step - 0.5)
        for starts in (maps.left, maps.top)
    ]
    axes.images[-1].set_extent((*ends[0], *ends[1][::-1]))
    axes.set(xlim=(-0.5, side - 0.5), ylim=(side - 0.5, -0.5))
    plots.outline(axes, 0, 0, side, side, ec="#d0d0d0", lw=0.8, clip_on=False)
