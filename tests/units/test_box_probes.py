"""Layers of a net on given boxes: the scores of `BoxTask` where nothing is ablated."""

import numpy as np
import pytest

from cnnlab.profiles.tiny import TINY
from cnnlab.training import base_net
from cnnlab.units.box_probes import box_aps
from cnnlab.units.boxes import BoxTask, box_task


def test_without_an_ablation_it_is_the_linear_classifier_of_the_task() -> None:
    task, net = box_task(TINY), base_net("caffenet", TINY)
    for layer, aps in box_aps(task, net, [("fc-7", "none"), ("conv-5", "none")]).items():
        np.testing.assert_allclose(aps, task.aps(task.scores(net, layer[0], "linear")))


def test_a_classifier_reads_what_an_ablation_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    task, net = box_task(TINY), base_net("caffenet", TINY)
    read: list[np.ndarray] = []

    def classify(self: BoxTask, kind: str, x: np.ndarray, tested: np.ndarray) -> np.ndarray:
        read.append(tested)
        return np.zeros((len(tested), 20))

    monkeypatch.setattr(BoxTask, "classify", classify)
    for probe in (("conv-5", "binarise"), ("conv-5", "sp-max"), ("fc-6", "binarise")):
        box_aps(task, net, [probe])
    box_aps(task, net, [("fc-6", "binarise")], checkpoint=0)
    maps, largest, full, untrained = read
    assert set(np.unique(maps)) == {0, 1}
    np.testing.assert_array_equal(maps.reshape(*largest.shape, -1).max(axis=2), largest > 0)
    assert not np.array_equal(full, untrained)
