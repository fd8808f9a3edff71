"""Figures of single filters and of codes of many (AGM Figs. 3 to 5, supplement Fig. 2, draft)."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np

from cnnlab.results.style import PAGE, palette
from cnnlab.units.distributed import Sweep
from cnnlab.units.filter_overlap import GROUPS
from cnnlab.units.precision import precision_recall
from cnnlab.units.vectors import Boxes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED = palette()[0], palette()[3]
STYLES: dict[str, Any] = {"pre-trained": {"color": BLUE}}  # colours as in the paper
STYLES["fine-tuned"] = {"color": RED, "ls": (0, (4, 1))}


def grandmothers(boxes: Mapping[str, Boxes], tops: Mapping[str, np.ndarray]) -> "Figure":
    """Precision against recall of a few filters of each class, (K, n) of each net by its name.

    A panel a class; the dotted line is a filter that knows nothing.
    """
    figure, axes = class_panels(next(iter(boxes.values())).classes)
    for k, panel in enumerate(axes):
        for name, one in boxes.items():
            for rank, f in enumerate(tops[name][k]) if one.known[k] else ():
                precision, recall = precision_recall(one.rows[:, f], one.present[:, k])
                width = 1.4 if rank == 0 else 0.6
                panel.plot([0, *recall], [precision[0], *precision], lw=width, **STYLES[name])
            panel.axhline(100 * one.present[:, k].mean(), color="black", ls=":", lw=1)
        panel.set(xlim=(0, 100), ylim=(0, 104), xticks=(0, 50, 100), yticks=(0, 50, 100))
    figure.supxlabel("recall (%)", fontsize=9)
    figure.supylabel("precision (%)", fontsize=9)
    for name in boxes:
        axes[0].plot([], [], lw=1.4, label=f"{name} (first filter bold)", **STYLES[name])
    axes[0].plot([], [], color="black", ls=":", lw=1, label="random filter")
    legend_above(figure, axes[0])
    return figure


def fractions(sweeps: Mapping[str, Sweep], layer: str) -> "Figure":
    """Share of the complete AP against the number of filters, by net; a panel a class.

    Bands are 95% intervals over test images, lines at 50 and 90% what the tables count to.
    """
    figure, axes = class_panels(next(iter(sweeps.values())).classes)
    for k, panel in enumerate(axes):
        for name, swept in sweeps.items():
            if swept.known[k]:
                value, *draws = np.moveaxis(swept.fractions[k], 1, 0)  # (S,) each
                low, high = np.nanquantile(draws, [0.025, 0.975], axis=0) if draws else (value,) * 2
                (line,) = panel.plot(swept.sizes, value, lw=1.2, label=name, **STYLES[name])
                panel.fill_between(swept.sizes, low, high, fc=line.get_color(), alpha=0.2, lw=0)
        for level in (50, 90):
            panel.axhline(level, color="black", ls=":", lw=0.6)
        panel.axhline(100, color="black", lw=0.6)
        panel.set(xscale="log", ylim=(0, 125), yticks=(0, 50, 100))
        panel.xaxis.set_major_formatter("{x:g}")
    figure.supxlabel(f"number of {layer} filters", fontsize=9)
    figure.supylabel("share of the complete AP (%)", fontsize=9)
    legend_above(figure, axes[0])
    return figure


def overlap_matrices(matrices: Mapping[str, np.ndarray], classes: tuple[str, ...]) -> "Figure":
    """Overlaps (K, K) of the classes' filters, a panel a net; classes stand by PASCAL's groups."""
    grouped = [name for names in GROUPS.values() for name in names if name in classes]
    order = [classes.index(name) for name in [*grouped, *(c for c in classes if c not in grouped)]]
    names = [classes[k] for k in order]
    ends = np.cumsum([sum(name in classes for name in group) for group in GROUPS.values()])
    size = (PAGE, 0.5 * PAGE)
    figure, axes = plt.subplots(1, len(matrices), figsize=size, sharey=True, squeeze=False)
    image = None
    for panel, (title, matrix) in zip(axes[0], matrices.items(), strict=True):
        shown = np.where(np.eye(len(order), dtype=bool), np.nan, matrix[np.ix_(order, order)])
        image = panel.imshow(shown, vmin=0, vmax=0.6, cmap="cividis", interpolation="nearest")
        for end in ends:
            for line in (panel.axhline, panel.axvline):
                line(end - 0.5, color="white", lw=1.2)
        panel.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
        panel.set_yticks(range(len(names)), names, fontsize=7)
        panel.set_title(title)
        panel.grid(visible=False)
    if image is not None:
        figure.colorbar(image, ax=axes, label="share of filters in common", shrink=0.8)
    return figure


def dimensions(sweeps: Mapping[str, Sweep]) -> "Figure":
    """AP against the number of filters, a panel a way to rank them: a line a class, bold the mean.

    Dashed, in every panel, is the mean by the first way.
    """
    size = (PAGE, 2.8)
    figure, axes = plt.subplots(1, len(sweeps), figsize=size, sharey=True, squeeze=False)
    first = next(iter(sweeps.values()))
    for panel, (name, swept) in zip(axes[0], sweeps.items(), strict=True):
        known = swept.aps[swept.known, :, 0]  # (K, S)
        panel.plot(swept.sizes, known.T, color="#b0b0b0", lw=0.6)
        panel.plot(swept.sizes, known.mean(axis=0), color=RED, lw=2)
        mean = first.aps[first.known, :, 0].mean(axis=0)  # (S,)
        panel.plot(first.sizes, mean, color="black", ls="--", lw=1)
        panel.set(title=name, xscale="log", xlabel="number of conv-5 filters", ylim=(0, 100))
        panel.xaxis.set_major_formatter("{x:g}")
    axes[0, 0].set_ylabel("average precision (%)")
    return figure


def class_panels(classes: Sequence[str]) -> "tuple[Figure, np.ndarray]":
    """A panel a class, five in a row, and their axes (K,)."""
    rows = -(-len(classes) // 5)
    size = (PAGE, 0.18 * PAGE * rows)
    figure, axes = plt.subplots(rows, 5, figsize=size, sharex=True, sharey=True, squeeze=False)
    for panel, name in zip(axes.flat, classes, strict=False):
        panel.tick_params(labelsize=7)
        panel.set_title(name, fontsize=8, pad=2)
    for panel in axes.flat[len(classes) :]:
        panel.set_axis_off()
    return figure, axes.ravel()[: len(classes)]


def legend_above(figure: "Figure", axes: "Axes") -> None:
    """What the lines of some axes are, above all panels."""
    style = {"loc": "outside upper center", "ncols": 4, "fontsize": 8}
    figure.legend(*axes.get_legend_handles_labels(), **style)
