"""Pages of notebook 14: what a start and a tuning are worth, on three tasks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from cnnlab.results.columns import PHOTOGRAPHS
from cnnlab.results.published import committed_table, published_table
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
    course = committed_table(PHOTOGRAPHS, table.attrs.get("id", ""))
    if course is not None and table.attrs.get("profile") != PHOTOGRAPHS:
        tables["photographs"] = course
    tables["this run"] = table
    figure, panels = plt.subplots(1, len(tables), figsize=(PAGE, 2.9), squeeze=False)
    x, shifts = np.arange(len(TASKS)), np.linspace(-0.15, 0.15, len(colors))
    for axes, (title, numbers) in zip(panels[0], tables.items(), strict=True):
        for (way, color), shift in zip(colors.items(), shifts, strict=True):
            cells = numbers[numbers["row"] == way].set_index("column").reindex([*TASKS])
            value = cells["value"].to_numpy(float)
            axes.plot(x + shift, value, "o", color=color, ms=5, label=way)
            axes.plot((x + shift)[1:], value[1:], color=color, lw=1.2)
            if "low" in cells:
                axes.vlines(x + shift, cells["low"], cells["high"], color=color, lw=1.2)
        axes.set_xticks(x, [*TASKS.values()])
        axes.set(title=title, xlim=(-0.5, len(x) - 0.5), ylim=(0, None))
    panels[0, 0].set_ylabel("accuracy (SUN), mean AP (%)")
    handles = panels[0, 0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=len(colors))
    return figure
