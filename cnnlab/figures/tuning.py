"""What a start and a tuning are worth, on three tasks, and how far a tuning moves filters."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from cnnlab.results.columns import photographs
from cnnlab.results.published import published_table
from cnnlab.results.style import PAGE

if TYPE_CHECKING:
    import pandas as pd

TASKS = {"sun-cls": "SUN-CLS", "pascal-det": "PASCAL-DET", "pascal-det+data": "+DATA"}
PRINTED = {"fine-tune": "ft"}  # AGM's Table 1 calls ft so


def printed_ways() -> "pd.DataFrame":
    """What AGM's Tables 1 and 2 print, by row (a way) and column (a task); SUN as arXiv has it."""
    import pandas as pd

    both = pd.concat([published_table("agm-table1"), published_table("agm-table2")])
    both = both.loc[both["source"] != "eccv"]
    both = both.assign(row=both["column"].replace(PRINTED), column=both["row"])
    return both.drop_duplicates(["row", "column"])


def ways_by_task(table: "pd.DataFrame", colors: Mapping[str, str]) -> Figure:
    """What each way reaches on SUN-CLS, PASCAL-DET and +DATA: the paper, photographs, this run.

    `table` has row (a way, as in `colors`), column (a task), value, low and high. A line joins the
    two tasks that differ in their data alone.
    """
    tables = {"Agrawal et al.": printed_ways()}
    course = photographs(table)
    if course is not None:
        tables["photographs"] = course
    tables["this run"] = table
    size = (PAGE, 2.9)
    figure, panels = plt.subplots(1, len(tables), figsize=size, sharey=True, squeeze=False)
    x, shifts = np.arange(len(TASKS)), np.linspace(-0.15, 0.15, len(colors))
    for axes, (title, numbers) in zip(panels[0], tables.items(), strict=True):
        for (way, color), shift, mark in zip(colors.items(), shifts, cycle("osD^"), strict=False):
            cells = numbers[numbers["row"] == way].set_index("column").reindex([*TASKS])
            value = cells["value"].to_numpy(float)
            axes.plot(x + shift, value, mark, color=color, ms=5, label=way)
            axes.plot((x + shift)[1:], value[1:], color=color, lw=1.2)
            if "low" in cells:
                axes.vlines(x + shift, cells["low"], cells["high"], color=color, lw=1.2)
        axes.set_xticks(x, [*TASKS.values()])
        axes.set(title=title, xlim=(-0.5, len(x) - 0.5), ylim=(0, None))
    panels[0, 0].set_ylabel("accuracy (SUN), mean AP (%)")
    handles = panels[0, 0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=len(colors))
    return figure


def moves_by_layer(
    changes: Mapping[str, Mapping[str, Sequence[np.ndarray]]], colors: Mapping[str, str]
) -> Figure:
    """How far filters moved, in percent of their lengths: the median, and the middle four fifths.

    `changes` has by way and by layer an array of shares (C,) for each run. A layer that was frozen
    has not moved and is not drawn: the axis is logarithmic.

    >>> share = np.array([0.1, 0.2, 0.3])
    >>> figure = moves_by_layer({"ft": {"conv1": [share], "fc6": [2 * share]}}, {"ft": "C0"})
    >>> [text.get_text() for text in figure.axes[0].get_xticklabels()]
    ['conv1', 'fc6']
    """
    figure, axes = plt.subplots(figsize=(0.7 * PAGE, 2.7))
    layers = list(dict.fromkeys(layer for moves in changes.values() for layer in moves))
    shifts = np.linspace(-0.12, 0.12, len(changes)) if len(changes) > 1 else [0.0]
    for (way, moves), shift, mark in zip(changes.items(), shifts, cycle("so^D"), strict=False):
        percent = {layer: 100 * np.concatenate(list(runs)) for layer, runs in moves.items()}
        percent = {layer: values[values > 0] for layer, values in percent.items() if values.any()}
        x = np.array([layers.index(layer) + shift for layer in percent])
        low, middle, high = np.array([np.quantile(v, (0.1, 0.5, 0.9)) for v in percent.values()]).T
        style: dict[str, Any] = {"fmt": mark, "color": colors[way], "lw": 1.5, "ms": 5}
        axes.errorbar(x, middle, yerr=(middle - low, high - middle), label=way, **style)
    axes.set(xlabel="layer", ylabel="change of a filter (%)", yscale="log")
    axes.set_xticks(range(len(layers)), layers)
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    figure.legend(loc="outside right center", fontsize=8)
    return figure
