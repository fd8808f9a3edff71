"""Charts of tables that several notebooks draw: bars beside the paper's numbers, dots by class."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnlab.results.style import OURS, PAGE


def bars_beside(
    table: pd.DataFrame, axes: Axes, *, label: str, color: str | Sequence[str] = OURS
) -> None:
    """Horizontal bars of `ours` with intervals, the paper's values as dots, one line a row.

    `table` has columns row, ours, low, high and, where there is one, paper, as `compare_with_paper`
    gives, in the order to show.

    >>> line = {"row": "a", "ours": 20.0, "low": 18.0, "high": 22.0, "paper": 38.4}
    >>> bars_beside(pd.DataFrame([line]), plt.figure().subplots(), label="error (%)")
    """
    y = np.arange(len(table))[::-1]
    low = (table["ours"] - table["low"]).clip(lower=0)  # rounding may pass the bar's end
    high = (table["high"] - table["ours"]).clip(lower=0)
    axes.barh(y, table["ours"], height=0.62, color=color, label="this run")
    axes.errorbar(table["ours"], y, xerr=[low, high], fmt="none", ecolor="black", lw=1, capsize=2)
    if "paper" in table:
        axes.plot(table["paper"], y, "D", color="#de8f05", mec="black", ms=5, label="paper")
    axes.set_yticks(y, table["row"])
    axes.set_xlabel(label)
    axes.grid(axis="y", visible=False)


def dots_by_class(
    table: pd.DataFrame, label: str, *, colors: Mapping[str, str] | None = None
) -> Figure:
    """Percentages of several ways to answer, a joined line of dots a class, in the table's order.

    The index of `table` has the classes, each column is a way; `low` and `high`, where given, are
    the interval of the first. A class without a number has no dot.

    >>> two = pd.DataFrame({"this run": [60.0, 40.0], "paper": [70.0, 30.0]}, index=["cat", "dog"])
    >>> [line.get_label() for line in dots_by_class(two, "AP (%)").axes[0].lines]
    ['this run', 'paper']
    """
    ways, y = table.drop(columns=["low", "high"], errors="ignore"), np.arange(len(table))[::-1]
    figure, axes = plt.subplots(figsize=(0.6 * PAGE, 0.16 * len(table) + 1))
    axes.hlines(y, ways.min(axis=1), ways.max(axis=1), color="#d0d0d0", lw=1.5, zorder=1)
    if "low" in table:
        axes.hlines(y, table["low"], table["high"], color=OURS, lw=1.5, zorder=2)
    for at, (name, mark) in enumerate(zip(ways, "os^D", strict=False)):
        color = (colors or {}).get(str(name), f"C{at}")
        face = "none" if at else color  # what is drawn later must not hide the first
        axes.plot(ways[name], y, mark, color=color, mfc=face, mew=1.3, ms=5, label=name)
    axes.set_yticks(y, [str(name).replace("_", " ") for name in table.index], fontsize=7)
    axes.set(xlabel=label, xlim=(-2, 102), ylim=(-0.7, len(table) - 0.3))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4)
    return figure
