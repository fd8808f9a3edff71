"""What the pictures of ablations say: numbers of the maps, both sides of a table."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cnnlab.figures import ablation as draw
from cnnlab.units.ablation import ablate


def texts(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_a_cell_has_its_number_and_a_zero_is_a_dot() -> None:
    maps = np.zeros((1, 2, 2, 2))
    maps[0, 1] = [[0, 3.25], [1.5, 0]]
    columns = {name: ablate(maps, name)[0] for name in ("none", "binarise", "sp-max")}
    figure = draw.transformed(columns, [1])
    dot = "\N{MIDDLE DOT}"
    shown = [texts(axes) for axes in figure.axes]
    assert shown == [[dot, "3.2", "1.5", dot], [dot, "1", "1", dot], ["3.2"]]
    assert [axes.get_title() for axes in figure.axes] == ["none", "binarise", "sp-max"]


def test_the_papers_numbers_stand_left_and_ours_right() -> None:
    cells = [
        {"row": row, "column": column, "value": value, "low": value - 2, "high": value + 2}
        for row, value in (("conv-1", 30.0), ("conv-5", 50.0))
        for column in ("no-ablation", "sp-max")
    ]
    names = {"no-ablation": "as it is", "sp-max": "sp-max"}
    left, right = draw.by_layer(pd.DataFrame(cells), "agm-table7", names).axes
    printed = [np.asarray(line.get_ydata()) for line in left.lines]
    assert printed[0][[0, 4]].tolist() == [25.1, 65.6]
    assert len(right.containers) == 2
    ticks = [label.get_text() for label in right.get_xticklabels()]
    assert ticks[0] == "conv-1" and ticks[-1] == "fc-7"


def test_a_bar_for_every_sublayer() -> None:
    cell = {"row": "pool-5", "column": "map", "value": 40.0, "low": 38.0, "high": 42.0}
    figure = draw.sublayers(pd.DataFrame([cell]))
    assert len(figure.axes[0].get_yticklabels()) == 20


def test_what_tasks_lose_stands_beside_what_the_paper_prints() -> None:
    cells = [
        {"row": "sp-max", "column": f"{task}, % lost", "value": v, "low": v - 9, "high": v + 9}
        for task, v in (("detection", 40.0), ("given boxes", 10.0))
    ]
    (axes,) = draw.by_task(pd.DataFrame(cells), ["sp-max", "same shuffle"]).axes
    lines = {line.get_label(): np.asarray(line.get_xdata()) for line in axes.lines}
    assert lines["detection, paper"].round(1).tolist() == [46.6]  # 25.4 of 47.6 are left
    assert lines["given boxes, paper"].round(1).tolist() == [6.6]
    drawn = [container.get_label() for container in axes.containers]
    assert drawn == ["detection, this run", "given boxes, this run"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["sp-max", "same shuffle"]
