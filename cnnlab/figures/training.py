"""Pictures of nets and of their training: layers as boxes, learning curves."""

from itertools import cycle
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from cnnlab.nets.spec import NetSpec
from cnnlab.results.style import OURS, PAGE, palette


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


def training_curves(histories: dict[str, list[dict[str, Any]]]) -> Figure:
    """Training and validation loss, and validation error, against images seen; a colour a net."""
    figure, panels = plt.subplots(1, 2, figsize=(PAGE, 2.8))
    left, right = panels
    curves = (
        (left, "train_loss", "--", "training"),
        (left, "val_loss", "-o", "validation"),
        (right, "val_top1", "-o", "top-1"),
        (right, "val_top5", ":o", "top-5"),
    )
    for (name, rows), color in zip(histories.items(), cycle(palette()), strict=False):
        images = [row["images"] / 1000 for row in rows]
        for axes, key, style, label in curves:
            values = [row.get(key, float("nan")) for row in rows]  # old cards hold less
            axes.plot(images, values, style, ms=3, color=color, label=f"{name}, {label}")
    left.set(ylabel="cross-entropy (nats)", ylim=(0, None))
    right.set(ylabel="validation error (%)", ylim=(0, 100))
    for axes in panels:
        axes.set_xlabel("images seen (thousands)")
        axes.legend(fontsize=7)
    return figure
