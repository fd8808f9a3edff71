"""Softmax regression on fixed features, to its optimum: the classifier ZF put on their features.

Minimises |W|^2 / 2 + C * sum of cross-entropies over W (D, K) and a free bias (K,), as
scikit-learn's LogisticRegression does.
"""

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
    weights = torch.zeros(x.shape[1], classes, dtype=x.dtype, device=x.device, requires_grad=True)
    bias = torch.zeros(classes, dtype=x.dtype, device=x.device, requires_grad=True)

    def objective() -> Tensor:
        loss = F.cross_entropy(x @ weights + bias, labels, reduction="sum")
        return c * loss + weights.square().sum() / 2

    def evaluate() -> Tensor:
        weights.grad = bias.grad = None
        value = objective()
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
