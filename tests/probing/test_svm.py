"""Linear classifiers against scikit-learn and liblinear, and everything they refuse."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from cnnlab.bench.liblinear import svms
from cnnlab.probing.fast.newton import squared_hinge
from cnnlab.probing.linear import (
    Standardiser,
    check_labels,
    newton_svms,
    sigmoid_objective,
    sigmoid_regression,
    softmax_objective,
    softmax_regression,
    svm_objective,
)
from cnnlab.probing.metrics import accuracies
from cnnlab.probing.probes import LinearProbe, choose_c, predictions
from cnnlab.probing.splits import Split, folds
from cnnlab.training.machine import threads


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Products this small are not worth sharing out."""
    with threads(1):
        yield


def clouds(
    n: int = 120, d: int = 30, k: int = 5, spread: float = 2.0
) -> tuple[np.ndarray, np.ndarray]:
    """Overlapping Gaussian clouds: rows (n, d) float64 and labels (n,)."""
    rng = np.random.default_rng(3)
    labels = np.arange(n) % k
    return rng.normal(size=(k, d))[labels] + spread * rng.normal(size=(n, d)), labels


def one_vs_rest(labels: np.ndarray, classes: int) -> np.ndarray:
    return np.where(labels[:, None] == np.arange(classes), 1, -1)


def liblinear(x: np.ndarray, y: np.ndarray, c: float) -> LinearSVC:
    return LinearSVC(C=c, tol=1e-10, max_iter=1_000_000).fit(x, y)


# ---- the batched Newton solver ---------------------------------------------------------------


@pytest.mark.parametrize("d", [30, 300])  # fewer features than examples, and more
@pytest.mark.parametrize("c", [0.1, 3.0, 30.0])
def test_newton_finds_the_minimum_that_liblinear_finds(d: int, c: float) -> None:
    x, labels = clouds(d=d)
    x /= d**0.5  # as long as standardised examples
    targets = one_vs_rest(labels, 5)
    weights, bias = newton_svms(x, targets, c=c, tol=1e-9)
    for k in range(5):
        svm = liblinear(x, targets[:, k], c)
        np.testing.assert_allclose(weights[k], svm.coef_[0], atol=2e-5)
        np.testing.assert_allclose(bias[k], svm.intercept_, atol=2e-5)


def test_newton_leaves_no_gradient() -> None:
    x, labels = clouds(d=40)
    y = torch.from_numpy(one_vs_rest(labels, 5)).double()
    z = torch.from_numpy(x)
    w = squared_hinge(z, y, 3.0, tol=1e-10).requires_grad_()
    svm_objective(w, z, y, 3.0).sum().backward()
    assert w.grad is not None
    start = 2 * 3.0 * (z.T @ y)
    assert float(w.grad.norm()) < 1e-8 * float(start.norm())


def test_the_svm_objective_is_what_liblinear_minimises() -> None:
    """scikit-learn's weights have the least of it: no worse than ours, and no step improves."""
    x, labels = clouds(d=20)
    targets = one_vs_rest(labels, 5)
    z = torch.from_numpy(np.concatenate([x, np.ones((len(x), 1))], axis=1))
    y = torch.from_numpy(targets).double()
    models = [liblinear(x, targets[:, k], 0.5) for k in range(5)]
    w = torch.from_numpy(np.stack([np.append(m.coef_[0], m.intercept_) for m in models], axis=1))
    theirs = svm_objective(w, z, y, 0.5)
    ours = svm_objective(squared_hinge(z, y, 0.5, tol=1e-10), z, y, 0.5)
    torch.testing.assert_close(theirs, ours, rtol=1e-6, atol=0)
    step = 0.01 * torch.randn(w.shape, generator=torch.Generator().manual_seed(0)).double()
    assert (svm_objective(w + step, z, y, 0.5) > theirs).all()
    hinge = np.maximum(0, 1 - targets[:, 0] * (z.numpy() @ w[:, 0].numpy()))
    by_hand = (w[:, 0] @ w[:, 0]) / 2 + 0.5 * (hinge**2).sum()
    assert float(theirs[0]) == pytest.approx(float(by_hand))


def test_newton_in_single_precision_is_close() -> None:
    x, labels = clouds(n=200, d=64)
    targets = one_vs_rest(labels, 5)
    exact, _ = newton_svms(x, targets, c=0.1, tol=1e-9)
    single, _ = newton_svms(x.astype(np.float32), targets, c=0.1, tol=1e-5)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, exact, atol=1e-3)


def test_newton_says_when_it_did_not_arrive() -> None:
    x, labels = clouds(n=20, d=40)
    y = torch.from_numpy(one_vs_rest(labels, 5)).double()
    with pytest.raises(RuntimeError, match="standardise"):
        squared_hinge(torch.from_numpy(x), y, 1.0, tol=0.0)


# ---- liblinear in parallel, softmax ----------------------------------------------------------


@pytest.mark.parametrize(
    ("d", "loss"), [(30, "squared_hinge"), (200, "squared_hinge"), (30, "hinge")]
)
def test_svms_do_not_depend_on_the_number_of_workers(d: int, loss: str) -> None:
    x, labels = clouds(d=d)
    targets = one_vs_rest(labels, 5)
    one, two = (svms(x, targets, c=0.1, loss=loss, workers=n) for n in (1, 2))
    assert np.array_equal(one[0], two[0])
    assert np.array_equal(one[1], two[1])
    for k in range(5):  # and are those of one problem at a time
        svm = LinearSVC(C=0.1, loss=loss, random_state=0)
        svm.set_params(max_iter=20_000, dual=d > 120 or loss == "hinge").fit(x, targets[:, k])
        assert np.array_equal(one[0][k], svm.coef_[0])


def test_hinge_svms_are_the_released_recipe() -> None:
    """R-CNN's: hinge loss, C = 1e-3, positives twice as dear, bias term 10."""
    x, labels = clouds()
    targets = one_vs_rest(labels, 5)
    weights, biases = svms(x, targets, c=1e-3, loss="hinge", positive_weight=2, bias=10, tol=1e-8)
    for k in range(5):  # primal optimality by a small subgradient: compare objectives instead
        w, b = weights[k], biases[k]

        def objective(w: np.ndarray, b: float, y: np.ndarray = targets[:, k]) -> float:
            cost = 1e-3 * np.where(y > 0, 2, 1)
            hinge = np.maximum(0, 1 - y * (x @ w + b))
            return float((w @ w + (b / 10) ** 2) / 2 + cost @ hinge)

        best = objective(w, b)
        rng = np.random.default_rng(k)
        for _ in range(50):
            assert objective(w + 0.01 * rng.normal(size=len(w)), b + 0.01 * rng.normal()) > best


@pytest.mark.parametrize("d", [10, 200])
def test_softmax_is_scikit_learns(d: int) -> None:
    x, labels = clouds(d=d)
    weights, bias = softmax_regression(
        torch.from_numpy(x), torch.from_numpy(labels), 5, 0.5, tol=1e-9, steps=5000
    )
    theirs = LogisticRegression(C=0.5, tol=1e-10, max_iter=50_000).fit(x, labels)
    np.testing.assert_allclose(weights.T, theirs.coef_, atol=1e-5)
    centred = bias - bias.mean()  # a common shift of the bias changes nothing
    np.testing.assert_allclose(centred, theirs.intercept_ - theirs.intercept_.mean(), atol=1e-4)


@pytest.mark.parametrize("kind", ["softmax", "sigmoid"])
def test_regressions_leave_no_gradient_of_their_objectives(kind: str) -> None:
    x, labels = clouds(d=20)
    z = torch.from_numpy(x)
    if kind == "softmax":
        objective, answers = softmax_objective, torch.from_numpy(labels)
        weights, bias = softmax_regression(z, answers, 5, 0.7, tol=1e-10, steps=5000)
    else:
        objective, answers = sigmoid_objective, torch.from_numpy(one_vs_rest(labels, 5)).double()
        answers[::7, 2] = 0  # left out
        weights, bias = sigmoid_regression(z, answers, 0.7, tol=1e-10, steps=5000)
    zero = torch.zeros_like(weights), torch.zeros_like(bias)
    largest = 0.0
    for point, limit in ((zero, None), ((weights, bias), 1e-8)):
        w, b = (one.clone().requires_grad_() for one in point)
        objective(w, b, z, answers, 0.7).backward()
        assert w.grad is not None and b.grad is not None
        gradient = max(float(w.grad.abs().max()), float(b.grad.abs().max()))
        largest = largest or gradient
        assert limit is None or gradient < limit * largest


def test_the_softmax_objective_by_hand() -> None:
    x, w = torch.tensor([[1.0, 2.0], [0.0, 1.0]]), torch.tensor([[1.0, 0.0], [0.0, -1.0]])
    b, labels = torch.tensor([0.5, 0.0]), torch.tensor([1, 0])
    scores = np.array([[1.5, -2.0], [0.5, -1.0]])
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    expected = 1 + 3 * -(np.log(p[0, 1]) + np.log(p[1, 0]))
    assert float(softmax_objective(w, b, x, labels, 3.0)) == pytest.approx(expected, rel=1e-6)
    signs = torch.tensor([[-1.0, 1.0], [1.0, 0.0]])
    losses = np.log1p(np.exp([1.5, 2.0, -0.5]))  # the fourth answer is left out
    expected = 1 + 3 * losses.sum()
    assert float(sigmoid_objective(w, b, x, signs, 3.0)) == pytest.approx(expected, rel=1e-6)


# ---- standardisation, probes, the choice of C ------------------------------------------------


def test_standardised_training_features_have_unit_length_on_average() -> None:
    x, _ = clouds(n=500, d=20)
    z = Standardiser.of(5 * x + 100)(5 * x + 100).cpu().numpy()
    np.testing.assert_allclose(z.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose((z**2).sum(1).mean(), 1, rtol=1e-4)
    np.testing.assert_allclose(z.std(0), 20**-0.5, rtol=1e-4)


def test_a_feature_that_never_varies_stays_zero() -> None:
    x, _ = clouds(d=4)
    x[:, 2] = 7
    standard = Standardiser.of(x)
    assert np.abs(standard(x).cpu().numpy()[:, 2]).max() == 0
    assert np.isfinite(standard(np.full((1, 4), 8.0)).cpu().numpy()).all()
    assert Standardiser.of(np.ones((3, 2)))(np.ones((3, 2))).abs().max() == 0


@pytest.mark.parametrize("kind", ["svm", "softmax"])
def test_a_probe_on_separable_classes_is_right(kind: str) -> None:
    x, labels = clouds(n=100, spread=0.1)
    splits = folds(labels, list("abcde"), train=8, test=12, count=2)
    found = accuracies(predictions(kind, x, labels, splits), labels, splits)
    assert found.tolist() == [[100] * 5] * 2


def test_predictions_are_of_the_test_rows_in_order() -> None:
    x, labels = clouds(n=100, spread=0.1)
    split = Split(np.arange(50), np.array([99, 60, 71]))
    found = predictions("svm", x, labels, [split])[0]
    assert found.tolist() == labels[[99, 60, 71]].tolist()


def test_c_is_chosen_on_training_examples_by_hand() -> None:
    """Against a grid search written out, on rounds dealt evenly within each class."""
    x, labels = clouds(n=150, d=60, spread=3.0)
    costs, right = (1e-3, 1e-1, 10.0), []
    rng = np.random.default_rng([0, 7])
    part = np.empty(150, int)
    for label in range(5):
        part[rng.permutation(np.flatnonzero(labels == label))] = np.arange(30) % 3
    for c in costs:
        hits = 0
        for held in range(3):
            a, b = part != held, part == held
            mean, std = x[a].mean(0), x[a].std(0) * 60**0.5
            w = LinearSVC(C=c, tol=1e-5, max_iter=20_000).fit((x[a] - mean) / std, labels[a])
            hits += int(np.sum(w.predict((x[b] - mean) / std) == labels[b]))
        right.append(hits)
    assert len(set(right)) > 1
    assert choose_c("svm", x, labels, costs) == costs[int(np.argmax(right))]


def test_every_split_chooses_c_on_its_own_training_examples() -> None:
    """A split's answers do not depend on the other splits, nor on the labels of its test rows."""
    x, labels = clouds(n=150, d=60, spread=3.0)
    rows, costs, chosen = np.random.default_rng(0).permutation(150), (1e-3, 1e-1, 10.0), set()
    splits = [Split(np.roll(rows, -i)[:n], np.roll(rows, -i)[n:]) for i, n in ((0, 40), (80, 100))]
    together = predictions("svm", x, labels, splits, costs=costs)
    for split, answers in zip(splits, together, strict=True):
        c = choose_c("svm", x[split.train], labels[split.train], costs)
        alone = LinearProbe("svm", c).fit(x[split.train], labels[split.train])
        assert np.array_equal(answers, alone.predict(x[split.test]))
        chosen.add(c)
    assert len(chosen) > 1
    other = labels.copy()
    other[splits[0].test] = np.roll(labels[splits[0].test], 1)
    assert np.array_equal(predictions("svm", x, other, splits[:1], costs=costs)[0], together[0])


def test_of_equal_costs_the_smallest_is_chosen() -> None:
    x, labels = clouds(n=100, spread=0.1)  # all C are right everywhere
    assert choose_c("svm", x, labels, (10.0, 0.5, 1.0)) == 0.5


def test_a_probe_keeps_scikit_learns_contract() -> None:
    """Cloned, searched and scored by scikit-learn itself, with the same answers."""
    from sklearn.base import clone
    from sklearn.model_selection import GridSearchCV, cross_val_score

    x, labels = clouds(n=150, d=60, spread=3.0)
    probe = clone(LinearProbe("softmax", C=0.1))
    assert isinstance(probe, LinearProbe)
    assert probe.get_params() == {"kind": "softmax", "C": 0.1}
    right = (probe.fit(x[:100], labels[:100]).predict(x[100:]) == labels[100:]).mean()
    assert probe.score(x[100:], labels[100:]) == pytest.approx(right)
    search = GridSearchCV(LinearProbe(), {"C": [1e-3, 1e-1, 10.0]}, cv=3).fit(x, labels)
    means = [
        cross_val_score(LinearProbe("svm", c), x, labels, cv=3).mean() for c in (1e-3, 1e-1, 10)
    ]
    assert search.cv_results_["mean_test_score"] == pytest.approx(means)


# ---- refusals --------------------------------------------------------------------------------


def test_features_with_nan_are_refused_by_row() -> None:
    x, labels = clouds()
    x[17, 3] = np.nan
    with pytest.raises(ValueError, match="example 17"):
        Standardiser.of(x)
    with pytest.raises(ValueError, match="NaN"):
        newton_svms(x, one_vs_rest(labels, 5))


@pytest.mark.parametrize("wrong", [-1, 5])
def test_labels_outside_the_classes_are_refused(wrong: int) -> None:
    _, labels = clouds()
    labels[4] = wrong
    with pytest.raises(ValueError, match=f"label {wrong} lies outside the 5 classes"):
        check_labels(labels, 5)


def test_a_class_without_examples_is_refused() -> None:
    x, labels = clouds()
    with pytest.raises(ValueError, match="class 5 has no training example"):
        check_labels(labels, 6)
    with pytest.raises(ValueError, match="class 5 has no training example"):
        predictions(
            "softmax", x, np.append(labels, 5)[1:], [Split(np.arange(119), np.array([119]))]
        )
    with pytest.raises(ValueError, match="problem 1 has examples of one sign"):
        newton_svms(x, np.stack([np.where(labels == 0, 1, -1), np.ones(len(x))], axis=1))


def test_too_few_examples_to_cross_validate() -> None:
    x, labels = clouds(n=10)
    with pytest.raises(ValueError, match="class 0 has 2 examples"):
        choose_c("svm", x, labels, (1.0, 2.0), rounds=3)


def test_a_probe_of_another_kind() -> None:
    with pytest.raises(ValueError, match="'svm' or 'softmax'"):
        LinearProbe("tree").fit(*clouds())
    with pytest.raises(ValueError, match="rows of targets"):
        newton_svms(np.zeros((3, 2)), np.ones((4, 1)))


def test_linear_scores_by_hand() -> None:
    probe = LinearProbe()
    probe.standardiser_ = Standardiser(torch.zeros(2), torch.ones(2))
    probe.coef_, probe.intercept_ = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([0.0, -1.0])
    x = np.array([[3.0, 1.0], [0.0, 5.0]])
    assert probe.decision_function(x).tolist() == [[3, 1], [0, 9]]
