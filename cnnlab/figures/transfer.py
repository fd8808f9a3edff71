"""Figures of the transfer notebooks: accuracy against images, against layers, against training.

A table is tidy: row, column, value, low, high, n. Accuracies are mean per-class, in percent.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter

from cnnlab.figures import plots
from cnnlab.probing.by_layer import Point
from cnnlab.probing.caltech import PRETRAINED, SCRATCH, TUNED, TransferSet
from cnnlab.results.published import compare_with_paper, published_table
from cnnlab.results.style import OURS, PAGE, palette

if TYPE_CHECKING:
    import pandas as pd

ACCURACY = "mean per-class accuracy (%)"
GREY = "#666666"


def examples(transfer_set: TransferSet, rows: Sequence[np.ndarray], classes: int = 10) -> Figure:
    """The first image of each of `classes` classes among each of several choices of rows (N,)."""
    count, packed = min(classes, transfer_set.classes), transfer_set.packed
    tiles = [packed.images[r[packed.labels[r] == c][0]] for r in rows for c in range(count)]
    names = [name.replace("_", " ") for name in packed.classes[:count]]
    return plots.gallery(tiles, names + [""] * (len(tiles) - count), columns=count)


def transfer(tables: Mapping[str, tuple[str, "pd.DataFrame"]]) -> Figure:
    """ZF Tables 4 and 5 as lines: by title, the published table's id and ours."""
    figure, panels = _panels(len(tables), 2.7)
    for axes, (title, (id, table)) in zip(panels, tables.items(), strict=True):
        both = compare_with_paper(table, id)
        for row, color, mark in zip((PRETRAINED, SCRATCH, TUNED), palette(), "os^", strict=False):
            line = _line(both, row).rename(columns={"ours": "value"})
            _with_bars(axes, line, "images", f"this run, {row}", color, mark)
            if row != TUNED:  # which the paper did not do
                style = {"color": color, "marker": mark, "mfc": "white"}
                _dashed(axes, line, "images", label=f"paper, {row}", **style)
            axes.set(xticks=line["images"])
        axes.set(xlabel="training images per class", title=title, ylim=(0, 100))
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right center", fontsize=7)
    return figure


def few_shots(curve: "pd.DataFrame", ours: Mapping[str, str], id: str) -> Figure:
    """ZF Figure 7: rows of `curve` by their labels, with intervals, and the paper's table in grey.

    Images per class are spaced as their logarithms, so that the first ones can be seen.
    """
    figure, axes = plt.subplots(figsize=(PAGE * 0.75, 3.6))
    for (row, label), color, mark in zip(ours.items(), palette(), "osD^", strict=False):
        _with_bars(axes, _line(curve, row), "images", label, color, mark)
    theirs = published_table(id)
    others = {PRETRAINED: "pre-trained", "bo-2013": "Bo et al.", SCRATCH: "scratch"}
    for (row, label), style in zip(others.items(), ("--", "-.", ":"), strict=True):
        one = _line(theirs, row)
        axes.plot(one["images"], one["value"], style, color=GREY, label=f"paper, {label}")
    axes.set(xlabel="training images per class", ylabel=ACCURACY, xscale="log", ylim=(0, 100))
    axes.set_xticks(ticks := [1, 2, 3, 6, 10, 15, 30, 45, 60], list(map(str, ticks)))
    axes.minorticks_off()
    figure.legend(loc="outside right center", fontsize=7)
    return figure


def by_layer(table: "pd.DataFrame", id: str, columns: Sequence[str]) -> Figure:
    """ZF Table 7's SVMs as lines over the layers, ours with intervals beside the paper's."""
    figure, panels = _panels(len(columns), 2.8)
    both = compare_with_paper(table, id).rename(columns={"ours": "value"})
    both = both.query("row.str.startswith('svm') and value.notna()")
    both = both.assign(layer=both["row"].str[-1].astype(int)).sort_values("layer")
    for axes, column in zip(panels, columns, strict=True):
        one = both.query("column == @column")
        _with_bars(axes, one, "layer", "this run", OURS)
        _dashed(axes, one, "layer", color=GREY, label="paper")
        axes.set(xlabel="layer", title=column, ylim=(0, 100))
    panels[-1].legend()
    return figure


def by_training(points: Sequence[Point]) -> Figure:
    """Accuracy of each layer at points of a pre-training.

    Left a line for each point over the layers, right a line for each layer over the images seen,
    on a logarithmic axis whose left end is the untrained net, with the accuracy at home in grey.
    """
    layers, seen = list(points[0].accuracy), [point.images for point in points]
    start = (
        min([n for n in seen if n] or [1]) / 3
    )  # where a logarithmic axis shows the untrained net
    places = [n or start for n in seen]
    means = np.array([[v.mean() for v in point.accuracy.values()] for point in points])
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 3.2), sharey=True)
    shades = plt.get_cmap("viridis")(np.linspace(0, 0.9, len(points)))
    counts = EngFormatter(sep="")
    for values, images, shade in zip(means, seen, shades, strict=True):
        left.plot(layers, values, "-o", ms=3, color=shade, label=counts(float(f"{images:.3g}")))
    for layer, values, mark in zip(layers, means.T, "osD^vP*", strict=False):
        right.plot(places, values, "-", marker=mark, ms=4, label=f"layer {layer}")
    home = [point.at_home.value for point in points]
    right.plot(places, home, ":", color=GREY, label="at home, top-1")
    left.set(xlabel="layer", ylabel=ACCURACY, title="by layer", xticks=layers, ylim=(0, None))
    right.set(xlabel="images seen while pre-training", title="by pre-training")
    decades = 10.0 ** np.arange(np.ceil(np.log10(2 * start)), np.log10(max(places)) + 1e-9)
    right.set_xscale("log")
    right.set_xticks([start, *decades], ["0", *map(counts, decades)])
    right.minorticks_off()
    for axes, side, title in (
        (left, "outside left center", "images seen"),
        (right, "outside right center", None),
    ):
        marks, labels = axes.get_legend_handles_labels()
        figure.legend(marks, labels, loc=side, title=title, fontsize=7, title_fontsize=7)  # pyright: ignore
    return figure


def _panels(count: int, height: float) -> tuple[Figure, np.ndarray]:
    size = (PAGE, height)
    figure, panels = plt.subplots(1, count, figsize=size, sharey=True, squeeze=False)
    panels[0, 0].set_ylabel(ACCURACY)
    return figure, panels[0]


def _with_bars(
    axes: Axes, one: "pd.DataFrame", x: str, label: str, color: str, mark: str = "o"
) -> None:
    """A line of values with 95% intervals; an interval without ends has no bar."""
    one = one.dropna(subset=["value"])
    error = np.nan_to_num([one["value"] - one["low"], one["high"] - one["value"]], posinf=0)
    style = {"fmt": f"-{mark}", "ms": 3.5, "capsize": 2, "color": color, "label": label}
    axes.errorbar(one[x], one["value"], yerr=error.clip(0), **style)


def _dashed(axes: Axes, one: "pd.DataFrame", x: str, **style: Any) -> None:
    """The paper's values where it has any, as a dashed line."""
    one = one.dropna(subset=["paper"])
    style = {"ls": "--", "marker": "D", "ms": 3.5, **style}
    axes.plot(one[x], one["paper"], **style)


def _line(table: "pd.DataFrame", row: str) -> "pd.DataFrame":
    """The cells of one row with their number of images a class, rising."""
    one = table.query("row == @row")
    images = one["column"].astype(str).str.split("-").str[0].astype(int)
    return one.assign(images=images).sort_values("images")
