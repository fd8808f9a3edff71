"""Figures of notebooks 16 and 21: what nets and their layers are worth along a pre-training."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np

from cnnlab.results.published import published_table
from cnnlab.results.style import OURS, PAGE, palette
from cnnlab.units.pretraining import OverPretraining

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WHOLE = 305  # thousand iterations: the paper's whole pre-training
START = 0.007  # where the untrained net stands on an axis of logarithms


def over_pretraining(over: OverPretraining) -> "Figure":
    """Mean AP in percent of its end, a line a layer: the paper's Table 3, and this run.

    A band is the 95% interval over test scenes. The point on the left is the untrained net, whose
    line to the first checkpoint is dotted.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 3.4), sharex=True, sharey=True)
    table = published_table("agm-table3")
    table["share"] = table["column"].str.removesuffix("k").astype(float) / WHOLE
    for (layer, rows), style in zip(table.groupby("row", sort=False), _styles(7), strict=True):
        final = rows["value"].iloc[-1]
        left.plot(rows["share"], 100 * rows["value"] / final, label=layer, **style)
    for means, style in zip(over.means.values(), _styles(len(over.means)), strict=True):
        percent = 100 * means / means[-1]  # (T, 1 + draws)
        half = 2 * percent[1:, 1:].std(axis=1)
        x, y = over.shares[1:], percent[1:, 0]
        right.fill_between(x, y - half, y + half, color=style["color"], alpha=0.08, lw=0)
        right.plot(x, y, **style)
        right.plot([START, x[0]], percent[:2, 0], ls=":", lw=1, **style)
    for axes, title in ((left, "paper, Table 3"), (right, "this run")):
        _levels(axes)
        axes.set(title=title, xlabel="share of the pre-training")
    left.set_ylabel("mean AP (% of that at the end)")
    figure.legend(*left.get_legend_handles_labels(), loc="outside right center", fontsize=8)
    return figure


def after_tuning(
    table: "pd.DataFrame", frozen: "pd.DataFrame", shares: Mapping[str, float]
) -> "Figure":
    """AGM Table 4 as lines over the share of the pre-training: the paper, this run, a frozen net.

    `table` is laid out as "agm-table4", `frozen` like its row of SUN-CLS; `shares` are ours, %.
    """
    figure, panels = plt.subplots(1, 2, figsize=(PAGE, 2.9), sharex=True)
    printed = {name: 100 * float(name.removesuffix("k")) / WHOLE for name in shares}
    paper = {"fmt": "D--", "color": "#949494", "label": "paper"}
    tuned = {"fmt": "o-", "color": OURS, "label": "this run, fine-tuned"}
    alone = {"fmt": "s:", "color": palette()[1], "label": "this run, frozen"}
    rows = (("sun-cls", "arxiv", "accuracy (%)"), ("pascal-det", "both", "mAP (%)"))
    for axes, (row, source, label) in zip(panels, rows, strict=True):
        theirs = published_table("agm-table4"), printed, paper
        for cells, places, style in (theirs, (table, shares, tuned), (frozen, shares, alone)):
            one = cells[(cells["row"] == row) & (cells["source"] == source)]
            x = [places[str(name)] for name in one["column"]]
            ends = [one["value"] - one["low"], one["high"] - one["value"]] if "low" in one else None
            if len(one):
                axes.errorbar(x, one["value"], yerr=ends, capsize=2, ms=4, lw=1.3, **style)
        axes.set(title=row.upper(), xlabel="pre-training (%)", ylabel=label, ylim=(0, None))
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def likeness(curves: Mapping[str, np.ndarray], shares: np.ndarray) -> "Figure":
    """Mean cosine of a layer's filters with their end, (T, filters) each, over the training."""
    figure, axes = plt.subplots(figsize=(0.72 * PAGE, 3.2))
    for (layer, values), style in zip(curves.items(), _styles(len(curves)), strict=True):
        x = np.concatenate([[START], shares[1:]])
        axes.plot(x, values.mean(axis=1), label=f"{layer[:-1]}-{layer[-1]}", **style)
    _levels(axes, lines=())
    axes.set(xlabel="share of the pre-training", ylabel="cosine with the end", ylim=(0, 1.03))
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right center", fontsize=8)
    return figure


def _levels(axes: "Axes", lines: tuple[int, ...] = (80, 90)) -> None:
    """The axis of logarithms from the start to the end, with the paper's two levels."""
    axes.set_xscale("log")
    ticks = (START, 0.016, 0.05, 0.16, 0.64, 1.0)
    axes.set_xticks(ticks, ["start", "1.6%", "5%", "16%", "64%", "end"])
    axes.minorticks_off()
    for level in lines:
        axes.axhline(level, color="black", lw=0.8, ls="--", zorder=0)


def _styles(count: int) -> list[dict[str, Any]]:
    """A colour and a marker for each layer, from the input (dark) up (light)."""
    colors = plt.get_cmap("viridis")(np.linspace(0, 0.92, count))
    return [{"color": c, "marker": m, "ms": 4} for c, m in zip(colors, "osD^vPX", strict=False)]
