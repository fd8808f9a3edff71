"""Curves over layers, over training and over transformations, with their intervals."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnlab.results.statistics import Estimate
from cnnlab.results.style import COLUMN, PAGE
from cnnlab.seeing.invariance import Invariance

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARKS = "osD^vxP"
STYLES = ("-", "--", "-.", ":", (0, (8, 2)))
AMOUNT = {
    "shift": "vertical shift (px)",
    "scale": "enlargement",
    "rotation": "rotation (degrees)",
}


def by_layer(
    series: Mapping[str, Mapping[str, Estimate]], label: str, limits: tuple[float, float]
) -> "Figure":
    """Estimates with their intervals, tap by tap, a line for each named series."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(COLUMN * 1.2, 2.6))
    taps = list(next(iter(series.values())))
    for (name, found), mark in zip(series.items(), MARKS, strict=False):
        values = [e.value for e in found.values()]
        bars = [
            [e.value - e.low for e in found.values()],
            [e.high - e.value for e in found.values()],
        ]
        axes.errorbar(range(len(taps)), values, bars, fmt=f"{mark}-", capsize=3, label=name)
    axes.set(xlabel="layer", ylabel=label, ylim=limits)
    axes.set_xticks(range(len(taps)), [tap[-1] for tap in taps])
    if len(series) > 1:
        axes.legend()
    return figure


def over_training(
    series: Mapping[str, np.ndarray], shares: np.ndarray, label: str, names: Sequence[str] = ()
) -> "Figure":
    """Means over the maps (T, U) of each layer against the share of training, a line a layer.

    With `names` of the copies they stand at equal distances.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(COLUMN * 1.4, 2.8))
    x = np.arange(len(names)) if len(names) else 100 * shares
    for (layer, values), mark in zip(series.items(), MARKS, strict=False):
        axes.plot(x, np.nanmean(values, axis=1), marker=mark, label=f"layer {layer[-1]}")
    axes.set(xlabel="share of training (%)", ylabel=label, ylim=(0, None))
    if len(names):
        axes.set_xticks(x, names)
    axes.legend(ncols=2, fontsize=7)
    return figure


def relative(found: Mapping[str, Invariance]) -> "Figure":
    """Mean distance, in those of different pictures, against the amount: a line a layer."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(found), figsize=(PAGE, 2.5), sharey=True)
    for panel, (kind, m) in zip(axes, found.items(), strict=True):
        for tap, style in zip(m.distance, STYLES, strict=False):
            mean = m.relative(tap).mean(axis=0)
            panel.plot(m.amounts, mean, linestyle=style, label=f"layer {tap[-1]}")
        panel.set(xlabel=AMOUNT[kind])
    means = [m.relative(tap).mean(axis=0) for m in found.values() for tap in m.distance]
    top = 1.05 * max(float(mean.max()) for mean in means)
    axes[0].set(ylabel="distance / between pictures", ylim=(0, top))  # shared by all
    axes[0].legend()
    return figure


def probability(found: Mapping[str, Invariance]) -> "Figure":
    """Mean p(true class) against the amount, the middle half of the pictures shaded."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(found), figsize=(PAGE, 2.3), sharey=True)
    for panel, (kind, m) in zip(axes, found.items(), strict=True):
        low, high = np.quantile(m.probability, (0.25, 0.75), axis=0)
        panel.fill_between(m.amounts, low, high, alpha=0.25, lw=0)
        panel.plot(m.amounts, m.probability.mean(axis=0))
        panel.set(xlabel=AMOUNT[kind], ylim=(0, 1.02))
    axes[0].set_ylabel("p(true class)")
    return figure
