"""A net along its training: which printed column a copy stands for, shares, and likeness."""

import numpy as np
import pytest
import torch

from cnnlab.nets import zoo
from cnnlab.nets.convnet import build, weighted_layers
from cnnlab.units.pretraining import OverPretraining, weight_likeness

AGM = ["5k", "15k", "25k", "35k", "50k", "95k", "105k", "195k", "205k", "305k"]
DRAFT = ["5k", "15k", "25k", "35k", "45k", "95k", "105k", "310k"]
SHARES = np.array([0, 0.016, 0.05, 0.08, 0.16, 0.32, 0.64, 1.0])


def over(shares: np.ndarray = SHARES) -> OverPretraining:
    means = np.linspace(10, 40, len(shares))[:, None] + np.array([0.0, 1.0, -1.0])
    return OverPretraining(shares, {"conv-1": means, "fc-7": means / 2}, scenes=30)


def test_copies_stand_for_the_papers_iterations() -> None:
    assert list(over().printed(AGM).values()) == ["5k", "15k", "25k", "50k", "95k", "195k", "305k"]
    assert list(over().printed(DRAFT).values()) == ["5k", "15k", "25k", "45k", "95k", "310k"]


@pytest.mark.parametrize("shares", [[0, 1], [0, 0.06, 0.19, 0.3, 0.6, 1], [0, 0.4, 0.5, 1]])
def test_a_column_never_stands_for_two_copies(shares: list[float]) -> None:
    columns = over(np.array(shares)).printed(AGM)
    assert len(set(columns.values())) == len(columns)
    assert columns[len(shares) - 1] == "305k"
    assert 0 not in columns  # no paper prints the start


def test_a_table_has_a_cell_for_every_printed_copy() -> None:
    cells = over().cells(DRAFT, ["pool-1", "relu-7"])
    assert len(cells) == 12 and cells[0]["row"] == "pool-1" and cells[-1]["column"] == "310k"
    last = cells[-1]
    assert last["value"] == 20 and (last["n"], last["over"]) == (30, "scenes")
    assert float(str(last["low"])) < 20 < float(str(last["high"]))


def test_shares_of_the_end_by_hand() -> None:
    one = over()
    assert one.of_final("conv-1", 0)[0] == pytest.approx(25)
    assert one.of_final("conv-1", 1.0).tolist() == [100, 100, 100]
    t = one.at(0.05)
    assert t == 2 and one.at(0.0) == 1  # the start is no copy on the way
    assert one.of_final("fc-7", 0.05)[0] == pytest.approx(100 * one.means["fc-7"][2, 0] / 20)
    assert one.left("conv-1", 0.05) == pytest.approx([40 - one.means["conv-1"][2, 0]] * 3)


def test_likeness_sees_directions_alone() -> None:
    net, end = (build(zoo.spec("zfnet").scaled(56, 0.05, 3), seed=0) for _ in range(2))
    layers = weighted_layers(net)
    with torch.no_grad():
        layers["conv2"].get_parameter("weight").mul_(3)
        layers["conv3"].get_parameter("weight")[0] *= -1
    likeness = weight_likeness(net, end)
    assert list(likeness) == ["conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7"]
    assert likeness["conv2"] == pytest.approx(1)
    assert likeness["conv3"][0] == pytest.approx(-1) and likeness["conv3"][1:] == pytest.approx(1)
