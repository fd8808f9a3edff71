"""ZF Fig. 1 drawn from a real net: a layer going up, its deconvnet coming down, the switches."""

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from cnnlab.results.style import OURS, PAGE, palette
from cnnlab.seeing.unpool import shared, unpool

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def lively_corner(maps: Tensor) -> Tensor:
    """The corner (5, 5) of maps (N, 1, h, w) that shows most of how pooling by 3 x 3 / 2 goes.

    Its four maxima are above zero, two of them are one place, and its values vary most.
    """
    corners = F.unfold(maps, 5).transpose(1, 2).reshape(-1, 1, 5, 5)
    maxima, switches = F.max_pool2d(corners, 3, 2, return_indices=True)
    fit = (maxima.amin(dim=(1, 2, 3)) > 0) & (shared(switches).sum(dim=(1, 2)) == 2)
    return corners[(corners.std(dim=(1, 2, 3)) * fit).argmax(), 0]


def deconvnet_drawing(maps: Tensor, above: Tensor) -> "Figure":
    """Fig. 1: the two columns of a layer, and unpooling by switches of a real piece of a map.

    `maps` (5, 5) are rectified activations, `above` (2, 2) what comes down from the layer above.
    """
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(PAGE, 6.4))
    grid = figure.add_gridspec(2, 5, height_ratios=[1.25, 1])
    _columns(figure.add_subplot(grid[0, :]))
    batched = maps[None, None]
    pooled, switches = F.max_pool2d(batched, 3, 2, return_indices=True)
    back = unpool(above[None, None], switches, (5, 5))[0, 0]
    places = np.zeros((5, 5))
    for i, place in enumerate(switches.flatten().tolist()):
        places[divmod(place, 5)] += i + 1
    top = float(max(maps.max(), above.max(), 1e-9))
    panels = (
        (maps, "rectified map", top),
        (pooled[0, 0], "pooled: maxima of 3 x 3", top),
        (torch.from_numpy(places > 0).float(), "switches: where they were", 1.0),
        (above, "from the layer above", top),
        (back, "unpooled", top),
    )
    for k, (values, title, limit) in enumerate(panels):
        _cells(figure.add_subplot(grid[1, k]), values, title, limit, numbers=k != 2)
    return figure


def _columns(axes: "Axes") -> None:
    """Boxes of the layer (right, upwards) and of its deconvnet (left, downwards)."""
    up = ["layer below, pooled maps", "filter  $F$", "rectify", "max pooling", "pooled maps"]
    down = [
        "reconstruction below",
        r"filter  $F^{\,T}$",
        "rectify",
        "max unpooling",
        "layer above, reconstruction",
    ]
    for names, x, color, arrow in ((down, 0.0, palette()[3], -1), (up, 6.0, OURS, 1)):
        for i, name in enumerate(names):
            solid = i in (1, 2, 3)
            axes.text(
                x + 2, i, name, ha="center", va="center", fontsize=9.5,
                color="white" if solid else "black",
                bbox={
                    "boxstyle": "round,pad=0.42", "fc": color if solid else "white", "ec": color,
                },
            )  # fmt: skip
            if i < 4:
                start, end = (i + 0.3, i + 0.7) if arrow > 0 else (i + 0.7, i + 0.3)
                axes.annotate(
                    "", (x + 2, end), (x + 2, start), arrowprops={"arrowstyle": "-|>", "lw": 1.6}
                )
    axes.annotate(
        "switches", (3.1, 3), (6.6, 3), ha="center", va="center", fontsize=9,
        arrowprops={"arrowstyle": "-|>", "lw": 1.6, "ls": "--"},
    )  # fmt: skip
    axes.text(2, 4.75, "deconvnet", ha="center", weight="bold")
    axes.text(8, 4.75, "convnet", ha="center", weight="bold")
    axes.set(xlim=(-0.5, 10.5), ylim=(-0.5, 5.1))
    axes.set_axis_off()


def _cells(axes: "Axes", values: Tensor, title: str, top: float, *, numbers: bool) -> None:
    axes.imshow(values, cmap="Blues", vmin=0, vmax=1.4 * top)
    for y in range(values.shape[0]):
        for x in range(values.shape[1]):
            value = float(values[y, x])
            text = f"{value:.1f}" if numbers else "●" if value else ""
            axes.text(x, y, text, ha="center", va="center", fontsize=7.5)
    axes.set_xticks(np.arange(-0.5, values.shape[1]), [])
    axes.set_yticks(np.arange(-0.5, values.shape[0]), [])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.grid(color="#949494", lw=0.6)
    axes.set_title(title, fontsize=8)
