"""Linear classifiers on fixed features: standardisation, and SVMs one against the rest (ZF 5).

N examples of D features, K classes or problems.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cnnlab.probing.fast.newton import squared_hinge
from cnnlab.training.machine import device

FLOOR = 1e-3  # of the mean deviation: a feature that all but never varies is not blown up


def svm_objective(w: Tensor, x: Tensor, y: Tensor, c: Tensor | float = 1.0) -> Tensor:
    """What each of K linear SVMs minimises, (K,): |w|^2 / 2 + C * sum of squared hinge losses.

    w is (D, K), x (N, D) with a constant column for the bias, y (N, K) of -1 and 1; C is a number
    or one for every example and problem (N, K).

    >>> x, y = torch.tensor([[1.0, 1.0], [-1.0, 1.0]]), torch.tensor([[1.0], [-1.0]])
    >>> svm_objective(torch.tensor([[0.5], [0.0]]), x, y)  # both miss the margin of 1 by half
    tensor([0.6250])
    """
    slack = (1 - y * (x @ w)).clamp_min(0)  # (N, K), how far inside the margin
    return w.square().sum(dim=0) / 2 + (c * slack.square()).sum(dim=0)


@dataclass(frozen=True, eq=False)
class Standardiser:
    """Per-feature mean and scale of training examples; a standardised example has norm about 1.

    Dividing by sqrt(D) on top makes one C mean the same for layers of every size.
    """

    mean: Tensor  # (D,)
    scale: Tensor  # (D,)

    @classmethod
    def of(cls, features: np.ndarray) -> "Standardiser":
        """From training features (N, D); raises ValueError for values that are not finite."""
        x = _tensor(features)
        finite = x.isfinite().all(dim=1)
        if not finite.all():
            raise ValueError(
                f"features of example {int((~finite).nonzero()[0])} are NaN or infinite; extract "
                "them again from a net that has not diverged"
            )
        deviation, mean = torch.std_mean(x, dim=0, correction=0)
        scale = deviation.clamp_min(FLOOR * float(deviation.mean()) or 1.0)
        return cls(mean, scale * x.shape[1] ** 0.5)

    def __call__(self, features: np.ndarray) -> Tensor:
        """Standardised features (N, D) in fp32, on the best device."""
        return (_tensor(features) - self.mean).div_(self.scale)


@dataclass(frozen=True, eq=False)
class Linear:
    """K linear scores of features (N, D)."""

    weights: np.ndarray  # (K, D)
    bias: np.ndarray  # (K,)

    def scores(self, features: np.ndarray) -> np.ndarray:
        """(N, K)."""
        return features @ self.weights.T + self.bias


def one_vs_rest(labels: np.ndarray, classes: int) -> np.ndarray:
    """Targets (N, K) of -1 and 1 for labels (N,).

    Raises ValueError for a label outside 0..K-1, and for a class without an example.
    """
    check_labels(labels, classes)
    return np.where(labels[:, None] == np.arange(classes), 1, -1).astype(np.int8)


def check_labels(labels: np.ndarray, classes: int) -> None:
    """Raise ValueError for labels outside 0..K-1, or where a class has no example."""
    if len(labels) and not 0 <= labels.min() <= labels.max() < classes:
        wrong = int(labels[(labels < 0) | (labels >= classes)][0])
        raise ValueError(f"label {wrong} lies outside the {classes} classes 0 to {classes - 1}")
    absent = np.flatnonzero(np.bincount(labels, minlength=classes) == 0)
    if len(absent):
        raise ValueError(f"class {absent[0]} has no training example; give it one or leave it out")


def newton_svms(
    features: np.ndarray | Tensor,
    targets: np.ndarray,
    *,
    c: float = 1.0,
    positive_weight: float = 1.0,
    bias: float = 1.0,
    tol: float = 1e-4,
) -> Linear:
    """K linear SVMs on features (N, D), targets (N, K) of -1 and 1, all at once.

    They are liblinear's for loss "squared_hinge", several times as fast. `positive_weight` is the C
    of positives over that of negatives, `bias` the constant input that the regularised bias is the
    weight of. Raises ValueError for features that are not finite and for a problem without both
    signs.
    """
    _check_targets(features, targets)
    x = torch.as_tensor(features, device=device())
    x = torch.cat([x, torch.full_like(x[:, :1], bias)], dim=1)  # (N, D + 1)
    y = torch.as_tensor(targets, device=x.device).to(x.dtype)
    cost = c * torch.where(y > 0, positive_weight, 1.0)
    w = squared_hinge(x, y, cost, tol=tol).cpu().numpy()  # (D + 1, K)
    return Linear(np.ascontiguousarray(w[:-1].T), bias * w[-1])


def _check_targets(features: np.ndarray | Tensor, targets: np.ndarray) -> None:
    if targets.shape[:1] != tuple(features.shape[:1]):
        raise ValueError(f"{len(targets)} rows of targets for {len(features)} examples")
    if not torch.as_tensor(features).isfinite().all():
        raise ValueError("features are NaN or infinite; extract them again")
    one_sided = np.flatnonzero(np.abs(targets.mean(axis=0)) == 1)
    if len(one_sided):
        raise ValueError(f"problem {one_sided[0]} has examples of one sign only; leave it out")


def _tensor(features: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(features, dtype=np.float32)).to(device())
