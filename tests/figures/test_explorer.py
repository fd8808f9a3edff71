"""The unit explorer draws what was measured."""

import matplotlib as mpl
import numpy as np
from matplotlib.patches import Rectangle

from cnnlab.figures.explorer import Unit, explorer
from cnnlab.results.statistics import Estimate

mpl.use("Agg")


def test_every_panel_shows_its_numbers_in_one_order_of_classes() -> None:
    marks = np.zeros((9, 8, 8), bool)
    marks[0, 2:5, 2:5] = True
    changes = {"cat": Estimate(-1, -3, 1, 9, "images"), "dog": Estimate(-7, -9, -5, 9, "images")}
    unit = Unit(
        "filter 3",
        np.zeros((9, 8, 8, 3), np.uint8),
        marks,
        {"cat": 10.0, "dog": 60.0},
        [("dog face", 12.0), ("dog", 5.0)],
        1.5,
        changes,
    )
    figure = explorer(unit)
    *windows, left, middle, right = figure.axes
    assert len(windows) == 9
    outlined = [len(axes.collections) for axes in windows]
    assert outlined == [1, 0, 0, 0, 0, 0, 0, 0, 0]
    bars = [p.get_width() for p in left.patches if isinstance(p, Rectangle)]
    assert bars == [10, 60]
    assert [p.get_width() for p in middle.patches if isinstance(p, Rectangle)] == [12, 5]
    assert [text.get_text() for text in middle.texts] == ["dog face", "dog"]
    assert [float(np.ravel(line.get_xdata())[0]) for line in right.lines[:2]] == [-1, -7]
    names = [[label.get_text() for label in axes.get_yticklabels()] for axes in (left, right)]
    assert names == [["cat", "dog"]] * 2
