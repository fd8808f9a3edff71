"""Pictures of notebook 20: what an ablation does to maps, and what it costs, layer by layer."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnlab.figures.charts import bars_beside
from cnnlab.results.published import compare_with_paper, published_table
from cnnlab.results.style import PAGE, palette


def transformed(columns: Mapping[str, np.ndarray], filters: Sequence[int]) -> Figure:
    """Maps (C, p, p), or one number a filter (C,), by what was done to them: a row a filter.

    Darker is larger, by the first column's largest of the filter; a column of ones and zeros has a
    scale of its own. Zeros are dots.

    >>> maps = np.arange(8.0).reshape(2, 2, 2)
    >>> len(transformed({"as it is": maps, "sp-max": maps.max(axis=(1, 2))}, [0, 1]).axes)
    4
    """
    size = (PAGE, 0.25 + len(filters) * min(1.5, PAGE / len(columns)))
    figure, axes = plt.subplots(len(filters), len(columns), figsize=size, squeeze=False)
    first, *_ = columns.values()
    for j, (name, values) in enumerate(columns.items()):
        for row, f in zip(axes, filters, strict=True):
            grid = np.atleast_2d(values[f])
            binary = set(np.unique(values)) <= {0, 1}
            _numbers(row[j], grid, top=1.0 if binary else float(first[f].max()))
        axes[0, j].set_title(name, fontsize=9)
    for row, f in zip(axes, filters, strict=True):
        row[0].set_ylabel(f"filter {f}", fontsize=8)
    return figure


def _numbers(axes: Axes, grid: np.ndarray, top: float) -> None:
    """A grid of numbers, each on a square that is the darker the larger it is."""
    side = len(grid)
    axes.imshow(grid, cmap="Blues", vmin=0, vmax=1.6 * top or 1, aspect="equal")
    whole = np.equal(np.mod(grid, 1), 0).all()
    for (y, x), value in np.ndenumerate(grid):
        text = "\N{MIDDLE DOT}" if value == 0 else f"{value:.0f}" if whole else f"{value:.1f}"
        axes.text(x, y, text, ha="center", va="center", fontsize=8 if side < 5 else 5)
    axes.set_xticks(np.arange(0.5, side - 1), [])
    axes.set_yticks(np.arange(0.5, side - 1), [])
    axes.grid(color="white", lw=1)
    axes.tick_params(length=0)
    if side == 1:  # one number a filter: as large as a place of the maps beside it
        axes.set(xlim=(-1.5, 1.5), ylim=(1.5, -1.5))
    for spine in axes.spines.values():
        spine.set_visible(False)


def by_layer(table: pd.DataFrame, id: str, names: Mapping[str, str]) -> Figure:
    """Mean AP by layer, a line an ablation: the paper's `id` on the left, this run on the right.

    `names` are the columns of the table to draw, and what to call them.
    """
    both = compare_with_paper(table, id, decimals=9)
    layers = list(dict.fromkeys(both["row"]))
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.9), sharex=True)
    for shift, (column, name) in enumerate(names.items()):
        cells = both[both["column"] == column].set_index("row").reindex(layers)
        x = np.arange(len(layers)) + 0.06 * (shift - len(names) / 2)
        style = {"marker": "osD^v"[shift], "color": palette()[shift], "ms": 5, "lw": 1.3}
        axes[0].plot(x, cells["paper"], label=name, **style)
        error = [cells["ours"] - cells["low"], cells["high"] - cells["ours"]]
        axes[1].errorbar(x, cells["ours"], yerr=error, capsize=2, **style)
    for panel, title in zip(
        axes, ("the paper", "this run, 95% intervals over scenes"), strict=True
    ):
        panel.set_title(title)
        panel.set_xticks(range(len(layers)), layers, fontsize=8)
        panel.set(ylim=(0, None))
    axes[0].set_ylabel("mean AP (%)")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    return figure


def by_task(table: pd.DataFrame, ablations: Sequence[str]) -> Figure:
    """What ablations of conv-5 take from a detector and from a classifier of given boxes, in %.

    `table` is "extra-detection-costs"; the paper's shares, where it has them, are diamonds.
    """
    detected, named = (published_table(id) for id in ("draft-table6", "draft-table8"))
    maps = detected[detected["column"] == "map"].set_index("row")["value"]
    boxes = named[named["row"] == "pool-5"].set_index("column")["value"]
    rows = {"binarise": "binary", "sp-max": "spmax", "max in place, binarised": "sm-bn-lc"}
    detection = {name: 1 - maps[row] / maps["pool-5"] for name, row in rows.items()}
    paper = {"detection": detection}
    paper["given boxes"] = {"sp-max": 1 - boxes["fine-tune-sp-max"] / boxes["fine-tune"]}
    figure, axes = plt.subplots(figsize=(PAGE * 0.8, 0.42 * len(ablations) + 1.1))
    y = np.arange(len(ablations))[::-1]
    for shift, (task, color, mark) in zip(
        (0.13, -0.13),
        (("detection", palette()[0], "o"), ("given boxes", palette()[1], "s")),
        strict=True,
    ):
        cells = table[table["column"] == f"{task}, % lost"].set_index("row").reindex(ablations)
        ends = [cells["value"] - cells["low"], cells["high"] - cells["value"]]
        style = {"color": color, "capsize": 2, "ms": 5, "label": f"{task}, this run"}
        axes.errorbar(cells["value"], y + shift, xerr=ends, fmt=mark, **style)
        places = [
            (100 * paper[task][n], at)
            for n, at in zip(ablations, y + shift, strict=True)
            if n in paper[task]
        ]
        axes.plot(*np.transpose(places), "D", mfc="none", mec=color, ms=6, label=f"{task}, paper")
    axes.axvline(0, color="black", lw=0.8)
    axes.set_yticks(y, list(ablations))
    axes.set(xlabel="share of the mAP that is lost (%)", ylim=(-0.6, len(ablations) - 0.4))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8)
    return figure


def sublayers(table: pd.DataFrame) -> Figure:
    """The draft's Table 9 as bars, from the input up; the draft's numbers as ticks."""
    both = compare_with_paper(table, "draft-table9", decimals=9)
    both = pd.DataFrame(both[both["column"] == "map"])
    figure, axes = plt.subplots(figsize=(PAGE * 0.75, 0.19 * len(both) + 0.6))
    bars_beside(both, axes, label="mean AP (%)")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure
