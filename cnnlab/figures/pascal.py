"""Pictures of PASCAL classification: scenes with their boxes, AP by class, AP by size."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnlab.datasets.scenes import Scenes
from cnnlab.figures import plots
from cnnlab.results.statistics import Estimate
from cnnlab.results.style import OURS, PAGE, palette

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The classes as Table 6 prints them, in VOC's order.
SHORT = (
    *("aero", "bike", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "table"),
    *("dog", "horse", "mbike", "person", "plant", "sheep", "sofa", "train", "tv"),
)
ORANGE = "#de8f05"


def with_boxes(scenes: Scenes, rows: Sequence[int], *, columns: int = 4) -> "Figure":
    """Scenes with their boxes: solid where they count, dashed where they are difficult."""
    import matplotlib.pyplot as plt

    lines = -(-len(rows) // columns)
    size = (PAGE, PAGE / columns * 0.82 * lines)
    figure, panels = plt.subplots(lines, columns, figsize=size, squeeze=False)
    for panel in panels.flat:
        panel.set_axis_off()
    for panel, i in zip(panels.flat, rows, strict=False):
        panel.imshow(scenes.image(i))
        for j in range(len(scenes.labels))[scenes.objects(i)]:
            _box(panel, scenes, j)
    return figure


def _box(axes: "Axes", scenes: Scenes, j: int) -> None:
    """One box, from VOC's pixel numbers to the edges of the pixels they name."""
    from matplotlib.patches import Rectangle

    x1, y1, x2, y2 = scenes.boxes[j] + (-1.5, -1.5, -0.5, -0.5)
    color = palette()[scenes.labels[j] % 10]
    hard = {"ls": (0, (1, 1)), "lw": 1.2}  # short dashes: such boxes are small
    style = hard if scenes.difficult[j] else {"ls": "-", "lw": 1.5}
    axes.add_patch(Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, ec=color, **style))
    high = y1 < 0.08 * scenes.sizes[scenes.owner[j], 0]  # no room above the box
    at = {"fontsize": 6, "color": "black", "va": "top" if high else "bottom", "clip_on": True}
    patch = {"fc": color, "ec": "none", "pad": 0.6, "alpha": 0.85}
    axes.text(max(x1, 0), y1, SHORT[scenes.labels[j]], bbox=patch, **at)


def by_class(table: "pd.DataFrame", axes: "Axes") -> None:
    """Ours with intervals beside the paper's, a class a line, ours best first.

    `table` has row, ours, low, high, paper as `compare_with_paper` gives;
    a class without AP has no dot.
    """
    table = table.sort_values("ours", na_position="first")
    y = np.arange(len(table))
    off = [table["ours"] - table["low"], table["high"] - table["ours"]]
    axes.errorbar(table["ours"], y, xerr=np.clip(off, 0, None), fmt="o", capsize=2, label="ours")
    axes.plot(table["paper"], y, "D", ms=4, color=ORANGE, label="paper")
    axes.set_yticks(y, [str(name) for name in table["row"]])
    axes.set(xlabel="average precision (%)", xlim=(0, 101))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)


def beside_each_other(figures: Mapping[str, np.ndarray], names: Sequence[str], axes: "Axes"):
    """Two APs a class, joined by a line: `figures` has the two by name, each (K,)."""
    (one, a), (two, b) = figures.items()
    order = np.argsort(np.where(np.isfinite(b - a), b - a, -np.inf))
    y = np.arange(len(order))
    axes.hlines(y, a[order], b[order], color="#b0b0b0", lw=1.5, zorder=1)
    axes.plot(a[order], y, "o", color=OURS, label=one)
    axes.plot(b[order], y, "s", mfc="none", mew=1.5, color=ORANGE, label=two)
    axes.set_yticks(y, [names[int(k)] for k in order])
    axes.set(xlabel="average precision (%)", xlim=(0, 101))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)


def curve(
    groups: Mapping[str, Sequence[Estimate]], ticks: Sequence[str], axes: "Axes", *, xlabel: str
) -> None:
    """Means with intervals over groups in order, a line for each name; empty groups are absent."""
    for shift, (name, found) in enumerate(groups.items()):
        x = np.array([g for g, e in enumerate(found) if e.n > 1])
        there = [found[g] for g in x]
        off = [[e.value - e.low for e in there], [e.high - e.value for e in there]]
        if len(x):
            values = [e.value for e in there]
            x = x + 0.06 * shift
            axes.errorbar(x, values, yerr=off, fmt=("-o", "--s")[shift % 2], capsize=2, label=name)
    axes.set_xticks(range(len(ticks)), ticks)
    axes.set_xlabel(xlabel)


def two_answers(
    image: np.ndarray, probabilities: Mapping[str, np.ndarray], names: Sequence[str]
) -> "Figure":
    """A scene, and what each loss makes of it: the five classes either scores best."""
    import matplotlib.pyplot as plt

    (one, a), (two, b) = probabilities.items()
    top = np.argsort(-np.nan_to_num(np.maximum(a, b)), kind="stable")[:5][::-1]
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE * 0.8, 2.2))
    plots.picture(left, image)
    y = np.arange(len(top))
    right.barh(y + 0.2, a[top], height=0.38, color=OURS, label=one)
    right.barh(y - 0.2, b[top], height=0.38, color=ORANGE, label=two)
    right.set_yticks(y, [names[k] for k in top])
    right.set(xlabel="probability", xlim=(0, 1))
    right.legend(loc="lower right", fontsize=7)
    return figure
