"""SVMs with hard negatives: they find the hard ones, and reach what all negatives would give."""

from dataclasses import replace

import numpy as np
import pytest
from boxed import boxed
from sklearn.svm import LinearSVC

from cnnlab.datasets import BoxedImages
from cnnlab.detection.svm_mining import Miner, feature_scale, hinge_svm, mine
from cnnlab.detection.windows import Windows, with_truth
from cnnlab.profiles.detection import Detection

CONFIG = Detection(retrain=40)
WIDE, FEATURES = 30, 12  # windows of a picture, D


def planted(pictures: int = 20, hard: float = 0.4) -> tuple[list[np.ndarray], BoxedImages, Windows]:
    """Features whose first number tells class 3, second class 7; a tenth of others looks like 3."""
    rng = np.random.default_rng(0)
    objects = [[(3 if i % 2 else 7, (1, 1, 10, 10))] for i in range(pictures)]
    scenes = boxed(objects)
    windows = with_truth(scenes, Windows.of([[[30, 30, 40, 40]] * WIDE] * pictures))
    features = []
    for i in range(pictures):
        rows = 0.3 * rng.random((1 + WIDE, FEATURES))
        rows[0, 0 if i % 2 else 1] += 1
        rows[1 : 1 + WIDE // 10, 0] += hard
        features.append(rows.astype(np.float32))
    return features, scenes, windows


def test_the_hard_negatives_are_those_that_look_alike() -> None:
    features, scenes, windows = planted()
    _, miners = mine(features, scenes, windows, CONFIG)
    hardest = miners[3].hardest[: 20 * (WIDE // 10)]
    assert ((hardest[:, 1] >= 1) & (hardest[:, 1] <= WIDE // 10)).mean() > 0.9


def test_objects_of_another_class_are_negatives() -> None:
    features, scenes, windows = planted(hard=0.0)
    for i in range(0, 20, 2):  # objects of class 7 look like those of class 3, too
        features[i][0, :2] = 0.8, 0.1
    _, miners = mine(features, scenes, windows, CONFIG)
    assert {tuple(name) for name in miners[3].hardest[:10]} == {(i, 0) for i in range(0, 20, 2)}


def test_mining_ends_near_the_svm_of_all_negatives() -> None:
    features, scenes, windows = planted()
    config = replace(CONFIG, cost=0.01)
    svms, miners = mine(features, scenes, windows, config)
    rows = np.concatenate(features) * svms.scale
    first = np.cumsum([0, *map(len, features)])[:-1]
    positive = np.zeros(len(rows), bool)
    positive[first[1::2]] = True
    weights, bias = hinge_svm(rows[positive], rows[~positive], config)
    ours = rows @ svms.weights[3] + svms.bias[3]
    assert np.abs(ours - (rows @ weights + bias)).max() < 0.1
    assert sum(map(len, miners[3].negatives)) < len(rows) / 2


def test_it_learns_again_when_enough_were_added() -> None:
    sizes: list[int] = []

    def solve(
        positives: np.ndarray, negatives: np.ndarray, config: Detection
    ) -> tuple[np.ndarray, float]:
        sizes.append(len(negatives))
        return np.zeros(negatives.shape[1], np.float32), 0.0  # every negative stays hard

    miner = Miner(np.ones((1, 2), np.float32), CONFIG, solve)
    rows, every = np.zeros((15, 2), np.float32), np.ones(15, bool)
    for i in range(8):
        miner.look(i, rows, np.zeros(15), every)
    assert sizes == [15, 15 + 45, 60 + 45]  # the first picture, and more than 40 additions each


def test_what_is_easy_is_left_out_and_dropped() -> None:
    def solve(
        positives: np.ndarray, negatives: np.ndarray, config: Detection
    ) -> tuple[np.ndarray, float]:
        return np.array([1.0], np.float32), 0.0  # the score is the feature

    miner = Miner(np.ones((1, 1), np.float32), CONFIG, solve)
    rows = np.array([[-3.0], [-1.1], [-0.5], [2.0]], np.float32)
    miner.look(0, rows, np.full(4, np.nan), np.array([True, True, True, False]))
    assert miner.hardest.tolist() == [[0, 2], [0, 1]]  # -3 was dropped, 2.0 is no negative
    miner.look(1, rows, rows[:, 0], np.ones(4, bool))
    miner.learn()
    assert miner.hardest.tolist() == [[1, 3], [0, 2], [1, 2], [0, 1]]  # of the second -1.1 is easy


def test_the_svm_is_the_one_of_the_authors() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 5)), np.repeat([1, -1], [15, 45])
    x[:15, 0] += 1
    config = Detection(cost=0.1)
    weights, bias = hinge_svm(x[:15], x[15:], config)

    def objective(w: np.ndarray, b: float) -> float:
        losses = np.maximum(0, 1 - y * (x @ w + b)) * np.where(y > 0, 2, 1)
        return (w @ w + (b / 10) ** 2) / 2 + 0.1 * losses.sum()

    least = objective(weights, bias)
    for _ in range(200):
        assert objective(weights + rng.normal(0, 0.05, 5), bias + rng.normal(0, 0.05)) > least
    squared = LinearSVC(C=0.1, dual=True).fit(x, y)  # pyright: ignore[reportArgumentType]
    assert objective(squared.coef_[0], np.ravel(squared.intercept_)[0]) > least


def test_features_have_a_mean_length_of_twenty() -> None:
    features = [np.array([[3.0, 4.0], [0.0, 0.0]]), np.zeros((0, 2)), np.array([[6.0, 8.0]])]
    assert feature_scale(features) == pytest.approx(20 / 5)
    with pytest.raises(ValueError, match="not zero"):
        feature_scale([np.zeros((3, 2))])


def test_a_class_without_objects_has_no_svm() -> None:
    svms, miners = mine(*planted(), CONFIG)
    assert sorted(miners) == [3, 7]
    assert np.flatnonzero(np.isfinite(svms.bias)).tolist() == [3, 7]


def test_what_cannot_be_learned_is_said() -> None:
    features, scenes, windows = planted(2)
    with pytest.raises(ValueError, match="no picture shows an object"):
        mine(features, boxed([[], []]), windows, CONFIG)
    with pytest.raises(ValueError, match="features of 1 pictures"):
        mine(features[:1], scenes, windows, CONFIG)
    alone = with_truth(scenes.take([1]), Windows.of([[]]))
    with pytest.raises(ValueError, match="no window is a negative of boat"):
        mine([features[1][:1]], scenes.take([1]), alone, CONFIG)
