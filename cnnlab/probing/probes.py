"""Linear probes: a classifier put on features, C chosen on training examples, scored over folds.

N examples of D features, K classes.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cnnlab.artifacts.progress import processors
from cnnlab.probing.metrics import mean_per_class
from cnnlab.probing.softmax import softmax_regression
from cnnlab.probing.splits import Split
from cnnlab.probing.svm import Linear, Standardiser, check_labels, newton_svms, one_vs_rest
from cnnlab.training.machine import device, threads

TOL = 1e-3  # of the gradient's length at the start; accuracies do not change below it


@dataclass(frozen=True)
class Probe:
    """A linear classifier to put on features, with the values of C it may choose from."""

    kind: str = "svm"  # or "softmax"
    costs: tuple[float, ...] = (1.0,)
    rounds: int = 3  # of cross-validation, where there is a choice

    def __post_init__(self) -> None:
        if self.kind not in ("svm", "softmax"):
            raise ValueError(f"a probe is 'svm' or 'softmax', not {self.kind!r}")
        if not self.costs or self.rounds < 2:
            raise ValueError("a probe needs a C to choose, and two rounds or more to choose by")


def fit(probe: Probe, x: Tensor, labels: np.ndarray, classes: int, c: float) -> Linear:
    """The probe's classifier of standardised features x (N, D) with labels (N,).

    Raises ValueError for a label outside the classes and for a class without examples.
    """
    check_labels(labels, classes)
    if probe.kind == "svm":
        return newton_svms(x, one_vs_rest(labels, classes), c=c, tol=TOL)
    y = torch.from_numpy(np.asarray(labels, dtype=np.int64)).to(x.device)
    weights, bias = softmax_regression(x, y, classes, c, tol=TOL)
    return Linear(weights.T.cpu().numpy(), bias.cpu().numpy())


def choose_c(
    probe: Probe, features: np.ndarray, labels: np.ndarray, classes: int, *, seed: int = 0
) -> float:
    """The C that errs least in cross-validation over training examples; the smallest of equals.

    Raises ValueError where a class has fewer examples than there are rounds.
    """
    if len(probe.costs) == 1:
        return probe.costs[0]
    check_labels(labels, classes)
    counts = np.bincount(labels, minlength=classes)
    if counts.min() < probe.rounds:
        raise ValueError(
            f"class {counts.argmin()} has {counts.min()} examples, too few for {probe.rounds} "
            "rounds of cross-validation; give the probe one C instead"
        )
    part = _parts(labels, probe.rounds, seed)  # (N,)
    right = dict.fromkeys(sorted(probe.costs), 0)
    for held in range(probe.rounds):
        inside, outside = np.flatnonzero(part != held), np.flatnonzero(part == held)
        standard = Standardiser.of(features[inside])
        x, unseen = standard(features[inside]), standard(features[outside]).cpu().numpy()
        for c in right:
            found = fit(probe, x, labels[inside], classes, c).predict(unseen)
            right[c] += int((found == labels[outside]).sum())
    return max(right, key=right.__getitem__)


def predictions(
    probe: Probe,
    features: np.ndarray,
    labels: np.ndarray,
    classes: int,
    splits: Sequence[Split],
    *,
    seed: int = 0,
) -> list[np.ndarray]:
    """Predicted classes of each split's test examples; features (N, D), labels (N,) of all of them.

    C is chosen on the first split's training examples and kept. The result does not depend on the
    number of processors: each split is one thread's.
    """
    first = splits[0].train
    with threads(1):
        c = choose_c(probe, features[first], labels[first], classes, seed=seed)

    def run(split: Split) -> np.ndarray:
        with threads(1):
            standard = Standardiser.of(features[split.train])
            found = fit(probe, standard(features[split.train]), labels[split.train], classes, c)
            return found.predict(standard(features[split.test]).cpu().numpy())

    workers = 1 if device().type == "cuda" else min(processors(), len(splits))
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, splits))


def accuracies(
    probe: Probe,
    features: np.ndarray,
    labels: np.ndarray,
    classes: int,
    splits: Sequence[Split],
    *,
    seed: int = 0,
) -> np.ndarray:
    """Mean per-class accuracy in percent of each split, (folds,)."""
    found = predictions(probe, features, labels, classes, splits, seed=seed)
    pairs = zip(found, splits, strict=True)
    return np.array([mean_per_class(p, labels[s.test], classes) for p, s in pairs])


def _parts(labels: np.ndarray, rounds: int, seed: int) -> np.ndarray:
    """A round 0, 1, ... for each example, dealt evenly within each class."""
    rng = np.random.default_rng([seed, 7])
    part = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        part[members] = np.arange(len(members)) % rounds
    return part
