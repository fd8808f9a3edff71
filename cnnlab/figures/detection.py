"""Pages of notebook 15: R-CNN step by step, what it detects, and where it fails."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnlab.datasets import BoxedImages
from cnnlab.detection import Detections, Windows, iou, match, plain_warp, precision_recall
from cnnlab.figures import plots
from cnnlab.figures.codes import class_panels, legend_above
from cnnlab.figures.pascal import frame
from cnnlab.probing.pascal import SHORT
from cnnlab.results.style import PAGE, PAPER, palette
from cnnlab.training.trained import Trained

BLUE, ORANGE = palette()[0], palette()[1]
# of a detection that is true, false or ignored
OUTCOMES = {1: ("true", BLUE), 0: ("false", ORANGE), -1: ("ignored", PAPER)}
# of a true detection, and of false ones by kind
FILLS = [
    (BLUE, ""),
    *zip((ORANGE, palette()[2], palette()[4], PAPER), ("", "//", "..", "xx"), strict=True),
]
TRUTH: dict[str, Any] = {"ls": (0, (3, 2)), "lw": 1.3}  # dashes: the boxes of the truth


def proposed(image: np.ndarray, truth: np.ndarray, boxes: np.ndarray) -> Figure:
    """A picture with its objects (M, 4), with what is proposed (n, 4), and with the best of these.

    The best overlaps an object most, by the number in its corner; it may be the best of several.
    """
    overlaps = iou(truth, boxes)
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, PAGE / 3 * 0.85))
    titles = f"{len(truth)} objects", f"{len(boxes)} proposals", "the best for each object"
    for panel, title in zip(axes, titles, strict=True):
        plots.picture(panel, image, title, size=9)
    for box in boxes:
        frame(axes[1], box, ORANGE, lw=0.7, alpha=0.8)
    for box in truth:
        for panel in (axes[0], axes[2]):
            frame(panel, box, "white", lw=2.2)
            frame(panel, box, BLUE, **TRUTH)
    for j in np.unique(best := overlaps.argmax(axis=1)):
        text = ", ".join(f"{value:.2f}" for value in overlaps[best == j, j])
        _tagged(axes[2], boxes[j], text, ORANGE, "right")
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


def windows_of(
    trained: Trained,
    scenes: BoxedImages,
    windows: Windows,
    pairs: Sequence[tuple[int, int]],
    titles: Sequence[str],
) -> Figure:
    """Windows as a net sees them, eight in a row: each a picture and its window there."""
    pixels, colour = trained.job.spec.pixels, trained.mean.mean(dim=(0, 1)).cpu().numpy()
    images = [scenes.image(i) for i, _ in pairs]
    boxes = np.array([windows[i][j] for i, j in pairs])
    warped = plain_warp(images, boxes, pixels, colour)
    return plots.gallery(warped.permute(0, 2, 3, 1).numpy(), titles, columns=8)


def detected(
    scenes: BoxedImages,
    detections: Detections,
    rows: Sequence[int],
    *,
    most: int = 5,
    columns: int = 4,
) -> Figure:
    """Pictures with their objects, dashed white, and the strongest detections in each, numbered.

    Below each stands what they are taken for, with the score, and what they are by `match`.
    """
    outcome = match(detections, scenes)
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
            _tagged(panel, detections.boxes[row], str(number), OUTCOMES[int(outcome[row])][1])
        for number, row in enumerate(strongest, 1):
            word, color = OUTCOMES[int(outcome[row])]
            name, score = SHORT[int(detections.labels[row])], detections.scores[row]
            text, place = f"{number} {name} {score:+.2f}, {word}", (0, -12 * number + 4)
            style = {"textcoords": "offset points", "xycoords": (panel.transAxes), "va": "top"}
            style |= {"color": color, "fontsize": 7, "annotation_clip": False}
            panel.annotate(text, (0, 0), xytext=(place[0], place[1] + 5), **style)
    return figure


def _tagged(axes: Axes, box: np.ndarray, text: str, color: str, side: str = "left") -> None:
    """A box with a word in an upper corner."""
    frame(axes, box, color, lw=1.6)
    style = {"fontsize": 6, "color": "white", "ha": side, "va": "top", "clip_on": True}
    tag = {"fc": color, "ec": "none", "pad": 0.8}
    x = box[0] - 1.5 if side == "left" else box[2] - 0.5
    axes.text(x, box[1] - 1.5, text, bbox=tag, **style)


def precision_recall_by_class(scenes: BoxedImages, detections: Mapping[str, Detections]) -> Figure:
    """Precision against recall of each detector, by name, and class: a panel a class.

    A class without an object that counts has no curve.
    """
    figure, axes = class_panels(scenes.classes)
    known = np.unique(scenes.labels[~scenes.difficult])
    for at, (name, some) in enumerate(detections.items()):
        style = {"color": palette()[at], "ls": ("-", "--", ":")[at], "lw": 1.3}
        outcome = match(some, scenes)
        for k in known:
            precision, recalled = precision_recall(some, scenes, k, outcome)
            axes.item(int(k)).plot(100 * recalled, 100 * precision, **style)
        axes[0].plot([], [], label=name, **style)
    for panel in axes:
        panel.set(xlim=(0, 100), ylim=(0, 104), xticks=(0, 50, 100), yticks=(0, 50, 100))
    figure.supxlabel("recall (%)", fontsize=9)
    figure.supylabel("precision (%)", fontsize=9)
    legend_above(figure, axes[0])
    return figure


def detection_kinds(classes: Sequence[str], counts: Mapping[str, np.ndarray]) -> Figure:
    """What the strongest detections of each class are, in percent, the best class on top.

    `counts` are those of `kinds_of_strongest`: name -> (K,). A class of which nothing is detected
    has no bar.
    """
    table = pd.DataFrame(counts, index=pd.Index(classes))
    table = 100 * table.div(table.sum(axis=1), axis=0).dropna()
    table = table.sort_values("true", ascending=False, kind="stable")
    lines = zip(table.index, table.to_dict("records"), strict=True)
    return false_positive_kinds({str(name): dict(line) for name, line in lines})


def false_positive_kinds(shares: Mapping[str, Mapping[str, float]]) -> Figure:
    """What the strongest detections are, in percent: {line: {"true" or a kind of false: share}}."""
    table = pd.DataFrame(shares).T[::-1]
    figure, axes = plt.subplots(figsize=(PAGE * 0.8, 0.2 * len(table) + 1.0))
    left = np.zeros(len(table))
    for (kind, width), (color, hatch) in zip(table.items(), FILLS, strict=True):
        axes.barh(table.index, width, left=left, color=color, hatch=hatch, label=kind, lw=0)
        left += width
    axes.set(xlabel="share of the strongest detections (%)", xlim=(0, 100))
    axes.tick_params(axis="y", labelsize=7)
    axes.grid(visible=False)
    axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1), ncols=5, fontsize=8)
    return figure
