"""Pictures of nets and learning curves show all that they are given."""

import matplotlib as mpl
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
    figure = training_curves(curves(12))  # more nets than colours
    left, right = figure.axes
    assert len(left.lines) == len(right.lines) == 24
    assert left.lines[0].get_xydata().tolist() == [[1, 1], [2, 1]]  # pyright: ignore
    assert right.get_ylim() == (0, 100)
    legend = left.get_legend()
    assert legend is not None and len(legend.get_texts()) == 24
