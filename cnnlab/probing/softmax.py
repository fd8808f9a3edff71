"""Softmax and sigmoid regression on fixed features, to their optimum (ZF 5).

Both minimise |W|^2 / 2 + C * a sum of losses over W (D, K) and a free bias (K,), as scikit-learn's
LogisticRegression does.
"""

from functools import partial

from torch import Tensor
from torch.nn import functional as F

from cnnlab.probing.fast.lbfgs import minimise

TOL = 1e-3  # of the largest gradient at zero weights; accuracies do not change below it


def softmax_objective(
    weights: Tensor, bias: Tensor, x: Tensor, labels: Tensor, c: float = 1.0
) -> Tensor:
    """|W|^2 / 2 + C * sum of cross-entropies, for examples x (N, D) with labels (N,).

    >>> import torch
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
