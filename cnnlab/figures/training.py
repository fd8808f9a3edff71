"""Pictures of nets and of their training: layers as boxes, learning curves."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from cnnlab.nets.spec import NetSpec
from cnnlab.results.style import OURS, PAGE, palette
from cnnlab.training.schedule import still_learning

History = Sequence[Mapping[str, float]]


def architecture(spec: NetSpec) -> Figure:
    """The layers of a net as boxes: height by positions, thickness by maps (after ZF Fig. 2)."""
    figure, axes = plt.subplots(figsize=(PAGE, 3.3))
    x = 0.0
    for title, below, thick, high in _blocks(spec):
        slant = 0.3 * high if " x " in below else 0.0  # what has no place has no area
        _cuboid(axes, x, -high / 2, thick, high, slant)
        middle = x + (thick + slant) / 2
        axes.text(middle, 1.85, title, ha="center", va="bottom", fontsize=8, weight="bold")
        axes.text(middle, -1.5, below, ha="center", va="top", fontsize=7, linespacing=1.25)
        x += max(thick + slant, 0.5) + 0.95
    axes.set(xlim=(-0.5, x - 0.5), ylim=(-3.4, 2.2), aspect="equal")
    axes.set_axis_off()
    return figure


def _cuboid(axes: Axes, x: float, y: float, width: float, height: float, slant: float) -> None:
    right, top = x + width, y + height
    end, roof = right + slant, top + slant
    faces = {
        OURS: [(x, y), (right, y), (right, top), (x, top)],
        "#7fb8dc": [(x, top), (right, top), (end, roof), (x + slant, roof)],
        "#00507f": [(right, y), (end, y + slant), (end, roof), (right, top)],
    }
    for color, corners in faces.items():
        axes.add_patch(Polygon(corners, closed=True, fc=color, ec="white", lw=0.6))


def _blocks(spec: NetSpec) -> list[tuple[str, str, float, float]]:
    """(title, text below, thickness, height) of input, convolutional and full layers, output."""
    shapes = spec.shapes()
    pixels = f"{spec.pixels} x {spec.pixels}\n3 colours"
    blocks = [("input", pixels, 0.06, 2.2)]
    for c in spec.convs:
        maps, side, _ = shapes[f"conv{c.layer}"]
        lines = [f"{c.kernel} x {c.kernel}", f"stride {c.stride}", f"{maps} maps"]
        lines += [f"{side} x {side}"]
        if c.pool:
            to = shapes[f"pool{c.layer}"][1]
            lines += ["max 3 x 3 / 2", f"to {to} x {to}"]
        if c.norm:
            lines.append("contrast norm")
        blocks.append((f"layer {c.layer}", "\n".join(lines), maps / 700, 2.2 * side**0.5 / 15))
    for n, units in spec.fc.items():
        text = f"full\n{units} units\ndropout {spec.dropout:g}"
        blocks.append((f"layer {n}", text, 0.1, _height(units)))
    text = f"softmax\n{spec.classes} classes"
    return [*blocks, ("output", text, 0.1, _height(spec.classes))]


def _height(units: int) -> float:
    return 2.6 * min(1.0, units / 8192) ** 0.5


def training_curves(
    panels: Mapping[str, Mapping[str, Sequence[History]]],
    *,
    more: bool = False,
    colors: Mapping[str, str] | None = None,
) -> Figure:
    """Training loss and error on the watched images over the images seen; a row of panels a title.

    `panels` has histories (`training.fit`) by title and by name, which has one colour and mark
    everywhere. The mark stands where a training ends, hollow if the net still learns. With `more`,
    dotted, the loss on the watched images and the top-5 error.

    >>> rows = [{"images": 500 * i, "train_loss": 2 / i, "val_top1": 90 / i} for i in (1, 2, 3, 4)]
    >>> len(training_curves({"Caltech": {"scratch": [rows], "tuned": [rows]}}).axes)
    2
    """
    names = dict.fromkeys(name for nets in panels.values() for name in nets)
    colors = colors or dict(zip(names, cycle(palette()), strict=False))
    size = PAGE, 2.5 * len(panels) + 0.4
    figure, grid = plt.subplots(len(panels), 2, figsize=size, sharex="row", squeeze=False)
    hollow = Line2D([], [], marker="o", color="black", mfc="white", ls="none")
    marks = dict(zip(names, cycle("osD^v"), strict=False))
    handles = {n: Line2D([], [], color=colors[n], marker=marks[n], ms=5) for n in names}
    for (left, right), (title, nets) in zip(grid, panels.items(), strict=True):
        for name, rows in ((name, rows) for name, runs in nets.items() for rows in runs):
            images, color = [row["images"] / 1000 for row in rows], colors[name]
            end = {"mfc": color, "markevery": [-1], "ms": 5}
            if still_learning(rows):
                end["mfc"], handles["still learning"] = "white", hollow
            for axes, key in ((left, "train_loss"), (right, "val_top1")):
                values = [row.get(key, np.nan) for row in rows]  # old cards hold less
                axes.plot(images, values, f"-{marks[name]}", color=color, **end)
            for axes, key in ((left, "val_loss"), (right, "val_top5")) if more else ():
                values = [row.get(key, np.nan) for row in rows]
                axes.plot(images, values, ":", color=color)
        left.set(title=title, ylabel="training loss (nats)", ylim=(0, 1.05 * left.get_ylim()[1]))
        right.set(title=title, ylabel="top-1 error (%)", ylim=(0, 100))
        if more:
            left.set(ylabel="loss (nats), dotted: validation")
            right.set(ylabel="top-1 error (%), dotted: top-5")
    for axes in grid[-1]:
        axes.set_xlabel("images seen (thousands)")
    figure.legend([*handles.values()], [*handles], loc="outside lower center", ncols=4, fontsize=7)
    return figure
