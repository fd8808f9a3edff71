"""Many linear SVMs over the same features at once, by Newton's method in torch.

Each of K problems minimises `cnnlab.probing.svm.svm_objective`, which is that of
LinearSVC(loss="squared_hinge"). It is quadratic between changes of the set of examples inside the
margin, so a few Newton steps reach its one minimum. Every step is solved by conjugate gradients for
all problems together: products of matrices instead of K times as many products with a vector. With
more features than examples the weights are kept as combinations of the examples, w = X^T b, and X
enters through its Gram matrix alone (Chapelle 2007).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

STEPS = 60  # of Newton; some five to twelve are used
CG_STEPS = 250  # within one of them
HALVINGS = 20
TINY = 1e-30


def squared_hinge(x: Tensor, y: Tensor, cost: Tensor | float = 1.0, *, tol: float = 1e-4) -> Tensor:
    """Weights (D, K) of K linear SVMs over examples x (N, D) with targets y (N, K) of -1 and 1.

    `cost` is C, a number or one for every example and problem (N, K). A problem is solved when its
    gradient is `tol` times as long as at w = 0. Everything is computed in the dtype of x. Raises
    RuntimeError where the steps do not suffice.
    """
    space = _Space(x, x @ x.T if x.shape[1] > x.shape[0] else None)
    cost = torch.as_tensor(cost, dtype=x.dtype, device=x.device).expand_as(y)
    w = x.new_zeros(min(x.shape), y.shape[1])
    first = None
    for _ in range(STEPS):
        z = space.scores(w)  # (N, K)
        slack = (1 - y * z).clamp_min(0)
        residual = space.lift(2 * cost * y * slack) - w  # minus the gradient
        r_scores = space.scores(residual)
        length = space.inner(residual, residual, r_scores)  # (K,), squared
        first = length if first is None else first
        unsolved = length > tol**2 * first
        if not unsolved.any():
            return space.weights(w)
        accuracy = 0.1 * (length / first.clamp_min(TINY)).clamp(1e-8, 1) ** 0.25
        step, s_scores = _solve(space, residual, r_scores, 2 * cost * (slack > 0), accuracy)
        along = space.inner(w, step, s_scores), space.inner(step, step, s_scores)
        t = _step_length(y, cost, z, s_scores, *along)
        w = w + t * unsolved * step
    raise RuntimeError(
        f"{int(unsolved.sum())} of {y.shape[1]} SVMs are not solved to {tol:g} after {STEPS} "
        "Newton steps; standardise the features, or use a smaller C"
    )


@dataclass(frozen=True, eq=False)
class _Space:
    """The coordinates weights are kept in: their own, or those of the examples' span."""

    x: Tensor
    gram: Tensor | None

    def scores(self, w: Tensor) -> Tensor:
        return self.x @ w if self.gram is None else self.gram @ w

    def lift(self, r: Tensor) -> Tensor:
        """X^T r."""
        return self.x.T @ r if self.gram is None else r

    def inner(self, a: Tensor, b: Tensor, b_scores: Tensor) -> Tensor:
        """Products a . b of weights, column by column."""
        return (a * (b if self.gram is None else b_scores)).sum(0)

    def weights(self, w: Tensor) -> Tensor:
        return w if self.gram is None else self.x.T @ w


def _solve(
    space: _Space, residual: Tensor, r_scores: Tensor, curvature: Tensor, accuracy: Tensor
) -> tuple[Tensor, Tensor]:
    """Conjugate gradients on (1 + X^T curvature X) step = residual: the step and its scores."""
    step, s_scores = torch.zeros_like(residual), torch.zeros_like(r_scores)
    direction, d_scores = residual, r_scores
    length = start = space.inner(residual, residual, r_scores)
    for _ in range(CG_STEPS):
        unsolved = length > accuracy**2 * start
        if not unsolved.any():
            break
        bent = direction + space.lift(curvature * d_scores)
        along = space.inner(direction, direction, d_scores) + (curvature * d_scores**2).sum(0)
        alpha = torch.where(unsolved, length / along.clamp_min(TINY), 0)
        step, s_scores = step + alpha * direction, s_scores + alpha * d_scores
        residual = residual - alpha * bent
        r_scores = space.scores(residual)
        before, length = length, space.inner(residual, residual, r_scores)
        beta = torch.where(unsolved, length / before.clamp_min(TINY), 0)
        direction, d_scores = residual + beta * direction, r_scores + beta * d_scores
    return step, s_scores


def _step_length(
    y: Tensor, cost: Tensor, z: Tensor, s_scores: Tensor, along: Tensor, square: Tensor
) -> Tensor:
    """For every problem the first of 1, 1/2, 1/4 ... that lowers its objective enough, (K,)."""
    slack = (1 - y * z).clamp_min(0)
    before, slope = (cost * slack**2).sum(0), along - 2 * (cost * y * slack * s_scores).sum(0)
    rounding = 100 * torch.finfo(z.dtype).eps * (before + along.abs() + square)
    t = torch.ones_like(along)
    for _ in range(HALVINGS):
        after = (cost * (1 - y * (z + t * s_scores)).clamp_min(0) ** 2).sum(0)
        change = after - before + t * along + t**2 * square / 2
        poor = change > 1e-4 * t * slope + rounding
        if not poor.any():
            break
        t = torch.where(poor, t / 2, t)
    return t
