"""The conventional rival of the batched SVMs: liblinear, one problem after another or side by side.

Imports no torch, so that processes start quickly. Threads would not do: liblinear draws its random
numbers from one generator for the whole process.
"""

from typing import Any

import numpy as np


def svms(
    features: np.ndarray,
    targets: np.ndarray,
    *,
    workers: int = 1,
    c: float = 1.0,
    loss: str = "squared_hinge",
    positive_weight: float = 1.0,
    bias: float = 1.0,
    tol: float = 1e-4,
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (K, D) and bias (K,) for features (N, D) and targets (N, K) of -1 and 1.

    `loss` is "squared_hinge" or "hinge". The result does not depend on the number of worker
    processes: each problem has a fixed seed.
    """
    from joblib import Parallel, delayed

    options = {
        "C": c,
        "loss": loss,
        "dual": loss == "hinge" or features.shape[1] > len(features),
        "class_weight": {1: positive_weight, -1: 1.0},
        "intercept_scaling": bias,
        "tol": tol,
        "max_iter": 20_000,
        "random_state": 0,
    }
    groups = np.array_split(targets, min(targets.shape[1], 4 * workers), axis=1)
    solved: Any = Parallel(workers)(delayed(_solve)(features, group, options) for group in groups)
    return np.concatenate([w for w, _ in solved]), np.concatenate([b for _, b in solved])


def _solve(
    features: np.ndarray, targets: np.ndarray, options: dict[str, Any]
) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.svm import LinearSVC

    models = [LinearSVC(**options).fit(features, column) for column in targets.T]
    bias = [float(np.ravel(model.intercept_)[0]) for model in models]
    return np.stack([model.coef_[0] for model in models]), np.array(bias)
