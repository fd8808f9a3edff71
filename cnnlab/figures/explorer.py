"""The unit explorer: what one filter of conv-5 looks at, answers to, and is good for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np

from cnnlab.datasets import load
from cnnlab.figures.plots import picture
from cnnlab.profiles import Profile, role_size
from cnnlab.results.statistics import Estimate
from cnnlab.results.style import OURS, PAGE, PAPER, palette
from cnnlab.training.trained import Trained
from cnnlab.units.dissection import Dissection, marks_of, window_maps
from cnnlab.units.responses import responses
from cnnlab.units.selectivity import selectivity
from cnnlab.units.silencing import silencing
from cnnlab.units.tuned import ROLE
from cnnlab.units.vectors import LAYERS, box_features

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

EDGE = palette()[8]  # yellow, which shows on pictures of any colour


@dataclass(frozen=True, eq=False)
class Unit:
    """What is drawn of one filter, K classes."""

    title: str
    pictures: np.ndarray  # (9, P, P, 3) the windows that it answers to most
    marks: np.ndarray  # (9, P, P) bool, where it responds most in them
    shares: Mapping[str, float]  # class -> percentage of its boxes that the filter marks
    concepts: Sequence[tuple[str, float]]  # the best of them with their IoU in percent
    chance: float  # the best IoU by chance, in percent
    changes: Mapping[str, Estimate]  # class -> change of its AP where the filter is silent


def unit(trained: Trained, profile: Profile, dissection: Dissection, f: int, name: str) -> Unit:
    """Filter f of conv-5 of a net of that name, on the test windows of role "pascal"."""
    train, test = box_features(trained, profile, "conv-5")
    windows = load(ROLE, profile, role_size(profile, "pascal").ends[1])
    maps, centres = window_maps(trained, profile)
    crop, (_, side, _, _) = profile.units.crop, windows.images.shape
    marks = marks_of(maps[:, f].astype(np.float32), centres, crop, profile.units.marked)
    first = np.argsort(-test.rows[:, f], kind="stable")[:9]
    middle = slice((side - crop) // 2, (side + crop) // 2)
    pooled = responses(trained, windows, LAYERS)["conv-5"]
    areas = selectivity(pooled, windows.labels, ["label"])["label"]  # (F,)
    order = np.argsort(-dissection.ious[f], kind="stable")[:6]
    marked = dissection.marked[f] > 0  # (N,)
    changes = {c: change for c, (_, _, change) in silencing(train, test, [f]).items()}
    shares = {c: 100 * marked[test.labels == test.classes.index(c)].mean() for c in changes}
    rank = 1 + int((areas < areas[f]).sum())
    return Unit(
        f"filter {f} of conv-5, {name}: AuE {areas[f]:.2f} nats, rank {rank} of {len(areas)}",
        windows.images[first][:, middle, middle],
        marks[first],
        shares,
        [(dissection.concepts.names[c], float(dissection.ious[f, c])) for c in order],
        float(dissection.chance[:, f].mean()),
        changes,
    )


def explorer(unit: Unit) -> "Figure":
    """Nine windows with the marked pixels outlined; classes, concepts, and what silence costs.

    Classes stand in one order in all panels.
    """
    figure = plt.figure(figsize=(PAGE, 3.9))
    halves: Any = figure.subfigures(1, 2, width_ratios=(1.1, 2))
    windows, panels = halves
    for axes, image, marks in zip(
        windows.subplots(3, 3).flat, unit.pictures, unit.marks, strict=True
    ):
        picture(axes, image)
        if marks.any():
            axes.contour(marks, levels=[0.5], colors=[EDGE], linewidths=1.2)
    windows.suptitle("its nine strongest windows", fontsize=8)
    left, middle, right = panels.subplots(1, 3)
    y = np.arange(len(unit.shares))[::-1]
    left.barh(y, [*unit.shares.values()], color=OURS, height=0.7)
    left.set_yticks(y, [*unit.shares], fontsize=7)
    left.set_xlabel("boxes of the class\nthat it marks (%)", fontsize=8)
    _concepts(middle, unit)
    for at, change in zip(y, unit.changes.values(), strict=True):
        right.hlines(at, change.low, change.high, color=OURS, lw=2.2, alpha=0.45)
        right.plot(change.value, at, "o", color=OURS, ms=4)
    right.axvline(0, color="black", lw=0.8)
    right.set_yticks(y, [*unit.changes], fontsize=7)
    right.set_xlabel("change of AP when\nit is silent (points)", fontsize=8)
    for axes in (left, middle, right):
        axes.tick_params(axis="x", labelsize=7)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="y", visible=False)
    figure.suptitle(unit.title, fontsize=10)
    return figure


def _concepts(axes: "Axes", unit: Unit) -> None:
    """The best concepts as bars, their names inside the panel, against the best by chance."""
    y = np.arange(len(unit.concepts))[::-1]
    axes.barh(y - 0.22, [iou for _, iou in unit.concepts], color=OURS, height=0.36)
    for at, (name, _) in zip(y, unit.concepts, strict=True):
        box = {"fc": "white", "ec": "none", "pad": 0.5}  # the line passes behind the names
        axes.text(0.02 * unit.concepts[0][1], at + 0.06, name, fontsize=8, va="bottom", bbox=box)
    axes.axvline(unit.chance, zorder=1, color=PAPER, ls="--", lw=1.4, label="best by chance")
    axes.set_yticks([])
    axes.set_xlabel("IoU with a concept (%)", fontsize=8)
    axes.legend(loc="lower right", fontsize=7)
