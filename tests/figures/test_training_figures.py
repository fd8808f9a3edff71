"""Pictures of nets and learning curves show all that they are given."""

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("agg")


from cnnlab.figures.training import architecture, training_curves
from cnnlab.nets import zoo


def curves(count: int) -> dict[str, list[dict[str, float]]]:
    row = {"train_loss": 1.0, "val_loss": 1.5, "val_top1": 50.0, "val_top5": 20.0}
    return {f"net{i}": [{"images": 1000.0 * k, **row} for k in (1, 2)] for i in range(count)}


@pytest.mark.parametrize("name", list(zoo.zf14_table3()))
def test_architecture_names_every_layer(name: str) -> None:
    spec = zoo.zf14_table3()[name]
    figure = architecture(spec)
    texts = [text.get_text() for text in figure.axes[0].texts]
    layers = [f"layer {c.layer}" for c in spec.convs] + [f"layer {n}" for n in spec.fc]
    assert [t for t in texts if t.startswith("layer ")] == layers
    assert {"input", "output"} <= set(texts)
    assert any(f"{spec.classes} classes" in text for text in texts)


def test_the_smallest_net_can_be_drawn() -> None:
    architecture(zoo.spec("zfnet").scaled(56, 0.01, 1)).canvas.draw()


def test_curves_show_every_net() -> None:
    nets = {name: [rows] for name, rows in curves(12).items()}  # more nets than colours
    left, right = training_curves({"": nets}, more=True).axes
    assert len(left.lines) == len(right.lines) == 24
    assert left.lines[0].get_xydata().tolist() == [[1, 1], [2, 1]]  # pyright: ignore
    assert right.get_ylim() == (0, 100) and left.get_ylim()[0] == 0


def test_curves_end_where_a_run_settled_and_are_hollow_where_it_did_not() -> None:
    def rows(*errors: float) -> list[dict[str, float]]:
        every = enumerate(errors, 1)
        return [{"images": 1000 * i, "val_top1": e, "train_loss": e / 20} for i, e in every]

    runs = {
        "scratch": [rows(90, 80, 70, 60, 50, 40)],
        "ft": [rows(50, 40, 40, 40), rows(50, 41, 41)],
    }
    figure = training_curves({"a": runs, "b": {"ft": runs["ft"]}})
    _, right, other, _ = figure.axes
    assert [len(np.asarray(line.get_xdata())) for line in right.lines] == [6, 4, 3]
    assert [line.get_markerfacecolor() == "white" for line in right.lines] == [True, False, True]
    assert [np.asarray(line.get_ydata())[-1] for line in right.lines] == [40, 40, 41]
    assert {line.get_color() for line in other.lines} == {right.lines[1].get_color()}
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["scratch", "ft", "still learning"]
