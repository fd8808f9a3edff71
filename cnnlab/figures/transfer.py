"""Figures of the transfer notebooks: accuracy against images, against layers, against training.

A table is tidy: row, column, value, low, high, n. Accuracies are mean per-class, in percent.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnlab.figures import plots
from cnnlab.probing.caltech import TransferSet
from cnnlab.results.comparison import compare_with_paper
from cnnlab.results.published import published_table
from cnnlab.results.style import COLUMN, OURS, PAGE, palette

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ACCURACY = "mean per-class accuracy (%)"
SCRATCH = "#de8f05"  # of seaborn's colour-blind palette
PRETRAINED_ROW, SCRATCH_ROW = "imagenet-pretrained", "non-pretrained"


def examples(has: TransferSet, rows: Sequence[np.ndarray], classes: int = 10) -> "Figure":
    """The first image of each of `classes` classes among each of several choices of rows (N,)."""
    count, packed = min(classes, has.classes), has.packed
    tiles = [packed.images[r[packed.labels[r] == c][0]] for r in rows for c in range(count)]
    names = [name.replace("_", " ") for name in packed.classes[:count]]
    return plots.gallery(tiles, names + [""] * (len(tiles) - count), columns=count)


def transfer(tables: Mapping[str, tuple[str, "pd.DataFrame"]]) -> "Figure":
    """ZF Tables 4 and 5 as lines: by title, the published table's id and ours."""
    import matplotlib.pyplot as plt

    size = PAGE, 2.7
    figure, panels = plt.subplots(1, len(tables), figsize=size, sharey=True, squeeze=False)
    for axes, (title, (id, table)) in zip(panels[0], tables.items(), strict=True):
        both = compare_with_paper(table, id)
        for row, color in ((PRETRAINED_ROW, OURS), (SCRATCH_ROW, SCRATCH)):
            line = _line(both, row)
            mine = line.rename(columns={"ours": "value"}).dropna(subset=["value"])
            theirs = line.dropna(subset=["paper"])
            _with_bars(axes, mine, "images", f"ours, {row}", color)
            style = {"color": color, "alpha": 0.6, "label": f"paper, {row}"}
            axes.plot(theirs["images"], theirs["paper"], "--D", ms=3, **style)
            axes.set(xticks=line["images"])
        axes.set(xlabel="training images per class", title=title, ylim=(0, 100))
    panels[0, 0].set_ylabel(ACCURACY)
    handles = panels[0, 0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside right center", fontsize=7)
    return figure


def few_shots(curve: "pd.DataFrame", ours: Mapping[str, str], id: str) -> "Figure":
    """ZF Figure 7: rows of `curve` by their labels, with intervals, and the paper's table in grey.

    Images per class are spaced as their logarithms, so that the first ones can be seen.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(PAGE * 0.75, 3.6))
    for (row, label), color, mark in zip(ours.items(), palette(), "os^", strict=False):
        _with_bars(axes, _line(curve, row), "images", label, color, mark)
    theirs = published_table(id)
    rivals = {PRETRAINED_ROW: "pre-trained", "bo-2013": "Bo et al.", SCRATCH_ROW: "scratch"}
    for (row, label), style in zip(rivals.items(), ("--", "-.", ":"), strict=True):
        one = _line(theirs, row)
        axes.plot(one["images"], one["value"], style, color="#666666", label=f"paper, {label}")
    ticks = [1, 2, 3, 6, 10, 15, 30, 45, 60]
    axes.set(xlabel="training images per class", ylabel=ACCURACY, xscale="log", ylim=(0, 100))
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    figure.legend(loc="outside right center", fontsize=7)
    return figure


def worth(shots: Sequence[int], means: np.ndarray) -> "Figure":
    """Points gained by each further image of a class, against how many there are."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(COLUMN, 2.4))
    axes.plot(shots[1:], np.diff(means) / np.diff(shots), "-o", ms=3)
    axes.set(xscale="log", xlabel="training images per class", ylabel="points per further image")
    axes.set_xticks(shots[1:], [str(n) for n in shots[1:]], fontsize=7)
    axes.minorticks_off()
    axes.axhline(0, color="black", lw=0.8)
    return figure


def by_layer(table: "pd.DataFrame", id: str, columns: Sequence[str]) -> "Figure":
    """ZF Table 7's SVMs as lines over the layers, ours with intervals beside the paper's."""
    import matplotlib.pyplot as plt

    size = PAGE, 2.8
    figure, panels = plt.subplots(1, len(columns), figsize=size, sharey=True, squeeze=False)
    both = compare_with_paper(table, id).rename(columns={"ours": "value"})
    both = both.query("row.str.startswith('svm') and value.notna()")
    both = both.assign(layer=both["row"].str[-1].astype(int)).sort_values("layer")
    for axes, column in zip(panels[0], columns, strict=True):
        one = both.query("column == @column")
        _with_bars(axes, one, "layer", "ours", OURS)
        theirs = one.dropna(subset=["paper"])
        axes.plot(theirs["layer"], theirs["paper"], "--D", ms=4, color="#666666", label="paper")
        axes.set(xlabel="layer", title=column, ylim=(0, 100))
    panels[0, 0].set_ylabel(ACCURACY)
    panels[0, -1].legend()
    return figure


def by_training(by_point: Sequence[Mapping[int, np.ndarray]], skills: Sequence[float]) -> "Figure":
    """Accuracy of each layer (folds,) at several points of a pre-training of known accuracy.

    Left a line for each point over the layers, right a line for each layer over the accuracies.
    """
    import matplotlib.pyplot as plt

    layers = list(by_point[0])
    means = np.array([[per[layer].mean() for layer in layers] for per in by_point])
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 3.0), sharey=True)
    shades = plt.get_cmap("viridis")(np.linspace(0, 0.9, len(by_point)))
    for values, skill, shade in zip(means, skills, shades, strict=True):
        left.plot(layers, values, "-o", ms=3, color=shade, label=f"{skill:.0f}%")
    marks = "osD^vP*"
    for layer, values, mark in zip(layers, means.T, marks, strict=False):
        right.plot(skills, values, "-", marker=mark, ms=4, label=f"layer {layer}")
    left.set(xlabel="layer", ylabel=ACCURACY, title="by layer", xticks=layers)
    right.set(xlabel="pre-training accuracy (%)", title="by pre-training")
    named = left.get_legend_handles_labels()
    where = "outside left center"
    figure.legend(*named, title="pre-training", fontsize=7, title_fontsize=7, loc=where)
    figure.legend(*right.get_legend_handles_labels(), fontsize=7, loc="outside right center")
    return figure


def _with_bars(
    axes: "Axes", one: "pd.DataFrame", x: str, label: str, color: str, mark: str = "o"
) -> None:
    """A line of values with 95% intervals; an interval without ends has no bar."""
    error = np.nan_to_num([one["value"] - one["low"], one["high"] - one["value"]], posinf=0)
    how = {"fmt": f"-{mark}", "ms": 3.5, "capsize": 2, "color": color, "label": label}
    axes.errorbar(one[x], one["value"], yerr=error.clip(0), **how)


def _line(table: "pd.DataFrame", row: str) -> "pd.DataFrame":
    """The cells of one row with their number of images a class, rising."""
    one = table.query("row == @row")
    images = one["column"].astype(str).str.split("-").str[0].astype(int)
    return one.assign(images=images).sort_values("images")
