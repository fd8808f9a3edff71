"""Curves of invariance: none may be lost, whatever the names of the pictures."""

import numpy as np
import torch
from matplotlib.axes import Axes

from cnnlab.figures import invariance as draw
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.seeing.invariance import Invariance


def moves(kind: str) -> Invariance:
    values = np.random.default_rng(0).random((3, 5))
    distance = {"layer1": values, "layer7": values / 2}
    return Invariance(kind, np.linspace(1, 1.8, 5), distance, {"layer1": 2, "layer7": 1}, values)


def lines(axes: Axes) -> np.ndarray:
    """Heights of all the lines of a panel."""
    return np.stack([np.asarray(line.get_ydata(), float) for line in axes.get_lines()])


def test_pictures_of_one_class_have_a_curve_each() -> None:
    both = {kind: moves(kind) for kind in ("shift", "scale")}
    crops = CentreCrops(torch.zeros(8, 8, 3), 8)
    names = ["chair", "chair", "tiger"]
    figure = draw.figure4(torch.zeros(3, 3, 8, 8), crops, both, names, "p")
    for row in range(2):
        for i, values in ((1, both["scale"].distance["layer1"]), (3, both["scale"].probability)):
            np.testing.assert_allclose(lines(figure.axes[4 * row + i]), values)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == names
    assert [figure.axes[i].get_title() for i in (0, 4)] == ["shift 1.2 px", "scale 1.2 times"]


def test_relative_distances_and_probabilities_are_means_over_pictures() -> None:
    one = {"scale": moves("scale"), "shift": moves("shift")}
    curves = lines(draw.mean_curves(one).axes[0])
    values = one["scale"].probability
    np.testing.assert_allclose(curves[:2], [values.mean(axis=0) / 2, values.mean(axis=0) / 2])
    panel = draw.mean_curves(one, "probability").axes[0]
    np.testing.assert_allclose(lines(panel)[0], values.mean(axis=0))
    shade = np.asarray(panel.collections[0].get_paths()[0].vertices, float)[:, 1]
    low, high = np.quantile(values, (0.25, 0.75), axis=0)
    assert np.isclose(shade.min(), low.min()) and np.isclose(shade.max(), high.max())
