"""Pages of notebook 07: ZF Fig. 6 and Table 3, the same part of several faces hidden."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from torch import Tensor

from cnnlab.datasets.faces import Face
from cnnlab.figures import plots
from cnnlab.results.style import OURS, PAGE, PAPER


def face_with_parts(face: Face) -> Figure:
    """A face with its parts named."""
    figure, axes = plt.subplots(figsize=(2.6, 2.6))
    plots.picture(axes, face.image, face.name.replace("_", " "))
    dark = [withStroke(linewidth=2.5, foreground="black")]  # to be read on any fur
    for name, (x, y) in face.parts.items():
        axes.plot(x, y, "+", color="white", ms=9, mew=2, path_effects=dark)
        text = axes.annotate(name.replace("_", " "), (x, y), (x + 2, y - 2), fontsize=7)
        text.set(color="white", path_effects=dark)
    return figure


def figure6(columns: Mapping[str, np.ndarray], rows: int) -> Figure:
    """ZF Fig. 6: the first `rows` faces, a column of pictures (F, P, P, 3) for what is hidden."""
    size = (PAGE * 0.85, PAGE * 0.85 / len(columns) * rows + 0.3)
    figure, grid = plt.subplots(rows, len(columns), figsize=size, squeeze=False)
    for i, row in enumerate(grid):
        for panel, (head, pictures) in zip(row, columns.items(), strict=True):
            plots.picture(panel, pictures[i], head.replace("_", " ") if i == 0 else "")
    return figure


def table3(paper: pd.DataFrame, ours: pd.DataFrame) -> Figure:
    """ZF Table 3 as dots with intervals: the published table above ours, a panel a layer.

    A row shares one axis, cut to its values, since the two levels lie far apart. The paper's bars
    are the deviations that it prints, ours 95% intervals.
    """
    paper = paper.assign(low=paper["value"] - paper["plus_minus"])
    paper = paper.assign(high=paper["value"] + paper["plus_minus"])
    figure, axes = plt.subplots(2, 2, figsize=(PAGE, 3.5), sharex="row", sharey=True)
    for line, (side, table) in zip(axes, (("paper", paper), ("this run", ours)), strict=True):
        for panel, (layer, part) in zip(line, table.groupby("column"), strict=True):
            y = np.arange(len(part))[::-1]
            reach = [part["value"] - part["low"], part["high"] - part["value"]]
            style = {"color": PAPER if side == "paper" else OURS, "capsize": 2, "ms": 5}
            panel.errorbar(part["value"], y, xerr=reach, fmt="o", **style)
            panel.set_yticks(y, part["row"])
            panel.set(title=f"{side}, layer {str(layer)[-1]}", ylim=(-0.5, len(part) - 0.5))
    for line, bars in zip(axes, ("printed deviations", "95% intervals"), strict=True):
        for panel in line:
            panel.set_xlabel(f"share of signs that differ (bars: {bars})", fontsize=7)
    return figure


def face_and_signs(picture: np.ndarray, sign: Tensor, part: str) -> Figure:
    """A face with a part hidden, and the signs (maps, h, w) of layer 5's changes, map by map."""
    figure, axes = plt.subplots(1, 2, figsize=(5.2, 2.2))
    plots.picture(axes[0], picture, f"{part.replace('_', ' ')} hidden")
    axes[1].imshow(sign.flatten(1).T.cpu(), cmap="PuOr", vmin=-1.6, vmax=1.6, aspect="auto")
    axes[1].set(xlabel="map of layer 5", ylabel="place")
    axes[1].set_title("purple: the part raised it,\norange: the part lowered it", fontsize=8)
    axes[1].grid(visible=False)
    return figure
