"""The fast SVM against liblinear, on examples that a detector meets."""

import numpy as np
import pytest

from cnnlab.detection.fast import hinge
from cnnlab.detection.fast.hinge import hinge_newton
from cnnlab.detection.svm_mining import hinge_svm
from cnnlab.profiles.detection import Detection


def examples(positives: int, negatives: int, features: int) -> tuple[np.ndarray, np.ndarray]:
    """Sparse features of mean length 20, of which a few tell the class."""
    rng = np.random.default_rng(positives)
    x = np.maximum(rng.normal(-0.5, 1, (positives + negatives, features)), 0)
    x[:positives, : features // 8] += 0.4 * rng.random((positives, features // 8))
    x = (20 * x / np.linalg.norm(x, axis=1).mean()).astype(np.float32)
    return x[:positives], x[positives:]


@pytest.mark.parametrize(
    ("positives", "negatives", "features", "cost"),
    [(20, 200, 100, 1e-3), (20, 300, 30, 1e-3), (10, 100, 40, 1e-1), (1, 3, 8, 1e-3)],
)
def test_it_is_the_svm_of_liblinear(
    positives: int, negatives: int, features: int, cost: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    p, n = examples(positives, negatives, features)
    config = Detection(cost=cost)
    plain = hinge_svm(p, n, config)
    monkeypatch.setattr(hinge, "hinge_svm", None)  # it gets there by itself
    fast = hinge_newton(p, n, config)
    rows = np.concatenate([p, n])
    a, b = (rows @ weights + bias for weights, bias in (plain, fast))
    assert np.abs(a - b).max() < 5e-3


def test_copies_of_an_example_do_not_matter() -> None:
    p, n = examples(10, 60, 30)
    copies = np.concatenate([n] * 3)
    config = Detection()
    weights, bias = hinge_newton(p, copies, config)
    expected, constant = hinge_svm(p, copies, config)
    assert np.abs(p @ weights + bias - p @ expected - constant).max() < 5e-3


def test_liblinear_takes_over_where_it_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hinge, "STEPS", 1)
    p, n = examples(5, 20, 10)
    assert np.array_equal(hinge_newton(p, n, Detection())[0], hinge_svm(p, n, Detection())[0])
