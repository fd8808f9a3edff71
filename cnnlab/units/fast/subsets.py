"""The SVMs of `distributed.subset_scores`, each started from that of the next larger subset.

A subset's weights are close to the first of those of a larger one. From there a few steps of
Newton's method, with the weights' own matrix of second derivatives, reach the minimum. The first
of all are started from one batched solution for all classes.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from torch import Tensor

from cnnlab.artifacts.progress import processors
from cnnlab.probing.fast.newton import squared_hinge
from cnnlab.training.machine import device, threads

STEPS = 20  # of Newton without a line search; two to six are used
NEAR = 1e-3  # of the gradient at zero weights: where the first start
TOL = 1e-6  # of the gradient at zero weights, so that weights of like size keep their order


def subset_scores(
    rows: np.ndarray,
    targets: np.ndarray,
    tested: np.ndarray,
    order: np.ndarray,
    sizes: Sequence[int],
    c: float,
) -> np.ndarray:
    """What `distributed.subset_scores` gives, (K, S, M).

    The result does not depend on the number of processors: each class is one thread's.
    """
    x, t, y = (torch.as_tensor(part, device=device()) for part in (rows, tested, targets))
    x, t = (torch.cat([torch.ones_like(part[:, :1]), part], dim=1) for part in (x, t))  # (N, F + 1)
    with threads(1):
        whole = squared_hinge(
            x, y.to(x), c, tol=NEAR
        ).double()  # (F + 1, K), of all classes at once

    def scores(k: int) -> np.ndarray:
        values = np.empty((len(sizes), len(t)))
        chosen = [0, *(1 + order[k, : max(sizes)]).tolist()]  # the constant column first
        own, seen, w = x[:, chosen].double(), t[:, chosen].double(), whole[chosen, k]
        with threads(1):
            for s in sorted(range(len(sizes)), key=lambda s: -sizes[s]):
                end = sizes[s] + 1
                w = _svm(own[:, :end], y[:, k].double(), c, w[:end])
                values[s] = (seen[:, :end] @ w).cpu().numpy()
        return values

    workers = 1 if x.device.type == "cuda" else min(processors(), len(order))
    with ThreadPoolExecutor(workers) as pool:
        return np.stack([*pool.map(scores, range(len(order)))])


def _svm(x: Tensor, y: Tensor, c: float, w: Tensor) -> Tensor:
    """Weights (D,) of the SVM on x (N, D) with targets y (N,), from a start that is near."""
    least = TOL * 2 * c * (x.T @ y).norm()
    unit = torch.eye(len(w), dtype=x.dtype, device=x.device)
    for _ in range(STEPS):
        slack = 1 - y * (x @ w)
        inside = slack > 0
        a, pull = x[inside], (y * slack)[inside]
        gradient = w - 2 * c * (a.T @ pull)
        if gradient.norm() <= least:
            return w
        w = w - torch.linalg.solve(unit + 2 * c * a.T @ a, gradient)
    return squared_hinge(x, y[:, None], c, tol=TOL)[:, 0]  # it shortens steps that lead too far
