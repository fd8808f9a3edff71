"""Pages of notebook 15: R-CNN step by step, what it detects, and where it fails."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnlab.datasets import BoxedImages
from cnnlab.detection import Detections
from cnnlab.figures import plots
from cnnlab.figures.codes import class_panels, legend_above
from cnnlab.figures.pascal import frame
from cnnlab.probing.pascal import SHORT
from cnnlab.results.style import PAGE, PAPER, palette

BLUE, ORANGE = palette()[0], palette()[1]
# of a detection that is true, false or ignored
OUTCOMES = {1: ("true", BLUE), 0: ("false", ORANGE), -1: ("ignored", PAPER)}
TRUTH: dict[str, Any] = {"ls": (0, (3, 2)), "lw": 1.3}  # dashes: the boxes of the truth


def proposed(image: np.ndarray, truth: np.ndarray, boxes: np.ndarray, best: np.ndarray) -> Figure:
    """A picture with its objects (M, 4), with what is proposed (n, 4), and with both for the best.

    `best` (M,) is the number of the proposal that overlaps each object most.
    """
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, PAGE / 3 * 0.85))
    titles = f"{len(truth)} objects", f"{len(boxes)} proposals", "the best for each object"
    for panel, title in zip(axes, titles, strict=True):
        plots.picture(panel, image, title, size=9)
    for box in boxes:
        frame(axes[1], box, ORANGE, lw=0.7, alpha=0.8)
    for box, number in zip(truth, best, strict=True):
        for panel in (axes[0], axes[2]):
            frame(panel, box, "white", lw=2.2)
            frame(panel, box, BLUE, **TRUTH)
        frame(axes[2], boxes[number], ORANGE)
    return figure


def recall(overlaps: Mapping[str, np.ndarray], counts: Sequence[int]) -> Figure:
    """How many objects proposals reach: by the overlap that is asked for, and by their number.

    `overlaps` (M, counts) of each kind of proposals, by name, are those of `best_overlaps`.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 2.7), sharey=True)
    asked = np.linspace(0, 1, 101)
    for at, (name, best) in enumerate(overlaps.items()):
        style = {"color": palette()[at], "ls": ("-", "--", ":")[at], "label": name}
        left.plot(asked, 100 * (best[:, -1, None] >= asked).mean(axis=0), **style)
        right.plot(counts, 100 * (best >= 0.5).mean(axis=0), marker="o", ms=4, **style)
    left.axvline(0.5, color="black", lw=0.8, ls=":")
    left.set(xlabel=f"overlap asked for, {counts[-1]} boxes a picture", ylabel="recall (%)")
    right.set(xlabel="boxes a picture, overlap of 0.5", ylim=(0, 102), xscale="log")
    right.set_xticks(counts, [str(count) for count in counts])
    right.minorticks_off()
    left.legend(fontsize=8)
    return figure


def detected(
    scenes: BoxedImages,
    detections: Detections,
    outcome: np.ndarray,
    rows: Sequence[int],
    *,
    most: int = 5,
    columns: int = 4,
) -> Figure:
    """Pictures with their objects, dashed white, and the strongest detections in each, numbered.

    Below each stands what they are taken for, with the score. `outcome` (D,) is that of `match`.
    """
    lines = -(-len(rows) // columns)
    size = (PAGE, lines * (PAGE / columns * 0.82 + 0.13 * most + 0.1))
    figure, panels = plt.subplots(lines, columns, figsize=size, squeeze=False)
    for panel in panels.flat:
        panel.set_axis_off()
    for panel, i in zip(panels.flat, rows, strict=False):
        plots.picture(panel, scenes.image(i))
        for j in range(len(scenes.labels))[scenes.objects(i)]:
            frame(panel, scenes.boxes[j], "black", lw=2)
            frame(panel, scenes.boxes[j], "white", **TRUTH)
        own = np.flatnonzero(detections.images == i)
        strongest = own[np.argsort(-detections.scores[own], kind="stable")[:most]]
        for number, row in reversed([*enumerate(strongest, 1)]):
            _numbered(panel, detections.boxes[row], number, OUTCOMES[outcome[row]][1])
        for number, row in enumerate(strongest, 1):
            word, color = OUTCOMES[outcome[row]]
            name, score = SHORT[detections.labels[row]], detections.scores[row]
            text, place = f"{number} {name} {score:+.2f}, {word}", (0, -12 * number + 4)
            style = {"textcoords": "offset points", "xycoords": (panel.transAxes), "va": "top"}
            style |= {"color": color, "fontsize": 7, "annotation_clip": False}
            panel.annotate(text, (0, 0), xytext=(place[0], place[1] + 5), **style)
    return figure


def _numbered(axes: Axes, box: np.ndarray, number: int, color: str) -> None:
    frame(axes, box, color, lw=1.6)
    style = {"fontsize": 6, "color": "white", "ha": "left", "va": "top", "clip_on": True}
    tag = {"fc": color, "ec": "none", "pad": 0.8}
    axes.text(box[0] - 1.5, box[1] - 1.5, str(number), bbox=tag, **style)


def precision_recall_by_class(
    classes: Sequence[str], curves: Mapping[str, Mapping[int, tuple[np.ndarray, np.ndarray]]]
) -> Figure:
    """Precision against recall of each detector, by name, and class: a panel a class.

    The curves are those of `precision_recall`, in [0, 1].
    """
    figure, axes = class_panels(classes)
    for at, (name, by_class) in enumerate(curves.items()):
        style = {"color": palette()[at], "ls": ("-", "--", ":")[at], "lw": 1.3}
        for k, (precision, recalled) in by_class.items():
            axes[k].plot(100 * recalled, 100 * precision, **style)
        axes[0].plot([], [], label=name, **style)
    for panel in axes:
        panel.set(xlim=(0, 100), ylim=(0, 104), xticks=(0, 50, 100), yticks=(0, 50, 100))
    figure.supxlabel("recall (%)", fontsize=9)
    figure.supylabel("precision (%)", fontsize=9)
    legend_above(figure, axes[0])
    return figure


def false_positive_kinds(shares: Mapping[str, Mapping[str, float]]) -> Figure:
    """What the strongest detections are, in percent: {line: {"true" or a kind of false: share}}."""
    figure, axes = plt.subplots(figsize=(PAGE * 0.8, 0.22 * len(shares) + 1.0))
    y, left = np.arange(len(shares))[::-1], np.zeros(len(shares))
    kinds = list(next(iter(shares.values())))
    colors = [BLUE, ORANGE, *(palette()[i] for i in (2, 4)), PAPER]
    hatches = ("", "//", "..", "xx", "")
    for kind, color, hatch in zip(kinds, colors, hatches, strict=False):
        width = np.array([line[kind] for line in shares.values()])
        bars = axes.barh(y, width, left=left, color=color, label=kind, height=0.72)
        for bar in bars:
            bar.set(hatch=hatch, edgecolor="white", linewidth=0)
        left += width
    axes.set_yticks(y, list(shares), fontsize=7)
    axes.set(xlabel="share of the strongest detections (%)", xlim=(0, 100))
    axes.grid(axis="y", visible=False)
    axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1), ncols=5, fontsize=8)
    return figure
