"""Some linear SVMs one after another by liblinear: the work of one process.

Imports no torch, so that processes start quickly. Threads would not do: liblinear draws its random
numbers from one generator for the whole process.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Options:
    """Constants of liblinear's objective and where it stops."""

    c: float = 1.0
    loss: str = "squared_hinge"  # or "hinge"
    positive_weight: float = 1.0
    bias: float = 1.0  # the constant input that the regularised bias is the weight of
    tol: float = 1e-4


def solve(
    features: np.ndarray, targets: np.ndarray, options: Options
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (K, D) and bias (K,) for features (N, D) and targets (N, K) of -1 and 1."""
    from sklearn.svm import LinearSVC

    weights, bias = [], []
    for problem in range(targets.shape[1]):
        svm = LinearSVC(
            C=options.c,
            loss=options.loss,
            dual=options.loss == "hinge" or features.shape[1] > len(features),  # pyright: ignore
            class_weight={1: options.positive_weight, -1: 1.0},
            intercept_scaling=options.bias,  # pyright: ignore[reportArgumentType]
            tol=options.tol,
            max_iter=20_000,
            random_state=0,
        )
        svm.fit(features, targets[:, problem])
        weights.append(svm.coef_[0])
        bias.append(float(np.ravel(svm.intercept_)[0]))
    return np.stack(weights), np.array(bias)
