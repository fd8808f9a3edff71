"""Whole pages of pictures: ZF Fig. 8 (top nine), Fig. 3 (over training), Fig. 4 (transformed)."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from cnnlab.figures import sheets
from cnnlab.figures.curves import AMOUNT, STYLES
from cnnlab.results.style import PAGE
from cnnlab.seeing.deconvnet import Projection
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.seeing.invariance import Invariance, transform

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def one_activation(picture: np.ndarray, name: str, map: Tensor, projection: Tensor) -> "Figure":
    """A picture (P, P, 3), one map (h, w) of it, its strongest activation projected (3, P, P)."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(PAGE * 0.75, 2.4))
    sheets.picture(axes[0], picture, name)
    figure.colorbar(sheets.heat(axes[1], map.cpu().numpy(), "the map"), ax=axes[1], shrink=0.8)
    sheets.picture(axes[2], sheets.enhanced(projection[None])[0], "its strongest, projected")
    return figure


def top_nines(
    filters: Tensor, first: Tensor, pairs: Mapping[str, tuple[Projection, Tensor]]
) -> "Figure":
    """Fig. 8: layer 1, then the nine strongest of some maps of each layer above.

    Layer 1 has its filters (F, 3, k, k) and the patches (maps * 9, 3, h, w) of the first of them;
    the others have projections beside the patches that these came from.
    """
    import matplotlib.pyplot as plt

    rows = 1 + len(pairs)
    figure, axes = plt.subplots(rows, 2, figsize=(PAGE, 2.24 * rows))
    shown = sheets.mosaic(sheets.enhanced(filters), 8)
    sheets.picture(axes[0, 0], shown, f"layer 1: its {len(filters)} filters")
    shown = sheets.nines(sheets.as_pictures(first), len(first) // 9, 4)
    sheets.picture(axes[0, 1], shown, "layer 1: patches of the filters in the first row")
    for row, (tap, (projection, patches)) in zip(axes[1:], pairs.items(), strict=True):
        sheets.side_by_side(row, projection.pixels, patches, f"layer {tap[-1]}")
    return figure


def beside_each_other(projections: Mapping[str, Tensor], *, columns: int = 5) -> "Figure":
    """The same activations projected in several ways, by name: each (B, 3, h, w)."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(projections), figsize=(PAGE * 0.75, 2.2))
    for panel, (name, pixels) in zip(axes, projections.items(), strict=True):
        sheets.picture(panel, sheets.mosaic(sheets.enhanced(pixels), columns), name)
    return figure


def one_map(projections: Tensor, patches: Tensor, title: str) -> "Figure":
    """The nine strongest of one map: projections and patches, each (9, 3, h, w)."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(PAGE * 0.6, 2.7))
    both = {"projections": sheets.enhanced(projections), "patches": sheets.as_pictures(patches)}
    for panel, (what, nine) in zip(axes, both.items(), strict=True):
        sheets.picture(panel, sheets.mosaic(nine, 3), f"{title}: {what}")
    return figure


def over_training(projected: Mapping[str, Tensor], names: Sequence[str]) -> "Figure":
    """Fig. 3: projections (T, U, 3, h, w) layer by layer, a row a map, time from left to right.

    Layer 5 has two maps side by side, where there are as many; `names` are those of the T copies.
    """
    import matplotlib.pyplot as plt

    layout = [["layer1", "layer2"], ["layer3", "layer4"], ["layer5", "layer5"]]
    if len(projected) == 1:
        layout = [list(projected)]
    size = (PAGE, 3.2 * len(layout) if len(projected) > 1 else 1.4)
    figure, axes = plt.subplot_mosaic(layout, figsize=size)  # pyright: ignore
    for layer, pixels in projected.items():
        wide = 2 if layer == "layer5" and pixels.shape[1] > 1 else 1
        images = sheets.enhanced(pixels.transpose(0, 1).flatten(0, 1))  # map by map, copy by copy
        sheets.picture(axes[layer], sheets.mosaic(images, wide * len(names)), f"layer {layer[-1]}")
        for i, name in enumerate([*names] * wide):
            axes[layer].text(
                (i + 0.5) / len(names) / wide, -0.01, name, transform=axes[layer].transAxes,
                fontsize=6, va="top", ha="center",
            )  # fmt: skip
    return figure


def start_and_end(filters: Mapping[str, Tensor], projected: Mapping[str, Tensor]) -> "Figure":
    """What two copies of a net show of Fig. 3, for a net that was shipped without the others.

    Layer 1's filters (F, 3, k, k) by the copy's name; then projections (2, U, 3, h, w) layer by
    layer, the first copy's above the second's.
    """
    import matplotlib.pyplot as plt

    layers = list(projected.items())
    figure = plt.figure(figsize=(PAGE, 1.25 * len(layers) + 1.9))
    grid = figure.add_gridspec(1 + len(layers), 2, height_ratios=[1.5, *[1] * len(layers)])
    for i, (name, weight) in enumerate(filters.items()):
        shown = sheets.mosaic(sheets.enhanced(weight), 12)
        sheets.picture(figure.add_subplot(grid[0, i]), shown, f"layer 1's filters: {name}")
    for i, (tap, pixels) in enumerate(layers):
        shown = sheets.mosaic(sheets.enhanced(pixels.flatten(0, 1)), pixels.shape[1])
        names = ", ".join(filters)
        panel = figure.add_subplot(grid[1 + i, :])
        sheets.picture(panel, shown, f"layer {tap[-1]}, from above: {names}")
    return figure


def transformed(
    x: Tensor,
    crops: CentreCrops,
    found: Mapping[str, Invariance],
    names: Sequence[str],
    answer: str,
) -> "Figure":
    """Fig. 4 of a few inputs (N, 3, P, P), which `found` is of: a transformation a row.

    The pictures, then curves of the distance at layers 1 and 7, and of the probability `answer`.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(len(found), 4, figsize=(PAGE, 2.0 * len(found)))
    for row, (kind, m) in zip(axes, found.items(), strict=True):
        by = float(m.amounts[-4])
        shown = sheets.mosaic(crops.pictures(transform(x, kind, by)), 2, paper=255)
        sheets.picture(row[0], shown, f"{kind} {by:.3g}")
        panels = (m.distance["layer1"], m.distance["layer7"], m.probability)
        titles = ("distance, layer 1", "distance, layer 7", answer)
        for panel, values, title in zip(row[1:], panels, titles, strict=True):
            for curve, style in zip(values, STYLES, strict=False):
                panel.plot(m.amounts, curve, linestyle=style, lw=1.3)
            panel.set(xlabel=AMOUNT[kind], title=title, ylim=(0, None))
        row[3].set(ylim=(0, 1.02))
    lines = axes[0, 3].get_lines()
    figure.legend(lines, names, loc="outside lower center", ncols=5, fontsize=7)
    return figure
