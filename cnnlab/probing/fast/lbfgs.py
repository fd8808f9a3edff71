"""The least of an objective of weights and a bias, by L-BFGS."""

from collections.abc import Callable

import torch
from torch import Tensor


def minimise(
    objective: Callable[[Tensor, Tensor], Tensor], x: Tensor, columns: int, tol: float, steps: int
) -> tuple[Tensor, Tensor]:
    """Weights (D, K) and bias (K,) at the least of objective(weights, bias), in the dtype of x.

    x is (N, D), K the number of `columns`. Solved when no entry of the gradient exceeds `tol` times
    the largest at zero weights; at most `steps` steps are made.
    """
    weights = x.new_zeros(x.shape[1], columns, requires_grad=True)
    bias = x.new_zeros(columns, requires_grad=True)

    def evaluate() -> Tensor:
        weights.grad = bias.grad = None
        value = objective(weights, bias)
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
