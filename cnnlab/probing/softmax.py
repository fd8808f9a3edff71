"""Softmax regression on fixed features, to its optimum: the classifier ZF put on their features.

Minimises |W|^2 / 2 + C * sum of cross-entropies over W (D, K) and a free bias (K,), as
scikit-learn's LogisticRegression does.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F


def softmax_regression(
    x: Tensor, labels: Tensor, classes: int, c: float = 1.0, *, tol: float = 1e-4, steps: int = 500
) -> tuple[Tensor, Tensor]:
    """Weights (D, K) and bias (K,) for examples x (N, D) with labels (N,), in the dtype of x.

    Solved when no entry of the gradient exceeds `tol` times the largest at the start; at most
    `steps` steps of L-BFGS are made.
    """

    def loss(logits: Tensor) -> Tensor:
        return F.cross_entropy(logits, labels, reduction="sum")

    return minimised(x, classes, c, loss, tol=tol, steps=steps)


def minimised(
    x: Tensor,
    columns: int,
    c: float,
    loss: Callable[[Tensor], Tensor],
    *,
    tol: float,
    steps: int,
) -> tuple[Tensor, Tensor]:
    """Weights (D, K) and free bias (K,) at the least of |W|^2 / 2 + c * loss(x W + bias).

    x is (N, D), K the number of `columns`, `loss` a sum over examples of a function of (N, K).
    """
    weights = x.new_zeros(x.shape[1], columns, requires_grad=True)
    bias = x.new_zeros(columns, requires_grad=True)

    def evaluate() -> Tensor:
        weights.grad = bias.grad = None
        value = c * loss(x @ weights + bias) + weights.square().sum() / 2
        value.backward()
        return value

    evaluate()
    assert weights.grad is not None and bias.grad is not None
    largest = max(float(weights.grad.abs().max()), float(bias.grad.abs().max()))
    solver = torch.optim.LBFGS(
        [weights, bias],
        max_iter=steps,
        max_eval=2 * steps,
        history_size=20,
        tolerance_grad=tol * largest,
        tolerance_change=0,
        line_search_fn="strong_wolfe",
    )
    solver.step(evaluate)
    return weights.detach(), bias.detach()
