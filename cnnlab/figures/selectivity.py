"""Figures of the selectivity of filters (AGM Fig. 1 and supplement, draft Figs. 3 and 4)."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import t

from cnnlab.results.style import OURS, PAGE, PAPER, palette
from cnnlab.units.selectivity import entropy_curve, redrawn_curves, thresholds_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Areas = Mapping[str, np.ndarray]  # layer -> (C,), the area under each filter's entropy curve

FRACTION = "fraction of the layer's filters"


def curves(panels: Mapping[str, tuple[Areas, Areas]]) -> "Figure":
    """MCAuE of every layer, a panel a measure: before fine-tuning dash-dot, after it solid.

    Right of each panel, at the height of the curves' ends: each layer's mean over all its filters
    with its 95% interval over the choice of filters, before fine-tuning (hollow) and after it.
    """
    wide = PAGE if len(panels) > 1 else 0.72 * PAGE
    figure, axes = plt.subplots(1, len(panels), figsize=(wide, 3.7), squeeze=False)
    for panel, (title, (before, after)) in zip(axes[0], panels.items(), strict=True):
        for areas, line in ((before, "-."), (after, "-")):
            shades = _shades(len(areas))
            for n, ((layer, values), color) in enumerate(zip(areas.items(), shades, strict=True)):
                every = redrawn_curves(values)  # (1 + draws, C)
                share = np.arange(1, len(values) + 1) / len(values)
                label = layer if line == "-" else None
                panel.plot(share, every[0], line, color=color, lw=1.4, label=label)
                half = t.ppf(0.975, len(values) - 1) * every[1:, -1].std(ddof=1)
                x = 1.03 + 0.035 * n + (0.012 if line == "-" else 0)  # beside each other
                style = {"color": color, "mfc": color if line == "-" else "white"}
                panel.errorbar(x, every[0, -1], half, fmt="o", ms=3, lw=1, capsize=1.5, **style)
        panel.axvspan(1, 1.29, color="0.95", lw=0, zorder=0)
        panel.set(xlabel=FRACTION, title=title, xlim=(0, 1.29), ylim=(0, None))
        panel.set_xticks(np.linspace(0, 1, 6))
    axes[0, 0].set_ylabel("MCAuE (nats)")
    for line, label in (("-.", "before fine-tuning"), ("-", "after fine-tuning")):
        axes[0, 0].plot([], [], line, color="black", lw=1.2, label=label)
    _legend(figure, axes[0, 0])
    return figure


def filters(before: Areas, after: Areas | None = None) -> "Figure":
    """The area of every filter, sorted, a line a layer: before fine-tuning, and after it."""
    figure, axes = plt.subplots(figsize=(0.72 * PAGE, 3.5))
    for areas, line in ((before, "-." if after else "-"), (after or {}, "-")):
        for (layer, values), color in zip(areas.items(), _shades(len(areas)), strict=True):
            share = (np.arange(len(values)) + 0.5) / len(values)
            label = layer if areas is not before or not after else None
            axes.plot(share, np.sort(values), line, color=color, lw=1.4, label=label)
    axes.set(xlabel=FRACTION, ylabel="area under the entropy curve (nats)", ylim=(0, None))
    for line, label in (("-.", "before fine-tuning"), ("-", "after fine-tuning")) if after else ():
        axes.plot([], [], line, color="black", lw=1.2, label=label)
    _legend(figure, axes)
    return figure


def controls(areas: Mapping[str, Areas]) -> "Figure":
    """The sorted areas of every layer in a panel of its own: a line for each net and control."""
    (_, first), *_ = areas.items()
    figure, axes = plt.subplots(2, 4, figsize=(PAGE, 3.9), sharex=True, sharey=True)
    styles = [(OURS, "-"), (palette()[3], "-"), ("black", ":"), (PAPER, "--")]
    for panel, layer in zip(axes.flat, first, strict=False):
        for (name, layers), (color, line) in zip(areas.items(), styles, strict=False):
            values = np.sort(layers[layer])
            share = (np.arange(len(values)) + 0.5) / len(values)
            panel.plot(share, values, line, color=color, lw=1.3, label=name)
        panel.set_title(f"{layer}: {len(first[layer])} filters", fontsize=8)
    top = max(values.max() for layers in areas.values() for values in layers.values())
    axes[0, 0].set(ylim=(0, 1.05 * top), xticks=(0, 0.5, 1))
    for panel in axes[1]:
        panel.set_xlabel("fraction of filters", fontsize=8)
    for panel in axes[:, 0]:
        panel.set_ylabel("AuE (nats)", fontsize=8)
    for panel in list(axes.flat)[len(first) :]:
        panel.set_axis_off()
        handles, labels = axes[0, 0].get_legend_handles_labels()
        panel.legend(handles, labels, fontsize=8, loc="center")
    return figure


def entropy_curves(
    scores: Mapping[str, np.ndarray], labels: np.ndarray, names: Sequence[str]
) -> "Figure":
    """The entropy curve of one filter a row, its area shaded, beside the boxes above a threshold.

    `scores` are by title, (N, p, p), of boxes with labels (N,); `names` are those of the classes.
    """
    figure, axes = plt.subplots(len(scores), 2, figsize=(PAGE, 2.1 * len(scores)), squeeze=False)
    for (title, maps), (left, right) in zip(scores.items(), axes, strict=True):
        flat, classes = maps.ravel().astype(float), np.repeat(labels, maps[0].size)
        curve = entropy_curve(flat, classes, thresholds_of(flat))  # (100,)
        x = np.arange(1, len(curve) + 1) / len(curve)
        left.fill_between(x, curve, color=OURS, alpha=0.25, lw=0)
        left.plot(x, curve, color=OURS)
        left.axhline(np.log(len(names)), color=PAPER, ls=":", lw=1)
        left.set(ylabel="entropy (nats)", ylim=(0, 1.1 * np.log(len(names))), xlim=(0, 1))
        left.set_title(f"{title}: area {curve.mean():.2f}")
        above = flat >= thresholds_of(flat)[len(curve) // 2]
        counts = np.bincount(classes[above], minlength=len(names))
        right.bar(range(len(names)), 100 * counts / counts.sum(), color=OURS, width=0.75)
        boxes = int(above.reshape(len(maps), -1).any(axis=1).sum())
        right.set_title(f"above the middle: {counts.sum():,} scores of {boxes} boxes")
        right.set(ylabel="% of the scores", xticks=range(len(names)))
        right.grid(axis="x", visible=False)
        right.tick_params(axis="x", length=0)
        right.set_xticklabels(names if right is axes[-1, 1] else [], rotation=90, fontsize=7)
    axes[-1, 0].set_xlabel("threshold, from the lowest score (0) to the highest (1)")
    return figure


def _shades(count: int) -> np.ndarray:
    """A colour for each layer, from the input (dark) up (light)."""
    return plt.get_cmap("viridis")(np.linspace(0, 0.92, count))


def _legend(figure: "Figure", axes: "Axes") -> None:
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right center", fontsize=8)
