"""Pages of notebook 05: ZF Fig. 4, pictures transformed and how far a net's layers move."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from cnnlab.figures import plots
from cnnlab.results.style import PAGE
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.seeing.invariance import Invariance, transform

AMOUNT = {"shift": "vertical shift (px)", "scale": "enlargement", "rotation": "rotation (degrees)"}
UNIT = {"shift": " px", "scale": " times", "rotation": "\N{DEGREE SIGN}"}


def figure4(
    x: Tensor,
    crops: CentreCrops,
    moves: Mapping[str, Invariance],
    names: Sequence[str],
    answer: str,
) -> Figure:
    """ZF Fig. 4 of a few inputs (N, 3, P, P), which `moves` are of: a transformation a row.

    The pictures, then curves of the distance at layers 1 and 7, and of the probability `answer`.
    """
    figure, axes = plt.subplots(len(moves), 4, figsize=(PAGE, 2.0 * len(moves)))
    for row, (kind, m) in zip(axes, moves.items(), strict=True):
        by = float(m.amounts[-4])
        pictures = plots.mosaic(crops.pictures(transform(x, kind, by)), 2, paper=255)
        plots.picture(row[0], pictures, f"{kind} {by:.3g}{UNIT[kind]}")
        panels = (m.distance["layer1"], m.distance["layer7"], m.probability)
        titles = ("distance, layer 1", "distance, layer 7", answer)
        for panel, values, title in zip(row[1:], panels, titles, strict=True):
            _lines(panel, m, values)
            panel.set(title=title, ylim=(0, None))
        row[3].set(ylim=(0, 1.02))
    lines = axes[0, 3].get_lines()[: len(names)]
    figure.legend(lines, names, loc="outside lower center", ncols=5, fontsize=7)
    return figure


def mean_curves(moves: Mapping[str, Invariance], of: str = "distance") -> Figure:
    """Means over the images against the amount of each transformation.

    Of the "distance", in those of different pictures, a line a layer; or of the "probability" of
    the true class, the middle half of the pictures shaded.
    """
    figure, axes = plt.subplots(1, len(moves), figsize=(PAGE, 2.4), sharey=True)
    for panel, m in zip(axes, moves.values(), strict=True):
        if of == "distance":
            _lines(panel, m, np.stack([m.relative(layer).mean(axis=0) for layer in m.distance]))
        else:
            amounts = np.tile(m.amounts, len(m.probability))
            seaborn.lineplot(x=amounts, y=m.probability.ravel(), errorbar=("pi", 50), ax=panel)
            panel.set(xlabel=AMOUNT[m.kind], ylim=(0, 1.02))
    if of == "distance":
        names = [f"layer {layer[-1]}" for layer in next(iter(moves.values())).distance]
        axes[0].set(ylabel="distance (1: another picture)", ylim=(0, None))  # shared by all
        axes[-1].legend(axes[-1].get_lines(), names, loc="lower center")
    else:
        axes[0].set_ylabel("p(true class)")
    return figure


def _lines(axes: Axes, moves: Invariance, curves: np.ndarray) -> None:
    """A line for each of the curves (L, A) along one transformation."""
    seaborn.lineplot(pd.DataFrame(curves.T, index=moves.amounts), ax=axes, legend=False, lw=1.3)
    axes.set(xlabel=AMOUNT[moves.kind])
