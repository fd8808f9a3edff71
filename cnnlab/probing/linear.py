"""Linear classifiers on fixed features (ZF 5): SVMs, softmax and sigmoids, to their optimum.

N examples of D features, K classes or problems; C weighs the losses against |W|^2 / 2.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from cnnlab.probing.fast.lbfgs import minimise
from cnnlab.probing.fast.newton import squared_hinge
from cnnlab.training.machine import device

FLOOR = 1e-3  # of the mean deviation: a feature that all but never varies is not blown up
TOL = 1e-3  # of the gradient at zero weights; accuracies do not change below it


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


def softmax_objective(
    weights: Tensor, bias: Tensor, x: Tensor, labels: Tensor, c: float = 1.0
) -> Tensor:
    """|W|^2 / 2 + C * sum of cross-entropies, for examples x (N, D) with labels (N,).

    >>> zero, x, labels = torch.zeros(3, 2), torch.ones(5, 3), torch.tensor([0, 1, 0, 1, 1])
    >>> round(float(softmax_objective(zero, zero[0], x, labels)) / 5, 3)  # log 2
    0.693
    """
    scores = x @ weights + bias  # (N, K)
    loss = F.cross_entropy(scores, labels, reduction="sum")
    return c * loss + weights.square().sum() / 2


def sigmoid_objective(
    weights: Tensor, bias: Tensor, x: Tensor, y: Tensor, c: float = 1.0
) -> Tensor:
    """|W|^2 / 2 + C * sum of log(1 + exp(-y z)), K yes-or-no questions on examples x (N, D).

    y is (N, K): 1 for yes, -1 for no, 0 for an example that a question leaves out.
    """
    scores = x @ weights + bias  # (N, K)
    loss = (F.softplus(-y * scores) * (y != 0)).sum()
    return c * loss + weights.square().sum() / 2


def newton_svms(
    features: np.ndarray | Tensor, targets: np.ndarray, *, c: float = 1.0, tol: float = TOL
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (K, D) and biases (K,) of SVMs on features (N, D), targets (N, K) of -1 and 1.

    They are liblinear's for loss "squared_hinge", several times as fast. Raises ValueError for
    features that are not finite and for a problem without both signs.
    """
    x = torch.as_tensor(features, device=device())
    if len(targets) != len(x):
        raise ValueError(f"{len(targets)} rows of targets for {len(x)} examples")
    if not x.isfinite().all():
        raise ValueError("features are NaN or infinite; extract them again")
    one_sided = np.flatnonzero(np.abs(targets.mean(axis=0)) == 1)
    if len(one_sided):
        raise ValueError(f"problem {one_sided[0]} has examples of one sign only; leave it out")
    x = torch.cat([x, torch.ones_like(x[:, :1])], dim=1)  # (N, D + 1)
    y = torch.as_tensor(targets, device=x.device).to(x.dtype)
    w = squared_hinge(x, y, c, tol=tol).cpu().numpy()  # (D + 1, K)
    return np.ascontiguousarray(w[:-1].T), w[-1]


def softmax_regression(
    x: Tensor, labels: Tensor, classes: int, c: float = 1.0, *, tol: float = TOL, steps: int = 500
) -> tuple[Tensor, Tensor]:
    """Weights (D, K) and bias (K,) at the least of `softmax_objective`, in the dtype of x.

    Solved when no entry of the gradient exceeds `tol` times the largest at zero weights; at most
    `steps` steps of L-BFGS are made.
    """
    objective = partial(softmax_objective, x=x, labels=labels, c=c)
    return minimise(objective, x, classes, tol, steps)


def sigmoid_regression(
    x: Tensor, y: Tensor, c: float = 1.0, *, tol: float = TOL, steps: int = 500
) -> tuple[Tensor, Tensor]:
    """Weights (D, K) and bias (K,) at the least of `sigmoid_objective`, as exact as the softmax."""
    return minimise(partial(sigmoid_objective, x=x, y=y, c=c), x, y.shape[1], tol, steps)


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


def check_labels(labels: np.ndarray, classes: int) -> None:
    """Raise ValueError for labels outside 0..K-1, or where a class has no example."""
    if len(labels) and not 0 <= labels.min() <= labels.max() < classes:
        wrong = int(labels[(labels < 0) | (labels >= classes)][0])
        raise ValueError(f"label {wrong} lies outside the {classes} classes 0 to {classes - 1}")
    absent = np.flatnonzero(np.bincount(labels, minlength=classes) == 0)
    if len(absent):
        raise ValueError(f"class {absent[0]} has no training example; give it one or leave it out")


def _tensor(features: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(features, dtype=np.float32)).to(device())
