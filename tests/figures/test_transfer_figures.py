"""What the figures of the transfer notebooks draw: the tables' numbers and nothing else."""

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection

from cnnlab.datasets import Packed
from cnnlab.figures import transfer as charts
from cnnlab.probing.by_layer import Point
from cnnlab.probing.caltech import TransferSet
from cnnlab.profiles.transfer import PAPER
from cnnlab.results.published import published_table
from cnnlab.results.statistics import Estimate

mpl.use("Agg")


def table(cells: dict[tuple[str, str], float], half: float = 2.0) -> pd.DataFrame:
    """A tidy table of cells with intervals `half` to both sides."""
    return pd.DataFrame(
        {"row": row, "column": column, "value": v, "low": v - half, "high": v + half, "n": 5}
        for (row, column), v in cells.items()
    )


def lines(axes) -> dict[str, tuple[list[float], list[float]]]:
    found = {}
    for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
        line = handle[0] if isinstance(handle, tuple) else handle
        found[label] = list(map(float, line.get_xdata())), list(map(float, line.get_ydata()))
    return found


def test_transfer_draws_ours_and_the_papers_by_images() -> None:
    pre, raw = "imagenet-pretrained", "non-pretrained"
    cells = {(pre, "30-per-class"): 60.0, (pre, "15-per-class"): 50.0}
    cells |= {
        (raw, "15-per-class"): 20.0,
        (raw, "30-per-class"): 30.0,
        ("fine-tuned", "15-per-class"): 55.0,
    }
    ours = table(cells)
    drawn = lines(charts.transfer({"Caltech-101": ("zf-table4", ours)}).axes[0])
    assert drawn["this run, imagenet-pretrained"] == ([15, 30], [50, 60])
    assert drawn["this run, non-pretrained"] == ([15, 30], [20, 30])
    assert drawn["this run, fine-tuned"] == ([15], [55])
    assert drawn["paper, non-pretrained"] == ([15, 30], [22.8, 46.5])


def test_few_shots_has_every_number_and_bars_where_an_interval_ends() -> None:
    curve = table({("imagenet-pretrained", f"{n}-per-class"): 10.0 * n for n in (3, 1, 2)})
    lonely = table({("non-pretrained", "3-per-class"): 5.0}, half=float("inf"))
    shown = {"imagenet-pretrained": "ours", "non-pretrained": "scratch"}
    every = dict.fromkeys(["a", "b", "c", "d"], "")
    four = table({(row, "3-per-class"): 5.0 for row in every})
    drawn = lines(charts.few_shots(four, {row: row for row in every}, "zf-table5").axes[0])
    assert every.keys() <= drawn.keys()
    axes = charts.few_shots(pd.concat([curve, lonely]), shown, "zf-table5").axes[0]
    drawn = lines(axes)
    assert drawn["ours"] == ([1, 2, 3], [10, 20, 30])
    assert drawn["scratch"] == ([3], [5])
    theirs = published_table("zf-table5").query("row == 'bo-2013'")["value"]
    assert drawn["paper, Bo et al."] == ([15, 30, 45, 60], list(theirs))
    bars = [c.get_segments() for c in axes.collections if isinstance(c, LineCollection)]
    assert [s[:, 1].tolist() for s in bars[0]] == [[8, 12], [18, 22], [28, 32]]
    assert bars[1][0][:, 1].tolist() == [5, 5]


def test_layers_are_drawn_in_order_with_the_papers_where_it_has_them() -> None:
    ours = table({(f"svm-{n}", "caltech-101"): 5.0 * n for n in (7, 1, 6)})
    drawn = lines(charts.by_layer(ours, "zf-table7", ["caltech-101"]).axes[0])
    assert drawn["this run"] == ([1, 6, 7], [5, 30, 35])
    assert drawn["paper"] == ([1, 7], [44.8, 85.5])


def test_layers_by_training_are_the_same_numbers_twice() -> None:
    points = [
        Point(0, {1: np.array([10.0, 20]), 7: np.array([4.0, 6])}, Estimate(1.0, 0, 2, 9)),
        Point(2016, {1: np.array([20.0]), 7: np.array([40.0])}, Estimate(50.0, 40, 60, 9)),
    ]
    left, right = charts.by_training(points).axes
    assert lines(left) == {"0": ([1, 7], [15, 5]), "2.02k": ([1, 7], [20, 40])}
    drawn = lines(right)
    assert [drawn[name][1] for name in drawn] == [[15, 20], [5, 40], [1, 50]]
    assert all(places == pytest.approx([672, 2016]) for places, _ in drawn.values())
    ticks = [label.get_text() for label in right.get_xticklabels()]
    assert (right.get_xscale(), ticks[0], right.get_xticks()[0]) == ("log", "0", 672)


@pytest.fixture
def transfer_set() -> TransferSet:
    """Three classes of four images, image i all of grey level i."""
    images = np.broadcast_to(np.arange(12, dtype=np.uint8)[:, None, None, None], (12, 8, 8, 3))
    packed = Packed(images, np.arange(12) % 3, ("a_b", "c", "d"), "caltech101", "all", "world", "x")
    return TransferSet(packed, replace(PAPER, folds=2))


def test_examples_are_the_first_of_each_class_in_the_given_order(transfer_set: TransferSet) -> None:
    figure = charts.examples(transfer_set, [np.arange(12), np.array([9, 6, 8, 7])])
    shown = [
        int(np.asarray(axes.images[0].get_array())[0, 0, 0]) for axes in figure.axes if axes.images
    ]
    assert shown == [0, 1, 2, 9, 7, 8]
    assert [axes.get_title() for axes in figure.axes[:3]] == ["a b", "c", "d"]
