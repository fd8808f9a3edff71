"""Classifiers of windows: the kernel against scikit-learn's SVC, AP by box, boosted trees."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import pairwise_distances
from sklearn.metrics.pairwise import rbf_kernel

from cnnlab.probing.linear import Standardiser
from cnnlab.probing.metrics import average_precision
from cnnlab.profiles.tiny import TINY
from cnnlab.profiles.transfer import Pascal
from cnnlab.profiles.units import Units
from cnnlab.units import boxes
from cnnlab.units.boxes import BoxTask, KernelSpace


@pytest.fixture
def task() -> BoxTask:
    """Three classes of windows; the features below tell them apart."""
    labels = np.arange(300) % 3
    units = Units(costs=(1.0, 10.0), rounds=20)
    profile = replace(TINY, pascal=Pascal(draws=8), units=units)
    empty = boxes.box_task(TINY)
    learn, test = replace(empty.learn, labels=labels), replace(empty.test, labels=labels[:30])
    owner = np.arange(300) // 2, np.arange(30) // 2
    return BoxTask(learn, test, owner, np.arange(30) > 3, profile)


def rings(count: int, seed: int) -> np.ndarray:
    """Points on circles of three radii, class by class: no line tells the middle one apart."""
    angle = np.random.default_rng(seed).random(count) * 2 * np.pi
    return (1 + np.arange(count) % 3)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def test_products_in_a_kernels_space_are_the_kernel() -> None:
    rng = np.random.default_rng(0)
    x, other = rng.normal(size=(30, 5)), rng.normal(size=(7, 5))
    space, rows = KernelSpace.of(x), Standardiser.of(x)
    apart = pairwise_distances(rows(x).numpy(), metric="sqeuclidean")
    gamma = 1 / np.median(apart[apart > 0])
    expected = rbf_kernel(rows(other).numpy(), rows(x).numpy(), gamma=gamma)
    assert (space(other) @ space(x).T).numpy() == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(("kind", "best"), [("linear", False), ("kernel", True), ("boosted", True)])
def test_what_no_line_parts_a_kernel_and_trees_do(task: BoxTask, kind: str, best: bool) -> None:
    scores = task.classify(kind, rings(300, 0), rings(30, 1))
    assert np.isnan(scores[:, 3:]).all(), "classes without windows"
    aps = task.aps(scores)
    assert aps.shape == (9, 20)
    assert (aps[0, 1] > 85) == best  # the circle in the middle


def test_aps_leave_out_difficult_windows_and_redraw_whole_scenes(task: BoxTask) -> None:
    scores = np.full((30, 20), np.nan)
    scores[:, :3] = np.random.default_rng(2).normal(size=(30, 3))
    aps = task.aps(scores)
    some = task.counted
    by_hand = [average_precision(scores[some, k], task.test.labels[some] == k) for k in range(3)]
    assert aps[0, :3] == pytest.approx(by_hand) and np.isnan(aps[0, 3:]).all()
    assert task.mean(aps).value == pytest.approx(np.mean(by_hand))
    assert task.mean(aps).n == 13  # scenes with a window that counts
    assert task.gain(aps, aps).value == 0


def test_another_classifier_is_refused(task: BoxTask) -> None:
    with pytest.raises(ValueError, match="linear, kernel or boosted, not 'forest'"):
        task.classify("forest", rings(300, 0), rings(30, 1))
