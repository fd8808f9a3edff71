"""Pictures of notebook 00: how hard the sets are, beside real ones."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from cnnlab.results.columns import photographs
from cnnlab.results.style import PAGE, palette


def calibration(table: pd.DataFrame, id: str) -> Figure:
    """Accuracy of a linear SVM on each untrained layer, a panel a role; photographs are dashed.

    `table` is of the cells of `probing.probe_untrained`, photographs' is the committed table `id`
    of profile `course`, where there is one. The fewest images a class are blue and hollow.
    """
    sides = {"this run": (table, "o-", -0.1), "photographs": (photographs(table, id), "s--", 0.1)}
    roles = list(dict.fromkeys(row.split()[0] for row in table["row"]))
    figure, panels = plt.subplots(1, len(roles), figsize=(PAGE, 2.6), sharey=True, squeeze=False)
    for axes, role in zip(panels[0], roles, strict=True):
        for name, (cells, line, shift) in sides.items():
            layers = pd.DataFrame() if cells is None else cells[cells["row"].str.match(f"{role} l")]
            groups = layers.groupby("column", sort=False) if len(layers) else []
            for i, (column, rows) in enumerate(groups):
                x = rows["row"].str.split().str[-1].astype(int) + shift
                reach = [rows["value"] - rows["low"], rows["high"] - rows["value"]]
                colors = {"color": palette()[i], "mfc": palette()[i] if i else "white"}
                style = {"fmt": line, "ms": 4, "capsize": 2, **colors}
                axes.errorbar(x, rows["value"], reach, label=f"{name}, {column}", **style)
        chance = table.loc[table["row"] == f"{role} chance", "value"].max()
        axes.axhline(chance, color="black", lw=1, ls=":", label="chance")
        axes.set(title=role, xlabel="layer, untrained", xticks=range(1, 8))
    panels[0][0].set(ylabel="correct, by a linear SVM (%)")
    panels[0][0].set(ylim=(0, None))  # once all intervals are drawn
    lines, names = max((a.get_legend_handles_labels() for a in panels[0]), key=lambda h: len(h[0]))
    figure.legend(lines, names, loc="outside right upper", fontsize=8)
    return figure
