"""What the figures of selectivity and of pre-training time draw."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.lines import Line2D

from cnnlab.figures import pretraining, selectivity
from cnnlab.units.pretraining import OverPretraining
from cnnlab.units.selectivity import mcaue

mpl.use("Agg")


def y(line: Line2D) -> list[float]:
    return np.asarray(line.get_ydata(), dtype=float).tolist()


BEFORE = {"conv-1": np.array([2.0, 1.0, 3.0, 2.5]), "fc-7": np.array([1.0, 0.5])}
AFTER = {layer: areas / 2 for layer, areas in BEFORE.items()}


def test_curves_of_both_nets_in_the_papers_form() -> None:
    """Before fine-tuning dash-dot, after it solid, a colour a layer; their ends beside them."""
    (axes,) = selectivity.curves({"label": (BEFORE, AFTER)}).axes
    curves = [line for line in axes.lines if len(y(line)) and line.get_marker() == "None"]
    assert [line.get_linestyle() for line in curves] == ["-.", "-.", "-", "-"]
    colors = [tuple(line.get_color()) for line in curves]
    assert colors[:2] == colors[2:] and colors[0] != colors[1]
    assert y(curves[0]) == mcaue(BEFORE["conv-1"]).tolist()
    assert np.array_equal(curves[0].get_xdata(), [0.25, 0.5, 0.75, 1])
    ends = [line for line in axes.lines if line.get_marker() == "o"]
    assert [y(end) for end in ends] == [y(curve)[-1:] for curve in curves]


def test_filters_are_sorted_before_and_after() -> None:
    (alone,) = selectivity.filters(BEFORE).axes
    assert [line.get_linestyle() for line in alone.lines] == ["-", "-"]
    assert y(alone.lines[0]) == [1, 2, 2.5, 3]
    (both,) = selectivity.filters(BEFORE, AFTER).axes
    assert [line.get_linestyle() for line in both.lines[:4]] == ["-.", "-.", "-", "-"]


def test_controls_show_every_filter() -> None:
    figure = selectivity.controls({"pre": BEFORE, "fine": AFTER, "dealt": BEFORE, "raw": BEFORE})
    panels = [axes for axes in figure.axes if axes.lines]
    assert [axes.get_title() for axes in panels] == ["conv-1: 4 filters", "fc-7: 2 filters"]
    assert all(axes.get_ylim()[0] == 0 and axes.get_ylim()[1] > 3 for axes in panels)


def test_an_entropy_curve_beside_its_classes() -> None:
    maps = np.zeros((4, 2, 2))
    maps[:, 0, 0] = [4, 3, 1, 0]  # classes 0, 0, 1, 1: above the middle is class 0 alone
    figure = selectivity.entropy_curves({"f": maps}, np.array([0, 0, 1, 1]), ["a", "b"])
    left, right = figure.axes
    assert left.get_title().startswith("f: area 0.")
    assert [patch.get_extents().height > 1 for patch in right.patches] == [True, False]
    assert right.get_title() == "above the middle: 2 scores of 2 boxes"


def test_pretraining_stands_beside_the_paper() -> None:
    means = {layer: np.array([[10.0, 9], [30, 31], [40, 42]]) for layer in ("conv-1", "fc-7")}
    over = OverPretraining(np.array([0.0, 0.16, 1.0]), means, scenes=5)
    left, right = pretraining.over_pretraining(over).axes
    markers = [str(line.get_marker()) for line in left.lines if line.get_marker() != "None"]
    assert len(markers) == len(set(markers)) == 7  # a layer each
    solid = [line for line in right.lines if line.get_linestyle() == "-"]
    assert y(solid[0]) == pytest.approx([75, 100])
    dotted = [line for line in right.lines if line.get_linestyle() == ":"]
    assert y(dotted[0]) == pytest.approx([25, 75])


def test_likeness_is_a_mean_over_filters() -> None:
    curves = {"conv1": np.array([[0.0, 0.2], [0.5, 0.7], [1, 1]])}
    (axes,) = pretraining.likeness(curves, np.array([0.0, 0.5, 1.0])).axes
    assert y(axes.lines[0]) == pytest.approx([0.1, 0.6, 1])


def test_tuned_nets_stand_beside_the_paper_and_a_frozen_one() -> None:
    cells = [
        {"row": row, "column": column, "source": source, "value": 30.0, "low": 28.0, "high": 33.0}
        for row, source in (("sun-cls", "arxiv"), ("pascal-det", "both"))
        for column in ("50k", "305k")
    ]
    table = pd.DataFrame(cells)
    frozen = pd.DataFrame(cells[:2])
    shares = {"50k": 15.0, "105k": 33.0, "205k": 66.0, "305k": 100.0}
    left, right = pretraining.after_tuning(table, frozen, shares).axes
    assert [len(axes.containers) for axes in (left, right)] == [3, 2]
    lines = (c.get_children()[0] for c in right.containers)
    paper, tuned = (np.asarray(line.get_xydata()) for line in lines if isinstance(line, Line2D))
    assert paper[:, 1].tolist() == [50.2, 52.6, 55.3, 55.4]
    assert tuned.round(1).tolist() == [[15.0, 30.0], [100.0, 30.0]]
