"""Ways to a net, task by task: the paper's numbers as printed, and every number a mark."""

import matplotlib as mpl
import numpy as np
import pandas as pd

mpl.use("agg")

from cnnlab.figures.tuning import TASKS, moves_by_layer, printed_ways, ways_by_task

COLORS = {"scratch": "C1", "pre-train": "C7", "fc-ft": "C2", "ft": "C0"}


def test_the_papers_two_tables_are_one_of_ways_and_tasks() -> None:
    table = printed_ways().pivot(index="row", columns="column", values="value")
    assert set(table.index) == set(COLORS) and set(table.columns) == set(TASKS)
    assert table.loc["ft"].tolist() == [54.1, 59.2, 52.2]
    assert table["sun-cls"].to_dict() == {
        "fc-ft": 51.6,
        "ft": 52.2,
        "pre-train": 48.4,
        "scratch": 35.7,
    }
    assert table["pascal-det+data"].notna().to_numpy().all()


def test_a_way_has_a_mark_on_each_task_and_a_line_for_more_data() -> None:
    ours = pd.DataFrame(
        [
            {"row": way, "column": task, "value": 10.0 + i, "low": 8.0, "high": 20.0}
            for i, way in enumerate(COLORS)
            for task in TASKS
        ]
    )
    paper, run = ways_by_task(ours, COLORS).axes
    marks = {line.get_label(): line for line in run.lines if line.get_label() in COLORS}
    assert list(marks) == list(COLORS)
    assert len({str(line.get_marker()) for line in marks.values()}) == len(COLORS)
    assert np.asarray(marks["ft"].get_ydata()).tolist() == [13.0] * 3
    joined = [
        np.asarray(line.get_ydata()) for line in paper.lines if line.get_label() not in COLORS
    ]
    assert joined[0].tolist() == [40.7, 52.3]
    assert len(run.collections) == len(COLORS)  # intervals, which the paper does not give
    assert not paper.collections


def test_moves_are_medians_of_the_layers_that_moved() -> None:
    frozen, moved = np.zeros(3), np.array([0.1, 0.2, 0.4])
    moves = {
        "fc-ft": {"conv1": [frozen], "fc6": [moved, moved]},
        "ft": {"conv1": [moved], "fc6": [moved]},
    }
    axes = moves_by_layer(moves, COLORS).axes[0]
    assert [np.asarray(line.get_ydata()).tolist() for line in axes.lines] == [[20], [20, 20]]
    assert [np.round(line.get_xdata()).tolist() for line in axes.lines] == [[1], [0, 1]]  # pyright: ignore
    assert axes.get_yscale() == "log"
