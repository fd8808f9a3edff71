"""Pictures of notebook 13: mean images, learning curves, accuracy by class, how far filters go."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnlab.figures.plots import picture
from cnnlab.results.style import COLUMN, PAGE, PAPER, palette
from cnnlab.training.schedule import still_learning

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from cnnlab.datasets import Packed
    from cnnlab.training.trained import Trained

# One colour and marker a way, in every picture of the notebook.
STYLES = {
    "scratch": (palette()[1], "s"),
    "pre-train": (PAPER, "^"),
    "fc-ft-fresh": (palette()[4], "v"),
    "fc-ft": (palette()[2], "D"),
    "ft": (palette()[0], "o"),
}


def means(packed: "Packed", other: "Packed", classes: int = 10) -> "Figure":
    """An example and the mean image of some classes: of one set above, of another below."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(4, classes, figsize=(PAGE, 0.46 * PAGE), squeeze=False)
    for row, pack in ((0, packed), (2, other)):
        for label, panels in zip(range(classes), axes[row : row + 2].T, strict=True):
            mine = np.flatnonzero(pack.labels == label)
            mean = pack.images[mine].mean(axis=0).astype(np.uint8)
            picture(panels[0], pack.images[mine[0]], pack.classes[label].replace("_", " "))
            picture(panels[1], mean)
    for panel, text in zip(axes[:, 0], ("one scene", "mean", "one object", "mean"), strict=True):
        style = {"rotation": 90, "ha": "right", "va": "center", "fontsize": 7}
        panel.text(-0.08, 0.5, text, transform=panel.transAxes, **style)
    return figure


def bars(table: "pd.DataFrame", order: Sequence[str], chance: float) -> "Figure":
    """Accuracy by way of looking, top to bottom, with intervals; a line where chance is."""
    import matplotlib.pyplot as plt

    rows = table[table["column"] == "class-averaged"].set_index("row").loc[list(order)]
    y = np.arange(len(rows))[::-1]
    figure, axes = plt.subplots(figsize=(PAGE, 0.26 * len(rows) + 0.7))
    shades = [STYLES[name][0] if name in STYLES else "#d0d0d0" for name in order]
    axes.barh(y, rows["value"], color=shades, height=0.66)
    error = [rows["value"] - rows["low"], rows["high"] - rows["value"]]
    axes.errorbar(rows["value"], y, xerr=error, fmt="none", ecolor="black", lw=1, capsize=2)
    axes.axvline(chance, color="black", ls=":", lw=1)
    axes.text(chance, len(rows) - 0.4, " chance", fontsize=7, va="bottom")
    axes.set_yticks(y, list(order))
    axes.set(
        xlabel="class-averaged accuracy (%), with its 95% interval over classes", xlim=(0, 100)
    )
    axes.grid(axis="y", visible=False)
    return figure


def curves(nets: Mapping[str, Sequence["Trained"]], frozen: float) -> "Figure":
    """Training loss and validation accuracy against images seen, a line a run; one for the probes.

    A hollow end marks a net that was still learning.
    """
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 2.8))
    for name, runs in nets.items():
        color, marker = STYLES[name]
        for net in runs:
            images = [row["images"] / 1000 for row in net.history]
            face = "white" if still_learning(net.history) else color
            style = {"color": color, "marker": marker, "ms": 5, "mfc": face, "lw": 1.2}
            for axes, column in ((left, "train_loss"), (right, "val_top1")):
                values = [row[column] for row in net.history]
                values = [100 - v for v in values] if axes is right else values
                label = name if net is runs[0] else None
                axes.plot(images, values, markevery=[-1], label=label, **style)
    right.axhline(frozen, color=PAPER, ls="--", label="pre-train (SVM on fc-7, test)")
    xlabel = "images seen (thousands)"
    left.set(xlabel=xlabel, ylabel="training loss (nats)", ylim=(0, None))
    right.set(xlabel=xlabel, ylabel="validation accuracy (%)", ylim=(0, 100))
    style = {"loc": "outside lower center", "ncols": 5, "fontsize": 7}
    figure.legend(*right.get_legend_handles_labels(), **style)
    return figure


def by_class(scores: Mapping[str, np.ndarray], classes: Sequence[str]) -> "Figure":
    """Accuracy of every class by some ways, (runs, K) each; classes by the last way's accuracy."""
    import matplotlib.pyplot as plt

    *_, last = scores.values()
    order = np.argsort(last.mean(axis=0), kind="stable")[-30:]
    y = np.arange(len(order))
    figure, axes = plt.subplots(figsize=(PAGE, 0.17 * len(order) + 0.9))
    every = np.stack([values.mean(axis=0)[order] for values in scores.values()])  # (ways, K)
    axes.hlines(y, every.min(axis=0), every.max(axis=0), color="#d0d0d0", lw=1.5, zorder=1)
    for name, values in zip(scores, every, strict=True):
        color, marker = STYLES[name]
        face = "none" if name == "ft" else color  # drawn last, it must not hide the others
        axes.plot(values, y, marker, color=color, mfc=face, mew=1.2, ms=5, label=name)
    axes.set_yticks(y, [str(classes[int(c)]).replace("_", " ") for c in order], fontsize=7)
    axes.set(xlabel="right (%), mean over runs", xlim=(-2, 102), ylim=(-0.7, len(order) - 0.3))
    figure.legend(loc="outside right upper", fontsize=8)
    return figure


def distances(moves: Mapping[str, Mapping[str, Sequence[np.ndarray]]]) -> "Figure":
    """Relative change of the filters of each layer, {way: {layer: (filters,) a run}}.

    A dot is the median filter, a bar from the tenth to the ninetieth of a hundred.
    """
    import matplotlib.pyplot as plt
    from matplotlib.ticker import LogLocator

    figure, axes = plt.subplots(figsize=(COLUMN * 1.4, 2.7))
    for at, (name, layers) in enumerate(moves.items()):
        color, marker = STYLES[name]
        for x, runs in enumerate(layers.values()):
            low, middle, high = 100 * np.quantile(np.concatenate(runs), [0.1, 0.5, 0.9])
            if high > 0:  # what is frozen has no place on a logarithmic axis
                place = x + 0.16 * (at - (len(moves) - 1) / 2)
                axes.vlines(place, low, high, color=color, lw=2, alpha=0.5)
                axes.plot(place, middle, marker, color=color, ms=5, label=name)
        axes.set_xticks(range(len(layers)), list(layers))
    handles = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    axes.legend(handles.values(), handles.keys(), fontsize=7)
    axes.set(yscale="log", ylabel="change of a filter\n(% of its length)")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_minor_formatter("")
    return figure
