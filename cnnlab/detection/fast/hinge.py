"""The SVM with hinge losses by Newton's method, several times as fast as liblinear.

n examples z = y (x, B) of D + 1 numbers. A hinge whose corner is rounded over a width h is smooth
but for its curvature, so that a step needs only the examples in the corner; h shrinks to a
thousandth of the margin, below what liblinear's tolerance tells apart (Chapelle 2007).
"""

import numpy as np
import torch
from torch import Tensor

from cnnlab.detection.svm_mining import hinge_svm
from cnnlab.profiles.detection import Detection
from cnnlab.training.machine import device

WIDTHS = (0.5, 0.1, 0.02, 0.004, 0.001)
TOL = 1e-4  # a step that moves no margin by more ends the search
STEPS = 30  # for each width, at most


def hinge_newton(
    positives: np.ndarray, negatives: np.ndarray, config: Detection
) -> tuple[np.ndarray, float]:
    """As `hinge_svm`, which takes over where this does not end."""
    x = torch.from_numpy(np.concatenate([positives, negatives])).float().to(device())  # (n, D)
    z = torch.cat([x, torch.full_like(x[:, :1], config.bias)], dim=1)  # (n, D + 1)
    z[len(positives) :] *= -1
    c = torch.full_like(z[:, 0], config.cost)  # (n,)
    c[: len(positives)] *= config.positive_weight
    v = torch.zeros_like(z[0])  # weights, and bias / B
    for h in WIDTHS:
        for _ in range(STEPS):
            step = _newton(z, c, v, h) - v
            change = z @ step
            v = v + _share(z @ v, change, v, step, c, h) * step
            if float(change.abs().max()) <= TOL:
                break
        else:
            return hinge_svm(positives, negatives, config)
    return v[:-1].cpu().numpy(), float(v[-1] * config.bias)


def _newton(z: Tensor, c: Tensor, v: Tensor, h: float) -> Tensor:
    """Where the objective would be least if no example left the corner or entered it, (D + 1,)."""
    slack = 1 - z @ v
    beyond, corner = slack > h, (slack > 0) & (slack <= h)
    u = (c[beyond] @ z[beyond]).double()
    some, weight = z[corner].double(), c[corner].double() / h
    if len(some) > len(u):
        matrix = (some.T * weight) @ some
        matrix.diagonal().add_(1)
        answer = torch.linalg.solve(matrix, u + weight @ some)
    else:  # the same, in as many unknowns as there are examples in the corner
        matrix = some @ some.T
        matrix.diagonal().add_(1 / weight)
        answer = u + torch.linalg.solve(matrix, 1 - some @ u) @ some
    return answer.float()


def _share(margins: Tensor, change: Tensor, v: Tensor, step: Tensor, c: Tensor, h: float) -> float:
    """The share of a step, at most 1, at which the objective is least."""
    linear, square = float(v @ step), float(step @ step)

    def slope(t: float) -> float:
        pull = ((1 - margins - t * change) / h).clamp(0, 1)
        return linear + t * square - float((c * pull) @ change)

    low, high = 0.0, 1.0
    if slope(high) <= 0:
        return high
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return high
