"""Pictures of PASCAL classification: scenes with their boxes, AP by class, accuracy by group."""

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnlab.datasets import BoxedImages
from cnnlab.figures import plots
from cnnlab.probing.pascal import SHORT
from cnnlab.results.statistics import Estimate
from cnnlab.results.style import PAGE, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLORS = palette()[:2]
HARD: dict[str, Any] = {"ls": (0, (1, 1)), "lw": 1.2}  # short dashes: such boxes are small


def with_boxes(scenes: BoxedImages, rows: Sequence[int], *, columns: int = 4) -> "Figure":
    """Scenes with their boxes: solid where they count, dashed where they are difficult.

    The classes stand above each picture in the colours of their boxes, so that no name hides an
    object.
    """
    import matplotlib.pyplot as plt

    lines = -(-len(rows) // columns)
    size = (PAGE, PAGE / columns * 0.82 * lines)
    figure, panels = plt.subplots(lines, columns, figsize=size, squeeze=False)
    for panel in panels.flat:
        panel.set_axis_off()
    for panel, i in zip(panels.flat, rows, strict=False):
        panel.imshow(scenes.image(i))
        objects = range(len(scenes.labels))[scenes.objects(i)]
        labels = np.unique(scenes.labels[objects])
        colors = {label: palette()[place % 10] for place, label in enumerate(labels)}
        for j in objects:
            style = HARD if scenes.difficult[j] else {}
            frame(panel, scenes.boxes[j], colors[scenes.labels[j]], **style)
        _names(panel, {SHORT[label]: color for label, color in colors.items()})
    return figure


def frame(axes: "Axes", box: np.ndarray, color: str, **style: Any) -> None:
    """A box (4,), from VOC's pixel numbers to the edges of the pixels they name."""
    from matplotlib.patches import Rectangle

    x1, y1, x2, y2 = np.asarray(box, float) - np.array([1.5, 1.5, 0.5, 0.5])
    style = {"ls": "-", "lw": 1.5, **style}
    axes.add_patch(Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, ec=color, **style))


def _names(axes: "Axes", colors: Mapping[str, str]) -> None:
    """Names in a line above the axes, each on its colour."""
    from matplotlib.artist import Artist
    from matplotlib.offsetbox import AnchoredOffsetbox, HPacker, TextArea

    style = {"ec": "none", "pad": 1.0, "alpha": 0.85}
    words: list[Artist] = [
        TextArea(name, textprops={"fontsize": 6, "color": "black", "bbox": {"fc": color, **style}})
        for name, color in colors.items()
    ]
    line = {"child": HPacker(children=words, pad=0, sep=5), "frameon": False, "borderpad": 0.15}
    above = {"bbox_to_anchor": (0, 1), "bbox_transform": axes.transAxes, "pad": 0.1}
    axes.add_artist(AnchoredOffsetbox("lower left", **line, **above))


def by_group(panels: Mapping[str, Mapping[str, Mapping[str, Estimate]]], ylabel: str) -> "Figure":
    """Means with intervals over groups in order: {what groups: {line: {group: estimate}}}.

    Groups of fewer than two are left out.
    """
    import matplotlib.pyplot as plt

    size = (PAGE, 2.8)
    figure, row = plt.subplots(1, len(panels), figsize=size, sharey=True, squeeze=False)
    for axes, (xlabel, lines) in zip(row[0], panels.items(), strict=True):
        for shift, (name, groups) in enumerate(lines.items()):
            known = [(x + 0.06 * shift, e) for x, e in enumerate(groups.values()) if e.n > 1]
            rows = [(x, e.value, e.value - e.low, e.high - e.value) for x, e in known]
            x, y, *error = np.reshape(rows, (-1, 4)).T
            style = {"fmt": ("-o", "--s")[shift % 2], "capsize": 2, "label": name}
            axes.errorbar(x, y, yerr=error, **style)
            axes.set_xticks(range(len(groups)), list(groups))
        axes.set_xlabel(xlabel)
    row[0, 0].set_ylabel(ylabel)
    row[0, -1].legend()
    return figure


def probabilities(
    image: np.ndarray, present: np.ndarray, by_loss: Mapping[str, np.ndarray]
) -> "Figure":
    """A scene, and the probabilities (K,) each loss gives the five classes either likes best.

    The classes that the scene shows, those where `present` (K,) is 1, stand above it, and in bold.
    """
    import matplotlib.pyplot as plt
    import pandas as pd
    import seaborn as sns

    table = pd.DataFrame(by_loss, index=pd.Index(SHORT, name="class"))
    best = table.max(axis=1).sort_values(ascending=False, kind="stable").index[:5]
    rows = table.loc[best].reset_index().melt("class", var_name="loss", value_name="probability")
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE * 0.8, 2.2))
    true = [name for name, here in zip(SHORT, present == 1, strict=True) if here]
    plots.picture(left, image, fill("shows " + ", ".join(true), 40))
    sns.barplot(rows, x="probability", y="class", hue="loss", palette=COLORS, ax=right)
    right.set(ylabel="", xlim=(0, 1))
    for name in right.get_yticklabels():
        name.set_fontweight("bold" if name.get_text() in true else "normal")
    right.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, fontsize=7)
    return figure
