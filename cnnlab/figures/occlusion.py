"""The pages of occlusion, correspondence and diagnosis: ZF Fig. 5 and 6, and Fig. 6 of ECCV."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from cnnlab.figures import sheets
from cnnlab.figures.plots import bars_beside
from cnnlab.results.style import COLUMN, PAGE, PAPER
from cnnlab.seeing import aliasing as spectra
from cnnlab.seeing.faces import Face
from cnnlab.seeing.occlusion_maps import OcclusionMaps

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINES = ("-", "--", ":", "-.")
HEADS = (
    *("(a) picture, deepest square", "(b) strongest map of layer 5", "(c) its projections"),
    *("(d) p(class)", "(e) most probable class"),
)


def gridded(image: np.ndarray, cells: int, title: str) -> "Figure":
    """A picture (P, P, 3) under a grid of cells x cells, rows and columns numbered from 0."""
    import matplotlib.pyplot as plt

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


def hole(image: np.ndarray, maps: OcclusionMaps, i: int, title: str) -> "Figure":
    """Picture i (P, P, 3) beside its map (d), on the same axes."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(PAGE * 0.6, 2.5))
    sheets.picture(axes[0], image, title)
    _probability(axes[1], maps, i, len(image), "p(class), square centred here")
    return figure


def figure5(
    pictures: np.ndarray,
    maps: OcclusionMaps,
    projections: Tensor,
    said: Sequence[str],
    names: Any,
) -> "Figure":
    """ZF Fig. 5 of N pictures (N, P, P, 3) and projections (N, 4, 3, P, P); `said`: their classes.

    `names[label]` are the classes of column (e). Every map lies where the square's centre was.
    """
    import matplotlib.pyplot as plt

    figure, grid = plt.subplots(
        len(pictures), 5, figsize=(PAGE, 1.75 * len(pictures) + 0.2), squeeze=False
    )
    side = pictures.shape[1]
    for i, row in enumerate(grid):
        heads = [head if i == 0 else "" for head in HEADS]
        sheets.picture(row[0], pictures[i], f"{heads[0]}\n{said[i]}".strip())
        r, c = np.unravel_index(maps.probability[i].argmin(), maps.probability[i].shape)
        at = float(maps.top[r]), float(maps.left[c])
        sheets.outline(row[0], *at, maps.size, maps.size, ec="white")
        shown = sheets.heat(row[1], maps.activation[i], f"{heads[1]}\nmap {maps.unit[i]}".strip())
        _bar(row[1], shown)
        _place(row[1], maps, side)
        sheets.picture(row[2], sheets.mosaic(sheets.enhanced(projections[i]), 2), heads[2])
        _probability(row[3], maps, i, side, heads[3])
        sheets.answers(row[4], maps.label[i], names, heads[4])
        _place(row[4], maps, side)
    return figure


def strip(maps: Mapping[str, OcclusionMaps], side: int) -> "Figure":
    """OcclusionMaps (d) of one picture of `side` px under several settings, side by side."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(maps), figsize=(PAGE, 1.4))
    for panel, (title, found) in zip(axes, maps.items(), strict=True):
        sheets.heat(panel, found.probability[0], title, vmin=0, vmax=1)
        _place(panel, found, side)
    return figure


def on_beside_off(on: np.ndarray, off: np.ndarray, agree: Mapping[str, np.ndarray]) -> "Figure":
    """A dot a picture for the drop on and off its object (N,); histograms of correlations (N,)."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 1 + len(agree), figsize=(PAGE, 2.4))
    axes[0].scatter(off, on, s=9)
    known = np.concatenate([on, off])
    ends = np.nanquantile(known, (0, 1)) if np.isfinite(known).any() else (0, 1)
    axes[0].plot(ends, ends, color=PAPER, lw=1)
    axes[0].set(xlabel="drop of p(class)\noff the object", ylabel="on the object")
    for panel, (name, values) in zip(axes[1:], agree.items(), strict=True):
        panel.hist(values[np.isfinite(values)], bins=np.linspace(-1, 1, 21))
        panel.axvline(0, color="black", lw=0.8)
        panel.set(xlabel=name, ylabel="pictures", xlim=(-1, 1))
    return figure


def marked(face: Face) -> "Figure":
    """A face with its parts named."""
    import matplotlib.pyplot as plt
    from matplotlib.patheffects import withStroke

    figure, axes = plt.subplots(figsize=(2.6, 2.6))
    sheets.picture(axes, face.image, face.name.replace("_", " "))
    dark = [withStroke(linewidth=2.5, foreground="black")]  # to be read on any fur
    for name, (x, y) in face.parts.items():
        axes.plot(x, y, "+", color="white", ms=9, mew=2, path_effects=dark)
        said = axes.annotate(name.replace("_", " "), (x, y), (x + 2, y - 2), fontsize=7)
        said.set(color="white", path_effects=dark)
    return figure


def figure6(columns: Mapping[str, np.ndarray], rows: int) -> "Figure":
    """ZF Fig. 6: the first `rows` faces, a column of pictures (F, P, P, 3) for what is hidden."""
    import matplotlib.pyplot as plt

    size = (PAGE * 0.85, PAGE * 0.85 / len(columns) * rows + 0.3)
    figure, grid = plt.subplots(rows, len(columns), figsize=size, squeeze=False)
    for i, row in enumerate(grid):
        for panel, (head, pictures) in zip(row, columns.items(), strict=True):
            sheets.picture(panel, pictures[i], head.replace("_", " ") if i == 0 else "")
    return figure


def table3(shown: "pd.DataFrame") -> "Figure":
    """ZF Table 3 as bars, a panel a layer; `shown` is what `compare_with_paper` gives."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.2))
    for panel, (tap, part) in zip(axes, shown.groupby("column"), strict=True):
        label = f"mean sign change, layer {str(tap)[-1]}"
        bars_beside(part.reset_index(drop=True), panel, label=label)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside right upper")
    return figure


def face_and_signs(picture: np.ndarray, sign: Tensor, part: str) -> "Figure":
    """A face with a part hidden, and the signs (maps, h, w) of layer 5's changes, map by map."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(5.2, 2.2))
    sheets.picture(axes[0], picture, f"{part.replace('_', ' ')} hidden")
    axes[1].imshow(sign.flatten(1).T, cmap="PuOr", vmin=-1.6, vmax=1.6, aspect="auto")
    axes[1].set(
        title="purple: the part raised it, orange: lowered it",
        xlabel="map of layer 5",
        ylabel="place",
    )
    axes[1].grid(visible=False)
    return figure


def filters(sheets_of: Mapping[str, Tensor], columns: int = 6) -> "Figure":
    """Sheets of layer-1 filters (F, 3, k, k) side by side, each filter at its own contrast."""
    import matplotlib.pyplot as plt

    size = (PAGE * 0.36 * len(sheets_of), 2.9)
    figure, axes = plt.subplots(1, len(sheets_of), figsize=size, squeeze=False)
    for panel, (title, weight) in zip(axes[0], sheets_of.items(), strict=True):
        sheets.picture(panel, sheets.mosaic(sheets.enhanced(weight), columns), title)
    return figure


def diagnosis(
    firsts: Mapping[str, Tensor], seconds: Mapping[str, Tensor], *, together: str = ""
) -> "Figure":
    """ECCV Fig. 6: layer-1 filters (F, 3, k, k) above, layer 2's top nine (16 * 9, 3, h, w) below.

    The filters titled `together` share one contrast, so that the strong stand out. The last panel
    is the spectrum of the top nine.
    """
    import matplotlib.pyplot as plt

    figure, grid = plt.subplots(2, max(len(firsts), len(seconds) + 1), figsize=(PAGE, 6.0))
    for panel in grid.flat:
        panel.set_axis_off()
    for panel, (title, weight) in zip(grid[0], firsts.items(), strict=False):
        shown = sheets.enhanced(weight, together=title == together)
        sheets.picture(panel, sheets.mosaic(shown, round(len(weight) ** 0.5)), title)
    for panel, (title, pixels) in zip(grid[1], seconds.items(), strict=False):
        sheets.picture(panel, sheets.nines(sheets.enhanced(pixels), len(pixels) // 9, 4), title)
    last = grid[1, len(seconds)]
    last.set_axis_on()
    profiles(last, seconds, "spectrum of layer 2")
    return figure


def spectrum(weights: Mapping[str, Tensor], title: str) -> "Figure":
    """Power spectra of filters (F, C, k, k), the high band shaded, each one's low band as a bar."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(COLUMN * 1.4, 2.6))
    profiles(axes, weights, title)
    axes.axvspan(spectra.HIGH, 0.5, color=PAPER, alpha=0.15, lw=0)
    axes.text(0.4, axes.get_ylim()[1] * 0.95, "high", ha="center", va="top", fontsize=7)
    for line, weight in zip(list(axes.lines), weights.values(), strict=True):
        border = spectra.LOW / weight.shape[2]
        axes.axvline(border, ls=line.get_linestyle(), color=line.get_color(), lw=0.8)
    return figure


def profiles(axes: "Axes", pictures: Mapping[str, Tensor], title: str) -> None:
    """A line for the spectrum of each set of pictures (B, C, h, w)."""
    for (name, pixels), line in zip(pictures.items(), cycle(LINES), strict=False):
        axes.plot(*spectra.profile(pixels.cpu()), line, label=name)
    axes.set(xlabel="cycles per pixel", ylabel="share of power")
    axes.set_title(title, fontsize=8)
    axes.legend(fontsize=7)


def filter_and_spectrum(weight: Tensor, title: str) -> "Figure":
    """One filter (3, k, k) and its power spectrum, frequency zero in the middle."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(4.6, 2.2))
    sheets.picture(axes[0], sheets.enhanced(weight[None])[0], title)
    power = torch.fft.fftshift(spectra.power(weight[None])[0])
    sheets.heat(axes[1], power.numpy(), "its power, frequency 0 in the middle")
    return figure


def _probability(axes: "Axes", maps: OcclusionMaps, i: int, side: int, title: str) -> None:
    _bar(axes, sheets.heat(axes, maps.probability[i], title, vmin=0, vmax=1))
    _place(axes, maps, side)


def _bar(axes: "Axes", shown: Any) -> None:
    bar = axes.figure.colorbar(shown, ax=axes, shrink=0.7, pad=0.03)
    bar.ax.tick_params(labelsize=6)
    bar.outline.set_visible(False)


def _place(axes: "Axes", maps: OcclusionMaps, side: int) -> None:
    """Put the map just drawn where the centres of its squares are in a picture of `side` px."""
    step = (maps.top[1] - maps.top[0]) / 2 if len(maps.top) > 1 else maps.size / 2
    ends = [
        (starts[0] + maps.size / 2 - step - 0.5, starts[-1] + maps.size / 2 + step - 0.5)
        for starts in (maps.left, maps.top)
    ]
    axes.images[-1].set_extent((*ends[0], *ends[1][::-1]))
    axes.set(xlim=(-0.5, side - 0.5), ylim=(side - 0.5, -0.5))
    sheets.outline(axes, 0, 0, side, side, ec="#d0d0d0", lw=0.8, clip_on=False)
